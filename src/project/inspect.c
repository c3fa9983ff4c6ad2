/* Inspecting: the session is opened while errors are gathered, then each network is recorded twice, with one example
 * for counts and shapes and with a batch as training has them, for times and to tell which axis is the batch. */
#include "project/inspect.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/cost.h"
#include "project/faults.h"

#include <rensa/ops.h>
#include <string.h>

/* ---- costs ---- */

typedef struct recording {
    rni_inspection *in;
    rni_network_info *net;
    rni_cost_walk walk;
    rni_costs *costs; /* of the layer being walked */
    int64_t batch, at;
    rn_link **seen; /* links whose parameters were counted */
    int64_t n_seen, cap_seen;
    bool ok;
} recording;

static void count_call(void *user, const rn_op *op, const rn_cost *c)
{
    const recording *r = user;
    rni_costs *to = r->costs;
    if (r->batch > 1) {
        const bool narrow = op->flags & RN_OP_NARROW && r->in->session->training.precision != RN_F32;
        to->seconds += rni_machine_least(&r->in->machine, rni_machine_work(c), c->bytes, narrow) / (double)r->batch;
        return;
    }
    to->add += c->add;
    to->multiply += c->multiply;
    to->multiply_add += c->multiply_add;
    to->division += c->divide;
    to->exponential += c->exponential;
    to->compare += c->compare;
    to->bytes += c->bytes;
}

static void add_costs(rni_costs *to, const rni_costs *c)
{
    to->output += c->output;
    to->parameter += c->parameter;
    to->add += c->add;
    to->multiply += c->multiply;
    to->multiply_add += c->multiply_add;
    to->division += c->division;
    to->exponential += c->exponential;
    to->compare += c->compare;
    to->bytes += c->bytes;
    to->seconds += c->seconds;
}

/* ---- parameters ---- */

typedef struct listing {
    rni_layer_info *row;
    int capacity;
} listing;

static bool list_param(void *user, const rn_param_info *p)
{
    listing *l = user;
    rni_layer_info *row = l->row;
    if (!p->param) return true;
    if (row->n_params == l->capacity) {
        const int more = l->capacity ? 2 * l->capacity : 4;
        rni_param_info *at = rni_realloc(row->param, more * (int64_t)sizeof *at);
        if (!at) return false;
        row->param = at;
        l->capacity = more;
    }
    row->param[row->n_params] =
        (rni_param_info){ .name = rni_strdup(p->name), .shape = *rn_tensor_shape(p->param), .state = p->state };
    if (!p->state) row->costs.parameter += (double)rn_tensor_count(p->param);
    return row->param[row->n_params++].name != NULL;
}

/* Parameters that several layers share are those of the first. */
static bool list_params(recording *r, rni_layer_info *row, rn_link *link)
{
    for (int64_t i = 0; i < r->n_seen; i++) row->again |= r->seen[i] == link;
    if (row->again) return true;
    rn_link **p = rni_grow(r->seen, r->n_seen, &r->cap_seen, (int64_t)sizeof(rn_link *));
    if (!p) return false;
    r->seen = p;
    r->seen[r->n_seen++] = link;
    listing l = { .row = row };
    return rn_link_visit(link, RN_PARAMS | RN_STATES, list_param, &l);
}

/* ---- rows ---- */

static const char *type_of(const rni_step *s)
{
    const rn_link_type *link = s->link && !s->inner ? rn_link_type_of(s->link) : NULL;
    return s->inner ? s->inner->network->name : s->op ? s->op->name : link ? link->name : s->layer->type;
}

static rni_layer_info *add_row(rni_network_info *net)
{
    rni_layer_info *p = rni_grow(net->layer, net->n, &net->capacity, (int64_t)sizeof *p);
    if (!p) return NULL;
    net->layer = p;
    net->layer[net->n] = (rni_layer_info){ 0 };
    return &net->layer[net->n++];
}

