/* Counting: how often each number occurs, and how many values fall into each of equal intervals. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/index/position.h"

typedef struct {
    int64_t n;
} bincount_opt;

typedef struct {
    int64_t bins;
    double low, high;
} histogram_opt;

static bool bincount_infer(rn_infer *f)
{
    if (!rni_want_index(f, 0)) return false;
    if (f->in[1] && !rni_shape_equal(f->shape[0], f->shape[1]))
        return rn_refuse(f, RN_ERR_SHAPE, "not as many weights as numbers", "weights.shape == x.shape");
    return rn_out(f, 0, f->in[1] ? f->dtype[1] : RN_I64, RN_SHAPE(((const bincount_opt *)f->opts)->n));
}

static bool bincount_run(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *w = &c->in[1], *y = &c->out[0];
    const int64_t n = y->dim[0];
    int64_t at[RN_MAX_RANK] = { 0 }, place;
    double *sum = rni_alloc(n * (int64_t)sizeof *sum);
    bool ok = sum != NULL;
    for (int64_t k = rni_view_count(x); ok && k > 0; k--, rni_index_next(x, at)) {
        if (rni_index_place(rni_index_value(x, at), n, false, &place))
            sum[place] += w->dtype ? rni_load(w->dtype, rni_view_at(w, at)) : 1;
        else
            ok = rni_index_fail(c, "x", x, at, "n is", n);
    }
    if (ok) rni_convert(y->data, y->dtype, sum, RN_F64, n);
    rni_free(sum);
    return ok;
}

static bool bincount_backward(rn_vjp *v)
{
    if (v->need[1]) v->gin[1] = rn_take(v->gout[0], v->in[0]);
    return rn_ok();
}

/* Interval p - 1 of those whose edges are sorted; the last one has its upper edge too. What is outside of all is put
 * behind them. */
static bool histogram_build(rn_call_info *c)
{
    static const rn_opt opts[] = { RN_REQ_I64(histogram_opt, bins, 1, 9e15, ""),
                                   RN_REQ_F64(histogram_opt, low, -1e308, 1e308, ""),
                                   RN_REQ_F64(histogram_opt, high, -1e308, 1e308, ""),
                                   { 0 } };
    static const rn_op place = { .name = "histogram_place",
                                 .kind = RN_MAP,
                                 .flags = RN_OP_NO_GRAD,
                                 .inputs = "p, x",
                                 .types = "i64",
                                 .expr = "y = x == high ? bins - 1 : p >= 1 && p <= bins ? p - 1 : bins",
                                 .opts = opts,
                                 .opts_size = sizeof(histogram_opt) };
    const histogram_opt *o = c->opts;
    if (!(o->low < o->high)) return rni_refuse_call(c, RN_ERR_ARG, "there is no interval", "low < high");
    rn_tensor *x = rn_cast(rn_detach(c->in[0]), RN_F64),
              *edges = rn_linspace(o->low, o->high, o->bins + 1, .dtype = RN_F64);
    rn_tensor *in[] = { rn_searchsorted(edges, x, .side = "right"), x }, *at;
    if (!in[0] || !rn_op_call(&place, NULL, in, 2, o, &at)) return false;
    return (c->out[0] = rn_slice(rn_bincount(at, NULL, o->bins + 1), RN_RANGES(RN_RANGE(0, o->bins)))) != NULL;
}

const rn_op rn_ops_bincount[] = {
    { .name = "bincount",
      .kind = RN_KERNEL,
      .inputs = "x, weights?",
      .infer = bincount_infer,
      .backward = bincount_backward,
      .run = bincount_run,
      .cost = rni_cost_add,
      .opts = (const rn_opt[]){ RN_REQ_I64(bincount_opt, n, 0, 9e15, "numbers are 0 … n-1"), { 0 } },
      .opts_size = sizeof(bincount_opt),
      .nnp = "BinCount n=min_length",
      .doc = { .brief = "How often each number occurs, or the sum of its weights.",
               .formula = "y[k] = sum of weights[i] over all i with x[i] == k",
               .shapes = "x [I..], weights as x or NULL   ->   y [n]",
               .types = "x of any integer type; y of that of weights, else i64",
               .errors = "SHAPE if weights do not fit; DTYPE; ARG for a number outside 0 … n-1, named when values are "
                         "computed",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:i32[7]{=0,3,1,1,0,1,5}", .with = "n=6" },
                                  { .in = "x:u8[2,3]{0,3} weights:f32[2,3]", .with = "n=5" },
                                  { .in = "x:i64[4]{0,2} weights:f64[4]", .with = "n=3" },
                                  { .in = "x:i64[0]", .with = "n=2" },
                                  { .in = "x:i32[2]{=0,4}", .with = "n=4", .fails = "x[1] is 4, but n is 4" },
                                  { .in = "x:i32[1]{=-1}", .with = "n=4", .fails = "x[0] is -1" },
                                  { .in = "x:f32[2]", .with = "n=4", .fails = "must be integers" },
                                  { .in = "x:i32[2] weights:f32[3]", .with = "n=9", .fails = "as many weights" },
                                  { 0 } } },
    { .name = "histogram",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "x",
      .build = histogram_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(histogram_opt, bins, 1, 9e15, "number of intervals"),
                                RN_REQ_F64(histogram_opt, low, -1e308, 1e308, "where the first one begins"),
                                RN_REQ_F64(histogram_opt, high, -1e308, 1e308, "where the last one ends"),
                                { 0 } },
      .opts_size = sizeof(histogram_opt),
      .doc = { .brief = "How many values fall into each of equal intervals; those outside and NaN are not counted.",
               .formula =
                   "y[k]: low + k * d <= x < low + (k + 1) * d, d = (high - low) / bins; the last has x == high too",
               .shapes = "y [bins]",
               .types = "i64",
               .errors = "ARG unless low < high",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[50]{-1,2}", .with = "bins=7 low=-0.5 high=1.5" },
                                  { .in = "x:f64[6]{=0,0.5,1,-0.1,1.1,nan}", .with = "bins=2 low=0 high=1" },
                                  { .in = "x:i32[2,9]{0,9}", .with = "bins=3 low=0 high=9" },
                                  { .in = "x:f32[0]", .with = "bins=2 low=0 high=1" },
                                  { .in = "x:f32[2]", .with = "bins=2 low=1 high=1", .fails = "low < high" },
                                  { .in = "x:f32[2]", .with = "bins=0 low=0 high=1", .fails = "option bins" },
                                  { 0 } } },
    { 0 },
};
