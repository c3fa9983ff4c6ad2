/* Axes that can be walked as one are made one, for arithmetic of indices in kernels. */
#ifndef RNI_BACKEND_CUDA_AXES_H
#define RNI_BACKEND_CUDA_AXES_H

#include <rensa/backend.h>

enum { RNI_CUDA_OPERANDS = 32 };

typedef struct rni_cuda_axes {
    int rank, operands;
    int64_t dim[RN_MAX_RANK], stride[RNI_CUDA_OPERANDS][RN_MAX_RANK];
} rni_cuda_axes;

/* Adds an axis inside of those that are there. */
static inline void rni_cuda_axes_add(rni_cuda_axes *a, int64_t dim, const int64_t *strides)
{
    const int last = a->rank - 1;
    bool joins = a->rank > 0;
    if (dim == 1) return;
    for (int i = 0; i < a->operands && joins; i++) joins = a->stride[i][last] == strides[i] * dim;
    if (!joins) a->rank++;
    const int k = a->rank - 1;
    a->dim[k] = joins ? a->dim[k] * dim : dim;
    for (int i = 0; i < a->operands; i++) a->stride[i][k] = strides[i];
}

#endif
