/* Functions that move elements. */
#ifndef RNI_BACKEND_CPU_COPY_H
#define RNI_BACKEND_CPU_COPY_H

#include <rensa/backend.h>

bool rni_cpu_concat_run(rn_kernel_call *c);
const char *rni_cpu_pad_refuse(const rn_kernel_call *c);
bool rni_cpu_pad_run(rn_kernel_call *c);
const char *rni_cpu_as_strided_grad_refuse(const rn_kernel_call *c);
bool rni_cpu_as_strided_grad_run(rn_kernel_call *c);

#endif
