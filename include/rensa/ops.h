/* Functions on tensors. Written by scripts/opgen.c from the table in src/ops; do not edit.
 *
 * Required arguments come first and by position, the rest by name: rn_conv(x, w, b, .stride = { 2, 2 }).
 * An option left out, or zero, has its default. Results are scoped; NULL with an error pending on a failure.
 * Every function: inputs must be on one device; thread-safe per thread. */
#ifndef RENSA_OPS_H
#define RENSA_OPS_H

#include <rensa/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_abs_args {
    rn_tensor *x;
    rn_site site;
} rn_abs_args;
/** The value without its sign; the gradient at 0 is taken as 0.
 *
 *  y = abs(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_abs_at(const rn_abs_args *args);
#define rn_abs(...) rn_abs_at(&(rn_abs_args){ __VA_ARGS__, .site = RN_SITE(rn_abs_args) })

typedef struct rn_absolute_error_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_absolute_error_args;
/** Size of the difference, element by element; its slope at 0 is taken as 0.
 *
 *  y = abs(x - z)
 *
 *  Shapes   z and y as x
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_absolute_error_at(const rn_absolute_error_args *args);
#define rn_absolute_error(...) rn_absolute_error_at(&(rn_absolute_error_args){ __VA_ARGS__, .site = RN_SITE(rn_absolute_error_args) })

typedef struct rn_accuracy_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
} rn_accuracy_args;
/** Share of the labels whose class has the largest score; 0 where no label counts.
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   f32 []
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Errors   SHAPE unless the labels fit the scores; DTYPE unless they are whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_accuracy_at(const rn_accuracy_args *args);
#define rn_accuracy(...) rn_accuracy_at(&(rn_accuracy_args){ __VA_ARGS__, .site = RN_SITE(rn_accuracy_args) })

typedef struct rn_acos_args {
    rn_tensor *x;
    rn_site site;
} rn_acos_args;
/** Inverse cosine in radians; NaN outside [-1, 1].
 *
 *  y = acos(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_acos_at(const rn_acos_args *args);
#define rn_acos(...) rn_acos_at(&(rn_acos_args){ __VA_ARGS__, .site = RN_SITE(rn_acos_args) })

typedef struct rn_acosh_args {
    rn_tensor *x;
    rn_site site;
} rn_acosh_args;
/** Inverse hyperbolic cosine; NaN below 1.
 *
 *  y = acosh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_acosh_at(const rn_acosh_args *args);
#define rn_acosh(...) rn_acosh_at(&(rn_acosh_args){ __VA_ARGS__, .site = RN_SITE(rn_acosh_args) })

typedef struct rn_add_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_add_args;
/** Sum.
 *
 *  y = x + z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_add_at(const rn_add_args *args);
#define rn_add(...) rn_add_at(&(rn_add_args){ __VA_ARGS__, .site = RN_SITE(rn_add_args) })

typedef struct rn_add_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_add_scalar_args;
/** Sum with a number, in the type of x.
 *
 *  y = x + c
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_add_scalar_at(const rn_add_scalar_args *args);
#define rn_add_scalar(...) rn_add_scalar_at(&(rn_add_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_add_scalar_args) })

typedef struct rn_all_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_all_args;
/** Whether no element over axes is zero; true of nothing.
 *  Types    bool
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_all_at(const rn_all_args *args);
#define rn_all(...) rn_all_at(&(rn_all_args){ __VA_ARGS__, .site = RN_SITE(rn_all_args) })

typedef struct rn_any_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_any_args;
/** Whether some element over axes is not zero; false of nothing.
 *  Types    bool
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_any_at(const rn_any_args *args);
#define rn_any(...) rn_any_at(&(rn_any_args){ __VA_ARGS__, .site = RN_SITE(rn_any_args) })

typedef struct rn_arange_args {
    double start;
    double stop;
    rn_site site;
    double step;
    rn_dtype dtype;
} rn_arange_args;
/** Numbers from one to another in equal steps.
 *
 *  y[i] = start + i * step
 *
 *  Shapes   y [N], N = max(ceil((stop - start) / step), 0)
 *  Types    f32 unless dtype says otherwise
 *  Argument start: the first number
 *  Argument stop: where they end, itself left out
 *  Option   .step: distance of neighbours (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   ARG for a step of 0, or numbers that the type cannot hold; SHAPE for too many
 *  Since    0.1
 */
RN_API rn_tensor *rn_arange_at(const rn_arange_args *args);
#define rn_arange(...) rn_arange_at(&(rn_arange_args){ __VA_ARGS__, .site = RN_SITE(rn_arange_args) })

typedef struct rn_argmax_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_argmax_args;
/** Position of the largest element, of the first NaN if there is one.
 *  Types    i64; over several axes the position counts through them in row-major order
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_argmax_at(const rn_argmax_args *args);
#define rn_argmax(...) rn_argmax_at(&(rn_argmax_args){ __VA_ARGS__, .site = RN_SITE(rn_argmax_args) })

typedef struct rn_argmin_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_argmin_args;
/** Position of the smallest element, of the first NaN if there is one.
 *  Types    i64; over several axes the position counts through them in row-major order
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_argmin_at(const rn_argmin_args *args);
#define rn_argmin(...) rn_argmin_at(&(rn_argmin_args){ __VA_ARGS__, .site = RN_SITE(rn_argmin_args) })

typedef struct rn_argsort_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    bool descending;
} rn_argsort_args;
/** Where the elements of a sorted tensor come from; equal ones keep their order.
 *  Shapes   x [.., D, ..]   ->   y the same, i64: sorted = rn_take_along_axis(x, y, axis)
 *  Argument axis: along which axis; -1 is the last
 *  Option   .descending: largest first (default false)
 *  Errors   ARG for no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_argsort_at(const rn_argsort_args *args);
#define rn_argsort(...) rn_argsort_at(&(rn_argsort_args){ __VA_ARGS__, .site = RN_SITE(rn_argsort_args) })

typedef struct rn_as_strided_args {
    rn_tensor *x;
    rn_shape shape;
    rn_site site;
    int64_t strides[8];
    int64_t offset;
} rn_as_strided_args;
/** The elements of x, taken row-major, by strides of one's own; places may overlap.
 *
 *  y[i, j, ..] = x.flat[offset + i * strides[0] + j * strides[1] + ..]
 *
 *  Argument shape: shape of the result
 *  Option   .strides: elements of x from one place along each axis to the next; 0 repeats (default 0)
 *  Option   .offset: element of x that the result begins with (default 0)
 *  Errors   ARG if a place is outside of x
 *  Since    0.1
 */
RN_API rn_tensor *rn_as_strided_at(const rn_as_strided_args *args);
#define rn_as_strided(...) rn_as_strided_at(&(rn_as_strided_args){ __VA_ARGS__, .site = RN_SITE(rn_as_strided_args) })

typedef struct rn_asin_args {
    rn_tensor *x;
    rn_site site;
} rn_asin_args;
/** Inverse sine in radians; NaN outside [-1, 1].
 *
 *  y = asin(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_asin_at(const rn_asin_args *args);
#define rn_asin(...) rn_asin_at(&(rn_asin_args){ __VA_ARGS__, .site = RN_SITE(rn_asin_args) })

typedef struct rn_asinh_args {
    rn_tensor *x;
    rn_site site;
} rn_asinh_args;
/** Inverse hyperbolic sine.
 *
 *  y = asinh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_asinh_at(const rn_asinh_args *args);
#define rn_asinh(...) rn_asinh_at(&(rn_asinh_args){ __VA_ARGS__, .site = RN_SITE(rn_asinh_args) })

typedef struct rn_atan_args {
    rn_tensor *x;
    rn_site site;
} rn_atan_args;
/** Inverse tangent in radians.
 *
 *  y = atan(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_atan_at(const rn_atan_args *args);
#define rn_atan(...) rn_atan_at(&(rn_atan_args){ __VA_ARGS__, .site = RN_SITE(rn_atan_args) })

typedef struct rn_atan2_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_atan2_args;
/** Angle in radians of the point with ordinate x and abscissa z.
 *
 *  y = atan(x / z), in the quadrant of (z, x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_atan2_at(const rn_atan2_args *args);
#define rn_atan2(...) rn_atan2_at(&(rn_atan2_args){ __VA_ARGS__, .site = RN_SITE(rn_atan2_args) })

typedef struct rn_atanh_args {
    rn_tensor *x;
    rn_site site;
} rn_atanh_args;
/** Inverse hyperbolic tangent; NaN outside [-1, 1].
 *
 *  y = atanh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_atanh_at(const rn_atanh_args *args);
#define rn_atanh(...) rn_atanh_at(&(rn_atanh_args){ __VA_ARGS__, .site = RN_SITE(rn_atanh_args) })

typedef struct rn_average_args {
    rn_tensor *x;
    rn_tensor *weights; /* may be left out */
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_average_args;
/** Weighted mean over axes; without weights the same as mean.
 *
 *  y = sum(x * weights) / sum(weights)
 *
 *  Shapes   weights broadcast to x
 *  Types    16-bit floats are computed in f32; whole numbers give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   SHAPE if the weights do not broadcast to x; ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_average_at(const rn_average_args *args);
#define rn_average(...) rn_average_at(&(rn_average_args){ __VA_ARGS__, .site = RN_SITE(rn_average_args) })

typedef struct rn_average_pool1d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[1];
    int64_t stride[1];
    int64_t pad[1];
    int64_t pad_extra[1];
    int64_t dilation[1];
    bool cover_all;
    bool exclude_pad;
} rn_average_pool1d_args;
/** 1-D mean of each window over a batch of sequences.
 *
 *  y[n, c, i] = sum_u x[n, c, stride * i + dilation * u - pad] / number of u in x and its padding
 *
 *  Shapes   x [N, C, T] -> y [N, C, To], each size X becomes (X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)
 *  Types    f16, bf16 (added in f32), f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Option   .exclude_pad: divide by the number of elements of x in the window (default false)
 *  Errors   SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers
 *  Since    0.1
 */
RN_API rn_tensor *rn_average_pool1d_at(const rn_average_pool1d_args *args);
#define rn_average_pool1d(...) rn_average_pool1d_at(&(rn_average_pool1d_args){ __VA_ARGS__, .site = RN_SITE(rn_average_pool1d_args) })

typedef struct rn_average_pool2d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[2];
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
    bool cover_all;
    bool exclude_pad;
} rn_average_pool2d_args;
/** 2-D mean of each window over a batch of images.
 *
 *  y[n, c, i] = sum_u x[n, c, stride * i + dilation * u - pad] / number of u in x and its padding
 *
 *  Shapes   x [N, C, H, W] -> y [N, C, Ho, Wo], each size X becomes (X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)
 *  Types    f16, bf16 (added in f32), f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Option   .exclude_pad: divide by the number of elements of x in the window (default false)
 *  Errors   SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers
 *  Since    0.1
 */
RN_API rn_tensor *rn_average_pool2d_at(const rn_average_pool2d_args *args);
#define rn_average_pool2d(...) rn_average_pool2d_at(&(rn_average_pool2d_args){ __VA_ARGS__, .site = RN_SITE(rn_average_pool2d_args) })

typedef struct rn_average_pool3d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[3];
    int64_t stride[3];
    int64_t pad[3];
    int64_t pad_extra[3];
    int64_t dilation[3];
    bool cover_all;
    bool exclude_pad;
} rn_average_pool3d_args;
/** 3-D mean of each window over a batch of volumes.
 *
 *  y[n, c, i] = sum_u x[n, c, stride * i + dilation * u - pad] / number of u in x and its padding
 *
 *  Shapes   x [N, C, D, H, W] -> y [N, C, Do, Ho, Wo], each size X becomes (X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)
 *  Types    f16, bf16 (added in f32), f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Option   .exclude_pad: divide by the number of elements of x in the window (default false)
 *  Errors   SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers
 *  Since    0.1
 */
RN_API rn_tensor *rn_average_pool3d_at(const rn_average_pool3d_args *args);
#define rn_average_pool3d(...) rn_average_pool3d_at(&(rn_average_pool3d_args){ __VA_ARGS__, .site = RN_SITE(rn_average_pool3d_args) })

typedef struct rn_batch_norm_args {
    rn_tensor *x;
    rn_tensor *gamma; /* may be left out */
    rn_tensor *beta; /* may be left out */
    rn_site site;
    rn_tensor **mean; /* to be set to the result of that name */
    rn_tensor **var; /* to be set to the result of that name */
    rn_axes axes;
    double eps;
} rn_batch_norm_args;
/** Normalisation of each channel by the statistics of the batch, for training.
 *
 *  y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over all axes but `axes`
 *
 *  Shapes   x any; gamma, beta, mean, var the sizes of x along `axes`: [C] for x [N, C, ...]
 *  Types    f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64
 *  Option   .axes: axes with statistics of their own; left out: 1, the channels
 *  Option   .eps: added to the variance (default 1e-05)
 *  Errors   SHAPE if gamma or beta does not fit; ARG for axes out of range; DTYPE for integers. var is divided by the number of elements, not one less; a batch of no elements gives mean 0 and var 0
 *  Source   Ioffe & Szegedy 2015, arXiv:1502.03167
 *  Since    0.1
 */
RN_API rn_tensor *rn_batch_norm_at(const rn_batch_norm_args *args);
#define rn_batch_norm(...) rn_batch_norm_at(&(rn_batch_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_batch_norm_args) })

typedef struct rn_bernoulli_args {
    rn_tensor *p;
    rn_site site;
    rn_dtype dtype;
} rn_bernoulli_args;
/** 1 with probability p, else 0.
 *
 *  y = rand(seed, stream) < p
 *
 *  Shapes   y as p
 *  Types    p of floats
 *  Option   .dtype: type of the result; that of p by default
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_bernoulli_at(const rn_bernoulli_args *args);
#define rn_bernoulli(...) rn_bernoulli_at(&(rn_bernoulli_args){ __VA_ARGS__, .site = RN_SITE(rn_bernoulli_args) })

typedef struct rn_bernoulli_nll_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
    const char *reduce;
} rn_bernoulli_nll_args;
/** Minus the log-likelihood of x under Bernoulli distributions with the logits z.
 *
 *  y = log(1 + exp(z)) - x * z
 *
 *  Shapes   z as x   ->   y [], as x with reduce "no"
 *  Types    x floats; losses of 16-bit floats are f32
 *  Option   .reduce: what becomes of the losses of the elements (one of sum,mean,no (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Source   Kingma & Welling 2014, arXiv:1312.6114
 *  Since    0.1
 */
RN_API rn_tensor *rn_bernoulli_nll_at(const rn_bernoulli_nll_args *args);
#define rn_bernoulli_nll(...) rn_bernoulli_nll_at(&(rn_bernoulli_nll_args){ __VA_ARGS__, .site = RN_SITE(rn_bernoulli_nll_args) })

typedef struct rn_beta_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
} rn_beta_args;
/** Beta: numbers in [0, 1].
 *
 *  p(y) = y ** (a - 1) * (1 - y) ** (b - 1) / beta(a, b)
 *
 *  Shapes   a and b broadcast; y as they do
 *  Types    floats
 *  Errors   DTYPE for whole numbers; SHAPE if a and b do not broadcast; ARG for one below 0, when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_beta_at(const rn_beta_args *args);
#define rn_beta(...) rn_beta_at(&(rn_beta_args){ __VA_ARGS__, .site = RN_SITE(rn_beta_args) })

typedef struct rn_binary_accuracy_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
} rn_binary_accuracy_args;
/** Share of the labels 0 and 1 that are 1 where the score is >= 0; 0 where no label counts.
 *  Shapes   t as y   ->   f32 []
 *  Option   .ignore_label: places with this label do not count (default -1)
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_binary_accuracy_at(const rn_binary_accuracy_args *args);
#define rn_binary_accuracy(...) rn_binary_accuracy_at(&(rn_binary_accuracy_args){ __VA_ARGS__, .site = RN_SITE(rn_binary_accuracy_args) })

typedef struct rn_binary_cross_entropy_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
    const char *reduce;
} rn_binary_cross_entropy_args;
/** Cross entropy of targets t and probabilities x; from scores see sigmoid_cross_entropy.
 *
 *  y = -(t * log(x) + (1 - t) * log(1 - x)), logarithms held above -100
 *
 *  Shapes   t as x   ->   y [], as x with reduce "no"
 *  Types    x floats; losses of 16-bit floats are f32
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_binary_cross_entropy_at(const rn_binary_cross_entropy_args *args);
#define rn_binary_cross_entropy(...) rn_binary_cross_entropy_at(&(rn_binary_cross_entropy_args){ __VA_ARGS__, .site = RN_SITE(rn_binary_cross_entropy_args) })

typedef struct rn_bincount_args {
    rn_tensor *x;
    rn_tensor *weights; /* may be left out */
    int64_t n;
    rn_site site;
} rn_bincount_args;
/** How often each number occurs, or the sum of its weights.
 *
 *  y[k] = sum of weights[i] over all i with x[i] == k
 *
 *  Shapes   x [I..], weights as x or NULL   ->   y [n]
 *  Types    x of any integer type; y of that of weights, else i64
 *  Argument n: numbers are 0 … n-1
 *  Errors   SHAPE if weights do not fit; DTYPE; ARG for a number outside 0 … n-1, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_bincount_at(const rn_bincount_args *args);
#define rn_bincount(...) rn_bincount_at(&(rn_bincount_args){ __VA_ARGS__, .site = RN_SITE(rn_bincount_args) })

typedef struct rn_bitwise_and_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_bitwise_and_args;
/** Bits that both have.
 *
 *  y = x & z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    whole numbers and bool
 *  Errors   DTYPE for floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_bitwise_and_at(const rn_bitwise_and_args *args);
#define rn_bitwise_and(...) rn_bitwise_and_at(&(rn_bitwise_and_args){ __VA_ARGS__, .site = RN_SITE(rn_bitwise_and_args) })

typedef struct rn_bitwise_not_args {
    rn_tensor *x;
    rn_site site;
} rn_bitwise_not_args;
/** All bits turned over; of a bool the negation.
 *
 *  y = ~x
 *
 *  Types    whole numbers and bool
 *  Errors   DTYPE for floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_bitwise_not_at(const rn_bitwise_not_args *args);
#define rn_bitwise_not(...) rn_bitwise_not_at(&(rn_bitwise_not_args){ __VA_ARGS__, .site = RN_SITE(rn_bitwise_not_args) })

typedef struct rn_bitwise_or_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_bitwise_or_args;
/** Bits that at least one has.
 *
 *  y = x | z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    whole numbers and bool
 *  Errors   DTYPE for floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_bitwise_or_at(const rn_bitwise_or_args *args);
#define rn_bitwise_or(...) rn_bitwise_or_at(&(rn_bitwise_or_args){ __VA_ARGS__, .site = RN_SITE(rn_bitwise_or_args) })

typedef struct rn_bitwise_xor_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_bitwise_xor_args;
/** Bits that exactly one has.
 *
 *  y = x ^ z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    whole numbers and bool
 *  Errors   DTYPE for floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_bitwise_xor_at(const rn_bitwise_xor_args *args);
#define rn_bitwise_xor(...) rn_bitwise_xor_at(&(rn_bitwise_xor_args){ __VA_ARGS__, .site = RN_SITE(rn_bitwise_xor_args) })

typedef struct rn_boolean_mask_args {
    rn_tensor *x;
    rn_tensor *mask;
    rn_site site;
} rn_boolean_mask_args;
/** The elements where a mask is true, as NumPy's x[mask]. The mask is computed at the call.
 *  Shapes   x [A.., B..]   mask [A..]   ->   y [n, B..], n being the number of true elements
 *  Errors   DTYPE unless the mask is bool; SHAPE unless its axes are the first of x
 *  Since    0.1
 */
RN_API rn_tensor *rn_boolean_mask_at(const rn_boolean_mask_args *args);
#define rn_boolean_mask(...) rn_boolean_mask_at(&(rn_boolean_mask_args){ __VA_ARGS__, .site = RN_SITE(rn_boolean_mask_args) })

typedef struct rn_broadcast_to_args {
    rn_tensor *x;
    rn_shape shape;
    rn_site site;
} rn_broadcast_to_args;
/** Repeated along axes of size 1 and new leading axes.
 *  Argument shape: shape of the result
 *  Errors   SHAPE if x does not broadcast to it
 *  Since    0.1
 */
RN_API rn_tensor *rn_broadcast_to_at(const rn_broadcast_to_args *args);
#define rn_broadcast_to(...) rn_broadcast_to_at(&(rn_broadcast_to_args){ __VA_ARGS__, .site = RN_SITE(rn_broadcast_to_args) })

typedef struct rn_cast_args {
    rn_tensor *x;
    rn_dtype dtype;
    rn_site site;
} rn_cast_args;
/** The values in another element type.
 *
 *  y = x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    floats become integers by truncation, clamped to their range; integers narrow modulo 2^n; bool is != 0
 *  Argument dtype: type of the result
 *  Since    0.1
 */
RN_API rn_tensor *rn_cast_at(const rn_cast_args *args);
#define rn_cast(...) rn_cast_at(&(rn_cast_args){ __VA_ARGS__, .site = RN_SITE(rn_cast_args) })

typedef struct rn_categorical_cross_entropy_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
    const char *reduce;
} rn_categorical_cross_entropy_args;
/** Cross entropy of labels and probabilities; from scores see softmax_cross_entropy.
 *
 *  y[n, ..] = -log(x[n, t[n, ..], ..])
 *
 *  Shapes   x [N, K, ..]   t [N, ..]   ->   y [] or, with reduce "no", [N, ..]
 *  Types    x floats; losses of 16-bit floats are f32
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_categorical_cross_entropy_at(const rn_categorical_cross_entropy_args *args);
#define rn_categorical_cross_entropy(...) rn_categorical_cross_entropy_at(&(rn_categorical_cross_entropy_args){ __VA_ARGS__, .site = RN_SITE(rn_categorical_cross_entropy_args) })

typedef struct rn_cbrt_args {
    rn_tensor *x;
    rn_site site;
} rn_cbrt_args;
/** Cube root, also of negative numbers; its slope at 0 is infinite.
 *
 *  y = sign(x) * abs(x) ** (1/3)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_cbrt_at(const rn_cbrt_args *args);
#define rn_cbrt(...) rn_cbrt_at(&(rn_cbrt_args){ __VA_ARGS__, .site = RN_SITE(rn_cbrt_args) })

typedef struct rn_ceil_args {
    rn_tensor *x;
    rn_site site;
} rn_ceil_args;
/** The smallest whole number >= x. The gradient is zero.
 *
 *  y = ceil(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers are unchanged
 *  Since    0.1
 */
RN_API rn_tensor *rn_ceil_at(const rn_ceil_args *args);
#define rn_ceil(...) rn_ceil_at(&(rn_ceil_args){ __VA_ARGS__, .site = RN_SITE(rn_ceil_args) })

typedef struct rn_celu_args {
    rn_tensor *x;
    rn_site site;
    double alpha;
} rn_celu_args;
/** Exponential linear unit with a slope that does not jump.
 *
 *  y = x > 0 ? x : alpha * (exp(x / alpha) - 1)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .alpha: minus the value at -infinity (default 1)
 *  Source   Barron 2017, arXiv:1704.07483
 *  Since    0.1
 */
RN_API rn_tensor *rn_celu_at(const rn_celu_args *args);
#define rn_celu(...) rn_celu_at(&(rn_celu_args){ __VA_ARGS__, .site = RN_SITE(rn_celu_args) })

typedef struct rn_choice_args {
    int64_t n;
    rn_shape shape;
    rn_site site;
    bool no_replace;
} rn_choice_args;
/** Numbers chosen from 0 … n-1, all equally likely; rn_multinomial chooses by weights.
 *  Types    i64
 *  Argument n: numbers to choose from: 0 … n-1
 *  Argument shape: shape of the result
 *  Option   .no_replace: no number twice (default false)
 *  Errors   ARG for more elements than numbers without repetition
 *  Source   without repetition the beginning of a shuffle (Fisher & Yates), in memory for the result alone
 *  Since    0.1
 */
RN_API rn_tensor *rn_choice_at(const rn_choice_args *args);
#define rn_choice(...) rn_choice_at(&(rn_choice_args){ __VA_ARGS__, .site = RN_SITE(rn_choice_args) })

typedef struct rn_cholesky_args {
    rn_tensor *a;
    rn_site site;
} rn_cholesky_args;
/** Cholesky's decomposition: the lower triangle y with y y' = (a + a') / 2.
 *  Shapes   a [.., N, N], y as a
 *  Types    floats; computed in f64
 *  Errors   SHAPE unless a is square; ARG for a matrix that is not positive definite, when values are computed
 *  Source   gradient: Murray 2016, arXiv:1602.07527
 *  Since    0.1
 */
RN_API rn_tensor *rn_cholesky_at(const rn_cholesky_args *args);
#define rn_cholesky(...) rn_cholesky_at(&(rn_cholesky_args){ __VA_ARGS__, .site = RN_SITE(rn_cholesky_args) })

typedef struct rn_classification_summary_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    rn_tensor **recall; /* to be set to the result of that name */
    rn_tensor **fbeta; /* to be set to the result of that name */
    rn_tensor **support; /* to be set to the result of that name */
    int64_t ignore_label;
    bool ignore_zero;
    double beta;
} rn_classification_summary_args;
/** Precision, recall, their mean, and the number of labels of each class.
 *
 *  fbeta = (1 + beta ** 2) * precision * recall / (beta ** 2 * precision + recall)
 *
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   precision, recall, fbeta f32 [K], support i64 [K]
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Option   .beta: how much recall counts beside precision (default 1)
 *  Errors   SHAPE unless the labels fit the scores; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_classification_summary_at(const rn_classification_summary_args *args);
#define rn_classification_summary(...) rn_classification_summary_at(&(rn_classification_summary_args){ __VA_ARGS__, .site = RN_SITE(rn_classification_summary_args) })

typedef struct rn_clip_args {
    rn_tensor *x;
    double min;
    double max;
    rn_site site;
} rn_clip_args;
/** x held between two numbers; the gradient passes where min <= x <= max.
 *
 *  y = min(max(x, min), max)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument min: smallest value, may be -infinity
 *  Argument max: largest value, may be infinity
 *  Since    0.1
 */
RN_API rn_tensor *rn_clip_at(const rn_clip_args *args);
#define rn_clip(...) rn_clip_at(&(rn_clip_args){ __VA_ARGS__, .site = RN_SITE(rn_clip_args) })

typedef struct rn_clipped_relu_args {
    rn_tensor *x;
    rn_site site;
    double z;
} rn_clipped_relu_args;
/** Rectified linear unit that ends at z.
 *
 *  y = min(max(x, 0), z)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .z: the largest value (default 20)
 *  Since    0.1
 */
RN_API rn_tensor *rn_clipped_relu_at(const rn_clipped_relu_args *args);
#define rn_clipped_relu(...) rn_clipped_relu_at(&(rn_clipped_relu_args){ __VA_ARGS__, .site = RN_SITE(rn_clipped_relu_args) })

