/* The trainer: means, triggers, extensions, exact resumption. */
#include "test.h"

#include "base/file.h"
#include "base/json.h"

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

/* ---- what the extensions leave ---- */

static char *contents(const char *folder_path, const char *name)
{
    char path[400];
    void *bytes = NULL;
    int64_t n;
    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    CHECK(rni_file_read(path, 1 << 20, &bytes, &n));
    CHECK_OK();
    return bytes;
}

static int64_t count_of(const char *text, const char *what)
{
    int64_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text += strlen(what)) n++;
    return n;
}

RN_TEST(the_log_is_a_line_of_json_per_epoch_also_after_a_resumption)
{
    char out[256];
    folder(out, "logged");
    for (int64_t epochs = 3; epochs <= 5; epochs += 2) {
        setup s = begin(out, epochs);
        rn_trainer_use(s.trainer, "log");
        rn_trainer_use(s.trainer, "snapshot");
        if (epochs == 5) CHECK(rn_trainer_resume(s.trainer, out));
        CHECK(rn_trainer_run(s.trainer));
        char *text = contents(out, "log.jsonl"), *line = text;
        for (int64_t epoch = 1; epoch <= epochs; epoch++) {
            const int64_t n = (int64_t)strcspn(line, "\n");
            rni_json *row = rni_json_parse(line, n, "log");
            CHECK_OK();
            CHECK_EQ_I64(rni_json_int(rni_json_get(row, "iteration")), 5 * epoch);
            CHECK_NEAR(rni_json_number(rni_json_get(row, "epoch")), (double)epoch, 1e-9);
            static const char *const keys[] = { "seconds", "train_loss", "train_accuracy", "test_loss" };
            for (int k = 0; k < (int)RN_COUNTOF(keys); k++)
                CHECK(rni_json_type_of(rni_json_get(row, keys[k])) == RNI_JSON_NUMBER);
            rni_json_free(row);
            line += n + 1;
        }
        CHECK_EQ_STR(line, "");
        free(text);
        end(&s);
    }
}

RN_TEST(the_curve_shows_every_mean)
{
    char out[256];
    folder(out, "curved");
    setup s = begin(out, 4);
    rn_trainer_use(s.trainer, "log");
    rn_trainer_use(s.trainer, "curve", .file = "c.svg");
    CHECK(rn_trainer_run(s.trainer));
    char *svg = contents(out, "c.svg");
    CHECK(strncmp(svg, "<svg ", 5) == 0 && strstr(svg, "</svg>"));
    static const char *const names[] = { ">train_loss<", ">test_loss<", ">train_accuracy<", ">test_accuracy<" };
    for (int k = 0; k < (int)RN_COUNTOF(names); k++) CHECK_EQ_I64(count_of(svg, names[k]), 1);
    CHECK_EQ_I64(count_of(svg, "<circle"), 4);
    CHECK(!strstr(svg, "nan") && !strstr(svg, "inf"));
    free(svg);
    end(&s);
}

RN_TEST(as_many_snapshots_are_kept_as_asked_for)
{
    char out[256], path[400];
    folder(out, "kept");
    setup s = begin(out, 6);
    rn_trainer_use(s.trainer, "snapshot", .keep = 3, .every = RN_ITERATIONS(4));
    CHECK(rn_trainer_run(s.trainer));
    for (int i = 1; i <= 30; i++) {
        snprintf(path, sizeof path, "%s/snapshot_%08d.safetensors", out, i);
        CHECK(rni_file_exists(path) == (i == 24 || i == 28 || i == 30)); /* the last one of the end */
    }
    end(&s);
}

typedef struct {
    rn_link *model;
    int epoch;
    char hash[65]; /* of the second epoch */
} judge;

static bool judge_epoch(rn_trainer *t, void *self)
{
    static const double quality[] = { 1, 5, 3, 5 };
    judge *j = self;
    if (++j->epoch == 2 && !rn_model_hash(j->model, j->hash)) return false;
    return rn_trainer_report(t, "quality", quality[j->epoch - 1]);
}

