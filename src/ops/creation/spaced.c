/* Numbers at equal distances or ratios. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/convert.h"
#include "ops/check.h"

#include <math.h>

/* ---- arange ---- */

typedef struct {
    double start, stop, step;
    rn_dtype dtype;
} arange_opt;

static bool holds(rn_dtype dtype, double value)
{
    char element[8];
    rni_store(dtype, element, value);
    return rni_load(dtype, element) == value;
}

static bool arange_infer(rn_infer *f)
{
    const arange_opt *o = f->opts;
    if (o->step == 0) return rn_refuse(f, RN_ERR_ARG, "the step is 0", "step != 0");
    const double n = fmax(ceil((o->stop - o->start) / o->step), 0);
    if (n > 9e18)
        return rn_refuse(f, RN_ERR_SHAPE, "the result has too many elements", "a product of sizes below 2 ** 63");
    if (!rn_dtype_is_float(o->dtype) && n > 0) {
        if (!holds(RN_I64, o->step) || !holds(o->dtype, o->start) || !holds(o->dtype, o->start + (n - 1) * o->step)) {
            rn_refuse(f, RN_ERR_ARG, "the type cannot hold these numbers", NULL);
            rn_infer_hint("%s from %g to %g in steps of %g", rn_dtype_name(o->dtype), o->start, o->stop, o->step);
            return false;
        }
    }
    return rn_out(f, 0, o->dtype, RN_SHAPE((int64_t)n));
}

/* ---- a given number of them ---- */

typedef struct {
    double start, stop;
    int64_t count;
    bool open;
    rn_dtype dtype;
    double base; /* logspace */
} spaced_opt;

typedef struct {
    int64_t count;
    double start, stop, step, last, base;
} steps_opt;

static bool steps_infer(rn_infer *f)
{
    return rn_out(f, 0, RN_F64, RN_SHAPE(((const steps_opt *)f->opts)->count));
}

/* From the nearer end, so that both ends are exact. */
#define EVEN "t = 2 * i <= last ? start + i * step : stop - (last - i) * step; "

static const rn_opt steps_opts[] = { RN_REQ_I64(steps_opt, count, 0, 9e18, ""),
                                     RN_REQ_F64(steps_opt, start, -INFINITY, INFINITY, ""),
                                     RN_REQ_F64(steps_opt, stop, -INFINITY, INFINITY, ""),
                                     RN_REQ_F64(steps_opt, step, -INFINITY, INFINITY, ""),
                                     RN_REQ_F64(steps_opt, last, 0, INFINITY, ""),
                                     RN_REQ_F64(steps_opt, base, -INFINITY, INFINITY, ""),
                                     { 0 } };
static const rn_op even_row = { .name = "linspace",
                                .kind = RN_MAP,
                                .flags = RN_OP_NO_GRAD,
                                .inputs = "",
                                .expr = EVEN "y = t",
                                .infer = steps_infer,
                                .opts = steps_opts,
                                .opts_size = sizeof(steps_opt) };
static const rn_op power_row = { .name = "logspace",
                                 .kind = RN_MAP,
                                 .flags = RN_OP_NO_GRAD,
                                 .inputs = "",
                                 .expr = EVEN "y = pow(base, t)",
                                 .infer = steps_infer,
                                 .opts = steps_opts,
                                 .opts_size = sizeof(steps_opt) };
static const rn_op ratio_row = { .name = "geomspace",
                                 .kind = RN_MAP,
                                 .flags = RN_OP_NO_GRAD,
                                 .inputs = "",
                                 .expr = "y = 2 * i <= last ? start * exp(i * step) : stop * exp((i - last) * step)",
                                 .infer = steps_infer,
                                 .opts = steps_opts,
                                 .opts_size = sizeof(steps_opt) };

/* Computed in f64, whatever the type of the result; whole numbers are rounded down, as in NumPy. */
static bool spaced(rn_call_info *c, const rn_op *row, double distance)
{
    const spaced_opt *o = c->opts;
    steps_opt s = { .count = o->count, .start = o->start, .stop = o->stop, .base = o->base };
    s.last = fmax((double)(o->open ? o->count : o->count - 1), 0);
    s.step = s.last > 0 ? distance / s.last : 0;
    rn_tensor *y;
    if (!rn_op_call(row, NULL, NULL, 0, &s, &y)) return false;
    if (!rn_dtype_is_float(o->dtype)) y = rn_floor(y);
    return (c->out[0] = o->dtype == RN_F64 ? y : rn_cast(y, o->dtype)) != NULL;
}

static bool linspace_build(rn_call_info *c)
{
    const spaced_opt *o = c->opts;
    return spaced(c, &even_row, o->stop - o->start);
}

static bool logspace_build(rn_call_info *c)
{
    const spaced_opt *o = c->opts;
    return spaced(c, &power_row, o->stop - o->start);
}

static bool geomspace_build(rn_call_info *c)
{
    const spaced_opt *o = c->opts;
    if (!(o->start * o->stop > 0))
        return rni_refuse_call(c, RN_ERR_ARG, "no ratio leads from one number to the other",
                               "start and stop are both positive or both negative");
    return spaced(c, &ratio_row, log(o->stop / o->start));
}

