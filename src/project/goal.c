/* Losses and metrics by the names of functions. What the two inputs of such a function need to fit (a column of class
 * numbers beside windows of scores, targets without the last axis) is put right here, so that project files need not.
 */
#include "project/goal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/op_table.h"
#include "project/schema.h"

#include <math.h>
#include <rensa/op.h>
#include <rensa/ops.h>
#include <string.h>

/* ---- reading ---- */

static const char *function_name(void *user, int i)
{
    (void)user;
    const rn_op *op = rn_op_at(i, NULL);
    return op ? op->name : NULL;
}

static bool read_measure(rni_measure *m, const rni_json *v, const char *what)
{
    const rni_json *type = v;
    if (rni_json_type_of(v) == RNI_JSON_OBJECT) {
        if (!rni_members_check(v, rni_members_function, what, true)) return false;
        type = rni_json_get(v, "type");
        if (!type) return rni_json_fail(v, RN_ERR_ARG, "the %s has no \"type\"", what);
    } else if (!rni_json_expect(v, RNI_JSON_STRING))
        return false;
    const char *name = rni_json_string(type), *label = rni_json_string(rni_json_get(v, "name"));
    m->op = rn_op_find(name);
    if (!m->op || m->op->flags & (RN_OP_INTERNAL | RN_OP_LIST_OUT))
        return rni_unknown(type, "function", name, function_name, NULL);
    int required;
    bool list;
    const int most = rni_op_inputs(m->op, &required, &list);
    if (list || required > 2 || most < 1) {
        rni_json_fail(type, RN_ERR_ARG, "%s cannot be a %s", name, what);
        rni_error_add("expect", "a function of (output, target), or of the output alone");
        rni_error_add("actual", "%s(%s)", name, m->op->inputs);
        return false;
    }
    m->of_target = required == 2;
    snprintf(m->name, sizeof m->name, "%.63s", label ? label : name);
    rni_settings settings = { 0 };
    bool ok = rni_settings_read(v, rni_members_function, name, m->op->opts, NULL, &settings);
    if (ok) ok = (m->opts = rni_op_options(m->op, &settings, v)) != NULL;
    rni_settings_free(&settings);
    return ok;
}

static bool copy_measure(rni_measure *to, const rni_measure *from)
{
    *to = *from;
    to->opts = rni_alloc((int64_t)from->op->opts_size + 8);
    if (!to->opts) return false;
    memcpy(to->opts, from->opts, from->op->opts_size);
    return true;
}

static bool known_measure(rni_measure *m, const char *name)
{
    *m = (rni_measure){ .op = rn_op_find(name), .of_target = true };
    if (!m->op) return rni_fail(RN_ERR_INTERNAL, NULL, NULL, "there is no function %s", name);
    snprintf(m->name, sizeof m->name, "%s", name);
    m->opts = rni_alloc((int64_t)m->op->opts_size + 8);
    if (m->opts) rn_opts_default(m->op, m->opts);
    return m->opts != NULL;
}

static bool holds_classes(const rni_goal *g, const rni_data *data)
{
    if (data->text) return true;
    const rn_column *t = rn_dataset_column(data->set, rn_dataset_find_column(data->set, g->target));
    return t && !rn_dtype_is_float(t->dtype) && t->dtype != RN_BOOL;
}

/* A table's column of numbers is no column of classes unless it is said to be one. */
static bool suits_target(const rni_goal *g, const rni_json *loss, const rni_data *data)
{
    const rn_column *t = rn_dataset_column(data->set, rn_dataset_find_column(data->set, g->target));
    if (strcmp(g->loss.op->name, "softmax_cross_entropy") != 0 || data->text || !t || !rn_dtype_is_float(t->dtype) ||
        rni_shape_count(&t->shape) != 1)
        return true;
    rni_json_fail(loss, RN_ERR_ARG, "the target \"%s\" holds numbers, not classes: this loss would always be 0",
                  g->target);
    rni_error_add("hint", "\"classify\": true in the data sets makes classes of them");
    return false;
}

