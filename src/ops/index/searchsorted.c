/* searchsorted: where values would be put in a sorted vector. */
#include <rensa/op.h>

#include "base/index.h"
#include "ops/cost.h"
#include "ops/index/order.h"

typedef struct {
    int side; /* 0 left, 1 right */
} search_opt;

static bool infer(rn_infer *f)
{
    if (!rn_want_rank(f, 0, 1)) return false;
    if (f->dtype[0] != f->dtype[1]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "a.dtype == v.dtype");
    return rn_out(f, 0, RN_I64, *f->shape[1]);
}

static bool run(rn_kernel_call *c)
{
    const rn_view *a = &c->in[0], *v = &c->in[1];
    const bool right = ((const search_opt *)c->opts)->side == 1;
    int64_t at[RN_MAX_RANK] = { 0 }, *to = c->out[0].data;
    for (int64_t k = rni_view_count(v); k > 0; k--, rni_index_next(v, at)) {
        const uint64_t key = rni_order_key(v->dtype, rni_view_at(v, at));
        int64_t low = 0, high = a->dim[0];
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            const uint64_t m = rni_order_key(a->dtype, rni_view_at(a, &middle));
            if (right ? m <= key : m < key)
                low = middle + 1;
            else
                high = middle;
        }
        *to++ = low;
    }
    return true;
}

static void cost(rn_cost *c)
{
    rni_cost_sort(c, (double)rni_view_count(&c->out[0]), (double)rni_view_count(&c->in[0]));
}

const rn_op rn_op_searchsorted = {
    .name = "searchsorted",
    .kind = RN_KERNEL,
    .flags = RN_OP_NO_GRAD,
    .inputs = "a, v",
    .infer = infer,
    .run = run,
    .cost = cost,
    .opts =
        (const rn_opt[]){
            RN_OPT_ENUM(search_opt, side, "left,right", "before or behind elements of a that equal the value"), { 0 } },
    .opts_size = sizeof(search_opt),
    .nnp = "SearchSorted",
    .doc = { .brief = "Where each value would be put in a sorted vector, so that it stays sorted.",
             .formula = "left: a[y-1] < v <= a[y]   right: a[y-1] <= v < a[y]",
             .shapes = "a [N], rising   v [I..]   ->   y as v, i64, 0 … N",
             .types = "both the same; NaN counts as the largest",
             .errors = "SHAPE unless a is a vector; DTYPE on mixed types",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "a:f32[5]{=-1,0,0,2,3} v:f32[2,3]{=0,-2,5,2,2.5,-1}" },
                                { .in = "a:i64[4]{=1,2,2,9} v:i64[3]{=2,0,10}", .with = "side=right" },
                                { .in = "a:f32[0] v:f32[2]" },
                                { .in = "a:f32[3]{=1,2,3} v:f32[]" },
                                { .in = "a:f32[2,2] v:f32[2]", .fails = "rank of a == 1" },
                                { .in = "a:f32[2] v:f64[2]", .fails = "types differ" },
                                { 0 } },
};
