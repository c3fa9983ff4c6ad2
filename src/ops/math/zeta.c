/* The gamma function's logarithm and its derivatives, and the zeta function that the higher ones are made of. Each
 * derivative is again one of these functions, so that they exist to any order. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/error.h"

#include <math.h>

#define FLOATS "integers give floats, as in NumPy"

typedef struct {
    int64_t n;
} polygamma_opt;

static bool lgamma_backward(rn_vjp *v)
{
    return (v->gin[0] = rn_mul(v->gout[0], rn_digamma(v->in[0]))) != NULL;
}

static bool digamma_backward(rn_vjp *v)
{
    return (v->gin[0] = rn_mul(v->gout[0], rn_polygamma(v->in[0], 1))) != NULL;
}

static bool trigamma_backward(rn_vjp *v)
{
    return (v->gin[0] = rn_mul(v->gout[0], rn_polygamma(v->in[0], 2))) != NULL;
}

static const rn_op trigamma_row = { .name = "trigamma",
                                    .kind = RN_MAP,
                                    .inputs = "x",
                                    .types = "float",
                                    .expr = "y = trigamma(x)",
                                    .backward = trigamma_backward };

/* The n-th derivative of digamma is (-1)^(n+1) n! zeta(n+1, x). */
static bool polygamma_build(rn_call_info *c)
{
    const int64_t n = ((const polygamma_opt *)c->opts)->n;
    rn_tensor *x = c->in[0];
    if (n == 0) return (c->out[0] = rn_digamma(x)) != NULL;
    if (n == 1) return rn_op_call(&trigamma_row, NULL, &x, 1, NULL, c->out);
    rn_tensor *z = rn_zeta(rn_full(RN_SCALAR, (double)n + 1, .dtype = RN_U8), x);
    return (c->out[0] = rn_mul_scalar(z, (n % 2 ? 1 : -1) * tgamma((double)n + 1))) != NULL;
}

/* Euler and Maclaurin's formula: nine terms, the integral of the rest, and corrections by B_2k / (2k)!. */
#define ZETA                                                                                                           \
    "w = q + 9; p = pow(w, -s); r = 1 / (w * w); "                                                                     \
    "head = pow(q, -s) + pow(q + 1, -s) + pow(q + 2, -s) + pow(q + 3, -s) + pow(q + 4, -s) + pow(q + 5, -s) + "        \
    "pow(q + 6, -s) + pow(q + 7, -s) + pow(q + 8, -s); "                                                               \
    "rest = p * w / (s - 1) + p / 2 + s * p / w * (0.083333333333333333 + (s + 1) * (s + 2) * r * "                    \
    "(-0.0013888888888888889 + "                                                                                       \
    "(s + 3) * (s + 4) * r * (3.3068783068783069e-5 + (s + 5) * (s + 6) * r * (-8.2671957671957672e-7 + (s + 7) * (s " \
    "+ 8) * r * ("                                                                                                     \
    "2.0876756987868099e-8 + (s + 9) * (s + 10) * r * (-5.284190138687493e-10 + (s + 11) * (s + 12) * r * ("           \
    "1.3382536530684679e-11 - (s + 13) * (s + 14) * r * 3.3896802963225827e-13))))))); "                               \
    "y = s == 1 || (s > 1 && q <= 0 && q == floor(q)) ? inf : s < 1 || q < 0 ? nan : head + rest"

/* By q only: d/dq zeta(s, q) = -s zeta(s + 1, q). */
static bool zeta_backward(rn_vjp *v)
{
    rn_tensor *s = v->in[0];
    if (v->need[0]) return rni_fail(RN_ERR_UNSUPPORTED, NULL, "zeta", "the derivative by s is not available; detach s");
    rn_tensor *slope = rn_mul(rn_neg(rn_cast(s, rn_tensor_dtype(v->out[0]))), rn_zeta(rn_add_scalar(s, 1), v->in[1]));
    return (v->gin[1] = rn_mul(v->gout[0], slope)) != NULL;
}

static const rn_case positive[] = { { .in = "x:f32[2,3]{0.2,9}" }, { .in = "x:f64[4]{0.2,30}" }, { .in = "x:f32[0,3]" },
                                    { .in = "x:f16[5]{0.5,9}" },   { .in = "x:i32[4]{1,9}" },    { 0 } };

const rn_op rn_ops_zeta[] = {
    { .name = "lgamma",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = lgamma(x)",
      .backward = lgamma_backward,
      .doc = { .brief = "Logarithm of the absolute value of the gamma function.", .types = FLOATS, .since = "0.1" },
      .cases = positive },
    { .name = "digamma",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = digamma(x)",
      .backward = digamma_backward,
      .doc = { .brief = "Derivative of lgamma.",
               .types = FLOATS,
               .source = "Abramowitz & Stegun 1964, 6.3",
               .since = "0.1" },
      .cases = positive },
    { .name = "polygamma",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = polygamma_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(polygamma_opt, n, 0, 30, "how many times digamma is derived"), { 0 } },
      .opts_size = sizeof(polygamma_opt),
      .doc = { .brief = "The n-th derivative of digamma; from n = 2 on NaN for negative x.",
               .formula = "y = (-1) ** (n + 1) * n! * zeta(n + 1, x) for n >= 1",
               .shapes = "y as x",
               .types = FLOATS,
               .errors = "ARG for n outside 0 … 30",
               .source = "Abramowitz & Stegun 1964, 6.4",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{0.2,9}", .with = "n=0" },
                                  { .in = "x:f32[2,3]{0.2,9}", .with = "n=1" },
                                  { .in = "x:f64[2,3]{0.5,9}", .with = "n=2" },
                                  { .in = "x:f64[4]{0.9,9}", .with = "n=5" },
                                  { .in = "x:f16[4]{0.9,9}", .with = "n=2" },
                                  { .in = "x:f32[0]", .with = "n=3" },
                                  { .in = "x:f32[2]", .with = "n=-1", .fails = "option n" },
                                  { 0 } } },
    { .name = "zeta",
      .kind = RN_MAP,
      .inputs = "s, q",
      .types = "float",
      .expr = ZETA,
      .backward = zeta_backward,
      .doc = { .brief = "Hurwitz's zeta function for s > 1 and q > 0; NaN elsewhere, infinite where a term is. "
                        "Differentiable by q.",
               .formula = "y = sum_{k >= 0} (q + k) ** -s",
               .types = FLOATS,
               .errors = "SHAPE if s and q do not broadcast; UNSUPPORTED for the gradient by s",
               .source = "Abramowitz & Stegun 1964, 23.1.30",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "s:u8[2,3]{2,5} q:f32[2,3]{0.3,9}" },
                                  { .in = "s:u8[3,1]{2,9} q:f64[2]{0.3,9}" },
                                  { .in = "s:f64[4]{1.1,4} q:f64[4]{0.3,20}", .no_grad = true },
                                  { .in = "s:f64[5]{=1,2,2,0.5,2.5} q:f64[5]{=1,0,-2,1,-0.5}", .no_grad = true },
                                  { .in = "s:u8[0]{2,5} q:f32[0]" },
                                  { .in = "s:f32[2] q:f32[3]", .fails = "do not broadcast" },
                                  { 0 } } },
    { 0 },
};
