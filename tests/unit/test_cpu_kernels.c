/* Which functions the CPU back end has kernels for, and that it says why where it has none. That they compute the right
 * thing is the op runner's affair. */
#include "cpu_call.h"

#include <rensa/kernels.h>

static const rn_pool_opts pool = {
    .kernel = { 3, 2, 1 }, .stride = { 2, 3, 1 }, .pad = { 1 }, .dilation = { 1, 1, 1 }
};

static const rn_axis_opts middle = { .axis = 1 };
static const rn_label_opts labels = { .ignore = -1 };

typedef struct {
    const char *op;
    const void *opts;
    int n_in, n_out;
    rn_dtype dtype[6];
    rn_shape shape[6]; /* of inputs, then of outputs */
    const char *refused;
} call;

#define IMAGE                                                                                                          \
    {                                                                                                                  \
        .rank = 4, .dim = { 2, 3, 9, 8 }                                                                               \
    }
#define POOLED                                                                                                         \
    {                                                                                                                  \
        .rank = 4, .dim = { 2, 3, 5, 3 }                                                                               \
    }
#define VOLUME                                                                                                         \
    {                                                                                                                  \
        .rank = 5, .dim = { 2, 3, 9, 8, 1 }                                                                            \
    }
#define MATRIX                                                                                                         \
    {                                                                                                                  \
        .rank = 2, .dim = { 6, 8 }                                                                                     \
    }
#define LINE                                                                                                           \
    {                                                                                                                  \
        .rank = 1, .dim = { 6 }                                                                                        \
    }
#define ALL_F32                                                                                                        \
    {                                                                                                                  \
        RN_F32, RN_F32, RN_F32, RN_F32, RN_F32, RN_F32                                                                 \
    }
#define ALL_F64                                                                                                        \
    {                                                                                                                  \
        RN_F64, RN_F64, RN_F64, RN_F64, RN_F64, RN_F64                                                                 \
    }
#define ALL_F16                                                                                                        \
    {                                                                                                                  \
        RN_F16, RN_F16, RN_F16, RN_F16, RN_F16, RN_F16                                                                 \
    }

static const call calls[] = {
    { "max_pool", &pool, 1, 1, ALL_F32, { IMAGE, POOLED }, NULL },
    { "max_pool", &pool, 1, 1, ALL_F16, { IMAGE, POOLED }, NULL },
    { "max_pool_grad", &pool, 2, 1, ALL_F32, { IMAGE, POOLED, IMAGE }, NULL },
    { "max_pool_take", &pool, 2, 1, ALL_F64, { IMAGE, IMAGE, POOLED }, NULL },
    { "average_pool", &pool, 1, 1, ALL_F32, { IMAGE, POOLED }, NULL },
    { "average_pool_grad", &pool, 1, 1, ALL_F64, { POOLED, IMAGE }, NULL },
    { "softmax", &middle, 1, 1, ALL_F32, { MATRIX, MATRIX }, NULL },
    { "softmax", &middle, 1, 1, ALL_F16, { IMAGE, IMAGE }, NULL },
    { "softmax_grad", &middle, 2, 1, ALL_F64, { MATRIX, MATRIX, MATRIX }, NULL },
    { "log_softmax", &middle, 1, 1, ALL_F32, { MATRIX, MATRIX }, NULL },
    { "log_softmax_grad", &middle, 2, 1, ALL_F32, { MATRIX, MATRIX, MATRIX }, NULL },
    { "softmax_nll", &labels, 2, 1, { RN_F32, RN_I32, RN_F32 }, { MATRIX, LINE, LINE }, NULL },
    { "softmax_nll_grad", &labels, 3, 1, { RN_F16, RN_U8, RN_F32, RN_F16 }, { MATRIX, LINE, LINE, MATRIX }, NULL },
    { "max_pool", &pool, 1, 1, ALL_F32, { VOLUME, VOLUME }, "one or two spatial axes" },
};

static void check_calls(const rni_device *d)
{
    for (int k = 0; k < (int)RN_COUNTOF(calls); k++) {
        const call *q = &calls[k];
        rn_view v[6] = { { 0 } };
        for (int i = 0; i < q->n_in + q->n_out; i++) {
            v[i] = view_new(q->dtype[i], q->shape[i].rank, q->shape[i].dim);
            free(v[i].data);
            v[i].data = NULL;
        }
        rn_kernel_call c = {
            .op = q->op, .opts = q->opts, .n_in = q->n_in, .n_out = q->n_out, .in = v, .out = v + q->n_in, .groups = 1
        };
        const char *why = "";
        const rn_kernel *kernel = cpu_kernel(d, q->op, &c, &why);
        if (!kernel != (q->refused != NULL) || (q->refused && !strstr(why, q->refused)))
            test_failed(__FILE__, __LINE__, "%s: call %d: %s is %s (%s)", d->name, k, q->op,
                        kernel ? "taken" : "refused", why);
    }
}

RN_TEST(functions_that_matter_have_kernels)
{
    each_isa(check_calls);
}
