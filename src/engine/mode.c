/* What a thread has switched on, its device and its random stream. */
#include "engine/engine.h"

#include "base/error.h"
#include "engine/record.h"

#include <stdlib.h>

bool rn_grad_mode(bool on)
{
    rni_thread *t = rni_thread_self();
    const bool was = !t->no_grad;
    t->no_grad = !on;
    return was;
}

bool rn_train_mode(bool on)
{
    rni_thread *t = rni_thread_self();
    const bool was = !t->testing;
    t->testing = !on;
    return was;
}

bool rn_is_training(void)
{
    return !rni_thread_self()->testing;
}

rn_dtype rn_precision_mode(rn_dtype compute)
{
    rni_thread *t = rni_thread_self();
    const rn_dtype was = t->precision ? t->precision : RN_F32;
    if (compute != RN_F32 && compute != RN_BF16 && compute != RN_F16)
        rni_fail(RN_ERR_DTYPE, NULL, "precision_mode", "products compute in f32, bf16 or f16");
    else
        t->precision = compute == RN_F32 ? RN_DTYPE_NONE : compute;
    return was;
}

bool rn_eager_mode(bool on)
{
    rni_thread *t = rni_thread_self();
    const bool was = t->eager;
    t->eager = on;
    return was;
}

bool rn_nan_check(bool on)
{
    rni_thread *t = rni_thread_self();
    const bool was = t->nan_check;
    t->nan_check = on;
    return was;
}

rn_engine_info rn_engine(void)
{
    return rni_thread_self()->info;
}

/* Scalars of programs are doubles: a seed keeps the 53 bits that those hold exactly. */
void rn_seed(uint64_t seed)
{
    rni_thread *t = rni_thread_self();
    t->seed = (seed ^ seed >> 53) & (((uint64_t)1 << 53) - 1);
    t->draws = 0;
}

void rn_random_state(uint64_t state[2])
{
    if (!rni_given(state, NULL, "random_state", "state")) return;
    rni_thread *t = rni_thread_self();
    state[0] = t->seed;
    state[1] = t->draws;
}

void rn_set_random_state(const uint64_t state[2])
{
    if (!rni_given(state, NULL, "set_random_state", "state")) return;
    rni_thread *t = rni_thread_self();
    t->seed = state[0];
    t->draws = state[1];
}

bool rn_device_use(const char *name)
{
    if (!rn_ok()) return false;
    rni_device *d = rni_device_open(name ? name : "cpu", NULL);
    if (!d) return false;
    rni_thread_self()->device = d;
    return true;
}

rni_device *rni_default_device(const rn_site *site)
{
    rni_thread *t = rni_thread_self();
    if (t->place) return t->place;
    if (t->device) return t->device;
    const char *env = getenv("RENSA_DEVICE");
    t->device = rni_device_open(env && *env ? env : "cpu", site);
    return t->device;
}

const char *rn_device_name(void)
{
    const rni_device *d = rni_default_device(NULL);
    return d ? d->name : NULL;
}

rn_memory_info rn_memory(void)
{
    const rni_device *d = rni_default_device(NULL);
    if (!d) return (rn_memory_info){ 0 };
    const rni_pool_info i = rni_pool_stats(d);
    return (rn_memory_info){ i.used, i.peak, i.pooled };
}

void rn_memory_reset_peak(void)
{
    rni_device *d = rni_default_device(NULL);
    if (d) rni_pool_reset_peak(d);
}
