/* Batching of products: a sum of products a_1 b_1 + a_2 b_2 + … is one product, of the a's side by side and the b's one
 * below the other. That is what the gradient of a weight is that several calls have used, as the steps of a recurrent
 * network do. Where the inner sizes are small, each product would write, and each sum read and write, a matrix much
 * larger than its operands.
 *
 * The numbers of a sum are added in another order, so rounding differs; hence a switch of its own. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "engine/op_table.h"

#include <rensa/kernels.h>

/* The operands of a product come to at most 1 / SMALL of its result. */
enum { SMALL = 4 };

typedef struct {
    rni_rewrite w;
    rni_graph *g;
    const rn_op *add, *matmul, *concat;
    int32_t *reads;        /* of each value */
    bool *inner;           /* each node: a sum within a larger one */
    int32_t *stack, *term; /* values of the sum at hand */
    int64_t depth, n_terms;
} batcher;

static const rni_gnode *maker(const batcher *b, int32_t v, const rn_op *op)
{
    const int32_t p = b->g->value[v].producer;
    return p >= 0 && b->g->node[p].op == op ? &b->g->node[p] : NULL;
}

static int32_t input(const batcher *b, const rni_gnode *n, int i)
{
    return b->g->in[n->first_in + i];
}

/* A sum of two values of the result's type and shape. */
static bool is_sum(const batcher *b, const rni_gnode *n)
{
    const rni_gvalue *y = &b->g->value[n->first_out];
    if (n->op != b->add) return false;
    for (int i = 0; i < 2; i++) {
        const rni_gvalue *x = &b->g->value[input(b, n, i)];
        if (x->dtype != y->dtype || x->bytes != y->bytes || x->shape.rank != 2) return false;
    }
    return true;
}

static const rni_gnode *small_product(const batcher *b, int32_t v)
{
    const rni_gnode *n = maker(b, v, b->matmul);
    if (!n || b->reads[v] != 1 || b->g->value[v].shape.rank != 2) return NULL;
    const rni_gvalue *x = &b->g->value[input(b, n, 0)], *y = &b->g->value[input(b, n, 1)];
    if (x->shape.rank != 2 || y->shape.rank != 2) return NULL;
    return (x->bytes + y->bytes) * SMALL <= b->g->value[v].bytes ? n : NULL;
}

static bool same_kind(const rni_gnode *a, const rni_gnode *b)
{
    const rn_matmul_opts *x = a->opts, *y = b->opts;
    return x->trans_a == y->trans_a && x->trans_b == y->trans_b && a->device == b->device;
}

/* ---- making nodes ---- */

/* Appends a call whose options last as long as the graph. Returns its result, -1 with an error pending. */
static int32_t call(batcher *b, const rni_gnode *origin, const rn_op *op, const void *opts, const int32_t *in,
                    int32_t n_in, const rn_shape *shape, rn_dtype dtype)
{
    const rni_gnode from = *origin;
    rni_gnode *n = rni_graph_node(b->g, op, in, n_in, 1);
    if (!n) return -1;
    n->opts = opts;
    n->recorded = from.recorded;
    n->lowered = true;
    n->site = from.site;
    n->grad_of = from.grad_of;
    n->device = from.device;
    n->first_out = (int32_t)b->g->n_values;
    const int32_t v = rni_graph_value(b->g, dtype, shape);
    if (v >= 0) b->g->value[v].producer = (int32_t)b->g->n_nodes - 1;
    return v;
}

/* Operand i of the products in `term` (n of them) put together along the axis that is summed over. */
static int32_t join(batcher *b, const int32_t *term, int64_t n, int i)
{
    const rni_gnode *first = maker(b, term[0], b->matmul);
    const rn_matmul_opts *o = first->opts;
    const int axis = i == 0 ? !o->trans_a : o->trans_b;
    const rni_gvalue like = b->g->value[input(b, first, i)];
    rn_shape shape = like.shape;
    shape.dim[axis] = 0;
    int32_t *in = rni_alloc_raw(n * (int64_t)sizeof *in), v = -1;
    for (int64_t k = 0; in && k < n; k++) {
        in[k] = input(b, maker(b, term[k], b->matmul), i);
        shape.dim[axis] += b->g->value[in[k]].shape.dim[axis];
    }
    const rn_axis_opts along = { .axis = axis }, *opts = rni_graph_opts(b->g, &along, sizeof along);
    if (in && opts) v = call(b, first, b->concat, opts, in, (int32_t)n, &shape, like.dtype);
    rni_free(in);
    return v;
}

