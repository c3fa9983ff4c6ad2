/* Reductions that programs make from texts: elements are mapped, joined, and what was joined is mapped again. A join
 * that the back ends know is their reduction, with the map in it where that can be; any other one is a tree of
 * elementwise calls over neighbours, so that it runs and is differentiated everywhere. */
#include "engine/user_kernel.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/expr.h"
#include "engine/infer.h"
#include "engine/map.h"
#include "engine/op_table.h"

#include <math.h>
#include <rensa/ops.h>
#include <string.h>

/* ---- texts ---- */

/* Reads a text over these inputs; what reads positions has no meaning where elements are joined. */
static bool read_text(const rni_user_kernel *k, int text, const char *inputs, const char *scalars, rni_expr *e,
                      const rn_site *site)
{
    const char *name = k->text[RNI_TEXT_NAME];
    const rni_expr_names names = { inputs, scalars, k->outputs, NULL, true };
    if (!rni_expr_parse(e, k->text[text], &names, name, site)) return false;
    if (text == RNI_TEXT_EXPR || !rni_expr_has_positions(e)) return true;
    rni_expr_free(e);
    rni_fail(RN_ERR_ARG, site, name, "positions are known to the map only");
    rni_error_add("in", "%s", k->text[text]);
    return false;
}

/* The join of the back ends that a text stands for; RN_JOIN_NONE for another one. */
static rn_join known_join(const rni_expr *e)
{
    static const struct {
        rn_code code;
        rn_join join;
    } known[] = { { RN_CODE_ADD, RN_JOIN_ADD },
                  { RN_CODE_MUL, RN_JOIN_MUL },
                  { RN_CODE_MAX, RN_JOIN_MAX },
                  { RN_CODE_MIN, RN_JOIN_MIN } };
    const rni_expr_node *h = &e->node[e->out[0]];
    if (h->kind != RNI_EXPR_CODE || h->a < 0 || h->b < 0 || h->a == h->b) return RN_JOIN_NONE;
    if (e->node[h->a].kind != RNI_EXPR_INPUT || e->node[h->b].kind != RNI_EXPR_INPUT) return RN_JOIN_NONE;
    for (int i = 0; i < (int)RN_COUNTOF(known); i++)
        if (h->code == known[i].code) return known[i].join;
    return RN_JOIN_NONE;
}

static double start_of(rn_join join)
{
    return join == RN_JOIN_MUL ? 1 : join == RN_JOIN_MAX ? -INFINITY : join == RN_JOIN_MIN ? INFINITY : 0;
}

/* Reads the texts that are no row of their own, and all of them for what they ask of the type. `plain`: the map could
 * be part of a reduction of the back ends. */
static bool read_texts(rni_user_kernel *k, const char *inputs, const char *numbers, bool *plain, const rn_site *site)
{
    rni_expr e = { 0 };
    RNI_TRY(read_text(k, RNI_TEXT_EXPR, inputs, numbers, &e, site));
    *plain = !rni_expr_has_positions(&e);
    rni_expr_free(&e);
    RNI_TRY(read_text(k, RNI_TEXT_REDUCE, "a, b", numbers, &e, site));
    k->join = known_join(&e);
    k->real = rni_expr_is_real(&e);
    rni_expr_free(&e);
    if (k->text[RNI_TEXT_POST]) {
        rni_str scalars = { 0 };
        rni_str_addf(&scalars, "n, %s", numbers);
        const bool ok = !scalars.failed && read_text(k, RNI_TEXT_POST, "a", scalars.at, &e, site);
        rni_str_free(&scalars);
        if (!ok) return false;
        rni_expr_free(&e);
    }
    if (!k->text[RNI_TEXT_IDENTITY]) return true;
    RNI_TRY(read_text(k, RNI_TEXT_IDENTITY, "", "", &e, site));
    const rni_expr_node value = e.node[e.out[0]];
    rni_expr_free(&e);
    if (value.kind != RNI_EXPR_CONST) {
        rni_fail(RN_ERR_ARG, site, k->text[RNI_TEXT_NAME], "the identity is not a number");
        rni_error_add("in", "%s", k->text[RNI_TEXT_IDENTITY]);
        return false;
    }
    k->has_identity = true;
    k->identity = value.value;
    k->starts = !(k->join && value.value == start_of(k->join));
    return true;
}

/* ---- rows ---- */

static bool reduce_infer(rn_infer *f)
{
    rn_dtype type;
    RNI_TRY(rni_user_types(f, ((const rni_user_row *)f->op)->of, &type) && rni_infer_reduce(f));
    f->out_dtype[0] = type;
    return true;
}

static bool parts_build(rn_call_info *c);

