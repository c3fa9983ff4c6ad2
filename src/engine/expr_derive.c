/* Reverse-mode differentiation of scalar expressions: each node gets the sum of what its uses contribute.
 *
 * A rule gives the derivative of one operation by one operand, as an expression over operands and the node itself. */
#include "engine/expr.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

/* The node under differentiation: y = code(a, b, c), g its adjoint. */
typedef struct {
    rni_expr *e;
    int32_t y, a, b, c, g;
} ctx;

static int32_t k(ctx *x, double v)
{
    return rni_expr_const(x->e, v);
}

static int32_t un(ctx *x, rn_code code, int32_t a)
{
    return rni_expr_make(x->e, code, a, -1, -1);
}

static int32_t bin(ctx *x, rn_code code, int32_t a, int32_t b)
{
    return rni_expr_make(x->e, code, a, b, -1);
}

static int32_t mul(ctx *x, int32_t a, int32_t b)
{
    return bin(x, RN_CODE_MUL, a, b);
}

static int32_t divide(ctx *x, int32_t a, int32_t b)
{
    return bin(x, RN_CODE_DIV, a, b);
}

static int32_t add(ctx *x, int32_t a, int32_t b)
{
    return bin(x, RN_CODE_ADD, a, b);
}

static int32_t sub(ctx *x, int32_t a, int32_t b)
{
    return bin(x, RN_CODE_SUB, a, b);
}

/* g where cond holds, else 0 */
static int32_t when(ctx *x, int32_t cond, int32_t g)
{
    return rni_expr_make(x->e, RN_CODE_SELECT, cond, g, k(x, 0));
}

static int32_t unless(ctx *x, int32_t cond, int32_t g)
{
    return rni_expr_make(x->e, RN_CODE_SELECT, cond, k(x, 0), g);
}

/* g / sqrt(sign * a^2 + offset) */
static int32_t over_root(ctx *x, double sign, double offset)
{
    const int32_t sq = mul(x, x->a, x->a);
    return mul(x, x->g, un(x, RN_CODE_RSQRT, add(x, mul(x, k(x, sign), sq), k(x, offset))));
}

/* g * scale / a and its like */
static int32_t over(ctx *x, double scale, int32_t d)
{
    return divide(x, mul(x, x->g, k(x, scale)), d);
}

static int32_t gauss(ctx *x, double scale, int32_t v, double sign)
{
    return mul(x, mul(x, k(x, scale), un(x, RN_CODE_EXP, mul(x, k(x, sign), mul(x, v, v)))), x->g);
}

/* Long: one rule per operation. */
static int32_t derive_unary(ctx *x, rn_code code)
{
    const int32_t one = k(x, 1), a = x->a, y = x->y, g = x->g;
    switch (code) {
    case RN_CODE_COPY:
        return g;
    case RN_CODE_NEG:
        return un(x, RN_CODE_NEG, g);
    case RN_CODE_ABS:
        return mul(x, g, un(x, RN_CODE_SIGN, a));
    case RN_CODE_SQRT:
        return divide(x, mul(x, k(x, 0.5), g), y);
    case RN_CODE_RSQRT:
        return mul(x, mul(x, k(x, -0.5), g), mul(x, y, mul(x, y, y)));
    case RN_CODE_RECIP:
        return un(x, RN_CODE_NEG, mul(x, g, mul(x, y, y)));
    case RN_CODE_EXP:
        return mul(x, g, y);
    case RN_CODE_EXPM1:
        return mul(x, g, add(x, y, one));
    case RN_CODE_EXP2:
        return mul(x, mul(x, g, k(x, M_LN2)), y);
    case RN_CODE_LOG:
        return divide(x, g, a);
    case RN_CODE_LOG1P:
        return divide(x, g, add(x, a, one));
    case RN_CODE_LOG2:
        return over(x, M_LOG2E, a);
    case RN_CODE_LOG10:
        return over(x, M_LOG10E, a);
    case RN_CODE_SIN:
        return mul(x, g, un(x, RN_CODE_COS, a));
    case RN_CODE_COS:
        return un(x, RN_CODE_NEG, mul(x, g, un(x, RN_CODE_SIN, a)));
    case RN_CODE_TAN:
        return mul(x, g, add(x, mul(x, y, y), one));
    case RN_CODE_ASIN:
        return over_root(x, -1, 1);
    case RN_CODE_ACOS:
        return un(x, RN_CODE_NEG, over_root(x, -1, 1));
    case RN_CODE_ATAN:
        return divide(x, g, add(x, mul(x, a, a), one));
    case RN_CODE_SINH:
        return mul(x, g, un(x, RN_CODE_COSH, a));
    case RN_CODE_COSH:
        return mul(x, g, un(x, RN_CODE_SINH, a));
    case RN_CODE_TANH:
        return mul(x, g, sub(x, one, mul(x, y, y)));
    case RN_CODE_ASINH:
        return over_root(x, 1, 1);
    case RN_CODE_ACOSH:
        return over_root(x, 1, -1);
    case RN_CODE_ATANH:
        return divide(x, g, sub(x, one, mul(x, a, a)));
    case RN_CODE_ERF:
        return gauss(x, M_2_SQRTPI, a, -1);
    case RN_CODE_ERFC:
        return gauss(x, -M_2_SQRTPI, a, -1);
    case RN_CODE_ERFINV:
        return gauss(x, 1 / M_2_SQRTPI, y, 1);
    case RN_CODE_LGAMMA:
        return mul(x, g, un(x, RN_CODE_DIGAMMA, a));
    case RN_CODE_SIGMOID:
        return mul(x, g, mul(x, y, sub(x, one, y)));
    case RN_CODE_DIGAMMA:
        return mul(x, g, un(x, RN_CODE_TRIGAMMA, a));
    case RN_CODE_TRIGAMMA:
        rni_fail(RN_ERR_UNSUPPORTED, NULL, "grad", "the derivative of trigamma is not available");
        x->e->failed = true;
        return -1;
    default:
        return -1; /* steps and truth values: zero almost everywhere */
    }
}

