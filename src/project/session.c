/* Putting a project together. Everything is made, and all shapes are checked, before the first step is taken. */
#include "project/session.h"

#include "base/alloc.h"
#include "base/error.h"
#include "project/optimize.h"
#include "project/schema.h"

#include <string.h>

static const rni_json *training_of(const rni_project *p)
{
    return rni_json_get(p->json, "training");
}

static bool positive(const rni_json *training, const char *key, int64_t otherwise, int64_t *out)
{
    const rni_json *v = rni_json_get(training, key);
    *out = v ? rni_json_int(v) : otherwise;
    return !v || *out > 0 || rni_json_fail(v, RN_ERR_ARG, "\"%s\" must be at least 1", key);
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
static bool read_training(const rni_project *p, rni_training *out)
{
    const rni_json *t = training_of(p);
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
           read_precision(rni_json_get(t, "precision"), &out->precision);
}

/* ---- data and networks ---- */

static bool open_data(rni_session *s, const rni_session_args *a)
{
    const rni_json *name = rni_json_get(training_of(s->project), "data");
    s->datas = rni_datas_new(s->project, &(rni_data_args){ .batch = s->training.batch,
                                                           .limit = s->training.limit,
                                                           .seed = s->training.seed,
                                                           .progress = a->progress,
                                                           .user = a->user });
    if (!s->datas) return false;
    s->data = rni_datas_open(s->datas, name ? rni_json_string(name) : s->datas->at[0].name, name);
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
    const rni_json *target = rni_json_get(training_of(s->project), "target");
    const char *name = target ? rni_json_string(target) : "t";
    if (target && !s->data->text && rn_dataset_find_column(s->data->set, name) < 0)
        return rni_unknown(target, "column", name, column_name, s->data->set);
    const rn_column *x = rn_dataset_column(s->data->set, 0);
    s->globals[0].name = "classes";
    s->globals[0].value = (rni_value){ .kind = RNI_VALUE_NUMBER, .number = (double)rni_data_classes(s->data, name) };
    s->globals[1].name = "length";
    s->globals[1].value =
        (rni_value){ .kind = RNI_VALUE_NUMBER, .number = x->shape.rank ? (double)x->shape.dim[0] : 1 };
    s->variables = (rni_variables){ s->globals, 2 };
    return true;
}

static int64_t batch_of(const rni_session *s, const rni_data *d)
{
    return d->streams ? d->stream_count : s->training.batch;
}

static rn_iterator *batches_of(const rni_session *s, rn_dataset *set, int64_t batch)
{
    return rn_iterator_new(set, batch > 0 ? batch : s->training.batch);
}

/* ---- monitors ---- */

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
    w->batches = batches_of(s, w->data->set, batch_of(s, w->data));
    return w->batches && rni_goal_check(&w->goal, w->data, rn_iterator_batch_size(w->batches), NULL, NULL);
}

static bool open_watches(rni_session *s)
{
    const rni_json *list = rni_json_get(training_of(s->project), "monitors");
    const int64_t n = list ? rni_json_count(list) : s->datas->n;
    s->watch = rni_alloc(n * (int64_t)sizeof *s->watch);
    if (!s->watch) return false;
    for (int64_t i = 0; i < n; i++) {
        const char *name = list ? NULL : s->datas->at[i].name;
        if (name && strcmp(name, s->data->name) == 0) continue;
        if (!add_watch(s, list ? rni_json_at(list, i) : NULL, name)) return false;
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
    const rni_json *v = rni_json_get(training_of(s->project), "loss_scale");
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
    return rni_goal_read(&o->goal, s->model, v, &s->common, s->data) &&
           rni_goal_check(&o->goal, s->data, s->training.batch, NULL, NULL);
}

static bool open_optimizers(rni_session *s)
{
    const rni_json *t = training_of(s->project), *one = rni_json_get(t, "optimizer"),
                   *many = rni_json_get(t, "optimizers");
    if (one && many) return rni_json_fail(many, RN_ERR_ARG, "\"optimizer\" and \"optimizers\" exclude each other");
    if (many && rni_json_count(many) == 0) return rni_json_fail(many, RN_ERR_ARG, "the list of optimizers is empty");
    s->optimizer =
        rni_optimizer_read(many ? rni_json_at(many, 0) : one, s->model, (double)s->training.epochs, &s->part);
    if (!prepare_optimizer(s, s->optimizer)) return false;
    const int64_t n = rni_json_count(many);
    s->second = rni_alloc(n * (int64_t)sizeof *s->second);
    for (int64_t i = 1; s->second && i < n; i++)
        if (!add_second(s, rni_json_at(many, i))) return false;
    return s->second != NULL;
}

/* The first optimizer may have a loss of its own. */
static bool read_goals(rni_session *s)
{
    const rni_json *t = training_of(s->project), *first = rni_json_at(rni_json_get(t, "optimizers"), 0);
    return rni_goal_read(&s->common, s->model, t, NULL, s->data) &&
           rni_goal_read(&s->goal, s->model, first, &s->common, s->data);
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

static bool open_session(rni_session *s, const rni_session_args *a)
{
    if (!read_training(s->project, &s->training) || !open_data(s, a)) return false;
    if (!set_globals(s)) return false;
    rn_seed(s->training.seed);
    s->model = rni_model_new(s->project, &s->variables);
    if (!s->model || !read_goals(s)) return false;
    if (!rni_goal_check(&s->goal, s->data, batch_of(s, s->data), NULL, NULL)) return false;
    if (!open_watches(s) || ((a->out || a->steps) && !make_steps(s))) return false;
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
