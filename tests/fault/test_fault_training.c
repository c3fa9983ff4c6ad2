/* Lack of memory at every place of a training: model, data, batches, first step (compiled) and further ones (replayed),
 * and the file that is written at the end. After each failure the error says NOMEM, nothing is left over, and the same
 * program, run again, gives the same bits; so does a program that only repeats the call that failed. */
#include "fault.h"

#include "base/alloc.h"
#include "engine/map.h"

enum { IMAGES = 8, BATCH = 4, SIDE = 6, CLASSES = 3, STEPS = 3 };

typedef struct {
    rn_chain *model;
    rn_optimizer *adam;
    rn_iterator *batches;
} training;

static rn_dataset *images(void)
{
    static float x[IMAGES * SIDE * SIDE];
    static int32_t t[IMAGES];
    for (int i = 0; i < IMAGES * SIDE * SIDE; i++) x[i] = (float)(i * 37 % 101) / 101;
    for (int i = 0; i < IMAGES; i++) t[i] = i % CLASSES;
    const rn_array_column columns[] = { { "x", RN_F32, RN_SHAPE(1, SIDE, SIDE), x, NULL, 0 },
                                        { "t", RN_I32, RN_SCALAR, t, NULL, 0 } };
    return rn_dataset_arrays(IMAGES, columns, 2);
}

static bool begin(training *r, bool with_noise)
{
    rn_seed(3);
    r->model = rn_sequential(rn_conv2d_link(2, 3), rn_batch_norm_link(), rn_op_link("relu", NULL),
                             rn_op_link("max_pool2d", "kernel=2"), rn_op_link("dropout", "ratio=0.25"),
                             rn_linear_link(CLASSES));
    r->adam = rn_adam(r->model, .alpha = 0.01);
    if (rn_ok()) {
        rn_hook_weight_decay(r->adam, 1e-3);
        rn_hook_clip_norm(r->adam, 1);
        if (with_noise) rn_hook_noise(r->adam, 0.01, 0.5);
    }
    rn_dataset *ds = images();
    r->batches = rn_iterator_new(ds, BATCH, .shuffle = true, .repeat = true, .synchronous = true);
    rn_dataset_free(ds);
    return rn_ok();
}

static void end(training *r)
{
    rn_iterator_free(r->batches);
    rn_optimizer_free(r->adam);
    rn_link_free(r->model);
    *r = (training){ 0 };
}

/* One step; the loss before it. */
static bool step(training *r, double *loss)
{
    rn_tensor *kept = NULL;
    RN_SCOPE
    {
        rn_batch *b = rn_next(r->batches);
        if (!b) continue;
        rn_tensor *y = rn_softmax_cross_entropy(rn_call(r->model, b->x), b->t);
        if (rn_update(r->adam, y)) kept = rn_keep(y);
    }
    if (kept) *loss = rn_item(kept);
    rn_drop(kept);
    return rn_ok();
}

static bool save(training *r)
{
    char path[256];
    snprintf(path, sizeof path, "%s/model.safetensors", test_folder());
    return rn_model_save_at(RN_HERE, r->model, path);
}

typedef struct {
    double loss[STEPS];
    char hash[65];
} outcome;

static bool run(outcome *o)
{
    training r = { 0 };
    bool ok = begin(&r, true);
    for (int i = 0; ok && i < STEPS; i++) ok = step(&r, &o->loss[i]);
    ok = ok && save(&r) && rn_model_hash(r.model, o->hash);
    end(&r);
    return ok;
}

static void check_same(const outcome *have, const outcome *want, int64_t n)
{
    for (int i = 0; i < STEPS; i++)
        if (have->loss[i] != want->loss[i])
            test_failed(__FILE__, __LINE__, "after allocation %lld: loss %d is %.9g, want %.9g", (long long)n, i,
                        have->loss[i], want->loss[i]);
    CHECK_EQ_STR(have->hash, want->hash);
}

/* As at the start of a program, but for what the loaded back ends hold themselves. */
static void forget_all(void)
{
    rn_shutdown();
    rni_maps_free();
}

/* `cold`: each run begins with nothing compiled. `stride`: one place of so many, where a run waits for the disk. */
static void fail_everywhere(const char *device, bool cold, bool (*program)(outcome *o), int stride)
{
    outcome want = { 0 }, have = { 0 };
    setenv("OMP_NUM_THREADS", "1", 1); /* read when the back end is loaded: what is computed is tiny */
    forget_all();
    CHECK(rn_device_use(device));
    CHECK(program(&want)); /* what is made once and kept */
    if (cold) forget_all();
    const int64_t tensors = rn_live_tensors(), blocks = rni_alloc_live();
    int64_t n = 1;
    for (bool failed = true; failed; n += stride) {
        rni_alloc_fail_after(n);
        failed = (cold && !rn_device_use(device)) || !program(&have);
        rni_alloc_fail_after(0);
        if (failed) {
            check_failure(n, tensors);
            CHECK(rn_device_use(device));
            if (!program(&have))
                test_failed(__FILE__, __LINE__, "after allocation %lld: %s", (long long)n, rn_error_last()->message);
        }
        CHECK_OK();
        check_same(&have, &want, n);
        if (!cold) continue;
        forget_all();
        if (rni_alloc_live() != blocks)
            test_failed(__FILE__, __LINE__, "allocation %lld: %lld blocks are left over", (long long)n,
                        (long long)(rni_alloc_live() - blocks));
    }
    printf("%s%s: %lld places\n", device, cold ? ", cold" : "", (long long)n);
    CHECK(n > 300);
}

