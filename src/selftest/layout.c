/* Checks of inputs in unusual places and forms: strided, reversed, shifted, broadcast, given twice, empty. */
#include "selftest/selftest.h"

#include "base/error.h"
#include "base/shape.h"

static bool has_elements(const rni_st_case *c, int least_rank)
{
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].dtype && c->in[i].count > 1 && c->in[i].shape.rank >= least_rank) return true;
    return false;
}

static rni_st_verdict check_layout(rni_st *t, rni_st_layout layout, int least_rank)
{
    if (t->c->random || !has_elements(t->c, least_rank)) return RNI_ST_NOTHING;
    rni_st_result have = { 0 };
    rni_st_verdict v = RNI_ST_PASSED;
    const rni_st_how how = { .device = t->device, .layout = layout, .grad = rni_st_has_gradient(t->c) };
    const rni_st_result *want = rni_st_truth(t);
    if (!want || !rni_st_call(t->c, t->c->in, &how, &have))
        v = rni_st_fail_error(t, want ? "the call failed" : "on ref the call failed");
    else if (!rni_st_results_near(t, &have, want, 1) || !rni_st_gradients_near(t, &have, want, 8))
        v = RNI_ST_FAILED;
    rni_st_result_free(&have);
    return v;
}

rni_st_verdict rni_st_check_columns(rni_st *t)
{
    return check_layout(t, RNI_ST_COLUMNS, 2);
}

rni_st_verdict rni_st_check_stepped(rni_st *t)
{
    return check_layout(t, RNI_ST_STEPPED, 1);
}

rni_st_verdict rni_st_check_reversed(rni_st *t)
{
    return check_layout(t, RNI_ST_REVERSED, 1);
}

rni_st_verdict rni_st_check_shifted(rni_st *t)
{
    return check_layout(t, RNI_ST_SHIFTED, 1);
}

/* ---- the same value all along an axis ---- */

/* Copies the inputs such that along the axis all have the first value. False if that changes nothing. */
static bool flatten(rni_st_array *to, const rni_st_case *c, int axis)
{
    bool any = false;
    for (int i = 0; i < c->n_in; i++) {
        if (!rni_st_array_copy(&to[i], &c->in[i])) return false;
        const int a = rni_axis(axis, to[i].shape.rank);
        if (a < 0 || !to[i].dtype || to[i].count == 0) continue;
        int64_t inner = 1;
        const int64_t n = to[i].shape.dim[a];
        for (int k = a + 1; k < to[i].shape.rank; k++) inner *= to[i].shape.dim[k];
        for (int64_t e = 0; e < to[i].count; e++) to[i].value[e] = to[i].value[e - e / inner % n * inner];
        any |= n > 1;
    }
    return any;
}

static rni_st_verdict check_flat(rni_st *t, int axis)
{
    rni_st_array in[RN_INPUTS_MAX] = { 0 };
    rni_st_result have = { 0 }, want = { 0 };
    const rni_st_how how = { .device = t->device, .layout = RNI_ST_FLAT, .flat_axis = axis };
    /* Equal neighbours are where max and its like have a kink: values only. Compared is with the same device: what
     * rounding leaves of a difference of equal values is divided by the root of eps in normalisation. */
    const rni_st_how plain = { .device = t->device };
    rni_st_verdict v = RNI_ST_NOTHING;
    if (flatten(in, t->c, axis)) {
        v = RNI_ST_PASSED;
        if (!rni_st_call(t->c, in, &plain, &want)) {
            rn_error_clear(); /* not for such values: then not for such views either */
            if (rni_st_call(t->c, in, &how, &have))
                v = rni_st_fail(t, "accepted, while a copy of these values is refused");
            rn_error_clear();
        } else if (!rni_st_call(t->c, in, &how, &have))
            v = rni_st_fail_error(t, "the call failed");
        else if (!rni_st_results_near(t, &have, &want, 1))
            v = RNI_ST_FAILED;
    }
    rni_st_arrays_free(in, RN_INPUTS_MAX);
    rni_st_result_free(&have);
    rni_st_result_free(&want);
    return v;
}

rni_st_verdict rni_st_check_flat(rni_st *t)
{
    if (t->c->random || !has_elements(t->c, 1)) return RNI_ST_NOTHING;
    const rni_st_verdict first = check_flat(t, 0);
    if (first == RNI_ST_FAILED) return first;
    const rni_st_verdict last = check_flat(t, -1);
    return last == RNI_ST_NOTHING ? first : last;
}

/* ---- one tensor as two inputs ---- */

static bool find_pair(const rni_st_case *c, int same[2])
{
    for (int i = 0; i < c->n_in; i++)
        for (int k = i + 1; k < c->n_in; k++)
            if (c->in[i].dtype && c->in[i].dtype == c->in[k].dtype &&
                rni_shape_equal(&c->in[i].shape, &c->in[k].shape)) {
                same[0] = i;
                same[1] = k;
                return true;
            }
    return false;
}

