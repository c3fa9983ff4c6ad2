/* What the device in use can do at the most. */
#ifndef RNI_ENGINE_MACHINE_H
#define RNI_ENGINE_MACHINE_H

#include <rensa/op.h>

typedef struct rni_machine {
    bool known;
    char name[512]; /* processor, device, instruction set, threads */
    rn_limits limits;
} rni_machine;

/* Of this thread's device; measured if that was not done before, or if `again`. False with an error pending. */
bool rni_machine_of(rni_machine *m, bool again);
/* The least time that a call can take, in seconds: of `work` operations on numbers of 32 or 16 bits and that many
 * bytes, by one thread or by all, whichever is faster. 0 where the machine is not known. */
double rni_machine_least(const rni_machine *m, double work, double bytes, bool narrow);
/* Operations counted as the machine takes them: what is no multiply-add takes a whole one's time, divisions and
 * exponentials that of several. */
double rni_machine_work(const rn_cost *c);

#endif