typedef struct rn_concat_args {
    rn_list xs;
    rn_site site;
    int64_t axis;
} rn_concat_args;
/** Tensors put one after the other along an axis.
 *  Shapes   xs [.., D_i, ..]   ->   y [.., sum of D_i, ..]
 *  Types    all the same
 *  Option   .axis: axis along which they follow each other (default 0)
 *  Errors   SHAPE if shapes differ in another axis; DTYPE on mixed types; ARG for no tensor or no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_concat_at(const rn_concat_args *args);
#define rn_concat(...) rn_concat_at(&(rn_concat_args){ __VA_ARGS__, .site = RN_SITE(rn_concat_args) })

typedef struct rn_confusion_matrix_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
} rn_confusion_matrix_args;
/** How often the label is the class of the row and the largest score that of the column.
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   i64 [K, K]
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Errors   SHAPE unless the labels fit the scores; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_confusion_matrix_at(const rn_confusion_matrix_args *args);
#define rn_confusion_matrix(...) rn_confusion_matrix_at(&(rn_confusion_matrix_args){ __VA_ARGS__, .site = RN_SITE(rn_confusion_matrix_args) })

typedef struct rn_contrastive_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_tensor *t;
    rn_site site;
    double margin;
    const char *reduce;
} rn_contrastive_args;
/** Draws pairs of the same class together and others apart, up to a margin.
 *
 *  y[n] = (t[n] ? d ** 2 : max(margin - d, 0) ** 2) / 2, d = norm(x[n] - z[n])
 *
 *  Shapes   x and z [N, D]   t [N], not 0 for pairs of the same class   ->   y [], [N] with reduce "no"
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .margin: distance that different samples should have (default 1)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes do not belong together
 *  Source   Hadsell, Chopra & LeCun 2006
 *  Since    0.1
 */
RN_API rn_tensor *rn_contrastive_at(const rn_contrastive_args *args);
#define rn_contrastive(...) rn_contrastive_at(&(rn_contrastive_args){ __VA_ARGS__, .site = RN_SITE(rn_contrastive_args) })

typedef struct rn_conv1d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[1];
    int64_t pad[1];
    int64_t pad_extra[1];
    int64_t dilation[1];
    int64_t groups;
    bool cover_all;
} rn_conv1d_args;
/** 1-D cross-correlation over a batch of sequences ("convolution" in deep learning).
 *
 *  y[n, k, i] = b[k] + sum_{c, u} w[k, c, u] * x[n, c, stride * i + dilation * u - pad]
 *
 *  Shapes   x [N, C, T]   w [K, C/groups, U]   b [K] or left out   ->   y [N, K, To], To = floor((T + 2 pad + pad_extra - dilation (U - 1) - 1) / stride) + 1
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Option   .groups: channels and filters fall into so many groups that know nothing of each other (default 1)
 *  Option   .cover_all: pad further at the end so that every element of x is met (default false)
 *  Errors   SHAPE if channels differ, groups do not divide them or the filter does not fit; DTYPE on mixed types
 *  Source   Dumoulin & Visin 2016, arXiv:1603.07285 (sizes with stride, padding and dilation)
 *  Since    0.1
 */
RN_API rn_tensor *rn_conv1d_at(const rn_conv1d_args *args);
#define rn_conv1d(...) rn_conv1d_at(&(rn_conv1d_args){ __VA_ARGS__, .site = RN_SITE(rn_conv1d_args) })

typedef struct rn_conv2d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
    int64_t groups;
    bool cover_all;
} rn_conv2d_args;
/** 2-D cross-correlation over a batch of images ("convolution" in deep learning).
 *
 *  y[n, k, i, j] = b[k] + sum_{c, u, v} w[k, c, u, v] * x[n, c, s i + d u - p, s j + d v - p]
 *
 *  Shapes   x [N, C, H, W]   w [K, C/groups, U, V]   b [K] or left out   ->   y [N, K, Ho, Wo], Ho = floor((H + 2 pad + pad_extra - dilation (U - 1) - 1) / stride) + 1, Wo likewise
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Option   .groups: channels and filters fall into so many groups that know nothing of each other (default 1)
 *  Option   .cover_all: pad further at the end so that every element of x is met (default false)
 *  Errors   SHAPE if channels differ, groups do not divide them or the filter does not fit; DTYPE on mixed types
 *  Source   Dumoulin & Visin 2016, arXiv:1603.07285 (sizes with stride, padding and dilation)
 *  Since    0.1
 */
RN_API rn_tensor *rn_conv2d_at(const rn_conv2d_args *args);
#define rn_conv2d(...) rn_conv2d_at(&(rn_conv2d_args){ __VA_ARGS__, .site = RN_SITE(rn_conv2d_args) })

typedef struct rn_conv3d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[3];
    int64_t pad[3];
    int64_t pad_extra[3];
    int64_t dilation[3];
    int64_t groups;
    bool cover_all;
} rn_conv3d_args;
/** 3-D cross-correlation over a batch of volumes ("convolution" in deep learning).
 *
 *  y[n, k, i] = b[k] + sum_{c, u} w[k, c, u] * x[n, c, stride * i + dilation * u - pad], i and u over three axes
 *
 *  Shapes   x [N, C, D, H, W]   w [K, C/groups, T, U, V]   b [K] or left out   ->   y [N, K, Do, Ho, Wo], Do = floor((D + 2 pad + pad_extra - dilation (T - 1) - 1) / stride) + 1, Ho and Wo likewise
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Option   .groups: channels and filters fall into so many groups that know nothing of each other (default 1)
 *  Option   .cover_all: pad further at the end so that every element of x is met (default false)
 *  Errors   SHAPE if channels differ, groups do not divide them or the filter does not fit; DTYPE on mixed types
 *  Source   Dumoulin & Visin 2016, arXiv:1603.07285 (sizes with stride, padding and dilation)
 *  Since    0.1
 */
RN_API rn_tensor *rn_conv3d_at(const rn_conv3d_args *args);
#define rn_conv3d(...) rn_conv3d_at(&(rn_conv3d_args){ __VA_ARGS__, .site = RN_SITE(rn_conv3d_args) })

typedef struct rn_copy_args {
    rn_tensor *x;
    rn_site site;
} rn_copy_args;
/** The same values in memory of their own; gradients pass.
 *
 *  y = x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_copy_at(const rn_copy_args *args);
#define rn_copy(...) rn_copy_at(&(rn_copy_args){ __VA_ARGS__, .site = RN_SITE(rn_copy_args) })

typedef struct rn_copysign_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_copysign_args;
/** x with the sign of z, also that of a zero.
 *
 *  minus = z < 0 || (z == 0 && recip(z) < 0); y = minus ? -abs(x) : abs(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_copysign_at(const rn_copysign_args *args);
#define rn_copysign(...) rn_copysign_at(&(rn_copysign_args){ __VA_ARGS__, .site = RN_SITE(rn_copysign_args) })

typedef struct rn_cos_args {
    rn_tensor *x;
    rn_site site;
} rn_cos_args;
/** Cosine of x radians.
 *
 *  y = cos(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_cos_at(const rn_cos_args *args);
#define rn_cos(...) rn_cos_at(&(rn_cos_args){ __VA_ARGS__, .site = RN_SITE(rn_cos_args) })

typedef struct rn_cosh_args {
    rn_tensor *x;
    rn_site site;
} rn_cosh_args;
/** Hyperbolic cosine.
 *
 *  y = cosh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_cosh_at(const rn_cosh_args *args);
#define rn_cosh(...) rn_cosh_at(&(rn_cosh_args){ __VA_ARGS__, .site = RN_SITE(rn_cosh_args) })

typedef struct rn_cosine_similarity_args {
    rn_tensor *x;
    rn_tensor *z;
    int64_t axis;
    rn_site site;
    double eps;
} rn_cosine_similarity_args;
/** Cosine of the angle between vectors, 0 where one of them is 0.
 *
 *  y = sum(x * z) / max(norm(x) * norm(z), eps)
 *
 *  Shapes   z as x   ->   y as x without the axis
 *  Types    that of x and z
 *  Argument axis: the axis of the vectors
 *  Option   .eps: least product of lengths that is divided by (default 1e-08)
 *  Errors   SHAPE if the shapes differ; ARG if there is no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_cosine_similarity_at(const rn_cosine_similarity_args *args);
#define rn_cosine_similarity(...) rn_cosine_similarity_at(&(rn_cosine_similarity_args){ __VA_ARGS__, .site = RN_SITE(rn_cosine_similarity_args) })

typedef struct rn_count_nonzero_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_count_nonzero_args;
/** How many elements over axes are not zero.
 *  Types    i64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_count_nonzero_at(const rn_count_nonzero_args *args);
#define rn_count_nonzero(...) rn_count_nonzero_at(&(rn_count_nonzero_args){ __VA_ARGS__, .site = RN_SITE(rn_count_nonzero_args) })

typedef struct rn_crelu_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
} rn_crelu_args;
/** Rectified linear units of x and of -x, one after the other.
 *
 *  y = concat(relu(x), relu(-x))
 *
 *  Shapes   x [.., C, ..]   ->   y [.., 2 * C, ..]
 *  Argument axis: the axis of channels
 *  Errors   ARG if there is no such axis
 *  Source   Shang et al. 2016, arXiv:1603.05201
 *  Since    0.1
 */
RN_API rn_tensor *rn_crelu_at(const rn_crelu_args *args);
#define rn_crelu(...) rn_crelu_at(&(rn_crelu_args){ __VA_ARGS__, .site = RN_SITE(rn_crelu_args) })

typedef struct rn_cross_args {
    rn_tensor *a;
    rn_tensor *b;
    int64_t axis;
    rn_site site;
} rn_cross_args;
/** Vector product in three dimensions.
 *
 *  y = (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0)
 *
 *  Shapes   a and b have size 3 along axis, and broadcast; a negative axis counts in each of them
 *  Argument axis: the axis of the vectors; -1 is the last
 *  Errors   SHAPE for vectors of another size; ARG for no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_cross_at(const rn_cross_args *args);
#define rn_cross(...) rn_cross_at(&(rn_cross_args){ __VA_ARGS__, .site = RN_SITE(rn_cross_args) })

typedef struct rn_cumprod_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    bool exclusive;
    bool reverse;
} rn_cumprod_args;
/** Running products along an axis; gradients are right also where there are zeros.
 *
 *  y_k = x_0 * ... * x_k
 *
 *  Shapes   y as x
 *  Types    floats stay; whole numbers and bool give i64
 *  Argument axis: the axis; negative ones count from the end
 *  Option   .exclusive: an element itself does not count for its place (default false)
 *  Option   .reverse: from the end to the start (default false)
 *  Errors   ARG if there is no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_cumprod_at(const rn_cumprod_args *args);
#define rn_cumprod(...) rn_cumprod_at(&(rn_cumprod_args){ __VA_ARGS__, .site = RN_SITE(rn_cumprod_args) })

typedef struct rn_cumsum_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    bool exclusive;
    bool reverse;
} rn_cumsum_args;
/** Running sums along an axis.
 *
 *  y_k = x_0 + ... + x_k
 *
 *  Shapes   y as x
 *  Types    floats stay; whole numbers and bool give i64
 *  Argument axis: the axis; negative ones count from the end
 *  Option   .exclusive: an element itself does not count for its place (default false)
 *  Option   .reverse: from the end to the start (default false)
 *  Errors   ARG if there is no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_cumsum_at(const rn_cumsum_args *args);
#define rn_cumsum(...) rn_cumsum_at(&(rn_cumsum_args){ __VA_ARGS__, .site = RN_SITE(rn_cumsum_args) })

typedef struct rn_deconv1d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[1];
    int64_t pad[1];
    int64_t pad_extra[1];
    int64_t dilation[1];
    int64_t groups;
    int64_t out_pad[1];
    int64_t size[1];
} rn_deconv1d_args;
/** 1-D transposed convolution over a batch of sequences ("deconvolution").
 *
 *  y is the gradient of conv by its x, where the gradient of conv's result is this x
 *
 *  Shapes   x [N, C, T]   w [C, K/groups, U]   b [K] or left out   ->   y [N, K, To], To = stride (X - 1) + dilation (U - 1) + 1 - 2 pad - pad_extra + out_pad
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Option   .groups: channels of x and y fall into so many groups that know nothing of each other (default 1)
 *  Option   .out_pad: elements added at the end; less than the stride (default 0)
 *  Option   .size: sizes of y instead of those that follow (default 0)
 *  Errors   SHAPE if channels differ, or a convolution from the sizes of y would not give those of x; DTYPE on mixed types
 *  Source   Dumoulin & Visin 2016, arXiv:1603.07285 (transposed convolution)
 *  Since    0.1
 */
RN_API rn_tensor *rn_deconv1d_at(const rn_deconv1d_args *args);
#define rn_deconv1d(...) rn_deconv1d_at(&(rn_deconv1d_args){ __VA_ARGS__, .site = RN_SITE(rn_deconv1d_args) })

typedef struct rn_deconv2d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
    int64_t groups;
    int64_t out_pad[2];
    int64_t size[2];
} rn_deconv2d_args;
/** 2-D transposed convolution over a batch of images ("deconvolution").
 *
 *  y is the gradient of conv by its x, where the gradient of conv's result is this x
 *
 *  Shapes   x [N, C, H, W]   w [C, K/groups, U, V]   b [K] or left out   ->   y [N, K, Ho, Wo], Ho = stride (X - 1) + dilation (U - 1) + 1 - 2 pad - pad_extra + out_pad, Wo likewise
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Option   .groups: channels of x and y fall into so many groups that know nothing of each other (default 1)
 *  Option   .out_pad: elements added at the end; less than the stride (default 0)
 *  Option   .size: sizes of y instead of those that follow (default 0)
 *  Errors   SHAPE if channels differ, or a convolution from the sizes of y would not give those of x; DTYPE on mixed types
 *  Source   Dumoulin & Visin 2016, arXiv:1603.07285 (transposed convolution)
 *  Since    0.1
 */
RN_API rn_tensor *rn_deconv2d_at(const rn_deconv2d_args *args);
#define rn_deconv2d(...) rn_deconv2d_at(&(rn_deconv2d_args){ __VA_ARGS__, .site = RN_SITE(rn_deconv2d_args) })

typedef struct rn_deconv3d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[3];
    int64_t pad[3];
    int64_t pad_extra[3];
    int64_t dilation[3];
    int64_t groups;
    int64_t out_pad[3];
    int64_t size[3];
} rn_deconv3d_args;
/** 3-D transposed convolution over a batch of volumes ("deconvolution").
 *
 *  y is the gradient of conv by its x, where the gradient of conv's result is this x
 *
 *  Shapes   x [N, C, D, H, W]   w [C, K/groups, T, U, V]   b [K] or left out   ->   y [N, K, Do, Ho, Wo], Do = stride (X - 1) + dilation (U - 1) + 1 - 2 pad - pad_extra + out_pad, Ho and Wo likewise
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Option   .groups: channels of x and y fall into so many groups that know nothing of each other (default 1)
 *  Option   .out_pad: elements added at the end; less than the stride (default 0)
 *  Option   .size: sizes of y instead of those that follow (default 0)
 *  Errors   SHAPE if channels differ, or a convolution from the sizes of y would not give those of x; DTYPE on mixed types
 *  Source   Dumoulin & Visin 2016, arXiv:1603.07285 (transposed convolution)
 *  Since    0.1
 */
RN_API rn_tensor *rn_deconv3d_at(const rn_deconv3d_args *args);
#define rn_deconv3d(...) rn_deconv3d_at(&(rn_deconv3d_args){ __VA_ARGS__, .site = RN_SITE(rn_deconv3d_args) })

typedef struct rn_degrees_args {
    rn_tensor *x;
    rn_site site;
} rn_degrees_args;
/** Radians to degrees.
 *
 *  y = x * 57.29577951308232
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_degrees_at(const rn_degrees_args *args);
#define rn_degrees(...) rn_degrees_at(&(rn_degrees_args){ __VA_ARGS__, .site = RN_SITE(rn_degrees_args) })

typedef struct rn_depth2space_args {
    rn_tensor *x;
    int64_t r;
    rn_site site;
} rn_depth2space_args;
/** Channels spread over blocks of pixels (sub-pixel convolution's last step).
 *
 *  y[n, k, h*r + i, w*r + j] = x[n, (i*r + j)*K + k, h, w]
 *
 *  Shapes   x [N, K*r*r, H, W]   ->   y [N, K, H*r, W*r]
 *  Argument r: side of a block, in pixels
 *  Errors   SHAPE unless r*r divides the channels
 *  Source   Shi et al. 2016, arXiv:1609.05158
 *  Since    0.1
 */
RN_API rn_tensor *rn_depth2space_at(const rn_depth2space_args *args);
#define rn_depth2space(...) rn_depth2space_at(&(rn_depth2space_args){ __VA_ARGS__, .site = RN_SITE(rn_depth2space_args) })

typedef struct rn_depthwise_conv2d_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
} rn_depthwise_conv2d_args;
/** 2-D cross-correlation in which each channel has M filters of its own.
 *
 *  y[n, c M + m, i, j] = b[c M + m] + sum_{u, v} w[c, m, u, v] * x[n, c, s i + d u - p, s j + d v - p]
 *
 *  Shapes   x [N, C, H, W]   w [C, M, U, V]   b [C M] or left out   ->   y [N, C M, Ho, Wo], sizes as conv2d
 *  Types    f16, bf16 (products are added in f32), f32, f64; all inputs the same
 *  Option   .stride: step of the filter along each spatial axis, in elements (default 1)
 *  Option   .pad: zeros around x, at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further zeros at the end of each spatial axis; negative for fewer (default 0)
 *  Option   .dilation: distance of neighbouring elements of the filter (default 1)
 *  Errors   SHAPE if w has not one row for each channel or the filter does not fit; DTYPE on mixed types
 *  Source   Howard et al. 2017, arXiv:1704.04861
 *  Since    0.1
 */
RN_API rn_tensor *rn_depthwise_conv2d_at(const rn_depthwise_conv2d_args *args);
#define rn_depthwise_conv2d(...) rn_depthwise_conv2d_at(&(rn_depthwise_conv2d_args){ __VA_ARGS__, .site = RN_SITE(rn_depthwise_conv2d_args) })

typedef struct rn_det_args {
    rn_tensor *a;
    rn_site site;
} rn_det_args;
/** Determinants; the gradient is by the inverse, and fails where that is none.
 *  Shapes   a [.., N, N]   ->   y [..]
 *  Types    floats; computed in f64
 *  Errors   SHAPE unless a is square
 *  Since    0.1
 */
RN_API rn_tensor *rn_det_at(const rn_det_args *args);
#define rn_det(...) rn_det_at(&(rn_det_args){ __VA_ARGS__, .site = RN_SITE(rn_det_args) })

typedef struct rn_diag_args {
    rn_tensor *x;
    rn_site site;
    int64_t k;
} rn_diag_args;
/** A matrix with x on its diagonal, or the diagonal of a matrix.
 *  Shapes   x [N]   ->   y [N + |k|, N + |k|];   x [M, N]   ->   y [length of the diagonal]
 *  Option   .k: above (positive) or below the main diagonal (default 0)
 *  Errors   SHAPE for another rank
 *  Since    0.1
 */
RN_API rn_tensor *rn_diag_at(const rn_diag_args *args);
#define rn_diag(...) rn_diag_at(&(rn_diag_args){ __VA_ARGS__, .site = RN_SITE(rn_diag_args) })

typedef struct rn_diagonal_args {
    rn_tensor *x;
    rn_site site;
    int64_t offset;
    int64_t axis1;
    int64_t axis2;
} rn_diagonal_args;
/** A diagonal, as the last axis of the result, without copying.
 *  Shapes   x [M, N, ..]   ->   y [.., min(M, N)]
 *  Option   .offset: above (positive) or below the main diagonal (default 0)
 *  Option   .axis1: the axis of rows (default 0)
 *  Option   .axis2: the axis of columns (default 1)
 *  Errors   SHAPE below rank 2; ARG for equal axes or ones out of range
 *  Since    0.1
 */
RN_API rn_tensor *rn_diagonal_at(const rn_diagonal_args *args);
#define rn_diagonal(...) rn_diagonal_at(&(rn_diagonal_args){ __VA_ARGS__, .site = RN_SITE(rn_diagonal_args) })

typedef struct rn_diff_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    int64_t n;
} rn_diff_args;
/** Differences of neighbours along an axis.
 *
 *  y[i] = x[i + 1] - x[i], n times
 *
 *  Shapes   x [.., D, ..]   ->   y [.., max(D - n, 0), ..]
 *  Argument axis: along which axis; -1 is the last
 *  Option   .n: how many times (default 1)
 *  Errors   ARG for no such axis; DTYPE for bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_diff_at(const rn_diff_args *args);
#define rn_diff(...) rn_diff_at(&(rn_diff_args){ __VA_ARGS__, .site = RN_SITE(rn_diff_args) })

typedef struct rn_digamma_args {
    rn_tensor *x;
    rn_site site;
} rn_digamma_args;
/** Derivative of lgamma.
 *
 *  y = digamma(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Source   Abramowitz & Stegun 1964, 6.3
 *  Since    0.1
 */
RN_API rn_tensor *rn_digamma_at(const rn_digamma_args *args);
#define rn_digamma(...) rn_digamma_at(&(rn_digamma_args){ __VA_ARGS__, .site = RN_SITE(rn_digamma_args) })

typedef struct rn_div_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_div_args;
/** True quotient; integers give floats, as in NumPy.
 *
 *  y = x / z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_div_at(const rn_div_args *args);
#define rn_div(...) rn_div_at(&(rn_div_args){ __VA_ARGS__, .site = RN_SITE(rn_div_args) })

typedef struct rn_dot_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
} rn_dot_args;
/** As numpy.dot: the last axis of a with the last but one of b, or its only one; a scalar is a factor.
 *  Shapes   a [I.., K]   b [J.., K, N]   ->   y [I.., J.., N]
 *  Types    both the same
 *  Errors   SHAPE if the sizes differ; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_dot_at(const rn_dot_args *args);
#define rn_dot(...) rn_dot_at(&(rn_dot_args){ __VA_ARGS__, .site = RN_SITE(rn_dot_args) })

typedef struct rn_dropout_args {
    rn_tensor *x;
    double ratio;
    rn_site site;
} rn_dropout_args;
/** In training each element is 0 with probability ratio, else x / (1 - ratio); in evaluation y = x.
 *
 *  y = r < ratio ? 0 : x / (1 - ratio), r uniform in [0, 1)
 *
 *  Shapes   y as x
 *  Types    floats
 *  Argument ratio: probability that an element becomes 0
 *  Errors   DTYPE for whole numbers; ARG for a ratio outside [0, 1]
 *  Source   Srivastava et al. 2014
 *  Since    0.1
 */
RN_API rn_tensor *rn_dropout_at(const rn_dropout_args *args);
#define rn_dropout(...) rn_dropout_at(&(rn_dropout_args){ __VA_ARGS__, .site = RN_SITE(rn_dropout_args) })

typedef struct rn_dstack_args {
    rn_list xs;
    rn_site site;
} rn_dstack_args;
/** One behind the other: along the third axis, which is made where it is missing.
 *  Errors   those of concat
 *  Since    0.1
 */
RN_API rn_tensor *rn_dstack_at(const rn_dstack_args *args);
#define rn_dstack(...) rn_dstack_at(&(rn_dstack_args){ __VA_ARGS__, .site = RN_SITE(rn_dstack_args) })

typedef struct rn_einsum_args {
    rn_list xs;
    const char *equation;
    rn_site site;
} rn_einsum_args;
/** Einstein's summation: a sum of products over all names that the result does not have.
 *
 *  "ij,jk->ik": y[i, k] = sum_j a[i, j] * b[j, k]
 *
 *  Shapes   one letter for each axis of each tensor; a letter twice in a term takes the diagonal; ... stands for all other axes, which broadcast. Without -> the result has ... and, in alphabetical order, the letters that occur once
 *  Types    all the same
 *  Argument equation: names of axes, as in "ij,jk->ik"
 *  Errors   ARG if the equation is malformed or does not fit to the tensors; SHAPE if sizes of one name differ and none is 1; DTYPE on mixed types
 *  Source   contracted pair by pair as products of matrices
 *  Since    0.1
 */
RN_API rn_tensor *rn_einsum_at(const rn_einsum_args *args);
#define rn_einsum(...) rn_einsum_at(&(rn_einsum_args){ __VA_ARGS__, .site = RN_SITE(rn_einsum_args) })

typedef struct rn_elu_args {
    rn_tensor *x;
    rn_site site;
    double alpha;
} rn_elu_args;
/** Exponential linear unit.
 *
 *  y = x > 0 ? x : alpha * (exp(x) - 1)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .alpha: minus the value at -infinity (default 1)
 *  Source   Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289
 *  Since    0.1
 */
RN_API rn_tensor *rn_elu_at(const rn_elu_args *args);
#define rn_elu(...) rn_elu_at(&(rn_elu_args){ __VA_ARGS__, .site = RN_SITE(rn_elu_args) })

typedef struct rn_embed_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_site site;
    bool ignore;
    int64_t ignore_label;
} rn_embed_args;
/** Rows of w by number: vectors of words (Chainer's embed_id).
 *
 *  y[i, :] = w[x[i], :]
 *
 *  Shapes   x [I..]   w [V, D]   ->   y [I.., D]
 *  Types    x of any integer type
 *  Option   .ignore: whether ignore_label is an index that stands for nothing (default false)
 *  Option   .ignore_label: index that gives zeros, if .ignore; often -1 (default 0)
 *  Errors   DTYPE unless x are integers; SHAPE unless w is a matrix; ARG for a number that is not in 0 … V-1, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_embed_at(const rn_embed_args *args);
#define rn_embed(...) rn_embed_at(&(rn_embed_args){ __VA_ARGS__, .site = RN_SITE(rn_embed_args) })

typedef struct rn_epsilon_insensitive_loss_args {
    rn_tensor *x;
    rn_tensor *z;
    double epsilon;
    rn_site site;
} rn_epsilon_insensitive_loss_args;
/** Size of the difference beyond epsilon, element by element.
 *
 *  y = max(abs(x - z) - epsilon, 0)
 *
 *  Shapes   z and y as x
 *  Argument epsilon: differences up to this cost nothing
 *  Errors   SHAPE if the shapes differ
 *  Source   Vapnik 1995
 *  Since    0.1
 */
RN_API rn_tensor *rn_epsilon_insensitive_loss_at(const rn_epsilon_insensitive_loss_args *args);
#define rn_epsilon_insensitive_loss(...) rn_epsilon_insensitive_loss_at(&(rn_epsilon_insensitive_loss_args){ __VA_ARGS__, .site = RN_SITE(rn_epsilon_insensitive_loss_args) })

