/* Random whole numbers, orders and choices. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/random/random_p.h"

#include <stdlib.h>

typedef struct {
    rn_random random;
    rn_shape shape;
    int64_t low, high;
    rn_dtype dtype;
} randint_opt;

typedef struct {
    rn_random random;
    rn_dtype dtype;
} bernoulli_opt;

typedef struct {
    rn_random random;
    int64_t n;
} permutation_opt;

typedef struct {
    int64_t n;
    rn_shape shape;
    bool no_replace;
} choice_opt;

typedef struct {
    rn_random random;
    rn_shape shape;
    int64_t n;
} sample_opt;

typedef struct {
    rn_random random;
    int64_t count;
    bool no_replace;
} multinomial_opt;

/* ---- randint, bernoulli ---- */

static bool holds(rn_dtype dtype, int64_t value)
{
    char element[8];
    int64_t back;
    rni_convert(element, dtype, &value, RN_I64, 1);
    rni_convert(&back, RN_I64, element, dtype, 1);
    return back == value;
}

static bool randint_infer(rn_infer *f)
{
    const randint_opt *o = f->opts;
    if (o->low >= o->high) return rn_refuse(f, RN_ERR_ARG, "there is no such number", "low < high");
    if (rn_dtype_is_float(o->dtype) || !holds(o->dtype, o->low) || !holds(o->dtype, o->high - 1))
        return rn_refuse(f, RN_ERR_ARG, "the type cannot hold these numbers", "dtype holds low … high-1");
    return rn_out(f, 0, o->dtype, o->shape);
}

static bool randint_run(rn_kernel_call *c)
{
    const randint_opt *o = c->opts;
    const rn_view *y = &c->out[0];
    const uint64_t range = (uint64_t)o->high - (uint64_t)o->low;
    char *to = y->data;
    for (int64_t i = 0, n = rni_view_count(y); i < n; i++, to += rn_dtype_bytes(y->dtype)) {
        rni_element_rng r = rni_element_begin(&o->random, i);
        const int64_t v = (int64_t)((uint64_t)o->low + rni_element_below(&r, range));
        rni_convert(to, y->dtype, &v, RN_I64, 1);
    }
    return true;
}

static bool bernoulli_infer(rn_infer *f)
{
    const rn_dtype d = ((const bernoulli_opt *)f->opts)->dtype;
    return rn_want_float(f, 0) && rn_out(f, 0, d ? d : f->dtype[0], *f->shape[0]);
}

/* ---- orders ---- */

static bool permutation_infer(rn_infer *f)
{
    return rn_out(f, 0, RN_I64, RN_SHAPE(((const permutation_opt *)f->opts)->n));
}

/* Fisher & Yates. */
static bool permutation_run(rn_kernel_call *c)
{
    const permutation_opt *o = c->opts;
    int64_t *y = c->out[0].data;
    for (int64_t i = 0; i < o->n; i++) {
        rni_element_rng r = rni_element_begin(&o->random, i);
        const int64_t k = (int64_t)rni_element_below(&r, (uint64_t)i + 1);
        y[i] = y[k];
        y[k] = i;
    }
    return true;
}

static bool shuffle_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    const int axis = rni_call_axis(c, ((const rn_axis_opts *)c->opts)->axis, x->rank);
    if (axis < 0) return false;
    return (c->out[0] = rn_take(c->in[0], rn_permutation(x->dim[axis]), .axis = axis)) != NULL;
}

/* ---- choices ---- */

/* Numbers that have left their place: an open table of (place + 1, number) pairs, a power of 2 of them. */
typedef struct {
    int64_t place, number;
} moved;

static moved *moved_find(moved *table, int64_t size, int64_t place)
{
    uint64_t at = ((uint64_t)place * 0x9e3779b97f4a7c15u) >> 20;
    while (table[at &= (uint64_t)size - 1].place && table[at].place != place + 1) at++;
    return &table[at];
}

static bool sample_infer(rn_infer *f)
{
    return rn_out(f, 0, RN_I64, ((const sample_opt *)f->opts)->shape);
}

/* The beginning of the shuffled numbers 0 … n-1 (Fisher & Yates), of which only those that changed places are stored:
 * it takes memory for the result, not for all n. */
