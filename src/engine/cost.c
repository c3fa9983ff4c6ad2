/* Costs of calls: counted from the programs of elementwise functions and reductions, stated by the rows of others. */
#include "engine/cost.h"

#include "base/alloc.h"
#include "base/index.h"
#include "engine/engine.h"
#include "engine/kernel.h"

/* Bytes that a kernel must touch: elements that are repeated count once. */
static double touched(const rn_view *v)
{
    double n = v->dtype ? (double)rn_dtype_bytes(v->dtype) : 0;
    for (int i = 0; i < v->rank; i++)
        if (v->stride[i] != 0 || v->dim[i] == 0) n *= (double)v->dim[i];
    return n;
}

/* Philox with ten rounds of two products gives four numbers. */
enum { RANDOM_MULTIPLIES = 5 };

static void count_instruction(rn_cost *c, int code, double n)
{
    switch (code) {
    case RN_CODE_COPY:
    case RN_CODE_INDEX:
    case RN_CODE_COUNT:
    case RN_CODE_LOAD:
        break;
    case RN_CODE_RANDOM:
        c->multiply += RANDOM_MULTIPLIES * n;
        break;
    case RN_CODE_FMA:
        c->multiply_add += n;
        break;
    case RN_CODE_MUL:
        c->multiply += n;
        break;
    case RN_CODE_SQRT:
    case RN_CODE_RSQRT:
    case RN_CODE_RECIP:
    case RN_CODE_DIV:
    case RN_CODE_MOD:
    case RN_CODE_FMOD:
    case RN_CODE_FLOORDIV:
        c->divide += n;
        break;
    case RN_CODE_SIGMOID: /* 1 / (1 + exp(-x)) */
        c->exponential += n;
        c->divide += n;
        c->add += n;
        break;
    case RN_CODE_TANH: /* 1 - 2 / (exp(2 x) + 1) */
        c->exponential += n;
        c->divide += n;
        c->add += 2 * n;
        break;
    case RN_CODE_NEG:
    case RN_CODE_ABS:
    case RN_CODE_SIGN:
    case RN_CODE_FLOOR:
    case RN_CODE_CEIL:
    case RN_CODE_ROUND:
    case RN_CODE_TRUNC:
    case RN_CODE_ROUND_F16:
    case RN_CODE_ROUND_BF16:
    case RN_CODE_ADD:
    case RN_CODE_SUB:
        c->add += n;
        break;
    default:
        *(code == RN_CODE_POW || code == RN_CODE_ATAN2 || (code >= RN_CODE_EXP && code <= RN_CODE_SIGMOID)
              ? &c->exponential
              : &c->compare) += n;
    }
}

static void count_program(rn_cost *c, const rn_program *p, double n)
{
    for (int i = 0; p && i < p->n_instr; i++) count_instruction(c, p->instr[i].code, n);
}

static void count_join(rn_cost *c, rn_join join, double n)
{
    *(join == RN_JOIN_ADD ? &c->add : join == RN_JOIN_MUL ? &c->multiply : &c->compare) += n;
}

bool rni_cost_of(const rn_op *op, const rn_kernel_call *call, rn_cost *c)
{
    *c = (rn_cost){
        .op = op, .opts = call->opts, .n_in = call->n_in, .n_out = call->n_out, .in = call->in, .out = call->out
    };
    for (int i = 0; i < call->n_in; i++) c->bytes += touched(&call->in[i]);
    for (int i = 0; i < call->n_out; i++) c->bytes += touched(&call->out[i]);
    if (op->cost)
        op->cost(c);
    else if (op->kind == RN_MAP) {
        const int results = call->n_out / call->groups;
        for (int g = 0; results && g < call->groups; g++)
            count_program(c, call->map, (double)rni_view_count(&call->out[g]));
    } else if (op->kind == RN_REDUCE) {
        const double n = (double)rni_view_count(&call->in[0]);
        count_program(c, call->map, n);
        count_join(c, call->join, n);
        count_program(c, call->post, (double)rni_view_count(&call->out[0]));
    } else
        return op->kind == RN_VIEW;
    return true;
}

bool rni_cost_of_result(const rn_tensor *y, rn_cost *c)
{
    const rni_node *node = y->node;
    *c = (rn_cost){ 0 };
    if (!node->op || node->n_in > RN_INPUTS_MAX || node->n_out > RN_INPUTS_MAX) return false;
    int32_t in[RN_INPUTS_MAX];
    rni_gvalue value[2 * RN_INPUTS_MAX];
    rn_view views[2 * RN_INPUTS_MAX];
    int32_t n = 0;
    for (int i = 0; i < node->n_in + node->n_out; i++) {
        const rn_tensor *x = i < node->n_in ? node->in[i] : &node->out[i - node->n_in];
        if (i < node->n_in) in[i] = x ? n : -1;
        if (x) value[n++] = (rni_gvalue){ .dtype = (rn_dtype)x->dtype, .shape = x->shape };
    }
    const rni_graph g = { .value = value, .n_values = n, .in = in };
    const rni_gnode m = { .op = node->op,
                          .opts = node->opts,
                          .device = node->device,
                          .n_in = node->n_in,
                          .n_out = node->n_out,
                          .first_out = n - node->n_out };
    rn_kernel_call call;
    const bool ok = rni_kernel_call_init(&g, &m, &call, views) && rni_cost_of(node->op, &call, c);
    c->in = c->out = NULL; /* the views end here */
    return ok;
}

/* ---- many calls ---- */

void rni_cost_walk_begin(rni_cost_walk *w)
{
    w->number = ++rni_thread_self()->walk;
}

void rni_cost_walk_end(rni_cost_walk *w)
{
    rni_free(w->stack);
    w->stack = NULL;
    w->n = w->capacity = 0;
}

/* Values of parameters have a history of their own: how they were drawn. */
static bool push(rni_cost_walk *w, const rn_tensor *x)
{
    if (!x || !x->node->op || x->version_of || x->cell || x->node->mark == w->number) return true;
    rni_node **p = rni_grow(w->stack, w->n, &w->capacity, (int64_t)sizeof(rni_node *));
    if (!p) return false;
    w->stack = p;
    w->stack[w->n++] = x->node;
    x->node->mark = w->number;
    return true;
}

bool rni_cost_walk_to(rni_cost_walk *w, const rn_tensor *y)
{
    bool ok = push(w, y);
    while (ok && w->n) {
        const rni_node *node = w->stack[--w->n];
        rn_cost c;
        if (w->visit && node->op->kind != RN_VIEW) {
            if (!rni_cost_of_result(&node->out[0], &c)) c.bytes = 0;
            w->visit(w->user, node->op, &c);
            ok = rn_ok();
        }
        for (int i = 0; ok && i < node->n_in; i++) ok = push(w, node->in[i]);
    }
    return ok;
}

double rni_cost_flop(const rn_cost *c)
{
    return 2 * c->multiply_add + c->add + c->multiply + c->divide + c->exponential + c->compare;
}
