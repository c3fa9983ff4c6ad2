/* Tensors with the shape, the type and the place of another one. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include <math.h>

typedef struct {
    double value; /* full_like */
    rn_dtype dtype;
} like_opt;

static bool build(rn_call_info *c, double value)
{
    const like_opt *o = c->opts;
    rn_tensor *x = c->in[0];
    return (c->out[0] = rn_full(*rn_tensor_shape(x), value, .dtype = o->dtype ? o->dtype : rn_tensor_dtype(x))) != NULL;
}

static bool zeros_build(rn_call_info *c)
{
    return build(c, 0);
}

static bool ones_build(rn_call_info *c)
{
    return build(c, 1);
}

static bool full_build(rn_call_info *c)
{
    return build(c, ((const like_opt *)c->opts)->value);
}

#define DTYPE RN_OPT_DTYPE(like_opt, dtype, 0, "type of the result; that of x by default")

static const rn_opt opts[] = { DTYPE, { 0 } };
static const rn_case cases[] = { { .in = "x:f32[2,3]" },
                                 { .in = "x:i64[3]", .with = "dtype=f16" },
                                 { .in = "x:bool[]{0,1}" },
                                 { .in = "x:f64[0,2]" },
                                 { 0 } };

const rn_op rn_ops_like[] = {
    { .name = "zeros_like",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "x",
      .build = zeros_build,
      .opts = opts,
      .opts_size = sizeof(like_opt),
      .doc = { .brief = "Zeros in the shape and type of x.", .shapes = "y as x", .since = "0.1" },
      .cases = cases },
    { .name = "ones_like",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "x",
      .build = ones_build,
      .opts = opts,
      .opts_size = sizeof(like_opt),
      .doc = { .brief = "Ones in the shape and type of x.", .shapes = "y as x", .since = "0.1" },
      .cases = cases },
    { .name = "full_like",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "x",
      .build = full_build,
      .opts = (const rn_opt[]){ RN_REQ_F64(like_opt, value, -INFINITY, INFINITY, "the value of every element"),
                                DTYPE,
                                { 0 } },
      .opts_size = sizeof(like_opt),
      .doc = { .brief = "One value in the shape and type of x.", .shapes = "y as x", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "value=1.5" },
                                  { .in = "x:i64[3]", .with = "value=2.5 dtype=f64" },
                                  { .in = "x:u8[2]", .with = "value=7" },
                                  { 0 } } },
    { 0 },
};
