/* Checks of gradients against central differences, in f64.
 *
 * For results y and fixed weights w let L = sum w * y. For a random unit direction u, every component of which has some
 * size (so that no element escapes), (L(x + hu) - L(x - hu)) / 2h must be the gradient's product with u. The second
 * order takes M = sum v * gradient in place of L, and varies the weights as well. */
#include "selftest/selftest.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

enum { DIRECTIONS = 2 };

/* Steps where rounding and curvature cost about the same: values near 1 have 2^-52. */
static const double step_size = 1e-5;

static void direction(rni_st_array *u, int which)
{
    rni_rng r = { .seed = 0xd1ecu, .stream = (uint64_t)which };
    double sum = 0;
    for (int64_t i = 0; i < u->count; i++) {
        const double size = 0.1 + 0.9 * rni_rng_uniform(&r);
        u->value[i] = rni_rng_u32(&r) & 1u ? size : -size;
        sum += size * size;
    }
    for (int64_t i = 0; i < u->count; i++) u->value[i] /= sqrt(sum);
}

typedef struct {
    double value, scale; /* scale: sum of absolute terms, of which rounding errors are a part */
} total;

static total dot(const rni_st_array *a, const rni_st_array *b)
{
    total t = { 0, 0 };
    for (int64_t i = 0; a->dtype && i < a->count; i++) {
        t.value += a->value[i] * b->value[i];
        t.scale += fabs(a->value[i] * b->value[i]);
    }
    return t;
}

static total results_total(const rni_st_result *r)
{
    total t = { 0, 0 };
    for (int k = 0; k < r->n_out; k++) {
        const total one = dot(&r->weight[k], &r->out[k]);
        t.value += one.value;
        t.scale += one.scale;
    }
    return t;
}

/* M: the gradients weighted by the directions that rni_st_call differentiates them in. */
static total gradients_total(const rni_st_result *r)
{
    total t = { 0, 0 };
    for (int k = 0; k < r->n_in; k++)
        for (int64_t i = 0; r->grad[k].dtype && i < r->grad[k].count; i++) {
            const double term = r->grad[k].value[i] * rni_st_weight(100 + k, i);
            t.value += term;
            t.scale += fabs(term);
        }
    return t;
}

/* The inputs as f64, with the values that the case's own types hold. */
static bool widen(rni_st_array *to, const rni_st_case *c)
{
    for (int i = 0; i < c->n_in; i++) {
        if (!rni_st_array_copy(&to[i], &c->in[i])) return false;
        if (rn_dtype_is_float(to[i].dtype)) to[i].dtype = RN_F64;
    }
    return true;
}

static bool copy_weights(rni_st_result *to, const rni_st_result *from)
{
    for (int k = 0; k < from->n_out; k++)
        if (from->weight[k].dtype && !rni_st_array_copy(&to->weight[k], &from->weight[k])) return false;
    return true;
}

/* L or M where the array `vary` is moved by h along u. */
static bool evaluate(rni_st *t, const rni_st_array *in, const rni_st_result *base, bool second, total *out)
{
    rni_st_result r = { 0 };
    const rni_st_how how = { .device = t->device, .floats = RN_F64, .grad = second };
    const bool ok = copy_weights(&r, base) && rni_st_call(t->c, in, &how, &r);
    if (ok) *out = second ? gradients_total(&r) : results_total(&r);
    rni_st_result_free(&r);
    return ok;
}

typedef struct {
    rni_st_array *in;
    rni_st_result *base;
    bool second;
} point;

static void move(rni_st_array *a, const rni_st_array *origin, const rni_st_array *u, double h)
{
    for (int64_t i = 0; i < a->count; i++) a->value[i] = origin->value[i] + h * u->value[i];
}

