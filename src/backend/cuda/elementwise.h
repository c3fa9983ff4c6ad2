/* The kernels "map" and "reduce", generated for each program. */
#ifndef RNI_BACKEND_CUDA_ELEMENTWISE_H
#define RNI_BACKEND_CUDA_ELEMENTWISE_H

#include "backend/cuda/cuda.h"

const char *rni_cuda_map_refuse(const rn_kernel_call *c);
bool rni_cuda_map_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cuda_map_run(rn_kernel_call *c);
void rni_cuda_map_release(void *state);

const char *rni_cuda_reduce_refuse(const rn_kernel_call *c);
bool rni_cuda_reduce_prepare(rn_kernel_call *c, void **state, int64_t *workspace);
bool rni_cuda_reduce_run(rn_kernel_call *c);

#endif
