/* Pooling. */
#ifndef RNI_BACKEND_CPU_POOL_H
#define RNI_BACKEND_CPU_POOL_H

#include <rensa/backend.h>

const char *rni_cpu_pool_refuse(const rn_kernel_call *c);
bool rni_cpu_pool_prepare(rn_kernel_call *c, void **out, int64_t *workspace);
bool rni_cpu_pool_run(rn_kernel_call *c);
/* Of images with channels innermost. */
const char *rni_cpu_pool_last_refuse(const rn_kernel_call *c);
void rni_cpu_pool_last_arrange(rn_kernel_call *c);
bool rni_cpu_pool_last_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_pool_last_run(rn_kernel_call *c);

#endif