static bool sample_run(rn_kernel_call *c)
{
    const sample_opt *o = c->opts;
    const int64_t count = rni_view_count(&c->out[0]);
    int64_t *y = c->out[0].data, size = 2;
    while (size < 2 * count) size *= 2;
    moved *table = rni_alloc(size * (int64_t)sizeof *table);
    if (!table) return false;
    for (int64_t i = 0; i < count; i++) {
        rni_element_rng r = rni_element_begin(&o->random, i);
        const int64_t k = i + (int64_t)rni_element_below(&r, (uint64_t)(o->n - i));
        const moved here = *moved_find(table, size, i);
        moved *there = moved_find(table, size, k);
        y[i] = there->place ? there->number : k;
        *there = (moved){ k + 1, here.place ? here.number : i };
    }
    rni_free(table);
    return true;
}

static const rn_op sample_row = {
    .name = "sample",
    .kind = RN_KERNEL,
    .flags = RN_OP_NO_GRAD | RN_OP_RANDOM | RN_OP_INTERNAL,
    .inputs = "",
    .infer = sample_infer,
    .run = sample_run,
    .opts = (const rn_opt[]){ RN_OPT_RANDOM(sample_opt),
                              RN_REQ_SHAPE(sample_opt, shape, "shape of the result"),
                              RN_REQ_I64(sample_opt, n, 1, 9e18, "numbers to choose from"),
                              { 0 } },
    .opts_size = sizeof(sample_opt),
};

static bool choice_build(rn_call_info *c)
{
    const choice_opt *o = c->opts;
    const int64_t count = rni_shape_count(&o->shape);
    if (count < 0) return rni_refuse_call(c, RN_ERR_SHAPE, "the result has too many elements", NULL);
    if (o->no_replace && count > o->n)
        return rni_refuse_call(c, RN_ERR_ARG, "there are not that many different numbers",
                               "elements of shape <= n, or repetitions allowed");
    if (o->no_replace)
        return rn_op_call(&sample_row, NULL, NULL, 0, &(sample_opt){ .shape = o->shape, .n = o->n }, c->out);
    return (c->out[0] = rn_randint(o->shape, 0, o->n)) != NULL;
}

static bool multinomial_infer(rn_infer *f)
{
    const multinomial_opt *o = f->opts;
    rn_shape y = *f->shape[0];
    if (!rn_want_float(f, 0)) return false;
    if (y.rank == 0) return rn_refuse(f, RN_ERR_SHAPE, "p has no axis of classes", "rank of p >= 1");
    if (o->count > 0 && y.dim[y.rank - 1] < (o->no_replace ? o->count : 1))
        return rn_refuse(f, RN_ERR_SHAPE, "there are not that many different classes",
                         "count <= p.shape[-1], or repetitions allowed");
    y.dim[y.rank - 1] = o->count;
    return rn_out(f, 0, RN_I64, y);
}

typedef struct {
    double key;
    int64_t class;
} ticket;

static int by_key(const void *a, const void *b)
{
    const ticket *s = a, *t = b;
    if (s->key != t->key) return s->key < t->key ? -1 : 1;
    return s->class < t->class ? -1 : s->class > t->class;
}

/* Weights of a row into keys; the number of those that are not 0. -1 after a refusal. */
static int64_t read_weights(rn_kernel_call *c, int64_t *at, ticket *t)
{
    const rn_view *p = &c->in[0];
    const int last = p->rank - 1;
    int64_t positive = 0;
    for (int64_t k = 0; k < p->dim[last]; k++) {
        at[last] = k;
        const double w = rni_load(p->dtype, rni_view_at(p, at));
        if (!(w >= 0 && w < INFINITY)) {
            c->fail(c, RN_ERR_ARG, "the weight of class %lld is %g", (long long)k, w);
            return -1;
        }
        positive += w > 0;
        t[k] = (ticket){ w, k };
    }
    at[last] = 0;
    return positive;
}

/* Each time the class in whose part of the total a uniform number falls. */
static void draw_again(const multinomial_opt *o, int64_t row, ticket *t, int64_t classes, int64_t *y)
{
    double total = 0;
    int64_t last = 0;
    for (int64_t k = 0; k < classes; k++) {
        if (t[k].key > 0) last = k;
        total += t[k].key;
        t[k].key = total;
    }
    for (int64_t i = 0; i < o->count; i++) {
        rni_element_rng r = rni_element_begin(&o->random, row * o->count + i);
        const double at = rni_element_uniform(&r) * total;
        int64_t low = 0, high = last;
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            if (t[middle].key > at)
                high = middle;
            else
                low = middle + 1;
        }
        y[i] = low;
    }
}

/* The first classes to come, where each comes after an exponential time with its weight as rate: the same as drawing
 * one after the other among those that are left (Efraimidis & Spirakis 2006). */
