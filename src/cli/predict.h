/* What the parts of rensa predict share. */
#ifndef RNI_CLI_PREDICT_H
#define RNI_CLI_PREDICT_H

#include "cli/run.h"

typedef struct cli_predict_args {
    cli_run_args run;
    int64_t samples, seed, length;
    const char *prompt;
    double temperature;
    bool json;
    const char *layers; /* a folder for pictures of the layers, NULL: none */
} cli_predict_args;

/* Lets a language model write. */
bool cli_generate(rni_session *s, rni_watch *w, const cli_predict_args *a);

#endif
