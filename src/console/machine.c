/* Measuring takes a second on a machine where it was not done before. */
#include "console/machine.h"

#include "base/alloc.h"

#include <pthread.h>

struct rni_known_machine {
    pthread_mutex_t lock;
    pthread_t thread;
    bool running;
    rni_machine machine;
};

static void *measure(void *user)
{
    rni_known_machine *m = user;
    rni_machine found;
    if (rni_machine_of(&found, false)) {
        pthread_mutex_lock(&m->lock);
        m->machine = found;
        pthread_mutex_unlock(&m->lock);
    }
    rn_error_clear(); /* times are left out */
    return NULL;
}

rni_known_machine *rni_machine_open(void)
{
    rni_known_machine *m = rni_alloc((int64_t)sizeof *m);
    if (!m) return NULL;
    pthread_mutex_init(&m->lock, NULL);
    m->running = pthread_create(&m->thread, NULL, measure, m) == 0;
    return m;
}

void rni_machine_close(rni_known_machine *m)
{
    if (!m) return;
    if (m->running) pthread_join(m->thread, NULL);
    pthread_mutex_destroy(&m->lock);
    rni_free(m);
}

const rni_machine *rni_machine_known(rni_known_machine *m, rni_machine *to)
{
    pthread_mutex_lock(&m->lock);
    *to = m->machine;
    pthread_mutex_unlock(&m->lock);
    return to->known ? to : NULL;
}
