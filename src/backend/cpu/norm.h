/* batch_norm, layer_norm, rms_norm and their gradients. */
#ifndef RNI_BACKEND_CPU_NORM_H
#define RNI_BACKEND_CPU_NORM_H

#include <rensa/backend.h>

const char *rni_cpu_batch_norm_refuse(const rn_kernel_call *c);
bool rni_cpu_batch_norm_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_batch_norm_run(rn_kernel_call *c);
bool rni_cpu_batch_norm_grad_run(rn_kernel_call *c);
/* Where channels lie innermost; both directions. */
const char *rni_cpu_batch_norm_last_refuse(const rn_kernel_call *c);
void rni_cpu_batch_norm_last_arrange(rn_kernel_call *c);
bool rni_cpu_batch_norm_last_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_batch_norm_last_run(rn_kernel_call *c);
bool rni_cpu_layer_norm_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_layer_norm_run(rn_kernel_call *c);
bool rni_cpu_layer_norm_grad_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_layer_norm_grad_run(rn_kernel_call *c);

#endif
