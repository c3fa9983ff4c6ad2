/* The limits of the machine, and the least time of a call within them. */
#include "engine/machine.h"

#include "backend/limits.h"
#include "engine/record.h"

#include <string.h>

bool rni_machine_of(rni_machine *m, bool again)
{
    *m = (rni_machine){ 0 };
    rni_device *d = rni_default_device(NULL);
    if (d) m->known = rni_limits_of(d, again, &m->limits, m->name, sizeof m->name);
    return rn_ok();
}

double rni_machine_work(const rn_cost *c)
{
    enum { DIVIDE = 8, EXPONENTIAL = 16 };
    return 2 *
           (c->multiply_add + c->add + c->multiply + c->compare + DIVIDE * c->divide + EXPONENTIAL * c->exponential);
}

/* The fastest memory that holds as much. */
static double bytes_rate(const rn_limits *l, int all, double bytes)
{
    if (l->cache[all] > 0 && bytes <= (double)l->cached * (all ? l->threads : 1)) return l->cache[all];
    return l->shared[all] > 0 && bytes <= (double)l->shared_cached ? l->shared[all] : l->memory[all];
}

double rni_machine_least(const rni_machine *m, double work, double bytes, bool narrow)
{
    const rn_limits *l = &m->limits;
    const double waking = 3e-6; /* seconds until all threads are at work */
    double least = 0;
    for (int i = 0; m->known && i < 2; i++) {
        const double *multiply = narrow && l->bf16[i] > 0 ? l->bf16 : l->f32;
        const double a = work / multiply[i], b = bytes / bytes_rate(l, i, bytes);
        const double seconds = (a > b ? a : b) + (i && l->threads > 1 ? waking : 0);
        if (i == 0 || seconds < least) least = seconds;
    }
    return least;
}
