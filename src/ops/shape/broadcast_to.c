/* broadcast_to: repeated along axes of size 1 and new leading axes, without copying. */
#include <rensa/op.h>
#include <rensa/ops.h>

typedef struct {
    rn_shape shape;
} broadcast_opt;

static bool infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0], *y = &((const broadcast_opt *)f->opts)->shape;
    const int lead = y->rank - x->rank;
    bool fits = lead >= 0;
    for (int i = 0; fits && i < x->rank; i++) fits = x->dim[i] == 1 || x->dim[i] == y->dim[i + lead];
    if (!fits)
        return rn_refuse(f, RN_ERR_SHAPE, "x cannot be broadcast to that shape",
                         "sizes of x are 1 or those of the shape, from the last axis");
    return rn_out(f, 0, f->dtype[0], *y);
}

static bool backward(rn_vjp *v)
{
    v->gin[0] = rn_sum_to(v->gout[0], *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    (void)opts;
    const int lead = out->rank - in->rank;
    for (int i = 0; i < out->rank; i++)
        out->stride[i] = i < lead || (in->dim[i - lead] == 1 && out->dim[i] != 1) ? 0 : in->stride[i - lead];
    return true;
}

const rn_op rn_op_broadcast_to = {
    .name = "broadcast_to",
    .kind = RN_VIEW,
    .inputs = "x",
    .infer = infer,
    .backward = backward,
    .view = view,
    .opts = (const rn_opt[]){ RN_REQ_SHAPE(broadcast_opt, shape, "shape of the result"), { 0 } },
    .opts_size = sizeof(broadcast_opt),
    .onnx = "Expand",
    .nnp = "Broadcast",
    .doc = { .brief = "Repeated along axes of size 1 and new leading axes.",
             .errors = "SHAPE if x does not broadcast to it",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,1]", .with = "shape=3,2,4" },
                                { .in = "x:f32[]", .with = "shape=2" },
                                { .in = "x:f32[2]", .with = "shape=3", .fails = "broadcast" },
                                { 0 } },
};
