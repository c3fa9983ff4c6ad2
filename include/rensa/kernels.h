/* Options of the functions that back ends implement as kernels of their own: what `opts` points to in rn_kernel_call.
 * Formulas and shapes stand with the functions in ops.h. */
#ifndef RENSA_KERNELS_H
#define RENSA_KERNELS_H

#include <rensa/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every RN_REDUCE function; logsumexp. */
typedef struct rn_reduce_opts {
    rn_axes axes; /* n = 0: all */
    bool keepdims;
} rn_reduce_opts;

/* matmul: a [.., M, K] b [.., K, N] -> y [.., M, N], batch axes broadcast. */
typedef struct rn_matmul_opts {
    bool trans_a, trans_b; /* a is [.., K, M]; b is [.., N, K] */
} rn_matmul_opts;

/* linear (x, w, b?) -> y: x [N, D] seen as rows of D features, w [K, D], b [K], y [N, K]; N is the product of the first
 * n_batch_axes sizes of x, which y keeps. */
typedef struct rn_linear_opts {
    int64_t n_batch_axes;
} rn_linear_opts;

/* take (x, indices) -> y: y [A.., I.., B..] for x [A.., D, B..], D being `axis`, and indices [I..] of any integer type;
 * negative ones count from the end. take_grad (g, indices) -> x of size `size` along the axis: zeros to which each part
 * of g is added where it was taken from. embed and embed_grad are the same along axis 0, but for indices that are
 * negative: those are out of range, and with `ignore`, ignore_label gives zeros and has no gradient. Indices out of
 * range are an error that names the first one in row-major order. */
typedef struct rn_take_opts {
    int64_t axis;
    int64_t size; /* gradients */
    bool ignore;
    int64_t ignore_label;
} rn_take_opts;

/* take_along_axis (x, indices) -> y: y[.., k, ..] = x[.., indices[.., k, ..], ..], the other axes broadcast.
 * take_along_axis_grad (g, indices) -> x of size `size` along the axis: the sum of each g at the place it was taken
 * from. put_along_axis (x, indices, values) -> y: x with values written there, of equal indices the last. */
typedef struct rn_along_opts {
    int64_t axis; /* may be negative */
    int64_t size; /* take_along_axis_grad */
} rn_along_opts;

/* sort (x) -> y, indices and topk (x) -> y, indices along an axis: stable, NaN is above all. indices are i64. */
typedef struct rn_sort_opts {
    int64_t axis;    /* may be negative */
    int64_t k;       /* topk: how many */
    bool descending; /* sort */
    bool smallest;   /* topk */
} rn_sort_opts;

/* as_strided_grad (g) -> y: zeros of `shape` to which each g[i, j, ..] is added at
 * y.flat[offset + i * strides[0] + j * strides[1] + ..]: the gradient of slices, diagonals and other views. */
typedef struct rn_strided_opts {
    rn_shape shape;
    int64_t strides[RN_MAX_RANK];
    int64_t offset;
} rn_strided_opts;

/* pad (x) -> y, and pad_grad (gy) -> gx for modes other than constant: adds each gy to the place it was read from. */
typedef struct rn_pad_opts {
    int64_t before[RN_MAX_RANK], after[RN_MAX_RANK]; /* elements added along each axis */
    int mode;                                        /* 0 constant, 1 edge, 2 reflect, 3 symmetric, 4 wrap */
    double value;                                    /* constant */
} rn_pad_opts;

/* conv (x, w, b?) -> y, conv_grad_x (gy, w) -> gx and conv_grad_w (x, gy) -> gw over 1, 2 or 3 spatial axes:
 * x [N, C, ...], w [K, C/groups, ...], b [K], y [N, K, ...]. Places past the last spatial axis are unused. Every value
 * stands for itself: a pad_end of 0 is no padding at the end. For each spatial axis, with sizes X, U, Y of x, w, y:
 * Y = floor((X + pad + pad_end - dilation * (U - 1) - 1) / stride) + 1, which need not reach the end of x. */
