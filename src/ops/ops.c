/* The public wrappers of the functions on tensors. Written by scripts/opgen.c; do not edit. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "engine/record.h"

extern const rn_op rn_ops_basic[];
extern const rn_op rn_op_leaky_relu;
extern const rn_op rn_ops_conv[];
extern const rn_op rn_ops_convolution[];
extern const rn_op rn_ops_deconvolution[];
extern const rn_op rn_op_depthwise_conv2d;
extern const rn_op rn_op_matmul;
extern const rn_op rn_ops_arithmetic[];
extern const rn_op rn_op_cast;
extern const rn_op rn_op_copy;
extern const rn_op rn_ops_draw[];
extern const rn_op rn_ops_fill[];
extern const rn_op rn_op_sum_to;
extern const rn_op rn_ops_sums[];
extern const rn_op rn_op_broadcast_to;
extern const rn_op rn_ops_identity[];
extern const rn_op rn_op_reshape;
extern const rn_op rn_op_transpose;

rn_tensor *rn_add_at(const rn_add_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_add_scalar_at(const rn_add_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_add_scalar_args, c), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[5], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_broadcast_to_at(const rn_broadcast_to_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_broadcast_to_args, shape), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_broadcast_to, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cast_at(const rn_cast_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_cast_args, dtype), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_cast, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_conv1d_at(const rn_conv1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_conv1d_args, stride), offsetof(rn_conv1d_args, pad), offsetof(rn_conv1d_args, pad_extra), offsetof(rn_conv1d_args, dilation), offsetof(rn_conv1d_args, groups), offsetof(rn_conv1d_args, cover_all), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_convolution[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_conv2d_at(const rn_conv2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_conv2d_args, stride), offsetof(rn_conv2d_args, pad), offsetof(rn_conv2d_args, pad_extra), offsetof(rn_conv2d_args, dilation), offsetof(rn_conv2d_args, groups), offsetof(rn_conv2d_args, cover_all), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_convolution[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_conv3d_at(const rn_conv3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_conv3d_args, stride), offsetof(rn_conv3d_args, pad), offsetof(rn_conv3d_args, pad_extra), offsetof(rn_conv3d_args, dilation), offsetof(rn_conv3d_args, groups), offsetof(rn_conv3d_args, cover_all), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_convolution[2], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_copy_at(const rn_copy_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_copy, &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_deconv1d_at(const rn_deconv1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_deconv1d_args, stride), offsetof(rn_deconv1d_args, pad), offsetof(rn_deconv1d_args, pad_extra), offsetof(rn_deconv1d_args, dilation), offsetof(rn_deconv1d_args, groups), offsetof(rn_deconv1d_args, out_pad), offsetof(rn_deconv1d_args, size), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_deconvolution[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_deconv2d_at(const rn_deconv2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_deconv2d_args, stride), offsetof(rn_deconv2d_args, pad), offsetof(rn_deconv2d_args, pad_extra), offsetof(rn_deconv2d_args, dilation), offsetof(rn_deconv2d_args, groups), offsetof(rn_deconv2d_args, out_pad), offsetof(rn_deconv2d_args, size), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_deconvolution[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_deconv3d_at(const rn_deconv3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_deconv3d_args, stride), offsetof(rn_deconv3d_args, pad), offsetof(rn_deconv3d_args, pad_extra), offsetof(rn_deconv3d_args, dilation), offsetof(rn_deconv3d_args, groups), offsetof(rn_deconv3d_args, out_pad), offsetof(rn_deconv3d_args, size), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_deconvolution[2], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_depthwise_conv2d_at(const rn_depthwise_conv2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_depthwise_conv2d_args, stride), offsetof(rn_depthwise_conv2d_args, pad), offsetof(rn_depthwise_conv2d_args, pad_extra), offsetof(rn_depthwise_conv2d_args, dilation), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_op_depthwise_conv2d, &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_div_at(const rn_div_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_full_at(const rn_full_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_full_args, shape), offsetof(rn_full_args, value), offsetof(rn_full_args, dtype), };
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_fill[2], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_leaky_relu_at(const rn_leaky_relu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_leaky_relu_args, slope), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_leaky_relu, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_matmul_at(const rn_matmul_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_matmul_args, trans_a), offsetof(rn_matmul_args, trans_b), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_op_matmul, &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mean_at(const rn_mean_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_mean_args, axes), offsetof(rn_mean_args, keepdims), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sums[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mul_at(const rn_mul_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mul_scalar_at(const rn_mul_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_mul_scalar_args, c), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[6], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_neg_at(const rn_neg_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_normal_at(const rn_normal_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_normal_args, shape), offsetof(rn_normal_args, mean), offsetof(rn_normal_args, sigma), offsetof(rn_normal_args, dtype), };
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[1], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ones_at(const rn_ones_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_ones_args, shape), offsetof(rn_ones_args, dtype), };
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_fill[1], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_pow_scalar_at(const rn_pow_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_pow_scalar_args, c), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[9], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rdiv_scalar_at(const rn_rdiv_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rdiv_scalar_args, c), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[8], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_relu_at(const rn_relu_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_basic[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_reshape_at(const rn_reshape_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_reshape_args, shape), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_reshape, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rsub_scalar_at(const rn_rsub_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rsub_scalar_args, c), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[7], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sigmoid_at(const rn_sigmoid_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_basic[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sub_at(const rn_sub_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sum_at(const rn_sum_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_sum_args, axes), offsetof(rn_sum_args, keepdims), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sums[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sum_to_at(const rn_sum_to_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_sum_to_args, shape), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_sum_to, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tanh_at(const rn_tanh_args *a)
{
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_basic[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_transpose_at(const rn_transpose_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_transpose_args, axes), };
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_transpose, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_uniform_at(const rn_uniform_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_uniform_args, shape), offsetof(rn_uniform_args, low), offsetof(rn_uniform_args, high), offsetof(rn_uniform_args, dtype), };
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_zeros_at(const rn_zeros_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_zeros_args, shape), offsetof(rn_zeros_args, dtype), };
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_fill[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

