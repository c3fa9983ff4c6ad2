/* Convolutions with 3x3 and 5x5 filters by Winograd's minimal filtering. */
#ifndef RNI_BACKEND_CPU_WINOGRAD_H
#define RNI_BACKEND_CPU_WINOGRAD_H

#include <rensa/backend.h>

const char *rni_cpu_winograd_refuse(const rn_kernel_call *c);
bool rni_cpu_winograd_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_winograd_run(rn_kernel_call *c);
void rni_cpu_winograd_release(void *state);

#endif