static void see_one(recording *r, const char *path, const rni_step *s, const rn_tensor *y)
{
    rni_layer_info *row = add_row(r->net);
    r->ok = row && (row->path = rni_strdup(path)) != NULL;
    if (!r->ok) return;
    row->layer = s->layer;
    row->type = type_of(s);
    row->whole = s->inner != NULL;
    row->known = y != NULL;
    if (!y) return;
    row->dtype = rn_tensor_dtype(y);
    row->shape = *rn_tensor_shape(y);
    if (row->whole) return;
    r->costs = &row->costs;
    row->costs.output = (double)rn_tensor_count(y);
    r->ok = rni_cost_walk_to(&r->walk, y) && (!s->link || list_params(r, row, s->link));
}

/* The second time there are the same layers in the same order. */
static void see_batch(recording *r, const rni_step *s, const rn_tensor *y)
{
    rni_layer_info *row = r->at < r->net->n ? &r->net->layer[r->at++] : NULL;
    if (!row || !y || !row->known) return;
    if (rn_tensor_rank(y)) row->batch_dim = rn_tensor_dim(y, 0);
    r->costs = &row->costs;
    if (!s->inner) r->ok = rni_cost_walk_to(&r->walk, y);
}

static void see(void *user, const char *path, const rni_step *s, rn_tensor *y)
{
    recording *r = user;
    if (!r->ok) return;
    if (r->batch == 1)
        see_one(r, path, s, y);
    else
        see_batch(r, s, y);
}

/* ---- recording ---- */

static rn_tensor *input_of(const rni_session *s, const char *name, int64_t batch)
{
    const rn_dataset *set = s->data->set;
    const rn_column *c = rn_dataset_column(set, rn_dataset_find_column(set, name));
    rn_shape shape = { .rank = c ? c->shape.rank + 1 : 0, .dim = { batch } };
    if (!c || shape.rank > RN_MAX_RANK) return NULL;
    memcpy(&shape.dim[1], c->shape.dim, (size_t)c->shape.rank * sizeof *shape.dim);
    return rn_zeros(shape, .dtype = c->dtype);
}

static bool record(recording *r, int64_t batch)
{
    rni_session *s = r->in->session;
    const rni_network *n = r->net->network;
    rn_tensor *x[RN_INPUTS_MAX];
    r->batch = batch;
    r->at = 0;
    r->ok = true;
    s->model->trace = see;
    s->model->trace_user = r;
    RN_TEST_MODE RN_SCOPE
    {
        rni_cost_walk_begin(&r->walk);
        r->walk.visit = NULL;
        for (int64_t i = 0; i < n->n_inputs; i++) {
            x[i] = s->data ? input_of(s, n->input[i], batch) : NULL;
            r->ok = r->ok && rni_cost_walk_to(&r->walk, x[i]);
            if (x[i] && batch == 1) r->net->total.output += (double)rn_tensor_count(x[i]);
        }
        r->walk.visit = count_call;
        if (r->ok) rni_model_run(s->model, n, x, n->n_inputs);
    }
    s->model->trace = NULL;
    rn_link_reset(s->model->root);
    return r->ok && (rn_ok() || rni_excused(n->json));
}

/* ---- the whole network ---- */

static bool has_row(const rni_network_info *net, const rni_layer *l)
{
    for (int64_t i = 0; i < net->n; i++)
        if (net->layer[i].layer == l) return true;
    return false;
}

/* Layers that could not be built are rows without a shape. */
static bool add_unknown(rni_network_info *net)
{
    for (int64_t i = 0; i < net->network->n_layers; i++) {
        const rni_layer *l = &net->network->layer[i];
        if (has_row(net, l)) continue;
        rni_layer_info *row = add_row(net);
        if (!row) return false;
        row->layer = l;
        row->type = l->type;
        if (!(row->path = rni_strdup(l->name))) return false;
    }
    return true;
}

/* The rows of what is inside stand before it, and begin with its path. */
static void sum_inside(const rni_network_info *net, rni_layer_info *row)
{
    const size_t n = strlen(row->path);
    for (const rni_layer_info *l = row; l-- > net->layer && strncmp(l->path, row->path, n) == 0 && l->path[n] == '/';)
        if (!l->whole) add_costs(&row->costs, &l->costs);
}

