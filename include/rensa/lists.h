/* Functions that give several tensors at once, through an array of the caller. The rest is in ops.h.
 *
 * Each sets all places of the array: to NULL on a failure, so that what is computed from them comes to nothing and one
 * check at the end is enough. Results are scoped. Thread-safe: per thread. */
#ifndef RENSA_LISTS_H
#define RENSA_LISTS_H

#include <rensa/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_split_args {
    rn_tensor *x;
    rn_tensor **parts; /* to be set: n tensors */
    int64_t n;
    rn_site site;
    int64_t axis;         /* default 0; negative ones count from the end */
    const int64_t *sizes; /* of the parts; left out: all equal */
} rn_split_args;
/** A tensor cut into n parts along an axis, without copying: rn_split(x, parts, 3, .axis = 1).
 *
 *  Shapes   x [.., D, ..]   ->   n tensors [.., sizes[i], ..]
 *  Errors   SHAPE unless the sizes add up to D, or D is a multiple of n; ARG for no such axis or n outside 1 … 65536
 *  Gradient one concat, with zeros for parts that have none
 *  Since    0.1 */
RN_API bool rn_split_at(const rn_split_args *args);
#define rn_split(...) rn_split_at(&(rn_split_args){ __VA_ARGS__, .site = RN_SITE(rn_split_args) })

typedef struct rn_split_axis_args {
    rn_tensor *x;
    rn_tensor **parts; /* to be set: n tensors */
    int64_t n;
    rn_site site;
    int64_t axis;      /* default 0 */
    const int64_t *at; /* n - 1 rising positions to cut at; left out: n equal parts */
} rn_split_axis_args;
/** As rn_split, cut at positions (Chainer's split_axis with indices). Those past the end give empty parts.
 *
 *  Errors   as rn_split; ARG for positions that are negative or fall
 *  Since    0.1 */
RN_API bool rn_split_axis_at(const rn_split_axis_args *args);
#define rn_split_axis(...) rn_split_axis_at(&(rn_split_axis_args){ __VA_ARGS__, .site = RN_SITE(rn_split_axis_args) })

typedef struct rn_separate_args {
    rn_tensor *x;
    rn_tensor **parts; /* to be set: n tensors */
    int64_t n;         /* must be the size of the axis */
    rn_site site;
    int64_t axis; /* default 0 */
} rn_separate_args;
/** The slices of a tensor along an axis, without that axis and without copying; undoes rn_stack.
 *
 *  Shapes   x [.., n, ..]   ->   n tensors [.., ..]
 *  Errors   SHAPE unless n is the size of the axis; ARG for no such axis
 *  Since    0.1 */
RN_API bool rn_separate_at(const rn_separate_args *args);
#define rn_separate(...) rn_separate_at(&(rn_separate_args){ __VA_ARGS__, .site = RN_SITE(rn_separate_args) })

typedef struct rn_broadcast_args {
    rn_list xs;
    rn_tensor **ys; /* to be set: as many */
    rn_site site;
} rn_broadcast_args;
/** Tensors repeated, without copying, to the one shape that all of them broadcast to.
 *
 *  Errors   SHAPE if they do not broadcast
 *  Since    0.1 */
RN_API bool rn_broadcast_at(const rn_broadcast_args *args);
#define rn_broadcast(...) rn_broadcast_at(&(rn_broadcast_args){ __VA_ARGS__, .site = RN_SITE(rn_broadcast_args) })

typedef struct rn_meshgrid_args {
    rn_list xs;     /* vectors, or scalars */
    rn_tensor **ys; /* to be set: as many */
    rn_site site;
    bool ij; /* index order: ys[i] has the sizes of xs in their order; left out: those of the first two swapped */
} rn_meshgrid_args;
/** Coordinates of a grid: ys[i] repeats vector xs[i] over the axes of the others, without copying.
 *
 *  Shapes   xs [M], [N]   ->   two tensors [N, M]; with .ij [M, N]
 *  Errors   SHAPE for a tensor of rank 2 or more; ARG for more than 8
 *  Since    0.1 */
RN_API bool rn_meshgrid_at(const rn_meshgrid_args *args);
#define rn_meshgrid(...) rn_meshgrid_at(&(rn_meshgrid_args){ __VA_ARGS__, .site = RN_SITE(rn_meshgrid_args) })

typedef struct rn_transpose_sequence_args {
    rn_list xs;     /* sequences [T_i, ..], the longest first */
    rn_tensor **ys; /* to be set: n tensors */
    int64_t n;      /* must be T_0, the number of time steps */
    rn_site site;
} rn_transpose_sequence_args;
/** Sequences to time steps: ys[t] holds step t of all sequences that are that long; and back.
 *
 *  Shapes   xs [T_i, ..] with T_0 >= T_1 >= ..   ->   n tensors [N_t, ..], N_t sequences being longer than t
 *  Errors   SHAPE if lengths rise, the other sizes differ, or n is not T_0; DTYPE on mixed types
 *  Since    0.1 */
RN_API bool rn_transpose_sequence_at(const rn_transpose_sequence_args *args);
#define rn_transpose_sequence(...)                                                                                     \
    rn_transpose_sequence_at(&(rn_transpose_sequence_args){ __VA_ARGS__, .site = RN_SITE(rn_transpose_sequence_args) })

#ifdef __cplusplus
}
#endif
#endif
