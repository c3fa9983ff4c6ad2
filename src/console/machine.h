/* The limits of this machine, for predicted times: measured once, by a thread of its own. */
#ifndef RNI_CONSOLE_MACHINE_H
#define RNI_CONSOLE_MACHINE_H

#include "engine/machine.h"

typedef struct rni_known_machine rni_known_machine;

rni_known_machine *rni_machine_open(void);
void rni_machine_close(rni_known_machine *m); /* NULL is fine; waits for the measurement */
/* Copies them into `to` and returns that; NULL while they are not known. */
const rni_machine *rni_machine_known(rni_known_machine *m, rni_machine *to);

#endif