/* One product for those in `term`. */
static int32_t multiply(batcher *b, const int32_t *term, int64_t n)
{
    const int32_t x = join(b, term, n, 0), y = x < 0 ? -1 : join(b, term, n, 1);
    if (y < 0) return -1;
    const rni_gnode *first = maker(b, term[0], b->matmul);
    const rni_gvalue like = b->g->value[term[0]];
    return call(b, first, b->matmul, first->opts, (const int32_t[]){ x, y }, 2, &like.shape, like.dtype);
}

/* ---- sums ---- */

/* The terms of the sum that node k is the last of, from left to right. */
static void collect(batcher *b, int32_t k)
{
    b->depth = b->n_terms = 0;
    b->stack[b->depth++] = input(b, &b->g->node[k], 1);
    b->stack[b->depth++] = input(b, &b->g->node[k], 0);
    while (b->depth > 0) {
        const int32_t v = b->stack[--b->depth];
        const rni_gnode *n = b->reads[v] == 1 ? maker(b, v, b->add) : NULL;
        if (!n || !is_sum(b, n)) {
            b->term[b->n_terms++] = v;
            continue;
        }
        b->inner[b->g->value[v].producer] = true;
        b->stack[b->depth++] = input(b, n, 1);
        b->stack[b->depth++] = input(b, n, 0);
    }
}

/* Moves the products that are like the first one from `term` to `stack`. Returns their number. */
static int64_t gather(batcher *b)
{
    const rni_gnode *first = NULL;
    int64_t n = 0, others = 0;
    for (int64_t i = 0; i < b->n_terms; i++) {
        const int32_t v = b->term[i];
        const rni_gnode *p = small_product(b, v);
        if (!first) first = p;
        if (p && same_kind(first, p))
            b->stack[n++] = v;
        else
            b->term[others++] = v;
    }
    b->n_terms = others;
    return n;
}

static bool batch_sum(batcher *b, int32_t k)
{
    collect(b, k);
    const int64_t n = gather(b);
    if (n < 2) return true;
    int32_t sum = multiply(b, b->stack, n);
    for (int64_t i = 0; sum >= 0 && i < b->n_terms; i++) {
        const rni_gvalue like = b->g->value[sum];
        sum = call(b, &b->g->node[k], b->add, NULL, (const int32_t[]){ b->term[i], sum }, 2, &like.shape, like.dtype);
    }
    if (sum >= 0) rni_rewrite_replace(&b->w, b->g->node[k].first_out, sum);
    return sum >= 0;
}

bool rni_batch(rni_graph *g)
{
    const int32_t n_nodes = (int32_t)g->n_nodes;
    batcher b = { .g = g,
                  .add = rni_op_find("add"),
                  .matmul = rni_op_find("matmul"),
                  .concat = rni_op_find("concat"),
                  .reads = rni_graph_reads(g),
                  .inner = rni_alloc(g->n_nodes + 1),
                  .stack = rni_alloc_raw((2 * g->n_nodes + 2) * 2 * (int64_t)sizeof *b.stack) };
    bool ok = b.reads && b.inner && b.stack && rni_rewrite_begin(&b.w, g);
    if (ok) {
        b.term = b.stack + 2 * g->n_nodes + 2;
        for (int32_t k = n_nodes - 1; ok && k >= 0; k--)
            if (!b.inner[k] && is_sum(&b, &g->node[k])) ok = batch_sum(&b, k);
        for (int64_t k = 0; b.w.changed && k < g->n_nodes; k++) rni_rewrite_inputs(&b.w, k);
        ok = rni_rewrite_end(&b.w) && ok;
    }
    rni_free(b.reads);
    rni_free(b.inner);
    rni_free(b.stack);
    return ok;
}
