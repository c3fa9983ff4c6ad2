/* Putting a project together. Everything is made, and all shapes are checked, before the first step is taken. */
#include "project/session.h"

#include "base/alloc.h"
#include "base/error.h"
#include "project/optimize.h"
#include "project/schema.h"

#include <string.h>

/* NULL where there is none, or none that can be read. */
static const rni_json *training_of(const rni_session *s)
{
    return s->untrained ? NULL : rni_json_get(s->project->json, "training");
}

static bool positive(const rni_json *training, const char *key, int64_t otherwise, int64_t *out)
{
    const rni_json *v = rni_json_get(training, key);
    *out = v ? rni_json_int(v) : otherwise;
    if (*out > 0 || !v) return true;
    *out = otherwise;
    return rni_json_fail(v, RN_ERR_ARG, "\"%s\" must be at least 1", key) || rni_excused(v);
}

static const struct {
    const char *name;
    rn_dtype dtype;
} precisions[] = { { "float32", RN_F32 }, { "bfloat16", RN_BF16 }, { "float16", RN_F16 } };

static const char *precision_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(precisions) ? precisions[i].name : NULL;
}

/* Names of the field, and those that tensors print. */
static bool read_precision(const rni_json *v, rn_dtype *out)
{
    const char *name = rni_json_string(v);
    *out = RN_F32;
    for (int i = 0; v && i < (int)RN_COUNTOF(precisions); i++) {
        if (strcmp(precisions[i].name, name) != 0 && strcmp(rn_dtype_name(precisions[i].dtype), name) != 0) continue;
        *out = precisions[i].dtype;
        return true;
    }
    return !v || rni_unknown(v, "precision", name, precision_name, NULL);
}

/* Members of "training" that are numbers, with defaults. */
static bool read_training(rni_session *s)
{
    rni_training *out = &s->training;
    const rni_json *t = training_of(s);
    *out = (rni_training){ .shuffle = true };
    if (t && !rni_members_check(t, rni_members_training, "training", false)) return false;
    const rni_json *iterations = rni_json_get(t, "iterations"), *seconds = rni_json_get(t, "seconds");
    const rni_json *shuffle = rni_json_get(t, "shuffle");
    out->iterations = rni_json_int(iterations);
    out->seconds = rni_json_number(seconds);
    if (seconds && out->seconds <= 0) return rni_json_fail(seconds, RN_ERR_ARG, "\"seconds\" must be above 0");
    if (shuffle) out->shuffle = rni_json_bool(shuffle);
    out->seed = (uint64_t)rni_json_int(rni_json_get(t, "seed"));
    out->limit = rni_json_int(rni_json_get(t, "limit"));
    return positive(t, "batch", 100, &out->batch) &&
           positive(t, "epochs", iterations || seconds ? 0 : 10, &out->epochs) &&
           positive(t, "accumulate", 1, &out->accumulate) &&
           (read_precision(rni_json_get(t, "precision"), &out->precision) || rni_excused(rni_json_get(t, "precision")));
}

/* ---- data and networks ---- */

static bool open_data(rni_session *s, const rni_session_args *a)
{
    const rni_json *name = rni_json_get(training_of(s), "data");
    s->datas = rni_datas_new(s->project, &(rni_data_args){ .batch = s->training.batch,
                                                           .limit = s->training.limit,
                                                           .seed = s->training.seed,
                                                           .progress = a->progress,
                                                           .user = a->user,
                                                           .offline = a->sketches != NULL,
                                                           .sketches = a->sketches });
    if (!s->datas) return false;
    s->data = rni_datas_open(s->datas, name ? rni_json_string(name) : s->datas->at[0].name, name);
    for (int64_t i = 0; rni_gathering() && i < s->datas->n; i++) { /* errors of those that nobody asks for, too */
        rni_excused(name);
        rni_datas_open(s->datas, s->datas->at[i].name, s->datas->at[i].json);
    }
    return s->data != NULL;
}

static const char *column_name(void *user, int i)
{
    const rn_column *c = rn_dataset_column(user, i);
    return c ? c->name : NULL;
}

