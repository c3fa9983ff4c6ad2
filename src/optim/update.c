/* A training step: gradients, hooks, and one recorded update for all parameters of equal numbers. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"
#include "optim/loss_scale.h"
#include "optim/optim.h"

#include <rensa/ops.h>
#include <string.h>

/* The parameters of this step that have a gradient, side by side. */
typedef struct {
    rn_optimizer *o;
    const rn_site *site;
    int64_t n;
    rni_optim_param **of, **missed; /* missed: those that train and have none */
    int64_t n_missed;
    rn_tensor **param, **grad; /* cells, and gradients */
    bool *decays, *mask, *done;
    rn_tensor **lists; /* scratch: inputs and results of the update, n each */
    rn_tensor **fine;  /* likewise: whether the step is made, for each */
    void *memory;
} step;

static bool step_open(step *s, rn_optimizer *o, const rn_site *site)
{
    const int64_t n = o->n_params, lists = 2 * (1 + RNI_STATES_MAX);
    const int64_t pointers = 5 + lists;
    *s = (step){ .o = o, .site = site };
    char *p = rni_alloc((n + 1) * (pointers * (int64_t)sizeof(void *) + 3));
    if (!p) return false;
    s->memory = p;
    s->of = (rni_optim_param **)p;
    s->missed = s->of + n;
    s->param = (rn_tensor **)(s->missed + n);
    s->grad = s->param + n;
    s->lists = s->grad + n;
    s->fine = s->lists + lists * n;
    s->decays = (bool *)(s->fine + n);
    s->mask = s->decays + n;
    s->done = s->mask + n;
    return true;
}

static void step_add(step *s, rni_optim_param *p, rn_tensor *grad)
{
    if (!grad) {
        p->missed++;
        s->missed[s->n_missed++] = p;
        return;
    }
    s->of[s->n] = p;
    s->param[s->n] = p->slot->cell;
    s->decays[s->n] = !p->slot->no_decay;
    s->grad[s->n++] = grad;
}

static bool trains(const rni_optim_param *p)
{
    return p->slot->cell && !p->slot->frozen && rn_requires_grad(p->slot->cell);
}

/* ---- cells ---- */

rn_dtype rni_optim_dtype(const rn_tensor *param)
{
    return rn_dtype_bytes(rn_tensor_dtype(param)) < 4 ? RN_F32 : rn_tensor_dtype(param);
}

/* A cell "kind/path" of the shape of `like`: of zeroes, or with its values where `copy` is set. Made on the host, so
 * that the first step has the same structure as the following ones. */
static rn_tensor *cell_like(const char *kind, const char *path, rn_tensor *like, rn_dtype dtype, bool copy)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", kind, path);
    int64_t bytes = 0;
    void *host = NULL;
    if (copy) {
        if (!rni_mul_i64(rn_tensor_count(like), rn_dtype_bytes(dtype), &bytes)) return NULL;
        host = rni_alloc_raw(bytes);
        if (!host || !rn_copy_to(like, dtype, host, bytes)) {
            rni_free(host);
            return NULL;
        }
    }
    const int scope = rn_scope_begin();
    rn_tensor *cell = rn_state(name, rn_array(dtype, *rn_tensor_shape(like), host));
    rn_scope_end(scope);
    rni_free(host);
    return cell;
}

static bool make_cells(const rn_optimizer *o, rni_optim_param *p)
{
    rn_tensor *param = p->slot->cell;
    if (o->master_weights && !p->master && rni_optim_dtype(param) != rn_tensor_dtype(param)) {
        p->master = cell_like("master", p->path, param, RN_F32, true);
        if (!p->master) return false;
    }
    char kind[48];
    for (int i = 0; i < o->n_states; i++) {
        if (p->state[i]) continue;
        rni_optim_state_name(o->type, i, kind, sizeof kind);
        p->state[i] = cell_like(kind, p->path, param, rni_optim_dtype(param), false);
        if (!p->state[i]) return false;
    }
    return true;
}

