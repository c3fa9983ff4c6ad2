/* result.json, what a run came to. */
#ifndef RNI_CLI_RESULT_H
#define RNI_CLI_RESULT_H

#include "cli/run.h"

/* Threads that computing uses. */
int cli_threads(void);
/* reports: one per monitor of the session. */
bool cli_result_write(rni_session *s, const cli_report *reports, const char *hash, const char *out, int argc,
                      char **argv);

#endif
