/* Hooks: what is done to gradients before the update. Each is a row; those that work element by element are one
 * recorded call for all parameters. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "base/str.h"
#include "engine/op_table.h"
#include "optim/optim.h"

#include <math.h>
#include <rensa/ops.h>
#include <string.h>

typedef struct {
    double a, b, c;
} numbers;
static const rn_opt number_rows[] = { RNI_SCALAR(numbers, a), RNI_SCALAR(numbers, b), RNI_SCALAR(numbers, c), { 0 } };

#define HOOK_OP(op_name, ins, text)                                                                                    \
    {                                                                                                                  \
        .name = op_name, .kind = RN_MAP, .flags = RN_OP_INTERNAL | RN_OP_LIST_OUT | RN_OP_NO_GRAD, .inputs = ins,      \
        .outputs = "g", .opts = number_rows, .opts_size = sizeof(numbers), .expr = text                                \
    }

/* g = op(g, second, third) for all parameters that `mask` shows. */
static bool map(rn_hook_call *c, const rn_op *op, numbers opts, rn_tensor *const *second, rn_tensor *const *third,
                const bool *mask)
{
    return rni_list_map(&(rni_list_call){ .op = op,
                                          .opts = &opts,
                                          .n_in = third    ? 3
                                                  : second ? 2
                                                           : 1,
                                          .n_out = 1,
                                          .in = { c->grad, second, third },
                                          .out = { c->grad },
                                          .n = c->n,
                                          .mask = mask,
                                          .site = rni_site_current() });
}

static bool weight_decay(rn_hook_call *c)
{
    static const rn_op op = HOOK_OP("hook_weight_decay", "g, p", "g = g + a * p");
    return map(c, &op, (numbers){ .a = c->args[0] }, c->param, NULL, c->decays);
}

static bool lasso(rn_hook_call *c)
{
    static const rn_op op = HOOK_OP("hook_lasso", "g, p", "g = g + a * sign(p)");
    return map(c, &op, (numbers){ .a = c->args[0] }, c->param, NULL, c->decays);
}

static bool clip_value(rn_hook_call *c)
{
    static const rn_op op = HOOK_OP("hook_clip_value", "g", "g = min(max(g, a), b)");
    if (!(c->args[0] <= c->args[1]))
        return rni_fail(RN_ERR_ARG, NULL, "clip_value", "low %g is above high %g", c->args[0], c->args[1]);
    return map(c, &op, (numbers){ .a = c->args[0], .b = c->args[1] }, NULL, NULL, NULL);
}

/* The same tensor for all parameters. */
static rn_tensor **repeated(rn_tensor *x, int64_t n)
{
    rn_tensor **list = rni_alloc_raw((n + 1) * (int64_t)sizeof *list);
    for (int64_t i = 0; list && i < n; i++) list[i] = x;
    return list;
}

/* A state cell, so that it is computed with the step and holds nothing alive. */
static bool keep_norm(rn_optimizer *o, rn_tensor *norm)
{
    if (o->norm && rn_tensor_dtype(o->norm) == rn_tensor_dtype(norm)) return rn_assign(o->norm, norm);
    rn_drop(o->norm);
    const int scope = rn_scope_begin();
    o->norm = rn_state("grad_norm", rn_array(rn_tensor_dtype(norm), RN_SCALAR, NULL));
    rn_scope_end(scope);
    return o->norm && rn_assign(o->norm, norm);
}

static bool clip_norm(rn_hook_call *c)
{
    /* of a norm of zero the quotient is infinite, and the smaller one 1; NaN stays NaN */
    static const rn_op factor = { .name = "hook_clip_factor",
                                  .kind = RN_MAP,
                                  .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
                                  .inputs = "norm",
                                  .expr = "y = min(a / norm, 1)",
                                  .opts = number_rows,
                                  .opts_size = sizeof(numbers) };
    static const rn_op op = HOOK_OP("hook_clip_norm", "g, s", "g = g * s");
    if (!(c->args[0] > 0))
        return rni_fail(RN_ERR_ARG, NULL, "clip_norm", "the threshold %g is not above 0", c->args[0]);
    rn_tensor *norm = rn_sqrt(rni_sum_of_squares(c->grad, c->n)), *y = NULL;
    const numbers opts = { .a = c->args[0] };
    if (!norm || !keep_norm(c->optimizer, norm)) return false;
    if (!rn_op_call(&factor, rni_site_current(), &norm, 1, &opts, &y)) return false;
    rn_tensor **all = repeated(y, c->n);
    const bool ok = all && map(c, &op, (numbers){ 0 }, all, NULL, NULL);
    rni_free(all);
    return ok;
}