/* What expressions of all networks may use: `classes` of the target, `length` of a text or vector x. */
static bool set_globals(rni_session *s)
{
    const rni_json *target = rni_json_get(training_of(s), "target");
    const char *name = target ? rni_json_string(target) : "t";
    const rn_column *x = s->data ? rn_dataset_column(s->data->set, 0) : NULL;
    const double classes = s->data ? (double)rni_data_classes(s->data, name) : 1;
    const double length = x && x->shape.rank ? (double)x->shape.dim[0] : 1;
    s->globals[0] = (rni_variable){ "classes", { .kind = RNI_VALUE_NUMBER, .number = classes } };
    s->globals[1] = (rni_variable){ "length", { .kind = RNI_VALUE_NUMBER, .number = length } };
    s->variables = (rni_variables){ s->globals, 2 };
    if (!target || !s->data || s->data->text || rn_dataset_find_column(s->data->set, name) >= 0) return true;
    return rni_unknown(target, "column", name, column_name, s->data->set);
}

static int64_t batch_of(const rni_session *s, const rni_data *d)
{
    return d->streams ? d->stream_count : s->training.batch;
}

/* ---- monitors ---- */

static bool open_batches(rni_session *s, rni_watch *w)
{
    const int64_t batch = batch_of(s, w->data) > 0 ? batch_of(s, w->data) : s->training.batch;
    if (!s->sketched) w->batches = rn_iterator_new(w->data->set, batch);
    return (s->sketched || w->batches) && rni_goal_check(&w->goal, w->data, batch, NULL, NULL);
}

static bool add_watch(rni_session *s, const rni_json *v, const char *data_name)
{
    rni_watch *w = &s->watch[s->n_watches++];
    const rni_json *name = rni_json_get(v, "name"), *every = rni_json_get(v, "every"), *data = rni_json_get(v, "data");
    if (v && !rni_members_check(v, rni_members_monitor, "monitor", false)) return false;
    if (v && !data) return rni_json_fail(v, RN_ERR_ARG, "the monitor has no \"data\"");
    if (data) data_name = rni_json_string(data);
    w->data = rni_datas_open(s->datas, data_name, data);
    if (!w->data) return false;
    snprintf(w->name, sizeof w->name, "%.63s", name ? rni_json_string(name) : data_name);
    for (const rni_watch *other = s->watch; other < w; other++)
        if (strcmp(other->name, w->name) == 0)
            return rni_json_fail(name ? name : v, RN_ERR_ARG, "two monitors are called \"%s\"", w->name);
    w->every = every ? rni_json_number(every) : 1;
    if (w->every <= 0) return rni_json_fail(every, RN_ERR_ARG, "\"every\" must be above 0");
    if (!rni_goal_read(&w->goal, s->model, v, &s->common, w->data)) return false;
    return open_batches(s, w);
}

static bool open_watches(rni_session *s)
{
    const rni_json *list = rni_json_get(training_of(s), "monitors");
    const int64_t n = list ? rni_json_count(list) : s->datas->n;
    s->watch = rni_alloc(n * (int64_t)sizeof *s->watch);
    if (!s->watch) return false;
    for (int64_t i = 0; i < n; i++) {
        const char *name = list ? NULL : s->datas->at[i].name;
        if (name && strcmp(name, s->data->name) == 0) continue;
        const rni_json *v = list ? rni_json_at(list, i) : NULL;
        if (!add_watch(s, v, name) && !rni_excused(v ? v : s->project->json)) return false;
    }
    return true;
}

static const char *watch_name(void *user, int i)
{
    const rni_session *s = user;
    return i < s->n_watches ? s->watch[i].name : NULL;
}

rni_watch *rni_session_watch(rni_session *s, const char *name)
{
    for (int64_t i = 0; i < s->n_watches; i++)
        if (!name || strcmp(s->watch[i].name, name) == 0) return &s->watch[i];
    if (name)
        rni_unknown(NULL, "monitor", name, watch_name, s);
    else
        rni_fail(RN_ERR_STATE, NULL, NULL, "the project has no data set but the one that it trains with");
    return NULL;
}

