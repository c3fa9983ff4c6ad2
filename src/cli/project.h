/* The project that a command line asks for: a file or a built-in network, with what options change in it. */
#ifndef RNI_CLI_PROJECT_H
#define RNI_CLI_PROJECT_H

#include "cli/cli.h"
#include "project/project.h"

typedef struct cli_project_args {
    const char *file, *net; /* one of them */
    const char *data, *optimizer, *device, *precision;
    int64_t epochs, iterations, batch, limit, threads; /* 0: as in the project */
    int64_t seed;                                      /* -1: as in the project */
    double seconds, rate;
    cli_texts sets; /* "key.path=value" */
} cli_project_args;

/* Owned. NULL with an error pending. */
rni_project *cli_project_make(const cli_project_args *o);
/* What the project calls itself, else the name of its file, made in buf. */
const char *cli_project_name(const rni_project *p, char *buf, size_t size);
/* Chooses device and threads as the project says, before anything is computed. The project that comes back, which takes
 * the place of p, says what was chosen, and names data by full paths: it can be run again from anywhere. Owned. */
rni_project *cli_project_settle(rni_project *p);
/* Threads that computations use. */
int cli_threads(void);

#endif
