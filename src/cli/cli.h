/* Sub-commands of rensa(1): rows with a function each. */
#ifndef RNI_CLI_CLI_H
#define RNI_CLI_CLI_H

#include "base/nowhere.h"

#include <rensa.h>
#include <stdio.h>

#define EXIT_USAGE 2

typedef struct cli_command {
    const char *name, *arguments, *brief, *help;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit status */
} cli_command;

extern const cli_command cli_train, cli_evaluate, cli_predict, cli_data, cli_ops, cli_devices, cli_bench, cli_selftest,
    cli_info, cli_explain, cli_inspect, cli_serve, cli_supervise, cli_report_of;

/* ---- options ---- */

/* One long option of a sub-command: "--epochs N". A row without a value is a switch (bool). */
typedef enum {
    CLI_TEXT, /* not empty */
    CLI_LINE, /* may be */
    CLI_DEVICE,
    CLI_INT,
    CLI_NUMBER,
    CLI_SWITCH,
    CLI_TEXTS
} cli_kind;

/* Of an option that may be repeated. */
typedef struct cli_texts {
    const char *at[64];
    int n;
} cli_texts;

typedef struct cli_option {
    const char *name, *value, *help; /* value: its name in the help, NULL for a switch */
    cli_kind kind;
    void *to; /* const char **, int64_t *, double *, bool *, cli_texts * */
    double min, max;
    unsigned modes; /* of the command in which it means something; 0: all */
} cli_option;

/* Reads the options (a table that ends with a row without a name) wherever they stand; what is left over is moved to
 * the front of argv[1 …] and counted in *rest. Prints what is wrong, with the nearest known name, and returns false.
 * --help prints the command's help and ends the program. */
bool cli_options(const cli_command *command, const cli_option *options, int argc, char **argv, int *rest);
/* Reports on standard error the options that were given and mean nothing in this mode, which `how` names: "with
 * --show".
 */
void cli_unused(const cli_command *command, const cli_option *options, unsigned mode, const char *how);
/* Prints "rensa COMMAND: text" and the usage line; returns EXIT_USAGE. */
int cli_usage(const cli_command *command, const char *fmt, ...) RN_PRINTF(2, 3);
/* The same of functions or tests with `part` in their names, of which there are none. */
int cli_no_such_name(const cli_command *command, const char *part);
/* Names of functions for rni_nearest; those that are not public are empty. */
const char *cli_op_name(void *user, int i);
/* Reports the pending error and returns 1; 0 if there is none. */
int cli_end(void);
/* Writes out what was printed. The status, or 1 if that cannot be written. */
int cli_flushed(int status);

#endif
