/* The trainer: means, triggers, extensions, exact resumption. */
#include "test.h"

enum { N = 96 };

/* Two clouds of points; column t says which. */
static rn_dataset *points(void)
{
    static float x[N * 2];
    static int32_t t[N];
    for (int i = 0; i < N; i++) {
        const double a = 2.399963 * i;
        t[i] = i % 2;
        x[2 * i] = (float)(cos(a) * 0.8 + (t[i] ? 1 : -1));
        x[2 * i + 1] = (float)(sin(a * 1.7) * 0.8);
    }
    const rn_array_column columns[] = { { .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(2), .data = x },
                                        { .name = "t", .dtype = RN_I32, .data = t, .class_count = 2 } };
    return rn_dataset_arrays(N, columns, 2);
}

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_tensor *y = rn_call(user, b->x);
    rn_metric(m, "accuracy", rn_accuracy(y, b->t), (double)b->count);
    return rn_softmax_cross_entropy(rn_dropout(y, .ratio = 0.2), b->t);
}

typedef struct {
    rn_dataset *data;
    rn_link *model;
    rn_optimizer *optimizer;
    rn_iterator *batches, *again;
    rn_trainer *trainer;
} setup;

static setup begin(const char *out, int64_t epochs)
{
    setup s = { .data = points() };
    rn_seed(7);
    s.model = rn_mlp_link(RN_SHAPE(8, 2));
    s.optimizer = rn_adam(s.model, .alpha = 0.02);
    s.batches = rn_iterator_new(s.data, 20, .shuffle = true, .seed = 3, .repeat = true);
    s.again = rn_iterator_new(s.data, 50);
    s.trainer = rn_trainer_new(s.model, s.optimizer, s.batches, loss, .user = s.model, .out = out, .epochs = epochs);
    rn_trainer_use(s.trainer, "evaluate", .batches = s.again);
    return s;
}

static void end(setup *s)
{
    rn_trainer_free(s->trainer);
    rn_iterator_free(s->again);
    rn_iterator_free(s->batches);
    rn_optimizer_free(s->optimizer);
    rn_link_free(s->model);
    rn_dataset_free(s->data);
}

static void folder(char *buf, const char *name)
{
    snprintf(buf, 256, "%s/%s", test_folder(), name);
}

RN_TEST(a_trainer_that_could_not_be_made_has_done_nothing)
{
    setup s = begin(NULL, 1);
    CHECK(!rn_trainer_new(s.model, s.optimizer, s.batches, loss, .out = "/proc/no/folder", .epochs = 1));
    CHECK_ERROR(RN_ERR_IO, "test_train.c:");
    end(&s);
    rn_trainer_stop(NULL);
    rn_trainer_end(NULL, "why");
    rn_trainer_free(NULL);
    CHECK(!rn_trainer_stopped(NULL) && !rn_trainer_folder(NULL));
    CHECK(rn_trainer_iteration(NULL) == 0 && rn_trainer_examples(NULL) == 0);
    CHECK(rn_trainer_epoch(NULL) == 0 && rn_trainer_seconds(NULL) == 0);
    CHECK(isnan(rn_trainer_value(NULL, "loss")));
    CHECK(!rn_trainer_report(NULL, "loss", 1) && !rn_trainer_add(NULL, rn_extension_at(0), NULL, RN_EPOCHS(1)));
    CHECK(!rn_trainer_run(NULL) && !rn_trainer_save(NULL, "a") && !rn_trainer_resume(NULL, "a"));
    rn_error_clear();
}

RN_TEST(a_small_network_learns_and_everything_is_written)
{
    char out[256], path[400];
    folder(out, "learns");
    setup s = begin(out, 12);
    CHECK(rn_trainer_use(s.trainer, "log"));
    CHECK(rn_trainer_use(s.trainer, "curve"));
    CHECK(rn_trainer_use(s.trainer, "best"));
    CHECK(rn_trainer_use(s.trainer, "graph"));
    CHECK(rn_trainer_use(s.trainer, "fail_on_nan"));
    CHECK(rn_trainer_use(s.trainer, "snapshot", .keep = 1));
    CHECK(rn_trainer_run(s.trainer));
    CHECK_OK();
    CHECK_EQ_I64(rn_trainer_iteration(s.trainer), 12 * 5);
    CHECK_EQ_I64(rn_trainer_examples(s.trainer), 12 * N);
    CHECK(rn_trainer_value(s.trainer, "test_accuracy") > 0.85);
    CHECK(rn_trainer_value(s.trainer, "train_loss") < 0.6);
    static const char *const files[] = { "log.jsonl", "curve.svg", "best.safetensors", "graph.dot",
                                         "snapshot_00000060.safetensors" };
    for (int i = 0; i < (int)RN_COUNTOF(files); i++) {
        snprintf(path, sizeof path, "%s/%s", out, files[i]);
        FILE *f = fopen(path, "rb");
        if (!f) test_failed(__FILE__, __LINE__, "%s is not there", path);
        fclose(f);
    }
    end(&s);
}

