/* rensa(1): finds the sub-command and runs it. */
#include "cli/cli.h"

#include "base/str.h"

#include <string.h>
#include <unistd.h>

static const cli_command *const commands[] = {
    &cli_train,   &cli_evaluate, &cli_predict, &cli_data,    &cli_info,     &cli_serve,     &cli_ops,
    &cli_devices, &cli_bench,    &cli_explain, &cli_inspect, &cli_selftest, &cli_supervise, &cli_report_of,
};

static void print_help(FILE *to)
{
    fprintf(to, "Rensa %s: deep learning in C\n\nusage: rensa COMMAND [ARGUMENTS]\n\n", rn_version());
    for (size_t i = 0; i < RN_COUNTOF(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->brief);
    fputs("\n`rensa help COMMAND` explains a command, the manual page rensa(1) all of them. To begin:\n\n"
          "  rensa train --net lenet --data mnist --epochs 3 --out my-run\n"
          "  rensa predict my-run\n",
          to);
}

static const char *command_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(commands) ? commands[i]->name : NULL;
}

static const char *const variables[] = { "BACKEND_PATH", "CHECK_NAN", "CPU_ISA", "CPU_WINOGRAD", "DATA",    "DEVICE",
                                         "EAGER",        "LIBRARY",   "LOG",     "MEMORY_LIMIT", "MIRRORS", "OFF" };

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

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < RN_COUNTOF(commands); i++)
        if (strcmp(argv[0], commands[i]->name) == 0) return commands[i]->run(argc, argv);
    const char *near = rni_nearest(argv[0], command_name, NULL);
    fprintf(stderr, "rensa: there is no command \"%s\"", argv[0]);
    if (near) fprintf(stderr, "; did you mean \"%s\"?", near);
    fputs("\nusage: rensa COMMAND [ARGUMENTS]\n", stderr);
    return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const bool help = strcmp(argv[1], "help") == 0;
    if (help && argc > 2) return run_command(2, (char *[]){ argv[2], "--help", NULL });
    if (help || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("rensa %s\n", rn_version());
        return 0;
    }
    return run_command(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    check_environment();
    return cli_flushed(run(argc, argv));
}
