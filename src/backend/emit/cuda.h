/* CUDA C for scalar programs: one kernel with a loop over the grid. The text is C, too, given words like __global__. */
#ifndef RNI_BACKEND_EMIT_CUDA_H
#define RNI_BACKEND_EMIT_CUDA_H

#include "backend/emit/emit.h"

/* How an operand lies: as the elements do, one value for all, any strides. */
typedef enum rni_access { RNI_ACCESS_DENSE, RNI_ACCESS_SAME, RNI_ACCESS_STRIDED } rni_access;

typedef struct rni_operand {
    rn_dtype dtype; /* RN_DTYPE_NONE: left out, taken as 0 */
    rni_access access;
} rni_operand;

typedef struct rni_cuda_map {
    const char *name; /* of the kernel */
    const rn_program *program;
    const rni_operand *in; /* of each input */
    const rn_dtype *out;   /* of each result, which is dense */
    int rank;              /* of the strided operands */
} rni_cuda_map;

/* The kernel takes one struct, in words of 8 bytes: the number of elements; dim[rank]; for each strided operand
 * stride[rank], in elements; the addresses of the inputs, of the results; the option scalars (double). Each array has
 * at least one word. To be compiled by NVRTC with --device-as-default-execution-space, --fmad=false and --ftz=true.
 * False, and no text, for programs that read inputs by position (LOAD): a kernel could not say which position is not
 * there. */
bool rni_emit_cuda(rni_text *t, const rni_cuda_map *m);

#endif
