/* Checking of arguments. Knows no particular function. */
#include "ops/check.h"

bool rni_refuse_call(const rn_call_info *c, rn_status status, const char *what, const char *rule)
{
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    return rn_refuse(&f, status, what, rule);
}

int rni_want_axis(rn_infer *f, int64_t axis, int rank)
{
    if (axis >= -rank && axis < rank) return rni_known_axis(axis, rank);
    rn_refuse(f, RN_ERR_ARG, "there is no such axis", "-rank <= axis < rank");
    rn_infer_hint("axis is %lld", (long long)axis);
    return -1;
}

int rni_call_axis(const rn_call_info *c, int64_t axis, int rank)
{
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    return rni_want_axis(&f, axis, rank);
}

rni_along rni_along_axis(const rn_shape *s, int axis)
{
    rni_along r = { 1, s->dim[axis], 1 };
    for (int i = 0; i < axis; i++) r.outer *= s->dim[i];
    for (int i = axis + 1; i < s->rank; i++) r.inner *= s->dim[i];
    return r;
}