/* Compares along one direction; `vary` is an input or a weight of p, `gradient` the gradient by it. */
static bool compare(rni_st *t, const point *p, rni_st_array *vary, const rni_st_array *gradient, const char *name,
                    int which)
{
    rni_st_array u = { 0 }, origin = { 0 };
    total plus = { 0 }, minus = { 0 };
    bool ok = rni_st_array_copy(&u, vary) && rni_st_array_copy(&origin, vary);
    double size = 1;
    for (int64_t i = 0; ok && i < vary->count; i++) size = fmax(size, fabs(vary->value[i]));
    const double h = step_size * size;
    if (ok) {
        direction(&u, which);
        move(vary, &origin, &u, h);
        ok = evaluate(t, p->in, p->base, p->second, &plus);
        move(vary, &origin, &u, -h);
        ok = ok && evaluate(t, p->in, p->base, p->second, &minus);
        move(vary, &origin, &u, 0);
    }
    if (ok) {
        const total have = dot(gradient, &u);
        const double want = (plus.value - minus.value) / (2 * h);
        const double allowed =
            (p->second ? 1e-5 : 2e-6) * (have.scale + fabs(want)) + 2e-10 * (1 + plus.scale + minus.scale) / size;
        if (!(fabs(have.value - want) <= allowed)) {
            rni_str_addf(&t->why, "    %s by %s along direction %d: have %.9g, differences give %.9g, allowed %.2g\n",
                         p->second ? "second gradient" : "gradient", name, which, have.value, want, allowed);
            ok = false;
        }
    }
    rni_st_arrays_free(&u, 1);
    rni_st_arrays_free(&origin, 1);
    return ok;
}

static bool compare_all(rni_st *t, const point *p)
{
    bool ok = true;
    const rni_st_array *by_in = p->second ? p->base->grad2_in : p->base->grad;
    for (int i = 0; i < t->c->n_in && rn_ok(); i++) {
        if (!rn_dtype_is_float(p->in[i].dtype) || p->in[i].count == 0) continue;
        for (int d = 0; d < DIRECTIONS && ok; d++) ok &= compare(t, p, &p->in[i], &by_in[i], p->in[i].name, i * 8 + d);
    }
    for (int k = 0; p->second && k < p->base->n_out && rn_ok(); k++) {
        if (!p->base->weight[k].dtype || p->base->weight[k].count == 0) continue;
        ok &= compare(t, p, &p->base->weight[k], &p->base->grad2_weight[k], "the incoming gradient", 400 + k);
    }
    return ok && rn_ok();
}

static bool any_gradient(const rni_st_result *r)
{
    for (int i = 0; i < r->n_in; i++)
        if (r->grad[i].dtype) return true;
    return false;
}

/* Differences say nothing of results that are rounded to a coarser type. */
static bool is_coarse(const rni_st_result *r)
{
    for (int k = 0; k < r->n_out; k++)
        if (r->weight[k].dtype && r->weight[k].dtype != RN_F64) return true;
    return false;
}

/* Nor of values that have no neighbours at the distance of a step. */
static bool is_extreme(const rni_st_case *c)
{
    for (int i = 0; i < c->n_in; i++)
        for (int64_t k = 0; rn_dtype_is_float(c->in[i].dtype) && k < c->in[i].count; k++)
            if (!(fabs(c->in[i].value[k]) < 1e6)) return true;
    return false;
}

static rni_st_verdict check(rni_st *t, bool second)
{
    const rni_st_case *c = t->c;
    if (!rni_st_has_gradient(c) || is_extreme(c)) return RNI_ST_NOTHING;
    rni_st_array in[RN_INPUTS_MAX] = { 0 };
    rni_st_result base = { 0 };
    const rni_st_how how = { .device = t->device, .floats = RN_F64, .grad = !second, .grad2 = second };
    rni_st_verdict v = RNI_ST_PASSED;
    if (!widen(in, c))
        v = rni_st_fail_error(t, "no memory");
    else if (!rni_st_call(c, in, &how, &base)) {
        if (rn_error_last() && rn_error_last()->status == RN_ERR_DTYPE) {
            rn_error_clear();
            v = rni_st_skip(t, "not for f64");
        } else if (second && rn_error_last() && rn_error_last()->status == RN_ERR_UNSUPPORTED) {
            rn_error_clear(); /* it says so itself, and where */
            v = rni_st_skip(t, "has no second gradient");
        } else
            v = rni_st_fail_error(t, "the gradient failed");
    } else if (is_coarse(&base) || (second && !any_gradient(&base)))
        v = RNI_ST_NOTHING;
    else if (!compare_all(t, &(point){ in, &base, second }))
        v = rn_ok() ? RNI_ST_FAILED : rni_st_fail_error(t, "the call failed near the point");
    rni_st_arrays_free(in, RN_INPUTS_MAX);
    rni_st_result_free(&base);
    return v;
}

rni_st_verdict rni_st_check_grad(rni_st *t)
{
    return check(t, false);
}

rni_st_verdict rni_st_check_grad2(rni_st *t)
{
    return check(t, true);
}
