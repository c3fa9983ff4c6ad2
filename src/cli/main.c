/* rensa(1): finds the sub-command and runs it. */
#include "cli/cli.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const cli_command *const commands[] = {
    &cli_train, &cli_evaluate, &cli_predict, &cli_data, &cli_info, &cli_ops, &cli_devices, &cli_bench, &cli_selftest,
};

static void print_help(FILE *to)
{
    fprintf(to, "Rensa %s: deep learning in C\n\nusage: rensa COMMAND [ARGUMENTS]\n\n", rn_version());
    for (size_t i = 0; i < RN_COUNTOF(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->brief);
    fputs(
        "\n`rensa COMMAND --help` says more. Environment: RENSA_DEVICE (cpu), RENSA_LOG (warn), RENSA_DATA (folder of\n"
        "data sets), OMP_NUM_THREADS.\n",
        to);
}

static const char *command_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(commands) ? commands[i]->name : NULL;
}

static const char *const variables[] = { "BACKEND_PATH", "CHECK_NAN", "CPU_ISA", "DATA",   "DEVICE",
                                         "EAGER",        "LIBRARY",   "LOG",     "MIRRORS" };

static const char *variable_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(variables) ? variables[i] : NULL;
}

/* Variables that nobody reads, where they look like one that somebody does. */
static void check_environment(void)
{
    static const char prefix[] = "RENSA_";
    for (char **e = environ; *e; e++) {
        char name[64];
        if (strncmp(*e, prefix, sizeof prefix - 1) != 0) continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*e, "=") - (int)sizeof prefix + 1, *e + sizeof prefix - 1);
        const char *near = rni_nearest(name, variable_name, NULL);
        if (near && strcmp(near, name) != 0)
            fprintf(stderr, "rensa: nobody reads the variable RENSA_%s; did you mean RENSA_%s?\n", name, near);
    }
}

/* What is printed may still be on its way. */
static int flushed(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fprintf(stderr, "rensa: the output cannot be written: %s\n", strerror(errno));
    return status ? status : 1;
}

int main(int argc, char **argv)
{
    check_environment();
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("rensa %s\n", rn_version());
        return 0;
    }
    for (size_t i = 0; i < RN_COUNTOF(commands); i++)
        if (strcmp(argv[1], commands[i]->name) == 0) return flushed(commands[i]->run(argc - 1, argv + 1));
    fprintf(stderr, "rensa: there is no command \"%s\"\n", argv[1]);
    const char *near = rni_nearest(argv[1], command_name, NULL);
    if (near) fprintf(stderr, "  hint    did you mean \"%s\"?\n", near);
    return EXIT_USAGE;
}
