/* softmax, log_softmax, softmax_nll and their gradients. */
#ifndef RNI_BACKEND_CPU_SOFTMAX_H
#define RNI_BACKEND_CPU_SOFTMAX_H

#include <rensa/backend.h>

bool rni_cpu_softmax_prepare(rn_kernel_call *c, void **out, int64_t *workspace);
bool rni_cpu_softmax_run(rn_kernel_call *c);

#endif