static void leave_batch_out(rni_layer_info *row)
{
    rn_shape *s = &row->shape;
    if (s->rank == 0 || s->dim[0] != 1 || row->batch_dim <= 1) return;
    s->rank--;
    memmove(s->dim, s->dim + 1, (size_t)s->rank * sizeof *s->dim);
}

static bool look_at(rni_inspection *in, const rni_network *n, rni_network_info *net)
{
    recording r = { .in = in, .net = net };
    r.walk.user = &r;
    net->network = n;
    bool ok = record(&r, 1) && record(&r, in->batch) && add_unknown(net);
    rni_cost_walk_end(&r.walk);
    rni_free(r.seen);
    for (int64_t i = 0; i < net->n; i++) {
        rni_layer_info *row = &net->layer[i];
        leave_batch_out(row);
        if (row->whole)
            sum_inside(net, row);
        else
            add_costs(&net->total, &row->costs);
    }
    return ok;
}

static bool look_at_all(rni_inspection *in)
{
    const rni_project *p = in->session->project;
    in->batch = in->session->training.batch > 1 ? in->session->training.batch : 2;
    in->network = rni_alloc(p->n_networks * (int64_t)sizeof *in->network);
    for (int64_t i = 0; in->network && i < p->n_networks; i++)
        if (!look_at(in, &p->network[i], &in->network[in->n_networks++])) return false;
    return in->network != NULL;
}

/* ---- from the text ---- */

static bool open_text(rni_inspection *in, const rni_inspect_args *a)
{
    rni_sketches *own = a->sketches ? NULL : rni_sketches_new(), *sketches = a->sketches ? a->sketches : own;
    rni_project *p = sketches ? rni_project_parse(a->text, a->n, in->source) : NULL;
    if (p) in->session = rni_session_open(p, &(rni_session_args){ .steps = true, .quiet = true, .sketches = sketches });
    const bool ok = in->session ? look_at_all(in) : rni_excused(NULL);
    if (in->session && in->session->datas) in->session->datas->args.sketches = NULL; /* they may end before it */
    rni_sketches_free(own);
    return ok;
}

/* Recording needs no memory on a device that computes nothing. What the thread has set stays as it was. */
static bool open_apart(rni_inspection *in, const rni_inspect_args *a)
{
    char device[64];
    uint64_t random[2];
    snprintf(device, sizeof device, "%s", rn_device_name() ? rn_device_name() : "");
    rn_random_state(random);
    rni_faults faults = { .in = in };
    const rni_gatherer gatherer = { rni_faults_take, &faults };
    bool ok = rn_device_use("null");
    if (ok) {
        const rni_gatherer *before = rni_gather_enter(&gatherer);
        ok = open_text(in, a);
        rni_gather_enter(before);
    }
    ok = rni_faults_settle(&faults) && ok;
    rni_error_copy *error = rni_error_take();
    rn_device_use(device);
    rni_error_give(error);
    rn_set_random_state(random);
    return ok && rn_ok();
}

rni_inspection *rni_inspect(const rni_inspect_args *a)
{
    rni_inspection *in = rn_ok() ? rni_alloc((int64_t)sizeof *in) : NULL;
    if (!in) return NULL;
    if (a->machine) in->machine = *a->machine;
    in->source = rni_strdup(a->source ? a->source : "project");
    if (in->source && open_apart(in, a)) return in;
    rni_inspection_free(in);
    return NULL;
}

static void free_faults(rni_fault *f, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        rni_free(f[i].what);
        rni_free(f[i].detail);
        rni_free(f[i].path);
    }
    rni_free(f);
}

void rni_inspection_free(rni_inspection *in)
{
    if (!in) return;
    for (int64_t k = 0; k < in->n_networks; k++) {
        rni_network_info *net = &in->network[k];
        for (int64_t i = 0; i < net->n; i++) {
            for (int j = 0; j < net->layer[i].n_params; j++) rni_free(net->layer[i].param[j].name);
            rni_free(net->layer[i].param);
            rni_free(net->layer[i].path);
        }
        rni_free(net->layer);
    }
    rni_free(in->network);
    free_faults(in->fault, in->n_faults);
    free_faults(in->warning, in->n_warnings);
    rni_session_free(in->session);
    rni_free(in->source);
    rni_free(in);
}