static bool make_rows(rni_user_kernel *k, const char *inputs, bool plain)
{
    static const rn_opt dtype = RN_OPT_DTYPE(rni_user_opts, dtype, 0, "type of the result");
    static const rn_opt axes = RN_OPT_AXES(rn_reduce_opts, axes, "axes to reduce; left out: all"),
                        keepdims = RN_OPT_BOOL(rn_reduce_opts, keepdims, "reduced axes stay, with size 1");
    rni_user_row *main = &k->row[RNI_USER_MAIN], *reduce = &k->row[RNI_USER_REDUCE];
    rni_user_opt(main, axes);
    rni_user_opt(main, keepdims);
    rni_user_opt(&k->row[RNI_USER_MAP], dtype);
    rni_user_opt(&k->row[RNI_USER_POST], dtype);
    rni_user_opt(&k->row[RNI_USER_POST],
                 (rn_opt)RN_OPT_F64(rni_user_opts, n, 0, 0, INFINITY, "number of values that were joined"));
    const char *post = k->text[RNI_TEXT_POST] ? k->text[RNI_TEXT_POST] : "a";
    RNI_TRY(rni_user_row_init(k, RNI_USER_MAIN, RN_FUNCTION, inputs, NULL));
    RNI_TRY(rni_user_row_init(k, RNI_USER_MAP, RN_MAP, inputs, k->text[RNI_TEXT_EXPR]));
    RNI_TRY(rni_user_row_init(k, RNI_USER_JOIN, RN_MAP, "a, b", k->text[RNI_TEXT_REDUCE]));
    RNI_TRY(rni_user_row_init(k, RNI_USER_POST, RN_MAP, "a", post));
    main->row.build = rni_user_reduction_build;
    k->row[RNI_USER_MAP].row.types = k->row[RNI_USER_POST].row.types = "opt:dtype";
    k->row[RNI_USER_JOIN].row.types = "first";
    k->one_step = plain && k->join && !k->starts && k->in.n_tensors == 1 && k->in.n_numbers == 0 && !k->in.at[0].raw;
    if (!k->one_step) return true;
    rni_user_opt(reduce, axes);
    rni_user_opt(reduce, keepdims);
    RNI_TRY(rni_user_row_init(k, RNI_USER_REDUCE, RN_REDUCE, inputs, k->text[RNI_TEXT_EXPR]));
    reduce->row.post = k->text[RNI_TEXT_POST];
    reduce->row.join = k->join;
    reduce->row.infer = reduce_infer;
    reduce->row.build = parts_build;
    reduce->row.backward = rn_backward_by_build;
    return true;
}

bool rni_user_reduction_init(rni_user_kernel *k, const rn_site *site)
{
    rni_str inputs = { 0 }, numbers = { 0 };
    rni_str_add(&inputs, "");
    rni_str_add(&numbers, "");
    bool elements = false, plain = false;
    for (int i = 0; i < k->in.count; i++) {
        const rni_param *p = &k->in.at[i];
        rni_str *to = p->number ? &numbers : &inputs;
        rni_str_addf(to, "%s%s%s", to->length ? ", " : "", p->name, p->raw ? "[]" : "");
        elements = elements || !(p->raw || p->number);
    }
    bool ok = !inputs.failed && !numbers.failed;
    if (ok && !elements)
        ok = rni_fail(RN_ERR_ARG, site, k->text[RNI_TEXT_NAME], "a reduction needs an input that is not raw");
    ok = ok && read_texts(k, inputs.at, numbers.at, &plain, site) && make_rows(k, inputs.at, plain);
    rni_str_free(&inputs);
    rni_str_free(&numbers);
    return ok;
}

/* ---- calls ---- */

typedef struct {
    const rni_user_kernel *k;
    const rni_user_opts *o;
    rn_tensor *const *in;
    int n_in;
    rn_dtype join_type, result_type;
    rn_shape whole, kept; /* of all elements, and of the result */
    uint32_t mask;        /* axes that are reduced */
    int64_t n;            /* elements that are joined to one */
} reduction;

static rn_tensor *call(const reduction *r, int row, rn_tensor *const *in, int n_in, rn_dtype dtype)
{
    rni_user_opts o = *r->o;
    o.dtype = dtype;
    o.n = (double)r->n;
    rn_tensor *y = NULL;
    return rn_op_call(&r->k->row[row].row, rni_site_current(), in, n_in, &o, &y) ? y : NULL;
}

static rn_tensor *join(const reduction *r, rn_tensor *a, rn_tensor *b)
{
    return a && b ? call(r, RNI_USER_JOIN, (rn_tensor *const[]){ a, b }, 2, RN_DTYPE_NONE) : NULL;
}

/* Neighbours are joined until one is left: elements keep their order. Those left over at the end of a turn are joined
 * to the others last. */
