/* The keeper: one thread that follows the runs, starts what waits, and cleans up. */
#ifndef RNI_CONSOLE_KEEPER_H
#define RNI_CONSOLE_KEEPER_H

#include "console/http.h"

typedef struct rni_keeper rni_keeper;

typedef enum rni_slot { RNI_SLOT_CPU, RNI_SLOT_GPU, RNI_SLOT_WORK, RNI_SLOTS } rni_slot;

/* Does nothing until it is started. `slots`: runs at a time on the CPU, and on GPUs (-1: one per GPU); what makes data
 * sets or evaluates has slots of its own. `fresh`: the index is empty and is made again. */
rni_keeper *rni_keeper_open(rni_console *c, const int slots[2], bool fresh);
bool rni_keeper_start(rni_keeper *k);
void rni_keeper_close(rni_keeper *k); /* NULL is fine; runs go on */
/* Something has changed: look now rather than soon. */
void rni_keeper_wake(rni_keeper *k);
int rni_keeper_slots(const rni_keeper *k, rni_slot slot);
/* Whether the index is still being made. */
bool rni_keeper_is_catching_up(const rni_keeper *k);
/* Run folders have come: enters them soon. */
void rni_keeper_compare(rni_keeper *k);
/* A run has changed, or its folder has gone: brings the index up to date. */
bool rni_keeper_look(rni_console *c, const char *id);

#endif