static bool read_loss(rni_goal *g, const rni_json *v, const rni_goal *like, const rni_data *data)
{
    const rni_json *loss = rni_json_get(v, "loss");
    if (loss) return read_measure(&g->loss, loss, "loss") && suits_target(g, loss, data);
    if (like && like->loss.op) return copy_measure(&g->loss, &like->loss);
    return known_measure(&g->loss, holds_classes(g, data) ? "softmax_cross_entropy" : "mean_squared_error");
}

static bool read_metrics(rni_goal *g, const rni_json *v, const rni_goal *like, const rni_data *data)
{
    const rni_json *list = rni_json_get(v, "metrics");
    if (list) {
        const bool many = rni_json_type_of(list) == RNI_JSON_ARRAY;
        const int64_t n = many ? rni_json_count(list) : 1;
        if (n > RNI_METRICS_MAX) return rni_json_fail(list, RN_ERR_ARG, "more than %d metrics", RNI_METRICS_MAX);
        for (int64_t i = 0; i < n; i++) {
            g->n_metrics++;
            if (!read_measure(&g->metric[i], many ? rni_json_at(list, i) : list, "metric")) return false;
        }
        return true;
    }
    if (rni_json_get(v, "loss") || rni_json_get(v, "network")) return true; /* another goal than the one it is like */
    for (int i = 0; like && i < like->n_metrics; i++) {
        g->n_metrics++;
        if (!copy_measure(&g->metric[i], &like->metric[i])) return false;
    }
    if (like || !holds_classes(g, data) || data->text) return true;
    g->n_metrics = 1;
    return known_measure(&g->metric[0], "accuracy");
}

bool rni_goal_read(rni_goal *g, rni_model *m, const rni_json *v, const rni_goal *like, const rni_data *data)
{
    const rni_json *network = rni_json_get(v, "network"), *target = rni_json_get(v, "target");
    *g = (rni_goal){ .model = m,
                     .where = v      ? v
                              : like ? like->where
                                     : m->project->json,
                     .last_epoch = -1,
                     .carries = data->streams };
    g->network = !network && like ? like->network : rni_project_network(m->project, rni_json_string(network), network);
    g->target = target ? rni_json_string(target) : like ? like->target : "t";
    return g->network && read_loss(g, v, like, data) && read_metrics(g, v, like, data);
}

void rni_goal_free(rni_goal *g)
{
    rni_free(g->loss.opts);
    for (int i = 0; i < g->n_metrics; i++) rni_free(g->metric[i].opts);
    *g = (rni_goal){ 0 };
}

/* ---- computing ---- */

/* The target as the function wants it: class numbers in as many places as there are rows of scores, others in the shape
 * of the output. */
static rn_tensor *fit(rn_tensor *t, rn_tensor *y)
{
    const int64_t n = rn_tensor_count(t);
    const bool numbers = rn_dtype_is_float(rn_tensor_dtype(t));
    if (rn_tensor_rank(t) == rn_tensor_rank(y) && n == rn_tensor_count(y)) return t;
    if (n == rn_tensor_count(y) && (numbers || rn_tensor_rank(t) < rn_tensor_rank(y)))
        return rn_reshape(t, *rn_tensor_shape(y));
    if (!numbers && rn_tensor_rank(t) > 1 && rn_tensor_rank(y) == 2 && n == rn_tensor_dim(y, 0))
        return rn_reshape(t, RN_SHAPE(n));
    return t;
}

static rn_tensor *measure(const rni_measure *m, const rn_site *site, rn_tensor *y, rn_tensor *t)
{
    rn_tensor *in[2] = { y, m->of_target && t ? fit(t, y) : NULL }, *out[RN_INPUTS_MAX] = { 0 };
    if (!rn_op_call(m->op, site, in, m->of_target ? 2 : 1, m->opts, out)) return NULL;
    return rn_tensor_count(out[0]) == 1 && rn_tensor_rank(out[0]) == 0 ? out[0] : rn_mean(out[0]);
}

rn_tensor *rni_goal_output(rni_goal *g, const rn_batch *batch)
{
    rn_tensor *x[RN_INPUTS_MAX];
    for (int64_t i = 0; i < g->network->n_inputs; i++) {
        x[i] = rn_batch_get(batch, g->network->input[i]);
        if (x[i]) continue;
        char place[RNI_JSON_PLACE];
        rni_error_add("in", "%s, an input of network \"%s\"", rni_json_place(g->network->json, place),
                      g->network->name);
        if (!rni_excused(g->network->json)) return NULL;
    }
    return rni_model_run(g->model, g->network, x, g->network->n_inputs);
}

