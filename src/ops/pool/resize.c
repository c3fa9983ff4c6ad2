/* resize: images of another size, by the nearest pixel or by interpolation along one axis after the other. Made of
 * take and lerp, so that the gradient is scatter_add. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

enum { LINEAR, NEAREST };

typedef struct {
    rn_shape size;
    int mode;
    bool align_corners;
} resize_opt;

/* Where the pixels of an axis come from: from low and high, the latter with the weight `weight`. */
typedef struct {
    int64_t count;
    double scale, last;
    bool corners, nearest;
} place_opt;

static bool place_infer(rn_infer *f)
{
    const rn_shape s = RN_SHAPE(((const place_opt *)f->opts)->count);
    return rn_out(f, 0, RN_I64, s) && rn_out(f, 1, RN_I64, s) && rn_out(f, 2, RN_F64, s);
}

static const rn_opt place_opts[] = {
    RN_REQ_I64(place_opt, count, 0, 9e18, ""), RN_REQ_F64(place_opt, scale, 0, 1e308, ""),
    RN_REQ_F64(place_opt, last, 0, 1e308, ""), RN_OPT_BOOL(place_opt, corners, ""),
    RN_OPT_BOOL(place_opt, nearest, ""),       { 0 }
};
static const rn_op places_row = {
    .name = "resize_places",
    .kind = RN_MAP,
    .flags = RN_OP_NO_GRAD,
    .inputs = "",
    .outputs = "low, high, weight",
    .expr = "q = corners ? i * scale : (i + 0.5) * scale; "
            "p = nearest ? floor(corners ? q + 0.5 : q) : corners ? q : max(q - 0.5, 0); "
            "low = min(floor(p), last); high = min(low + 1, last); weight = p - low",
    .infer = place_infer,
    .opts = place_opts,
    .opts_size = sizeof(place_opt),
};

static rn_tensor *resize_axis(rn_tensor *x, int axis, int64_t to, const resize_opt *o)
{
    const int64_t from = rn_tensor_dim(x, axis);
    place_opt p = { .count = to, .last = (double)from - 1, .corners = o->align_corners, .nearest = o->mode == NEAREST };
    p.scale = !o->align_corners ? (double)from / (double)to : to > 1 ? ((double)from - 1) / ((double)to - 1) : 0;
    rn_tensor *at[3];
    if (!rn_op_call(&places_row, NULL, NULL, 0, &p, at)) return NULL;
    rn_tensor *low = rn_take(x, at[0], .axis = axis);
    if (o->mode == NEAREST) return low;
    rn_shape along = { .rank = rn_tensor_rank(x) - axis, .dim = { to } };
    for (int i = 1; i < along.rank; i++) along.dim[i] = 1;
    rn_tensor *weight = rn_reshape(rn_cast(at[2], rn_tensor_dtype(x)), along);
    return rn_lerp(low, rn_take(x, at[1], .axis = axis), weight);
}

static bool build(rn_call_info *c)
{
    const resize_opt *o = c->opts;
    rn_tensor *x = c->in[0];
    const rn_shape from = *rn_tensor_shape(x);
    rn_infer f;
    rn_infer_begin(&f, c, o);
    if (o->mode != NEAREST && !rn_want_float(&f, 0)) return false;
    if (o->size.rank < 1 || from.rank != o->size.rank + 2)
        return rn_refuse(&f, RN_ERR_SHAPE, "size does not fit to x", "size has one number for each axis of x but two");
    for (int i = 0; i < o->size.rank; i++)
        if (o->size.dim[i] < 0 || (o->size.dim[i] > 0 && from.dim[i + 2] == 0))
            return rn_refuse(&f, RN_ERR_SHAPE, "there are no pixels to make these of", "sizes >= 0, those of x >= 1");
    for (int i = 0; i < o->size.rank; i++)
        if (o->size.dim[i] != from.dim[i + 2]) x = resize_axis(x, i + 2, o->size.dim[i], o);
    return (c->out[0] = x == c->in[0] ? rn_reshape(x, from) : x) != NULL;
}

const rn_op rn_op_resize = {
    .name = "resize",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts =
        (const rn_opt[]){
            RN_REQ_SHAPE(resize_opt, size, "spatial sizes of the result"),
            RN_OPT_ENUM(resize_opt, mode, "linear,nearest", "interpolate along each axis, or repeat the nearest pixel"),
            RN_OPT_BOOL(resize_opt, align_corners,
                        "the middles of the corner pixels stay in place, instead of their outer edges"),
            { 0 } },
    .opts_size = sizeof(resize_opt),
    .onnx = "Resize",
    .nnp = "Interpolate size=output_size",
    .doc = { .brief = "Images (or sequences, or volumes) in another size; the result's pixels are not averages over "
                      "areas.",
             .formula = "linear: between the pixels around (i + 0.5) * X / Y - 0.5, or i * (X - 1) / (Y - 1) with "
                        ".align_corners",
             .shapes = "x [N, C, X..]   ->   y [N, C, size..], one to six spatial axes",
             .types = "floats; any type for nearest",
             .errors = "SHAPE if size has another number of axes; DTYPE for whole numbers, unless mode is nearest",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,4,5]", .with = "size=7,3" },
                                { .in = "x:f64[1,2,3,4]", .with = "size=5,9 align_corners=true" },
                                { .in = "x:f32[2,1,4,4]", .with = "size=8,2 mode=nearest" },
                                { .in = "x:f32[2,1,4,5]", .with = "size=7,3 mode=nearest align_corners=true" },
                                { .in = "x:f64[2,3,5]", .with = "size=8" },
                                { .in = "x:f32[1,1,2,3,2]", .with = "size=3,3,4" },
                                { .in = "x:f32[1,2,3,4]", .with = "size=1,1 align_corners=true" },
                                { .in = "x:f32[1,2,3,4]", .with = "size=3,4" },
                                { .in = "x:f16[1,1,3,3]", .with = "size=5,5" },
                                { .in = "x:u8[1,1,2,2]", .with = "size=4,4 mode=nearest" },
                                { .in = "x:f32[0,2,3,3]", .with = "size=2,2" },
                                { .in = "x:f32[1,1,3,3]", .with = "size=0,2" },
                                { .in = "x:f32[1,1,0,3]", .with = "size=2,2", .fails = "no pixels" },
                                { .in = "x:f32[1,1,3,3]", .with = "size=2", .fails = "size does not fit" },
                                { .in = "x:i32[1,1,3,3]", .with = "size=2,2", .fails = "with a fraction" },
                                { 0 } },
};
