/* The elementwise steps of normalisations, and their statistics. */
#include "ops/norm/norm_p.h"

#include "base/error.h"
#include "base/shape.h"

#include <rensa/ops.h>

extern const rn_op rn_ops_steps[];
enum { APPLY, SHIFT, AFFINE, SCALE, OFFSET, PULL, PULL_SCALE };

rn_dtype rni_stat_type(rn_dtype x)
{
    return x == RN_F64 ? RN_F64 : RN_F32;
}

rn_tensor *rni_stat_cast(rn_tensor *x)
{
    const rn_dtype type = rni_stat_type(rn_tensor_dtype(x));
    return rn_tensor_dtype(x) == type ? x : rn_cast(x, type);
}

rn_tensor *rni_stat_mean(rn_tensor *x, rn_axes axes)
{
    if (!x) return NULL;
    if (axes.n == 0) return x;
    rn_shape y = *rn_tensor_shape(x);
    bool nothing = false;
    for (int i = 0; i < axes.n; i++) {
        nothing |= y.dim[axes.axis[i]] == 0;
        y.dim[axes.axis[i]] = 1;
    }
    return nothing ? rn_zeros(y, .dtype = rn_tensor_dtype(x)) : rn_mean(x, .axes = axes, .keepdims = true);
}

bool rni_norm_check(rn_infer *f, int input, const rn_shape *shape, const char *rule)
{
    if (input >= f->n_in || !f->in[input]) return true;
    if (!rni_shape_equal(f->shape[input], shape))
        return rn_refuse(f, RN_ERR_SHAPE, "the factor or offset has another shape than the statistics", rule);
    if (f->dtype[input] == f->dtype[0] || f->dtype[input] == rni_stat_type(f->dtype[0])) return true;
    return rn_refuse(f, RN_ERR_DTYPE, "types differ", "the type of x, or f32 where x is f16 or bf16");
}

bool rni_axes_from(int64_t axis, int rank, rn_axes *from, rn_axes *before)
{
    const int first = axis < -rank || axis >= rank ? -1 : rni_axis((int)axis, rank);
    *from = *before = (rn_axes){ 0 };
    for (int a = 0; a < rank; a++) {
        rn_axes *to = a < first ? before : from;
        to->axis[to->n++] = a;
    }
    return first >= 0;
}

static rn_tensor *call(int which, rn_tensor *const *in, int64_t n)
{
    rn_tensor *out = NULL;
    return rn_op_call(&rn_ops_steps[which], rni_site_current(), in, n, NULL, &out) ? out : NULL;
}

rn_tensor *rni_norm_apply(rn_tensor *x, rn_tensor *m, rn_tensor *s, rn_tensor *b)
{
    return call(b ? APPLY : SHIFT, (rn_tensor *[]){ x, m, s, b }, b ? 4 : 3);
}

rn_tensor *rni_norm_affine(rn_tensor *x, rn_tensor *s, rn_tensor *b)
{
    if (s && b) return call(AFFINE, (rn_tensor *[]){ x, s, b }, 3);
    return s ? call(SCALE, (rn_tensor *[]){ x, s }, 2) : b ? call(OFFSET, (rn_tensor *[]){ x, b }, 2) : x;
}

rn_tensor *rni_norm_pull(rn_tensor *g, rn_tensor *x, rn_tensor *m, rn_tensor *a, rn_tensor *b, rn_tensor *s)
{
    return m ? call(PULL, (rn_tensor *[]){ g, x, m, a, b, s }, 6) : call(PULL_SCALE, (rn_tensor *[]){ g, x, b, s }, 4);
}

#define STEP(step_name, step_inputs, text, what, ...)                                                                  \
    {                                                                                                                  \
        .name = step_name, .kind = RN_MAP, .flags = RN_OP_INTERNAL, .inputs = step_inputs, .types = "first",           \
        .expr = text, .doc = { .brief = what, .since = "0.1" }, .cases = (const rn_case[]){ __VA_ARGS__, { 0 } },      \
    }

const rn_op rn_ops_steps[] = {
    STEP("norm_apply", "x, m, s, b", "y = (x - m) * s + b", "Centred, scaled and offset.",
         { .in = "x:f32[2,3,4] m:f32[3,1] s:f32[3,1] b:f32[3,1]" },
         { .in = "x:bf16[2,3] m:f32[1,3] s:f32[1,3] b:f32[3]" }),
    STEP("norm_shift", "x, m, s", "y = (x - m) * s", "Centred and scaled.",
         { .in = "x:f32[2,3,4] m:f32[3,1] s:f32[3,1]" }),
    STEP("norm_affine", "x, s, b", "y = x * s + b", "Scaled and offset.",
         { .in = "x:f32[2,3,4] s:f32[3,1] b:f32[3,1]" }),
    STEP("norm_scale", "x, s", "y = x * s", "Scaled, in the type of x.", { .in = "x:f16[2,3] s:f32[3]" }),
    STEP("norm_offset", "x, b", "y = x + b", "Offset, in the type of x.", { .in = "x:f16[2,3] b:f32[3]" }),
    STEP("norm_pull", "g, x, m, a, b, s", "y = (g - a - (x - m) * b) * s",
         "A gradient pulled back through centring and scaling.",
         { .in = "g:f32[2,3,4] x:f32[2,3,4] m:f32[3,1] a:f32[3,1] b:f32[3,1] s:f32[3,1]" }),
    STEP("norm_pull_scale", "g, x, b, s", "y = (g - x * b) * s", "A gradient pulled back through scaling.",
         { .in = "g:f32[2,3,4] x:f32[2,3,4] b:f32[3,1] s:f32[3,1]" }),
    { 0 },
};

void rni_norm_cost(rn_cost *c)
{
    double n = 1;
    for (int a = 0; a < c->in[0].rank; a++) n *= (double)c->in[0].dim[a];
    c->add = 3 * n;
    c->multiply_add = 2 * n;
}
