/* Reversed axes, without copying. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

#include "engine/infer.h"

typedef struct {
    rn_axes axes;
} flip_opt;

static bool infer(rn_infer *f)
{
    uint32_t mask;
    if (!rni_reduced_axes(&((const flip_opt *)f->opts)->axes, f->shape[0]->rank, &mask))
        return rn_refuse(f, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank");
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool backward(rn_vjp *v)
{
    v->gin[0] = rn_flip(v->gout[0], .axes = ((const flip_opt *)v->opts)->axes);
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    uint32_t mask;
    rni_reduced_axes(&((const flip_opt *)opts)->axes, in->rank, &mask);
    int64_t shift = 0;
    for (int i = 0; i < in->rank; i++) {
        const bool reversed = mask & 1u << i;
        out->stride[i] = reversed ? -in->stride[i] : in->stride[i];
        if (in->dim[i] == 0) return true;
        if (reversed) shift += (in->dim[i] - 1) * in->stride[i];
    }
    rn_view_shift(out, shift);
    return true;
}

/* fliplr and flipud: NumPy's names for the second and the first axis. */
static bool flip_one(rn_call_info *c, int axis)
{
    if (rn_tensor_rank(c->in[0]) <= axis)
        return rni_refuse_call(c, RN_ERR_SHAPE, "too few axes", axis ? "rank of x >= 2" : "rank of x >= 1");
    return (c->out[0] = rn_flip(c->in[0], .axes = RN_AXES(axis))) != NULL;
}

static bool fliplr_build(rn_call_info *c)
{
    return flip_one(c, 1);
}

static bool flipud_build(rn_call_info *c)
{
    return flip_one(c, 0);
}

const rn_op rn_ops_flip[] = {
    { .name = "flip",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = infer,
      .backward = backward,
      .view = view,
      .opts = (const rn_opt[]){ RN_OPT_AXES(flip_opt, axes, "axes to reverse; left out: all"), { 0 } },
      .opts_size = sizeof(flip_opt),
      .nnp = "Flip",
      .doc = { .brief = "The elements in reverse order along axes, without copying.",
               .errors = "ARG for an axis that x does not have, or named twice",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=-1" },
                                  { .in = "x:i64[2,3]", .with = "axes=0" },
                                  { .in = "x:f32[]" },
                                  { .in = "x:f32[2,0]" },
                                  { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },
                                  { .in = "x:f32[2,3]", .with = "axes=1,-1", .fails = "axes must name" },
                                  { 0 } } },
    { .name = "fliplr",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = fliplr_build,
      .doc = { .brief = "The second axis reversed: left and right swapped.",
               .errors = "SHAPE below rank 2",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" }, { .in = "x:f32[3]", .fails = "rank of x >= 2" }, { 0 } } },
    { .name = "flipud",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = flipud_build,
      .doc = { .brief = "The first axis reversed: up and down swapped.",
               .errors = "SHAPE below rank 1",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" }, { .in = "x:f32[]", .fails = "rank of x >= 1" }, { 0 } } },
    { 0 },
};