static void draw_once(const multinomial_opt *o, int64_t row, ticket *t, int64_t classes, int64_t *y)
{
    for (int64_t k = 0; k < classes; k++) {
        rni_element_rng r = rni_element_begin(&o->random, row * classes + k);
        t[k].key = -log(rni_element_uniform(&r)) / t[k].key;
    }
    qsort(t, (size_t)classes, sizeof *t, by_key);
    for (int64_t i = 0; i < o->count; i++) y[i] = t[i].class;
}

static bool multinomial_run(rn_kernel_call *c)
{
    const multinomial_opt *o = c->opts;
    rn_view rows = c->in[0];
    const int64_t classes = rows.dim[--rows.rank];
    int64_t at[RN_MAX_RANK] = { 0 }, *y = c->out[0].data;
    ticket *t = rni_alloc_raw(classes * (int64_t)sizeof *t);
    bool ok = t != NULL;
    for (int64_t k = 0, n = o->count ? rni_view_count(&rows) : 0; ok && k < n; k++, rni_index_next(&rows, at)) {
        const int64_t positive = read_weights(c, at, t);
        if (positive < 0)
            ok = false;
        else if (positive < (o->no_replace ? o->count : 1))
            ok = c->fail(c, RN_ERR_ARG, "only %lld classes have a weight above 0", (long long)positive);
        else
            (o->no_replace ? draw_once : draw_again)(o, k, t, classes, y + k * o->count);
    }
    rni_free(t);
    return ok;
}

static void cost(rn_cost *c)
{
    rni_cost_draw(c, 0);
}

/* Tickets are drawn and sorted. */
static void permutation_cost(rn_cost *c)
{
    const double n = (double)rni_view_count(&c->out[0]);
    rni_cost_draw(c, 0);
    rni_cost_sort(c, n, n);
}

/* Sums over the classes, among which each draw is looked up. */
static void multinomial_cost(rn_cost *c)
{
    const rn_view *p = &c->in[0];
    rni_cost_draw(c, 0);
    rni_cost_add(c);
    rni_cost_sort(c, (double)rni_view_count(&c->out[0]), p->rank ? (double)p->dim[p->rank - 1] : 1);
}