static rn_site site_of(const rni_goal *g)
{
    return (rn_site){ rni_json_source(g->where), "training", rni_json_line(g->where), 0, NULL };
}

static rn_tensor *compare(rni_goal *g, const rn_batch *batch, rn_metrics *m, rn_tensor *y)
{
    const rn_site site = site_of(g);
    rn_tensor *t = NULL;
    bool needed = g->loss.of_target;
    for (int i = 0; i < g->n_metrics; i++) needed |= g->metric[i].of_target;
    if (needed && !(t = rn_batch_get(batch, g->target))) {
        rni_error_add("hint", "\"target\" in \"training\" names the column to compare with");
        return NULL;
    }
    const rn_site *before = rni_site_enter(&site);
    rn_tensor *loss = measure(&g->loss, &site, y, t);
    RN_NO_GRAD
    for (int i = 0; loss && m && i < g->n_metrics; i++) {
        rn_tensor *v = measure(&g->metric[i], &site, y, t);
        if (v) rn_metric(m, g->metric[i].name, v, (double)batch->count);
    }
    rni_site_enter(before);
    return rn_ok() ? loss : NULL;
}

rn_tensor *rni_goal_loss(void *user, const rn_batch *batch, rn_metrics *m)
{
    rni_goal *g = user;
    /* a text begins again with each epoch */
    if (g->carries && batch->epoch != g->last_epoch) rn_link_reset(g->model->root);
    g->last_epoch = batch->epoch;
    rn_tensor *y = rni_goal_output(g, batch);
    if (y && g->see && !g->see(g->see_user, batch, y)) return NULL;
    return y ? compare(g, batch, m, y) : NULL;
}

void rni_goal_probabilities(const rni_goal *g, double *y, int64_t n)
{
    const char *loss = g->loss.op->name;
    if (strncmp(loss, "sigmoid", 7) == 0)
        for (int64_t i = 0; i < n; i++) y[i] = 1 / (1 + exp(-y[i]));
    if (strncmp(loss, "softmax", 7) != 0) return;
    double most = -INFINITY, sum = 0;
    for (int64_t i = 0; i < n; i++) most = fmax(most, y[i]);
    for (int64_t i = 0; i < n; i++) sum += y[i] = exp(y[i] - most);
    for (int64_t i = 0; i < n; i++) y[i] /= sum;
}

/* ---- checking ---- */

static rn_tensor *zeros_of(const rn_column *c, int64_t batch)
{
    rn_shape shape = { .rank = c->shape.rank + 1, .dim = { batch } };
    if (shape.rank > RN_MAX_RANK) return NULL;
    for (int i = 0; i < c->shape.rank; i++) shape.dim[i + 1] = c->shape.dim[i];
    return rn_zeros(shape, .dtype = c->dtype);
}

bool rni_goal_check(rni_goal *g, const rni_data *data, int64_t batch, rni_trace_fn *trace, void *user)
{
    const int n = rn_dataset_column_count(data->set);
    const int64_t there = rn_dataset_count(data->set);
    rn_tensor *columns[64];
    if (batch > there) batch = there;
    if (n > (int)RN_COUNTOF(columns)) return rni_fail(RN_ERR_ARG, NULL, NULL, "a data set of more than 64 columns");
    uint64_t random[2];
    rn_random_state(random);
    g->model->trace = trace;
    g->model->trace_user = user;
    bool ok = false;
    RN_TEST_MODE RN_SCOPE
    {
        for (int i = 0; i < n; i++) columns[i] = zeros_of(rn_dataset_column(data->set, i), batch);
        const rn_batch b = {
            .x = columns[0], .count = batch, .column_count = n, .columns = columns, .dataset = data->set
        };
        rn_tensor *y = rni_goal_output(g, &b);
        ok = y && compare(g, &b, NULL, y);
    }
    g->model->trace = NULL;
    rn_link_reset(g->model->root);
    rn_set_random_state(random);
    return ok && rn_ok();
}
