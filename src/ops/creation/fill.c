/* Tensors made of a rule instead of data. */
#include <rensa/op.h>

#include <math.h>

typedef struct {
    rn_shape shape;
    rn_dtype dtype;
} like_opt;

typedef struct {
    rn_shape shape;
    double value;
    rn_dtype dtype;
} full_opt;

static bool infer_like(rn_infer *f)
{
    const like_opt *o = f->opts;
    return rn_out(f, 0, o->dtype, o->shape);
}

static bool infer_full(rn_infer *f)
{
    const full_opt *o = f->opts;
    return rn_out(f, 0, o->dtype, o->shape);
}

#define LIKE_OPTS                                                                                                      \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_REQ_SHAPE(like_opt, shape, "shape of the result"),                                                          \
            RN_OPT_DTYPE(like_opt, dtype, RN_F32, "type of the result"),                                               \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define LIKE_CASES                                                                                                     \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "", .with = "shape=2,3" }, { .in = "", .with = "shape=4 dtype=i32" },                                  \
            { .in = "", .with = "shape=-1", .fails = "is negative" },                                                  \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_fill[] = {
    { .name = "zeros",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .expr = "y = 0",
      .infer = infer_like,
      .opts = LIKE_OPTS,
      .opts_size = sizeof(like_opt),
      .doc = { .brief = "A tensor of zeros.", .since = "0.1" },
      .cases = LIKE_CASES },
    { .name = "ones",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .expr = "y = 1",
      .infer = infer_like,
      .opts = LIKE_OPTS,
      .opts_size = sizeof(like_opt),
      .doc = { .brief = "A tensor of ones.", .since = "0.1" },
      .cases = LIKE_CASES },
    { .name = "full",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .expr = "y = value",
      .infer = infer_full,
      .opts = (const rn_opt[]){ RN_REQ_SHAPE(full_opt, shape, "shape of the result"),
                                RN_REQ_F64(full_opt, value, -INFINITY, INFINITY, "the value of every element"),
                                RN_OPT_DTYPE(full_opt, dtype, RN_F32, "type of the result"),
                                { 0 } },
      .opts_size = sizeof(full_opt),
      .doc = { .brief = "A tensor of one value.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "shape=2,3 value=1.5" }, { 0 } } },
    { 0 },
};