typedef struct rn_equal_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_equal_args;
/** Whether equal; NaN equals nothing.
 *
 *  y = x == z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_equal_at(const rn_equal_args *args);
#define rn_equal(...) rn_equal_at(&(rn_equal_args){ __VA_ARGS__, .site = RN_SITE(rn_equal_args) })

typedef struct rn_equal_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_equal_scalar_args;
/** Whether equal to a number.
 *
 *  y = x == c
 *
 *  Types    bool
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_equal_scalar_at(const rn_equal_scalar_args *args);
#define rn_equal_scalar(...) rn_equal_scalar_at(&(rn_equal_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_equal_scalar_args) })

typedef struct rn_erf_args {
    rn_tensor *x;
    rn_site site;
} rn_erf_args;
/** Error function.
 *
 *  y = 2 / sqrt(pi) * integral from 0 to x of exp(-t ** 2)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_erf_at(const rn_erf_args *args);
#define rn_erf(...) rn_erf_at(&(rn_erf_args){ __VA_ARGS__, .site = RN_SITE(rn_erf_args) })

typedef struct rn_erfc_args {
    rn_tensor *x;
    rn_site site;
} rn_erfc_args;
/** 1 - erf(x), exact also where that is small.
 *
 *  y = erfc(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_erfc_at(const rn_erfc_args *args);
#define rn_erfc(...) rn_erfc_at(&(rn_erfc_args){ __VA_ARGS__, .site = RN_SITE(rn_erfc_args) })

typedef struct rn_erfcinv_args {
    rn_tensor *x;
    rn_site site;
} rn_erfcinv_args;
/** Inverse of erfc; infinite at 0 and 2, NaN outside.
 *
 *  p = x / 2; q = p - 0.5; r = 0.180625 - q * q; middle = q * (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608) / (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1); e = sqrt(-log(min(p, 1 - p))); u = e - 1.6; v = e - 5; near = (((((((u * 7.7454501427834140764e-4 + 0.0227238449892691845833) * u + 0.24178072517745061177) * u + 1.27045825245236838258) * u + 3.64784832476320460504) * u + 5.7694972214606914055) * u + 4.6303378461565452959) * u + 1.42343711074968357734) / (((((((u * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * u + 0.0151986665636164571966) * u + 0.14810397642748007459) * u + 0.68976733498510000455) * u + 1.6763848301838038494) * u + 2.05319162663775882187) * u + 1); far = (((((((v * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * v + 0.0012426609473880784386) * v + 0.026532189526576123093) * v + 0.29656057182850489123) * v + 1.7848265399172913358) * v + 5.4637849111641143699) * v + 6.6579046435011037772) / (((((((v * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * v + 1.8463183175100546818e-5) * v + 7.868691311456132591e-4) * v + 0.0148753612908506148525) * v + 0.13692988092273580531) * v + 0.59983220655588793769) * v + 1); tail = p == 0 || p == 1 ? inf : e <= 5 ? near : far; z = abs(q) <= 0.425 ? middle : q < 0 ? -tail : tail; y = z * -0.7071067811865476
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Source   Wichura 1988, algorithm AS 241
 *  Since    0.1
 */
RN_API rn_tensor *rn_erfcinv_at(const rn_erfcinv_args *args);
#define rn_erfcinv(...) rn_erfcinv_at(&(rn_erfcinv_args){ __VA_ARGS__, .site = RN_SITE(rn_erfcinv_args) })

typedef struct rn_erfcx_args {
    rn_tensor *x;
    rn_site site;
} rn_erfcx_args;
/** erfc(x) * exp(x ** 2), which neither vanishes nor overflows for large x.
 *
 *  u = x; a = abs(u); b = 2 / (2 + a); v = 2 * b - 1; e = b * exp(((((((((((((((((((((((((-1.5867042924138042e-09 * v - 1.2776086554968677e-08) * v + 3.972203547273795e-08) * v + 7.745572408758512e-08) * v - 3.168341367694147e-07) * v - 4.146853754663641e-08) * v + 1.3267813608518889e-06) * v - 1.409445991433531e-06) * v - 3.007645434410669e-06) * v + 8.662535397475538e-06) * v + 1.699233231227702e-07) * v - 3.023784054007137e-05) * v + 3.173310599377061e-05) * v + 7.141810433422301e-05) * v - 0.00017429984933155644) * v - 9.373894767667295e-05) * v + 0.0006736782697069831) * v - 0.00014624628742128406) * v - 0.002345812444802156) * v + 0.0017589335074028032) * v + 0.008824938553738764) * v - 0.009872689364099222) * v - 0.046895610231083025) * v + 0.047343306841863525) * v + 0.672643223977656) * v - 0.6717940840566922); y = x < 0 ? 2 * exp(x * x) - e : e
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_erfcx_at(const rn_erfcx_args *args);
#define rn_erfcx(...) rn_erfcx_at(&(rn_erfcx_args){ __VA_ARGS__, .site = RN_SITE(rn_erfcx_args) })

typedef struct rn_erfinv_args {
    rn_tensor *x;
    rn_site site;
} rn_erfinv_args;
/** Inverse of erf; infinite at -1 and 1, NaN outside.
 *
 *  y = erfinv(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_erfinv_at(const rn_erfinv_args *args);
#define rn_erfinv(...) rn_erfinv_at(&(rn_erfinv_args){ __VA_ARGS__, .site = RN_SITE(rn_erfinv_args) })

typedef struct rn_exp_args {
    rn_tensor *x;
    rn_site site;
} rn_exp_args;
/** e to the power of x.
 *
 *  y = exp(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_exp_at(const rn_exp_args *args);
#define rn_exp(...) rn_exp_at(&(rn_exp_args){ __VA_ARGS__, .site = RN_SITE(rn_exp_args) })

typedef struct rn_exp2_args {
    rn_tensor *x;
    rn_site site;
} rn_exp2_args;
/** 2 to the power of x.
 *
 *  y = exp2(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_exp2_at(const rn_exp2_args *args);
#define rn_exp2(...) rn_exp2_at(&(rn_exp2_args){ __VA_ARGS__, .site = RN_SITE(rn_exp2_args) })

typedef struct rn_expand_dims_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
} rn_expand_dims_args;
/** A new axis of size 1.
 *  Shapes   x [A, B]   ->   axis 0: [1, A, B], 1 or -2: [A, 1, B], -1: [A, B, 1]
 *  Argument axis: where the new axis stands in the result
 *  Errors   ARG for an axis out of range; SHAPE at rank 8
 *  Since    0.1
 */
RN_API rn_tensor *rn_expand_dims_at(const rn_expand_dims_args *args);
#define rn_expand_dims(...) rn_expand_dims_at(&(rn_expand_dims_args){ __VA_ARGS__, .site = RN_SITE(rn_expand_dims_args) })

typedef struct rn_expm1_args {
    rn_tensor *x;
    rn_site site;
} rn_expm1_args;
/** exp(x) - 1, exact also for small x.
 *
 *  y = expm1(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_expm1_at(const rn_expm1_args *args);
#define rn_expm1(...) rn_expm1_at(&(rn_expm1_args){ __VA_ARGS__, .site = RN_SITE(rn_expm1_args) })

typedef struct rn_exponential_args {
    rn_shape shape;
    rn_site site;
    double scale;
    rn_dtype dtype;
} rn_exponential_args;
/** Exponential: times between events that come at random.
 *
 *  p(y) = exp(-y / scale) / scale, y >= 0
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .scale: mean: 1 / rate (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_exponential_at(const rn_exponential_args *args);
#define rn_exponential(...) rn_exponential_at(&(rn_exponential_args){ __VA_ARGS__, .site = RN_SITE(rn_exponential_args) })

typedef struct rn_eye_args {
    int64_t rows;
    rn_site site;
    int64_t columns;
    int64_t k;
    rn_dtype dtype;
} rn_eye_args;
/** A unit matrix: ones on a diagonal, zeros elsewhere.
 *
 *  y[i, j] = j - i == k ? 1 : 0
 *
 *  Shapes   y [rows, columns]
 *  Argument rows: number of rows
 *  Option   .columns: number of columns; 0: as many (default 0)
 *  Option   .k: above (positive) or below the main diagonal (default 0)
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_eye_at(const rn_eye_args *args);
#define rn_eye(...) rn_eye_at(&(rn_eye_args){ __VA_ARGS__, .site = RN_SITE(rn_eye_args) })

typedef struct rn_f1_score_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
} rn_f1_score_args;
/** Harmonic mean of precision and recall; 0 where both are.
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   f32 [K]
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Errors   SHAPE unless the labels fit the scores; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_f1_score_at(const rn_f1_score_args *args);
#define rn_f1_score(...) rn_f1_score_at(&(rn_f1_score_args){ __VA_ARGS__, .site = RN_SITE(rn_f1_score_args) })

typedef struct rn_fix_args {
    rn_tensor *x;
    rn_site site;
} rn_fix_args;
/** NumPy's other name of trunc.
 *
 *  y = trunc(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers are unchanged
 *  Since    0.1
 */
RN_API rn_tensor *rn_fix_at(const rn_fix_args *args);
#define rn_fix(...) rn_fix_at(&(rn_fix_args){ __VA_ARGS__, .site = RN_SITE(rn_fix_args) })

typedef struct rn_fixed_batch_norm_args {
    rn_tensor *x;
    rn_tensor *mean;
    rn_tensor *var;
    rn_tensor *gamma; /* may be left out */
    rn_tensor *beta; /* may be left out */
    rn_site site;
    rn_axes axes;
    double eps;
} rn_fixed_batch_norm_args;
/** Normalisation of each channel by given statistics, for inference.
 *
 *  y = (x - mean) / sqrt(var + eps) * gamma + beta
 *
 *  Shapes   x any; mean, var, gamma, beta the sizes of x along `axes`: [C] for x [N, C, ...]
 *  Types    f16, bf16 (the others may be f32), f32, f64
 *  Option   .axes: axes with statistics of their own; left out: 1, the channels
 *  Option   .eps: added to the variance (default 1e-05)
 *  Errors   SHAPE if a statistic does not fit; ARG for axes out of range; DTYPE for integers
 *  Source   Ioffe & Szegedy 2015, arXiv:1502.03167
 *  Since    0.1
 */
RN_API rn_tensor *rn_fixed_batch_norm_at(const rn_fixed_batch_norm_args *args);
#define rn_fixed_batch_norm(...) rn_fixed_batch_norm_at(&(rn_fixed_batch_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_fixed_batch_norm_args) })

typedef struct rn_flatten_args {
    rn_tensor *x;
    rn_site site;
    int64_t start;
} rn_flatten_args;
/** All axes from one on merged into one: [N, C, H, W] becomes [N, C*H*W].
 *  Shapes   x [N, ..]   ->   y [N, D]; with start = 2, x [A, B, ..] -> y [A, B, D]
 *  Option   .start: first of the axes that become one (default 1)
 *  Errors   SHAPE if x has fewer axes than are kept
 *  Since    0.1
 */
RN_API rn_tensor *rn_flatten_at(const rn_flatten_args *args);
#define rn_flatten(...) rn_flatten_at(&(rn_flatten_args){ __VA_ARGS__, .site = RN_SITE(rn_flatten_args) })

typedef struct rn_flip_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
} rn_flip_args;
/** The elements in reverse order along axes, without copying.
 *  Option   .axes: axes to reverse; left out: all
 *  Errors   ARG for an axis that x does not have, or named twice
 *  Since    0.1
 */
RN_API rn_tensor *rn_flip_at(const rn_flip_args *args);
#define rn_flip(...) rn_flip_at(&(rn_flip_args){ __VA_ARGS__, .site = RN_SITE(rn_flip_args) })

typedef struct rn_fliplr_args {
    rn_tensor *x;
    rn_site site;
} rn_fliplr_args;
/** The second axis reversed: left and right swapped.
 *  Errors   SHAPE below rank 2
 *  Since    0.1
 */
RN_API rn_tensor *rn_fliplr_at(const rn_fliplr_args *args);
#define rn_fliplr(...) rn_fliplr_at(&(rn_fliplr_args){ __VA_ARGS__, .site = RN_SITE(rn_fliplr_args) })

typedef struct rn_flipud_args {
    rn_tensor *x;
    rn_site site;
} rn_flipud_args;
/** The first axis reversed: up and down swapped.
 *  Errors   SHAPE below rank 1
 *  Since    0.1
 */
RN_API rn_tensor *rn_flipud_at(const rn_flipud_args *args);
#define rn_flipud(...) rn_flipud_at(&(rn_flipud_args){ __VA_ARGS__, .site = RN_SITE(rn_flipud_args) })

typedef struct rn_floor_args {
    rn_tensor *x;
    rn_site site;
} rn_floor_args;
/** The largest whole number <= x. The gradient is zero.
 *
 *  y = floor(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers are unchanged
 *  Since    0.1
 */
RN_API rn_tensor *rn_floor_at(const rn_floor_args *args);
#define rn_floor(...) rn_floor_at(&(rn_floor_args){ __VA_ARGS__, .site = RN_SITE(rn_floor_args) })

typedef struct rn_floor_divide_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_floor_divide_args;
/** Quotient rounded down, as // in Python; 0 for whole numbers over 0. The gradient is zero.
 *
 *  y = floor(x / z)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_floor_divide_at(const rn_floor_divide_args *args);
#define rn_floor_divide(...) rn_floor_divide_at(&(rn_floor_divide_args){ __VA_ARGS__, .site = RN_SITE(rn_floor_divide_args) })

typedef struct rn_fma_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_tensor *c;
    rn_site site;
} rn_fma_args;
/** a * b + c in one pass.
 *
 *  y = a * b + c
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    floats; rounded once or twice
 *  Since    0.1
 */
RN_API rn_tensor *rn_fma_at(const rn_fma_args *args);
#define rn_fma(...) rn_fma_at(&(rn_fma_args){ __VA_ARGS__, .site = RN_SITE(rn_fma_args) })

typedef struct rn_fmod_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_fmod_args;
/** Remainder with the sign of x, as fmod in C; 0 for whole numbers modulo 0.
 *
 *  y = x - trunc(x / z) * z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_fmod_at(const rn_fmod_args *args);
#define rn_fmod(...) rn_fmod_at(&(rn_fmod_args){ __VA_ARGS__, .site = RN_SITE(rn_fmod_args) })

typedef struct rn_full_args {
    rn_shape shape;
    double value;
    rn_site site;
    rn_dtype dtype;
} rn_full_args;
/** A tensor of one value.
 *
 *  y = value
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Argument value: the value of every element
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_full_at(const rn_full_args *args);
#define rn_full(...) rn_full_at(&(rn_full_args){ __VA_ARGS__, .site = RN_SITE(rn_full_args) })

typedef struct rn_full_like_args {
    rn_tensor *x;
    double value;
    rn_site site;
    rn_dtype dtype;
} rn_full_like_args;
/** One value in the shape and type of x.
 *  Shapes   y as x
 *  Argument value: the value of every element
 *  Option   .dtype: type of the result; that of x by default
 *  Since    0.1
 */
RN_API rn_tensor *rn_full_like_at(const rn_full_like_args *args);
#define rn_full_like(...) rn_full_like_at(&(rn_full_like_args){ __VA_ARGS__, .site = RN_SITE(rn_full_like_args) })

typedef struct rn_gamma_args {
    rn_tensor *a;
    rn_site site;
} rn_gamma_args;
/** Gamma with shape a and scale 1: waiting times for a events; times a scale for another one.
 *
 *  p(y) = y ** (a - 1) * exp(-y) / gamma(a), y >= 0
 *
 *  Shapes   y as a
 *  Types    floats
 *  Errors   DTYPE for whole numbers; ARG for one below 0, when values are computed
 *  Source   Marsaglia & Tsang 2000, doi:10.1145/358407.358414
 *  Since    0.1
 */
RN_API rn_tensor *rn_gamma_at(const rn_gamma_args *args);
#define rn_gamma(...) rn_gamma_at(&(rn_gamma_args){ __VA_ARGS__, .site = RN_SITE(rn_gamma_args) })

typedef struct rn_gather_nd_args {
    rn_tensor *x;
    rn_tensor *indices;
    rn_site site;
} rn_gather_nd_args;
/** Parts of x picked by rows of coordinates; negative ones count from the end.
 *
 *  y[i, b] = x[indices[i, 0], .., indices[i, K-1], b]
 *
 *  Shapes   x [D.., B..] with K axes D   indices [I.., K]   ->   y [I.., B..]
 *  Types    indices of any integer type
 *  Errors   DTYPE; SHAPE if K is above the rank of x; ARG for an index out of range, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_gather_nd_at(const rn_gather_nd_args *args);
#define rn_gather_nd(...) rn_gather_nd_at(&(rn_gather_nd_args){ __VA_ARGS__, .site = RN_SITE(rn_gather_nd_args) })

typedef struct rn_gaussian_args {
    rn_tensor *mean;
    rn_tensor *ln_var;
    rn_site site;
} rn_gaussian_args;
/** A sample of a normal distribution, differentiable by its parameters.
 *
 *  y = mean + exp(ln_var / 2) * e, e standard normal
 *
 *  Shapes   inputs broadcast; y as they do
 *  Source   Kingma & Welling 2014, arXiv:1312.6114
 *  Since    0.1
 */
RN_API rn_tensor *rn_gaussian_at(const rn_gaussian_args *args);
#define rn_gaussian(...) rn_gaussian_at(&(rn_gaussian_args){ __VA_ARGS__, .site = RN_SITE(rn_gaussian_args) })

typedef struct rn_gaussian_kl_divergence_args {
    rn_tensor *mean;
    rn_tensor *ln_var;
    rn_site site;
    const char *reduce;
} rn_gaussian_kl_divergence_args;
/** Kullback-Leibler divergence of normal distributions from the standard one.
 *
 *  y = (mean ** 2 + exp(ln_var) - ln_var - 1) / 2
 *
 *  Shapes   ln_var as mean   ->   y [], as mean with reduce "no"
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .reduce: what becomes of the losses of the elements (one of sum,mean,no (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Source   Kingma & Welling 2014, arXiv:1312.6114
 *  Since    0.1
 */
RN_API rn_tensor *rn_gaussian_kl_divergence_at(const rn_gaussian_kl_divergence_args *args);
#define rn_gaussian_kl_divergence(...) rn_gaussian_kl_divergence_at(&(rn_gaussian_kl_divergence_args){ __VA_ARGS__, .site = RN_SITE(rn_gaussian_kl_divergence_args) })

typedef struct rn_gaussian_nll_args {
    rn_tensor *x;
    rn_tensor *mean;
    rn_tensor *ln_var;
    rn_site site;
    const char *reduce;
} rn_gaussian_nll_args;
/** Minus the log-likelihood of x under normal distributions.
 *
 *  y = (ln_var + log(2 * pi) + (x - mean) ** 2 * exp(-ln_var)) / 2
 *
 *  Shapes   mean and ln_var as x   ->   y [], as x with reduce "no"
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .reduce: what becomes of the losses of the elements (one of sum,mean,no (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_gaussian_nll_at(const rn_gaussian_nll_args *args);
#define rn_gaussian_nll(...) rn_gaussian_nll_at(&(rn_gaussian_nll_args){ __VA_ARGS__, .site = RN_SITE(rn_gaussian_nll_args) })

typedef struct rn_gaussian_noise_args {
    rn_tensor *x;
    double sigma;
    rn_site site;
} rn_gaussian_noise_args;
/** Adds normal noise in training; in evaluation y = x.
 *
 *  y = x + sigma * e, e standard normal
 *
 *  Shapes   y as x
 *  Argument sigma: standard deviation
 *  Since    0.1
 */
RN_API rn_tensor *rn_gaussian_noise_at(const rn_gaussian_noise_args *args);
#define rn_gaussian_noise(...) rn_gaussian_noise_at(&(rn_gaussian_noise_args){ __VA_ARGS__, .site = RN_SITE(rn_gaussian_noise_args) })

typedef struct rn_gelu_args {
    rn_tensor *x;
    rn_site site;
    const char *approximate;
} rn_gelu_args;
/** Gaussian error linear unit.
 *
 *  y = x * (1 + erf(x / sqrt(2))) / 2; approximate "tanh": y = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2
 *
 *  Shapes   y as x
 *  Types    integers give floats
 *  Option   .approximate: tanh: the formula that GPT-2 uses, off by up to 5e-4 (one of none,tanh (the first is the default))
 *  Source   Hendrycks & Gimpel 2016, arXiv:1606.08415
 *  Since    0.1
 */
RN_API rn_tensor *rn_gelu_at(const rn_gelu_args *args);
#define rn_gelu(...) rn_gelu_at(&(rn_gelu_args){ __VA_ARGS__, .site = RN_SITE(rn_gelu_args) })

typedef struct rn_geomspace_args {
    double start;
    double stop;
    int64_t count;
    rn_site site;
    bool open;
    rn_dtype dtype;
} rn_geomspace_args;
/** A given number of numbers at equal ratios.
 *
 *  y[i] = start * (stop / start) ** (i / (count - 1))
 *
 *  Shapes   y [count]
 *  Types    computed in f64; whole numbers are rounded down
 *  Argument start: the first number
 *  Argument stop: the last number
 *  Argument count: how many numbers
 *  Option   .open: leave the last number out: the distances are those of one more (default false)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   ARG unless start and stop have the same sign and neither is 0
 *  Since    0.1
 */
RN_API rn_tensor *rn_geomspace_at(const rn_geomspace_args *args);
#define rn_geomspace(...) rn_geomspace_at(&(rn_geomspace_args){ __VA_ARGS__, .site = RN_SITE(rn_geomspace_args) })

typedef struct rn_get_item_args {
    rn_tensor *x;
    rn_ranges ranges;
    rn_site site;
} rn_get_item_args;
/** The same as slice, by the name that Chainer gives it.
 *  Argument ranges: RN_RANGES of RN_ALL, RN_RANGE(1, 3), RN_FROM(1), RN_TO(-1), RN_EVERY(2), RN_STEP(8, 2, -2), RN_AT(0), axis by axis; axes not named are taken whole
 *  Errors   those of slice
 *  Since    0.1
 */
RN_API rn_tensor *rn_get_item_at(const rn_get_item_args *args);
#define rn_get_item(...) rn_get_item_at(&(rn_get_item_args){ __VA_ARGS__, .site = RN_SITE(rn_get_item_args) })

typedef struct rn_global_average_pool_args {
    rn_tensor *x;
    rn_site site;
} rn_global_average_pool_args;
/** Mean over all spatial axes.
 *  Shapes   x [N, C, ...] -> y [N, C, 1, ...]
 *  Types    as mean
 *  Errors   SHAPE if x has fewer than 3 axes
 *  Source   Lin, Chen & Yan 2013, arXiv:1312.4400
 *  Since    0.1
 */
RN_API rn_tensor *rn_global_average_pool_at(const rn_global_average_pool_args *args);
#define rn_global_average_pool(...) rn_global_average_pool_at(&(rn_global_average_pool_args){ __VA_ARGS__, .site = RN_SITE(rn_global_average_pool_args) })

typedef struct rn_glu_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
} rn_glu_args;
/** Gated linear unit: the first half of the channels through gates that the second half opens.
 *
 *  y = a * sigmoid(b), a and b the halves of x
 *
 *  Shapes   x [.., 2 * C, ..]   ->   y [.., C, ..]
 *  Argument axis: the axis of channels
 *  Errors   SHAPE if the channels are odd in number; ARG if there is no such axis
 *  Source   Dauphin et al. 2017, arXiv:1612.08083
 *  Since    0.1
 */
RN_API rn_tensor *rn_glu_at(const rn_glu_args *args);
#define rn_glu(...) rn_glu_at(&(rn_glu_args){ __VA_ARGS__, .site = RN_SITE(rn_glu_args) })

typedef struct rn_greater_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_greater_args;
/** Whether x > z; false for NaN.
 *
 *  y = x > z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_greater_at(const rn_greater_args *args);
#define rn_greater(...) rn_greater_at(&(rn_greater_args){ __VA_ARGS__, .site = RN_SITE(rn_greater_args) })

typedef struct rn_greater_equal_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_greater_equal_args;
/** Whether x >= z; false for NaN.
 *
 *  y = x >= z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_greater_equal_at(const rn_greater_equal_args *args);
#define rn_greater_equal(...) rn_greater_equal_at(&(rn_greater_equal_args){ __VA_ARGS__, .site = RN_SITE(rn_greater_equal_args) })

typedef struct rn_greater_equal_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_greater_equal_scalar_args;
/** Whether at least a number.
 *
 *  y = x >= c
 *
 *  Types    bool
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_greater_equal_scalar_at(const rn_greater_equal_scalar_args *args);
#define rn_greater_equal_scalar(...) rn_greater_equal_scalar_at(&(rn_greater_equal_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_greater_equal_scalar_args) })

typedef struct rn_greater_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_greater_scalar_args;
/** Whether above a number.
 *
 *  y = x > c
 *
 *  Types    bool
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_greater_scalar_at(const rn_greater_scalar_args *args);
#define rn_greater_scalar(...) rn_greater_scalar_at(&(rn_greater_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_greater_scalar_args) })

typedef struct rn_group_norm_args {
    rn_tensor *x;
    rn_tensor *gamma; /* may be left out */
    rn_tensor *beta; /* may be left out */
    int64_t groups;
    rn_site site;
    double eps;
} rn_group_norm_args;
/** Normalisation of each sample over groups of channels.
 *
 *  y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over a group and all spatial axes
 *
 *  Shapes   x [N, C, ...]   gamma, beta [C]   ->   y like x
 *  Types    f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64
 *  Argument groups: groups of channels
 *  Option   .eps: added to the variance (default 1e-05)
 *  Errors   SHAPE if groups do not divide C or gamma or beta does not fit; DTYPE for integers
 *  Source   Wu & He 2018, arXiv:1803.08494
 *  Since    0.1
 */
RN_API rn_tensor *rn_group_norm_at(const rn_group_norm_args *args);
#define rn_group_norm(...) rn_group_norm_at(&(rn_group_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_group_norm_args) })

typedef struct rn_gru_args {
    rn_tensor *x;
    rn_tensor *y;
    rn_tensor *h;
    rn_site site;
    const char *order;
} rn_gru_args;
/** One step of a gated recurrent unit, given its gates before their activations, as parts from the input and from the state.
 *
 *  z = sigmoid(z_x + z_y), n = tanh(n_x + sigmoid(r_x + r_y) * n_y), h_next = (1 - z) * n + z * h
 *
 *  Shapes   x, y [N, 3 H, ...]   h [N, H, ...]   ->   h_next like h; x = W v + b, y = U h + b'
 *  Types    f16, bf16 (computed in f32), f32, f64; all the same
 *  Option   .order: how the gates stand in x and y, in blocks of H: reset, update, new value; zrn: as ONNX (one of rzn,zrn (the first is the default))
 *  Errors   SHAPE if x and y have not three gates for each unit of h; DTYPE on mixed types
 *  Source   Cho et al. 2014, arXiv:1406.1078, with the reset gate after the product
 *  Since    0.1
 */