/* ---- the update ---- */

typedef struct {
    double c;
} scale_opt;
static const rn_opt scale_rows[] = { RNI_SCALAR(scale_opt, c), { 0 } };
static const rn_op scale_row = { .name = "scale_gradients",
                                 .kind = RN_MAP,
                                 .flags = RN_OP_INTERNAL | RN_OP_LIST_OUT | RN_OP_NO_GRAD,
                                 .inputs = "g",
                                 .outputs = "g",
                                 .opts = scale_rows,
                                 .opts_size = sizeof(scale_opt),
                                 .expr = "g = c * g" };
static const rn_op narrow_row = { .name = "narrow_parameters",
                                  .kind = RN_MAP,
                                  .flags = RN_OP_INTERNAL | RN_OP_LIST_OUT | RN_OP_NO_GRAD,
                                  .inputs = "p, w",
                                  .outputs = "p",
                                  .expr = "p = w" };
static const rn_op collect_row = { .name = "collect_gradients",
                                   .kind = RN_MAP,
                                   .flags = RN_OP_INTERNAL | RN_OP_LIST_OUT | RN_OP_NO_GRAD,
                                   .inputs = "s, g",
                                   .outputs = "s",
                                   .expr = "s = s + g" };

static bool scale(step *s, double c)
{
    if (c == 1) return true;
    const scale_opt opt = { c };
    return rni_list_map(&(rni_list_call){ .op = &scale_row,
                                          .opts = &opt,
                                          .n_in = 1,
                                          .n_out = 1,
                                          .in = { s->grad },
                                          .out = { s->grad },
                                          .n = s->n,
                                          .site = s->site });
}

static bool run_hooks(step *s)
{
    rn_optimizer *o = s->o;
    for (int64_t i = 0; i < o->n_hooks; i++) {
        rn_hook_call call = { .args = o->hook[i].args,
                              .n = s->n,
                              .step = o->steps,
                              .param = s->param,
                              .grad = s->grad,
                              .decays = s->decays,
                              .rate = rn_optimizer_rate(o),
                              .optimizer = o };
        const rn_hook *row = o->hook[i].row;
        if (!rni_explained(row->apply(&call), s->site, row->name, "the hook")) return false;
    }
    return true;
}

static bool same_numbers(const step *s, int64_t a, int64_t b)
{
    return s->of[a]->t == s->of[b]->t && s->of[a]->slot->rate == s->of[b]->slot->rate && s->decays[a] == s->decays[b];
}

/* The numbers of the next update of parameter `which`. */
static void next_numbers(void *user, int64_t which, void *opts)
{
    const rn_optimizer *o = user;
    const rni_optim_param *p = &o->param[which];
    const rn_optimizer_scalars scalars = {
        .args = o->args, .rate = rn_optimizer_rate(o) * p->slot->rate, .t = p->t + 1, .decays = !p->slot->no_decay
    };
    o->type->scalars(&scalars, opts);
}

/* Records the update of the groups that `mask` shows; all are like group `first`. */
static bool update_alike(step *s, int64_t first)
{
    rn_optimizer *o = s->o;
    union {
        double align;
        char bytes[256];
    } opts = { 0 };
    if (RNI_NEVER(o->type->update->opts_size > sizeof opts)) return false;
    const int64_t which = s->of[first] - o->param;
    next_numbers(o, which, opts.bytes);
    const rn_op *op = o->scaling ? rni_guarded_update(o->type->update) : o->type->update;
    if (!op) return false;
    rni_list_call c = { .op = op,
                        .opts = opts.bytes,
                        .n_in = 2 + o->n_states,
                        .n_out = 1 + o->n_states,
                        .n = s->n,
                        .mask = s->mask,
                        .site = s->site,
                        .renew = next_numbers,
                        .user = o,
                        .which = which };
    c.in[0] = s->lists;
    c.in[1] = s->grad;
    c.out[0] = s->lists + (1 + RNI_STATES_MAX) * s->o->n_params;
    for (int k = 0; k < o->n_states; k++) {
        c.in[2 + k] = s->lists + (1 + k) * o->n_params;
        c.out[1 + k] = c.out[0] + (1 + k) * o->n_params;
    }
    if (o->scaling) {
        c.in[c.n_in++] = s->fine;
        for (int64_t i = 0; i < s->n; i++) s->fine[i] = o->scaling->fine;
    }
    return rni_list_map(&c);
}

