/* Memory over many steps: after the first few, nothing is allocated that is not given back, and the program does not
 * grow. Each loop is one that people write: with the trainer, with a look inside the scope, with carried state. */
#include "test.h"

#include "base/alloc.h"

#include <unistd.h>

enum { WARM_UP = 200, STEPS = 2000, GROWTH_KIB = 256 };

static int64_t resident_kib(void)
{
    long long total, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return 0;
    if (fscanf(f, "%lld %lld", &total, &resident) != 2) resident = 0;
    fclose(f);
    return resident * sysconf(_SC_PAGESIZE) / 1024;
}

/* What was there after the warm-up. */
typedef struct {
    int64_t resident, live, tensors;
} mark;

static mark take_mark(void)
{
    return (mark){ resident_kib(), rni_alloc_live(), rn_live_tensors() };
}

static void check_mark(const mark *m, const char *what)
{
    const mark now = take_mark();
    CHECK_OK();
    CHECK_EQ_I64(now.tensors, m->tensors);
    if (now.live > m->live + 16) /* batches that are being read ahead come and go */
        test_failed(__FILE__, __LINE__, "%s: %lld blocks more", what, (long long)(now.live - m->live));
    if (now.resident > m->resident + GROWTH_KIB)
        test_failed(__FILE__, __LINE__, "%s: grew by %lld KiB", what, (long long)(now.resident - m->resident));
}

/* LeNet's kinds of layers at a size that lets 2,000 steps pass in a second. */
static rn_link *small_lenet(void)
{
    return rn_sequential(rn_conv2d_link(4, 5), rn_op_link("max_pool2d", "kernel=2"), rn_conv2d_link(6, 5),
                         rn_op_link("max_pool2d", "kernel=2"), rn_linear_link(20), rn_op_link("relu", NULL),
                         rn_linear_link(10));
}

static rn_iterator *digits(void)
{
    rn_dataset *drawn = rn_dataset_drawn(RN_TRAIN, .count = 400), *set = rn_dataset_cache(drawn);
    rn_iterator *batches = rn_iterator_new(set, 8, .shuffle = true, .repeat = true);
    rn_dataset_free(drawn);
    rn_dataset_free(set);
    return batches;
}

static void run_loop(bool inside, const char *what)
{
    rn_link *model = small_lenet();
    rn_optimizer *adam = rn_adam(model);
    rn_iterator *batches = digits();
    mark m = { 0 };
    for (int i = 0; i < WARM_UP + STEPS; i++) {
        if (i == WARM_UP) m = take_mark();
        const rn_batch *b = rn_next(batches);
        rn_tensor *kept = NULL;
        RN_SCOPE
        {
            rn_tensor *loss = rn_softmax_cross_entropy(rn_call(model, b->x), b->t);
            rn_update(adam, loss);
            if (inside)
                rn_item(loss);
            else
                kept = rn_keep(loss);
        }
        if (kept) rn_item(kept);
        rn_drop(kept);
    }
    check_mark(&m, what);
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(model);
}

RN_TEST(a_loop_that_looks_after_the_scope_does_not_grow)
{
    run_loop(false, "after the scope");
}

RN_TEST(a_loop_that_looks_inside_the_scope_does_not_grow)
{
    run_loop(true, "inside the scope");
}

static rn_tensor *loss_of(void *user, const rn_batch *b, rn_metrics *metrics)
{
    rn_tensor *y = rn_call(user, b->x);
    rn_metric(metrics, "accuracy", rn_accuracy(y, b->t), (double)b->count);
    return rn_softmax_cross_entropy(y, b->t);
}

static bool take_after_warm_up(rn_trainer *t, void *self)
{
    if (rn_trainer_iteration(t) == WARM_UP) *(mark *)self = take_mark();
    return true;
}

RN_TEST(the_trainer_does_not_grow)
{
    static const rn_extension row = { .name = "mark", .step = take_after_warm_up };
    rn_link *model = small_lenet();
    rn_optimizer *sgd = rn_momentum_sgd(model);
    rn_iterator *batches = digits();
    mark m = { 0 };
    rn_trainer *t = rn_trainer_new(model, sgd, batches, loss_of, .user = model, .iterations = WARM_UP + STEPS);
    rn_trainer_add(t, &row, &m, (rn_every){ 0 });
    CHECK(rn_trainer_run(t));
    check_mark(&m, "trainer");
    rn_trainer_free(t);
    rn_iterator_free(batches);
    rn_optimizer_free(sgd);
    rn_link_free(model);
}

RN_TEST(state_that_is_carried_does_not_grow)
{
    rn_link *lstm = rn_lstm_link(8, .carry = true), *out = rn_linear_link(3);
    rn_chain *model = rn_sequential(lstm, out);
    rn_optimizer *adam = rn_adam(model);
    mark m = { 0 };
    for (int i = 0; i < WARM_UP + STEPS; i++) {
        if (i == WARM_UP) m = take_mark();
        RN_SCOPE
        {
            rn_tensor *x = rn_normal(RN_SHAPE(4, 6, 5));
            rn_tensor *y = rn_call(out, rn_reshape(rn_call(lstm, x), RN_SHAPE(24, 8)));
            rn_tensor *loss = rn_mean(rn_square(y));
            rn_update(adam, loss);
            if (i % 10 == 0) rn_item(loss);
        }
    }
    check_mark(&m, "carried state");
    rn_optimizer_free(adam);
    rn_link_free(model);
}
