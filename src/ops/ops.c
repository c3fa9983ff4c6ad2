/* The public wrappers of the functions on tensors. Written by scripts/opgen.c; do not edit. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/error.h"
#include "engine/record.h"

extern const rn_op rn_ops_basic[];
extern const rn_op rn_op_gelu;
extern const rn_op rn_ops_halves[];
extern const rn_op rn_op_leaky_relu;
extern const rn_op rn_op_maxout;
extern const rn_op rn_ops_parametric[];
extern const rn_op rn_ops_rectifiers[];
extern const rn_op rn_ops_smooth[];
extern const rn_op rn_ops_softmax[];
extern const rn_op rn_ops_attention[];
extern const rn_op rn_op_scaled_dot_product_attention;
extern const rn_op rn_ops_weights[];
extern const rn_op rn_ops_conv[];
extern const rn_op rn_ops_convolution[];
extern const rn_op rn_ops_deconvolution[];
extern const rn_op rn_op_depthwise_conv2d;
extern const rn_op rn_ops_fill[];
extern const rn_op rn_ops_like[];
extern const rn_op rn_ops_matrix[];
extern const rn_op rn_ops_spaced[];
extern const rn_op rn_ops_accuracy[];
extern const rn_op rn_ops_classification[];
extern const rn_op rn_op_r2_score;
extern const rn_op rn_ops_along[];
extern const rn_op rn_ops_bincount[];
extern const rn_op rn_ops_gather_nd[];
extern const rn_op rn_ops_host_shape[];
extern const rn_op rn_op_interp;
extern const rn_op rn_op_one_hot;
extern const rn_op rn_op_searchsorted;
extern const rn_op rn_ops_sort[];
extern const rn_op rn_ops_take[];
extern const rn_op rn_op_einsum;
extern const rn_op rn_op_linear;
extern const rn_op rn_op_matmul;
extern const rn_op rn_ops_products[];
extern const rn_op rn_ops_solve[];
extern const rn_op rn_ops_binary_cross_entropy[];
extern const rn_op rn_ops_errors[];
extern const rn_op rn_op_hinge;
extern const rn_op rn_ops_likelihood[];
extern const rn_op rn_ops_metric[];
extern const rn_op rn_ops_nll[];
extern const rn_op rn_op_softmax_cross_entropy;
extern const rn_op rn_ops_softmax_nll[];
extern const rn_op rn_ops_arithmetic[];
extern const rn_op rn_ops_binary[];
extern const rn_op rn_ops_bits[];
extern const rn_op rn_op_cast;
extern const rn_op rn_ops_compare[];
extern const rn_op rn_op_copy;
extern const rn_op rn_ops_exponential[];
extern const rn_op rn_ops_logic[];
extern const rn_op rn_op_nan_to_num;
extern const rn_op rn_ops_rounding[];
extern const rn_op rn_ops_special[];
extern const rn_op rn_ops_trigonometric[];
extern const rn_op rn_op_where;
extern const rn_op rn_ops_zeta[];
extern const rn_op rn_ops_batch_norm[];
extern const rn_op rn_op_fixed_batch_norm;
extern const rn_op rn_ops_group_norm[];
extern const rn_op rn_ops_layer_norm[];
extern const rn_op rn_ops_normalize[];
extern const rn_op rn_ops_steps[];
extern const rn_op rn_ops_average_pool[];
extern const rn_op rn_op_global_average_pool;
extern const rn_op rn_op_im2col;
extern const rn_op rn_ops_max_pool[];
extern const rn_op rn_ops_pooling[];
extern const rn_op rn_op_resize;
extern const rn_op rn_ops_roi_align[];
extern const rn_op rn_ops_spatial_transformer[];
extern const rn_op rn_ops_unpooling[];
extern const rn_op rn_ops_discrete[];
extern const rn_op rn_ops_draw[];
extern const rn_op rn_ops_gamma[];
extern const rn_op rn_ops_noise[];
extern const rn_op rn_ops_average[];
extern const rn_op rn_ops_cumulative[];
extern const rn_op rn_ops_extremes[];
extern const rn_op rn_op_logsumexp;
extern const rn_op rn_op_norm;
extern const rn_op rn_op_prod;
extern const rn_op rn_ops_span[];
extern const rn_op rn_op_sum_to;
extern const rn_op rn_ops_sums[];
extern const rn_op rn_ops_truth[];
extern const rn_op rn_ops_variance[];
extern const rn_op rn_ops_cells[];
extern const rn_op rn_ops_gru_layer[];
extern const rn_op rn_ops_lstm_layer[];
extern const rn_op rn_ops_rnn_layer[];
extern const rn_op rn_ops_sequence[];
extern const rn_op rn_ops_step[];
extern const rn_op rn_ops_as_strided[];
extern const rn_op rn_ops_axes_order[];
extern const rn_op rn_ops_blocks[];
extern const rn_op rn_op_broadcast_to;
extern const rn_op rn_ops_concat[];
extern const rn_op rn_ops_diagonal[];
extern const rn_op rn_op_diff;
extern const rn_op rn_ops_flip[];
extern const rn_op rn_ops_identity[];
extern const rn_op rn_ops_pad[];
extern const rn_op rn_ops_rank[];
extern const rn_op rn_op_reshape;
extern const rn_op rn_ops_slice[];
extern const rn_op rn_op_split;
extern const rn_op rn_ops_tile[];
extern const rn_op rn_op_transpose;

rn_tensor *rn_abs_at(const rn_abs_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_absolute_error_at(const rn_absolute_error_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_errors[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_accuracy_at(const rn_accuracy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_accuracy_args, ignore_label), offsetof(rn_accuracy_args, ignore_zero), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_accuracy[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_acos_at(const rn_acos_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_acosh_at(const rn_acosh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[10], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_add_at(const rn_add_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_add_scalar_at(const rn_add_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_add_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[5], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_all_at(const rn_all_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_all_args, axes), offsetof(rn_all_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_truth[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_any_at(const rn_any_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_any_args, axes), offsetof(rn_any_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_truth[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_arange_at(const rn_arange_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_arange_args, start), offsetof(rn_arange_args, stop), offsetof(rn_arange_args, step), offsetof(rn_arange_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_spaced[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_argmax_at(const rn_argmax_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_argmax_args, axes), offsetof(rn_argmax_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_extremes[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_argmin_at(const rn_argmin_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_argmin_args, axes), offsetof(rn_argmin_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_extremes[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_argsort_at(const rn_argsort_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_argsort_args, axis), offsetof(rn_argsort_args, descending), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sort[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_as_strided_at(const rn_as_strided_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_as_strided_args, shape), offsetof(rn_as_strided_args, strides), offsetof(rn_as_strided_args, offset), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_as_strided[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_asin_at(const rn_asin_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_asinh_at(const rn_asinh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[9], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_atan_at(const rn_atan_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_atan2_at(const rn_atan2_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_trigonometric[6], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_atanh_at(const rn_atanh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[11], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_average_at(const rn_average_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_average_args, axes), offsetof(rn_average_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->weights, };
    if (!rni_apply(&rn_ops_average[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_average_pool1d_at(const rn_average_pool1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_average_pool1d_args, kernel), offsetof(rn_average_pool1d_args, window), offsetof(rn_average_pool1d_args, stride), offsetof(rn_average_pool1d_args, pad), offsetof(rn_average_pool1d_args, pad_extra), offsetof(rn_average_pool1d_args, dilation), offsetof(rn_average_pool1d_args, cover_all), offsetof(rn_average_pool1d_args, exclude_pad), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pooling[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_average_pool2d_at(const rn_average_pool2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_average_pool2d_args, kernel), offsetof(rn_average_pool2d_args, window), offsetof(rn_average_pool2d_args, stride), offsetof(rn_average_pool2d_args, pad), offsetof(rn_average_pool2d_args, pad_extra), offsetof(rn_average_pool2d_args, dilation), offsetof(rn_average_pool2d_args, cover_all), offsetof(rn_average_pool2d_args, exclude_pad), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pooling[4], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_average_pool3d_at(const rn_average_pool3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_average_pool3d_args, kernel), offsetof(rn_average_pool3d_args, window), offsetof(rn_average_pool3d_args, stride), offsetof(rn_average_pool3d_args, pad), offsetof(rn_average_pool3d_args, pad_extra), offsetof(rn_average_pool3d_args, dilation), offsetof(rn_average_pool3d_args, cover_all), offsetof(rn_average_pool3d_args, exclude_pad), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pooling[5], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_batch_norm_at(const rn_batch_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_batch_norm_args, axes), offsetof(rn_batch_norm_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[3] = { 0 };
    rn_tensor *const in[] = { a->x, a->gamma, a->beta, };
    if (!rni_apply(&rn_ops_batch_norm[0], &a->site, in, 3, a, offsets, out)) return NULL;
    if (a->mean) *a->mean = out[1];
    if (a->var) *a->var = out[2];
    return out[0];
}

rn_tensor *rn_bernoulli_at(const rn_bernoulli_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_bernoulli_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->p, };
    if (!rni_apply(&rn_ops_discrete[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_bernoulli_nll_at(const rn_bernoulli_nll_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_bernoulli_nll_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary_cross_entropy[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_beta_at(const rn_beta_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_gamma[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_binary_accuracy_at(const rn_binary_accuracy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_binary_accuracy_args, ignore_label), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_accuracy[1], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_binary_cross_entropy_at(const rn_binary_cross_entropy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_binary_cross_entropy_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_ops_binary_cross_entropy[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_bincount_at(const rn_bincount_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_bincount_args, n), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->weights, };
    if (!rni_apply(&rn_ops_bincount[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_bitwise_and_at(const rn_bitwise_and_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_bits[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_bitwise_not_at(const rn_bitwise_not_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_bits[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_bitwise_or_at(const rn_bitwise_or_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_bits[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_bitwise_xor_at(const rn_bitwise_xor_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_bits[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_boolean_mask_at(const rn_boolean_mask_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->mask, };
    if (!rni_apply(&rn_ops_host_shape[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_broadcast_to_at(const rn_broadcast_to_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_broadcast_to_args, shape), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_broadcast_to, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cast_at(const rn_cast_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_cast_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_cast, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_categorical_cross_entropy_at(const rn_categorical_cross_entropy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_categorical_cross_entropy_args, ignore_label), offsetof(rn_categorical_cross_entropy_args, ignore_zero), offsetof(rn_categorical_cross_entropy_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_ops_nll[1], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cbrt_at(const rn_cbrt_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[9], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ceil_at(const rn_ceil_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_celu_at(const rn_celu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_celu_args, alpha), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[4], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_choice_at(const rn_choice_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_choice_args, n), offsetof(rn_choice_args, shape), offsetof(rn_choice_args, no_replace), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_discrete[4], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cholesky_at(const rn_cholesky_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, };
    if (!rni_apply(&rn_ops_solve[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_classification_summary_at(const rn_classification_summary_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_classification_summary_args, ignore_label), offsetof(rn_classification_summary_args, ignore_zero), offsetof(rn_classification_summary_args, beta), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[4] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_classification[4], &a->site, in, 2, a, offsets, out)) return NULL;
    if (a->recall) *a->recall = out[1];
    if (a->fbeta) *a->fbeta = out[2];
    if (a->support) *a->support = out[3];
    return out[0];
}

rn_tensor *rn_clip_at(const rn_clip_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_clip_args, min), offsetof(rn_clip_args, max), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_binary[6], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_clipped_relu_at(const rn_clipped_relu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_clipped_relu_args, z), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_concat_at(const rn_concat_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_concat_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_concat[0], &a->site, a->xs.at, a->xs.n, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_confusion_matrix_at(const rn_confusion_matrix_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_confusion_matrix_args, ignore_label), offsetof(rn_confusion_matrix_args, ignore_zero), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_classification[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_contrastive_at(const rn_contrastive_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_contrastive_args, margin), offsetof(rn_contrastive_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, a->t, };
    if (!rni_apply(&rn_ops_metric[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_conv1d_at(const rn_conv1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_conv1d_args, stride), offsetof(rn_conv1d_args, pad), offsetof(rn_conv1d_args, pad_extra), offsetof(rn_conv1d_args, dilation), offsetof(rn_conv1d_args, groups), offsetof(rn_conv1d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_convolution[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_conv2d_at(const rn_conv2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_conv2d_args, stride), offsetof(rn_conv2d_args, pad), offsetof(rn_conv2d_args, pad_extra), offsetof(rn_conv2d_args, dilation), offsetof(rn_conv2d_args, groups), offsetof(rn_conv2d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_convolution[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_conv3d_at(const rn_conv3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_conv3d_args, stride), offsetof(rn_conv3d_args, pad), offsetof(rn_conv3d_args, pad_extra), offsetof(rn_conv3d_args, dilation), offsetof(rn_conv3d_args, groups), offsetof(rn_conv3d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_convolution[2], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_copy_at(const rn_copy_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_copy, &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_copysign_at(const rn_copysign_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_rounding[7], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cos_at(const rn_cos_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cosh_at(const rn_cosh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[8], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cosine_similarity_at(const rn_cosine_similarity_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_cosine_similarity_args, axis), offsetof(rn_cosine_similarity_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_metric[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_count_nonzero_at(const rn_count_nonzero_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_count_nonzero_args, axes), offsetof(rn_count_nonzero_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_truth[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_crelu_at(const rn_crelu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_crelu_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_halves[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cross_at(const rn_cross_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_cross_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_products[5], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cumprod_at(const rn_cumprod_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_cumprod_args, axis), offsetof(rn_cumprod_args, exclusive), offsetof(rn_cumprod_args, reverse), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_cumulative[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_cumsum_at(const rn_cumsum_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_cumsum_args, axis), offsetof(rn_cumsum_args, exclusive), offsetof(rn_cumsum_args, reverse), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_cumulative[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_deconv1d_at(const rn_deconv1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_deconv1d_args, stride), offsetof(rn_deconv1d_args, pad), offsetof(rn_deconv1d_args, pad_extra), offsetof(rn_deconv1d_args, dilation), offsetof(rn_deconv1d_args, groups), offsetof(rn_deconv1d_args, out_pad), offsetof(rn_deconv1d_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_deconvolution[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_deconv2d_at(const rn_deconv2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_deconv2d_args, stride), offsetof(rn_deconv2d_args, pad), offsetof(rn_deconv2d_args, pad_extra), offsetof(rn_deconv2d_args, dilation), offsetof(rn_deconv2d_args, groups), offsetof(rn_deconv2d_args, out_pad), offsetof(rn_deconv2d_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_deconvolution[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_deconv3d_at(const rn_deconv3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_deconv3d_args, stride), offsetof(rn_deconv3d_args, pad), offsetof(rn_deconv3d_args, pad_extra), offsetof(rn_deconv3d_args, dilation), offsetof(rn_deconv3d_args, groups), offsetof(rn_deconv3d_args, out_pad), offsetof(rn_deconv3d_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_ops_deconvolution[2], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_degrees_at(const rn_degrees_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[13], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_depth2space_at(const rn_depth2space_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_depth2space_args, r), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_blocks[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_depthwise_conv2d_at(const rn_depthwise_conv2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_depthwise_conv2d_args, stride), offsetof(rn_depthwise_conv2d_args, pad), offsetof(rn_depthwise_conv2d_args, pad_extra), offsetof(rn_depthwise_conv2d_args, dilation), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_op_depthwise_conv2d, &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_det_at(const rn_det_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, };
    if (!rni_apply(&rn_ops_solve[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_diag_at(const rn_diag_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_diag_args, k), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_diagonal[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_diagonal_at(const rn_diagonal_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_diagonal_args, offset), offsetof(rn_diagonal_args, axis1), offsetof(rn_diagonal_args, axis2), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_diagonal[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_diff_at(const rn_diff_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_diff_args, axis), offsetof(rn_diff_args, n), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_diff, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_digamma_at(const rn_digamma_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_zeta[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_div_at(const rn_div_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_dot_at(const rn_dot_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_products[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_dropout_at(const rn_dropout_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_dropout_args, ratio), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_noise[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_dstack_at(const rn_dstack_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_concat[4], &a->site, a->xs.at, a->xs.n, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_einsum_at(const rn_einsum_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_einsum_args, equation), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_op_einsum, &a->site, a->xs.at, a->xs.n, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_elu_at(const rn_elu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_elu_args, alpha), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_embed_at(const rn_embed_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_embed_args, ignore), offsetof(rn_embed_args, ignore_label), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, };
    if (!rni_apply(&rn_ops_take[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_epsilon_insensitive_loss_at(const rn_epsilon_insensitive_loss_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_epsilon_insensitive_loss_args, epsilon), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_errors[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_equal_at(const rn_equal_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_compare[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_equal_scalar_at(const rn_equal_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_equal_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_compare[6], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_erf_at(const rn_erf_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_erfc_at(const rn_erfc_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_erfcinv_at(const rn_erfcinv_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_erfcx_at(const rn_erfcx_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_erfinv_at(const rn_erfinv_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_exp_at(const rn_exp_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_exp2_at(const rn_exp2_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_expand_dims_at(const rn_expand_dims_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_expand_dims_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rank[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_expm1_at(const rn_expm1_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_exponential_at(const rn_exponential_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_exponential_args, shape), offsetof(rn_exponential_args, scale), offsetof(rn_exponential_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[4], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_eye_at(const rn_eye_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_eye_args, rows), offsetof(rn_eye_args, columns), offsetof(rn_eye_args, k), offsetof(rn_eye_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_matrix[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_f1_score_at(const rn_f1_score_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_f1_score_args, ignore_label), offsetof(rn_f1_score_args, ignore_zero), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_classification[3], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_fix_at(const rn_fix_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[6], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_fixed_batch_norm_at(const rn_fixed_batch_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_fixed_batch_norm_args, axes), offsetof(rn_fixed_batch_norm_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->mean, a->var, a->gamma, a->beta, };
    if (!rni_apply(&rn_op_fixed_batch_norm, &a->site, in, 5, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_flatten_at(const rn_flatten_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_flatten_args, start), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rank[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_flip_at(const rn_flip_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_flip_args, axes), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_flip[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_fliplr_at(const rn_fliplr_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_flip[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_flipud_at(const rn_flipud_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_flip[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_floor_at(const rn_floor_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_floor_divide_at(const rn_floor_divide_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[9], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_fma_at(const rn_fma_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, a->c, };
    if (!rni_apply(&rn_ops_binary[13], &a->site, in, 3, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_fmod_at(const rn_fmod_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[8], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_full_at(const rn_full_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_full_args, shape), offsetof(rn_full_args, value), offsetof(rn_full_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_fill[2], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_full_like_at(const rn_full_like_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_full_like_args, value), offsetof(rn_full_like_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_like[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gamma_at(const rn_gamma_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, };
    if (!rni_apply(&rn_ops_gamma[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gather_nd_at(const rn_gather_nd_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->indices, };
    if (!rni_apply(&rn_ops_gather_nd[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gaussian_at(const rn_gaussian_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->mean, a->ln_var, };
    if (!rni_apply(&rn_ops_noise[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gaussian_kl_divergence_at(const rn_gaussian_kl_divergence_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gaussian_kl_divergence_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->mean, a->ln_var, };
    if (!rni_apply(&rn_ops_likelihood[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gaussian_nll_at(const rn_gaussian_nll_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gaussian_nll_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->mean, a->ln_var, };
    if (!rni_apply(&rn_ops_likelihood[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gaussian_noise_at(const rn_gaussian_noise_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gaussian_noise_args, sigma), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_noise[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gelu_at(const rn_gelu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gelu_args, approximate), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_gelu, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_geomspace_at(const rn_geomspace_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_geomspace_args, start), offsetof(rn_geomspace_args, stop), offsetof(rn_geomspace_args, count), offsetof(rn_geomspace_args, open), offsetof(rn_geomspace_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_spaced[3], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_get_item_at(const rn_get_item_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_get_item_args, ranges), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_slice[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_global_average_pool_at(const rn_global_average_pool_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_global_average_pool, &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_glu_at(const rn_glu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_glu_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_halves[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_greater_at(const rn_greater_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_compare[4], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_greater_equal_at(const rn_greater_equal_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_compare[5], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_greater_equal_scalar_at(const rn_greater_equal_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_greater_equal_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_compare[11], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_greater_scalar_at(const rn_greater_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_greater_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_compare[10], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_group_norm_at(const rn_group_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_group_norm_args, groups), offsetof(rn_group_norm_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->gamma, a->beta, };
    if (!rni_apply(&rn_ops_group_norm[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gru_at(const rn_gru_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gru_args, order), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->y, a->h, };
    if (!rni_apply(&rn_ops_step[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gru_sequence_at(const rn_gru_sequence_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gru_sequence_args, bidirectional), offsetof(rn_gru_sequence_args, dropout), offsetof(rn_gru_sequence_args, no_bias), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[2] = { 0 };
    rn_tensor *const in[] = { a->x, a->h, a->lengths, };
    if (!rni_apply_list(&rn_ops_sequence[1], &a->site, in, 3, &a->ws, a, offsets, out)) return NULL;
    if (a->h_n) *a->h_n = out[1];
    return out[0];
}

rn_tensor *rn_gumbel_at(const rn_gumbel_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gumbel_args, shape), offsetof(rn_gumbel_args, loc), offsetof(rn_gumbel_args, scale), offsetof(rn_gumbel_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[6], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_gumbel_softmax_at(const rn_gumbel_softmax_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_gumbel_softmax_args, axis), offsetof(rn_gumbel_softmax_args, tau), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_noise[4], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hard_shrink_at(const rn_hard_shrink_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_hard_shrink_args, lambda), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[8], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hard_sigmoid_at(const rn_hard_sigmoid_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hard_swish_at(const rn_hard_swish_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[7], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hard_tanh_at(const rn_hard_tanh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[6], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_heaviside_at(const rn_heaviside_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_rounding[8], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hinge_at(const rn_hinge_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_hinge_args, norm), offsetof(rn_hinge_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_op_hinge, &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_histogram_at(const rn_histogram_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_histogram_args, bins), offsetof(rn_histogram_args, low), offsetof(rn_histogram_args, high), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_bincount[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hstack_at(const rn_hstack_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_concat[2], &a->site, a->xs.at, a->xs.n, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_huber_loss_at(const rn_huber_loss_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_huber_loss_args, delta), offsetof(rn_huber_loss_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_errors[5], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_hypot_at(const rn_hypot_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_trigonometric[12], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_identity_at(const rn_identity_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_identity[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_im2col_at(const rn_im2col_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_im2col_args, kernel), offsetof(rn_im2col_args, window), offsetof(rn_im2col_args, stride), offsetof(rn_im2col_args, pad), offsetof(rn_im2col_args, pad_extra), offsetof(rn_im2col_args, dilation), offsetof(rn_im2col_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_im2col, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_inner_at(const rn_inner_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_products[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_instance_norm_at(const rn_instance_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_instance_norm_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->gamma, a->beta, };
    if (!rni_apply(&rn_ops_group_norm[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_interp_at(const rn_interp_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->xp, a->fp, };
    if (!rni_apply(&rn_op_interp, &a->site, in, 3, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_inv_at(const rn_inv_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, };
    if (!rni_apply(&rn_ops_solve[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_isfinite_at(const rn_isfinite_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_logic[6], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_isinf_at(const rn_isinf_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_logic[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_isnan_at(const rn_isnan_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_logic[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_isneginf_at(const rn_isneginf_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_logic[8], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_isposinf_at(const rn_isposinf_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_logic[7], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_kl_div_at(const rn_kl_div_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_kl_div_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_ops_likelihood[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_kl_multinomial_at(const rn_kl_multinomial_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_kl_multinomial_args, base_axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->p, a->q, };
    if (!rni_apply(&rn_ops_likelihood[3], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_kron_at(const rn_kron_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_products[4], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_laplace_at(const rn_laplace_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_laplace_args, shape), offsetof(rn_laplace_args, loc), offsetof(rn_laplace_args, scale), offsetof(rn_laplace_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[5], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_layer_norm_at(const rn_layer_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_layer_norm_args, axis), offsetof(rn_layer_norm_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->gamma, a->beta, };
    if (!rni_apply(&rn_ops_layer_norm[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_leaky_relu_at(const rn_leaky_relu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_leaky_relu_args, slope), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_leaky_relu, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_left_shift_at(const rn_left_shift_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_bits[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_lerp_at(const rn_lerp_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, a->w, };
    if (!rni_apply(&rn_ops_binary[11], &a->site, in, 3, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_less_at(const rn_less_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_compare[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_less_equal_at(const rn_less_equal_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_compare[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_less_equal_scalar_at(const rn_less_equal_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_less_equal_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_compare[9], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_less_scalar_at(const rn_less_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_less_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_compare[8], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_lgamma_at(const rn_lgamma_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_zeta[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_linear_at(const rn_linear_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_linear_args, n_batch_axes), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, a->b, };
    if (!rni_apply(&rn_op_linear, &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_linear_interpolate_at(const rn_linear_interpolate_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->p, a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[12], &a->site, in, 3, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_linspace_at(const rn_linspace_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_linspace_args, start), offsetof(rn_linspace_args, stop), offsetof(rn_linspace_args, count), offsetof(rn_linspace_args, open), offsetof(rn_linspace_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_spaced[1], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_local_response_norm_at(const rn_local_response_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_local_response_norm_args, n), offsetof(rn_local_response_norm_args, k), offsetof(rn_local_response_norm_args, alpha), offsetof(rn_local_response_norm_args, beta), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_normalize[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log_at(const rn_log_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log10_at(const rn_log10_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log1p_at(const rn_log1p_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[6], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log2_at(const rn_log2_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log_ndtr_at(const rn_log_ndtr_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[7], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log_normal_at(const rn_log_normal_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_log_normal_args, shape), offsetof(rn_log_normal_args, mean), offsetof(rn_log_normal_args, sigma), offsetof(rn_log_normal_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[2], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log_sigmoid_at(const rn_log_sigmoid_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_smooth[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_log_softmax_at(const rn_log_softmax_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_log_softmax_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_softmax[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logaddexp_at(const rn_logaddexp_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_exponential[12], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logical_and_at(const rn_logical_and_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_logic[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logical_not_at(const rn_logical_not_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_logic[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logical_or_at(const rn_logical_or_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_logic[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logical_xor_at(const rn_logical_xor_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_logic[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logit_at(const rn_logit_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[8], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logspace_at(const rn_logspace_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_logspace_args, start), offsetof(rn_logspace_args, stop), offsetof(rn_logspace_args, count), offsetof(rn_logspace_args, open), offsetof(rn_logspace_args, dtype), offsetof(rn_logspace_args, base), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_spaced[2], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_logsumexp_at(const rn_logsumexp_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_logsumexp_args, axes), offsetof(rn_logsumexp_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_logsumexp, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_lstm_at(const rn_lstm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_lstm_args, order), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[2] = { 0 };
    rn_tensor *const in[] = { a->x, a->c, };
    if (!rni_apply(&rn_ops_step[0], &a->site, in, 2, a, offsets, out)) return NULL;
    if (a->c_next) *a->c_next = out[1];
    return out[0];
}

rn_tensor *rn_lstm_sequence_at(const rn_lstm_sequence_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_lstm_sequence_args, bidirectional), offsetof(rn_lstm_sequence_args, dropout), offsetof(rn_lstm_sequence_args, no_bias), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[3] = { 0 };
    rn_tensor *const in[] = { a->x, a->h, a->c, a->lengths, };
    if (!rni_apply_list(&rn_ops_sequence[2], &a->site, in, 4, &a->ws, a, offsets, out)) return NULL;
    if (a->h_n) *a->h_n = out[1];
    if (a->c_n) *a->c_n = out[2];
    return out[0];
}

rn_tensor *rn_matmul_at(const rn_matmul_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_matmul_args, trans_a), offsetof(rn_matmul_args, trans_b), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_op_matmul, &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_at(const rn_max_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_args, axes), offsetof(rn_max_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_extremes[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_pool1d_at(const rn_max_pool1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_pool1d_args, kernel), offsetof(rn_max_pool1d_args, window), offsetof(rn_max_pool1d_args, stride), offsetof(rn_max_pool1d_args, pad), offsetof(rn_max_pool1d_args, pad_extra), offsetof(rn_max_pool1d_args, dilation), offsetof(rn_max_pool1d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pooling[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_pool2d_at(const rn_max_pool2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_pool2d_args, kernel), offsetof(rn_max_pool2d_args, window), offsetof(rn_max_pool2d_args, stride), offsetof(rn_max_pool2d_args, pad), offsetof(rn_max_pool2d_args, pad_extra), offsetof(rn_max_pool2d_args, dilation), offsetof(rn_max_pool2d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pooling[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_pool3d_at(const rn_max_pool3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_pool3d_args, kernel), offsetof(rn_max_pool3d_args, window), offsetof(rn_max_pool3d_args, stride), offsetof(rn_max_pool3d_args, pad), offsetof(rn_max_pool3d_args, pad_extra), offsetof(rn_max_pool3d_args, dilation), offsetof(rn_max_pool3d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pooling[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_unpool1d_at(const rn_max_unpool1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_unpool1d_args, kernel), offsetof(rn_max_unpool1d_args, window), offsetof(rn_max_unpool1d_args, stride), offsetof(rn_max_unpool1d_args, pad), offsetof(rn_max_unpool1d_args, pad_extra), offsetof(rn_max_unpool1d_args, dilation), offsetof(rn_max_unpool1d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->x, };
    if (!rni_apply(&rn_ops_unpooling[3], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_unpool2d_at(const rn_max_unpool2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_unpool2d_args, kernel), offsetof(rn_max_unpool2d_args, window), offsetof(rn_max_unpool2d_args, stride), offsetof(rn_max_unpool2d_args, pad), offsetof(rn_max_unpool2d_args, pad_extra), offsetof(rn_max_unpool2d_args, dilation), offsetof(rn_max_unpool2d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->x, };
    if (!rni_apply(&rn_ops_unpooling[4], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_max_unpool3d_at(const rn_max_unpool3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_max_unpool3d_args, kernel), offsetof(rn_max_unpool3d_args, window), offsetof(rn_max_unpool3d_args, stride), offsetof(rn_max_unpool3d_args, pad), offsetof(rn_max_unpool3d_args, pad_extra), offsetof(rn_max_unpool3d_args, dilation), offsetof(rn_max_unpool3d_args, cover_all), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->x, };
    if (!rni_apply(&rn_ops_unpooling[5], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_maximum_at(const rn_maximum_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_maximum_scalar_at(const rn_maximum_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_maximum_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_binary[4], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_maxout_at(const rn_maxout_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_maxout_args, pool_size), offsetof(rn_maxout_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_maxout, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mean_at(const rn_mean_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_mean_args, axes), offsetof(rn_mean_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sums[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mean_absolute_error_at(const rn_mean_absolute_error_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_errors[4], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mean_squared_error_at(const rn_mean_squared_error_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_errors[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_median_at(const rn_median_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_median_args, axes), offsetof(rn_median_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_average[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_min_at(const rn_min_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_min_args, axes), offsetof(rn_min_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_extremes[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_minimum_at(const rn_minimum_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_minimum_scalar_at(const rn_minimum_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_minimum_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_binary[5], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mish_at(const rn_mish_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_smooth[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mod_at(const rn_mod_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[7], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_moveaxis_at(const rn_moveaxis_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_moveaxis_args, source), offsetof(rn_moveaxis_args, destination), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_axes_order[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mul_at(const rn_mul_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[2], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_mul_scalar_at(const rn_mul_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_mul_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[6], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_multinomial_at(const rn_multinomial_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_multinomial_args, count), offsetof(rn_multinomial_args, no_replace), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->p, };
    if (!rni_apply(&rn_ops_discrete[5], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nan_to_num_at(const rn_nan_to_num_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_nan_to_num_args, nan), offsetof(rn_nan_to_num_args, posinf), offsetof(rn_nan_to_num_args, neginf), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_nan_to_num, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nanmax_at(const rn_nanmax_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_nanmax_args, axes), offsetof(rn_nanmax_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_span[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nanmean_at(const rn_nanmean_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_nanmean_args, axes), offsetof(rn_nanmean_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sums[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nanmin_at(const rn_nanmin_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_nanmin_args, axes), offsetof(rn_nanmin_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_span[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nansum_at(const rn_nansum_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_nansum_args, axes), offsetof(rn_nansum_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sums[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ndtr_at(const rn_ndtr_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_special[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ndtri_at(const rn_ndtri_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->p, };
    if (!rni_apply(&rn_ops_special[6], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_neg_at(const rn_neg_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nll_loss_at(const rn_nll_loss_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_nll_loss_args, ignore_label), offsetof(rn_nll_loss_args, ignore_zero), offsetof(rn_nll_loss_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, a->class_weight, };
    if (!rni_apply(&rn_ops_nll[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_nonzero_at(const rn_nonzero_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_host_shape[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_norm_at(const rn_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_norm_args, axes), offsetof(rn_norm_args, keepdims), offsetof(rn_norm_args, p), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_norm, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_normal_at(const rn_normal_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_normal_args, shape), offsetof(rn_normal_args, mean), offsetof(rn_normal_args, sigma), offsetof(rn_normal_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[1], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_normalize_at(const rn_normalize_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_normalize_args, axes), offsetof(rn_normalize_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_normalize[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_not_equal_at(const rn_not_equal_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_compare[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_not_equal_scalar_at(const rn_not_equal_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_not_equal_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_compare[7], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_one_hot_at(const rn_one_hot_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_one_hot_args, depth), offsetof(rn_one_hot_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_one_hot, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ones_at(const rn_ones_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_ones_args, shape), offsetof(rn_ones_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_fill[1], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ones_like_at(const rn_ones_like_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_ones_like_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_like[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_outer_at(const rn_outer_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_products[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_pad_at(const rn_pad_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_pad_args, before), offsetof(rn_pad_args, after), offsetof(rn_pad_args, mode), offsetof(rn_pad_args, value), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_pad[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_pad_sequence_at(const rn_pad_sequence_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_pad_sequence_args, length), offsetof(rn_pad_sequence_args, value), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_pad[2], &a->site, a->xs.at, a->xs.n, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_permutation_at(const rn_permutation_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_permutation_args, n), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_discrete[2], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_poisson_at(const rn_poisson_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->rate, };
    if (!rni_apply(&rn_ops_gamma[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_polygamma_at(const rn_polygamma_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_polygamma_args, n), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_zeta[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_pow_at(const rn_pow_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_pow_scalar_at(const rn_pow_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_pow_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[9], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_precision_at(const rn_precision_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_precision_args, ignore_label), offsetof(rn_precision_args, ignore_zero), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_classification[1], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_prelu_at(const rn_prelu_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->w, };
    if (!rni_apply(&rn_ops_parametric[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_prod_at(const rn_prod_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_prod_args, axes), offsetof(rn_prod_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_prod, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ptp_at(const rn_ptp_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_ptp_args, axes), offsetof(rn_ptp_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_span[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_put_along_axis_at(const rn_put_along_axis_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_put_along_axis_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->indices, a->values, };
    if (!rni_apply(&rn_ops_along[2], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_r2_score_at(const rn_r2_score_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_r2_score_args, multioutput), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_op_r2_score, &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_radians_at(const rn_radians_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[14], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_randint_at(const rn_randint_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_randint_args, shape), offsetof(rn_randint_args, low), offsetof(rn_randint_args, high), offsetof(rn_randint_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_discrete[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_ravel_at(const rn_ravel_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rank[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rdiv_scalar_at(const rn_rdiv_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rdiv_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[8], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_recall_at(const rn_recall_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_recall_args, ignore_label), offsetof(rn_recall_args, ignore_zero), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_classification[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_reciprocal_at(const rn_reciprocal_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[11], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_relu_at(const rn_relu_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_basic[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_relu6_at(const rn_relu6_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_repeat_at(const rn_repeat_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_repeat_args, repeats), offsetof(rn_repeat_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_tile[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_repeat_by_at(const rn_repeat_by_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_repeat_by_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->counts, };
    if (!rni_apply(&rn_ops_host_shape[3], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_reshape_at(const rn_reshape_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_reshape_args, shape), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_reshape, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_resize_at(const rn_resize_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_resize_args, size), offsetof(rn_resize_args, mode), offsetof(rn_resize_args, align_corners), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_resize, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_right_shift_at(const rn_right_shift_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_bits[4], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rms_norm_at(const rn_rms_norm_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rms_norm_args, axis), offsetof(rn_rms_norm_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->gamma, };
    if (!rni_apply(&rn_ops_layer_norm[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rnn_at(const rn_rnn_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rnn_args, activation), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->h, };
    if (!rni_apply(&rn_ops_step[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rnn_sequence_at(const rn_rnn_sequence_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rnn_sequence_args, bidirectional), offsetof(rn_rnn_sequence_args, dropout), offsetof(rn_rnn_sequence_args, no_bias), offsetof(rn_rnn_sequence_args, activation), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[2] = { 0 };
    rn_tensor *const in[] = { a->x, a->h, a->lengths, };
    if (!rni_apply_list(&rn_ops_sequence[0], &a->site, in, 3, &a->ws, a, offsets, out)) return NULL;
    if (a->h_n) *a->h_n = out[1];
    return out[0];
}

rn_tensor *rn_roi_average_align2d_at(const rn_roi_average_align2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_roi_average_align2d_args, size), offsetof(rn_roi_average_align2d_args, spatial_scale), offsetof(rn_roi_average_align2d_args, sampling), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->rois, a->images, };
    if (!rni_apply(&rn_ops_roi_align[0], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_roll_at(const rn_roll_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_roll_args, shift), offsetof(rn_roll_args, axes), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_tile[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rollaxis_at(const rn_rollaxis_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rollaxis_args, axis), offsetof(rn_rollaxis_args, start), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_axes_order[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rot90_at(const rn_rot90_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rot90_args, k), offsetof(rn_rot90_args, axes), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_tile[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_round_at(const rn_round_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[4], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rpow_scalar_at(const rn_rpow_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rpow_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_binary[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rrelu_at(const rn_rrelu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rrelu_args, low), offsetof(rn_rrelu_args, high), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_parametric[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rsqrt_at(const rn_rsqrt_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[8], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_rsub_scalar_at(const rn_rsub_scalar_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_rsub_scalar_args, c), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_arithmetic[7], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_scaled_dot_product_attention_at(const rn_scaled_dot_product_attention_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_scaled_dot_product_attention_args, causal), offsetof(rn_scaled_dot_product_attention_args, scale), offsetof(rn_scaled_dot_product_attention_args, dropout), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->q, a->k, a->v, a->mask, };
    if (!rni_apply(&rn_op_scaled_dot_product_attention, &a->site, in, 4, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_scatter_add_at(const rn_scatter_add_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_scatter_add_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->indices, a->values, };
    if (!rni_apply(&rn_ops_take[6], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_scatter_nd_add_at(const rn_scatter_nd_add_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->indices, a->values, };
    if (!rni_apply(&rn_ops_gather_nd[2], &a->site, in, 3, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_searchsorted_at(const rn_searchsorted_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_searchsorted_args, side), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->v, };
    if (!rni_apply(&rn_op_searchsorted, &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_select_item_at(const rn_select_item_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_ops_take[7], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_selu_at(const rn_selu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_selu_args, alpha), offsetof(rn_selu_args, scale), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_set_item_at(const rn_set_item_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_set_item_args, ranges), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->values, };
    if (!rni_apply(&rn_ops_slice[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_shuffle_at(const rn_shuffle_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_shuffle_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_discrete[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sigmoid_at(const rn_sigmoid_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_basic[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sigmoid_cross_entropy_at(const rn_sigmoid_cross_entropy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_sigmoid_cross_entropy_args, ignore_label), offsetof(rn_sigmoid_cross_entropy_args, reduce), offsetof(rn_sigmoid_cross_entropy_args, normalize), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, };
    if (!rni_apply(&rn_ops_binary_cross_entropy[1], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sign_at(const rn_sign_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[1], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_silu_at(const rn_silu_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_smooth[3], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sin_at(const rn_sin_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[0], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sinc_at(const rn_sinc_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[15], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sinh_at(const rn_sinh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[7], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_slice_at(const rn_slice_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_slice_args, ranges), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_slice[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_soft_shrink_at(const rn_soft_shrink_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_soft_shrink_args, lambda), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rectifiers[9], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_softmax_at(const rn_softmax_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_softmax_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_softmax[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_softmax_cross_entropy_at(const rn_softmax_cross_entropy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_softmax_cross_entropy_args, ignore_label), offsetof(rn_softmax_cross_entropy_args, ignore_zero), offsetof(rn_softmax_cross_entropy_args, reduce), offsetof(rn_softmax_cross_entropy_args, normalize), offsetof(rn_softmax_cross_entropy_args, soft_target), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->t, a->class_weight, };
    if (!rni_apply(&rn_op_softmax_cross_entropy, &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_softplus_at(const rn_softplus_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_softplus_args, beta), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_smooth[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_softsign_at(const rn_softsign_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_smooth[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_solve_at(const rn_solve_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_solve_args, trans), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_solve[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sort_at(const rn_sort_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_sort_args, axis), offsetof(rn_sort_args, descending), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[2] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sort[0], &a->site, in, 1, a, offsets, out)) return NULL;
    if (a->indices) *a->indices = out[1];
    return out[0];
}

rn_tensor *rn_space2depth_at(const rn_space2depth_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_space2depth_args, r), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_blocks[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_spatial_transformer_grid_at(const rn_spatial_transformer_grid_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_spatial_transformer_grid_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->theta, };
    if (!rni_apply(&rn_ops_spatial_transformer[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_spatial_transformer_sampler_at(const rn_spatial_transformer_sampler_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->grid, };
    if (!rni_apply(&rn_ops_spatial_transformer[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sqrt_at(const rn_sqrt_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[7], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_square_at(const rn_square_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_exponential[10], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_squared_difference_at(const rn_squared_difference_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_binary[10], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_squared_error_at(const rn_squared_error_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_errors[0], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_squeeze_at(const rn_squeeze_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_squeeze_args, axes), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rank[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_stack_at(const rn_stack_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_stack_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_concat[1], &a->site, a->xs.at, a->xs.n, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_std_at(const rn_std_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_std_args, axes), offsetof(rn_std_args, keepdims), offsetof(rn_std_args, ddof), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_variance[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sub_at(const rn_sub_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_arithmetic[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sum_at(const rn_sum_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_sum_args, axes), offsetof(rn_sum_args, keepdims), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sums[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_sum_to_at(const rn_sum_to_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_sum_to_args, shape), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_sum_to, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_swapaxes_at(const rn_swapaxes_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_swapaxes_args, axis1), offsetof(rn_swapaxes_args, axis2), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_axes_order[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_swish_at(const rn_swish_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->beta, };
    if (!rni_apply(&rn_ops_parametric[1], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_take_at(const rn_take_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_take_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->indices, };
    if (!rni_apply(&rn_ops_take[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_take_along_axis_at(const rn_take_along_axis_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_take_along_axis_args, axis), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->indices, };
    if (!rni_apply(&rn_ops_along[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tan_at(const rn_tan_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_trigonometric[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tanh_at(const rn_tanh_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_basic[2], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tanh_shrink_at(const rn_tanh_shrink_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_smooth[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tensordot_at(const rn_tensordot_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_tensordot_args, n), offsetof(rn_tensordot_args, axes_a), offsetof(rn_tensordot_args, axes_b), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->a, a->b, };
    if (!rni_apply(&rn_ops_products[0], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tile_at(const rn_tile_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_tile_args, reps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_tile[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_top_n_accuracy_at(const rn_top_n_accuracy_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_top_n_accuracy_args, n), offsetof(rn_top_n_accuracy_args, ignore_label), offsetof(rn_top_n_accuracy_args, ignore_zero), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->y, a->t, };
    if (!rni_apply(&rn_ops_accuracy[2], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_topk_at(const rn_topk_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_topk_args, k), offsetof(rn_topk_args, axis), offsetof(rn_topk_args, smallest), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[2] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_sort[1], &a->site, in, 1, a, offsets, out)) return NULL;
    if (a->indices) *a->indices = out[1];
    return out[0];
}

rn_tensor *rn_trace_at(const rn_trace_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_trace_args, offset), offsetof(rn_trace_args, axis1), offsetof(rn_trace_args, axis2), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_diagonal[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_transpose_at(const rn_transpose_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_transpose_args, axes), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_op_transpose, &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tri_at(const rn_tri_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_tri_args, rows), offsetof(rn_tri_args, columns), offsetof(rn_tri_args, k), offsetof(rn_tri_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_matrix[1], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_tril_at(const rn_tril_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_tril_args, k), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_matrix[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_triplet_at(const rn_triplet_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_triplet_args, margin), offsetof(rn_triplet_args, reduce), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->anchor, a->positive, a->negative, };
    if (!rni_apply(&rn_ops_metric[1], &a->site, in, 3, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_triu_at(const rn_triu_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_triu_args, k), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_matrix[3], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_trunc_at(const rn_trunc_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_rounding[5], &a->site, in, 1, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_truncated_normal_at(const rn_truncated_normal_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_truncated_normal_args, shape), offsetof(rn_truncated_normal_args, low), offsetof(rn_truncated_normal_args, high), offsetof(rn_truncated_normal_args, mean), offsetof(rn_truncated_normal_args, sigma), offsetof(rn_truncated_normal_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[3], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_uniform_at(const rn_uniform_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_uniform_args, shape), offsetof(rn_uniform_args, low), offsetof(rn_uniform_args, high), offsetof(rn_uniform_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_draw[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_unique_at(const rn_unique_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[4] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_host_shape[2], &a->site, in, 1, a, NULL, out)) return NULL;
    if (a->index) *a->index = out[1];
    if (a->inverse) *a->inverse = out[2];
    if (a->counts) *a->counts = out[3];
    return out[0];
}

rn_tensor *rn_unpool1d_at(const rn_unpool1d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_unpool1d_args, kernel), offsetof(rn_unpool1d_args, window), offsetof(rn_unpool1d_args, stride), offsetof(rn_unpool1d_args, pad), offsetof(rn_unpool1d_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_unpooling[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_unpool2d_at(const rn_unpool2d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_unpool2d_args, kernel), offsetof(rn_unpool2d_args, window), offsetof(rn_unpool2d_args, stride), offsetof(rn_unpool2d_args, pad), offsetof(rn_unpool2d_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_unpooling[1], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_unpool3d_at(const rn_unpool3d_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_unpool3d_args, kernel), offsetof(rn_unpool3d_args, window), offsetof(rn_unpool3d_args, stride), offsetof(rn_unpool3d_args, pad), offsetof(rn_unpool3d_args, size), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_unpooling[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_var_at(const rn_var_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_var_args, axes), offsetof(rn_var_args, keepdims), offsetof(rn_var_args, ddof), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_variance[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_vstack_at(const rn_vstack_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_concat[3], &a->site, a->xs.at, a->xs.n, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_weight_standardization_at(const rn_weight_standardization_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_weight_standardization_args, eps), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->w, };
    if (!rni_apply(&rn_ops_group_norm[2], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_where_at(const rn_where_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->cond, a->x, a->z, };
    if (!rni_apply(&rn_op_where, &a->site, in, 3, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_xlogy_at(const rn_xlogy_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, a->z, };
    if (!rni_apply(&rn_ops_special[9], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_zeros_at(const rn_zeros_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_zeros_args, shape), offsetof(rn_zeros_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    if (!rni_apply(&rn_ops_fill[0], &a->site, NULL, 0, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_zeros_like_at(const rn_zeros_like_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_zeros_like_args, dtype), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->x, };
    if (!rni_apply(&rn_ops_like[0], &a->site, in, 1, a, offsets, out)) return NULL;
    return out[0];
}

rn_tensor *rn_zeta_at(const rn_zeta_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->s, a->q, };
    if (!rni_apply(&rn_ops_zeta[3], &a->site, in, 2, a, NULL, out)) return NULL;
    return out[0];
}

rn_tensor *rn_zoneout_at(const rn_zoneout_args *a)
{
    static const int16_t offsets[] = { offsetof(rn_zoneout_args, ratio), };
    if (!rni_args(a, __func__)) return NULL;
    rn_tensor *out[1] = { 0 };
    rn_tensor *const in[] = { a->h, a->x, };
    if (!rni_apply(&rn_ops_noise[1], &a->site, in, 2, a, offsets, out)) return NULL;
    return out[0];
}

