/* rensa serve: the console in the browser. */
#include "cli/cli.h"

enum { PORT = 7370 };

typedef struct serving {
    const char *folder;
    int64_t port, cpu, gpu;
    bool routes, rebuild, users;
    cli_texts hosts;
} serving;

#ifdef RENSA_CONSOLE

#include "base/str.h"
#include "console/console.h"
#include "console/route.h"

#include <signal.h>

static int print_routes(void)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 2 };
    rni_openapi_write(&w);
    if (!s.failed) puts(s.at);
    rni_str_free(&s);
    return cli_end();
}

/* Until somebody ends it. Threads made after this do not see the signals. */
static int serve(serving *o)
{
    if (o->routes) return print_routes();
    if (o->hosts.n == (int)RN_COUNTOF(o->hosts.at)) o->hosts.n--;
    o->hosts.at[o->hosts.n] = NULL;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    const struct sigaction ignored = { .sa_handler = SIG_IGN };
    sigaction(SIGPIPE, &ignored, NULL); /* pages that are closed */
    rni_console *console = rni_console_open(&(rni_console_args){ .folder = o->folder,
                                                                 .port = (int)o->port,
                                                                 .hosts = o->hosts.at,
                                                                 .rebuild = o->rebuild,
                                                                 .users = o->users,
                                                                 .slots = { (int)o->cpu, (int)o->gpu } });
    if (!console) return cli_end();
    printf(
        "%s\nThe address is a key: whoever has it may do everything here. Ctrl-C ends the server; trainings go on.\n",
        rni_console_address(console));
    int signal_number = 0, status = cli_flushed(0);
    if (status == 0) sigwait(&ends, &signal_number);
    rni_console_close(console);
    return status ? status : cli_end();
}

#else

static int serve(serving *o)
{
    (void)o;
    fputs("rensa serve: this program was built without the console, which needs libmicrohttpd, SQLite and libsodium\n"
          "  hint    apt-get install libmicrohttpd-dev libsqlite3-dev libsodium-dev, then build again\n",
          stderr);
    return 1;
}

#endif

static int run(int argc, char **argv)
{
    serving o = { .folder = "rensa-work", .port = PORT, .cpu = 1, .gpu = -1 };
    const cli_option options[] = {
        { "port", "N", "port to listen at (default: 7370); 0: any that is free", CLI_INT, &o.port, 0, 65535 },
        { "dir", "FOLDER", "work folder: projects, data, runs (default: rensa-work)", CLI_TEXT, &o.folder, 0, 0 },
        { "host", "NAME", "answer also to this name, as in lab.example:443 (repeatable)", CLI_TEXTS, &o.hosts, 0, 0 },
        { "users", NULL, "people with names, passwords and roles, besides the owner with the address", CLI_SWITCH,
          &o.users, 0, 0 },
        { "cpu-runs", "N", "trainings at a time on the processor (default: 1)", CLI_INT, &o.cpu, 0, 64 },
        { "gpu-runs", "N", "trainings at a time on GPUs (default: one per GPU)", CLI_INT, &o.gpu, 0, 64 },
        { "rebuild", NULL, "make the index rensa.db anew from the run folders", CLI_SWITCH, &o.rebuild, 0, 0 },
        { "routes", NULL, "print the OpenAPI description of all routes, and end", CLI_SWITCH, &o.routes, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_serve, options, argc, argv, &n)) return EXIT_USAGE;
    if (n > 0) return cli_usage(&cli_serve, "it takes no arguments");
    return serve(&o);
}

const cli_command cli_serve = {
    .name = "serve",
    .arguments = "[OPTIONS]",
    .brief = "the console in the browser",
    .help =
        "Prints the address of a page for drawing, training and evaluating networks. It is reached from this machine\n"
        "only. Work is done by processes of their own, which go on when the server ends, and are found again when it\n"
        "is started again on the same folder. Scripts use the same routes: docs/console.md.",
    .run = run,
};