typedef struct rn_conv_opts {
    int64_t stride[3], pad[3], pad_end[3], dilation[3];
    int64_t groups;
    int64_t size[3]; /* conv_grad_x: spatial sizes of x; conv_grad_w: of w */
} rn_conv_opts;

/* max_pool (x) -> y, max_pool_grad (x, gy) -> gx, max_pool_take (x, z) -> y, average_pool (x) -> y and
 * average_pool_grad (gy) -> gx over 1, 2 or 3 spatial axes; x and z [N, C, ...], y [N, C, ...]. Values stand for
 * themselves as above. Padding is never the maximum; of equal values the first in row-major order is; NaN is above all.
 * max_pool_take reads z where x has its maximum: the gradient of max_pool_grad. With cover_all, Y is rounded up
 * instead of down and then decreased while the last window starts at or past X: windows may reach beyond pad_end. */
typedef struct rn_pool_opts {
    int64_t kernel[3], stride[3], pad[3], pad_end[3], dilation[3];
    bool cover_all;
    bool exclude_pad; /* average_pool: padding does not count in the divisor; what is past pad_end never does */
    int64_t size[3];  /* average_pool_grad: spatial sizes of x */
} rn_pool_opts;

/* batch_norm (x, gamma?, beta?) -> y, mean, var (of the batch; var is divided by the number of elements), with
 * statistics for each place along `axes`, the others joined. gamma, beta, mean and var have the sizes of x along
 * `axes`. mean and var are f32 where x is of 16 bits, gamma and beta may be so too. */
typedef struct rn_batch_norm_opts {
    rn_axes axes; /* n = 0: axis 1; may be negative */
    double eps;
} rn_batch_norm_opts;

/* layer_norm (x, gamma?, beta?) -> y and rms_norm (x, gamma?) -> y over all axes from `axis` on. */
typedef struct rn_layer_norm_opts {
    int64_t axis; /* may be negative */
    double eps;
} rn_layer_norm_opts;

/* attention (q, k, v, mask?) -> y, lse: q [.., T, D], k [.., S, D], v [.., S, E], y [.., T, E]; mask broadcasts to
 * [.., T, S] and is bool (false: hidden) or added to the products; lse [.., T] is the logarithm of the sum that
 * each row is divided by, in f32 or f64. A row that sees nothing gives zeros, its lse is 0. */
typedef struct rn_attention_opts {
    bool causal;  /* row t sees positions s <= t + S - T */
    double scale; /* of the products; stands for itself */
} rn_attention_opts;

/* cumsum, cumprod: along one axis. */
typedef struct rn_cumulative_opts {
    int64_t axis;   /* may be negative */
    bool exclusive; /* an element itself does not count for its place */
    bool reverse;   /* from the end to the start */
} rn_cumulative_opts;

/* softmax (x) -> y, softmax_grad (y, gy) -> gx = y * (gy - sum(y * gy)), log_softmax (x) -> y, log_softmax_grad (y, gy)
 * -> gx = gy - exp(y) * sum(gy), and sort, take_along_axis, …: along one axis, which may be negative. Lines of
 * -infinity have the softmax 0 and the log_softmax -infinity. */
typedef struct rn_axis_opts {
    int64_t axis;
} rn_axis_opts;

/* softmax_nll (x, t, w?) -> y and softmax_nll_grad (x, t, gy, w?) -> gx: x [N, K, ...], labels t [N, ...] of a type of
 * integers, weights w [K]; y = -log_softmax(x, 1)[n, t, ...] * w[t], in f32 where x is of 16 bits; gx = (softmax(x, 1)
 * - [k == t]) * w[t] * gy in the type of x. Both are 0 where t is `ignore`. Every other label outside 0 ... K-1 is an
 * error of softmax_nll (RN_ERR_ARG); softmax_nll_grad may take it that there is none. */
typedef struct rn_label_opts {
    int64_t ignore; /* this label does not count */
} rn_label_opts;

#ifdef __cplusplus
}
#endif
#endif
