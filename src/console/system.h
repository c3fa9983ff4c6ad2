/* What the machine is doing: processor, memory, GPUs, and the processes of runs. */
#ifndef RNI_CONSOLE_SYSTEM_H
#define RNI_CONSOLE_SYSTEM_H

#include "console/http.h"

typedef struct rni_system rni_system;

rni_system *rni_system_open(void);
void rni_system_close(rni_system *s); /* NULL is fine */
int rni_system_gpus(const rni_system *s);
/* Looks, and tells the pages if there are any. */
void rni_system_sample(rni_console *c);
/* What was seen last. */
void rni_system_write(rni_console *c, rni_json_writer *w);

#endif