RN_API rn_tensor *rn_gru_at(const rn_gru_args *args);
#define rn_gru(...) rn_gru_at(&(rn_gru_args){ __VA_ARGS__, .site = RN_SITE(rn_gru_args) })

typedef struct rn_gru_sequence_args {
    rn_tensor *x;
    rn_tensor *h; /* may be left out */
    rn_tensor *lengths; /* may be left out */
    rn_list ws;
    rn_site site;
    rn_tensor **h_n; /* to be set to the result of that name */
    bool bidirectional;
    double dropout;
    bool no_bias;
} rn_gru_sequence_args;
/** Gated recurrent units over whole sequences.
 *
 *  as gru, with gates r, z, n; ws = w, u, b, b' for each layer and direction, with w [3 H, D], u [3 H, H], b and b' (of u) [3 H]
 *
 *  Shapes   x [T, N, D]   h [layers * directions, N, H] or left out (zeros)   lengths [N] or left out   ->   y [T, N, directions * H], last states like the first
 *  Types    f16, bf16, f32, f64; all the same; lengths of an integer type
 *  Option   .bidirectional: each layer also from the end to the beginning; results side by side (default false)
 *  Option   .dropout: part of the values dropped between layers in training (default 0)
 *  Option   .no_bias: ws has no b (default false)
 *  Errors   SHAPE if a weight or state does not fit (named by layer and direction); ARG if ws does not hold whole layers; DTYPE on mixed types. Lengths are clipped to 0 ... T; past its length a sequence's state stays and y is 0
 *  Source   Cho et al. 2014, arXiv:1406.1078, with the reset gate after the product
 *  Since    0.1
 */
RN_API rn_tensor *rn_gru_sequence_at(const rn_gru_sequence_args *args);
#define rn_gru_sequence(...) rn_gru_sequence_at(&(rn_gru_sequence_args){ __VA_ARGS__, .site = RN_SITE(rn_gru_sequence_args) })

typedef struct rn_gumbel_args {
    rn_shape shape;
    rn_site site;
    double loc;
    double scale;
    rn_dtype dtype;
} rn_gumbel_args;
/** Gumbel: the largest of many. The place of the largest of log(p) + gumbel is a sample of p.
 *
 *  P(y < x) = exp(-exp(-(x - loc) / scale))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .loc: most likely value (default 0)
 *  Option   .scale: width (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_gumbel_at(const rn_gumbel_args *args);
#define rn_gumbel(...) rn_gumbel_at(&(rn_gumbel_args){ __VA_ARGS__, .site = RN_SITE(rn_gumbel_args) })

typedef struct rn_gumbel_softmax_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    double tau;
} rn_gumbel_softmax_args;
/** A differentiable, almost one-hot sample of the classes with log-probabilities x.
 *
 *  y = softmax((x + g) / tau), g standard Gumbel
 *
 *  Shapes   y as x
 *  Argument axis: the axis of classes
 *  Option   .tau: temperature; small: almost one-hot (default 0.1)
 *  Errors   ARG if there is no such axis
 *  Source   Jang, Gu & Poole 2017, arXiv:1611.01144
 *  Since    0.1
 */
RN_API rn_tensor *rn_gumbel_softmax_at(const rn_gumbel_softmax_args *args);
#define rn_gumbel_softmax(...) rn_gumbel_softmax_at(&(rn_gumbel_softmax_args){ __VA_ARGS__, .site = RN_SITE(rn_gumbel_softmax_args) })

typedef struct rn_hard_shrink_args {
    rn_tensor *x;
    rn_site site;
    double lambda;
} rn_hard_shrink_args;
/** Zero for small values, all others unchanged.
 *
 *  y = abs(x) <= lambda ? 0 : x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .lambda: half the width of what becomes 0 (default 0.5)
 *  Since    0.1
 */
RN_API rn_tensor *rn_hard_shrink_at(const rn_hard_shrink_args *args);
#define rn_hard_shrink(...) rn_hard_shrink_at(&(rn_hard_shrink_args){ __VA_ARGS__, .site = RN_SITE(rn_hard_shrink_args) })

typedef struct rn_hard_sigmoid_args {
    rn_tensor *x;
    rn_site site;
} rn_hard_sigmoid_args;
/** Sigmoid made of straight pieces.
 *
 *  y = min(max(0.2 * x + 0.5, 0), 1)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_hard_sigmoid_at(const rn_hard_sigmoid_args *args);
#define rn_hard_sigmoid(...) rn_hard_sigmoid_at(&(rn_hard_sigmoid_args){ __VA_ARGS__, .site = RN_SITE(rn_hard_sigmoid_args) })

typedef struct rn_hard_swish_args {
    rn_tensor *x;
    rn_site site;
} rn_hard_swish_args;
/** Swish made of straight pieces.
 *
 *  y = x * min(max(x + 3, 0), 6) / 6
 *
 *  Shapes   inputs broadcast; y as they do
 *  Source   Howard et al. 2019, arXiv:1905.02244
 *  Since    0.1
 */
RN_API rn_tensor *rn_hard_swish_at(const rn_hard_swish_args *args);
#define rn_hard_swish(...) rn_hard_swish_at(&(rn_hard_swish_args){ __VA_ARGS__, .site = RN_SITE(rn_hard_swish_args) })

typedef struct rn_hard_tanh_args {
    rn_tensor *x;
    rn_site site;
} rn_hard_tanh_args;
/** Hyperbolic tangent made of straight pieces.
 *
 *  y = min(max(x, -1), 1)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_hard_tanh_at(const rn_hard_tanh_args *args);
#define rn_hard_tanh(...) rn_hard_tanh_at(&(rn_hard_tanh_args){ __VA_ARGS__, .site = RN_SITE(rn_hard_tanh_args) })

typedef struct rn_heaviside_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_heaviside_args;
/** Step function: 0 below 0, z at 0, 1 above.
 *
 *  y = x == 0 ? z : isnan(x) ? x : x > 0
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_heaviside_at(const rn_heaviside_args *args);
#define rn_heaviside(...) rn_heaviside_at(&(rn_heaviside_args){ __VA_ARGS__, .site = RN_SITE(rn_heaviside_args) })

typedef struct rn_hinge_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
    const char *norm;
    const char *reduce;
} rn_hinge_args;
/** Hinge loss, one class against the others.
 *
 *  y[n, k, ..] = max(1 - s * x[n, k, ..], 0), s = 1 where k == t[n, ..], else -1
 *
 *  Shapes   x [N, K, ..]   t [N, ..]   ->   y [], as x with reduce "no"
 *  Types    x floats; losses of 16-bit floats are f32
 *  Option   .norm: L2: margins are squared (one of L1,L2 (the first is the default))
 *  Option   .reduce: what becomes of the margins; batch: sum over N (one of batch,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1
 *  Since    0.1
 */
RN_API rn_tensor *rn_hinge_at(const rn_hinge_args *args);
#define rn_hinge(...) rn_hinge_at(&(rn_hinge_args){ __VA_ARGS__, .site = RN_SITE(rn_hinge_args) })

typedef struct rn_histogram_args {
    rn_tensor *x;
    int64_t bins;
    double low;
    double high;
    rn_site site;
} rn_histogram_args;
/** How many values fall into each of equal intervals; those outside and NaN are not counted.
 *
 *  y[k]: low + k * d <= x < low + (k + 1) * d, d = (high - low) / bins; the last has x == high too
 *
 *  Shapes   y [bins]
 *  Types    i64
 *  Argument bins: number of intervals
 *  Argument low: where the first one begins
 *  Argument high: where the last one ends
 *  Errors   ARG unless low < high
 *  Since    0.1
 */
RN_API rn_tensor *rn_histogram_at(const rn_histogram_args *args);
#define rn_histogram(...) rn_histogram_at(&(rn_histogram_args){ __VA_ARGS__, .site = RN_SITE(rn_histogram_args) })

typedef struct rn_hstack_args {
    rn_list xs;
    rn_site site;
} rn_hstack_args;
/** Side by side: along the second axis, vectors along their only one.
 *  Errors   those of concat
 *  Since    0.1
 */
RN_API rn_tensor *rn_hstack_at(const rn_hstack_args *args);
#define rn_hstack(...) rn_hstack_at(&(rn_hstack_args){ __VA_ARGS__, .site = RN_SITE(rn_hstack_args) })

typedef struct rn_huber_loss_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
    double delta;
    const char *reduce;
} rn_huber_loss_args;
/** Squares of small differences, sizes of large ones.
 *
 *  y = abs(d) <= delta ? d ** 2 / 2 : delta * (abs(d) - delta / 2), d = x - z
 *
 *  Shapes   z as x   ->   y [], as x with reduce "no"
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .delta: differences up to this are squared (default 1)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no,batch (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Source   Huber 1964
 *  Since    0.1
 */
RN_API rn_tensor *rn_huber_loss_at(const rn_huber_loss_args *args);
#define rn_huber_loss(...) rn_huber_loss_at(&(rn_huber_loss_args){ __VA_ARGS__, .site = RN_SITE(rn_huber_loss_args) })

typedef struct rn_hypot_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_hypot_args;
/** Length of the hypotenuse, without overflow; its gradient at 0 is taken as 0.
 *
 *  y = sqrt(x ** 2 + z ** 2)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_hypot_at(const rn_hypot_args *args);
#define rn_hypot(...) rn_hypot_at(&(rn_hypot_args){ __VA_ARGS__, .site = RN_SITE(rn_hypot_args) })

typedef struct rn_identity_args {
    rn_tensor *x;
    rn_site site;
} rn_identity_args;
/** The same tensor; gradients pass.
 *  Shapes   y as x
 *  Errors   none
 *  Since    0.1
 */
RN_API rn_tensor *rn_identity_at(const rn_identity_args *args);
#define rn_identity(...) rn_identity_at(&(rn_identity_args){ __VA_ARGS__, .site = RN_SITE(rn_identity_args) })

typedef struct rn_im2col_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[2];
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
    bool cover_all;
} rn_im2col_args;
/** The windows of images as columns: a convolution is then a product of matrices.
 *
 *  y[n, (c * U + u) * V + v, i, j] = x[n, c, s * i + d * u - p, s * j + d * v - p]
 *
 *  Shapes   x [N, C, H, W]   ->   y [N, C*U*V, Ho, Wo], sizes as of conv2d
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window (default 1)
 *  Option   .pad: zeros at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if the window does not fit; ARG for a window without elements or one in the padding only
 *  Since    0.1
 */
RN_API rn_tensor *rn_im2col_at(const rn_im2col_args *args);
#define rn_im2col(...) rn_im2col_at(&(rn_im2col_args){ __VA_ARGS__, .site = RN_SITE(rn_im2col_args) })

typedef struct rn_inner_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
} rn_inner_args;
/** Sum of products over the last axes.
 *
 *  y[I, J] = sum_k a[I, k] * b[J, k]
 *
 *  Shapes   a [I.., K]   b [J.., K]   ->   y [I.., J..]
 *  Types    both the same
 *  Errors   SHAPE if the sizes differ; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_inner_at(const rn_inner_args *args);
#define rn_inner(...) rn_inner_at(&(rn_inner_args){ __VA_ARGS__, .site = RN_SITE(rn_inner_args) })

typedef struct rn_instance_norm_args {
    rn_tensor *x;
    rn_tensor *gamma; /* may be left out */
    rn_tensor *beta; /* may be left out */
    rn_site site;
    double eps;
} rn_instance_norm_args;
/** Normalisation of each channel of each sample.
 *
 *  y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over all spatial axes
 *
 *  Shapes   x [N, C, ...]   gamma, beta [C]   ->   y like x
 *  Types    f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64
 *  Option   .eps: added to the variance (default 1e-05)
 *  Errors   SHAPE if gamma or beta does not fit; DTYPE for integers
 *  Source   Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022
 *  Since    0.1
 */
RN_API rn_tensor *rn_instance_norm_at(const rn_instance_norm_args *args);
#define rn_instance_norm(...) rn_instance_norm_at(&(rn_instance_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_instance_norm_args) })

typedef struct rn_interp_args {
    rn_tensor *x;
    rn_tensor *xp;
    rn_tensor *fp;
    rn_site site;
} rn_interp_args;
/** Values of a function given at points xp as fp, on straight lines between them; beyond the ends they stay.
 *  Shapes   xp, fp [N], xp rising   ->   y as x
 *  Types    floats, all the same
 *  Errors   SHAPE unless xp and fp are vectors of one length; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_interp_at(const rn_interp_args *args);
#define rn_interp(...) rn_interp_at(&(rn_interp_args){ __VA_ARGS__, .site = RN_SITE(rn_interp_args) })

typedef struct rn_inv_args {
    rn_tensor *a;
    rn_site site;
} rn_inv_args;
/** Inverse matrices.
 *  Shapes   a [.., N, N], y as a
 *  Types    floats; computed in f64
 *  Errors   SHAPE unless a is square; ARG for a singular matrix, when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_inv_at(const rn_inv_args *args);
#define rn_inv(...) rn_inv_at(&(rn_inv_args){ __VA_ARGS__, .site = RN_SITE(rn_inv_args) })

typedef struct rn_isfinite_args {
    rn_tensor *x;
    rn_site site;
} rn_isfinite_args;
/** Whether neither infinite nor NaN.
 *
 *  y = !(isnan(x) || isinf(x))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_isfinite_at(const rn_isfinite_args *args);
#define rn_isfinite(...) rn_isfinite_at(&(rn_isfinite_args){ __VA_ARGS__, .site = RN_SITE(rn_isfinite_args) })

typedef struct rn_isinf_args {
    rn_tensor *x;
    rn_site site;
} rn_isinf_args;
/** Whether infinite, of either sign.
 *
 *  y = isinf(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_isinf_at(const rn_isinf_args *args);
#define rn_isinf(...) rn_isinf_at(&(rn_isinf_args){ __VA_ARGS__, .site = RN_SITE(rn_isinf_args) })

typedef struct rn_isnan_args {
    rn_tensor *x;
    rn_site site;
} rn_isnan_args;
/** Whether not a number.
 *
 *  y = isnan(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_isnan_at(const rn_isnan_args *args);
#define rn_isnan(...) rn_isnan_at(&(rn_isnan_args){ __VA_ARGS__, .site = RN_SITE(rn_isnan_args) })

typedef struct rn_isneginf_args {
    rn_tensor *x;
    rn_site site;
} rn_isneginf_args;
/** Whether minus infinity.
 *
 *  y = isinf(x) && x < 0
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_isneginf_at(const rn_isneginf_args *args);
#define rn_isneginf(...) rn_isneginf_at(&(rn_isneginf_args){ __VA_ARGS__, .site = RN_SITE(rn_isneginf_args) })

typedef struct rn_isposinf_args {
    rn_tensor *x;
    rn_site site;
} rn_isposinf_args;
/** Whether plus infinity.
 *
 *  y = isinf(x) && x > 0
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_isposinf_at(const rn_isposinf_args *args);
#define rn_isposinf(...) rn_isposinf_at(&(rn_isposinf_args){ __VA_ARGS__, .site = RN_SITE(rn_isposinf_args) })

typedef struct rn_kl_div_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
    const char *reduce;
} rn_kl_div_args;
/** Kullback-Leibler divergence of log-probabilities x from the target probabilities t.
 *
 *  y = t * (log(t) - x), 0 where t is 0; by default the sum over all divided by N
 *
 *  Shapes   t as x [N, ..]   ->   y [], as x with reduce "no"
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .reduce: what becomes of the losses of the elements (one of batch,mean,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_kl_div_at(const rn_kl_div_args *args);
#define rn_kl_div(...) rn_kl_div_at(&(rn_kl_div_args){ __VA_ARGS__, .site = RN_SITE(rn_kl_div_args) })

typedef struct rn_kl_multinomial_args {
    rn_tensor *p;
    rn_tensor *q;
    rn_site site;
    int64_t base_axis;
} rn_kl_multinomial_args;
/** Kullback-Leibler divergence of probabilities q from p, for each sample.
 *
 *  y = sum(p * log(p / q)), 0 for the terms where p is 0
 *
 *  Shapes   q as p [N, ..]   ->   y [N], or the sizes before base_axis
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .base_axis: the first axis that is summed over (default 1)
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_kl_multinomial_at(const rn_kl_multinomial_args *args);
#define rn_kl_multinomial(...) rn_kl_multinomial_at(&(rn_kl_multinomial_args){ __VA_ARGS__, .site = RN_SITE(rn_kl_multinomial_args) })

typedef struct rn_kron_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
} rn_kron_args;
/** Kronecker's product: a with each element replaced by its product with b.
 *
 *  y[i * P + p, j * Q + q] = a[i, j] * b[p, q] for b [P, Q]
 *
 *  Shapes   a [M, N]   b [P, Q]   ->   y [M*P, N*Q]; likewise for 0 to 4 axes
 *  Types    both the same
 *  Errors   SHAPE for more than 4 axes; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_kron_at(const rn_kron_args *args);
#define rn_kron(...) rn_kron_at(&(rn_kron_args){ __VA_ARGS__, .site = RN_SITE(rn_kron_args) })

typedef struct rn_laplace_args {
    rn_shape shape;
    rn_site site;
    double loc;
    double scale;
    rn_dtype dtype;
} rn_laplace_args;
/** Laplace: exponential on both sides.
 *
 *  p(y) = exp(-|y - loc| / scale) / (2 * scale)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .loc: mean (default 0)
 *  Option   .scale: mean distance from it (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_laplace_at(const rn_laplace_args *args);
#define rn_laplace(...) rn_laplace_at(&(rn_laplace_args){ __VA_ARGS__, .site = RN_SITE(rn_laplace_args) })

typedef struct rn_layer_norm_args {
    rn_tensor *x;
    rn_tensor *gamma; /* may be left out */
    rn_tensor *beta; /* may be left out */
    rn_site site;
    int64_t axis;
    double eps;
} rn_layer_norm_args;
/** Normalisation over the trailing axes.
 *
 *  y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over all axes from `axis` on
 *
 *  Shapes   x [.., D, ...] with D, ... from `axis` on; gamma, beta [D, ...]
 *  Types    f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64
 *  Option   .axis: first of the normalised axes; the first of all cannot be it (default -1)
 *  Option   .eps: added to the variance (default 1e-05)
 *  Errors   SHAPE if gamma or beta does not fit; ARG for an axis out of range; DTYPE for integers
 *  Source   Ba, Kiros & Hinton 2016, arXiv:1607.06450
 *  Since    0.1
 */
RN_API rn_tensor *rn_layer_norm_at(const rn_layer_norm_args *args);
#define rn_layer_norm(...) rn_layer_norm_at(&(rn_layer_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_layer_norm_args) })

typedef struct rn_leaky_relu_args {
    rn_tensor *x;
    rn_site site;
    double slope;
} rn_leaky_relu_args;
/** Leaky rectified linear unit.
 *
 *  y = x > 0 ? x : slope * x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .slope: gain for x <= 0; for 0 use relu (default 0.2)
 *  Source   Maas, Hannun & Ng 2013
 *  Since    0.1
 */
RN_API rn_tensor *rn_leaky_relu_at(const rn_leaky_relu_args *args);
#define rn_leaky_relu(...) rn_leaky_relu_at(&(rn_leaky_relu_args){ __VA_ARGS__, .site = RN_SITE(rn_leaky_relu_args) })

typedef struct rn_left_shift_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_left_shift_args;
/** x times 2 to the power of z; what leaves the type is lost.
 *
 *  y = x << z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    whole numbers and bool
 *  Errors   DTYPE for floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_left_shift_at(const rn_left_shift_args *args);
#define rn_left_shift(...) rn_left_shift_at(&(rn_left_shift_args){ __VA_ARGS__, .site = RN_SITE(rn_left_shift_args) })

typedef struct rn_lerp_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_tensor *w;
    rn_site site;
} rn_lerp_args;
/** From x for w = 0 to z for w = 1.
 *
 *  y = x + w * (z - x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_lerp_at(const rn_lerp_args *args);
#define rn_lerp(...) rn_lerp_at(&(rn_lerp_args){ __VA_ARGS__, .site = RN_SITE(rn_lerp_args) })

typedef struct rn_less_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_less_args;
/** Whether x < z; false for NaN.
 *
 *  y = x < z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_less_at(const rn_less_args *args);
#define rn_less(...) rn_less_at(&(rn_less_args){ __VA_ARGS__, .site = RN_SITE(rn_less_args) })

typedef struct rn_less_equal_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_less_equal_args;
/** Whether x <= z; false for NaN.
 *
 *  y = x <= z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_less_equal_at(const rn_less_equal_args *args);
#define rn_less_equal(...) rn_less_equal_at(&(rn_less_equal_args){ __VA_ARGS__, .site = RN_SITE(rn_less_equal_args) })

typedef struct rn_less_equal_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_less_equal_scalar_args;
/** Whether at most a number.
 *
 *  y = x <= c
 *
 *  Types    bool
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_less_equal_scalar_at(const rn_less_equal_scalar_args *args);
#define rn_less_equal_scalar(...) rn_less_equal_scalar_at(&(rn_less_equal_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_less_equal_scalar_args) })

typedef struct rn_less_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_less_scalar_args;
/** Whether below a number.
 *
 *  y = x < c
 *
 *  Types    bool
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_less_scalar_at(const rn_less_scalar_args *args);
#define rn_less_scalar(...) rn_less_scalar_at(&(rn_less_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_less_scalar_args) })

typedef struct rn_lgamma_args {
    rn_tensor *x;
    rn_site site;
} rn_lgamma_args;
/** Logarithm of the absolute value of the gamma function.
 *
 *  y = lgamma(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_lgamma_at(const rn_lgamma_args *args);
#define rn_lgamma(...) rn_lgamma_at(&(rn_lgamma_args){ __VA_ARGS__, .site = RN_SITE(rn_lgamma_args) })

typedef struct rn_linear_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_tensor *b; /* may be left out */
    rn_site site;
    int64_t n_batch_axes;
} rn_linear_args;
/** Product with a matrix plus a vector: what a fully connected layer computes.
 *
 *  y[n, k] = sum_d x[n, d] * w[k, d] + b[k]
 *
 *  Shapes   x [N, ..] with D features behind its first axis   w [K, D]   b [K] or NULL   ->   y [N, K]; with n_batch_axes = 2, x [N, T, ..] gives [N, T, K]
 *  Types    all the same; 16-bit floats accumulate in f32
 *  Option   .n_batch_axes: axes of x that are batches; those after them are its features (default 1)
 *  Errors   SHAPE if the features of x are not the columns of w; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_linear_at(const rn_linear_args *args);
#define rn_linear(...) rn_linear_at(&(rn_linear_args){ __VA_ARGS__, .site = RN_SITE(rn_linear_args) })

typedef struct rn_linear_interpolate_args {
    rn_tensor *p;
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_linear_interpolate_args;
/** From z for p = 0 to x for p = 1: the order of Chainer; see lerp.
 *
 *  y = p * x + (1 - p) * z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_linear_interpolate_at(const rn_linear_interpolate_args *args);
#define rn_linear_interpolate(...) rn_linear_interpolate_at(&(rn_linear_interpolate_args){ __VA_ARGS__, .site = RN_SITE(rn_linear_interpolate_args) })

typedef struct rn_linspace_args {
    double start;
    double stop;
    int64_t count;
    rn_site site;
    bool open;
    rn_dtype dtype;
} rn_linspace_args;
/** A given number of numbers at equal distances, both ends exact.
 *
 *  y[i] = start + i * (stop - start) / (count - 1)
 *
 *  Shapes   y [count]
 *  Types    computed in f64; whole numbers are rounded down
 *  Argument start: the first number
 *  Argument stop: the last number
 *  Argument count: how many numbers
 *  Option   .open: leave the last number out: the distances are those of one more (default false)
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_linspace_at(const rn_linspace_args *args);
#define rn_linspace(...) rn_linspace_at(&(rn_linspace_args){ __VA_ARGS__, .site = RN_SITE(rn_linspace_args) })

typedef struct rn_local_response_norm_args {
    rn_tensor *x;
    rn_site site;
    int64_t n;
    double k;
    double alpha;
    double beta;
} rn_local_response_norm_args;
/** Division of each element by the energy of neighbouring channels.
 *
 *  y[n, c, i] = x[n, c, i] / (k + alpha * sum_{|d - c| <= n / 2} x[n, d, i]^2)^beta
 *
 *  Shapes   x [N, C, ...] -> y like x
 *  Types    f16, bf16 (energies in f32), f32, f64
 *  Option   .n: n / 2 neighbours on either side are joined (default 5)
 *  Option   .k: added to the energy (default 2)
 *  Option   .alpha: weight of each neighbour (default 0.0001)
 *  Option   .beta: exponent (default 0.75)
 *  Errors   SHAPE if x has fewer than 2 axes; DTYPE for integers. ONNX divides its alpha by n
 *  Source   Krizhevsky, Sutskever & Hinton 2012
 *  Since    0.1
 */
RN_API rn_tensor *rn_local_response_norm_at(const rn_local_response_norm_args *args);
#define rn_local_response_norm(...) rn_local_response_norm_at(&(rn_local_response_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_local_response_norm_args) })

