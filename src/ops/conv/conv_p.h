/* What the functions of this folder share: sizes of windows, and the calls of the three kernels by hand. */
#ifndef RNI_OPS_CONV_P_H
#define RNI_OPS_CONV_P_H

#include <rensa/op.h>

/* Types and shapes of conv (x, w, b?) for f->opts = rn_conv_opts, in the name of f->op. */
bool rni_conv_infer(rn_infer *f);
bool rni_conv_grad_x_infer(rn_infer *f);

/* Recorded calls; NULL with an error pending. b may be NULL. */
rn_tensor *rni_conv(rn_tensor *x, rn_tensor *w, rn_tensor *b, const rn_conv_opts *o);
rn_tensor *rni_conv_grad_x(rn_tensor *gy, rn_tensor *w, const rn_conv_opts *o); /* o->size is set */
/* y + b, b along axis 1; y itself where b is NULL. */
rn_tensor *rni_conv_add_bias(rn_tensor *y, rn_tensor *b);

/* The options that the public functions share, as the caller gave them: one struct for every number of axes. */
typedef struct rni_conv_args {
    int64_t stride[3], pad[3], pad_extra[3], dilation[3], out_pad[3], size[3];
    int64_t groups;
    bool cover_all;
} rni_conv_args;

#define RNI_CONV_WINDOW(n)                                                                                             \
    RN_OPT_I64S(rni_conv_args, stride, n, 1, 1, 1 << 30, "step of the filter along each spatial axis, in elements"),   \
        RN_OPT_I64S(rni_conv_args, pad, n, 0, 0, 1 << 30, "zeros around x, at both ends of each spatial axis"),        \
        RN_OPT_I64S(rni_conv_args, pad_extra, n, 0, -(1 << 30), 1 << 30,                                               \
                    "further zeros at the end of each spatial axis; negative for fewer"),                              \
        RN_OPT_I64S(rni_conv_args, dilation, n, 1, 1, 1 << 30, "distance of neighbouring elements of the filter")

/* The kernels' options without sizes. */
rn_conv_opts rni_conv_resolve(const rni_conv_args *a, int axes);
/* Checks a call of a public function over `axes` spatial axes with the rule of a kernel, so that an error has its name.
 */
bool rni_conv_check(const rn_call_info *c, int axes, const rn_conv_opts *o, bool (*infer)(rn_infer *f));

#endif