RN_TEST(the_best_model_is_that_of_the_best_epoch)
{
    static const rn_extension row = {
        .name = "judge", .priority = 300, .every = { 1, RN_UNIT_EPOCH }, .run = judge_epoch
    };
    char out[256], path[400], hash[65];
    folder(out, "best");
    setup s = begin(out, 4);
    judge j = { .model = s.model };
    rn_trainer_add(s.trainer, &row, &j, (rn_every){ 0 });
    rn_trainer_use(s.trainer, "best", .monitor = "quality", .maximize = true);
    CHECK(rn_trainer_run(s.trainer));
    snprintf(path, sizeof path, "%s/best.safetensors", out);
    CHECK(rn_model_load(s.model, path));
    CHECK(rn_model_hash(s.model, hash));
    CHECK_OK();
    CHECK_EQ_STR(hash, j.hash);
    end(&s);
}

RN_TEST(the_table_has_a_heading_and_a_line_per_epoch)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    setup s = begin(NULL, 3);
    rn_trainer_use(s.trainer, "print", .to = to);
    CHECK(rn_trainer_run(s.trainer));
    fclose(to);
    CHECK_EQ_I64(count_of(text, "\n"), 4);
    CHECK(strstr(text, "epoch") && strstr(text, "test_accuracy") && strstr(text, "train_loss"));
    free(text);
    end(&s);
}

static rn_tensor *growing(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)m;
    return rn_mul_scalar(rn_sum(rn_square(rn_call(user, b->x))), 1e4);
}

RN_TEST(a_loss_that_is_not_finite_ends_training_and_is_named)
{
    char out[256], path[400];
    folder(out, "not_finite");
    setup s = begin(NULL, 1);
    rn_trainer_free(s.trainer);
    rn_optimizer *sgd = rn_sgd(s.model, .rate = 10);
    s.trainer = rn_trainer_new(s.model, sgd, s.batches, growing, .user = s.model, .out = out, .epochs = 50);
    rn_trainer_use(s.trainer, "fail_on_nan");
    rn_trainer_use(s.trainer, "snapshot", .every = RN_ITERATIONS(1), .keep = 100);
    CHECK(!rn_trainer_run(s.trainer));
    char iteration[64];
    snprintf(iteration, sizeof iteration, "loss is not finite at iteration %lld",
             (long long)rn_trainer_iteration(s.trainer));
    CHECK_ERROR(RN_ERR_STATE, iteration);
    snprintf(path, sizeof path, "%s/snapshot_%08lld.safetensors", out, (long long)rn_trainer_iteration(s.trainer));
    CHECK(!rni_file_exists(path));
    rn_trainer_free(s.trainer);
    s.trainer = NULL;
    rn_optimizer_free(sgd);
    end(&s);
}

RN_TEST(the_graph_of_the_first_step_is_written)
{
    char out[256];
    folder(out, "graph");
    setup s = begin(out, 1);
    rn_trainer_use(s.trainer, "graph", .file = "g.dot");
    CHECK(rn_trainer_run(s.trainer));
    char *dot = contents(out, "g.dot");
    CHECK(strncmp(dot, "digraph", 7) == 0 && strstr(dot, "->") && strstr(dot, "}"));
    CHECK(strstr(dot, "label=\"relu") && strstr(dot, "fc0/W: f32[8, 2]") && strstr(dot, "f32[20, 2]"));
    free(dot);
    end(&s);
}

RN_TEST(patience_goes_on_after_a_resumption)
{
    char out[256];
    folder(out, "patient");
    for (int64_t epochs = 3; epochs <= 100; epochs += 97) {
        setup s = begin(out, epochs);
        rn_optimizer_set_rate(s.optimizer, 0);
        rn_trainer_use(s.trainer, "early_stop", .patience = 4);
        rn_trainer_use(s.trainer, "snapshot");
        if (epochs == 100) CHECK(rn_trainer_resume(s.trainer, out));
        rn_optimizer_set_rate(s.optimizer, 0);
        CHECK(rn_trainer_run(s.trainer));
        CHECK_EQ_I64(rn_trainer_iteration(s.trainer), epochs == 3 ? 15 : 25);
        end(&s);
    }
}