/* New values of 16-bit parameters from those of their wide copies. */
static bool narrow(step *s, rn_tensor **updated)
{
    bool any = false;
    for (int64_t i = 0; i < s->n; i++) any |= s->mask[i] = s->of[i]->master != NULL;
    if (!any) return true;
    for (int64_t i = 0; i < s->n; i++)
        if (s->mask[i] && !rn_assign_at(s->site, s->of[i]->master, updated[i])) return false;
    return rni_list_map(&(rni_list_call){ .op = &narrow_row,
                                          .n_in = 2,
                                          .n_out = 1,
                                          .in = { s->param, updated },
                                          .out = { updated },
                                          .n = s->n,
                                          .mask = s->mask,
                                          .site = s->site });
}

static void count_step(const rn_optimizer *o, rni_optim_param *p)
{
    p->t++;
    p->stepped = o->scaling != NULL;
}

static bool assign_all(step *s)
{
    rn_optimizer *o = s->o;
    rn_tensor **updated = s->lists + (1 + RNI_STATES_MAX) * o->n_params;
    RNI_TRY(narrow(s, updated));
    for (int64_t i = 0; i < s->n; i++) {
        RNI_TRY(rn_assign_at(s->site, s->param[i], updated[i]));
        for (int k = 0; k < o->n_states; k++)
            RNI_TRY(rn_assign_at(s->site, s->of[i]->state[k], updated[(1 + k) * o->n_params + i]));
        count_step(o, s->of[i]);
    }
    return true;
}

/* ---- steps that are replayed ---- */

typedef struct {
    rn_optimizer *o;
    int64_t n, n_missed;
    int64_t which[]; /* parameters that are updated, then those that have no gradient */
} replayed;

static bool settle(void *user)
{
    return rni_optim_settle(((const replayed *)user)->o);
}

/* What decides, beside the loss, which calls an update is made of. Ages count from that of the first parameter. */
static uint64_t form_of(void *user)
{
    const replayed *p = user;
    const rn_optimizer *o = p->o;
    rni_hash h = rni_hash_u64(RNI_HASH_START, rni_nn_version());
    if (o->version != rni_nn_version()) return 0;
    h = rni_hash_u64(h, (uint64_t)o->n_hooks << 32 ^ (uint64_t)o->accumulate << 16 ^ (uint64_t)o->collected);
    h = rni_hash_bytes(h, &o->loss_scale, sizeof o->loss_scale);
    h = rni_hash_u64(h, (uint64_t)(uintptr_t)o->scaling);
    for (int64_t i = 0; i < p->n; i++) {
        const rni_optim_param *q = &o->param[p->which[i]];
        const uint64_t age = (uint64_t)(q->t - o->param[p->which[0]].t);
        h = rni_hash_u64(h, age << 2 ^ (uint64_t)trains(q) << 1 ^ q->slot->no_decay);
        h = rni_hash_bytes(h, &q->slot->rate, sizeof q->slot->rate);
    }
    return h.a | 1;
}

static void advance(void *user)
{
    const replayed *p = user;
    rn_optimizer *o = p->o;
    for (int64_t i = 0; i < p->n; i++) count_step(o, &o->param[p->which[i]]);
    for (int64_t i = 0; i < p->n_missed; i++) o->param[p->which[p->n + i]].missed++;
    o->steps++;
    if (o->scaling) o->scaling->open = true;
}

