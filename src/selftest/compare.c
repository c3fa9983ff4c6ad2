/* Comparing arrays, and saying where they differ.
 *
 * What is allowed grows with the coarsest element type that takes part. Beside the relative part stands an absolute
 * one, in proportion to the size of the other results and of the inputs: a sum that cancels out has few digits left. */
#include "selftest/selftest.h"

#include "base/error.h"
#include "base/shape.h"

#include <math.h>
#include <string.h>

/* Relative differences allowed between an element type's results and those of f64 from the same inputs: a few roundings
 * of the result itself. f64: functions of our own against those of libm. */
static const struct {
    double relative, unit, largest;
} types[RN_DTYPE_COUNT] = {
    [RN_F16] = { 2e-3, 0x1p-10, 65504.0 },
    [RN_BF16] = { 1.6e-2, 0x1p-7, 3.38953139e38 },
    [RN_F32] = { 1e-5, 0x1p-23, 3.40282347e38 },
    [RN_F64] = { 1e-10, 0x1p-52, 1.7976931348623157e308 },
};

static double mean_size(const rni_st_array *a)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < a->count; i++)
        if (isfinite(a->value[i])) {
            sum += fabs(a->value[i]);
            n++;
        }
    return n ? sum / (double)n : 0;
}

static double greatest(const rni_st_array *a)
{
    double v = 0;
    for (int64_t i = 0; i < a->count; i++)
        if (isfinite(a->value[i]) && fabs(a->value[i]) > v) v = fabs(a->value[i]);
    return v;
}

rni_st_tolerance rni_st_tolerance_of(const rni_st_case *c, const rni_st_array *have, const rni_st_array *want,
                                     double slack)
{
    rni_st_tolerance t = { .coarsest = rn_dtype_is_float(have->dtype) ? have->dtype : RN_F64 };
    double size = 0;
    int64_t n = 1;
    for (int i = 0; i < c->n_in; i++) {
        const rni_st_array *x = &c->in[i];
        if (!rn_dtype_is_float(x->dtype)) continue;
        if (types[x->dtype].unit > types[t.coarsest].unit) t.coarsest = x->dtype;
        if (greatest(x) > size) size = greatest(x);
        if (x->count > n) n = x->count;
    }
    if (!rn_dtype_is_float(have->dtype) && !rn_dtype_is_float(want->dtype)) return t;
    /* what is made of other functions rounds between them */
    const double steps = c->op->kind == RN_COMPOSITE || c->op->kind == RN_FUNCTION ? 4 : 1;
    double relative = types[t.coarsest].relative * steps;
    if (c->tol > relative) relative = c->tol;
    t.relative = relative * slack;
    const double terms = have->count && n > have->count ? sqrt((double)n / (double)have->count) : 1;
    t.absolute = t.relative * mean_size(want) + slack * 8 * types[t.coarsest].unit * size * terms;
    return t;
}

rni_st_tolerance rni_st_few_units(const rni_st_array *a)
{
    const rn_dtype type = rn_dtype_is_float(a->dtype) ? a->dtype : RN_F64;
    return (rni_st_tolerance){ .absolute = 2 * types[type].unit * greatest(a), .coarsest = type };
}

static void place(rni_str *s, const rni_st_array *a, int64_t i)
{
    int64_t at[RN_MAX_RANK];
    for (int k = a->shape.rank - 1; k >= 0; k--) {
        at[k] = i % a->shape.dim[k];
        i /= a->shape.dim[k];
    }
    for (int k = 0; k < a->shape.rank; k++) rni_str_addf(s, k ? ", %lld" : "%lld", (long long)at[k]);
}

static bool same_form(rni_st *t, const char *what, const rni_st_array *have, const rni_st_array *want)
{
    if (rni_shape_equal(&have->shape, &want->shape)) return true;
    char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
    rni_str_addf(&t->why, "    %s %s: have shape %s, want %s\n", what, have->name, rni_shape_text(&have->shape, a),
                 rni_shape_text(&want->shape, b));
    return false;
}

static bool agree(double have, double want, const rni_st_tolerance *tol)
{
    if (have == want || (isnan(have) && isnan(want))) return true;
    if (fabs(have - want) <= tol->relative * fabs(want) + tol->absolute) return true;
    /* beyond, or on the edge of, what the type holds */
    return isinf(have) && fabs(want) >= 0.99 * types[tol->coarsest].largest && (have > 0) == (want > 0);
}

bool rni_st_near(rni_st *t, const char *what, const rni_st_array *have, const rni_st_array *want, rni_st_tolerance tol)
{
    if (!same_form(t, what, have, want)) return false;
    int64_t differ = 0, first = 0;
    for (int64_t i = 0; i < have->count; i++) {
        if (agree(have->value[i], want->value[i], &tol)) continue;
        if (differ++ == 0) first = i;
    }
    if (differ == 0) return true;
    rni_str_addf(&t->why, "    %s %s[", what, have->name);
    place(&t->why, have, first);
    rni_str_addf(&t->why, "]: have %.9g, want %.9g, differ by %.3g, allowed %.3g; %lld of %lld elements differ\n",
                 have->value[first], want->value[first], fabs(have->value[first] - want->value[first]),
                 tol.relative * fabs(want->value[first]) + tol.absolute, (long long)differ, (long long)have->count);
    return false;
}

bool rni_st_equal(rni_st *t, const char *what, const rni_st_array *have, const rni_st_array *want)
{
    if (have->dtype != want->dtype) {
        rni_str_addf(&t->why, "    %s %s: have type %s, want %s\n", what, have->name, rn_dtype_name(have->dtype),
                     rn_dtype_name(want->dtype));
        return false;
    }
    return rni_st_near(t, what, have, want, (rni_st_tolerance){ .coarsest = RN_F64 });
}

bool rni_st_results_near(rni_st *t, const rni_st_result *have, const rni_st_result *want, double slack)
{
    bool ok = true;
    for (int i = 0; i < have->n_out; i++) {
        const rni_st_tolerance tol = rni_st_tolerance_of(t->c, &have->out[i], &want->out[i], slack);
        ok &= rni_st_near(t, "result", &have->out[i], &want->out[i], tol);
    }
    return ok;
}

static bool all_zero(const rni_st_array *a)
{
    for (int64_t i = 0; i < a->count; i++)
        if (a->value[i] != 0) return false;
    return true;
}

bool rni_st_gradients_near(rni_st *t, const rni_st_result *have, const rni_st_result *want, double slack)
{
    bool ok = true;
    for (int i = 0; i < have->n_in; i++) {
        const rni_st_array *a = &have->grad[i], *b = &want->grad[i];
        if (!a->dtype && !b->dtype) continue;
        if (!a->dtype || !b->dtype) {
            if (all_zero(a->dtype ? a : b)) continue;
            rni_str_addf(&t->why, "    %s: %s\n", a->name, a->dtype ? "have one, want none" : "have none, want one");
            ok = false;
            continue;
        }
        ok &= rni_st_near(t, "the", a, b, rni_st_tolerance_of(t->c, a, b, slack));
    }
    return ok;
}