bool rni_watch_run(rni_session *s, rni_watch *w, rn_mean_fn *each, void *user)
{
    rni_kept_states states;
    if (!rni_kept_states_take(s->model->root, &states)) {
        rni_kept_states_free(&states);
        return false;
    }
    rn_link_reset(s->model->root);
    w->goal.last_epoch = -1;
    const bool ok = rn_evaluate(w->batches, rni_goal_loss, &w->goal, each, user);
    rni_error_copy *error = rni_error_take();
    const bool back = rni_kept_states_give(s->model->root, &states);
    rni_error_give(error);
    return ok && back;
}

/* ---- optimizers ---- */

static bool scale_loss(const rni_session *s, rn_optimizer *o)
{
    const rni_json *v = rni_json_get(training_of(s), "loss_scale");
    const bool object = rni_json_type_of(v) == RNI_JSON_OBJECT;
    if (!v && s->training.precision != RN_F16) return true;
    if (object && !rni_members_check(v, rni_members_loss_scale, "loss_scale", false)) return false;
    const rni_json *fixed = rni_json_get(v, "fixed");
    rn_optimizer_scale_loss_args args = { .optimizer = o, .site = RN_SITE(rn_optimizer_scale_loss_args) };
    if (v) args.site = (rn_site){ rni_json_source(v), "loss_scale", rni_json_line(v), 0, NULL };
    args.scale = object ? rni_json_number(rni_json_get(v, "scale")) : rni_json_number(v);
    args.factor = rni_json_number(rni_json_get(v, "factor"));
    args.interval = rni_json_int(rni_json_get(v, "interval"));
    args.fixed = object ? rni_json_bool(fixed) : v != NULL;
    return rn_optimizer_scale_loss_at(&args);
}

/* As "training" says for all. */
static bool prepare_optimizer(const rni_session *s, rn_optimizer *o)
{
    return o && rn_optimizer_set_accumulate(o, s->training.accumulate) && scale_loss(s, o);
}

static bool add_second(rni_session *s, const rni_json *v)
{
    rni_second *o = &s->second[s->n_second++];
    const rni_json *name = rni_json_get(v, "name"), *every = rni_json_get(v, "every");
    o->every = every ? rni_json_int(every) : 1;
    if (o->every < 1) return rni_json_fail(every, RN_ERR_ARG, "\"every\" must be at least 1");
    o->optimizer = rni_optimizer_read(v, s->model, (double)s->training.epochs, &o->part);
    if (!prepare_optimizer(s, o->optimizer)) return false;
    snprintf(o->name, sizeof o->name, name ? "%.63s" : "%.40s_%lld", name ? rni_json_string(name) : "optimizer",
             (long long)s->n_second + 1);
    return s->data && rni_goal_read(&o->goal, s->model, v, &s->common, s->data) &&
           rni_goal_check(&o->goal, s->data, s->training.batch, NULL, NULL);
}

static bool open_optimizers(rni_session *s)
{
    const rni_json *t = training_of(s), *one = rni_json_get(t, "optimizer"), *many = rni_json_get(t, "optimizers");
    if (one && many) return rni_json_fail(many, RN_ERR_ARG, "\"optimizer\" and \"optimizers\" exclude each other");
    if (many && rni_json_count(many) == 0) return rni_json_fail(many, RN_ERR_ARG, "the list of optimizers is empty");
    s->optimizer =
        rni_optimizer_read(many ? rni_json_at(many, 0) : one, s->model, (double)s->training.epochs, &s->part);
    if (!prepare_optimizer(s, s->optimizer) && !rni_excused(many ? rni_json_at(many, 0) : one)) return false;
    const int64_t n = rni_json_count(many);
    s->second = rni_alloc(n * (int64_t)sizeof *s->second);
    for (int64_t i = 1; s->second && i < n; i++)
        if (!add_second(s, rni_json_at(many, i)) && !rni_excused(rni_json_at(many, i))) return false;
    return s->second != NULL;
}