RN_TEST(a_resumed_run_ends_with_the_same_bits)
{
    char whole[256], part[256], snapshot[300], a[65], b[65];
    folder(whole, "whole");
    folder(part, "part");
    setup s = begin(whole, 6);
    CHECK(rn_trainer_run(s.trainer));
    CHECK(rn_model_hash(s.model, a));
    const double loss_whole = rn_trainer_value(s.trainer, "test_loss");
    end(&s);

    s = begin(part, 3);
    rn_trainer_use(s.trainer, "snapshot", .every = RN_ITERATIONS(7));
    CHECK(rn_trainer_run(s.trainer));
    end(&s);
    CHECK_OK();
    s = begin(part, 6);
    rn_trainer_use(s.trainer, "snapshot", .every = RN_ITERATIONS(7));
    CHECK(rn_trainer_resume(s.trainer, part)); /* the last one, of the end */
    CHECK_EQ_I64(rn_trainer_iteration(s.trainer), 15);
    snprintf(snapshot, sizeof snapshot, "%s/snapshot_00000014.safetensors", part);
    CHECK(rn_trainer_resume(s.trainer, snapshot));
    CHECK_OK();
    CHECK_EQ_I64(rn_trainer_iteration(s.trainer), 14);
    CHECK(rn_trainer_run(s.trainer));
    CHECK(rn_model_hash(s.model, b));
    CHECK_OK();
    CHECK_EQ_STR(b, a);
    CHECK(rn_trainer_value(s.trainer, "test_loss") == loss_whole);
    end(&s);
}

static rn_tensor *by_count(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_metric(m, "size", rn_scalar((double)b->count), (double)b->count);
    return rn_mul_scalar(rn_sum(rn_call(user, b->x)), 0.0);
}

RN_TEST(means_are_weighted_by_what_they_are_means_of)
{
    setup s = begin(NULL, 1);
    double sum = 0;
    rn_trainer_free(s.trainer);
    s.trainer = rn_trainer_new(s.model, s.optimizer, s.batches, by_count, .user = s.model, .epochs = 1);
    CHECK(rn_trainer_use(s.trainer, "print", .to = fopen("/dev/null", "w")));
    CHECK(rn_trainer_run(s.trainer));
    CHECK_OK();
    /* four batches of 20 and one of 16, each reporting its size as the mean over as many examples */
    sum = (4 * 20.0 * 20 + 16 * 16) / N;
    CHECK_NEAR(rn_trainer_value(s.trainer, "train_size"), sum, 1e-4);
    end(&s);
}

RN_TEST(training_ends_early_without_improvement)
{
    setup s = begin(NULL, 100);
    rn_optimizer_set_rate(s.optimizer, 0);
    CHECK(rn_trainer_use(s.trainer, "early_stop", .patience = 3));
    CHECK(rn_trainer_run(s.trainer));
    CHECK_OK();
    CHECK_EQ_I64(rn_trainer_iteration(s.trainer), 4 * 5);
    CHECK(!rn_trainer_stopped(s.trainer));
    end(&s);
}

static void count_weight(void *user, const char *name, double mean, double weight)
{
    (void)mean;
    if (strcmp(name, "loss") == 0) *(double *)user += weight;
}

RN_TEST(an_evaluation_is_one_pass_also_over_batches_that_repeat)
{
    setup s = begin(NULL, 1);
    double weight = 0;
    CHECK(rn_evaluate(s.batches, loss, s.model, count_weight, &weight));
    CHECK(weight == N);
    end(&s);
}

static bool stop_at_eight(rn_trainer *t, void *self)
{
    (void)self;
    if (rn_trainer_iteration(t) == 8) rn_trainer_stop(t);
    return true;
}

RN_TEST(stopping_leaves_a_snapshot_of_that_step)
{
    char out[256], path[512];
    folder(out, "stopped");
    static const rn_extension row = { .name = "stop", .step = stop_at_eight };
    setup s = begin(out, 100);
    rn_trainer_use(s.trainer, "snapshot");
    rn_trainer_add(s.trainer, &row, NULL, (rn_every){ 0 });
    CHECK(rn_trainer_run(s.trainer));
    CHECK(rn_trainer_stopped(s.trainer));
    CHECK(rn_snapshot_latest(out, path, sizeof path));
    CHECK(strstr(path, "snapshot_00000008.safetensors"));
    end(&s);
}

RN_TEST(mistakes_are_explained)
{
    setup s = begin(NULL, 1);
    CHECK(!rn_trainer_use(s.trainer, "snapshto"));
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"snapshot\"?");
    CHECK(!rn_trainer_use(s.trainer, "snapshot"));
    CHECK_ERROR(RN_ERR_STATE, "give the trainer a folder");
    CHECK(!rn_trainer_use(s.trainer, "evaluate"));
    CHECK_ERROR(RN_ERR_ARG, ".batches");
    CHECK(!rn_trainer_resume(s.trainer, "/nonexistent/run"));
    CHECK_ERROR(RN_ERR_IO, "/nonexistent/run");
    CHECK(!rn_trainer_new(s.model, s.optimizer, s.batches, loss));
    CHECK_ERROR(RN_ERR_ARG, "no end is given");
    end(&s);
}

RN_TEST(a_model_file_goes_into_a_model_that_has_not_been_called)
{
    char path[300], a[65], b[65];
    snprintf(path, sizeof path, "%s/model.safetensors", test_folder());
    setup s = begin(NULL, 2);
    CHECK(rn_trainer_run(s.trainer));
    CHECK(rn_model_save(s.model, path));
    CHECK(rn_model_hash(s.model, a));
    rn_link *fresh = rn_mlp_link(RN_SHAPE(8, 2));
    CHECK(rn_model_load(fresh, path));
    CHECK(rn_model_hash(fresh, b));
    CHECK_OK();
    CHECK_EQ_STR(b, a);
    rn_link *other = rn_mlp_link(RN_SHAPE(9, 2));
    RN_SCOPE
    rn_call(other, rn_zeros(RN_SHAPE(1, 2)));
    CHECK(!rn_model_load(other, path));
    CHECK_ERROR(RN_ERR_SHAPE, "fc0/W");
    rn_link_free(other);
    rn_link_free(fresh);
    end(&s);
}
