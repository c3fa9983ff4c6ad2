/* What a trainer does with its iterators, and what comes back from its snapshots. */
#include "test.h"

enum { N = 20, BATCH = 8 };

static rn_dataset *ramp(void)
{
    float x[N];
    for (int i = 0; i < N; i++) x[i] = (float)i / N;
    return rn_dataset_arrays(N, &(rn_array_column){ .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(1), .data = x }, 1);
}

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_metric(m, "x", rn_mean(b->x), (double)b->count);
    return rn_mean(rn_square(rn_call(user, b->x)));
}

typedef struct {
    rn_link *model;
    rn_optimizer *optimizer;
    rn_iterator *batches;
    rn_trainer *trainer;
} setup;

static setup begin(const char *out, int64_t epochs, bool repeat)
{
    setup s = { 0 };
    rn_seed(7);
    s.model = rn_linear_link(3, .in = 1);
    s.optimizer = rn_sgd(s.model, .rate = 0.1);
    s.batches = rn_iterator_new(rn_dataset_pass(ramp()), BATCH, .shuffle = true, .seed = 3, .repeat = repeat);
    s.trainer = rn_trainer_new(s.model, s.optimizer, s.batches, loss, .user = s.model, .out = out, .epochs = epochs);
    return s;
}

static void end(setup *s)
{
    rn_trainer_free(s->trainer);
    rn_iterator_free(s->batches);
    rn_optimizer_free(s->optimizer);
    rn_link_free(s->model);
}

RN_TEST(an_iterator_that_does_not_repeat_is_gone_through_once_for_each_epoch)
{
    char hash[2][65];
    for (int repeat = 0; repeat <= 1; repeat++) {
        setup s = begin(NULL, 4, repeat);
        CHECK(rn_trainer_run(s.trainer));
        CHECK_OK();
        CHECK_EQ_I64(rn_trainer_iteration(s.trainer), 4 * 3);
        CHECK_NEAR(rn_trainer_epoch(s.trainer), 4, 1e-9);
        CHECK(rn_model_hash(s.model, hash[repeat]));
        end(&s);
    }
    CHECK_EQ_STR(hash[0], hash[1]);
}

typedef struct {
    double mean, weight;
} seen;

static void see(void *user, const char *name, double mean, double weight)
{
    if (strcmp(name, "x") == 0) *(seen *)user = (seen){ mean, weight };
}

RN_TEST(evaluation_is_one_epoch_and_the_iterator_stays_where_it_was)
{
    for (int repeat = 0; repeat <= 1; repeat++)
        for (int steps = 0; steps <= 4; steps++) {
            setup s = begin(NULL, 1, repeat);
            rn_iterator *same = rn_iterator_new(rn_dataset_pass(ramp()), BATCH, .shuffle = true, .seed = 3,
                                                .repeat = repeat, .synchronous = true);
            for (int i = 0; i < steps; i++) CHECK((rn_next(s.batches) == NULL) == (rn_next(same) == NULL));
            seen x = { 0 };
            CHECK(rn_evaluate(s.batches, loss, s.model, see, &x));
            CHECK_OK();
            CHECK_NEAR(x.weight, N, 0);
            CHECK_NEAR(x.mean, 0.5 * (N - 1) / N, 1e-6);
            const rn_batch *a = rn_next(s.batches), *b = rn_next(same);
            CHECK((a == NULL) == (b == NULL));
            if (a) CHECK_EQ_I64(a->index[0], b->index[0]);
            if (a) CHECK_EQ_I64(a->epoch, b->epoch);
            rn_iterator_free(same);
            end(&s);
        }
    CHECK(!rn_evaluate(NULL, loss, NULL, see, NULL));
    CHECK_ERROR(RN_ERR_ARG, "the batches are NULL");
}

static rn_tensor *no_loss(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)m;
    rn_next(user);
    return rn_reshape(b->x, RN_SHAPE(N + 1));
}

RN_TEST(an_evaluation_that_fails_says_why_and_leaves_the_iterator_where_it_was)
{
    setup s = begin(NULL, 1, true);
    rn_iterator *other = rn_iterator_new(rn_dataset_pass(ramp()), BATCH);
    CHECK(rn_next(s.batches));
    seen x = { 0 };
    CHECK(!rn_evaluate(s.batches, no_loss, other, see, &x));
    CHECK_ERROR(RN_ERR_SHAPE, "reshape");
    CHECK_EQ_I64(rn_iterator_get_state(s.batches).position, BATCH);
    rn_iterator_free(other);
    end(&s);
}