typedef struct rn_log_args {
    rn_tensor *x;
    rn_site site;
} rn_log_args;
/** Natural logarithm; -infinity at 0, NaN below.
 *
 *  y = log(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_log_at(const rn_log_args *args);
#define rn_log(...) rn_log_at(&(rn_log_args){ __VA_ARGS__, .site = RN_SITE(rn_log_args) })

typedef struct rn_log10_args {
    rn_tensor *x;
    rn_site site;
} rn_log10_args;
/** Logarithm to base 10.
 *
 *  y = log10(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_log10_at(const rn_log10_args *args);
#define rn_log10(...) rn_log10_at(&(rn_log10_args){ __VA_ARGS__, .site = RN_SITE(rn_log10_args) })

typedef struct rn_log1p_args {
    rn_tensor *x;
    rn_site site;
} rn_log1p_args;
/** log(1 + x), exact also for small x.
 *
 *  y = log1p(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_log1p_at(const rn_log1p_args *args);
#define rn_log1p(...) rn_log1p_at(&(rn_log1p_args){ __VA_ARGS__, .site = RN_SITE(rn_log1p_args) })

typedef struct rn_log2_args {
    rn_tensor *x;
    rn_site site;
} rn_log2_args;
/** Logarithm to base 2.
 *
 *  y = log2(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_log2_at(const rn_log2_args *args);
#define rn_log2(...) rn_log2_at(&(rn_log2_args){ __VA_ARGS__, .site = RN_SITE(rn_log2_args) })

typedef struct rn_log_ndtr_args {
    rn_tensor *x;
    rn_site site;
} rn_log_ndtr_args;
/** Logarithm of ndtr, exact also where that is tiny.
 *
 *  u = x * -0.7071067811865476; a = abs(u); b = 2 / (2 + a); v = 2 * b - 1; e = b * exp(((((((((((((((((((((((((-1.5867042924138042e-09 * v - 1.2776086554968677e-08) * v + 3.972203547273795e-08) * v + 7.745572408758512e-08) * v - 3.168341367694147e-07) * v - 4.146853754663641e-08) * v + 1.3267813608518889e-06) * v - 1.409445991433531e-06) * v - 3.007645434410669e-06) * v + 8.662535397475538e-06) * v + 1.699233231227702e-07) * v - 3.023784054007137e-05) * v + 3.173310599377061e-05) * v + 7.141810433422301e-05) * v - 0.00017429984933155644) * v - 9.373894767667295e-05) * v + 0.0006736782697069831) * v - 0.00014624628742128406) * v - 0.002345812444802156) * v + 0.0017589335074028032) * v + 0.008824938553738764) * v - 0.009872689364099222) * v - 0.046895610231083025) * v + 0.047343306841863525) * v + 0.672643223977656) * v - 0.6717940840566922); y = u < 0 ? log1p(-0.5 * erfc(-u)) : log(0.5 * e) - u * u
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_log_ndtr_at(const rn_log_ndtr_args *args);
#define rn_log_ndtr(...) rn_log_ndtr_at(&(rn_log_ndtr_args){ __VA_ARGS__, .site = RN_SITE(rn_log_ndtr_args) })

typedef struct rn_log_normal_args {
    rn_shape shape;
    rn_site site;
    double mean;
    double sigma;
    rn_dtype dtype;
} rn_log_normal_args;
/** Numbers whose logarithm is normal.
 *
 *  t = 2 * rand(seed, stream) - 1; e = 1.4142135623730951 * erfinv(t == -1 ? 0 : t); y = exp(mean + sigma * e)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .mean: mean of the logarithm (default 0)
 *  Option   .sigma: standard deviation of the logarithm (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_log_normal_at(const rn_log_normal_args *args);
#define rn_log_normal(...) rn_log_normal_at(&(rn_log_normal_args){ __VA_ARGS__, .site = RN_SITE(rn_log_normal_args) })

typedef struct rn_log_sigmoid_args {
    rn_tensor *x;
    rn_site site;
} rn_log_sigmoid_args;
/** Logarithm of the sigmoid, without overflow.
 *
 *  y = log(sigmoid(x))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_log_sigmoid_at(const rn_log_sigmoid_args *args);
#define rn_log_sigmoid(...) rn_log_sigmoid_at(&(rn_log_sigmoid_args){ __VA_ARGS__, .site = RN_SITE(rn_log_sigmoid_args) })

typedef struct rn_log_softmax_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
} rn_log_softmax_args;
/** Logarithm of softmax, exact also where that is tiny.
 *
 *  y = x - log(sum(exp(x)))
 *
 *  Shapes   y as x
 *  Types    floats; 16-bit ones are computed in f32
 *  Argument axis: the axis that is normalised; negative ones count from the end
 *  Errors   ARG if there is no such axis; DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_log_softmax_at(const rn_log_softmax_args *args);
#define rn_log_softmax(...) rn_log_softmax_at(&(rn_log_softmax_args){ __VA_ARGS__, .site = RN_SITE(rn_log_softmax_args) })

typedef struct rn_logaddexp_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_logaddexp_args;
/** Logarithm of the sum of two exponentials, without overflow.
 *
 *  y = log(exp(x) + exp(z))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_logaddexp_at(const rn_logaddexp_args *args);
#define rn_logaddexp(...) rn_logaddexp_at(&(rn_logaddexp_args){ __VA_ARGS__, .site = RN_SITE(rn_logaddexp_args) })

typedef struct rn_logical_and_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_logical_and_args;
/** Whether both are true.
 *
 *  y = x && z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_logical_and_at(const rn_logical_and_args *args);
#define rn_logical_and(...) rn_logical_and_at(&(rn_logical_and_args){ __VA_ARGS__, .site = RN_SITE(rn_logical_and_args) })

typedef struct rn_logical_not_args {
    rn_tensor *x;
    rn_site site;
} rn_logical_not_args;
/** Whether zero.
 *
 *  y = !x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_logical_not_at(const rn_logical_not_args *args);
#define rn_logical_not(...) rn_logical_not_at(&(rn_logical_not_args){ __VA_ARGS__, .site = RN_SITE(rn_logical_not_args) })

typedef struct rn_logical_or_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_logical_or_args;
/** Whether at least one is true.
 *
 *  y = x || z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_logical_or_at(const rn_logical_or_args *args);
#define rn_logical_or(...) rn_logical_or_at(&(rn_logical_or_args){ __VA_ARGS__, .site = RN_SITE(rn_logical_or_args) })

typedef struct rn_logical_xor_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_logical_xor_args;
/** Whether exactly one is true.
 *
 *  y = (x != 0) != (z != 0)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_logical_xor_at(const rn_logical_xor_args *args);
#define rn_logical_xor(...) rn_logical_xor_at(&(rn_logical_xor_args){ __VA_ARGS__, .site = RN_SITE(rn_logical_xor_args) })

typedef struct rn_logit_args {
    rn_tensor *x;
    rn_site site;
} rn_logit_args;
/** Inverse of sigmoid.
 *
 *  y = log(x / (1 - x))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_logit_at(const rn_logit_args *args);
#define rn_logit(...) rn_logit_at(&(rn_logit_args){ __VA_ARGS__, .site = RN_SITE(rn_logit_args) })

typedef struct rn_logspace_args {
    double start;
    double stop;
    int64_t count;
    rn_site site;
    bool open;
    rn_dtype dtype;
    double base;
} rn_logspace_args;
/** Powers whose exponents are at equal distances.
 *
 *  y[i] = base ** (start + i * (stop - start) / (count - 1))
 *
 *  Shapes   y [count]
 *  Types    computed in f64; whole numbers are rounded down
 *  Argument start: the first exponent
 *  Argument stop: the last exponent
 *  Argument count: how many numbers
 *  Option   .open: leave the last number out: the distances are those of one more (default false)
 *  Option   .dtype: type of the result (default f32)
 *  Option   .base: of the powers (default 10)
 *  Since    0.1
 */
RN_API rn_tensor *rn_logspace_at(const rn_logspace_args *args);
#define rn_logspace(...) rn_logspace_at(&(rn_logspace_args){ __VA_ARGS__, .site = RN_SITE(rn_logspace_args) })

typedef struct rn_logsumexp_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_logsumexp_args;
/** Logarithm of the sum of exponentials over axes, without overflow; -infinity of -infinities.
 *
 *  y = log(sum(exp(x)))
 *
 *  Types    16-bit floats are computed in f32; whole numbers give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_logsumexp_at(const rn_logsumexp_args *args);
#define rn_logsumexp(...) rn_logsumexp_at(&(rn_logsumexp_args){ __VA_ARGS__, .site = RN_SITE(rn_logsumexp_args) })

typedef struct rn_lstm_args {
    rn_tensor *x;
    rn_tensor *c;
    rn_site site;
    rn_tensor **c_next; /* to be set to the result of that name */
    const char *order;
} rn_lstm_args;
/** One step of a long short-term memory, given its gates before their activations.
 *
 *  c_next = sigmoid(f) * c + sigmoid(i) * tanh(g), h = sigmoid(o) * tanh(c_next)
 *
 *  Shapes   x [N, 4 H, ...]   c [M, H, ...] with M >= N   ->   h [N, H, ...], c_next [M, H, ...]; rows of c past N stay
 *  Types    f16, bf16 (computed in f32), f32, f64; both the same
 *  Option   .order: how the gates stand in x: input, forget, new value (g) and output in blocks of H; iofg: as ONNX; aifo: as Chainer's lstm, a being g, the four of a unit together (one of ifgo,iofg,aifo (the first is the default))
 *  Errors   SHAPE if x has not four gates for each unit of c; DTYPE on mixed types
 *  Source   Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000
 *  Since    0.1
 */
RN_API rn_tensor *rn_lstm_at(const rn_lstm_args *args);
#define rn_lstm(...) rn_lstm_at(&(rn_lstm_args){ __VA_ARGS__, .site = RN_SITE(rn_lstm_args) })

typedef struct rn_lstm_sequence_args {
    rn_tensor *x;
    rn_tensor *h; /* may be left out */
    rn_tensor *c; /* may be left out */
    rn_tensor *lengths; /* may be left out */
    rn_list ws;
    rn_site site;
    rn_tensor **h_n; /* to be set to the result of that name */
    rn_tensor **c_n; /* to be set to the result of that name */
    bool bidirectional;
    double dropout;
    bool no_bias;
} rn_lstm_sequence_args;
/** Long short-term memories over whole sequences.
 *
 *  as lstm, with gates i, f, g, o; ws = w, u, b for each layer and direction, with w [4 H, D], u [4 H, H], b [4 H]
 *
 *  Shapes   x [T, N, D]   h, c [layers * directions, N, H] or left out (zeros)   lengths [N] or left out   ->   y [T, N, directions * H], last states like the first
 *  Types    f16, bf16, f32, f64; all the same; lengths of an integer type
 *  Option   .bidirectional: each layer also from the end to the beginning; results side by side (default false)
 *  Option   .dropout: part of the values dropped between layers in training (default 0)
 *  Option   .no_bias: ws has no b (default false)
 *  Errors   SHAPE if a weight or state does not fit (named by layer and direction); ARG if ws does not hold whole layers; DTYPE on mixed types. Lengths are clipped to 0 ... T; past its length a sequence's state stays and y is 0
 *  Source   Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000
 *  Since    0.1
 */
RN_API rn_tensor *rn_lstm_sequence_at(const rn_lstm_sequence_args *args);
#define rn_lstm_sequence(...) rn_lstm_sequence_at(&(rn_lstm_sequence_args){ __VA_ARGS__, .site = RN_SITE(rn_lstm_sequence_args) })

typedef struct rn_matmul_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
    bool trans_a;
    bool trans_b;
} rn_matmul_args;
/** Product of matrices; leading axes are batches and broadcast.
 *
 *  y[.., i, j] = sum_k a[.., i, k] * b[.., k, j]
 *
 *  Shapes   a [.., M, K]   b [.., K, N]   ->   y [.., M, N]
 *  Types    both the same; 16-bit floats accumulate in f32
 *  Option   .trans_a: a is taken with its last two axes swapped (default false)
 *  Option   .trans_b: likewise b (default false)
 *  Errors   SHAPE if inner sizes differ or batch axes do not broadcast; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_matmul_at(const rn_matmul_args *args);
#define rn_matmul(...) rn_matmul_at(&(rn_matmul_args){ __VA_ARGS__, .site = RN_SITE(rn_matmul_args) })

typedef struct rn_max_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_max_args;
/** Largest element over axes, NaN if one is; equal ones share the gradient.
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_at(const rn_max_args *args);
#define rn_max(...) rn_max_at(&(rn_max_args){ __VA_ARGS__, .site = RN_SITE(rn_max_args) })

typedef struct rn_max_pool1d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[1];
    int64_t stride[1];
    int64_t pad[1];
    int64_t pad_extra[1];
    int64_t dilation[1];
    bool cover_all;
} rn_max_pool1d_args;
/** 1-D maximum of each window over a batch of sequences.
 *
 *  y[n, c, i] = max_u x[n, c, stride * i + dilation * u - pad]
 *
 *  Shapes   x [N, C, T] -> y [N, C, To], each size X becomes (X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)
 *  Types    f16, bf16, f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers. The gradient goes to the first of equal maxima; a NaN is the maximum
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_pool1d_at(const rn_max_pool1d_args *args);
#define rn_max_pool1d(...) rn_max_pool1d_at(&(rn_max_pool1d_args){ __VA_ARGS__, .site = RN_SITE(rn_max_pool1d_args) })

typedef struct rn_max_pool2d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[2];
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
    bool cover_all;
} rn_max_pool2d_args;
/** 2-D maximum of each window over a batch of images.
 *
 *  y[n, c, i] = max_u x[n, c, stride * i + dilation * u - pad]
 *
 *  Shapes   x [N, C, H, W] -> y [N, C, Ho, Wo], each size X becomes (X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)
 *  Types    f16, bf16, f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers. The gradient goes to the first of equal maxima; a NaN is the maximum
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_pool2d_at(const rn_max_pool2d_args *args);
#define rn_max_pool2d(...) rn_max_pool2d_at(&(rn_max_pool2d_args){ __VA_ARGS__, .site = RN_SITE(rn_max_pool2d_args) })

typedef struct rn_max_pool3d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[3];
    int64_t stride[3];
    int64_t pad[3];
    int64_t pad_extra[3];
    int64_t dilation[3];
    bool cover_all;
} rn_max_pool3d_args;
/** 3-D maximum of each window over a batch of volumes.
 *
 *  y[n, c, i] = max_u x[n, c, stride * i + dilation * u - pad]
 *
 *  Shapes   x [N, C, D, H, W] -> y [N, C, Do, Ho, Wo], each size X becomes (X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)
 *  Types    f16, bf16, f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers. The gradient goes to the first of equal maxima; a NaN is the maximum
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_pool3d_at(const rn_max_pool3d_args *args);
#define rn_max_pool3d(...) rn_max_pool3d_at(&(rn_max_pool3d_args){ __VA_ARGS__, .site = RN_SITE(rn_max_pool3d_args) })

typedef struct rn_max_unpool1d_args {
    rn_tensor *y;
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[1];
    int64_t stride[1];
    int64_t pad[1];
    int64_t pad_extra[1];
    int64_t dilation[1];
    bool cover_all;
} rn_max_unpool1d_args;
/** 1-D unpooling to where a maximum was: elements of y go to the place of the maximum of the window of x, zeros elsewhere.
 *  Shapes   y [N, C, To]   x [N, C, T]   ->   [N, C, T], where max_pool1d of x with the same options has the shape of y
 *  Types    f16, bf16, f32, f64; both the same
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if y has not the shape that pooling x gives
 *  Source   Badrinarayanan et al. 2017, arXiv:1511.00561
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_unpool1d_at(const rn_max_unpool1d_args *args);
#define rn_max_unpool1d(...) rn_max_unpool1d_at(&(rn_max_unpool1d_args){ __VA_ARGS__, .site = RN_SITE(rn_max_unpool1d_args) })

typedef struct rn_max_unpool2d_args {
    rn_tensor *y;
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[2];
    int64_t stride[2];
    int64_t pad[2];
    int64_t pad_extra[2];
    int64_t dilation[2];
    bool cover_all;
} rn_max_unpool2d_args;
/** 2-D unpooling to where a maximum was: elements of y go to the place of the maximum of the window of x, zeros elsewhere.
 *  Shapes   y [N, C, Ho, Wo]   x [N, C, H, W]   ->   [N, C, H, W], where max_pool2d of x with the same options has the shape of y
 *  Types    f16, bf16, f32, f64; both the same
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if y has not the shape that pooling x gives
 *  Source   Badrinarayanan et al. 2017, arXiv:1511.00561
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_unpool2d_at(const rn_max_unpool2d_args *args);
#define rn_max_unpool2d(...) rn_max_unpool2d_at(&(rn_max_unpool2d_args){ __VA_ARGS__, .site = RN_SITE(rn_max_unpool2d_args) })

typedef struct rn_max_unpool3d_args {
    rn_tensor *y;
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[3];
    int64_t stride[3];
    int64_t pad[3];
    int64_t pad_extra[3];
    int64_t dilation[3];
    bool cover_all;
} rn_max_unpool3d_args;
/** 3-D unpooling to where a maximum was: elements of y go to the place of the maximum of the window of x, zeros elsewhere.
 *  Shapes   y [N, C, Do, Ho, Wo]   x [N, C, D, H, W]   ->   [N, C, D, H, W], where max_pool3d of x with the same options has the shape of y
 *  Types    f16, bf16, f32, f64; both the same
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .pad_extra: further padding at the end of each spatial axis; negative for less (default 0)
 *  Option   .dilation: distance of neighbouring elements of the window (default 1)
 *  Option   .cover_all: round sizes up: a last window that begins inside x may reach beyond it (default false)
 *  Errors   SHAPE if y has not the shape that pooling x gives
 *  Source   Badrinarayanan et al. 2017, arXiv:1511.00561
 *  Since    0.1
 */
RN_API rn_tensor *rn_max_unpool3d_at(const rn_max_unpool3d_args *args);
#define rn_max_unpool3d(...) rn_max_unpool3d_at(&(rn_max_unpool3d_args){ __VA_ARGS__, .site = RN_SITE(rn_max_unpool3d_args) })

typedef struct rn_maximum_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_maximum_args;
/** The larger one; NaN if either is. Of equal ones x gets the gradient.
 *
 *  y = max(x, z)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_maximum_at(const rn_maximum_args *args);
#define rn_maximum(...) rn_maximum_at(&(rn_maximum_args){ __VA_ARGS__, .site = RN_SITE(rn_maximum_args) })

typedef struct rn_maximum_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_maximum_scalar_args;
/** x, or a number where x is smaller.
 *
 *  y = max(x, c)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_maximum_scalar_at(const rn_maximum_scalar_args *args);
#define rn_maximum_scalar(...) rn_maximum_scalar_at(&(rn_maximum_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_maximum_scalar_args) })

typedef struct rn_maxout_args {
    rn_tensor *x;
    int64_t pool_size;
    int64_t axis;
    rn_site site;
} rn_maxout_args;
/** The largest of each group of channels.
 *
 *  y[.., c, ..] = max over k < pool_size of x[.., c * pool_size + k, ..]
 *
 *  Shapes   x [.., C, ..]   ->   y [.., C / pool_size, ..]
 *  Argument pool_size: channels in a group; they follow each other
 *  Argument axis: the axis of channels
 *  Errors   SHAPE unless pool_size divides the channels; ARG if there is no such axis
 *  Source   Goodfellow et al. 2013, arXiv:1302.4389
 *  Since    0.1
 */
RN_API rn_tensor *rn_maxout_at(const rn_maxout_args *args);
#define rn_maxout(...) rn_maxout_at(&(rn_maxout_args){ __VA_ARGS__, .site = RN_SITE(rn_maxout_args) })

typedef struct rn_mean_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_mean_args;
/** Mean over axes; NaN of nothing.
 *  Types    16-bit floats are added in f32; whole numbers and bool give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_mean_at(const rn_mean_args *args);
#define rn_mean(...) rn_mean_at(&(rn_mean_args){ __VA_ARGS__, .site = RN_SITE(rn_mean_args) })

typedef struct rn_mean_absolute_error_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_mean_absolute_error_args;
/** Mean of the sizes of the differences.
 *
 *  y = mean(abs(x - z))
 *
 *  Shapes   z as x   ->   y []
 *  Types    floats; losses of 16-bit floats are f32
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_mean_absolute_error_at(const rn_mean_absolute_error_args *args);
#define rn_mean_absolute_error(...) rn_mean_absolute_error_at(&(rn_mean_absolute_error_args){ __VA_ARGS__, .site = RN_SITE(rn_mean_absolute_error_args) })

typedef struct rn_mean_squared_error_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_mean_squared_error_args;
/** Mean of the squares of the differences.
 *
 *  y = mean((x - z) ** 2)
 *
 *  Shapes   z as x   ->   y []
 *  Types    floats; losses of 16-bit floats are f32
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_mean_squared_error_at(const rn_mean_squared_error_args *args);
#define rn_mean_squared_error(...) rn_mean_squared_error_at(&(rn_mean_squared_error_args){ __VA_ARGS__, .site = RN_SITE(rn_mean_squared_error_args) })

typedef struct rn_median_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_median_args;
/** The middle element over axes, of an even number the mean of the middle two; NaN if one is.
 *  Types    whole numbers give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_median_at(const rn_median_args *args);
#define rn_median(...) rn_median_at(&(rn_median_args){ __VA_ARGS__, .site = RN_SITE(rn_median_args) })

typedef struct rn_min_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_min_args;
/** Smallest element over axes, NaN if one is; equal ones share the gradient.
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_min_at(const rn_min_args *args);
#define rn_min(...) rn_min_at(&(rn_min_args){ __VA_ARGS__, .site = RN_SITE(rn_min_args) })

typedef struct rn_minimum_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_minimum_args;
/** The smaller one; NaN if either is. Of equal ones x gets the gradient.
 *
 *  y = min(x, z)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_minimum_at(const rn_minimum_args *args);
#define rn_minimum(...) rn_minimum_at(&(rn_minimum_args){ __VA_ARGS__, .site = RN_SITE(rn_minimum_args) })

typedef struct rn_minimum_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_minimum_scalar_args;
/** x, or a number where x is larger.
 *
 *  y = min(x, c)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_minimum_scalar_at(const rn_minimum_scalar_args *args);
#define rn_minimum_scalar(...) rn_minimum_scalar_at(&(rn_minimum_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_minimum_scalar_args) })

typedef struct rn_mish_args {
    rn_tensor *x;
    rn_site site;
} rn_mish_args;
/** Mish activation.
 *
 *  y = x * tanh(softplus(x))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Source   Misra 2020, arXiv:1908.08681
 *  Since    0.1
 */
RN_API rn_tensor *rn_mish_at(const rn_mish_args *args);
#define rn_mish(...) rn_mish_at(&(rn_mish_args){ __VA_ARGS__, .site = RN_SITE(rn_mish_args) })

typedef struct rn_mod_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_mod_args;
/** Remainder with the sign of z, as % in Python; 0 for whole numbers modulo 0.
 *
 *  y = x - floor(x / z) * z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_mod_at(const rn_mod_args *args);
#define rn_mod(...) rn_mod_at(&(rn_mod_args){ __VA_ARGS__, .site = RN_SITE(rn_mod_args) })

typedef struct rn_moveaxis_args {
    rn_tensor *x;
    rn_axes source;
    rn_axes destination;
    rn_site site;
} rn_moveaxis_args;
/** Axes moved to other places; the others keep their order.
 *  Argument source: axes of x to move
 *  Argument destination: where they stand in the result
 *  Errors   ARG for axes out of range, named twice, or not as many of both
 *  Since    0.1
 */
RN_API rn_tensor *rn_moveaxis_at(const rn_moveaxis_args *args);
#define rn_moveaxis(...) rn_moveaxis_at(&(rn_moveaxis_args){ __VA_ARGS__, .site = RN_SITE(rn_moveaxis_args) })

typedef struct rn_mul_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_mul_args;
/** Product, element by element.
 *
 *  y = x * z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_mul_at(const rn_mul_args *args);
#define rn_mul(...) rn_mul_at(&(rn_mul_args){ __VA_ARGS__, .site = RN_SITE(rn_mul_args) })

typedef struct rn_mul_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_mul_scalar_args;
/** Product with a number, in the type of x.
 *
 *  y = x * c
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_mul_scalar_at(const rn_mul_scalar_args *args);
#define rn_mul_scalar(...) rn_mul_scalar_at(&(rn_mul_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_mul_scalar_args) })

typedef struct rn_multinomial_args {
    rn_tensor *p;
    int64_t count;
    rn_site site;
    bool no_replace;
} rn_multinomial_args;
/** Classes chosen with probabilities proportional to weights.
 *  Shapes   p [.., K]   ->   y [.., count]
 *  Types    p of floats, y i64
 *  Argument count: how many choices for each row
 *  Option   .no_replace: no class twice (default false)
 *  Errors   SHAPE if count > K without repetition; ARG for weights that are negative, infinite or NaN, or too few above 0, when values are computed
 *  Source   without repetition: Efraimidis & Spirakis 2006, doi:10.1016/j.ipl.2005.11.003
 *  Since    0.1
 */
RN_API rn_tensor *rn_multinomial_at(const rn_multinomial_args *args);
#define rn_multinomial(...) rn_multinomial_at(&(rn_multinomial_args){ __VA_ARGS__, .site = RN_SITE(rn_multinomial_args) })

typedef struct rn_nan_to_num_args {
    rn_tensor *x;
    rn_site site;
    double nan;
    double posinf;
    double neginf;
} rn_nan_to_num_args;
/** Finite numbers in place of NaN and infinities; no gradient passes there.
 *
 *  y = isnan(x) ? nan : x == inf ? posinf : x == -inf ? neginf : x
 *
 *  Shapes   y as x
 *  Types    that of x
 *  Option   .nan: in place of NaN (default 0)
 *  Option   .posinf: in place of infinity; 0 means the largest number of the type (default 0)
 *  Option   .neginf: in place of -infinity; 0 means the smallest number of the type (default 0)
 *  Since    0.1
 */
RN_API rn_tensor *rn_nan_to_num_at(const rn_nan_to_num_args *args);
#define rn_nan_to_num(...) rn_nan_to_num_at(&(rn_nan_to_num_args){ __VA_ARGS__, .site = RN_SITE(rn_nan_to_num_args) })

typedef struct rn_nanmax_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_nanmax_args;
/** Largest element over axes that is not NaN; NaN where nothing else is there.
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG for axes that x does not have; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_nanmax_at(const rn_nanmax_args *args);
#define rn_nanmax(...) rn_nanmax_at(&(rn_nanmax_args){ __VA_ARGS__, .site = RN_SITE(rn_nanmax_args) })

typedef struct rn_nanmean_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_nanmean_args;
/** Mean over axes of what is not NaN; NaN where nothing else is there.
 *  Types    as mean
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_nanmean_at(const rn_nanmean_args *args);
#define rn_nanmean(...) rn_nanmean_at(&(rn_nanmean_args){ __VA_ARGS__, .site = RN_SITE(rn_nanmean_args) })

typedef struct rn_nanmin_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_nanmin_args;
/** Smallest element over axes that is not NaN; NaN where nothing else is there.
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG for axes that x does not have; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_nanmin_at(const rn_nanmin_args *args);
#define rn_nanmin(...) rn_nanmin_at(&(rn_nanmin_args){ __VA_ARGS__, .site = RN_SITE(rn_nanmin_args) })

typedef struct rn_nansum_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_nansum_args;
/** Sum over axes of what is not NaN.
 *  Types    as sum
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_nansum_at(const rn_nansum_args *args);
#define rn_nansum(...) rn_nansum_at(&(rn_nansum_args){ __VA_ARGS__, .site = RN_SITE(rn_nansum_args) })

typedef struct rn_ndtr_args {
    rn_tensor *x;
    rn_site site;
} rn_ndtr_args;
/** Distribution function of the standard normal distribution.
 *
 *  y = 0.5 * erfc(x * -0.7071067811865476)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_ndtr_at(const rn_ndtr_args *args);
#define rn_ndtr(...) rn_ndtr_at(&(rn_ndtr_args){ __VA_ARGS__, .site = RN_SITE(rn_ndtr_args) })

typedef struct rn_ndtri_args {
    rn_tensor *p;
    rn_site site;
} rn_ndtri_args;
/** Inverse of ndtr: quantiles of the standard normal distribution; NaN outside [0, 1].
 *
 *  q = p - 0.5; r = 0.180625 - q * q; middle = q * (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608) / (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1); e = sqrt(-log(min(p, 1 - p))); u = e - 1.6; v = e - 5; near = (((((((u * 7.7454501427834140764e-4 + 0.0227238449892691845833) * u + 0.24178072517745061177) * u + 1.27045825245236838258) * u + 3.64784832476320460504) * u + 5.7694972214606914055) * u + 4.6303378461565452959) * u + 1.42343711074968357734) / (((((((u * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * u + 0.0151986665636164571966) * u + 0.14810397642748007459) * u + 0.68976733498510000455) * u + 1.6763848301838038494) * u + 2.05319162663775882187) * u + 1); far = (((((((v * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * v + 0.0012426609473880784386) * v + 0.026532189526576123093) * v + 0.29656057182850489123) * v + 1.7848265399172913358) * v + 5.4637849111641143699) * v + 6.6579046435011037772) / (((((((v * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * v + 1.8463183175100546818e-5) * v + 7.868691311456132591e-4) * v + 0.0148753612908506148525) * v + 0.13692988092273580531) * v + 0.59983220655588793769) * v + 1); tail = p == 0 || p == 1 ? inf : e <= 5 ? near : far; z = abs(q) <= 0.425 ? middle : q < 0 ? -tail : tail; y = z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Source   Wichura 1988, algorithm AS 241
 *  Since    0.1
 */