/* x ** 0 has slope 0 also at x = 0, where 0 * 0 ** -1 is none. */
static int32_t power_by_base(ctx *x)
{
    const rni_expr_node b = x->e->node[x->b];
    if (b.kind == RNI_EXPR_CONST && b.value == 0) return -1;
    const int32_t one_less = bin(x, RN_CODE_POW, x->a, sub(x, x->b, k(x, 1)));
    const int32_t slope = mul(x, mul(x, x->g, x->b), one_less);
    return b.kind == RNI_EXPR_CONST ? slope : when(x, bin(x, RN_CODE_NE, x->b, k(x, 0)), slope);
}

static int32_t derive_binary(ctx *x, rn_code code, int which)
{
    const int32_t a = x->a, b = x->b, y = x->y, g = x->g;
    switch (code) {
    case RN_CODE_ADD:
        return g;
    case RN_CODE_SUB:
        return which ? un(x, RN_CODE_NEG, g) : g;
    case RN_CODE_MUL:
        return mul(x, g, which ? a : b);
    case RN_CODE_DIV:
        return which ? un(x, RN_CODE_NEG, divide(x, mul(x, g, y), b)) : divide(x, g, b);
    case RN_CODE_MOD:
        return which ? un(x, RN_CODE_NEG, mul(x, g, un(x, RN_CODE_FLOOR, divide(x, a, b)))) : g;
    case RN_CODE_FMOD:
        return which ? un(x, RN_CODE_NEG, mul(x, g, un(x, RN_CODE_TRUNC, divide(x, a, b)))) : g;
    case RN_CODE_POW:
        if (which == 0) return power_by_base(x);
        /* 0 ** b has slope 0 in b, not 0 * log(0) */
        return when(x, bin(x, RN_CODE_NE, a, k(x, 0)), mul(x, mul(x, g, y), un(x, RN_CODE_LOG, a)));
    /* ties belong to a, so that the two derivatives add up to one; NaN to both, so that it passes on */
    case RN_CODE_MIN:
        return unless(x, which ? bin(x, RN_CODE_LE, a, b) : bin(x, RN_CODE_LT, b, a), g);
    case RN_CODE_MAX:
        return unless(x, which ? bin(x, RN_CODE_LE, b, a) : bin(x, RN_CODE_LT, a, b), g);
    case RN_CODE_ATAN2: {
        const int32_t r = divide(x, g, add(x, mul(x, a, a), mul(x, b, b)));
        return which ? un(x, RN_CODE_NEG, mul(x, r, a)) : mul(x, r, b);
    }
    default:
        return -1;
    }
}