static bool noise(rn_hook_call *c)
{
    static const rn_op op = HOOK_OP("hook_noise", "g, z", "g = g + a * z");
    const double sigma = sqrt(c->args[0] / pow(1 + (double)c->step, c->args[1]));
    rn_tensor **z = rni_alloc((c->n + 1) * (int64_t)sizeof *z);
    bool ok = z != NULL;
    for (int64_t i = 0; ok && i < c->n; i++)
        ok = (z[i] = rn_normal(*rn_tensor_shape(c->grad[i]), .dtype = rni_optim_dtype(c->grad[i]))) != NULL;
    ok = ok && map(c, &op, (numbers){ .a = sigma }, z, NULL, NULL);
    rni_free(z);
    return ok;
}

/* A parameter that is zero as a whole has no size to go by. */
static bool lars(rn_hook_call *c)
{
    static const rn_op ratio = { .name = "hook_lars_ratio",
                                 .kind = RN_MAP,
                                 .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
                                 .inputs = "p, g",
                                 .expr = "y = p > 0 ? a * sqrt(p) / (b + sqrt(g) + c * sqrt(p)) : a",
                                 .opts = number_rows,
                                 .opts_size = sizeof(numbers) };
    static const rn_op op = HOOK_OP("hook_lars", "g, p, s", "g = s * (g + c * p)");
    const numbers opts = { .a = c->args[0], .b = c->args[2], .c = c->args[1] };
    rn_tensor **each = rni_alloc((c->n + 1) * (int64_t)sizeof *each);
    bool ok = each != NULL;
    for (int64_t i = 0; ok && i < c->n; i++) {
        rn_tensor *in[2] = { rni_sum_of_squares(&c->param[i], 1), rni_sum_of_squares(&c->grad[i], 1) };
        ok = in[0] && in[1] && rn_op_call(&ratio, rni_site_current(), in, 2, &opts, &each[i]);
    }
    ok = ok && map(c, &op, opts, c->param, each, NULL);
    rni_free(each);
    return ok;
}

static const rn_hook rows[] = {
    { "weight_decay", "rate", weight_decay, { .brief = "g += rate * p, for parameters that decay.", .since = "0.1" } },
    { "lasso", "rate", lasso, { .brief = "g += rate * sign(p), for parameters that decay.", .since = "0.1" } },
    { "clip_norm",
      "threshold",
      clip_norm,
      { .brief = "Scales all gradients down so that their common norm is at most threshold.",
        .source = "Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063",
        .since = "0.1" } },
    { "clip_value", "low, high", clip_value, { .brief = "Limits each element of the gradients.", .since = "0.1" } },
    { "noise",
      "eta, gamma=0.55",
      noise,
      { .brief = "Adds normal noise of variance eta / (1 + t)^gamma.",
        .source = "Neelakantan et al. 2015, arXiv:1511.06807",
        .since = "0.1" } },
    { "lars",
      "threshold=0.01, decay=0, eps=1e-9",
      lars,
      { .brief = "Scales each gradient by the norm of its parameter.",
        .source = "You, Gitman & Ginsburg 2017, arXiv:1708.03888",
        .since = "0.1" } },
};

const rn_hook *rn_hook_at(int i)
{
    return i >= 0 && i < (int)RN_COUNTOF(rows) ? &rows[i] : NULL;
}

/* ---- adding ---- */

/* The i-th of "low, high=1": its name, and its default (NaN where there is none). */
static bool argument(const rn_hook *hook, int i, char *name, size_t size, double *value)
{
    const char *s = hook->args ? hook->args : "";
    for (;; i--) {
        while (*s == ' ' || *s == ',') s++;
        if (!*s) return false;
        const size_t n = strcspn(s, ",");
        if (i > 0) {
            s += n;
            continue;
        }
        const size_t word = strcspn(s, "=,");
        snprintf(name, size, "%.*s", (int)word, s);
        if (word == n || !rni_parse_f64(s + word + 1, (int64_t)(n - word - 1), value)) *value = NAN;
        return true;
    }
}