/* The first optimizer may have a loss of its own. */
static bool read_goals(rni_session *s)
{
    const rni_json *t = training_of(s), *first = rni_json_at(rni_json_get(t, "optimizers"), 0);
    if (!rni_goal_read(&s->common, s->model, t, NULL, s->data)) {
        rni_goal_free(&s->common); /* nobody shall copy half of it */
        return false;
    }
    return rni_goal_read(&s->goal, s->model, first, &s->common, s->data);
}

/* ---- the trainer ---- */

static rn_tensor *training_loss(void *user, const rn_batch *batch, rn_metrics *m)
{
    rni_session *s = user;
    s->now = batch;
    return rni_goal_loss(&s->goal, batch, m);
}

static bool make_steps(rni_session *s)
{
    if (s->sketched) return open_optimizers(s);
    const bool streams = s->data->streams;
    s->batches = rn_iterator_new(s->data->set, batch_of(s, s->data), .shuffle = s->training.shuffle && !streams,
                                 .seed = s->training.seed, .repeat = true, .drop_last = streams);
    return s->batches && open_optimizers(s);
}

static bool make_trainer(rni_session *s, const rni_session_args *a)
{
    s->trainer = rn_trainer_new(s->model->root, s->optimizer, s->batches, training_loss, .user = s, .out = a->out,
                                .epochs = s->training.epochs, .iterations = s->training.iterations,
                                .seconds = s->training.seconds, .precision = s->training.precision);
    if (!s->trainer || !rni_session_extend(s)) return false;
    return a->quiet || (rn_trainer_use(s->trainer, "progress") && rn_trainer_use(s->trainer, "print"));
}

/* Where losses and metrics come from. */
static const rni_json *goal_place(const rni_session *s)
{
    const rni_json *t = training_of(s), *loss = rni_json_get(t, "loss");
    return loss ? loss : t ? t : s->project->json;
}

static bool open_goals(rni_session *s)
{
    if (!s->data) return true;
    if (!read_goals(s) || !rni_goal_check(&s->goal, s->data, batch_of(s, s->data), NULL, NULL)) {
        if (!rni_excused(goal_place(s))) return false;
    }
    return open_watches(s);
}

static bool open_session(rni_session *s, const rni_session_args *a)
{
    const rni_json *json = s->project->json, *training = rni_json_get(json, "training");
    s->sketched = a->sketches != NULL;
    if (!read_training(s) && (!(s->untrained = rni_excused(training)) || !read_training(s))) return false;
    if (!open_data(s, a) && !rni_excused(json)) return false;
    if (!set_globals(s) && !rni_excused(training)) return false;
    rn_seed(s->training.seed);
    s->model = rni_model_new(s->project, &s->variables);
    if (!s->model || !open_goals(s) || ((a->out || a->steps) && !make_steps(s))) return false;
    return !a->out || make_trainer(s, a);
}

rni_session *rni_session_open(rni_project *project, const rni_session_args *args)
{
    rni_session *s = rn_ok() ? rni_alloc((int64_t)sizeof *s) : NULL;
    if (!s) {
        rni_project_free(project);
        return NULL;
    }
    s->project = project;
    if (open_session(s, args)) return s;
    rni_session_free(s);
    return NULL;
}

void rni_session_free(rni_session *s)
{
    if (!s) return;
    rn_trainer_free(s->trainer);
    for (int64_t i = 0; i < s->n_watches; i++) {
        rn_iterator_free(s->watch[i].batches);
        rni_goal_free(&s->watch[i].goal);
    }
    for (int64_t i = 0; i < s->n_second; i++) {
        rn_optimizer_free(s->second[i].optimizer);
        rn_link_free(s->second[i].part);
        rni_goal_free(&s->second[i].goal);
    }
    rni_free(s->watch);
    rni_free(s->second);
    rn_iterator_free(s->batches);
    rn_optimizer_free(s->optimizer);
    rn_link_free(s->part);
    rni_goal_free(&s->goal);
    rni_goal_free(&s->common);
    rni_model_free(s->model);
    rni_datas_free(s->datas);
    rni_project_free(s->project);
    rni_free(s);
}
