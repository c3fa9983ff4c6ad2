/* Convolutions with so few results that reading the weights is what takes time. */
#ifndef RNI_BACKEND_CPU_CONV_FEW_H
#define RNI_BACKEND_CPU_CONV_FEW_H

#include <rensa/backend.h>

const char *rni_cpu_conv_few_refuse(const rn_kernel_call *c);
bool rni_cpu_conv_few_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_conv_few_run(rn_kernel_call *c);
void rni_cpu_conv_few_release(void *state);

#endif