static bool tell_step(const step *s)
{
    if (!rni_step_is_recorded()) return true;
    replayed *p = rni_alloc((int64_t)sizeof *p + (s->n + s->n_missed) * (int64_t)sizeof *p->which);
    if (!p) return false;
    p->o = s->o;
    p->n = s->n;
    p->n_missed = s->n_missed;
    for (int64_t i = 0; i < s->n; i++) p->which[i] = s->of[i] - s->o->param;
    for (int64_t i = 0; i < s->n_missed; i++) p->which[s->n + i] = s->missed[i] - s->o->param;
    const rni_step_part part = { .begin = settle, .form = form_of, .advance = advance, .end = rni_free, .user = p };
    if (rni_step_goes_on(&part)) return true;
    rni_free(p);
    return false;
}

static bool apply(step *s)
{
    rn_optimizer *o = s->o;
    if (o->scaling) RNI_TRY(rni_loss_scale_take_off(o, s->grad, s->n, s->site));
    RNI_TRY(scale(s, 1 / (o->loss_scale * (double)(o->collected ? o->collected : 1))));
    RNI_TRY(run_hooks(s));
    for (int64_t i = 0; i < s->n; i++) {
        RNI_TRY(make_cells(o, s->of[i]));
        s->lists[i] = s->of[i]->master ? s->of[i]->master : s->param[i];
        for (int k = 0; k < o->n_states; k++) s->lists[(1 + k) * o->n_params + i] = s->of[i]->state[k];
    }
    memset(s->done, 0, (size_t)s->n);
    for (int64_t i = 0; i < s->n; i++) {
        if (s->done[i]) continue;
        for (int64_t j = 0; j < s->n; j++) s->done[j] |= s->mask[j] = !s->done[j] && same_numbers(s, i, j);
        RNI_TRY(update_alike(s, i));
    }
    RNI_TRY(assign_all(s));
    o->steps++;
    if (o->scaling && !rni_loss_scale_end_step(o, s->site)) return false;
    return tell_step(s);
}

/* ---- collecting gradients over several calls ---- */

static bool add_to_sums(step *s)
{
    for (int64_t i = 0; i < s->n; i++) {
        rni_optim_param *p = s->of[i];
        if (!p->sum) p->sum = cell_like("sum", p->path, s->param[i], rni_optim_dtype(s->param[i]), false);
        if (!p->sum) return false;
        /* what an earlier step has left there counts for nothing */
        if (!p->has_sum) RNI_TRY(rn_assign_at(s->site, p->sum, rn_cast(s->grad[i], rn_tensor_dtype(p->sum))));
        s->mask[i] = p->has_sum;
        s->lists[i] = p->sum;
        p->has_sum = true;
    }
    rn_tensor **added = s->lists + s->o->n_params;
    RNI_TRY(rni_list_map(&(rni_list_call){ .op = &collect_row,
                                           .n_in = 2,
                                           .n_out = 1,
                                           .in = { s->lists, s->grad },
                                           .out = { added },
                                           .n = s->n,
                                           .mask = s->mask,
                                           .site = s->site }));
    for (int64_t i = 0; i < s->n; i++)
        if (s->mask[i]) RNI_TRY(rn_assign_at(s->site, s->of[i]->sum, added[i]));
    return true;
}

/* All that has been collected, also for parameters that the last loss was not computed from. */
static bool take_sums(step *s)
{
    s->n = 0;
    for (int64_t i = 0; i < s->o->n_params; i++) {
        rni_optim_param *p = &s->o->param[i];
        if (!p->has_sum) continue;
        p->has_sum = false;
        if (trains(p)) step_add(s, p, p->sum);
    }
    return true;
}

/* ---- the public calls ---- */

static bool collect_or_apply(step *s)
{
    rn_optimizer *o = s->o;
    if (o->accumulate == 1 && o->collected == 0) return apply(s);
    rni_step_refuse("gradients are collected over several calls");
    RNI_TRY(add_to_sums(s));
    if (++o->collected < o->accumulate) return true;
    const bool ok = take_sums(s) && apply(s);
    o->collected = 0;
    return ok;
}

