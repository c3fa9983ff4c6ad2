/* Algebraic clean-up: calls that change no bit of their input are left out.
 *
 * Chains of views that lead back to the value they began with (a transpose of a transpose, a reshape back), casts to
 * the type that a value has, casts back from a type that holds all of its values, copies, products and quotients by
 * one, differences with zero. Not sums with zero: -0 + 0 is 0. What numbers are is known of ones and zeros, and of
 * options that are part of the plan. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/shape.h"
#include "engine/kernel.h"
#include "engine/layout.h"
#include "engine/map.h"
#include "engine/op_table.h"

#include <math.h>
#include <string.h>

/* What is known of a value. */
typedef struct {
    int32_t root; /* the value that it is a view of; itself, if none */
    rn_view view; /* of a root that lies row-major */
    double all;   /* what every element is; NaN: unknown */
} knowledge;

typedef struct {
    rni_rewrite w;
    rni_graph *g;
    knowledge *of; /* each value */
    const rn_op *zeros, *ones, *full, *copy, *cast, *mul, *div, *sub, *mul_scalar;
} simplifier;

static void know(simplifier *s, int32_t v, double all)
{
    const rni_gvalue *x = &s->g->value[v];
    s->of[v] = (knowledge){ .root = v, .view = rni_view_of(x->dtype, &x->shape), .all = all };
}

/* ---- views ---- */

static bool is_whole(const rn_view *v, const rni_gvalue *root)
{
    const rn_view whole = rni_view_of(root->dtype, &root->shape);
    return v->data == whole.data && rni_layout_same(v, &whole);
}

static void simplify_view(simplifier *s, const rni_gnode *n)
{
    const knowledge *x = &s->of[s->g->in[n->first_in]];
    for (int32_t i = 0; i < n->n_out; i++) {
        const int32_t v = n->first_out + i;
        const rn_shape *shape = &s->g->value[v].shape;
        know(s, v, x->all);
        rn_view out = x->view;
        out.rank = shape->rank;
        memcpy(out.dim, shape->dim, sizeof shape->dim);
        if (!(n->op->parts ? n->op->view_part(&x->view, n->opts, i, &out) : n->op->view(&x->view, n->opts, &out)))
            continue;
        s->of[v].root = x->root;
        s->of[v].view = out;
        if (is_whole(&out, &s->g->value[x->root])) rni_rewrite_replace(&s->w, v, x->root);
    }
}

/* ---- types ---- */

/* Bits of a number's magnitude that a type holds exactly. */
static int digits(rn_dtype d)
{
    switch (d) {
    case RN_BF16:
        return 8;
    case RN_F16:
        return 11;
    case RN_F32:
        return 24;
    case RN_F64:
        return 53;
    case RN_BOOL:
        return 1;
    default:
        return 8 * rn_dtype_bytes(d) - (d != RN_U8);
    }
}

/* Whether every value of type `a` is one of type `b`. */
static bool holds(rn_dtype b, rn_dtype a)
{
    if (a == b) return true;
    const bool fa = rn_dtype_is_float(a), fb = rn_dtype_is_float(b);
    if (fa && fb) return rn_dtype_bytes(b) > rn_dtype_bytes(a);
    if (fa || b == RN_BOOL) return false;
    return digits(b) >= digits(a) && !(b == RN_U8 && a != RN_BOOL);
}

static bool is_cast(const simplifier *s, const rni_gnode *n)
{
    return n->op == s->cast || n->op == s->copy;
}

/* What is computed of a view also puts its elements in order, which others gain from, and sums may depend on. */
static bool may_vanish(const simplifier *s, int32_t x)
{
    return s->of[x].root == x;
}

static void simplify_cast(simplifier *s, rni_gnode *n)
{
    rni_graph *g = s->g;
    int32_t *in = &g->in[n->first_in];
    const int32_t p = g->value[*in].producer;
    if (p >= 0 && is_cast(s, &g->node[p])) {
        const int32_t x = g->in[g->node[p].first_in];
        const rn_dtype a = g->value[x].dtype, b = g->value[*in].dtype, c = g->value[n->first_out].dtype;
        /* what does not fit into c is clamped if it comes from a float, else cut off */
        const bool alike = rn_dtype_is_float(a) == rn_dtype_is_float(b) || rn_dtype_is_float(c) || c == a;
        if (holds(b, a) && alike && may_vanish(s, x)) {
            *in = x;
            s->w.changed = true;
        }
    }
    if (g->value[*in].dtype == g->value[n->first_out].dtype && may_vanish(s, *in))
        rni_rewrite_replace(&s->w, n->first_out, *in);
}

/* ---- numbers ---- */

static bool same_type_and_shape(const simplifier *s, int32_t a, int32_t b)
{
    const rni_gvalue *x = &s->g->value[a], *y = &s->g->value[b];
    return x->dtype == y->dtype && rni_shape_equal(&x->shape, &y->shape);
}

static void stands_for(simplifier *s, int32_t y, int32_t x)
{
    if (same_type_and_shape(s, x, y) && may_vanish(s, x)) rni_rewrite_replace(&s->w, y, x);
}

static void simplify_map(simplifier *s, const rni_gnode *n)
{
    const int32_t *in = s->g->in + n->first_in, y = n->first_out;
    if (n->op == s->zeros || n->op == s->ones) s->of[y].all = n->op == s->ones;
    if (n->op == s->full && n->lowered) rni_map_scalars(n->op, n->opts, &s->of[y].all);
    if (n->op == s->mul && s->of[in[1]].all == 1) stands_for(s, y, in[0]);
    if (n->op == s->mul && s->of[in[0]].all == 1) stands_for(s, y, in[1]);
    if (n->op == s->div && s->of[in[1]].all == 1) stands_for(s, y, in[0]);
    if (n->op == s->sub && s->of[in[1]].all == 0 && !signbit(s->of[in[1]].all)) stands_for(s, y, in[0]);
    double by = 0;
    if (n->op == s->mul_scalar && n->lowered && rni_map_scalars(n->op, n->opts, &by) == 1 && by == 1)
        stands_for(s, y, in[0]);
}

static void simplify_node(simplifier *s, int32_t k)
{
    rni_gnode *n = &s->g->node[k];
    rni_rewrite_inputs(&s->w, k);
    for (int32_t i = 0; i < n->n_out; i++) know(s, n->first_out + i, NAN);
    if (n->op->kind == RN_VIEW)
        simplify_view(s, n);
    else if (is_cast(s, n))
        simplify_cast(s, n);
    else if (n->op->kind == RN_MAP)
        simplify_map(s, n);
}

bool rni_simplify(rni_graph *g)
{
    simplifier s = { .g = g,
                     .of = rni_alloc_raw((g->n_values + 1) * (int64_t)sizeof *s.of),
                     .zeros = rni_op_find("zeros"),
                     .ones = rni_op_find("ones"),
                     .full = rni_op_find("full"),
                     .copy = rni_op_find("copy"),
                     .cast = rni_op_find("cast"),
                     .mul = rni_op_find("mul"),
                     .div = rni_op_find("div"),
                     .sub = rni_op_find("sub"),
                     .mul_scalar = rni_op_find("mul_scalar") };
    bool ok = s.of && rni_rewrite_begin(&s.w, g);
    for (int32_t v = 0; ok && v < g->n_values; v++)
        if (g->value[v].producer < 0) know(&s, v, NAN);
    for (int32_t k = 0; ok && k < g->n_nodes; k++) simplify_node(&s, k);
    ok = ok && rni_rewrite_end(&s.w);
    rni_free(s.of);
    return ok;
}
