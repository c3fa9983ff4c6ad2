/* Checks of results: refusals, values, eager against planned, repetition. */
#include "selftest/selftest.h"

#include "base/error.h"
#include "base/shape.h"
#include "engine/engine.h"

#include <string.h>

/* ---- refusals ---- */

/* Calls, and looks at the results: what depends on values is refused then. */
static bool call_and_look(const rni_st_case *c, const char *device, bool eager)
{
    rni_st_result r = { 0 };
    const bool ok = rni_st_call(c, c->in, &(rni_st_how){ .device = device, .eager = eager }, &r);
    rni_st_result_free(&r);
    return ok;
}

/* A refusal names the function, the caller's line and, where shapes or types are at fault, the rule and what came. */
static bool well_said(rni_st *t, const rn_error *e)
{
    char name[80];
    snprintf(name, sizeof name, ": %s: ", t->c->op->name);
    if (!strstr(e->message, name)) return !rni_st_fail(t, "the message does not name %s", t->c->op->name);
    if (!e->site.file || !strstr(e->site.file, "selftest/call.c"))
        return !rni_st_fail(t, "it names %s, not the line of the call", e->site.file ? e->site.file : "no file");
    const bool forms = e->status == RN_ERR_SHAPE || e->status == RN_ERR_DTYPE;
    if (forms && (!strstr(e->message, "\n  expect") || (t->c->n_in > 0 && !strstr(e->message, "\n  actual"))))
        return !rni_st_fail(t, "it does not say what was expected and what came");
    return true;
}

rni_st_verdict rni_st_check_fails(rni_st *t)
{
    for (int eager = 0; eager < 2; eager++) {
        rni_st_case c;
        const bool made = rni_st_case_make(&c, t->c->op, t->row, RN_DTYPE_NONE);
        const bool accepted = made && call_and_look(&c, t->device, eager);
        rni_st_case_free(&c);
        if (accepted) return rni_st_fail(t, "the call was accepted; wanted a refusal with \"%s\"", t->row->fails);
        const rn_error *e = rn_error_last();
        if (!e) return rni_st_fail(t, "refused without an error");
        if (e->status == RN_ERR_INTERNAL || e->status == RN_ERR_NOMEM || !strstr(e->message, t->row->fails)) {
            rni_str_addf(&t->why, "    wanted a refusal with \"%s\"\n", t->row->fails);
            return rni_st_fail_error(t, "it was refused otherwise");
        }
        if (made && !well_said(t, e)) return rni_st_fail_error(t, "it was refused, but");
        rn_error_clear();
    }
    return RNI_ST_PASSED;
}

/* ---- values ---- */

static bool has_float_input(const rni_st_case *c)
{
    for (int i = 0; i < c->n_in; i++)
        if (rn_dtype_is_float(c->in[i].dtype)) return true;
    return false;
}

static bool has_type(const rni_st_case *c, rn_dtype type)
{
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].dtype == type) return true;
    return false;
}

bool rni_st_has_gradient(const rni_st_case *c)
{
    return !c->no_grad && !(c->op->flags & RN_OP_NO_GRAD) && has_float_input(c);
}

/* Where a result is a choice (a comparison, a position), the type's own rounding decides: the plain back end is asked
 * in the case's types. */
static bool replace_choices(rni_st *t)
{
    bool any = false;
    for (int k = 0; k < t->truth.n_out; k++) any |= !rn_dtype_is_float(t->truth.out[k].dtype);
    if (!any) return true;
    rni_st_result own = { 0 };
    bool ok = rni_st_call(t->c, t->c->in, &(rni_st_how){ .device = "ref" }, &own);
    for (int k = 0; ok && k < own.n_out; k++)
        if (!rn_dtype_is_float(own.out[k].dtype)) ok = rni_st_array_copy(&t->truth.out[k], &own.out[k]);
    rni_st_result_free(&own);
    return ok;
}

const rni_st_result *rni_st_truth(rni_st *t)
{
    if (t->truth_known) return &t->truth;
    const bool grad = rni_st_has_gradient(t->c);
    rni_st_how how = { .device = "ref", .floats = RN_F64, .grad = grad };
    if (!has_float_input(t->c)) how.floats = RN_DTYPE_NONE;
    t->truth_known = rni_st_call(t->c, t->c->in, &how, &t->truth);
    if (!t->truth_known && !rn_ok() && rn_error_last()->status == RN_ERR_DTYPE && how.floats) {
        rn_error_clear(); /* the function has no f64: its own type on the plain back end is what there is */
        rni_st_result_free(&t->truth);
        how.floats = RN_DTYPE_NONE;
        t->truth_known = rni_st_call(t->c, t->c->in, &how, &t->truth);
    }
    if (t->truth_known && how.floats) t->truth_known = replace_choices(t);
    return t->truth_known ? &t->truth : NULL;
}

