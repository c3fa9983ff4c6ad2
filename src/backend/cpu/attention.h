/* Attention and its gradient. */
#ifndef RNI_BACKEND_CPU_ATTENTION_H
#define RNI_BACKEND_CPU_ATTENTION_H

#include <rensa/backend.h>

const char *rni_cpu_attention_refuse_strided(const rn_kernel_call *c);
const char *rni_cpu_attention_refuse(const rn_kernel_call *c);
/* Results lie as the queries do: heads side by side, if those are. */
void rni_cpu_attention_arrange(rn_kernel_call *c);
bool rni_cpu_attention_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_attention_run(rn_kernel_call *c);
bool rni_cpu_attention_grad_run(rn_kernel_call *c);

const char *rni_cpu_attention_bf16_refuse_strided(const rn_kernel_call *c);
const char *rni_cpu_attention_bf16_refuse(const rn_kernel_call *c);
bool rni_cpu_attention_bf16_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cpu_attention_bf16_run(rn_kernel_call *c);
bool rni_cpu_attention_bf16_grad_run(rn_kernel_call *c);

#endif