static int32_t derive_by(ctx *x, rn_code code, int which)
{
    switch (code) {
    case RN_CODE_FMA:
        return which == 2 ? x->g : mul(x, x->g, which ? x->a : x->b);
    case RN_CODE_SELECT:
        if (which == 0) return -1;
        return which == 1 ? when(x, x->a, x->g) : unless(x, x->a, x->g);
    default:
        return x->b < 0 ? derive_unary(x, code) : derive_binary(x, code, which);
    }
}

int32_t rni_expr_derive(rni_expr *e, int wanted, int first_seed)
{
    const int64_t n = e->count;
    int32_t *adjoint = rni_alloc_raw(n * (int64_t)sizeof *adjoint);
    if (!adjoint) return -1;
    for (int64_t i = 0; i < n; i++) adjoint[i] = -1;
    for (int o = 0; o < e->n_out; o++) {
        const int32_t seed = rni_expr_input(e, first_seed + o);
        int32_t *at = &adjoint[e->out[o]];
        *at = *at < 0 ? seed : rni_expr_make(e, RN_CODE_ADD, *at, seed, -1);
    }
    int32_t result = -1;
    for (int64_t i = n - 1; i >= 0 && !e->failed; i--) {
        if (adjoint[i] < 0) continue;
        const rni_expr_node node = e->node[i];
        if (node.kind == RNI_EXPR_INPUT && node.a == wanted) result = adjoint[i];
        if (node.kind != RNI_EXPR_CODE || node.code == RN_CODE_RANDOM) continue;
        ctx x = { e, (int32_t)i, node.a, node.b, node.c, adjoint[i] };
        const int32_t child[3] = { node.a, node.b, node.c };
        for (int w = 0; w < 3; w++) {
            if (child[w] < 0) continue;
            const int32_t d = derive_by(&x, (rn_code)node.code, w);
            if (d < 0) continue;
            int32_t *at = &adjoint[child[w]];
            *at = *at < 0 ? d : rni_expr_make(e, RN_CODE_ADD, *at, d, -1);
        }
    }
    rni_free(adjoint);
    return e->failed ? -1 : result;
}

/* Marks what the results are computed from. */
static void find_live(const rni_expr *e, const int32_t *out, int n_out, bool *live)
{
    for (int i = 0; i < n_out; i++) live[out[i]] = true;
    for (int64_t i = e->count - 1; i >= 0; i--) {
        if (!live[i] || e->node[i].kind != RNI_EXPR_CODE) continue;
        const int32_t child[3] = { e->node[i].a, e->node[i].b, e->node[i].c };
        for (int w = 0; w < 3; w++)
            if (child[w] >= 0) live[child[w]] = true;
    }
}

/* Node i of e in the copy; `to` has the numbers there of those before it. An input that is met becomes the next one. */
static int32_t copy_node(const rni_expr *e, int64_t i, const int32_t *to, rni_expr *copy, int *used)
{
    const rni_expr_node *h = &e->node[i];
    switch (h->kind) {
    case RNI_EXPR_INPUT:
        used[copy->n_in] = h->a;
        copy->raw |= (e->raw >> h->a & 1) << copy->n_in;
        return rni_expr_input(copy, copy->n_in++);
    case RNI_EXPR_CONST:
        return rni_expr_const(copy, h->value);
    case RNI_EXPR_SCALAR:
        return rni_expr_scalar(copy, h->a);
    default:
        break;
    }
    int32_t child[3] = { h->a, h->b, h->c };
    for (int w = 0; w < 3; w++)
        if (child[w] >= 0) child[w] = to[child[w]];
    return rni_expr_make(copy, (rn_code)h->code, child[0], child[1], child[2]);
}

int rni_expr_extract(const rni_expr *e, const int32_t *out, int n_out, rni_expr *copy, int used[RN_INPUTS_MAX * 3])
{
    *copy = (rni_expr){ .n_scalar = e->n_scalar, .n_out = n_out };
    int32_t *to = rni_alloc(e->count * (int64_t)sizeof *to);
    bool *live = rni_alloc(e->count);
    bool ok = to && live;
    if (ok) find_live(e, out, n_out, live);
    for (int64_t i = 0; ok && i < e->count; i++) {
        if (live[i]) to[i] = copy_node(e, i, to, copy, used);
        ok = !copy->failed;
    }
    for (int i = 0; ok && i < n_out; i++) copy->out[i] = to[out[i]];
    rni_free(to);
    rni_free(live);
    if (ok) return copy->n_in;
    rni_expr_free(copy);
    return -1;
}
