/* cumsum and cumprod. */
#ifndef RNI_BACKEND_CPU_CUMULATIVE_H
#define RNI_BACKEND_CPU_CUMULATIVE_H

#include <rensa/backend.h>

const char *rni_cpu_cumulative_refuse(const rn_kernel_call *c);
bool rni_cpu_cumulative_run(rn_kernel_call *c);

#endif