/* Parameters require gradients, and those made with create_graph have a history; hooks and the update have none. */
static bool finish(step *s)
{
    const bool was = rn_grad_mode(false);
    const bool ok = collect_or_apply(s);
    rn_grad_mode(was);
    return ok;
}

static bool no_gradient(const rn_optimizer *o, const rn_site *site, bool any_trains)
{
    rni_fail(RN_ERR_STATE, site, o->type->name, "no parameter that trains has a gradient");
    if (any_trains)
        rni_error_add("hint", "the loss was not computed from the model of this optimizer, or before its last update");
    else
        rni_error_add("hint", "all parameters are frozen, or there are none before the first call of the model");
    return false;
}

/* Gradients of the loss by all parameters that train. */
static bool differentiate(step *s, rn_tensor *loss)
{
    rn_optimizer *o = s->o;
    int64_t n = 0;
    rn_tensor **param = s->lists, **grad = s->lists + o->n_params;
    for (int64_t i = 0; i < o->n_params; i++) {
        if (!trains(&o->param[i])) continue;
        s->of[n] = &o->param[i];
        param[n++] = o->param[i].slot->cell;
    }
    if (n == 0) return no_gradient(o, s->site, false);
    rn_grad_args args = { .outputs = { &loss, 1 }, .inputs = { param, n }, .site = *s->site, .grads = grad };
    rn_tensor *seed = o->scaling ? rni_loss_seed(o, loss) : NULL;
    if (o->scaling) args.grad_outputs = (rn_list){ &seed, 1 };
    if (!rn_grad_at(&args)) return false;
    for (int64_t i = 0; i < n; i++) {
        rni_optim_param *p = s->of[i]; /* step_add writes no place that is still to be read */
        step_add(s, p, grad[i]);
    }
    return s->n > 0 || no_gradient(o, s->site, true);
}

static bool check(const rn_optimizer *o, const rn_site *site)
{
    if (!rn_ok()) {
        rni_error_trail(site, "update");
        return false;
    }
    return o || rni_fail(RN_ERR_ARG, site, "update", "the optimizer is NULL");
}

bool rn_update_at(const rn_update_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    rn_optimizer *o = a->optimizer;
    if (!check(o, &a->site) || !rni_is_tensor(a->loss, &a->site, "update") || !rni_optim_refresh(o) ||
        !rni_optim_settle(o))
        return false;
    step s;
    if (!step_open(&s, o, &a->site)) return false;
    const int scope = rn_scope_begin();
    const rn_site *before = rni_site_enter(rni_site_current() ? rni_site_current() : &a->site);
    const bool ok = differentiate(&s, a->loss) && finish(&s);
    rni_site_enter(before);
    if (ok && !a->keep_history) rni_forget(a->loss);
    rn_scope_end(scope);
    rni_free(s.memory);
    return ok;
}

bool rn_optimizer_step_at(const rn_site *site, rn_optimizer *o)
{
    if (!check(o, site) || !rni_optim_refresh(o) || !rni_optim_settle(o)) return false;
    step s;
    if (!step_open(&s, o, site)) return false;
    bool any = false;
    for (int64_t i = 0; i < o->n_params; i++) {
        rni_optim_param *p = &o->param[i];
        if (!trains(p)) continue;
        any = true;
        step_add(&s, p, rn_grad_of(p->slot->cell));
    }
    const int scope = rn_scope_begin();
    const rn_site *before = rni_site_enter(rni_site_current() ? rni_site_current() : site);
    const bool ok = s.n > 0 ? finish(&s) : no_gradient(o, site, any);
    rni_site_enter(before);
    rn_scope_end(scope);
    rni_free(s.memory);
    return ok;
}

static bool clear_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)user;
    (void)link;
    (void)path;
    rn_clear_grad(slot->cell);
    return true;
}

void rn_clear_grads(rn_link *link)
{
    if (link) rni_slots_visit(link, clear_slot, NULL);
}
