/* Lack of memory at every place of calls of functions that are made of others: forward, gradient, gradient of the
 * gradient, values. The error says NOMEM, nothing crashes, and nothing is left over. */
#include "test.h"

#include "base/alloc.h"
#include "engine/map.h"
#include "engine/user_kernel.h"

static rn_tensor *labels(void)
{
    return rn_array_i32(RN_SHAPE(3), 0, 3, 1);
}

static rn_tensor *cross_entropy(rn_tensor *x)
{
    const float w[] = { 1, 2, 3, 4 };
    return rn_softmax_cross_entropy(x, labels(), rn_array(RN_F32, RN_SHAPE(4), w), .normalize = "weights");
}

static rn_tensor *soft_cross_entropy(rn_tensor *x)
{
    return rn_softmax_cross_entropy(x, rn_softmax(x, 1), .soft_target = "kl-divergence");
}

static rn_tensor *margins(rn_tensor *x)
{
    return rn_add(rn_hinge(x, labels(), .norm = "L2"), rn_contrastive(x, rn_square(x), labels()));
}

static rn_tensor *log_probabilities(rn_tensor *x)
{
    return rn_nll_loss(rn_log_softmax(x, 1), labels(), .ignore_label = 3);
}

static rn_tensor *reductions(rn_tensor *x)
{
    rn_tensor *a = rn_add(rn_std(x, .axes = RN_AXES(1)), rn_max(x, .axes = RN_AXES(1)));
    rn_tensor *b = rn_add(rn_norm(x, .axes = RN_AXES(1), .p = 3), rn_logsumexp(x, .axes = RN_AXES(1)));
    return rn_sum(rn_mul(a, b));
}

static rn_tensor *products(rn_tensor *x)
{
    return rn_add(rn_sum(rn_prod(x, .axes = RN_AXES(0))), rn_sum(rn_cumprod(x, 1)));
}

static rn_tensor *gates(rn_tensor *x)
{
    const float w[] = { 0.5f, 1, 1.5f, 2 };
    rn_tensor *y = rn_prelu(x, rn_array(RN_F32, RN_SHAPE(4), w));
    return rn_sum(rn_glu(rn_crelu(rn_gelu(rn_dropout(y, 0.3)), 1), 1));
}

static rn_tensor *rates(rn_tensor *x)
{
    rn_tensor *recall, *p = rn_classification_summary(x, labels(), .recall = &recall);
    rn_tensor *y = rn_add(rn_sum(rn_add(p, recall)), rn_top_n_accuracy(x, labels(), 2));
    return rn_add(y, rn_mean(rn_square(x)));
}

static rn_tensor *kernels(rn_tensor *x)
{
    const rn_op *near = rn_elementwise_kernel("T x, raw T w, number c", "T z", "z = x * w[n - 1 - i] + c * x", "near",
                                              .gradient =
                                                  "gx = gz * (w[n - 1 - i] + c); gw = gz[n - 1 - i] * x[n - 1 - i]"),
                *norm = rn_reduction_kernel("T x", "T y", "x * x", "a + b", .post = "sqrt(a)", .identity = "0"),
                *tree = rn_reduction_kernel("T x, T y", "T z", "x * y", "a + b + a * b", .identity = "0");
    rn_tensor *y = rn_apply(near, RN_LIST(x, rn_detach(x)), .numbers = RN_NUMBERS(2));
    return rn_add(rn_apply(norm, RN_LIST(y)), rn_apply(tree, RN_LIST(y, x)));
}

typedef rn_tensor *program(rn_tensor *x);

/* y, its gradient and the gradient of that; false with an error pending. */
static bool run(program *p, double *out)
{
    static const float data[] = { 0.5f, -1, 2, 0.25f, 1, 0.125f, -0.5f, 3, 0.75f, 1.5f, -2, 0.375f };
    bool ok = false;
    RN_SCOPE
    {
        rn_seed(5);
        rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(3, 4), data), true), *g = NULL;
        rn_tensor *y = p(x), *h = NULL;
        if (!rn_grad(RN_LIST(y), RN_LIST(x), .create_graph = true, .grads = &g)) continue;
        if (!rn_grad(RN_LIST(rn_sum(rn_square(g))), RN_LIST(x), .grads = &h)) continue;
        out[0] = rn_item(y);
        out[1] = rn_item(rn_sum(h));
        ok = rn_ok();
    }
    return ok;
}

static void fail_everywhere(program *p)
{
    double want[2], have[2];
    CHECK(run(p, want)); /* what is made once and kept */
    CHECK_OK();
    int64_t n = 1;
    for (bool failed = true; failed; n++) {
        rn_shutdown();
        rni_maps_free();
        rni_user_kernels_free();
        const int64_t blocks = rni_alloc_live(), tensors = rn_live_tensors();
        rni_alloc_fail_after(n);
        failed = !run(p, have);
        rni_alloc_fail_after(0);
        if (failed) CHECK_ERROR(RN_ERR_NOMEM, "");
        rn_shutdown();
        rni_maps_free();
        rni_user_kernels_free();
        CHECK_EQ_I64(rn_live_tensors() - tensors, 0);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(n > 50);
    CHECK(have[0] == want[0] && have[1] == want[1]);
}

RN_TEST(memory_ends_anywhere_in_losses)
{
    fail_everywhere(cross_entropy);
    fail_everywhere(soft_cross_entropy);
    fail_everywhere(margins);
    fail_everywhere(log_probabilities);
}

RN_TEST(memory_ends_anywhere_in_reductions)
{
    fail_everywhere(reductions);
    fail_everywhere(products);
}

RN_TEST(memory_ends_anywhere_in_activations_and_rates)
{
    fail_everywhere(gates);
    fail_everywhere(rates);
}

RN_TEST(memory_ends_anywhere_in_kernels_from_texts)
{
    fail_everywhere(kernels);
}