#define SPACED_OPTS(first, second)                                                                                     \
    RN_REQ_F64(spaced_opt, start, -1e308, 1e308, first), RN_REQ_F64(spaced_opt, stop, -1e308, 1e308, second),          \
        RN_REQ_I64(spaced_opt, count, 0, 9e18, "how many numbers"),                                                    \
        RN_OPT_BOOL(spaced_opt, open, "leave the last number out: the distances are those of one more"),               \
        RN_OPT_DTYPE(spaced_opt, dtype, RN_F32, "type of the result")

#define SPACED_TYPES "computed in f64; whole numbers are rounded down"

const rn_op rn_ops_spaced[] = {
    { .name = "arange",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .expr = "y = start + i * step",
      .infer = arange_infer,
      .opts = (const rn_opt[]){ RN_REQ_F64(arange_opt, start, -1e308, 1e308, "the first number"),
                                RN_REQ_F64(arange_opt, stop, -1e308, 1e308, "where they end, itself left out"),
                                RN_OPT_F64(arange_opt, step, 1, -1e308, 1e308, "distance of neighbours"),
                                RN_OPT_DTYPE(arange_opt, dtype, RN_F32, "type of the result"),
                                { 0 } },
      .opts_size = sizeof(arange_opt),
      .onnx = "Range stop=limit step=delta",
      .nnp = "Arange",
      .doc = { .brief = "Numbers from one to another in equal steps.",
               .formula = "y[i] = start + i * step",
               .shapes = "y [N], N = max(ceil((stop - start) / step), 0)",
               .types = "f32 unless dtype says otherwise",
               .errors = "ARG for a step of 0, or numbers that the type cannot hold; SHAPE for too many",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "start=0 stop=5" },
                                  { .in = "", .with = "start=1 stop=2 step=0.3" },
                                  { .in = "", .with = "start=5 stop=-2 step=-2 dtype=i32" },
                                  { .in = "", .with = "start=0 stop=256 dtype=u8" },
                                  { .in = "", .with = "start=3 stop=3 dtype=i64" },
                                  { .in = "", .with = "start=4 stop=3" },
                                  { .in = "", .with = "start=0 stop=5 step=0", .fails = "the step is 0" },
                                  { .in = "", .with = "start=0 stop=257 dtype=u8", .fails = "cannot hold" },
                                  { .in = "", .with = "start=0 stop=2 step=0.5 dtype=i32", .fails = "cannot hold" },
                                  { .in = "", .with = "start=-1 stop=2 dtype=u8", .fails = "cannot hold" },
                                  { .in = "", .with = "start=0 stop=1e300", .fails = "too many elements" },
                                  { 0 } } },
    { .name = "linspace",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .build = linspace_build,
      .opts = (const rn_opt[]){ SPACED_OPTS("the first number", "the last number"), { 0 } },
      .opts_size = sizeof(spaced_opt),
      .nnp = "Linspace count=num",
      .doc = { .brief = "A given number of numbers at equal distances, both ends exact.",
               .formula = "y[i] = start + i * (stop - start) / (count - 1)",
               .shapes = "y [count]",
               .types = SPACED_TYPES,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "start=0 stop=1 count=5" },
                                  { .in = "", .with = "start=2 stop=-1 count=4 open=true dtype=f64" },
                                  { .in = "", .with = "start=0 stop=9 count=6 dtype=i32" },
                                  { .in = "", .with = "start=3 stop=9 count=1" },
                                  { .in = "", .with = "start=3 stop=9 count=0" },
                                  { .in = "", .with = "start=0 stop=1 count=3 dtype=f16" },
                                  { .in = "", .with = "start=0 stop=1 count=-1", .fails = "option count" },
                                  { 0 } } },
    { .name = "logspace",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .build = logspace_build,
      .opts = (const rn_opt[]){ SPACED_OPTS("the first exponent", "the last exponent"),
                                RN_OPT_F64(spaced_opt, base, 10, -1e308, 1e308, "of the powers"),
                                { 0 } },
      .opts_size = sizeof(spaced_opt),
      .doc = { .brief = "Powers whose exponents are at equal distances.",
               .formula = "y[i] = base ** (start + i * (stop - start) / (count - 1))",
               .shapes = "y [count]",
               .types = SPACED_TYPES,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "start=0 stop=3 count=4" },
                                  { .in = "", .with = "start=1 stop=4 count=6 base=2 open=true dtype=f64" },
                                  { .in = "", .with = "start=0 stop=2 count=0" },
                                  { 0 } } },
    { .name = "geomspace",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .build = geomspace_build,
      .opts = (const rn_opt[]){ SPACED_OPTS("the first number", "the last number"), { 0 } },
      .opts_size = sizeof(spaced_opt),
      .doc = { .brief = "A given number of numbers at equal ratios.",
               .formula = "y[i] = start * (stop / start) ** (i / (count - 1))",
               .shapes = "y [count]",
               .types = SPACED_TYPES,
               .errors = "ARG unless start and stop have the same sign and neither is 0",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "start=1 stop=1000 count=4" },
                                  { .in = "", .with = "start=-8 stop=-0.5 count=5 dtype=f64" },
                                  { .in = "", .with = "start=1 stop=16 count=4 open=true" },
                                  { .in = "", .with = "start=0 stop=1 count=3", .fails = "both positive" },
                                  { .in = "", .with = "start=-1 stop=1 count=3", .fails = "both positive" },
                                  { 0 } } },
    { 0 },
};