static void folder(char *buf, const char *name)
{
    snprintf(buf, 256, "%s/%s", test_folder(), name);
}

RN_TEST(means_that_are_no_finite_numbers_come_back)
{
    char path[300];
    snprintf(path, sizeof path, "%s/odd.safetensors", test_folder());
    static const double odd[] = { NAN, INFINITY, -INFINITY, 0.1 };
    static const char *const names[] = { "nan", "inf", "minus_inf", "tenth" };
    setup s = begin(NULL, 1, true);
    for (int i = 0; i < 4; i++) CHECK(rn_trainer_report(s.trainer, names[i], odd[i]));
    CHECK(rn_trainer_use(s.trainer, "print", .to = fopen("/dev/null", "w")));
    CHECK(rn_trainer_run(s.trainer) && rn_trainer_save(s.trainer, path));
    end(&s);
    s = begin(NULL, 2, true);
    CHECK(rn_trainer_resume(s.trainer, path));
    CHECK_OK();
    for (int i = 0; i < 4; i++) {
        const double v = rn_trainer_value(s.trainer, names[i]);
        CHECK(isnan(odd[i]) ? isnan(v) : v == odd[i]);
        CHECK(i > 0 || rn_trainer_report(s.trainer, "nan", 1)); /* it is known: not a missing one */
    }
    end(&s);
}

RN_TEST(two_watchers_keep_what_each_has_seen)
{
    char out[256], path[300];
    folder(out, "watchers");
    snprintf(path, sizeof path, "%s/watchers.safetensors", test_folder());
    setup s = begin(out, 1, true);
    CHECK(rn_trainer_report(s.trainer, "a", 5) && rn_trainer_report(s.trainer, "b", 1));
    CHECK(rn_trainer_use(s.trainer, "best", .monitor = "a", .file = "a.safetensors"));
    CHECK(rn_trainer_use(s.trainer, "best", .monitor = "b", .file = "b.safetensors"));
    CHECK(rn_trainer_run(s.trainer) && rn_trainer_save(s.trainer, path));
    end(&s);
    for (int i = 0; i <= 1; i++) { /* what was saved, and what is saved after a resumption */
        rn_dict *d = rn_dict_load(path);
        CHECK_OK();
        CHECK_EQ_STR(rn_dict_text(d, "extension/best"), "1 5 0");
        CHECK_EQ_STR(rn_dict_text(d, "extension/best_1"), "1 1 0");
        rn_dict_free(d);
        s = begin(out, 1, true);
        CHECK(rn_trainer_use(s.trainer, "best", .monitor = "a", .file = "a.safetensors"));
        CHECK(rn_trainer_use(s.trainer, "best", .monitor = "b", .file = "b.safetensors"));
        CHECK(rn_trainer_resume(s.trainer, path) && rn_trainer_save(s.trainer, path));
        end(&s);
    }
}

RN_TEST(models_of_other_types_have_other_hashes)
{
    char hash[2][65];
    for (int i = 0; i < 2; i++) {
        rn_link *model = rn_linear_link(3, .in = 2, .no_bias = true, .w_init = { .name = "zero" });
        CHECK(rn_link_set_dtype(model, i ? RN_F16 : RN_BF16));
        RN_SCOPE
        CHECK(rn_call(model, rn_zeros(RN_SHAPE(1, 2), .dtype = i ? RN_F16 : RN_BF16)));
        CHECK(rn_model_hash(model, hash[i]));
        CHECK_OK();
        rn_link_free(model);
    }
    CHECK(strcmp(hash[0], hash[1]) != 0);
}

RN_TEST(a_path_that_does_not_fit_is_not_cut)
{
    char out[256], path[512];
    folder(out, "long");
    setup s = begin(out, 1, true);
    CHECK(rn_trainer_use(s.trainer, "snapshot"));
    CHECK(rn_trainer_run(s.trainer));
    CHECK(rn_snapshot_latest(out, NULL, 0));
    CHECK(rn_snapshot_latest(out, path, sizeof path));
    const int64_t length = (int64_t)strlen(path);
    CHECK(!rn_snapshot_latest(out, path, length));
    CHECK_ERROR(RN_ERR_ARG, "does not fit");
    CHECK(rn_snapshot_latest(out, path, length + 1));
    end(&s);
}
