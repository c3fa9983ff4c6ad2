/* Views that change nothing but what gradients do. */
#include <rensa/op.h>

#include "engine/infer.h"

static bool infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool pass(rn_vjp *v)
{
    v->gin[0] = v->gout[0];
    return true;
}

const rn_op rn_ops_identity[] = {
    { .name = "identity",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = infer,
      .backward = pass,
      .view = rni_view_same,
      .onnx = "Identity",
      .nnp = "Identity",
      .doc = { .brief = "The same tensor; gradients pass.", .shapes = "y as x", .errors = "none", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" }, { .in = "x:i32[]" }, { .in = "x:f16[0]" }, { 0 } } },
    { .name = "detach",
      .kind = RN_VIEW,
      .flags = RN_OP_NO_GRAD | RN_OP_INTERNAL,
      .inputs = "x",
      .infer = infer,
      .view = rni_view_same,
      .doc = { .brief = "The same value without history.", .since = "0.1" } },
    { 0 },
};