RN_API rn_tensor *rn_ndtri_at(const rn_ndtri_args *args);
#define rn_ndtri(...) rn_ndtri_at(&(rn_ndtri_args){ __VA_ARGS__, .site = RN_SITE(rn_ndtri_args) })

typedef struct rn_neg_args {
    rn_tensor *x;
    rn_site site;
} rn_neg_args;
/** The negative.
 *
 *  y = -x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_neg_at(const rn_neg_args *args);
#define rn_neg(...) rn_neg_at(&(rn_neg_args){ __VA_ARGS__, .site = RN_SITE(rn_neg_args) })

typedef struct rn_nll_loss_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_tensor *class_weight; /* may be left out */
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
    const char *reduce;
} rn_nll_loss_args;
/** Minus the log-probability of the label; a mean is over the labels that count.
 *
 *  y[n, ..] = -class_weight[t] * x[n, t[n, ..], ..]
 *
 *  Shapes   x [N, K, ..]   t [N, ..]   class_weight [K]   ->   y [] or, with reduce "no", [N, ..]
 *  Types    x floats; losses of 16-bit floats are f32
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_nll_loss_at(const rn_nll_loss_args *args);
#define rn_nll_loss(...) rn_nll_loss_at(&(rn_nll_loss_args){ __VA_ARGS__, .site = RN_SITE(rn_nll_loss_args) })

typedef struct rn_nonzero_args {
    rn_tensor *x;
    rn_site site;
} rn_nonzero_args;
/** Coordinates of the elements that are not zero, in row-major order. x is computed at the call.
 *  Shapes   x of rank R   ->   y [R, n], i64
 *  Errors   SHAPE for a scalar
 *  Since    0.1
 */
RN_API rn_tensor *rn_nonzero_at(const rn_nonzero_args *args);
#define rn_nonzero(...) rn_nonzero_at(&(rn_nonzero_args){ __VA_ARGS__, .site = RN_SITE(rn_nonzero_args) })

typedef struct rn_norm_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
    double p;
} rn_norm_args;
/** Length over axes, all taken together; the gradient at zero vectors and elements is 0.
 *
 *  y = sum(abs(x) ** p) ** (1 / p)
 *
 *  Types    16-bit floats are computed in f32; whole numbers give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Option   .p: the power; infinity for the largest element (default 2)
 *  Errors   ARG unless axes names axes of x, each once, or p is out of range
 *  Since    0.1
 */
RN_API rn_tensor *rn_norm_at(const rn_norm_args *args);
#define rn_norm(...) rn_norm_at(&(rn_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_norm_args) })

typedef struct rn_normal_args {
    rn_shape shape;
    rn_site site;
    double mean;
    double sigma;
    rn_dtype dtype;
} rn_normal_args;
/** Normal, by the inverse of the distribution function.
 *
 *  t = 2 * rand(seed, stream) - 1; e = 1.4142135623730951 * erfinv(t == -1 ? 0 : t); y = mean + sigma * e
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .mean: mean (default 0)
 *  Option   .sigma: standard deviation (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_normal_at(const rn_normal_args *args);
#define rn_normal(...) rn_normal_at(&(rn_normal_args){ __VA_ARGS__, .site = RN_SITE(rn_normal_args) })

typedef struct rn_normalize_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    double eps;
} rn_normalize_args;
/** Vectors of Euclidean length 1.
 *
 *  y = x / (sqrt(sum of x^2 over axes) + eps)
 *
 *  Shapes   y like x
 *  Types    f16, bf16 (lengths in f32), f32, f64
 *  Option   .axes: axes of the vectors; left out: 1
 *  Option   .eps: added to the length (default 1e-05)
 *  Errors   ARG for axes out of range; DTYPE for integers. A vector of zeros stays one, with gradient gy / eps
 *  Since    0.1
 */
RN_API rn_tensor *rn_normalize_at(const rn_normalize_args *args);
#define rn_normalize(...) rn_normalize_at(&(rn_normalize_args){ __VA_ARGS__, .site = RN_SITE(rn_normalize_args) })

typedef struct rn_not_equal_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_not_equal_args;
/** Whether different; NaN differs from everything.
 *
 *  y = x != z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    bool
 *  Since    0.1
 */
RN_API rn_tensor *rn_not_equal_at(const rn_not_equal_args *args);
#define rn_not_equal(...) rn_not_equal_at(&(rn_not_equal_args){ __VA_ARGS__, .site = RN_SITE(rn_not_equal_args) })

typedef struct rn_not_equal_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_not_equal_scalar_args;
/** Whether different from a number.
 *
 *  y = x != c
 *
 *  Types    bool
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_not_equal_scalar_at(const rn_not_equal_scalar_args *args);
#define rn_not_equal_scalar(...) rn_not_equal_scalar_at(&(rn_not_equal_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_not_equal_scalar_args) })

typedef struct rn_one_hot_args {
    rn_tensor *x;
    int64_t depth;
    rn_site site;
    rn_dtype dtype;
} rn_one_hot_args;
/** Numbers of classes as rows of zeros with one 1.
 *
 *  y[i, d] = x[i] == d
 *
 *  Shapes   x [I..]   ->   y [I.., depth]
 *  Types    x of any integer type
 *  Argument depth: number of classes
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE; ARG for a number that is not in 0 … depth-1, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_one_hot_at(const rn_one_hot_args *args);
#define rn_one_hot(...) rn_one_hot_at(&(rn_one_hot_args){ __VA_ARGS__, .site = RN_SITE(rn_one_hot_args) })

typedef struct rn_ones_args {
    rn_shape shape;
    rn_site site;
    rn_dtype dtype;
} rn_ones_args;
/** A tensor of ones.
 *
 *  y = 1
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_ones_at(const rn_ones_args *args);
#define rn_ones(...) rn_ones_at(&(rn_ones_args){ __VA_ARGS__, .site = RN_SITE(rn_ones_args) })

typedef struct rn_ones_like_args {
    rn_tensor *x;
    rn_site site;
    rn_dtype dtype;
} rn_ones_like_args;
/** Ones in the shape and type of x.
 *  Shapes   y as x
 *  Option   .dtype: type of the result; that of x by default
 *  Since    0.1
 */
RN_API rn_tensor *rn_ones_like_at(const rn_ones_like_args *args);
#define rn_ones_like(...) rn_ones_like_at(&(rn_ones_like_args){ __VA_ARGS__, .site = RN_SITE(rn_ones_like_args) })

typedef struct rn_outer_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
} rn_outer_args;
/** Products of all pairs of elements.
 *
 *  y[i, j] = a[i] * b[j]
 *
 *  Shapes   a with M elements, b with N   ->   y [M, N]
 *  Types    both the same
 *  Errors   DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_outer_at(const rn_outer_args *args);
#define rn_outer(...) rn_outer_at(&(rn_outer_args){ __VA_ARGS__, .site = RN_SITE(rn_outer_args) })

typedef struct rn_pad_args {
    rn_tensor *x;
    rn_site site;
    int64_t before[8];
    int64_t after[8];
    const char *mode;
    double value;
} rn_pad_args;
/** More elements around a tensor.
 *  Shapes   x [D0, D1, ..]   ->   y [before[0] + D0 + after[0], ..]
 *  Option   .before: elements before the first, axis by axis (default 0)
 *  Option   .after: elements after the last (default 0)
 *  Option   .mode: where they come from: one value; the outermost element; mirrored without or with the outermost element; the other end (one of constant,edge,reflect,symmetric,wrap (the first is the default))
 *  Option   .value: the value, in mode constant (default 0)
 *  Errors   ARG for widths along axes that x does not have; SHAPE for an empty axis and no constant
 *  Since    0.1
 */
RN_API rn_tensor *rn_pad_at(const rn_pad_args *args);
#define rn_pad(...) rn_pad_at(&(rn_pad_args){ __VA_ARGS__, .site = RN_SITE(rn_pad_args) })

typedef struct rn_pad_sequence_args {
    rn_list xs;
    rn_site site;
    int64_t length;
    double value;
} rn_pad_sequence_args;
/** Sequences of different lengths, padded at their ends, as one tensor.
 *  Shapes   n tensors [T_i, ..]   ->   y [n, T, ..]
 *  Option   .length: length to pad to; 0: the longest (default 0)
 *  Option   .value: the value to pad with (default 0)
 *  Errors   SHAPE if the other sizes differ or a sequence is longer than length; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_pad_sequence_at(const rn_pad_sequence_args *args);
#define rn_pad_sequence(...) rn_pad_sequence_at(&(rn_pad_sequence_args){ __VA_ARGS__, .site = RN_SITE(rn_pad_sequence_args) })

typedef struct rn_permutation_args {
    int64_t n;
    rn_site site;
} rn_permutation_args;
/** The numbers 0 … n-1 in random order.
 *  Shapes   y [n]
 *  Types    i64
 *  Argument n: how many numbers
 *  Errors   ARG for a negative n
 *  Source   Fisher & Yates; all orders equally likely
 *  Since    0.1
 */
RN_API rn_tensor *rn_permutation_at(const rn_permutation_args *args);
#define rn_permutation(...) rn_permutation_at(&(rn_permutation_args){ __VA_ARGS__, .site = RN_SITE(rn_permutation_args) })

typedef struct rn_poisson_args {
    rn_tensor *rate;
    rn_site site;
} rn_poisson_args;
/** Poisson: how many events come where `rate` are expected.
 *
 *  P(y = k) = rate ** k * exp(-rate) / k!
 *
 *  Shapes   y as rate
 *  Types    floats
 *  Errors   DTYPE for whole numbers; ARG for a rate below 0, when values are computed
 *  Source   from a rate of 10: Hoermann 1993, doi:10.1016/0167-6687(93)90997-4
 *  Since    0.1
 */
RN_API rn_tensor *rn_poisson_at(const rn_poisson_args *args);
#define rn_poisson(...) rn_poisson_at(&(rn_poisson_args){ __VA_ARGS__, .site = RN_SITE(rn_poisson_args) })

typedef struct rn_polygamma_args {
    rn_tensor *x;
    int64_t n;
    rn_site site;
} rn_polygamma_args;
/** The n-th derivative of digamma; from n = 2 on NaN for negative x.
 *
 *  y = (-1) ** (n + 1) * n! * zeta(n + 1, x) for n >= 1
 *
 *  Shapes   y as x
 *  Types    integers give floats, as in NumPy
 *  Argument n: how many times digamma is derived
 *  Errors   ARG for n outside 0 … 30
 *  Source   Abramowitz & Stegun 1964, 6.4
 *  Since    0.1
 */
RN_API rn_tensor *rn_polygamma_at(const rn_polygamma_args *args);
#define rn_polygamma(...) rn_polygamma_at(&(rn_polygamma_args){ __VA_ARGS__, .site = RN_SITE(rn_polygamma_args) })

typedef struct rn_pow_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_pow_args;
/** x to the power of z; 0 to the power of 0 is 1, negative powers of whole numbers are cut to 0.
 *
 *  y = pow(x, z)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_pow_at(const rn_pow_args *args);
#define rn_pow(...) rn_pow_at(&(rn_pow_args){ __VA_ARGS__, .site = RN_SITE(rn_pow_args) })

typedef struct rn_pow_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_pow_scalar_args;
/** x to the power of a number.
 *
 *  y = pow(x, c)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_pow_scalar_at(const rn_pow_scalar_args *args);
#define rn_pow_scalar(...) rn_pow_scalar_at(&(rn_pow_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_pow_scalar_args) })

typedef struct rn_precision_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
} rn_precision_args;
/** Of those taken for a class, the share that belong to it; 0 where there are none.
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   f32 [K]
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Errors   SHAPE unless the labels fit the scores; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_precision_at(const rn_precision_args *args);
#define rn_precision(...) rn_precision_at(&(rn_precision_args){ __VA_ARGS__, .site = RN_SITE(rn_precision_args) })

typedef struct rn_prelu_args {
    rn_tensor *x;
    rn_tensor *w;
    rn_site site;
} rn_prelu_args;
/** Rectified linear unit with a slope for x <= 0 that is learnt.
 *
 *  y = x > 0 ? x : w * x
 *
 *  Shapes   x [N, D1, D2, ...]   w [], [D1], [D1, D2], ...   ->   y as x
 *  Errors   SHAPE if w is not x.shape[1:1+rank of w]
 *  Source   He et al. 2015, arXiv:1502.01852
 *  Since    0.1
 */
RN_API rn_tensor *rn_prelu_at(const rn_prelu_args *args);
#define rn_prelu(...) rn_prelu_at(&(rn_prelu_args){ __VA_ARGS__, .site = RN_SITE(rn_prelu_args) })

typedef struct rn_prod_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_prod_args;
/** Product over axes; 1 of nothing. Gradients are right also where there are zeros.
 *  Types    floats stay; whole numbers and bool give i64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_prod_at(const rn_prod_args *args);
#define rn_prod(...) rn_prod_at(&(rn_prod_args){ __VA_ARGS__, .site = RN_SITE(rn_prod_args) })

typedef struct rn_ptp_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_ptp_args;
/** Peak to peak: the largest element over axes minus the smallest.
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG for axes that x does not have; SHAPE where there is nothing to reduce
 *  Since    0.1
 */
RN_API rn_tensor *rn_ptp_at(const rn_ptp_args *args);
#define rn_ptp(...) rn_ptp_at(&(rn_ptp_args){ __VA_ARGS__, .site = RN_SITE(rn_ptp_args) })

typedef struct rn_put_along_axis_args {
    rn_tensor *x;
    rn_tensor *indices;
    rn_tensor *values;
    int64_t axis;
    rn_site site;
} rn_put_along_axis_args;
/** x with values written at indices within each line along an axis; of equal indices the last wins.
 *
 *  y = x;   y[a, indices[a, k, b], b] = values[a, k, b]
 *
 *  Shapes   x [A.., D, B..]   indices [A.., K, B..]   values broadcast to indices   ->   y as x
 *  Types    x and values the same; gradients by values are right where no two indices are equal
 *  Argument axis: axis that the indices count along
 *  Errors   SHAPE; DTYPE; ARG for an index out of range, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_put_along_axis_at(const rn_put_along_axis_args *args);
#define rn_put_along_axis(...) rn_put_along_axis_at(&(rn_put_along_axis_args){ __VA_ARGS__, .site = RN_SITE(rn_put_along_axis_args) })

typedef struct rn_r2_score_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
    const char *multioutput;
} rn_r2_score_args;
/** Coefficient of determination of predictions x; 1 is perfect, 0 no better than the mean.
 *
 *  y = 1 - sum((t - x) ** 2) / sum((t - mean(t)) ** 2) over axis 0; 0 where t does not vary
 *
 *  Shapes   t as x [N, ..]   ->   y [], with raw_values x.shape[1:]
 *  Types    floats; scores of 16-bit floats are f32
 *  Option   .multioutput: raw_values: one score for each output (one of uniform_average,raw_values (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_r2_score_at(const rn_r2_score_args *args);
#define rn_r2_score(...) rn_r2_score_at(&(rn_r2_score_args){ __VA_ARGS__, .site = RN_SITE(rn_r2_score_args) })

typedef struct rn_radians_args {
    rn_tensor *x;
    rn_site site;
} rn_radians_args;
/** Degrees to radians.
 *
 *  y = x * 0.017453292519943295
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_radians_at(const rn_radians_args *args);
#define rn_radians(...) rn_radians_at(&(rn_radians_args){ __VA_ARGS__, .site = RN_SITE(rn_radians_args) })

typedef struct rn_randint_args {
    rn_shape shape;
    int64_t low;
    int64_t high;
    rn_site site;
    rn_dtype dtype;
} rn_randint_args;
/** Whole numbers in low … high-1, all equally likely.
 *  Types    i64 unless dtype says otherwise
 *  Argument shape: shape of the result
 *  Argument low: smallest number
 *  Argument high: numbers stay below
 *  Option   .dtype: type of the result (default i64)
 *  Errors   ARG unless low < high, or if the type cannot hold the numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_randint_at(const rn_randint_args *args);
#define rn_randint(...) rn_randint_at(&(rn_randint_args){ __VA_ARGS__, .site = RN_SITE(rn_randint_args) })

typedef struct rn_ravel_args {
    rn_tensor *x;
    rn_site site;
} rn_ravel_args;
/** All elements in row-major order along one axis.
 *  Since    0.1
 */
RN_API rn_tensor *rn_ravel_at(const rn_ravel_args *args);
#define rn_ravel(...) rn_ravel_at(&(rn_ravel_args){ __VA_ARGS__, .site = RN_SITE(rn_ravel_args) })

typedef struct rn_rdiv_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_rdiv_scalar_args;
/** A number divided by x.
 *
 *  y = c / x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_rdiv_scalar_at(const rn_rdiv_scalar_args *args);
#define rn_rdiv_scalar(...) rn_rdiv_scalar_at(&(rn_rdiv_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_rdiv_scalar_args) })

typedef struct rn_recall_args {
    rn_tensor *y;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
} rn_recall_args;
/** Of those that belong to a class, the share taken for it; 0 where there are none.
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   f32 [K]
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Errors   SHAPE unless the labels fit the scores; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_recall_at(const rn_recall_args *args);
#define rn_recall(...) rn_recall_at(&(rn_recall_args){ __VA_ARGS__, .site = RN_SITE(rn_recall_args) })

typedef struct rn_reciprocal_args {
    rn_tensor *x;
    rn_site site;
} rn_reciprocal_args;
/** 1 / x.
 *
 *  y = recip(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_reciprocal_at(const rn_reciprocal_args *args);
#define rn_reciprocal(...) rn_reciprocal_at(&(rn_reciprocal_args){ __VA_ARGS__, .site = RN_SITE(rn_reciprocal_args) })

typedef struct rn_relu_args {
    rn_tensor *x;
    rn_site site;
} rn_relu_args;
/** Rectified linear unit.
 *
 *  y = max(x, 0)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Source   Nair & Hinton 2010
 *  Since    0.1
 */
RN_API rn_tensor *rn_relu_at(const rn_relu_args *args);
#define rn_relu(...) rn_relu_at(&(rn_relu_args){ __VA_ARGS__, .site = RN_SITE(rn_relu_args) })

typedef struct rn_relu6_args {
    rn_tensor *x;
    rn_site site;
} rn_relu6_args;
/** Rectified linear unit that ends at 6.
 *
 *  y = min(max(x, 0), 6)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Source   Krizhevsky 2010
 *  Since    0.1
 */
RN_API rn_tensor *rn_relu6_at(const rn_relu6_args *args);
#define rn_relu6(...) rn_relu6_at(&(rn_relu6_args){ __VA_ARGS__, .site = RN_SITE(rn_relu6_args) })

typedef struct rn_repeat_args {
    rn_tensor *x;
    int64_t repeats;
    rn_site site;
    int64_t axis;
} rn_repeat_args;
/** Each element repeated, one after the other, along an axis.
 *  Shapes   x [.., D, ..]   ->   y [.., D * repeats, ..]
 *  Argument repeats: how often each element appears
 *  Option   .axis: along which axis (default 0)
 *  Errors   ARG for no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_repeat_at(const rn_repeat_args *args);
#define rn_repeat(...) rn_repeat_at(&(rn_repeat_args){ __VA_ARGS__, .site = RN_SITE(rn_repeat_args) })

typedef struct rn_repeat_by_args {
    rn_tensor *x;
    rn_tensor *counts;
    rn_site site;
    int64_t axis;
} rn_repeat_by_args;
/** Each element along an axis repeated a number of times of its own. counts are computed at the call.
 *  Shapes   x [.., D, ..]   counts [D]   ->   y [.., sum of counts, ..]
 *  Option   .axis: along which axis (default 0)
 *  Errors   SHAPE unless there is one count per element; ARG for a negative one
 *  Since    0.1
 */
RN_API rn_tensor *rn_repeat_by_at(const rn_repeat_by_args *args);
#define rn_repeat_by(...) rn_repeat_by_at(&(rn_repeat_by_args){ __VA_ARGS__, .site = RN_SITE(rn_repeat_by_args) })

typedef struct rn_reshape_args {
    rn_tensor *x;
    rn_shape shape;
    rn_site site;
} rn_reshape_args;
/** The same elements, in row-major order, under another shape.
 *  Argument shape: the new shape; one size may be -1
 *  Errors   SHAPE if the number of elements differs
 *  Since    0.1
 */
RN_API rn_tensor *rn_reshape_at(const rn_reshape_args *args);
#define rn_reshape(...) rn_reshape_at(&(rn_reshape_args){ __VA_ARGS__, .site = RN_SITE(rn_reshape_args) })

typedef struct rn_resize_args {
    rn_tensor *x;
    rn_shape size;
    rn_site site;
    const char *mode;
    bool align_corners;
} rn_resize_args;
/** Images (or sequences, or volumes) in another size; the result's pixels are not averages over areas.
 *
 *  linear: between the pixels around (i + 0.5) * X / Y - 0.5, or i * (X - 1) / (Y - 1) with .align_corners
 *
 *  Shapes   x [N, C, X..]   ->   y [N, C, size..], one to six spatial axes
 *  Types    floats; any type for nearest
 *  Argument size: spatial sizes of the result
 *  Option   .mode: interpolate along each axis, or repeat the nearest pixel (one of linear,nearest (the first is the default))
 *  Option   .align_corners: the middles of the corner pixels stay in place, instead of their outer edges (default false)
 *  Errors   SHAPE if size has another number of axes; DTYPE for whole numbers, unless mode is nearest
 *  Since    0.1
 */
RN_API rn_tensor *rn_resize_at(const rn_resize_args *args);
#define rn_resize(...) rn_resize_at(&(rn_resize_args){ __VA_ARGS__, .site = RN_SITE(rn_resize_args) })

typedef struct rn_right_shift_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_right_shift_args;
/** x over 2 to the power of z, rounded down.
 *
 *  y = x >> z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    whole numbers and bool
 *  Errors   DTYPE for floats
 *  Since    0.1
 */
RN_API rn_tensor *rn_right_shift_at(const rn_right_shift_args *args);
#define rn_right_shift(...) rn_right_shift_at(&(rn_right_shift_args){ __VA_ARGS__, .site = RN_SITE(rn_right_shift_args) })

typedef struct rn_rms_norm_args {
    rn_tensor *x;
    rn_tensor *gamma; /* may be left out */
    rn_site site;
    int64_t axis;
    double eps;
} rn_rms_norm_args;
/** Division by the root of the mean square over the trailing axes.
 *
 *  y = x / sqrt(mean(x^2) + eps) * gamma, with the mean over all axes from `axis` on
 *
 *  Shapes   x [.., D, ...] with D, ... from `axis` on; gamma [D, ...]
 *  Types    f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64
 *  Option   .axis: first of the normalised axes; the first of all cannot be it (default -1)
 *  Option   .eps: added to the variance (default 1e-06)
 *  Errors   SHAPE if gamma or beta does not fit; ARG for an axis out of range; DTYPE for integers
 *  Source   Zhang & Sennrich 2019, arXiv:1910.07467
 *  Since    0.1
 */
RN_API rn_tensor *rn_rms_norm_at(const rn_rms_norm_args *args);
#define rn_rms_norm(...) rn_rms_norm_at(&(rn_rms_norm_args){ __VA_ARGS__, .site = RN_SITE(rn_rms_norm_args) })

typedef struct rn_rnn_args {
    rn_tensor *x;
    rn_tensor *h;
    rn_site site;
    const char *activation;
} rn_rnn_args;
/** One step of a plain recurrent layer, given the parts from the input and from the state.
 *
 *  h_next = tanh(x + h)
 *
 *  Shapes   x, h [N, H, ...] -> h_next the same; x = W v + b, h = U (state before)
 *  Types    f16, bf16, f32, f64; both the same
 *  Option   .activation: activation (one of tanh,relu (the first is the default))
 *  Errors   SHAPE if the two differ; DTYPE on mixed types
 *  Source   Elman 1990
 *  Since    0.1
 */
RN_API rn_tensor *rn_rnn_at(const rn_rnn_args *args);
#define rn_rnn(...) rn_rnn_at(&(rn_rnn_args){ __VA_ARGS__, .site = RN_SITE(rn_rnn_args) })

typedef struct rn_rnn_sequence_args {
    rn_tensor *x;
    rn_tensor *h; /* may be left out */
    rn_tensor *lengths; /* may be left out */
    rn_list ws;
    rn_site site;
    rn_tensor **h_n; /* to be set to the result of that name */
    bool bidirectional;
    double dropout;
    bool no_bias;
    const char *activation;
} rn_rnn_sequence_args;
/** Plain recurrent layers over whole sequences.
 *
 *  h[t] = tanh(w x[t] + b + u h[t - 1]), ws = w, u, b for each layer and direction, with w [H, D], u [H, H], b [H]
 *
 *  Shapes   x [T, N, D]   h [layers * directions, N, H] or left out (zeros)   lengths [N] or left out   ->   y [T, N, directions * H], last states like the first
 *  Types    f16, bf16, f32, f64; all the same; lengths of an integer type
 *  Option   .bidirectional: each layer also from the end to the beginning; results side by side (default false)
 *  Option   .dropout: part of the values dropped between layers in training (default 0)
 *  Option   .no_bias: ws has no b (default false)
 *  Option   .activation: activation (one of tanh,relu (the first is the default))
 *  Errors   SHAPE if a weight or state does not fit (named by layer and direction); ARG if ws does not hold whole layers; DTYPE on mixed types. Lengths are clipped to 0 ... T; past its length a sequence's state stays and y is 0
 *  Source   Elman 1990
 *  Since    0.1
 */
RN_API rn_tensor *rn_rnn_sequence_at(const rn_rnn_sequence_args *args);
#define rn_rnn_sequence(...) rn_rnn_sequence_at(&(rn_rnn_sequence_args){ __VA_ARGS__, .site = RN_SITE(rn_rnn_sequence_args) })