const rn_op rn_ops_discrete[] = {
    { .name = "randint",
      .kind = RN_KERNEL,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .infer = randint_infer,
      .run = randint_run,
      .cost = cost,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(randint_opt),
                                RN_REQ_SHAPE(randint_opt, shape, "shape of the result"),
                                RN_REQ_I64(randint_opt, low, -9e18, 9e18, "smallest number"),
                                RN_REQ_I64(randint_opt, high, -9e18, 9e18, "numbers stay below"),
                                RN_OPT_DTYPE(randint_opt, dtype, RN_I64, "type of the result"),
                                { 0 } },
      .opts_size = sizeof(randint_opt),
      .nnp = "Randint",
      .doc = { .brief = "Whole numbers in low … high-1, all equally likely.",
               .types = "i64 unless dtype says otherwise",
               .errors = "ARG unless low < high, or if the type cannot hold the numbers",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "shape=3,5 low=-2 high=7", .random = true },
                                  { .in = "", .with = "shape=4 low=0 high=256 dtype=u8", .random = true },
                                  { .in = "", .with = "shape=2,0 low=5 high=6 dtype=i32", .random = true },
                                  { .in = "", .with = "shape=3 low=5 high=6 dtype=i16" },
                                  { .in = "", .with = "shape=3 low=5 high=5", .fails = "low < high" },
                                  { .in = "", .with = "shape=3 low=0 high=257 dtype=u8", .fails = "cannot hold" },
                                  { .in = "", .with = "shape=3 low=0 high=2 dtype=f32", .fails = "cannot hold" },
                                  { 0 } } },
    { .name = "bernoulli",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "p",
      .expr = "y = rand(seed, stream) < p",
      .infer = bernoulli_infer,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(bernoulli_opt),
                                RN_OPT_DTYPE(bernoulli_opt, dtype, 0, "type of the result; that of p by default"),
                                { 0 } },
      .opts_size = sizeof(bernoulli_opt),
      .onnx = "Bernoulli",
      .doc = { .brief = "1 with probability p, else 0.",
               .shapes = "y as p",
               .types = "p of floats",
               .errors = "DTYPE for whole numbers",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "p:f32[3,5]{0,1}", .random = true },
                                  { .in = "p:f64[4]{0,1}", .with = "dtype=bool", .random = true },
                                  { .in = "p:f16[4]{=0,1,0,1}" },
                                  { .in = "p:f32[0]", .random = true },
                                  { .in = "p:i32[2]", .fails = "with a fraction" },
                                  { 0 } } },
    { .name = "permutation",
      .kind = RN_KERNEL,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .infer = permutation_infer,
      .run = permutation_run,
      .cost = permutation_cost,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(permutation_opt),
                                RN_REQ_I64(permutation_opt, n, 0, 9e18, "how many numbers"),
                                { 0 } },
      .opts_size = sizeof(permutation_opt),
      .doc = { .brief = "The numbers 0 … n-1 in random order.",
               .shapes = "y [n]",
               .types = "i64",
               .errors = "ARG for a negative n",
               .source = "Fisher & Yates; all orders equally likely",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "n=7", .random = true },
                                  { .in = "", .with = "n=1" },
                                  { .in = "", .with = "n=0" },
                                  { .in = "", .with = "n=-1", .fails = "option n" },
                                  { 0 } } },
    { .name = "shuffle",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = shuffle_build,
      .opts = (const rn_opt[]){ RN_OPT_I64(rn_axis_opts, axis, 0, -8, 7, "the axis along which parts change places"),
                                { 0 } },
      .opts_size = sizeof(rn_axis_opts),
      .nnp = "RandomPermutation",
      .doc = { .brief = "The parts of x along an axis in random order.",
               .shapes = "y as x",
               .errors = "ARG for no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[5,2]", .random = true },
                                  { .in = "x:i32[2,5]", .with = "axis=-1", .random = true },
                                  { .in = "x:f32[0]", .random = true },
                                  { .in = "x:f32[1,2]" },
                                  { .in = "x:f32[]", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "choice",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .build = choice_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(choice_opt, n, 1, 9e18, "numbers to choose from: 0 … n-1"),
                                RN_REQ_SHAPE(choice_opt, shape, "shape of the result"),
                                RN_OPT_BOOL(choice_opt, no_replace, "no number twice"),
                                { 0 } },
      .opts_size = sizeof(choice_opt),
      .doc = { .brief = "Numbers chosen from 0 … n-1, all equally likely; rn_multinomial chooses by weights.",
               .types = "i64",
               .errors = "ARG for more elements than numbers without repetition",
               .source =
                   "without repetition the beginning of a shuffle (Fisher & Yates), in memory for the result alone",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "n=9 shape=2,3", .random = true },
                                  { .in = "", .with = "n=6 shape=2,3 no_replace=true", .random = true },
                                  { .in = "", .with = "n=1 shape=4" },
                                  { .in = "", .with = "n=5 shape=2,3 no_replace=true", .fails = "not that many" },
                                  { .in = "", .with = "n=0 shape=2", .fails = "option n" },
                                  { 0 } } },
    { .name = "multinomial",
      .kind = RN_KERNEL,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "p",
      .infer = multinomial_infer,
      .run = multinomial_run,
      .cost = multinomial_cost,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(multinomial_opt),
                                RN_REQ_I64(multinomial_opt, count, 0, 9e18, "how many choices for each row"),
                                RN_OPT_BOOL(multinomial_opt, no_replace, "no class twice"),
                                { 0 } },
      .opts_size = sizeof(multinomial_opt),
      .nnp = "RandomChoice",
      .doc = { .brief = "Classes chosen with probabilities proportional to weights.",
               .shapes = "p [.., K]   ->   y [.., count]",
               .types = "p of floats, y i64",
               .errors =
                   "SHAPE if count > K without repetition; ARG for weights that are negative, infinite or NaN, or "
                   "too few above 0, when values are computed",
               .source = "without repetition: Efraimidis & Spirakis 2006, doi:10.1016/j.ipl.2005.11.003",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "p:f32[2,4]{0,1}", .with = "count=3", .random = true },
              { .in = "p:f64[5]{0.1,1}", .with = "count=5 no_replace=true", .random = true },
              { .in = "p:f32[3]{=0,2,0}", .with = "count=4" },
              { .in = "p:f32[0,3]", .with = "count=2", .random = true },
              { .in = "p:f32[2,0]", .with = "count=0", .random = true },
              { .in = "p:f32[3]{=0,1,1}", .with = "count=3 no_replace=true", .fails = "only 2 classes have a weight" },
              { .in = "p:f32[2]{=0,0}", .with = "count=1", .fails = "only 0 classes" },
              { .in = "p:f32[2]{=1,-1}", .with = "count=1", .fails = "class 1 is -1" },
              { .in = "p:f32[2]{=nan,1}", .with = "count=1", .fails = "class 0 is nan" },
              { .in = "p:f32[2]", .with = "count=3 no_replace=true", .fails = "not that many" },
              { .in = "p:f32[]", .with = "count=1", .fails = "no axis of classes" },
              { .in = "p:i32[2]", .with = "count=1", .fails = "with a fraction" },
              { 0 } } },
    { 0 },
};
