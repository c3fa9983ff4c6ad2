/* Gradients of convolutions with respect to images whose channels are too few to fill vectors. */
#ifndef RNI_BACKEND_CPU_CONV_NARROW_H
#define RNI_BACKEND_CPU_CONV_NARROW_H

#include <rensa/backend.h>

const char *rni_cpu_conv_narrow_refuse(const rn_kernel_call *c);
bool rni_cpu_conv_narrow_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_conv_narrow_run(rn_kernel_call *c);

#endif