typedef struct rn_roi_average_align2d_args {
    rn_tensor *x;
    rn_tensor *rois;
    rn_tensor *images;
    rn_site site;
    int64_t size[2];
    double spatial_scale;
    int64_t sampling;
} rn_roi_average_align2d_args;
/** Regions of images brought to one size, each pixel the mean of interpolated samples.
 *  Shapes   x [N, C, H, W]   rois [R, 4]: y and x of a corner, then of the opposite one   images [R]: which of the N   ->   y [R, C, size[0], size[1]]
 *  Types    x of floats, rois of any type, images of any integer type
 *  Option   .size: height and width of the result (default 0)
 *  Option   .spatial_scale: pixels of x for one unit of rois (default 1)
 *  Option   .sampling: samples along each axis for a pixel of the result; 0: one for each pixel of x that it covers (default 0)
 *  Errors   SHAPE if rois and images do not fit or there are no pixels; ARG, when values are computed, for an image that does not exist or a region that is not finite or far too large
 *  Source   He et al. 2017, arXiv:1703.06870; no gradient passes to rois
 *  Since    0.1
 */
RN_API rn_tensor *rn_roi_average_align2d_at(const rn_roi_average_align2d_args *args);
#define rn_roi_average_align2d(...) rn_roi_average_align2d_at(&(rn_roi_average_align2d_args){ __VA_ARGS__, .site = RN_SITE(rn_roi_average_align2d_args) })

typedef struct rn_roll_args {
    rn_tensor *x;
    int64_t shift;
    rn_site site;
    rn_axes axes;
} rn_roll_args;
/** Elements moved along axes; those that leave at the end come in at the beginning.
 *  Argument shift: places by which elements move on
 *  Option   .axes: along which axes; left out: x as one long row
 *  Errors   ARG for axes out of range or named twice
 *  Since    0.1
 */
RN_API rn_tensor *rn_roll_at(const rn_roll_args *args);
#define rn_roll(...) rn_roll_at(&(rn_roll_args){ __VA_ARGS__, .site = RN_SITE(rn_roll_args) })

typedef struct rn_rollaxis_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    int64_t start;
} rn_rollaxis_args;
/** An axis moved before another one; by default to the front.
 *  Argument axis: the axis to move
 *  Option   .start: axis of x that it is moved before; rank: to the end (default 0)
 *  Errors   ARG for an axis out of range
 *  Since    0.1
 */
RN_API rn_tensor *rn_rollaxis_at(const rn_rollaxis_args *args);
#define rn_rollaxis(...) rn_rollaxis_at(&(rn_rollaxis_args){ __VA_ARGS__, .site = RN_SITE(rn_rollaxis_args) })

typedef struct rn_rot90_args {
    rn_tensor *x;
    rn_site site;
    int64_t k;
    rn_axes axes;
} rn_rot90_args;
/** Quarter turns in the plane of two axes, without copying.
 *  Option   .k: quarter turns (default 1)
 *  Option   .axes: the plane, from the first axis to the second; default 0, 1
 *  Errors   SHAPE below rank 2; ARG unless axes are two
 *  Since    0.1
 */
RN_API rn_tensor *rn_rot90_at(const rn_rot90_args *args);
#define rn_rot90(...) rn_rot90_at(&(rn_rot90_args){ __VA_ARGS__, .site = RN_SITE(rn_rot90_args) })

typedef struct rn_round_args {
    rn_tensor *x;
    rn_site site;
} rn_round_args;
/** The nearest whole number, halves to the even one. The gradient is zero.
 *
 *  y = round(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers are unchanged
 *  Since    0.1
 */
RN_API rn_tensor *rn_round_at(const rn_round_args *args);
#define rn_round(...) rn_round_at(&(rn_round_args){ __VA_ARGS__, .site = RN_SITE(rn_round_args) })

typedef struct rn_rpow_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_rpow_scalar_args;
/** A number to the power of x.
 *
 *  y = pow(c, x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_rpow_scalar_at(const rn_rpow_scalar_args *args);
#define rn_rpow_scalar(...) rn_rpow_scalar_at(&(rn_rpow_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_rpow_scalar_args) })

typedef struct rn_rrelu_args {
    rn_tensor *x;
    rn_site site;
    double low;
    double high;
} rn_rrelu_args;
/** Leaky rectified linear unit with random slopes in training, their mean in evaluation.
 *
 *  y = x >= 0 ? x : r * x, r uniform in [low, high)
 *
 *  Shapes   y as x
 *  Option   .low: smallest slope (default 0.125)
 *  Option   .high: largest slope (default 0.333333)
 *  Source   Xu et al. 2015, arXiv:1505.00853
 *  Since    0.1
 */
RN_API rn_tensor *rn_rrelu_at(const rn_rrelu_args *args);
#define rn_rrelu(...) rn_rrelu_at(&(rn_rrelu_args){ __VA_ARGS__, .site = RN_SITE(rn_rrelu_args) })

typedef struct rn_rsqrt_args {
    rn_tensor *x;
    rn_site site;
} rn_rsqrt_args;
/** 1 / sqrt(x).
 *
 *  y = rsqrt(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_rsqrt_at(const rn_rsqrt_args *args);
#define rn_rsqrt(...) rn_rsqrt_at(&(rn_rsqrt_args){ __VA_ARGS__, .site = RN_SITE(rn_rsqrt_args) })

typedef struct rn_rsub_scalar_args {
    rn_tensor *x;
    double c;
    rn_site site;
} rn_rsub_scalar_args;
/** A number minus x.
 *
 *  y = c - x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument c: the number
 *  Since    0.1
 */
RN_API rn_tensor *rn_rsub_scalar_at(const rn_rsub_scalar_args *args);
#define rn_rsub_scalar(...) rn_rsub_scalar_at(&(rn_rsub_scalar_args){ __VA_ARGS__, .site = RN_SITE(rn_rsub_scalar_args) })

typedef struct rn_scaled_dot_product_attention_args {
    rn_tensor *q;
    rn_tensor *k;
    rn_tensor *v;
    rn_tensor *mask; /* may be left out */
    rn_site site;
    bool causal;
    double scale;
    double dropout;
} rn_scaled_dot_product_attention_args;
/** Scaled dot-product attention: means of values, weighted by how queries resemble keys.
 *
 *  y = softmax(scale * q k' + mask) v
 *
 *  Shapes   q [.., T, D]   k [.., S, D]   v [.., S, E]   mask broadcasts to [.., T, S]   ->   y [.., T, E]
 *  Types    f16, bf16 (computed in f32), f32, f64; q, k, v the same; mask bool (false: not seen) or a float, which is added
 *  Option   .causal: position t of T sees positions s <= t + S - T only (default false)
 *  Option   .scale: factor of the products; left out: 1 / sqrt(D) (default 0)
 *  Option   .dropout: part of the weights dropped in training (default 0)
 *  Errors   SHAPE if leading axes, lengths or numbers differ or the mask does not fit; DTYPE on mixed types. A query that sees nothing gives zeros
 *  Source   Vaswani et al. 2017, arXiv:1706.03762
 *  Since    0.1
 */
RN_API rn_tensor *rn_scaled_dot_product_attention_at(const rn_scaled_dot_product_attention_args *args);
#define rn_scaled_dot_product_attention(...) rn_scaled_dot_product_attention_at(&(rn_scaled_dot_product_attention_args){ __VA_ARGS__, .site = RN_SITE(rn_scaled_dot_product_attention_args) })

typedef struct rn_scatter_add_args {
    rn_tensor *x;
    rn_tensor *indices;
    rn_tensor *values;
    rn_site site;
    int64_t axis;
} rn_scatter_add_args;
/** x with values added at indices along an axis; equal indices add up, in their order.
 *
 *  y = x;   y[a, indices[i], b] += values[a, i, b] for each i
 *
 *  Shapes   x [A.., D, B..]   indices [I..]   values [A.., I.., B..], sizes of 1 are repeated   ->   y as x
 *  Types    x and values the same; indices of any integer type
 *  Option   .axis: axis of x that the indices count along (default 0)
 *  Errors   SHAPE if values do not fit; DTYPE; ARG for an index out of range, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_scatter_add_at(const rn_scatter_add_args *args);
#define rn_scatter_add(...) rn_scatter_add_at(&(rn_scatter_add_args){ __VA_ARGS__, .site = RN_SITE(rn_scatter_add_args) })

typedef struct rn_scatter_nd_add_args {
    rn_tensor *x;
    rn_tensor *indices;
    rn_tensor *values;
    rn_site site;
} rn_scatter_nd_add_args;
/** x with values added at rows of coordinates; equal ones add up, in their order.
 *
 *  y = x;   y[indices[i, 0], .., indices[i, K-1], b] += values[i, b] for each i
 *
 *  Shapes   x [D.., B..]   indices [I.., K]   values broadcast to [I.., B..]   ->   y as x
 *  Types    x and values the same; indices of any integer type
 *  Errors   those of gather_nd; SHAPE if values do not fit
 *  Since    0.1
 */
RN_API rn_tensor *rn_scatter_nd_add_at(const rn_scatter_nd_add_args *args);
#define rn_scatter_nd_add(...) rn_scatter_nd_add_at(&(rn_scatter_nd_add_args){ __VA_ARGS__, .site = RN_SITE(rn_scatter_nd_add_args) })

typedef struct rn_searchsorted_args {
    rn_tensor *a;
    rn_tensor *v;
    rn_site site;
    const char *side;
} rn_searchsorted_args;
/** Where each value would be put in a sorted vector, so that it stays sorted.
 *
 *  left: a[y-1] < v <= a[y]   right: a[y-1] <= v < a[y]
 *
 *  Shapes   a [N], rising   v [I..]   ->   y as v, i64, 0 … N
 *  Types    both the same; NaN counts as the largest
 *  Option   .side: before or behind elements of a that equal the value (one of left,right (the first is the default))
 *  Errors   SHAPE unless a is a vector; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_searchsorted_at(const rn_searchsorted_args *args);
#define rn_searchsorted(...) rn_searchsorted_at(&(rn_searchsorted_args){ __VA_ARGS__, .site = RN_SITE(rn_searchsorted_args) })

typedef struct rn_select_item_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
} rn_select_item_args;
/** One element of each row of a matrix, by its number.
 *
 *  y[n] = x[n, t[n]]
 *
 *  Shapes   x [N, C]   t [N]   ->   y [N]
 *  Types    t of any integer type
 *  Errors   SHAPE; DTYPE; ARG for an index out of range, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_select_item_at(const rn_select_item_args *args);
#define rn_select_item(...) rn_select_item_at(&(rn_select_item_args){ __VA_ARGS__, .site = RN_SITE(rn_select_item_args) })

typedef struct rn_selu_args {
    rn_tensor *x;
    rn_site site;
    double alpha;
    double scale;
} rn_selu_args;
/** Scaled exponential linear unit, which keeps mean 0 and variance 1.
 *
 *  y = scale * (x > 0 ? x : alpha * (exp(x) - 1))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .alpha: minus the value at -infinity, over scale (default 1.67326)
 *  Option   .scale: slope for x > 0 (default 1.0507)
 *  Source   Klambauer et al. 2017, arXiv:1706.02515
 *  Since    0.1
 */
RN_API rn_tensor *rn_selu_at(const rn_selu_args *args);
#define rn_selu(...) rn_selu_at(&(rn_selu_args){ __VA_ARGS__, .site = RN_SITE(rn_selu_args) })

typedef struct rn_set_item_args {
    rn_tensor *x;
    rn_tensor *values;
    rn_ranges ranges;
    rn_site site;
} rn_set_item_args;
/** x with a part replaced, as NumPy's x[1:3, 0] = values, but as a new tensor.
 *
 *  y = x;   y[ranges] = values
 *
 *  Shapes   values broadcast to the shape that rn_slice(x, ranges) has   ->   y as x
 *  Types    both the same
 *  Argument ranges: RN_RANGES of RN_ALL, RN_RANGE(1, 3), RN_FROM(1), RN_TO(-1), RN_EVERY(2), RN_STEP(8, 2, -2), RN_AT(0), axis by axis; axes not named are taken whole
 *  Errors   those of slice; SHAPE if values do not fit; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_set_item_at(const rn_set_item_args *args);
#define rn_set_item(...) rn_set_item_at(&(rn_set_item_args){ __VA_ARGS__, .site = RN_SITE(rn_set_item_args) })

typedef struct rn_shuffle_args {
    rn_tensor *x;
    rn_site site;
    int64_t axis;
} rn_shuffle_args;
/** The parts of x along an axis in random order.
 *  Shapes   y as x
 *  Option   .axis: the axis along which parts change places (default 0)
 *  Errors   ARG for no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_shuffle_at(const rn_shuffle_args *args);
#define rn_shuffle(...) rn_shuffle_at(&(rn_shuffle_args){ __VA_ARGS__, .site = RN_SITE(rn_shuffle_args) })

typedef struct rn_sigmoid_args {
    rn_tensor *x;
    rn_site site;
} rn_sigmoid_args;
/** Logistic function 1 / (1 + exp(-x)).
 *
 *  y = sigmoid(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_sigmoid_at(const rn_sigmoid_args *args);
#define rn_sigmoid(...) rn_sigmoid_at(&(rn_sigmoid_args){ __VA_ARGS__, .site = RN_SITE(rn_sigmoid_args) })

typedef struct rn_sigmoid_cross_entropy_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_site site;
    int64_t ignore_label;
    const char *reduce;
    const char *normalize;
} rn_sigmoid_cross_entropy_args;
/** Cross entropy of targets t and the sigmoid of scores x.
 *
 *  y = max(x, 0) - x * t + log(1 + exp(-abs(x)))
 *
 *  Shapes   t as x   ->   y [], as x with reduce "no"
 *  Types    x floats; losses of 16-bit floats are f32
 *  Option   .ignore_label: places with this target do not count (default -1)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Option   .normalize: a mean is over the places that count, or over N (one of labels,batch (the first is the default))
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_sigmoid_cross_entropy_at(const rn_sigmoid_cross_entropy_args *args);
#define rn_sigmoid_cross_entropy(...) rn_sigmoid_cross_entropy_at(&(rn_sigmoid_cross_entropy_args){ __VA_ARGS__, .site = RN_SITE(rn_sigmoid_cross_entropy_args) })

typedef struct rn_sign_args {
    rn_tensor *x;
    rn_site site;
} rn_sign_args;
/** -1, 0 or 1; NaN for NaN. The gradient is zero.
 *
 *  y = sign(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_sign_at(const rn_sign_args *args);
#define rn_sign(...) rn_sign_at(&(rn_sign_args){ __VA_ARGS__, .site = RN_SITE(rn_sign_args) })

typedef struct rn_silu_args {
    rn_tensor *x;
    rn_site site;
} rn_silu_args;
/** Sigmoid linear unit, also called swish.
 *
 *  y = x * sigmoid(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Source   Elfwing, Uchibe & Doya 2018, arXiv:1702.03118
 *  Since    0.1
 */
RN_API rn_tensor *rn_silu_at(const rn_silu_args *args);
#define rn_silu(...) rn_silu_at(&(rn_silu_args){ __VA_ARGS__, .site = RN_SITE(rn_silu_args) })

typedef struct rn_sin_args {
    rn_tensor *x;
    rn_site site;
} rn_sin_args;
/** Sine of x radians.
 *
 *  y = sin(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_sin_at(const rn_sin_args *args);
#define rn_sin(...) rn_sin_at(&(rn_sin_args){ __VA_ARGS__, .site = RN_SITE(rn_sin_args) })

typedef struct rn_sinc_args {
    rn_tensor *x;
    rn_site site;
} rn_sinc_args;
/** sin(pi x) / (pi x), and 1 at 0.
 *
 *  y = sin(pi * x) / (pi * x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_sinc_at(const rn_sinc_args *args);
#define rn_sinc(...) rn_sinc_at(&(rn_sinc_args){ __VA_ARGS__, .site = RN_SITE(rn_sinc_args) })

typedef struct rn_sinh_args {
    rn_tensor *x;
    rn_site site;
} rn_sinh_args;
/** Hyperbolic sine.
 *
 *  y = sinh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_sinh_at(const rn_sinh_args *args);
#define rn_sinh(...) rn_sinh_at(&(rn_sinh_args){ __VA_ARGS__, .site = RN_SITE(rn_sinh_args) })

typedef struct rn_slice_args {
    rn_tensor *x;
    rn_ranges ranges;
    rn_site site;
} rn_slice_args;
/** A part of a tensor, as NumPy's x[1:3, ::-1, 0], without copying.
 *  Shapes   a range keeps its axis, a position (RN_AT) drops it
 *  Argument ranges: RN_RANGES of RN_ALL, RN_RANGE(1, 3), RN_FROM(1), RN_TO(-1), RN_EVERY(2), RN_STEP(8, 2, -2), RN_AT(0), axis by axis; axes not named are taken whole
 *  Errors   ARG for a position outside of its axis or more ranges than axes; ranges are clipped instead
 *  Since    0.1
 */
RN_API rn_tensor *rn_slice_at(const rn_slice_args *args);
#define rn_slice(...) rn_slice_at(&(rn_slice_args){ __VA_ARGS__, .site = RN_SITE(rn_slice_args) })

typedef struct rn_soft_shrink_args {
    rn_tensor *x;
    rn_site site;
    double lambda;
} rn_soft_shrink_args;
/** Zero for small values, all others moved towards it.
 *
 *  y = x > lambda ? x - lambda : x < -lambda ? x + lambda : isnan(x) ? x : 0
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .lambda: half the width of what becomes 0 (default 0.5)
 *  Since    0.1
 */
RN_API rn_tensor *rn_soft_shrink_at(const rn_soft_shrink_args *args);
#define rn_soft_shrink(...) rn_soft_shrink_at(&(rn_soft_shrink_args){ __VA_ARGS__, .site = RN_SITE(rn_soft_shrink_args) })

typedef struct rn_softmax_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
} rn_softmax_args;
/** Exponentials divided by their sum along an axis; zeros where all are -infinity.
 *
 *  y = exp(x) / sum(exp(x))
 *
 *  Shapes   y as x
 *  Types    floats; 16-bit ones are computed in f32
 *  Argument axis: the axis that is normalised; negative ones count from the end
 *  Errors   ARG if there is no such axis; DTYPE for whole numbers
 *  Source   Bridle 1990
 *  Since    0.1
 */
RN_API rn_tensor *rn_softmax_at(const rn_softmax_args *args);
#define rn_softmax(...) rn_softmax_at(&(rn_softmax_args){ __VA_ARGS__, .site = RN_SITE(rn_softmax_args) })

typedef struct rn_softmax_cross_entropy_args {
    rn_tensor *x;
    rn_tensor *t;
    rn_tensor *class_weight; /* may be left out */
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
    const char *reduce;
    const char *normalize;
    const char *soft_target;
} rn_softmax_cross_entropy_args;
/** Cross entropy of labels, or probabilities, and the softmax of scores.
 *
 *  y[n, ..] = -class_weight[t] * log(softmax(x, 1)[n, t[n, ..], ..])
 *
 *  Shapes   x [N, K, ..]   t [N, ..] or, as probabilities, [N, K, ..]   class_weight [K]   ->   y [] or, with reduce "no", [N, ..]
 *  Types    x floats; t whole numbers, or floats; y as x, f32 where that is of 16 bits
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Option   .normalize: a mean is over the labels that count, over N, or over their weights (one of labels,batch,weights (the first is the default))
 *  Option   .soft_target: what is computed where t holds probabilities (one of cross-entropy,kl-divergence (the first is the default))
 *  Errors   SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_softmax_cross_entropy_at(const rn_softmax_cross_entropy_args *args);
#define rn_softmax_cross_entropy(...) rn_softmax_cross_entropy_at(&(rn_softmax_cross_entropy_args){ __VA_ARGS__, .site = RN_SITE(rn_softmax_cross_entropy_args) })

typedef struct rn_softplus_args {
    rn_tensor *x;
    rn_site site;
    double beta;
} rn_softplus_args;
/** Smooth rectified linear unit, without overflow.
 *
 *  y = log(1 + exp(beta * x)) / beta
 *
 *  Shapes   inputs broadcast; y as they do
 *  Option   .beta: sharpness of the bend (default 1)
 *  Since    0.1
 */
RN_API rn_tensor *rn_softplus_at(const rn_softplus_args *args);
#define rn_softplus(...) rn_softplus_at(&(rn_softplus_args){ __VA_ARGS__, .site = RN_SITE(rn_softplus_args) })

typedef struct rn_softsign_args {
    rn_tensor *x;
    rn_site site;
} rn_softsign_args;
/** An S-shaped curve that reaches its limits slowly.
 *
 *  y = x / (1 + abs(x))
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_softsign_at(const rn_softsign_args *args);
#define rn_softsign(...) rn_softsign_at(&(rn_softsign_args){ __VA_ARGS__, .site = RN_SITE(rn_softsign_args) })

typedef struct rn_solve_args {
    rn_tensor *a;
    rn_tensor *b;
    rn_site site;
    bool trans;
} rn_solve_args;
/** Systems of linear equations: y with a y = b.
 *  Shapes   a [.., N, N]   b [.., N, K]   ->   y [.., N, K]
 *  Types    floats, both the same; computed in f64
 *  Option   .trans: a is taken with its last two axes swapped (default false)
 *  Errors   SHAPE unless a is square and b fits; DTYPE on mixed types; ARG for a singular matrix, when values are computed
 *  Source   Gauss's elimination with partial pivoting
 *  Since    0.1
 */
RN_API rn_tensor *rn_solve_at(const rn_solve_args *args);
#define rn_solve(...) rn_solve_at(&(rn_solve_args){ __VA_ARGS__, .site = RN_SITE(rn_solve_args) })

typedef struct rn_sort_args {
    rn_tensor *x;
    int64_t axis;
    rn_site site;
    rn_tensor **indices; /* to be set to the result of that name */
    bool descending;
} rn_sort_args;
/** Elements in order along an axis; equal ones keep theirs, NaN counts as the largest.
 *  Shapes   x [.., D, ..]   ->   y the same; .indices: where each came from, i64
 *  Argument axis: along which axis; -1 is the last
 *  Option   .descending: largest first (default false)
 *  Errors   ARG for no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_sort_at(const rn_sort_args *args);
#define rn_sort(...) rn_sort_at(&(rn_sort_args){ __VA_ARGS__, .site = RN_SITE(rn_sort_args) })

typedef struct rn_space2depth_args {
    rn_tensor *x;
    int64_t r;
    rn_site site;
} rn_space2depth_args;
/** Blocks of pixels gathered into channels; undoes depth2space.
 *
 *  y[n, (i*r + j)*K + k, h, w] = x[n, k, h*r + i, w*r + j]
 *
 *  Shapes   x [N, K, H*r, W*r]   ->   y [N, K*r*r, H, W]
 *  Argument r: side of a block, in pixels
 *  Errors   SHAPE unless r divides height and width
 *  Since    0.1
 */
RN_API rn_tensor *rn_space2depth_at(const rn_space2depth_args *args);
#define rn_space2depth(...) rn_space2depth_at(&(rn_space2depth_args){ __VA_ARGS__, .site = RN_SITE(rn_space2depth_args) })

typedef struct rn_spatial_transformer_grid_args {
    rn_tensor *theta;
    rn_site site;
    int64_t size[2];
} rn_spatial_transformer_grid_args;
/** Places of a grid after an affine map: what spatial_transformer_sampler takes.
 *
 *  y[n, :, i, j] = theta[n] (x_j, y_i, 1), x and y from -1 to 1
 *
 *  Shapes   theta [N, 2, 3]   ->   y [N, 2, size[0], size[1]], x before y
 *  Types    floats
 *  Option   .size: height and width of the grid (default 0)
 *  Errors   SHAPE unless theta is [N, 2, 3]; ARG for a size below 1
 *  Source   Jaderberg et al. 2015, arXiv:1506.02025
 *  Since    0.1
 */
RN_API rn_tensor *rn_spatial_transformer_grid_at(const rn_spatial_transformer_grid_args *args);
#define rn_spatial_transformer_grid(...) rn_spatial_transformer_grid_at(&(rn_spatial_transformer_grid_args){ __VA_ARGS__, .site = RN_SITE(rn_spatial_transformer_grid_args) })

typedef struct rn_spatial_transformer_sampler_args {
    rn_tensor *x;
    rn_tensor *grid;
    rn_site site;
} rn_spatial_transformer_sampler_args;
/** Images read at the places of a grid, between four pixels; 0 outside.
 *
 *  y[n, c, i, j] = x[n, c] at row (grid[n, 1, i, j] + 1) * (H - 1) / 2 and column (grid[n, 0, i, j] + 1) * (W - 1) / 2
 *
 *  Shapes   x [N, C, H, W]   grid [N, 2, h, w]   ->   y [N, C, h, w]
 *  Types    floats, both the same
 *  Errors   SHAPE if grid does not fit to x; DTYPE on mixed types
 *  Source   Jaderberg et al. 2015, arXiv:1506.02025
 *  Since    0.1
 */
RN_API rn_tensor *rn_spatial_transformer_sampler_at(const rn_spatial_transformer_sampler_args *args);
#define rn_spatial_transformer_sampler(...) rn_spatial_transformer_sampler_at(&(rn_spatial_transformer_sampler_args){ __VA_ARGS__, .site = RN_SITE(rn_spatial_transformer_sampler_args) })

typedef struct rn_sqrt_args {
    rn_tensor *x;
    rn_site site;
} rn_sqrt_args;
/** Square root; its slope at 0 is infinite.
 *
 *  y = sqrt(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_sqrt_at(const rn_sqrt_args *args);
#define rn_sqrt(...) rn_sqrt_at(&(rn_sqrt_args){ __VA_ARGS__, .site = RN_SITE(rn_sqrt_args) })

typedef struct rn_square_args {
    rn_tensor *x;
    rn_site site;
} rn_square_args;
/** x times itself.
 *
 *  y = x * x
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_square_at(const rn_square_args *args);
#define rn_square(...) rn_square_at(&(rn_square_args){ __VA_ARGS__, .site = RN_SITE(rn_square_args) })

typedef struct rn_squared_difference_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_squared_difference_args;
/** Square of the difference.
 *
 *  y = (x - z) ** 2
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_squared_difference_at(const rn_squared_difference_args *args);
#define rn_squared_difference(...) rn_squared_difference_at(&(rn_squared_difference_args){ __VA_ARGS__, .site = RN_SITE(rn_squared_difference_args) })

typedef struct rn_squared_error_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_squared_error_args;
/** Square of the difference, element by element.
 *
 *  y = (x - z) ** 2
 *
 *  Shapes   z and y as x
 *  Errors   SHAPE if the shapes differ
 *  Since    0.1
 */
RN_API rn_tensor *rn_squared_error_at(const rn_squared_error_args *args);
#define rn_squared_error(...) rn_squared_error_at(&(rn_squared_error_args){ __VA_ARGS__, .site = RN_SITE(rn_squared_error_args) })

