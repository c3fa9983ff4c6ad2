/* What the device in use can do at the most. */
#ifndef RNI_CLI_MACHINE_H
#define RNI_CLI_MACHINE_H

#include "cli/cli.h"

#include <rensa/backend.h>

typedef struct cli_machine {
    bool known;
    char name[512]; /* processor, device, instruction set, threads */
    rn_limits limits;
} cli_machine;

/* Of this thread's device; measured if that was not done before, or if `again`. False with an error pending. */
bool cli_machine_of(cli_machine *m, bool again);
/* The least time that a call can take, in seconds: of `work` operations on numbers of 32 or 16 bits and that many
 * bytes, by one thread or by all, whichever is faster. 0 where the machine is not known. */
double cli_machine_least(const cli_machine *m, double work, double bytes, bool narrow);
/* Operations counted as the machine takes them: what is no multiply-add takes a whole one's time, divisions and
 * exponentials that of several. */
double cli_machine_work(const rn_cost *c);

#endif
