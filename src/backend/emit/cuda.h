/* CUDA C for scalar programs: elementwise functions, with a loop over the grid, and reductions. The texts are C, too,
 * given words like __global__. */
#ifndef RNI_BACKEND_EMIT_CUDA_H
#define RNI_BACKEND_EMIT_CUDA_H

#include "backend/emit/emit.h"

/* What every text begins with: T and its arithmetic by what is computed in, load_<type> and store_<type>, `place`. */
void rni_emit_cuda_start(rni_text *t, rn_dtype compute, bool narrow);
void rni_emit_cuda_lines(rni_text *t, const char *const *lines);

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
    bool narrow;           /* there are fewer than 2^31 elements */
} rni_cuda_map;

/* The kernel takes one struct, in words of 8 bytes: the number of elements; dim[rank]; for each strided operand
 * stride[rank], in elements; the addresses of the inputs, of the results; the option scalars (double). Each array has
 * at least one word. To be compiled by NVRTC with --device-as-default-execution-space, --fmad=false and --ftz=true.
 * False, and no text, for programs that read inputs by position (LOAD): a kernel could not say which position is not
 * there. */
bool rni_emit_cuda(rni_text *t, const rni_cuda_map *m);

typedef struct rni_cuda_reduce {
    const char *name; /* of the kernel; the one that joins parts is called <name>_parts */
    const rn_program *map, *post;
    rn_join join;
    rn_dtype in, out;
    int kept, joined; /* numbers of axes of either kind */
    bool narrow;      /* there are fewer than 2^31 elements */
    /* Neighbouring threads compute neighbouring results rather than one result together. */
    bool across;
} rni_cuda_reduce;

enum { RNI_CUDA_REDUCE_THREADS = 256, RNI_CUDA_REDUCE_ACROSS = 32 };

/* Blocks of RNI_CUDA_REDUCE_THREADS threads compute one result each, or RNI_CUDA_REDUCE_ACROSS if `across`. Where the
 * grid has more than one block along y, each joins a part of the elements, writes it to `parts` (16 bytes for each
 * result and part), and <name>_parts, a thread for each result, joins those. The order of joining depends on the counts
 * only. Both kernels take one struct, in words of 8 bytes: the number of results; of elements of each; of elements of
 * each part; kept_dim[kept]; kept_stride[kept]; dim[joined]; stride[joined], in elements; the number of parts; the
 * addresses of the input, the results, the parts; the option scalars. Each array has at least one word. */
void rni_emit_cuda_reduce(rni_text *t, const rni_cuda_reduce *r);

#endif