typedef struct rn_squeeze_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
} rn_squeeze_args;
/** Without its axes of size 1.
 *  Option   .axes: axes to take out; left out: all of size 1
 *  Errors   SHAPE if a named axis has another size; ARG if there is none of that name
 *  Since    0.1
 */
RN_API rn_tensor *rn_squeeze_at(const rn_squeeze_args *args);
#define rn_squeeze(...) rn_squeeze_at(&(rn_squeeze_args){ __VA_ARGS__, .site = RN_SITE(rn_squeeze_args) })

typedef struct rn_stack_args {
    rn_list xs;
    rn_site site;
    int64_t axis;
} rn_stack_args;
/** Tensors of one shape along a new axis.
 *  Shapes   n tensors [A, B]   ->   y [n, A, B]
 *  Option   .axis: where the new axis stands in the result (default 0)
 *  Errors   SHAPE if shapes differ; DTYPE on mixed types; ARG for no tensor or no such axis
 *  Since    0.1
 */
RN_API rn_tensor *rn_stack_at(const rn_stack_args *args);
#define rn_stack(...) rn_stack_at(&(rn_stack_args){ __VA_ARGS__, .site = RN_SITE(rn_stack_args) })

typedef struct rn_std_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
    int64_t ddof;
} rn_std_args;
/** Standard deviation over axes; its gradient is taken as 0 where it is 0.
 *
 *  y = sqrt(var(x))
 *
 *  Types    16-bit floats are computed in f32; whole numbers give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Option   .ddof: taken off the number of elements that is divided by; 1 estimates without bias (default 0)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_std_at(const rn_std_args *args);
#define rn_std(...) rn_std_at(&(rn_std_args){ __VA_ARGS__, .site = RN_SITE(rn_std_args) })

typedef struct rn_sub_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_sub_args;
/** Difference.
 *
 *  y = x - z
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_sub_at(const rn_sub_args *args);
#define rn_sub(...) rn_sub_at(&(rn_sub_args){ __VA_ARGS__, .site = RN_SITE(rn_sub_args) })

typedef struct rn_sum_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_sum_args;
/** Sum over axes.
 *  Types    16-bit floats are added in f32; whole numbers and bool give i64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_sum_at(const rn_sum_args *args);
#define rn_sum(...) rn_sum_at(&(rn_sum_args){ __VA_ARGS__, .site = RN_SITE(rn_sum_args) })

typedef struct rn_sum_to_args {
    rn_tensor *x;
    rn_shape shape;
    rn_site site;
} rn_sum_to_args;
/** Sums over the axes along which a tensor of the given shape would be broadcast to that of x.
 *  Argument shape: shape of the result
 *  Errors   SHAPE if none would
 *  Since    0.1
 */
RN_API rn_tensor *rn_sum_to_at(const rn_sum_to_args *args);
#define rn_sum_to(...) rn_sum_to_at(&(rn_sum_to_args){ __VA_ARGS__, .site = RN_SITE(rn_sum_to_args) })

typedef struct rn_swapaxes_args {
    rn_tensor *x;
    int64_t axis1;
    int64_t axis2;
    rn_site site;
} rn_swapaxes_args;
/** Two axes change places.
 *  Argument axis1: an axis
 *  Argument axis2: the axis it changes places with
 *  Errors   ARG for an axis out of range
 *  Since    0.1
 */
RN_API rn_tensor *rn_swapaxes_at(const rn_swapaxes_args *args);
#define rn_swapaxes(...) rn_swapaxes_at(&(rn_swapaxes_args){ __VA_ARGS__, .site = RN_SITE(rn_swapaxes_args) })

typedef struct rn_swish_args {
    rn_tensor *x;
    rn_tensor *beta; /* may be left out */
    rn_site site;
} rn_swish_args;
/** x times a sigmoid whose steepness can be learnt; without beta the same as silu.
 *
 *  y = x * sigmoid(beta * x)
 *
 *  Shapes   x [N, D1, D2, ...]   beta [], [D1], [D1, D2], ... or left out   ->   y as x
 *  Errors   SHAPE if beta is not x.shape[1:1+rank of beta]
 *  Source   Ramachandran, Zoph & Le 2017, arXiv:1710.05941
 *  Since    0.1
 */
RN_API rn_tensor *rn_swish_at(const rn_swish_args *args);
#define rn_swish(...) rn_swish_at(&(rn_swish_args){ __VA_ARGS__, .site = RN_SITE(rn_swish_args) })

typedef struct rn_take_args {
    rn_tensor *x;
    rn_tensor *indices;
    rn_site site;
    int64_t axis;
} rn_take_args;
/** Parts of x picked by indices along an axis; negative indices count from the end.
 *
 *  y[a, i, b] = x[a, indices[i], b]
 *
 *  Shapes   x [A.., D, B..]   indices [I..]   ->   y [A.., I.., B..]
 *  Types    indices of any integer type
 *  Option   .axis: axis of x that the indices count along (default 0)
 *  Errors   DTYPE unless indices are integers; ARG for one out of range, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_take_at(const rn_take_args *args);
#define rn_take(...) rn_take_at(&(rn_take_args){ __VA_ARGS__, .site = RN_SITE(rn_take_args) })

typedef struct rn_take_along_axis_args {
    rn_tensor *x;
    rn_tensor *indices;
    int64_t axis;
    rn_site site;
} rn_take_along_axis_args;
/** Elements picked by indices within each line along an axis; what argsort and argmax give fits.
 *
 *  y[a, k, b] = x[a, indices[a, k, b], b]
 *
 *  Shapes   x [A.., D, B..]   indices [A.., K, B..]   ->   y [A.., K, B..]; sizes A and B broadcast
 *  Types    indices of any integer type; negative ones count from the end
 *  Argument axis: axis that the indices count along
 *  Errors   SHAPE; DTYPE; ARG for an index out of range, named when values are computed
 *  Since    0.1
 */
RN_API rn_tensor *rn_take_along_axis_at(const rn_take_along_axis_args *args);
#define rn_take_along_axis(...) rn_take_along_axis_at(&(rn_take_along_axis_args){ __VA_ARGS__, .site = RN_SITE(rn_take_along_axis_args) })

typedef struct rn_tan_args {
    rn_tensor *x;
    rn_site site;
} rn_tan_args;
/** Tangent of x radians.
 *
 *  y = tan(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_tan_at(const rn_tan_args *args);
#define rn_tan(...) rn_tan_at(&(rn_tan_args){ __VA_ARGS__, .site = RN_SITE(rn_tan_args) })

typedef struct rn_tanh_args {
    rn_tensor *x;
    rn_site site;
} rn_tanh_args;
/** Hyperbolic tangent.
 *
 *  y = tanh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_tanh_at(const rn_tanh_args *args);
#define rn_tanh(...) rn_tanh_at(&(rn_tanh_args){ __VA_ARGS__, .site = RN_SITE(rn_tanh_args) })

typedef struct rn_tanh_shrink_args {
    rn_tensor *x;
    rn_site site;
} rn_tanh_shrink_args;
/** What the hyperbolic tangent takes away.
 *
 *  y = x - tanh(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Since    0.1
 */
RN_API rn_tensor *rn_tanh_shrink_at(const rn_tanh_shrink_args *args);
#define rn_tanh_shrink(...) rn_tanh_shrink_at(&(rn_tanh_shrink_args){ __VA_ARGS__, .site = RN_SITE(rn_tanh_shrink_args) })

typedef struct rn_tensordot_args {
    rn_tensor *a;
    rn_tensor *b;
    int64_t n;
    rn_site site;
    rn_axes axes_a;
    rn_axes axes_b;
} rn_tensordot_args;
/** Sum of products over n axes of a and of b.
 *
 *  y[I, J] = sum_K a[I, K] * b[K, J], I, J, K standing for several indices
 *
 *  Shapes   a [I.., K..]   b [K.., J..]   ->   y [I.., J..]
 *  Types    both the same
 *  Argument n: axes to join: the last of a with the first of b
 *  Option   .axes_a: these axes of a instead
 *  Option   .axes_b: these axes of b, in the same order
 *  Errors   SHAPE if sizes of joined axes differ; ARG for axes that do not exist or stand twice; DTYPE on mixed types
 *  Since    0.1
 */
RN_API rn_tensor *rn_tensordot_at(const rn_tensordot_args *args);
#define rn_tensordot(...) rn_tensordot_at(&(rn_tensordot_args){ __VA_ARGS__, .site = RN_SITE(rn_tensordot_args) })

typedef struct rn_tile_args {
    rn_tensor *x;
    rn_shape reps;
    rn_site site;
} rn_tile_args;
/** Copies of a whole tensor, side by side along its axes.
 *  Shapes   x [A, B] with reps (r, s)   ->   y [r*A, s*B]; missing axes and reps are 1
 *  Argument reps: copies along each axis; counted from the last one
 *  Errors   ARG for negative reps
 *  Since    0.1
 */
RN_API rn_tensor *rn_tile_at(const rn_tile_args *args);
#define rn_tile(...) rn_tile_at(&(rn_tile_args){ __VA_ARGS__, .site = RN_SITE(rn_tile_args) })

typedef struct rn_top_n_accuracy_args {
    rn_tensor *y;
    rn_tensor *t;
    int64_t n;
    rn_site site;
    int64_t ignore_label;
    bool ignore_zero;
} rn_top_n_accuracy_args;
/** Share of the labels whose class is among the n with the largest scores.
 *  Shapes   y [N, K, ..]   t [N, ..]   ->   f32 []
 *  Argument n: the label must be among so many best classes
 *  Option   .ignore_label: places with this label do not count; for 0 see ignore_zero (default -1)
 *  Option   .ignore_zero: places with label 0 do not count, in place of ignore_label (default false)
 *  Errors   SHAPE unless the labels fit the scores; DTYPE unless they are whole numbers; ARG when it runs for a label outside 0 ... K-1 that is not ignored
 *  Since    0.1
 */
RN_API rn_tensor *rn_top_n_accuracy_at(const rn_top_n_accuracy_args *args);
#define rn_top_n_accuracy(...) rn_top_n_accuracy_at(&(rn_top_n_accuracy_args){ __VA_ARGS__, .site = RN_SITE(rn_top_n_accuracy_args) })

typedef struct rn_topk_args {
    rn_tensor *x;
    int64_t k;
    int64_t axis;
    rn_site site;
    rn_tensor **indices; /* to be set to the result of that name */
    bool smallest;
} rn_topk_args;
/** The k largest elements along an axis, in order; of equal ones the first.
 *  Shapes   x [.., D, ..]   ->   y [.., k, ..]; .indices: where each came from, i64
 *  Argument k: how many
 *  Argument axis: along which axis; -1 is the last
 *  Option   .smallest: the smallest instead of the largest (default false)
 *  Errors   ARG for no such axis or k above its size
 *  Since    0.1
 */
RN_API rn_tensor *rn_topk_at(const rn_topk_args *args);
#define rn_topk(...) rn_topk_at(&(rn_topk_args){ __VA_ARGS__, .site = RN_SITE(rn_topk_args) })

typedef struct rn_trace_args {
    rn_tensor *x;
    rn_site site;
    int64_t offset;
    int64_t axis1;
    int64_t axis2;
} rn_trace_args;
/** Sum of a diagonal.
 *
 *  y = sum_i x[i, i + offset]
 *
 *  Option   .offset: above (positive) or below the main diagonal (default 0)
 *  Option   .axis1: the axis of rows (default 0)
 *  Option   .axis2: the axis of columns (default 1)
 *  Errors   those of diagonal
 *  Since    0.1
 */
RN_API rn_tensor *rn_trace_at(const rn_trace_args *args);
#define rn_trace(...) rn_trace_at(&(rn_trace_args){ __VA_ARGS__, .site = RN_SITE(rn_trace_args) })

typedef struct rn_transpose_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
} rn_transpose_args;
/** Axes in another order; by default reversed.
 *  Option   .axes: order of the axes of x; left out: reversed
 *  Errors   ARG unless axes is a permutation
 *  Since    0.1
 */
RN_API rn_tensor *rn_transpose_at(const rn_transpose_args *args);
#define rn_transpose(...) rn_transpose_at(&(rn_transpose_args){ __VA_ARGS__, .site = RN_SITE(rn_transpose_args) })

typedef struct rn_tri_args {
    int64_t rows;
    rn_site site;
    int64_t columns;
    int64_t k;
    rn_dtype dtype;
} rn_tri_args;
/** A triangle of ones: on and below a diagonal, zeros above it.
 *
 *  y[i, j] = j - i <= k ? 1 : 0
 *
 *  Shapes   y [rows, columns]
 *  Argument rows: number of rows
 *  Option   .columns: number of columns; 0: as many (default 0)
 *  Option   .k: above (positive) or below the main diagonal (default 0)
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_tri_at(const rn_tri_args *args);
#define rn_tri(...) rn_tri_at(&(rn_tri_args){ __VA_ARGS__, .site = RN_SITE(rn_tri_args) })

typedef struct rn_tril_args {
    rn_tensor *x;
    rn_site site;
    int64_t k;
} rn_tril_args;
/** The lower triangle of matrices: what is above a diagonal becomes 0.
 *
 *  y[.., i, j] = j - i <= k ? x[.., i, j] : 0
 *
 *  Shapes   x [.., M, N], y as x
 *  Option   .k: above (positive) or below the main diagonal (default 0)
 *  Errors   SHAPE below rank 2
 *  Since    0.1
 */
RN_API rn_tensor *rn_tril_at(const rn_tril_args *args);
#define rn_tril(...) rn_tril_at(&(rn_tril_args){ __VA_ARGS__, .site = RN_SITE(rn_tril_args) })

typedef struct rn_triplet_args {
    rn_tensor *anchor;
    rn_tensor *positive;
    rn_tensor *negative;
    rn_site site;
    double margin;
    const char *reduce;
} rn_triplet_args;
/** Wants each anchor nearer to its positive sample than to its negative one, by a margin.
 *
 *  y[n] = max(sum((a - p) ** 2) - sum((a - n) ** 2) + margin, 0)
 *
 *  Shapes   all three [N, D]   ->   y [], [N] with reduce "no"
 *  Types    floats; losses of 16-bit floats are f32
 *  Option   .margin: by how much the negative should be farther (default 0.2)
 *  Option   .reduce: what becomes of the losses of the elements (one of mean,sum,no (the first is the default))
 *  Errors   SHAPE if the shapes differ or are not [N, D]
 *  Source   Schroff, Kalenichenko & Philbin 2015, arXiv:1503.03832
 *  Since    0.1
 */
RN_API rn_tensor *rn_triplet_at(const rn_triplet_args *args);
#define rn_triplet(...) rn_triplet_at(&(rn_triplet_args){ __VA_ARGS__, .site = RN_SITE(rn_triplet_args) })

typedef struct rn_triu_args {
    rn_tensor *x;
    rn_site site;
    int64_t k;
} rn_triu_args;
/** The upper triangle of matrices: what is below a diagonal becomes 0.
 *
 *  y[.., i, j] = j - i >= k ? x[.., i, j] : 0
 *
 *  Shapes   x [.., M, N], y as x
 *  Option   .k: above (positive) or below the main diagonal (default 0)
 *  Errors   SHAPE below rank 2
 *  Since    0.1
 */
RN_API rn_tensor *rn_triu_at(const rn_triu_args *args);
#define rn_triu(...) rn_triu_at(&(rn_triu_args){ __VA_ARGS__, .site = RN_SITE(rn_triu_args) })

typedef struct rn_trunc_args {
    rn_tensor *x;
    rn_site site;
} rn_trunc_args;
/** The whole part: rounded towards zero. The gradient is zero.
 *
 *  y = trunc(x)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers are unchanged
 *  Since    0.1
 */
RN_API rn_tensor *rn_trunc_at(const rn_trunc_args *args);
#define rn_trunc(...) rn_trunc_at(&(rn_trunc_args){ __VA_ARGS__, .site = RN_SITE(rn_trunc_args) })

typedef struct rn_truncated_normal_args {
    rn_shape shape;
    double low;
    double high;
    rn_site site;
    double mean;
    double sigma;
    rn_dtype dtype;
} rn_truncated_normal_args;
/** Normal between two bounds, also where those are far from the mean.
 *  Argument shape: shape of the result
 *  Argument low: smallest value
 *  Argument high: largest value
 *  Option   .mean: mean without the bounds (default 0)
 *  Option   .sigma: standard deviation without the bounds (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers; ARG unless low < high and something is between them
 *  Since    0.1
 */
RN_API rn_tensor *rn_truncated_normal_at(const rn_truncated_normal_args *args);
#define rn_truncated_normal(...) rn_truncated_normal_at(&(rn_truncated_normal_args){ __VA_ARGS__, .site = RN_SITE(rn_truncated_normal_args) })

typedef struct rn_uniform_args {
    rn_shape shape;
    rn_site site;
    double low;
    double high;
    rn_dtype dtype;
} rn_uniform_args;
/** Uniform in [low, high).
 *
 *  y = low + (high - low) * rand(seed, stream)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .low: smallest value (default 0)
 *  Option   .high: values stay below (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Errors   DTYPE for whole numbers
 *  Since    0.1
 */
RN_API rn_tensor *rn_uniform_at(const rn_uniform_args *args);
#define rn_uniform(...) rn_uniform_at(&(rn_uniform_args){ __VA_ARGS__, .site = RN_SITE(rn_uniform_args) })

typedef struct rn_unique_args {
    rn_tensor *x;
    rn_site site;
    rn_tensor **index; /* to be set to the result of that name */
    rn_tensor **inverse; /* to be set to the result of that name */
    rn_tensor **counts; /* to be set to the result of that name */
} rn_unique_args;
/** The different elements in rising order. x is computed at the call; all NaN are one.
 *  Shapes   x   ->   y [n]; .index [n]: where each is first, row-major; .inverse as x: x = y[inverse]; .counts [n]: how often; all i64
 *  Since    0.1
 */
RN_API rn_tensor *rn_unique_at(const rn_unique_args *args);
#define rn_unique(...) rn_unique_at(&(rn_unique_args){ __VA_ARGS__, .site = RN_SITE(rn_unique_args) })

typedef struct rn_unpool1d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[1];
    int64_t stride[1];
    int64_t pad[1];
    int64_t size[1];
} rn_unpool1d_args;
/** 1-D unpooling: each element is repeated over its window; where windows overlap they are added.
 *  Shapes   x [N, C, T] -> y [N, C, To], each size X becomes stride (X - 1) + kernel - 2 pad
 *  Types    f16, bf16, f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .size: sizes of y instead of the smallest that fit (default 0)
 *  Errors   SHAPE if pooling y would not give the sizes of x
 *  Since    0.1
 */
RN_API rn_tensor *rn_unpool1d_at(const rn_unpool1d_args *args);
#define rn_unpool1d(...) rn_unpool1d_at(&(rn_unpool1d_args){ __VA_ARGS__, .site = RN_SITE(rn_unpool1d_args) })

typedef struct rn_unpool2d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[2];
    int64_t stride[2];
    int64_t pad[2];
    int64_t size[2];
} rn_unpool2d_args;
/** 2-D unpooling: each element is repeated over its window; where windows overlap they are added.
 *  Shapes   x [N, C, H, W] -> y [N, C, Ho, Wo], each size X becomes stride (X - 1) + kernel - 2 pad
 *  Types    f16, bf16, f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .size: sizes of y instead of the smallest that fit (default 0)
 *  Errors   SHAPE if pooling y would not give the sizes of x
 *  Since    0.1
 */
RN_API rn_tensor *rn_unpool2d_at(const rn_unpool2d_args *args);
#define rn_unpool2d(...) rn_unpool2d_at(&(rn_unpool2d_args){ __VA_ARGS__, .site = RN_SITE(rn_unpool2d_args) })

typedef struct rn_unpool3d_args {
    rn_tensor *x;
    int64_t kernel;
    rn_site site;
    int64_t window[3];
    int64_t stride[3];
    int64_t pad[3];
    int64_t size[3];
} rn_unpool3d_args;
/** 3-D unpooling: each element is repeated over its window; where windows overlap they are added.
 *  Shapes   x [N, C, D, H, W] -> y [N, C, Do, Ho, Wo], each size X becomes stride (X - 1) + kernel - 2 pad
 *  Types    f16, bf16, f32, f64
 *  Argument kernel: side of the window in elements; 0: sides as .window says
 *  Option   .window: sides of the window where they differ (default 0)
 *  Option   .stride: step of the window; left out: its sides (default 0)
 *  Option   .pad: padding at both ends of each spatial axis (default 0)
 *  Option   .size: sizes of y instead of the smallest that fit (default 0)
 *  Errors   SHAPE if pooling y would not give the sizes of x
 *  Since    0.1
 */
RN_API rn_tensor *rn_unpool3d_at(const rn_unpool3d_args *args);
#define rn_unpool3d(...) rn_unpool3d_at(&(rn_unpool3d_args){ __VA_ARGS__, .site = RN_SITE(rn_unpool3d_args) })

typedef struct rn_var_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
    int64_t ddof;
} rn_var_args;
/** Variance over axes.
 *
 *  y = sum((x - mean(x)) ** 2) / (n - ddof)
 *
 *  Types    16-bit floats are computed in f32; whole numbers give f64
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Option   .ddof: taken off the number of elements that is divided by; 1 estimates without bias (default 0)
 *  Errors   ARG unless axes names axes of x, each once
 *  Since    0.1
 */
RN_API rn_tensor *rn_var_at(const rn_var_args *args);
#define rn_var(...) rn_var_at(&(rn_var_args){ __VA_ARGS__, .site = RN_SITE(rn_var_args) })

typedef struct rn_vstack_args {
    rn_list xs;
    rn_site site;
} rn_vstack_args;
/** One below the other: along the first axis, vectors as rows.
 *  Errors   those of concat
 *  Since    0.1
 */
RN_API rn_tensor *rn_vstack_at(const rn_vstack_args *args);
#define rn_vstack(...) rn_vstack_at(&(rn_vstack_args){ __VA_ARGS__, .site = RN_SITE(rn_vstack_args) })

typedef struct rn_weight_standardization_args {
    rn_tensor *w;
    rn_site site;
    double eps;
} rn_weight_standardization_args;
/** Each filter to mean 0 and variance 1.
 *
 *  y = (w - mean) / sqrt(var + eps), with mean and var over all axes but the first
 *
 *  Shapes   w [K, ...] -> y like w
 *  Types    f16, bf16 (statistics in f32), f32, f64
 *  Option   .eps: added to the variance (default 1e-05)
 *  Errors   SHAPE if w has fewer than 2 axes; DTYPE for integers
 *  Source   Qiao et al. 2019, arXiv:1903.10520
 *  Since    0.1
 */
RN_API rn_tensor *rn_weight_standardization_at(const rn_weight_standardization_args *args);
#define rn_weight_standardization(...) rn_weight_standardization_at(&(rn_weight_standardization_args){ __VA_ARGS__, .site = RN_SITE(rn_weight_standardization_args) })

typedef struct rn_where_args {
    rn_tensor *cond;
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_where_args;
/** x where cond is not zero, else z. What is not taken has no influence, not even as NaN.
 *
 *  y = cond ? x : z
 *
 *  Shapes   all three broadcast; y as they do
 *  Types    that of x and z; cond of any type
 *  Errors   SHAPE if the shapes do not broadcast
 *  Since    0.1
 */
RN_API rn_tensor *rn_where_at(const rn_where_args *args);
#define rn_where(...) rn_where_at(&(rn_where_args){ __VA_ARGS__, .site = RN_SITE(rn_where_args) })

typedef struct rn_xlogy_args {
    rn_tensor *x;
    rn_tensor *z;
    rn_site site;
} rn_xlogy_args;
/** x * log(z), and 0 where x is 0.
 *
 *  y = x == 0 && !isnan(z) ? 0 : x * log(z)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Since    0.1
 */
RN_API rn_tensor *rn_xlogy_at(const rn_xlogy_args *args);
#define rn_xlogy(...) rn_xlogy_at(&(rn_xlogy_args){ __VA_ARGS__, .site = RN_SITE(rn_xlogy_args) })

typedef struct rn_zeros_args {
    rn_shape shape;
    rn_site site;
    rn_dtype dtype;
} rn_zeros_args;
/** A tensor of zeros.
 *
 *  y = 0
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_zeros_at(const rn_zeros_args *args);
#define rn_zeros(...) rn_zeros_at(&(rn_zeros_args){ __VA_ARGS__, .site = RN_SITE(rn_zeros_args) })

typedef struct rn_zeros_like_args {
    rn_tensor *x;
    rn_site site;
    rn_dtype dtype;
} rn_zeros_like_args;
/** Zeros in the shape and type of x.
 *  Shapes   y as x
 *  Option   .dtype: type of the result; that of x by default
 *  Since    0.1
 */
RN_API rn_tensor *rn_zeros_like_at(const rn_zeros_like_args *args);
#define rn_zeros_like(...) rn_zeros_like_at(&(rn_zeros_like_args){ __VA_ARGS__, .site = RN_SITE(rn_zeros_like_args) })

typedef struct rn_zeta_args {
    rn_tensor *s;
    rn_tensor *q;
    rn_site site;
} rn_zeta_args;
/** Hurwitz's zeta function for s > 1 and q > 0; NaN elsewhere, infinite where a term is. Differentiable by q.
 *
 *  y = sum_{k >= 0} (q + k) ** -s
 *
 *  Shapes   inputs broadcast; y as they do
 *  Types    integers give floats, as in NumPy
 *  Errors   SHAPE if s and q do not broadcast; UNSUPPORTED for the gradient by s
 *  Source   Abramowitz & Stegun 1964, 23.1.30
 *  Since    0.1
 */
RN_API rn_tensor *rn_zeta_at(const rn_zeta_args *args);
#define rn_zeta(...) rn_zeta_at(&(rn_zeta_args){ __VA_ARGS__, .site = RN_SITE(rn_zeta_args) })

typedef struct rn_zoneout_args {
    rn_tensor *h;
    rn_tensor *x;
    double ratio;
    rn_site site;
} rn_zoneout_args;
/** In training each element is that of h with probability ratio, else that of x; in evaluation the mean.
 *
 *  y = r < ratio ? h : x, r uniform in [0, 1); in evaluation ratio * h + (1 - ratio) * x
 *
 *  Shapes   h as x, y as they
 *  Argument ratio: probability that an element keeps its old value
 *  Errors   SHAPE if they differ; ARG for a ratio outside [0, 1]
 *  Source   Krueger et al. 2017, arXiv:1606.01305
 *  Since    0.1
 */
RN_API rn_tensor *rn_zoneout_at(const rn_zoneout_args *args);
#define rn_zoneout(...) rn_zoneout_at(&(rn_zoneout_args){ __VA_ARGS__, .site = RN_SITE(rn_zoneout_args) })

#ifdef __cplusplus
}
#endif
#endif
