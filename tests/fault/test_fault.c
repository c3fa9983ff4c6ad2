/* Lack of memory at every place of a training step.
 *
 * The n-th allocation of a whole run (parameters, forward, gradients, updates, looking at values) fails, for every n.
 * Then: the error says NOMEM, nothing crashes, nothing is left over, and what is run next, in the same process, gives
 * the values that it always gives. Device memory takes part. */
#include "fault.h"

#include "base/alloc.h"
#include "engine/map.h"

enum { INPUTS = 3, HIDDEN = 4, BATCH = 2 };

typedef struct {
    rn_tensor *w1, *b1, *w2, *speed;
} net;

static bool make(net *m)
{
    RN_SCOPE
    {
        rn_seed(4);
        m->w1 = rn_param("w1", rn_uniform(RN_SHAPE(INPUTS, HIDDEN), .low = -1));
        m->b1 = rn_param("b1", rn_zeros(RN_SHAPE(HIDDEN)));
        m->w2 = rn_param("w2", rn_uniform(RN_SHAPE(HIDDEN, 1), .low = -1));
        m->speed = rn_state("speed", rn_zeros(RN_SHAPE(HIDDEN, 1)));
    }
    return rn_ok();
}

static void drop(net *m)
{
    rn_drop(m->w1);
    rn_drop(m->b1);
    rn_drop(m->w2);
    rn_drop(m->speed);
    *m = (net){ 0 };
}

static bool descend(rn_tensor *w)
{
    return rn_assign(w, rn_sub(w, rn_mul_scalar(rn_grad_of(w), 0.1)));
}

/* One step; the loss before it. */
static double step(net *m, int number)
{
    static const float data[BATCH * INPUTS] = { 0.5f, -1, 2, 1, 0.25f, -0.5f };
    double value = NAN;
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(BATCH, INPUTS), data);
        rn_tensor *h = rn_relu(rn_add(rn_matmul(x, m->w1), m->b1));
        rn_tensor *noise = rn_uniform(RN_SHAPE(BATCH, HIDDEN), .low = 0.9, .high = 1.1);
        rn_tensor *y = rn_tanh(rn_matmul(rn_mul(h, noise), m->w2));
        rn_tensor *loss = rn_mean(rn_mul(rn_add_scalar(y, -0.5), rn_add_scalar(y, -0.5)));
        rn_tensor *const all[] = { m->w1, m->b1, m->w2 };
        for (size_t i = 0; i < RN_COUNTOF(all); i++) rn_clear_grad(all[i]);
        if (!rn_backward(loss)) continue;
        rn_assign(m->speed, rn_add(rn_mul_scalar(m->speed, 0.9), rn_grad_of(m->w2)));
        descend(m->w1);
        descend(m->b1);
        rn_assign(m->w2, rn_sub(m->w2, rn_mul_scalar(m->speed, 0.1 / number)));
        value = rn_item(loss);
    }
    return rn_ok() ? value : NAN;
}

enum { STEPS = 2 };

/* Parameters, two steps, the weights; false with an error pending. */
static bool run(double *out)
{
    net m = { 0 };
    bool ok = make(&m);
    for (int i = 0; ok && i < STEPS; i++) {
        out[i] = step(&m, i + 1);
        ok = rn_ok();
    }
    if (ok) {
        const float *w = rn_data_f32(m.w2);
        ok = w != NULL;
        if (ok) out[STEPS] = (double)w[0];
    }
    drop(&m);
    return ok;
}

static void check_same(const double *have, const double *want, const char *when, int64_t n)
{
    for (int i = 0; i <= STEPS; i++)
        if (have[i] != want[i])
            test_failed(__FILE__, __LINE__, "%s allocation %lld failed: value %d is %.9g, want %.9g", when,
                        (long long)n, i, have[i], want[i]);
}

/* As at the start of a program, but for what the loaded back ends hold themselves. */
static void forget_all(void)
{
    rn_shutdown();
    rni_maps_free();
}

/* Fails allocation after allocation until a run needs fewer. `cold`: each run begins with nothing compiled. */
static void fail_everywhere(const char *device, bool eager, bool cold)
{
    double want[STEPS + 1], have[STEPS + 1];
    forget_all();
    const int64_t blocks = rni_alloc_live(), tensors = rn_live_tensors();
    CHECK(rn_device_use(device));
    rn_eager_mode(eager);
    CHECK(run(want));
    CHECK_OK();
    int64_t n = 1;
    for (bool failed = true; failed; n++) {
        if (cold) {
            forget_all();
            rn_eager_mode(eager);
        }
        rni_alloc_fail_after(n);
        failed = !(!cold || rn_device_use(device)) || !run(have);
        rni_alloc_fail_after(0);
        if (failed) {
            check_failure(n, tensors);
            CHECK(rn_device_use(device));
            if (!run(have))
                test_failed(__FILE__, __LINE__, "after allocation %lld: %s", (long long)n, rn_error_last()->message);
        }
        CHECK_OK();
        check_same(have, want, "after", n);
        if (!cold) continue;
        forget_all();
        if (rni_alloc_live() != blocks)
            test_failed(__FILE__, __LINE__, "allocation %lld: %lld blocks left over", (long long)n,
                        (long long)(rni_alloc_live() - blocks));
    }
    printf("%s%s%s: %lld places\n", device, eager ? ", eager" : "", cold ? ", cold" : "", (long long)n);
    rn_eager_mode(false);
    CHECK(n > 20);
}

RN_TEST(lack_of_memory_anywhere_in_a_planned_step)
{
    fail_everywhere("ref", false, true);
    fail_everywhere("ref", false, false);
}

RN_TEST(lack_of_memory_anywhere_in_an_eager_step)
{
    fail_everywhere("ref", true, true);
    fail_everywhere("ref", true, false);
}

RN_TEST(lack_of_memory_anywhere_on_the_cpu)
{
    fail_everywhere("cpu", false, true);
    fail_everywhere("cpu", false, false);
}

RN_TEST(lack_of_memory_anywhere_under_watch)
{
    fail_everywhere("check:cpu", false, false);
}
