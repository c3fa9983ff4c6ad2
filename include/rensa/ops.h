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

typedef struct rn_mean_args {
    rn_tensor *x;
    rn_site site;
    rn_axes axes;
    bool keepdims;
} rn_mean_args;
/** Mean over axes.
 *  Types    integers give floats
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
 *  Since    0.1
 */
RN_API rn_tensor *rn_mean_at(const rn_mean_args *args);
#define rn_mean(...) rn_mean_at(&(rn_mean_args){ __VA_ARGS__, .site = RN_SITE(rn_mean_args) })

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

typedef struct rn_normal_args {
    rn_shape shape;
    rn_site site;
    double mean;
    double sigma;
    rn_dtype dtype;
} rn_normal_args;
/** Normal, by the inverse of the distribution function.
 *
 *  y = mean + sigma * 1.4142135623730951 * erfinv(2 * rand(seed, stream) - 1 + 5.9604644775390625e-8)
 *
 *  Shapes   inputs broadcast; y as they do
 *  Argument shape: shape of the result
 *  Option   .mean: mean (default 0)
 *  Option   .sigma: standard deviation (default 1)
 *  Option   .dtype: type of the result (default f32)
 *  Since    0.1
 */
RN_API rn_tensor *rn_normal_at(const rn_normal_args *args);
#define rn_normal(...) rn_normal_at(&(rn_normal_args){ __VA_ARGS__, .site = RN_SITE(rn_normal_args) })

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
 *  Types    16-bit floats are added in f32
 *  Option   .axes: axes to reduce; left out: all
 *  Option   .keepdims: reduced axes stay, with size 1 (default false)
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
 *  Since    0.1
 */
RN_API rn_tensor *rn_uniform_at(const rn_uniform_args *args);
#define rn_uniform(...) rn_uniform_at(&(rn_uniform_args){ __VA_ARGS__, .site = RN_SITE(rn_uniform_args) })

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

#ifdef __cplusplus
}
#endif
#endif