static bool same_forms(rni_st *t, const rni_st_result *a, const rni_st_result *b)
{
    for (int i = 0; i < a->n_out; i++) {
        if (a->out[i].dtype == b->out[i].dtype && rni_shape_equal(&a->out[i].shape, &b->out[i].shape)) continue;
        rni_st_fail(t, "%s has another type or shape than on ref", a->out[i].name);
        return false;
    }
    return true;
}

/* Random values depend on the type they are made in: only their types and shapes are compared, and whether they are
 * numbers. */
static rni_st_verdict check_random(rni_st *t, const rni_st_result *have)
{
    rni_st_result want = { 0 };
    bool ok = rni_st_call(t->c, t->c->in, &(rni_st_how){ .device = "ref" }, &want) && same_forms(t, have, &want);
    for (int k = 0; ok && k < have->n_out; k++)
        for (int64_t i = 0; ok && i < have->out[k].count; i++)
            if (have->out[k].value[i] != have->out[k].value[i]) {
                rni_st_fail(t, "%s has a NaN in element %lld", have->out[k].name, (long long)i);
                ok = false;
            }
    rni_st_result_free(&want);
    return ok ? RNI_ST_PASSED : rn_ok() ? RNI_ST_FAILED : rni_st_fail_error(t, "on ref the call failed");
}

/* A function need not take every element type; which ones it takes is its own rule. */
static rni_st_verdict refused_type(rni_st *t)
{
    if (t->derived && rn_error_last() && rn_error_last()->status == RN_ERR_DTYPE) {
        rn_error_clear();
        return rni_st_skip(t, "not for this type");
    }
    return rni_st_fail_error(t, "the call failed");
}

rni_st_verdict rni_st_check_forward(rni_st *t)
{
    rni_st_result have = { 0 };
    rni_st_verdict v = RNI_ST_PASSED;
    if (!rni_st_call(t->c, t->c->in, &(rni_st_how){ .device = t->device }, &have))
        v = refused_type(t);
    else if (t->c->random)
        v = check_random(t, &have);
    else {
        const rni_st_result *want = rni_st_truth(t);
        if (!want)
            v = rni_st_fail_error(t, "on ref the call failed");
        else if (!rni_st_results_near(t, &have, want, 1))
            v = RNI_ST_FAILED;
    }
    rni_st_result_free(&have);
    return v;
}

/* ---- the same bits ---- */

static bool same_bits(rni_st *t, const rni_st_result *a, const rni_st_result *b, bool same_order)
{
    bool ok = true;
    for (int i = 0; i < a->n_out; i++) ok &= rni_st_equal(t, "result", &a->out[i], &b->out[i]);
    for (int i = 0; i < a->n_in; i++)
        if (a->grad[i].dtype || b->grad[i].dtype)
            ok &= same_order ? rni_st_equal(t, "the", &a->grad[i], &b->grad[i])
                             : rni_st_near(t, "the", &a->grad[i], &b->grad[i], rni_st_few_units(&a->grad[i]));
    return ok;
}

static rni_st_verdict compare_runs(rni_st *t, const rni_st_how *first, const rni_st_how *other, bool same_order)
{
    rni_st_result a = { 0 }, b = { 0 };
    rni_st_verdict v = RNI_ST_PASSED;
    if (!rni_st_call(t->c, t->c->in, first, &a) || !rni_st_call(t->c, t->c->in, other, &b))
        v = refused_type(t);
    else if (!same_bits(t, &a, &b, same_order))
        v = RNI_ST_FAILED;
    rni_st_result_free(&a);
    rni_st_result_free(&b);
    return v;
}

rni_st_verdict rni_st_check_eager(rni_st *t)
{
    const rni_st_how planned = { .device = t->device, .grad = rni_st_has_gradient(t->c) };
    rni_st_how eager = planned;
    eager.eager = true;
    /* A plan reads views where they lie, while eager evaluation has copied them: sums over them, which only gradients
     * have here, may be added in another order. */
    return compare_runs(t, &eager, &planned, false);
}

rni_st_verdict rni_st_check_seed(rni_st *t)
{
    const rni_st_how how = { .device = t->device, .grad = rni_st_has_gradient(t->c) };
    return compare_runs(t, &how, &how, true);
}

/* ---- gradients of the type itself against those in f64 ---- */

rni_st_verdict rni_st_check_vjp(rni_st *t)
{
    const rni_st_case *c = t->c;
    if (!rni_st_has_gradient(c) || c->random || (has_type(c, RN_F64) && strcmp(t->device, "ref") == 0))
        return RNI_ST_NOTHING;
    rni_st_result have = { 0 };
    rni_st_verdict v = RNI_ST_PASSED;
    if (!rni_st_call(c, c->in, &(rni_st_how){ .device = t->device, .grad = true }, &have))
        v = refused_type(t);
    else {
        const rni_st_result *want = rni_st_truth(t);
        if (!want)
            v = rni_st_fail_error(t, "on ref the call failed");
        else if (!rni_st_gradients_near(t, &have, want, 8))
            v = RNI_ST_FAILED;
    }
    rni_st_result_free(&have);
    return v;
}