RN_TEST(a_run_folder_has_one_trainer_at_a_time)
{
    char out[256];
    folder(out, "shared");
    setup s = begin(out, 1);
    CHECK(!rn_trainer_new(s.model, s.optimizer, s.batches, loss, .out = out, .epochs = 1));
    CHECK_ERROR(RN_ERR_STATE, "another training is under way");
    end(&s);
    s = begin(out, 1);
    CHECK_OK();
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
    other = rn_mlp_link(RN_SHAPE(8));
    CHECK(!rn_model_load(other, path));
    CHECK_ERROR(RN_ERR_ARG, "the file has \"fc1/W\"");
    rn_link_free(other);
    other = rn_mlp_link(RN_SHAPE(8, 2, 2));
    CHECK(!rn_model_load(other, path));
    CHECK_ERROR(RN_ERR_ARG, "the file has no \"fc2/W\"");
    rn_link_free(other);
    other = rn_chain_new();
    CHECK(!rn_model_load(other, path));
    CHECK_ERROR(RN_ERR_ARG, "call the model once before");
    rn_link_free(other);
    rn_link_free(fresh);
    end(&s);
}

RN_TEST(parameters_that_had_no_value_when_the_model_was_saved_stay_to_be_made)
{
    char path[300];
    snprintf(path, sizeof path, "%s/unmade.safetensors", test_folder());
    rn_chain *model = rn_chain_new(), *again = rn_chain_new();
    for (int i = 0; i < 2; i++) {
        rn_chain_add(i ? again : model, "used", rn_linear_link(2));
        rn_chain_add(i ? again : model, "unused", rn_linear_link(2));
    }
    RN_SCOPE
    rn_call(rn_link_find(model, "used"), rn_zeros(RN_SHAPE(1, 3)));
    CHECK(rn_model_save(model, path));
    CHECK(rn_model_load(again, path));
    CHECK_OK();
    CHECK_EQ_I64(rn_link_count(again, NULL), 2);
    CHECK(rn_link_param(again, "unused/W") == NULL);
    rn_link_free(model);
    rn_link_free(again);
}

RN_TEST(what_is_left_out_of_calls_about_files_is_told)
{
    char hex[65];
    rn_chain *model = rn_chain_new();
    CHECK(!rn_model_save(model, NULL));
    CHECK_ERROR(RN_ERR_ARG, "model_save: the path is NULL");
    CHECK(!rn_model_load(NULL, "a"));
    CHECK_ERROR(RN_ERR_ARG, "model_load: the model is NULL");
    CHECK(!rn_model_hash(NULL, hex));
    CHECK_ERROR(RN_ERR_ARG, "model_hash: the model is NULL");
    CHECK(!rn_trainer_save(NULL, "a"));
    CHECK_ERROR(RN_ERR_ARG, "trainer_save: the trainer is NULL");
    CHECK(!rn_snapshot_latest(NULL, NULL, 0));
    CHECK_ERROR(RN_ERR_ARG, "snapshot_latest: the folder is NULL");
    rn_link_free(model);
}

RN_TEST(a_snapshot_is_not_taken_over_by_another_optimizer)
{
    char path[300];
    snprintf(path, sizeof path, "%s/adam.safetensors", test_folder());
    setup s = begin(NULL, 1);
    CHECK(rn_trainer_run(s.trainer));
    CHECK(rn_trainer_save(s.trainer, path));
    rn_optimizer *sgd = rn_sgd(s.model);
    rn_trainer *t = rn_trainer_new(s.model, sgd, s.batches, loss, .user = s.model, .epochs = 2);
    CHECK(!rn_trainer_resume(t, path));
    CHECK_ERROR(RN_ERR_ARG, "made with the optimizer adam, this is sgd");
    rn_trainer_free(t);
    rn_optimizer_free(sgd);
    end(&s);
}
