/* What an optimizer is: its row and numbers, its list of parameters, its rate. Steps stand in update.c. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/op_table.h"
#include "optim/loss_scale.h"
#include "optim/optim.h"

#include <math.h>
#include <string.h>

const rn_optimizer_type *rn_optimizer_type_at(int i)
{
    for (int k = 0; rni_optimizer_types[k]; k++)
        if (k == i) return rni_optimizer_types[k];
    return NULL;
}

const rn_optimizer_type *rn_optimizer_type_find(const char *name)
{
    for (int i = 0; name && rni_optimizer_types[i]; i++)
        if (strcmp(rni_optimizer_types[i]->name, name) == 0) return rni_optimizer_types[i];
    return NULL;
}

bool rni_optim_state_name(const rn_optimizer_type *type, int i, char *buf, int size)
{
    return rni_op_name(type->states, i, buf, size, NULL);
}

/* ---- making ---- */

static rni_args_of args_of(const rn_optimizer_type *type)
{
    return (rni_args_of){ type->name, type->opts, (int64_t)type->args_size };
}

static const rn_opt *find_row(const rn_optimizer_type *type, const char *name)
{
    for (const rn_opt *o = type->opts; o && o->name; o++)
        if (strcmp(o->name, name) == 0) return o;
    return NULL;
}

static bool check_type(const rn_optimizer_type *type, const rn_site *site)
{
    char name[48];
    const rn_opt *rate = type && type->rate ? find_row(type, type->rate) : NULL;
    if (!type || !type->name || !type->update || !type->scalars || !rate || rate->type != RN_OPT_TYPE_F64)
        return rni_fail(RN_ERR_ARG, site, "optimizer", "the row lacks a name, an update, its scalars or a rate");
    if (rni_optim_state_name(type, RNI_STATES_MAX, name, sizeof name))
        return rni_fail(RN_ERR_ARG, site, type->name, "more than %d states", RNI_STATES_MAX);
    if (type->update->kind == RN_MAP && type->update->flags & RN_OP_LIST_OUT) return true;
    return rni_fail(RN_ERR_ARG, site, type->name, "its update is not a function over lists");
}

/* Takes `args` over, also on a failure. */
static rn_optimizer *make(const rn_optimizer_type *type, const rn_site *site, rn_link *model, void *args)
{
    const rni_args_of of = args_of(type);
    rn_optimizer *o = rni_alloc((int64_t)sizeof *o);
    if (!o) {
        rni_args_free(&of, args);
        rni_free(args);
        return NULL;
    }
    o->type = type->variant && type->variant(args) ? type->variant(args) : type;
    o->args = args;
    o->model = rn_link_keep(model);
    o->accumulate = 1;
    o->loss_scale = 1;
    o->rate = *(const double *)((const char *)args + find_row(type, type->rate)->offset);
    const rn_opt *master = find_row(type, "master_weights");
    o->master_weights = master && *(const bool *)((const char *)args + master->offset);
    char name[48];
    while (rni_optim_state_name(o->type, o->n_states, name, sizeof name)) o->n_states++;
    o->version = rni_nn_version() - 1;
    if (check_type(o->type, site)) return o;
    rn_optimizer_free(o);
    return NULL;
}

rn_optimizer *rn_optimizer_new_at(const rn_site *site, const rn_optimizer_type *type, rn_link *model, const void *args)
{
    if (!rn_ok()) {
        rni_error_trail(site, "optimizer");
        return NULL;
    }
    if (!check_type(type, site)) return NULL;
    if (!model) {
        rni_fail(RN_ERR_ARG, site, type->name, "the model is NULL: an optimizer trains one");
        return NULL;
    }
    const rni_args_of of = args_of(type);
    void *own = rni_alloc(of.size);
    if (own && rni_args_take(&of, site, args, own)) return make(type, site, model, own);
    rni_args_free(&of, own);
    rni_free(own);
    return NULL;
}

static const char *type_name(void *user, int i)
{
    (void)user;
    const rn_optimizer_type *t = rn_optimizer_type_at(i);
    return t ? t->name : NULL;
}

rn_optimizer *rn_optimizer_make(const char *name, rn_link *model, const rn_setting *settings, int64_t n)
{
    if (!rn_ok()) return NULL;
    const rn_optimizer_type *type = rn_optimizer_type_find(name);
    if (!type || !model) {
        rni_fail(RN_ERR_ARG, NULL, "optimizer", type ? "the model is NULL" : "there is no optimizer of that name");
        if (!type && name) rni_error_add("actual", "\"%s\"", name);
        const char *near = !type && name ? rni_nearest(name, type_name, NULL) : NULL;
        if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
        return NULL;
    }
    const rni_args_of of = args_of(type);
    void *own = rni_alloc(of.size);
    if (own && rni_args_from_settings(&of, NULL, settings, n, own)) return make(type, NULL, model, own);
    rni_args_free(&of, own);
    rni_free(own);
    return NULL;
}

static void free_param(rni_optim_param *p)
{
    for (int i = 0; i < RNI_STATES_MAX; i++) rn_drop(p->state[i]);
    rn_drop(p->master);
    rn_drop(p->sum);
    rni_slot_free(p->slot);
    rni_free(p->path);
}