/* The gradient by a tensor that is given twice is the sum of the gradients by each place. */
static void add_gradient(rni_st_result *r, const int same[2])
{
    rni_st_array *a = &r->grad[same[0]], *b = &r->grad[same[1]];
    if (!a->dtype) {
        const rni_st_array none = *a;
        *a = *b;
        *b = none;
        snprintf(a->name, sizeof a->name, "%s", none.name);
        return;
    }
    for (int64_t i = 0; b->dtype && i < a->count; i++) a->value[i] += b->value[i];
    rni_st_arrays_free(b, 1);
}

rni_st_verdict rni_st_check_same(rni_st *t)
{
    rni_st_how how = { .device = t->device, .grad = rni_st_has_gradient(t->c) };
    if (t->c->random || !find_pair(t->c, how.same)) return RNI_ST_NOTHING;
    const rni_st_how apart = { .device = t->device, .grad = how.grad };
    rni_st_array in[RN_INPUTS_MAX] = { 0 };
    rni_st_result have = { 0 }, want = { 0 };
    rni_st_verdict v = RNI_ST_PASSED;
    bool ok = true;
    /* the later input often has the narrower range */
    for (int i = 0; ok && i < t->c->n_in; i++)
        ok = rni_st_array_copy(&in[i], &t->c->in[i == how.same[0] ? how.same[1] : i]);
    if (!ok)
        v = rni_st_fail_error(t, "no memory");
    else if (!rni_st_call(t->c, in, &apart, &want)) {
        rn_error_clear(); /* not for equal values */
        v = RNI_ST_NOTHING;
    } else if (!rni_st_call(t->c, in, &how, &have))
        v = rni_st_fail_error(t, "the call failed");
    else {
        add_gradient(&want, how.same);
        if (!rni_st_results_near(t, &have, &want, 1) || !rni_st_gradients_near(t, &have, &want, 4)) v = RNI_ST_FAILED;
    }
    rni_st_arrays_free(in, RN_INPUTS_MAX);
    rni_st_result_free(&have);
    rni_st_result_free(&want);
    return v;
}

/* ---- nothing ---- */

/* The case with a size of 0 in place of the first, or last, size of the first input, wherever that size stands in the
 * same place. */
static bool make_empty(rni_st_array *in, const rni_st_case *c, int axis)
{
    const int first = rni_axis(axis, c->in[0].shape.rank);
    if (c->n_in == 0 || first < 0 || c->in[0].count == 0) return false;
    const int64_t n = c->in[0].shape.dim[first];
    for (int i = 0; i < c->n_in; i++) {
        snprintf(in[i].name, sizeof in[i].name, "%s", c->in[i].name);
        if (!c->in[i].dtype) continue;
        rn_shape s = c->in[i].shape;
        const int a = rni_axis(axis, s.rank);
        if (a < 0 || s.dim[a] != n) {
            if (!rni_st_array_copy(&in[i], &c->in[i])) return false;
            continue;
        }
        s.dim[a] = 0;
        if (!rni_st_array_make(&in[i], c->in[i].dtype, &s)) return false;
    }
    return true;
}

/* Either refused, by a rule, or the same on both back ends. */
static rni_st_verdict check_empty(rni_st *t, int axis)
{
    rni_st_array in[RN_INPUTS_MAX] = { 0 };
    rni_st_result have = { 0 }, want = { 0 };
    const bool grad = rni_st_has_gradient(t->c);
    const rni_st_how how = { .device = t->device, .grad = grad }, plain = { .device = "ref", .grad = grad };
    rni_st_verdict v = RNI_ST_PASSED;
    if (!make_empty(in, t->c, axis))
        v = RNI_ST_NOTHING;
    else if (!rni_st_call(t->c, in, &plain, &want)) {
        const rn_status status = rn_error_last() ? rn_error_last()->status : RN_OK;
        if (status != RN_ERR_SHAPE && status != RN_ERR_ARG)
            v = rni_st_fail_error(t, "an empty input is refused otherwise than by SHAPE or ARG");
        rn_error_clear();
    } else if (!rni_st_call(t->c, in, &how, &have))
        v = rni_st_fail_error(t, "the call failed");
    else if (!t->c->random && (!rni_st_results_near(t, &have, &want, 1) || !rni_st_gradients_near(t, &have, &want, 8)))
        v = RNI_ST_FAILED;
    rni_st_arrays_free(in, RN_INPUTS_MAX);
    rni_st_result_free(&have);
    rni_st_result_free(&want);
    return v;
}

rni_st_verdict rni_st_check_empty(rni_st *t)
{
    const rni_st_verdict first = check_empty(t, 0);
    if (first == RNI_ST_FAILED || t->c->in[0].shape.rank < 2) return first;
    const rni_st_verdict last = check_empty(t, -1);
    return last == RNI_ST_NOTHING ? first : last;
}