bool rn_optimizer_add_hook(rn_optimizer *o, const rn_hook *hook, const double *args)
{
    if (!rn_ok()) return false;
    if (!o || !hook || !hook->name || !hook->apply)
        return rni_fail(RN_ERR_ARG, NULL, "optimizer_add_hook", "the optimizer or the hook is NULL");
    rni_optim_hook *p = rni_grow(o->hook, o->n_hooks, &o->cap_hooks, (int64_t)sizeof *p);
    if (!p) return false;
    o->hook = p;
    p += o->n_hooks;
    *p = (rni_optim_hook){ .row = hook };
    char name[48];
    double value;
    for (int i = 0; argument(hook, i, name, sizeof name, &value); i++) {
        if (i == RNI_HOOK_ARGS_MAX)
            return rni_fail(RN_ERR_ARG, NULL, hook->name, "more than %d numbers", RNI_HOOK_ARGS_MAX);
        p->args[i] = args ? args[i] : value;
        if (!isfinite(p->args[i]))
            return rni_fail(RN_ERR_ARG, NULL, hook->name, "the hook's %s is missing or not finite", name);
    }
    o->n_hooks++;
    return true;
}

static const char *row_name(void *user, int i)
{
    (void)user;
    const rn_hook *h = rn_hook_at(i);
    return h ? h->name : NULL;
}

static const rn_hook *find(const char *name)
{
    for (int i = 0; name && i < (int)RN_COUNTOF(rows); i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    rni_fail(RN_ERR_ARG, NULL, "optimizer", "there is no hook \"%s\"", name ? name : "");
    const char *near = name ? rni_nearest(name, row_name, NULL) : NULL;
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return NULL;
}

static bool set_argument(const rn_hook *hook, const rn_setting *setting, double *args)
{
    char name[48];
    double value;
    for (int i = 0; i < RNI_HOOK_ARGS_MAX && argument(hook, i, name, sizeof name, &value); i++) {
        if (strcmp(name, setting->name) != 0) continue;
        if (setting->text && rni_parse_f64(setting->text, (int64_t)strlen(setting->text), &args[i])) return true;
        return rni_fail(RN_ERR_ARG, NULL, hook->name, "%s cannot be \"%s\"", name, setting->text ? setting->text : "");
    }
    rni_fail(RN_ERR_ARG, NULL, hook->name, "there is no number \"%s\"", setting->name);
    rni_error_add("expect", "%s", hook->args);
    return false;
}

bool rn_optimizer_make_hook(rn_optimizer *o, const char *name, const rn_setting *settings, int64_t n)
{
    if (!rn_ok()) return false;
    const rn_hook *hook = find(name);
    if (!hook) return false;
    double args[RNI_HOOK_ARGS_MAX] = { 0 };
    char word[48];
    for (int i = 0; i < RNI_HOOK_ARGS_MAX && argument(hook, i, word, sizeof word, &args[i]); i++) continue;
    for (int64_t i = 0; i < n; i++) RNI_TRY(set_argument(hook, &settings[i], args));
    return rn_optimizer_add_hook(o, hook, args);
}

bool rn_hook_weight_decay(rn_optimizer *optimizer, double rate)
{
    return rn_optimizer_add_hook(optimizer, find("weight_decay"), (const double[]){ rate });
}

bool rn_hook_lasso(rn_optimizer *optimizer, double rate)
{
    return rn_optimizer_add_hook(optimizer, find("lasso"), (const double[]){ rate });
}

bool rn_hook_clip_norm(rn_optimizer *optimizer, double threshold)
{
    return rn_optimizer_add_hook(optimizer, find("clip_norm"), (const double[]){ threshold });
}

bool rn_hook_clip_value(rn_optimizer *optimizer, double low, double high)
{
    return rn_optimizer_add_hook(optimizer, find("clip_value"), (const double[]){ low, high });
}

bool rn_hook_noise(rn_optimizer *optimizer, double eta, double gamma)
{
    return rn_optimizer_add_hook(optimizer, find("noise"), (const double[]){ eta, gamma == 0 ? 0.55 : gamma });
}

bool rn_hook_lars(rn_optimizer *optimizer, double threshold, double decay, double eps)
{
    return rn_optimizer_add_hook(optimizer, find("lars"), (const double[]){ threshold, decay, eps });
}
