/* Options of the functions that back ends implement as kernels of their own: what `opts` points to in rn_kernel_call.
 * Formulas and shapes stand with the functions in ops.h. */
#ifndef RENSA_KERNELS_H
#define RENSA_KERNELS_H

#include <rensa/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every RN_REDUCE function, and cumulative ones. */
typedef struct rn_reduce_opts {
    rn_axes axes; /* n = 0: all */
    bool keepdims;
} rn_reduce_opts;

/* matmul: a [.., M, K] b [.., K, N] -> y [.., M, N], batch axes broadcast. */
typedef struct rn_matmul_opts {
    bool trans_a, trans_b; /* a is [.., K, M]; b is [.., N, K] */
} rn_matmul_opts;

/* conv, conv_grad_x, conv_grad_w over 1, 2 or 3 spatial axes: x [N, C, ...], w [K, C/groups, ...], b [K]. */
typedef struct rn_conv_opts {
    int64_t stride[3], pad[3], pad_end[3], dilation[3];
    int64_t groups;
    int64_t size[3]; /* conv_grad_x: spatial sizes of x; conv_grad_w: of w */
} rn_conv_opts;

/* max_pool, average_pool and their gradients over 1, 2 or 3 spatial axes. */
typedef struct rn_pool_opts {
    int64_t kernel[3], stride[3], pad[3], pad_end[3], dilation[3];
    bool exclude_pad; /* average_pool: padding does not count in the divisor */
    int64_t size[3];  /* gradients: spatial sizes of x */
} rn_pool_opts;

/* softmax, log_softmax, cumulative sums, sort, take_along_axis, …: one axis. */
typedef struct rn_axis_opts {
    int64_t axis;
} rn_axis_opts;

#ifdef __cplusplus
}
#endif
#endif
