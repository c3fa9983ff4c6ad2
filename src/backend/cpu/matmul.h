/* Products of matrices. */
#ifndef RNI_BACKEND_CPU_MATMUL_H
#define RNI_BACKEND_CPU_MATMUL_H

#include <rensa/backend.h>

const char *rni_cpu_matmul_refuse_strided(const rn_kernel_call *c);
const char *rni_cpu_matmul_refuse(const rn_kernel_call *c);
bool rni_cpu_matmul_run(rn_kernel_call *c);
bool rni_cpu_linear_run(rn_kernel_call *c);

#endif