static bool make_step(void *user, rn_tensor *const *in, rn_tensor **out)
{
    training *r = user;
    out[0] = rn_softmax_cross_entropy(rn_call(r->model, in[0]), in[1]);
    return rn_update(r->adam, out[0]);
}

/* Recorded twice, then replayed. */
static bool run_replayed(outcome *o)
{
    training r = { 0 };
    bool ok = begin(&r, false);
    rn_step *s = ok ? rn_step_new(make_step, &r, .inputs = 2, .outputs = 1) : NULL;
    for (int i = 0; i < STEPS + 2 && (ok = ok && s); i++) {
        RN_SCOPE
        {
            rn_batch *b = rn_next(r.batches);
            rn_tensor *loss = b ? rn_step_call(s, b->x, b->t) : NULL;
            if (loss) o->loss[i % STEPS] = rn_item(loss);
        }
        ok = rn_ok();
    }
    ok = ok && rn_model_hash(r.model, o->hash);
    rn_step_free(s);
    end(&r);
    return ok;
}

RN_TEST(memory_ends_anywhere_in_a_step_that_is_replayed)
{
    fail_everywhere("cpu", false, run_replayed, 1);
}

RN_TEST(memory_ends_anywhere_in_a_training)
{
    fail_everywhere("cpu", false, run, 1);
}

RN_TEST(memory_ends_anywhere_in_a_training_from_its_first_step)
{
    fail_everywhere("cpu", true, run, 1);
}

/* A program that says "try again" goes on: whatever failed in a step, the next ones can be made. */
RN_TEST(a_training_goes_on_after_a_step_that_lacked_memory)
{
    int64_t n = 1;
    forget_all();
    CHECK(rn_device_use("cpu"));
    for (bool failed = true; failed; n += 3) {
        training r = { 0 };
        double loss = NAN;
        CHECK(begin(&r, true) && step(&r, &loss));
        rni_alloc_fail_after(n);
        failed = !step(&r, &loss);
        rni_alloc_fail_after(0);
        if (failed) {
            CHECK_ERROR(RN_ERR_NOMEM, "");
            rn_error_clear();
        }
        for (int i = 0; i < 2; i++)
            if (!step(&r, &loss))
                test_failed(__FILE__, __LINE__, "after allocation %lld: %s", (long long)n, rn_error_last()->message);
        CHECK(loss > 0 && loss < 10);
        end(&r);
    }
    CHECK(n > 50);
}

/* ---- the trainer, with what it writes ---- */

static rn_tensor *loss_of(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_tensor *y = rn_call((rn_link *)user, b->x);
    rn_metric(m, "accuracy", rn_accuracy(y, b->t), (double)b->count);
    return rn_softmax_cross_entropy(y, b->t);
}

/* Two steps with a snapshot after each, in a folder of its own; with `resume`, two more from there. */
static bool train(training *r, const char *folder, int steps, bool resume)
{
    rn_trainer *t =
        rn_trainer_new(r->model, r->adam, r->batches, loss_of, .user = r->model, .out = folder, .iterations = steps);
    if (rn_ok()) rn_trainer_use(t, "log", .every = RN_ITERATIONS(1));
    if (rn_ok()) rn_trainer_use(t, "snapshot", .every = RN_ITERATIONS(1), .keep = 1);
    if (rn_ok()) rn_trainer_use(t, "curve", .every = RN_ITERATIONS(1));
    if (rn_ok() && resume) rn_trainer_resume(t, folder);
    const bool ok = rn_ok() && rn_trainer_run(t);
    rn_trainer_free(t);
    return ok;
}

static bool run_trainer(outcome *o)
{
    char folder[256];
    snprintf(folder, sizeof folder, "%s/run", test_folder());
    *o = (outcome){ 0 };
    bool ok = true;
    for (int resume = 0; ok && resume < 2; resume++) {
        training r = { 0 };
        ok = begin(&r, true) && train(&r, folder, resume ? 4 : 2, resume);
        ok = ok && rn_model_hash(r.model, o->hash);
        end(&r);
    }
    return ok;
}

RN_TEST(memory_ends_anywhere_in_a_run_of_the_trainer_that_is_resumed)
{
    fail_everywhere("cpu", false, run_trainer, 11);
}
