/* hinge: the loss of support vector machines, over all classes. */
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "ops/reduce/axes_p.h"

#include <string.h>

typedef struct {
    int norm, reduce;
} hinge_opt;

/* The label's score counts as -x, those of the other classes as x. Picking it checks the labels as well. */
static rn_tensor *signed_scores(rn_tensor *x, rn_tensor *t)
{
    static const rn_op turn = {
        .name = "hinge_turn", .kind = RN_MAP, .inputs = "x, h, p", .expr = "y = h != 0 ? -p : x"
    };
    const int64_t none = INT64_MIN;
    rn_tensor *in[] = { x, rni_is_label(x, t, none), rni_with_classes(rni_pick_label(x, t, NULL, none)) }, *y;
    return in[1] && in[2] && rn_op_call(&turn, NULL, in, 3, NULL, &y) ? y : NULL;
}

static bool build(rn_call_info *c)
{
    static const rn_op l1 = { .name = "hinge", .kind = RN_MAP, .inputs = "x", .expr = "y = max(1 + x, 0)" };
    static const rn_op l2 = { .name = "hinge", .kind = RN_MAP, .inputs = "x", .expr = "m = max(1 + x, 0); y = m * m" };
    rn_tensor *x = signed_scores(rni_widen(c->in[0]), c->in[1]), *y;
    const rn_op *map = strcmp(rni_loss_choice(c, "norm"), "L2") == 0 ? &l2 : &l1;
    return x && rn_op_call(map, NULL, &x, 1, NULL, &y) && rni_loss_reduced(c, y);
}

const rn_op rn_op_hinge = {
    .name = "hinge",
    .kind = RN_FUNCTION,
    .flags = RN_OP_WIDE,
    .inputs = "x, t",
    .build = build,
    .opts = (const rn_opt[]){ RN_OPT_ENUM(hinge_opt, norm, "L1,L2", "L2: margins are squared"),
                              RN_OPT_ENUM(hinge_opt, reduce, "batch,sum,no",
                                          "what becomes of the margins; batch: sum over N"),
                              { 0 } },
    .opts_size = sizeof(hinge_opt),
    .doc = { .brief = "Hinge loss, one class against the others.",
             .formula = "y[n, k, ..] = max(1 - s * x[n, k, ..], 0), s = 1 where k == t[n, ..], else -1",
             .shapes = "x [N, K, ..]   t [N, ..]   ->   y [], as x with reduce \"no\"",
             .types = "x floats; losses of 16-bit floats are f32",
             .errors = "SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[4,3]{-3,3} t:i32[4]{0,2}" },
                                { .in = "x:f64[2,3,2]{-3,3} t:i64[2,2]{0,2}", .with = "norm=L2 reduce=no" },
                                { .in = "x:f64[4,3]{-3,3} t:i32[4]{0,2}", .with = "norm=L2 reduce=sum" },
                                { .in = "x:f16[4,3] t:u8[4]{0,2}" },
                                { .in = "x:f32[4,3] t:i32[3]", .fails = "shape of x without axis 1" },
                                { .in = "x:f32[4,3] t:i32[4]{=0,1,2,-1}", .fails = "label -1 at [3]" },
                                { 0 } },
};
