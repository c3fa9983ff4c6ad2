/* Texts of kernels (kernels/) as lines, ended by NULL, and the rows that run them. */
#ifndef RNI_BACKEND_CUDA_KERNELS_H
#define RNI_BACKEND_CUDA_KERNELS_H

#include <rensa/backend.h>

extern const char *const rni_cuda_matmul_text[], *const rni_cuda_softmax_text[];

const char *rni_cuda_matmul_refuse(const rn_kernel_call *c);
bool rni_cuda_matmul_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cuda_linear_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cuda_matmul_run(rn_kernel_call *c);

const char *rni_cuda_softmax_refuse(const rn_kernel_call *c);
bool rni_cuda_softmax_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cuda_softmax_run(rn_kernel_call *c);

#endif