void rn_optimizer_free(rn_optimizer *o)
{
    if (!o) return;
    for (int64_t i = 0; i < o->n_params; i++) free_param(&o->param[i]);
    const rni_args_of of = args_of(o->type);
    rni_args_free(&of, o->args);
    rni_free(o->args);
    rni_free(o->param);
    rni_free(o->hook);
    rn_schedule_free(o->schedule);
    rni_loss_scale_free(o->scaling);
    rn_drop(o->norm);
    rn_link_free(o->model);
    rni_free(o);
}

rn_link *rn_optimizer_model(const rn_optimizer *o)
{
    return o ? o->model : NULL;
}

const char *rn_optimizer_name(const rn_optimizer *o)
{
    return o ? o->type->name : NULL;
}

int64_t rn_optimizer_steps(const rn_optimizer *o)
{
    if (o) rni_optim_settle((rn_optimizer *)(uintptr_t)o);
    return o ? o->steps : 0;
}

/* ---- the list of parameters ---- */

typedef struct {
    rn_optimizer *o;
    rni_optim_param *at;
    int64_t count, capacity;
} listing;

static bool list_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    listing *l = user;
    if (slot->flags & RN_SLOT_STATE) return true;
    rni_optim_param *p = rni_grow(l->at, l->count, &l->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    l->at = p;
    p += l->count;
    *p = (rni_optim_param){ .path = rni_strdup(path) };
    if (!p->path) return false;
    __atomic_fetch_add(&slot->refs, 1, __ATOMIC_RELAXED);
    p->slot = slot;
    l->count++;
    return true;
}

/* Moves what is kept of a parameter to its new place. Trees mostly grow at their end, so the search is short. */
static void take_over(rn_optimizer *o, listing *l)
{
    int64_t k = 0;
    for (int64_t i = 0; i < l->count; i++) {
        int64_t tried = 0;
        while (tried < o->n_params && o->param[k % o->n_params].slot != l->at[i].slot) {
            k++;
            tried++;
        }
        if (tried == o->n_params) continue;
        rni_optim_param *old = &o->param[k % o->n_params], *new = &l->at[i];
        rni_free(old->path);
        rni_slot_free(old->slot);
        old->path = new->path;
        *new = *old;
        *old = (rni_optim_param){ 0 };
    }
}

bool rni_optim_refresh(rn_optimizer *o)
{
    const uint64_t version = rni_nn_version();
    if (o->version == version) return true;
    listing l = { .o = o };
    const bool ok = rni_slots_visit(o->model, list_slot, &l);
    if (ok) take_over(o, &l);
    rni_optim_param *gone = ok ? o->param : l.at;
    const int64_t n_gone = ok ? o->n_params : l.count;
    for (int64_t i = 0; i < n_gone; i++) free_param(&gone[i]);
    rni_free(gone);
    if (!ok) return false;
    o->param = l.at;
    o->n_params = l.count;
    o->version = version;
    return true;
}

bool rn_optimizer_visit(rn_optimizer *o, rn_optimizer_visit_fn *visit, void *user)
{
    if (!rn_ok()) return false;
    if (!o || !visit) return rni_fail(RN_ERR_ARG, NULL, "optimizer_visit", "the optimizer or the visit is NULL");
    RNI_TRY(rni_optim_refresh(o) && rni_optim_settle(o));
    for (int64_t i = 0; i < o->n_params; i++) {
        const rni_optim_param *p = &o->param[i];
        const bool frozen = p->slot->frozen || (p->slot->cell && !rn_requires_grad(p->slot->cell));
        const rn_optimizer_param info = { p->path, p->slot->cell, p->t, p->missed, frozen };
        if (!visit(user, &info)) return false;
    }
    return true;
}

/* ---- the rate and other settings ---- */

double rn_optimizer_rate(const rn_optimizer *o)
{
    return o ? o->rate * rn_schedule_factor(o->schedule, (double)rn_optimizer_steps(o), o->epoch) : NAN;
}

void rn_optimizer_set_rate(rn_optimizer *o, double rate)
{
    if (!(rate >= 0 && rate <= 1e9))
        rni_fail(RN_ERR_ARG, NULL, "optimizer_set_rate", "%g is no rate", rate);
    else if (o)
        o->rate = rate;
}

void rn_optimizer_set_epoch(rn_optimizer *o, double epoch)
{
    if (!isfinite(epoch))
        rni_fail(RN_ERR_ARG, NULL, "optimizer_set_epoch", "%g is no epoch", epoch);
    else if (o)
        o->epoch = epoch;
}

bool rn_optimizer_set_schedule(rn_optimizer *o, rn_schedule *schedule)
{
    if (!o || !rn_ok()) {
        rn_schedule_free(schedule);
        return rni_fail(RN_ERR_ARG, NULL, "optimizer_set_schedule", "the optimizer is NULL");
    }
    if (o->schedule != schedule) rn_schedule_free(o->schedule);
    o->schedule = schedule;
    return true;
}

bool rn_optimizer_set_accumulate(rn_optimizer *o, int64_t k)
{
    if (!rn_ok()) return false;
    if (!o || k < 1)
        return rni_fail(RN_ERR_ARG, NULL, "optimizer_set_accumulate",
                        o ? "a step is made of at least one call" : "the optimizer is NULL");
    o->accumulate = k;
    return true;
}

void rn_optimizer_set_loss_scale(rn_optimizer *o, double scale)
{
    if (o && scale > 0) o->loss_scale = scale;
}

rn_tensor *rn_optimizer_grad_norm(const rn_optimizer *o)
{
    return o ? o->norm : NULL;
}
