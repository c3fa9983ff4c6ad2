/* What the functions of this folder share: the sizes of windows and the calls of the kernels by hand. */
#ifndef RNI_OPS_POOL_P_H
#define RNI_OPS_POOL_P_H

#include "ops/window.h"

#include <rensa/op.h>

/* Number of windows along axis `a` of a size; -1 if there is none. */
int64_t rni_pool_size(const rn_pool_opts *o, int a, int64_t x);
/* Type and shape of max_pool and average_pool (x) for f->opts = rn_pool_opts, in the name of f->op. */
bool rni_pool_infer(rn_infer *f);
bool rni_pool_check_options(rn_infer *f, int axes);

/* Walking over windows: x and y have three spatial axes each; missing ones have size 1. */
typedef struct {
    const rn_pool_opts *o;
    rni_window at;
    rn_view x, y, window; /* window: dims only, of rank 3 */
} rni_pooling;
rni_pooling rni_pooling_of(const rn_kernel_call *c, const rn_view *x, const rn_view *y);

/* Recorded calls; NULL with an error pending. */
rn_tensor *rni_max_pool(rn_tensor *x, const rn_pool_opts *o);
rn_tensor *rni_average_pool(rn_tensor *x, const rn_pool_opts *o);
rn_tensor *rni_average_pool_grad(rn_tensor *gy, const rn_pool_opts *o); /* o->size is set */

rn_tensor *rni_max_pool_grad(rn_tensor *x, rn_tensor *gy, const rn_pool_opts *o);

/* Options of the public functions as the caller gave them: one struct for every number of axes. */
typedef struct rni_pool_args {
    int64_t kernel, window[3], stride[3], pad[3], pad_extra[3], dilation[3], size[3];
    bool cover_all, exclude_pad;
} rni_pool_args;

/* The kernels' options; false with an error pending, in the name of f->op, if the window is not given rightly. */
bool rni_pool_resolve(rn_infer *f, const rni_pool_args *a, int axes, rn_pool_opts *o);

#define RNI_POOL_WINDOW(n)                                                                                             \
    RN_REQ_I64(rni_pool_args, kernel, 0, 1 << 30, "side of the window in elements; 0: sides as .window says"),         \
        RN_OPT_I64S(rni_pool_args, window, n, 0, 0, 1 << 30, "sides of the window where they differ"),                 \
        RN_OPT_I64S(rni_pool_args, stride, n, 0, 0, 1 << 30, "step of the window; left out: its sides"),               \
        RN_OPT_I64S(rni_pool_args, pad, n, 0, 0, 1 << 30, "padding at both ends of each spatial axis")
#define RNI_POOL_MORE(n)                                                                                               \
    RN_OPT_I64S(rni_pool_args, pad_extra, n, 0, -(1 << 30), 1 << 30,                                                   \
                "further padding at the end of each spatial axis; negative for less"),                                 \
        RN_OPT_I64S(rni_pool_args, dilation, n, 1, 1, 1 << 30, "distance of neighbouring elements of the window"),     \
        RN_OPT_BOOL(rni_pool_args, cover_all,                                                                          \
                    "round sizes up: a last window that begins inside x may reach beyond it")

#define RNI_POOL_KERNEL_OPTIONS                                                                                        \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_I64S(rn_pool_opts, kernel, 3, 1, 1, 1 << 30, "size of the window along each spatial axis"),             \
            RN_OPT_I64S(rn_pool_opts, stride, 3, 1, 1, 1 << 30, "step of the window"),                                 \
            RN_OPT_I64S(rn_pool_opts, pad, 3, 0, 0, 1 << 30, "padding before each spatial axis"),                      \
            RN_OPT_I64S(rn_pool_opts, pad_end, 3, 0, 0, 1 << 30, "padding after each spatial axis"),                   \
            RN_OPT_I64S(rn_pool_opts, dilation, 3, 1, 1, 1 << 30, "distance of neighbouring elements of the window"),  \
            RN_OPT_BOOL(rn_pool_opts, cover_all, "round sizes up"),                                                    \
            RN_OPT_BOOL(rn_pool_opts, exclude_pad, "divide by the number of elements of x in the window"),             \
            RN_OPT_I64S(rn_pool_opts, size, 3, 0, 0, (double)((int64_t)1 << 52), "gradient: spatial sizes of x"),      \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

#endif
