/* take and embed. */
#ifndef RNI_BACKEND_CPU_TAKE_H
#define RNI_BACKEND_CPU_TAKE_H

#include <rensa/backend.h>

const char *rni_cpu_take_grad_refuse(const rn_kernel_call *c);
bool rni_cpu_take_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_take_run(rn_kernel_call *c);
bool rni_cpu_take_grad_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_take_grad_run(rn_kernel_call *c);

#endif