static rn_tensor *join_all(const reduction *r, rn_tensor *x)
{
    rn_axes order = { .n = r->whole.rank };
    int at = 0;
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < r->whole.rank; i++)
            if ((r->mask >> i & 1) != (unsigned)turn) order.axis[at++] = i;
    int64_t n = r->n, rest = 1;
    for (int i = 0; i < r->kept.rank; i++) rest *= r->kept.dim[i];
    if (r->whole.rank > 1) x = rn_transpose(x, .axes = order);
    x = rn_reshape(x, RN_SHAPE(n, rest));
    rn_tensor *left_over = NULL;
    for (; n > 1 && x; n /= 2) {
        if (n % 2) {
            rn_tensor *last = rn_slice(x, RN_RANGES(RN_RANGE(n - 1, n)));
            left_over = left_over ? join(r, last, left_over) : last;
        }
        rn_tensor *even = rn_slice(x, RN_RANGES(RN_STEP(0, n / 2 * 2, 2)));
        x = join(r, even, rn_slice(x, RN_RANGES(RN_STEP(1, n / 2 * 2, 2))));
    }
    if (left_over) x = join(r, x, left_over);
    return rn_reshape(x, r->kept);
}

static rn_tensor *join_known(const reduction *r, rn_tensor *x)
{
    const rn_axes axes = r->o->reduce.axes;
    const bool keepdims = r->o->reduce.keepdims;
    switch (r->k->join) {
    case RN_JOIN_ADD:
        return rn_sum(x, .axes = axes, .keepdims = keepdims);
    case RN_JOIN_MUL:
        return rn_prod(x, .axes = axes, .keepdims = keepdims);
    case RN_JOIN_MAX:
        return rn_max(x, .axes = axes, .keepdims = keepdims);
    case RN_JOIN_MIN:
        return rn_min(x, .axes = axes, .keepdims = keepdims);
    default:
        return join_all(r, x);
    }
}

/* By its parts: each is a function that can be differentiated. */
static rn_tensor *compute(const reduction *r)
{
    const rni_user_kernel *k = r->k;
    rn_tensor *y;
    if (r->n == 0)
        y = rn_full(r->kept, k->identity, .dtype = r->join_type);
    else {
        y = join_known(r, call(r, RNI_USER_MAP, r->in, r->n_in, r->join_type));
        if (y && k->starts) y = join(r, rn_full(RN_SCALAR, k->identity, .dtype = r->join_type), y);
    }
    if (!y || (!k->text[RNI_TEXT_POST] && r->join_type == r->result_type)) return y;
    return call(r, RNI_USER_POST, &y, 1, r->result_type);
}

/* Types and shapes of a call; refuses what does not fit. */
static bool describe(rn_call_info *c, reduction *r)
{
    const rni_user_kernel *k = ((const rni_user_row *)c->op)->of;
    *r = (reduction){ .k = k, .o = c->opts, .in = c->in, .n_in = c->n_in, .n = 1 };
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    RNI_TRY(rni_user_types(&f, k, &r->result_type) && rni_infer_map(&f));
    r->whole = f.out_shape[0];
    if (!rni_reduced_axes(&r->o->reduce.axes, r->whole.rank, &r->mask))
        return rn_refuse(&f, RN_ERR_ARG, "axes must name axes of the inputs, each once", "-rank <= axis < rank");
    for (int i = 0; i < r->whole.rank; i++) {
        if (r->mask >> i & 1) r->n *= r->whole.dim[i];
        if (!(r->mask >> i & 1) || r->o->reduce.keepdims)
            r->kept.dim[r->kept.rank++] = r->mask >> i & 1 ? 1 : r->whole.dim[i];
    }
    if (r->n == 0 && !k->has_identity)
        return rn_refuse(&f, RN_ERR_SHAPE, "nothing to reduce, and the kernel has no identity",
                         "sizes of reduced axes > 0");
    r->join_type = rni_map_compute(&k->row[RNI_USER_MAP].row, f.dtype, c->n_in, &r->result_type, 1);
    if (r->join_type == RN_I64 && k->real) r->join_type = RN_F64;
    return true;
}

static bool parts_build(rn_call_info *c)
{
    reduction r;
    RNI_TRY(describe(c, &r));
    c->out[0] = compute(&r);
    return c->out[0] != NULL;
}

/* Whether the back ends' reduction computes in the type that the texts ask for. */
static bool fits_one_step(const reduction *r)
{
    const rni_user_kernel *k = r->k;
    if (!k->one_step || r->n == 0) return false;
    const rn_dtype in = rn_tensor_dtype(r->in[0]), out = r->result_type;
    if (rni_compute_type(&in, 1, &out, 1) != r->join_type) return false;
    return rni_map_compute(&k->row[RNI_USER_POST].row, &r->join_type, 1, &out, 1) == r->join_type;
}

bool rni_user_reduction_build(rn_call_info *c)
{
    reduction r;
    RNI_TRY(describe(c, &r));
    c->out[0] = fits_one_step(&r) ? call(&r, RNI_USER_REDUCE, r.in, 1, RN_DTYPE_NONE) : compute(&r);
    return c->out[0] != NULL;
}
