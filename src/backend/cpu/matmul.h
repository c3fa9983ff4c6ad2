/* Products of matrices: matmul and linear. */
#ifndef RNI_BACKEND_CPU_MATMUL_H
#define RNI_BACKEND_CPU_MATMUL_H

#include <rensa/backend.h>

const char *rni_cpu_matmul_refuse_strided(const rn_kernel_call *c);
const char *rni_cpu_matmul_refuse(const rn_kernel_call *c);
bool rni_cpu_matmul_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_matmul_run(rn_kernel_call *c);
void rni_cpu_matmul_release(void *state);

#endif
