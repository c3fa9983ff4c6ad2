/* Convolutions by oneDNN. */
#ifndef RNI_BACKEND_CPU_CONV_H
#define RNI_BACKEND_CPU_CONV_H

#include <rensa/backend.h>

const char *rni_cpu_conv_refuse(const rn_kernel_call *c);
void rni_cpu_conv_arrange(rn_kernel_call *c);
bool rni_cpu_conv_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_conv_run(rn_kernel_call *c);
void rni_cpu_conv_release(void *state);

#endif
