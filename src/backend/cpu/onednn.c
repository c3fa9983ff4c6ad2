/* The engine of oneDNN, and which types it takes. */
#include "backend/cpu/onednn.h"

#include <pthread.h>

/* Written once, by whoever comes first. */
static struct {
    pthread_once_t once;
    dnnl_engine_t engine;
} g = { .once = PTHREAD_ONCE_INIT };

static void make_engine(void)
{
    if (dnnl_engine_create(&g.engine, dnnl_cpu, 0) != dnnl_success) g.engine = NULL;
}

dnnl_engine_t rni_onednn_engine(void)
{
    pthread_once(&g.once, make_engine);
    return g.engine;
}

bool rni_onednn_multiplies(rn_dtype dtype)
{
    return dtype == RN_F32 || (dtype == RN_BF16 && dnnl_get_effective_cpu_isa() >= dnnl_cpu_isa_avx512_core_bf16);
}

dnnl_data_type_t rni_onednn_type(rn_dtype dtype)
{
    return dtype == RN_F32 ? dnnl_f32 : dtype == RN_BF16 ? dnnl_bf16 : dnnl_data_type_undef;
}
