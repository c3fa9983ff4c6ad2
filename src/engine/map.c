/* The side table of elementwise functions: parsed text, programs per compute type, gradients.
 *
 * Rows are constant and shared by all threads, so what is derived from them is kept here, under one lock. A gradient is
 * a function row made at run time; its own gradient is found the same way, so derivatives of any order exist. */
#include "engine/map.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/expr.h"
#include "engine/op_table.h"
#include "engine/signature.h"

#include <pthread.h>
#include <string.h>

enum { BUCKETS = 1024 };

typedef struct entry {
    const rn_op *op;
    struct entry *next;
    bool parsed, post_parsed;
    rni_expr expr, post;
    rn_program *program[2][3]; /* [post][compute] */
    bool grad_known[RN_INPUTS_MAX];
    rni_map_grad grad[RN_INPUTS_MAX];
    rn_op *made[RN_INPUTS_MAX]; /* rows made for gradients, with their texts */
} entry;

/* Grows only, under the lock. */
static struct {
    pthread_mutex_t lock;
    entry *bucket[BUCKETS];
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

static entry *find(const rn_op *op)
{
    const unsigned k = (unsigned)((uintptr_t)op >> 4) % BUCKETS;
    entry *e = g.bucket[k];
    while (e && e->op != op) e = e->next;
    if (e) return e;
    e = rni_alloc((int64_t)sizeof *e);
    if (!e) return NULL;
    e->op = op;
    e->next = g.bucket[k];
    g.bucket[k] = e;
    return e;
}

/* Options by number are readable in texts; the comma list of their names. */
static bool is_scalar(const rn_opt *o)
{
    return o->type == RN_OPT_TYPE_F64 || o->type == RN_OPT_TYPE_I64 || o->type == RN_OPT_TYPE_BOOL;
}

static void scalar_names(const rn_op *op, rni_str *s)
{
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (is_scalar(o)) rni_str_addf(s, "%s%s", s->length ? "," : "", o->name);
}

int rni_map_scalars(const rn_op *op, const void *opts, double *out)
{
    int n = 0;
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (is_scalar(o) && n < RNI_SCALARS_MAX) out[n++] = rni_opt_number(o, opts);
    return n;
}

static const char *outputs_of(const rn_op *op)
{
    return op->outputs ? op->outputs : "y";
}

static bool parse_expr(const rn_op *op, rni_expr *to, const rn_site *site)
{
    rni_str scalars = { 0 };
    scalar_names(op, &scalars);
    const rni_expr_names names = { op->inputs, scalars.at, outputs_of(op), NULL, op->flags & RN_OP_EXACT };
    const bool ok = !scalars.failed && rni_expr_parse(to, op->expr, &names, op->name, site);
    rni_str_free(&scalars);
    return ok;
}

static bool parse_post_text(const rn_op *op, rni_expr *to, const rn_site *site)
{
    const rni_expr_names names = { "a", "n", outputs_of(op), NULL, op->flags & RN_OP_EXACT };
    return rni_expr_parse(to, op->post, &names, op->name, site);
}

static bool is_raw(const rn_op *op, int input)
{
    return rni_op_raw(op) >> input & 1;
}

/* The gradient of `input`, over inputs, results and their gradients. Where the input is read by position, the gradient
 * runs over its elements, and everything is read by position: what is said of inputs of the other kind is passed over.
 */
static bool parse_vjp(const rn_op *op, int input, rni_expr *to, const rn_site *site)
{
    rni_str inputs = { 0 }, scalars = { 0 }, others = { 0 };
    char wanted[49] = "g", name[48];
    const bool all = is_raw(op, input);
    for (int i = 0; rni_op_name(op->inputs, i, name, sizeof name, NULL); i++) {
        rni_str_addf(&inputs, "%s%s,", name, all || is_raw(op, i) ? "[]" : "");
        if (is_raw(op, i) != all) rni_str_addf(&others, "g%s,", name);
    }
    for (int i = 0; rni_op_name(outputs_of(op), i, name, sizeof name, NULL); i++)
        rni_str_addf(&inputs, "%s%s,", name, all ? "[]" : "");
    for (int i = 0; rni_op_name(outputs_of(op), i, name, sizeof name, NULL); i++)
        rni_str_addf(&inputs, "g%s%s,", name, all ? "[]" : "");
    scalar_names(op, &scalars);
    rni_op_name(op->inputs, input, wanted + 1, sizeof wanted - 1, NULL);
    const rni_expr_names names = { inputs.at, scalars.at, wanted, others.at, false };
    const bool ok =
        !inputs.failed && !scalars.failed && !others.failed && rni_expr_parse(to, op->vjp, &names, op->name, site);
    rni_str_free(&inputs);
    rni_str_free(&scalars);
    rni_str_free(&others);
    return ok;
}

bool rni_map_check(const rn_op *op, const rn_site *site)
{
    rni_expr e = { 0 };
    bool ok = !op->expr || parse_expr(op, &e, site);
    rni_expr_free(&e);
    if (ok && op->post) {
        ok = parse_post_text(op, &e, site);
        rni_expr_free(&e);
    }
    const int n = op->vjp ? rni_op_inputs(op, NULL, NULL) : 0;
    for (int i = 0; ok && i < n; i++) {
        ok = parse_vjp(op, i, &e, site);
        rni_expr_free(&e);
    }
    return ok;
}

static bool parse(entry *e, const rn_site *site)
{
    return e->parsed || (e->parsed = parse_expr(e->op, &e->expr, site));
}

static bool parse_post(entry *e, const rn_site *site)
{
    return e->post_parsed || (e->post_parsed = parse_post_text(e->op, &e->post, site));
}

static int compute_index(rn_dtype compute)
{
    return compute == RN_F64 ? 1 : compute == RN_I64 ? 2 : 0;
}

const rn_program *rni_map_program(const rn_op *op, bool post, rn_dtype compute, const rn_site *site)
{
    pthread_mutex_lock(&g.lock);
    rn_program *p = NULL;
    entry *e = find(op);
    if (e && (post ? parse_post(e, site) : parse(e, site))) {
        rn_program **at = &e->program[post][compute_index(compute)];
        if (!*at) *at = rni_program_make(post ? &e->post : &e->expr, compute, op, post ? op->post : op->expr);
        p = *at;
        if (!p && rn_ok()) rni_fail(RN_ERR_ARG, site, op->name, "the expression needs too many registers");
    }
    pthread_mutex_unlock(&g.lock);
    return p;
}

rn_dtype rni_compute_type(const rn_dtype *in, int n_in, const rn_dtype *out, int n_out)
{
    bool any_float = false, wide = false, f64 = false;
    for (int i = 0; i < n_in + n_out; i++) {
        const rn_dtype d = i < n_in ? in[i] : out[i - n_in];
        f64 |= d == RN_F64;
        any_float |= rn_dtype_is_float(d);
        wide |= d == RN_I32 || d == RN_I64;
    }
    return f64 || (any_float && wide) ? RN_F64 : any_float ? RN_F32 : RN_I64;
}

rn_dtype rni_map_compute(const rn_op *op, const rn_dtype *in, int n_in, const rn_dtype *out, int n_out)
{
    const rn_dtype usual = rni_compute_type(in, n_in, out, n_out);
    if (usual == RN_F64 || !(op->flags & RN_OP_EXACT)) return usual;
    pthread_mutex_lock(&g.lock);
    entry *e = find(op);
    const bool more =
        e && parse(e, NULL) && (usual == RN_I64 ? rni_expr_is_real(&e->expr) : rni_expr_has_positions(&e->expr));
    pthread_mutex_unlock(&g.lock);
    return more ? RN_F64 : usual;
}

/* ---- gradients ---- */

/* The row of a gradient: one result "y", inputs in0, in1, …, options those of the function. Its expression is put into
 * the table directly: there is no text to parse. */
static bool make_row(entry *e, int input, rni_expr *copy, const int *used, int n_used)
{
    char name[96], arg[48];
    rni_op_name(e->op->inputs, input, arg, sizeof arg, NULL);
    snprintf(name, sizeof name, "%s'%s", e->op->name, arg);
    rni_str inputs = { 0 };
    for (int i = 0; i < n_used; i++)
        rni_str_addf(&inputs, "%sin%d%s", i ? ", " : "", i, copy->raw >> i & 1 ? "[]" : "");
    rn_op *row = rni_alloc((int64_t)sizeof *row);
    char *own_name = rni_strdup(name);
    if (!row || !own_name || inputs.failed || (n_used && !inputs.at)) goto fail;
    *row = (rn_op){ .name = own_name,
                    .kind = RN_MAP,
                    .flags = RN_OP_INTERNAL | (e->op->flags & RN_OP_EXACT),
                    .inputs = inputs.at,
                    .expr = e->op->expr,
                    .opts = e->op->opts,
                    .opts_size = e->op->opts_size };
    entry *made = find(row);
    if (!made) goto fail;
    made->expr = *copy;
    made->parsed = true;
    e->made[input] = row;
    e->grad[input].op = row;
    e->grad[input].n = n_used;
    memcpy(e->grad[input].from, used, (size_t)n_used * sizeof *used);
    return true;
fail:
    rni_free(row);
    rni_free(own_name);
    rni_str_free(&inputs);
    rni_expr_free(copy);
    return false;
}

/* A gradient has the shape of the input, if that is read by position, else that of the results; where it reads nothing
 * of that shape, it gets such an input beside what it reads. Returns the number of inputs. */
static int add_shape(const entry *e, int input, rni_expr *copy, int *used, int n)
{
    const int n_in = e->expr.n_in, first = n_in + e->expr.n_out;
    if (!(e->op->flags & RN_OP_EXACT || e->expr.raw)) return n;
    const bool raw = e->expr.raw >> input & 1;
    for (int i = 0; i < n; i++)
        if (!raw && used[i] >= n_in) return n;
    used[n] = raw ? input : first;
    copy->n_in = n + 1;
    return n + 1;
}

/* Derivative by `input` as node of a copy of the expression in which results and their gradients are inputs, too. */
static bool derive(entry *e, int input, const rn_site *site)
{
    const int n_in = e->expr.n_in, n_out = e->expr.n_out;
    rni_expr work = { 0 };
    int32_t result = -1;
    if (e->op->vjp) {
        if (!parse_vjp(e->op, input, &work, site)) return false;
        result = work.out[0];
    } else if (e->expr.raw >> input & 1) {
        char name[48];
        rni_op_name(e->op->inputs, input, name, sizeof name, NULL);
        return rni_fail(RN_ERR_UNSUPPORTED, site, e->op->name,
                        "%s is read by position: its gradient does not follow from the text, and none is given", name);
    } else {
        /* a private copy of the nodes, numbered as in the original */
        work = e->expr;
        work.node = rni_alloc_raw(e->expr.capacity * (int64_t)sizeof *work.node);
        if (!work.node) return false;
        memcpy(work.node, e->expr.node, (size_t)e->expr.count * sizeof *work.node);
        result = rni_expr_derive(&work, input, n_in + n_out);
        if (work.failed || !rn_ok()) {
            rni_expr_free(&work);
            return false;
        }
    }
    bool ok = true;
    const bool zero = result < 0 || (work.node[result].kind == RNI_EXPR_CONST && work.node[result].value == 0);
    if (!zero) {
        rni_expr copy;
        int used[RN_INPUTS_MAX * 3 + 1];
        int n = rni_expr_extract(&work, &result, 1, &copy, used);
        if (n >= 0) n = add_shape(e, input, &copy, used, n);
        if (n > RN_INPUTS_MAX) {
            rni_expr_free(&copy);
            ok = rni_fail(RN_ERR_UNSUPPORTED, site, e->op->name, "the gradient needs more than %d inputs",
                          RN_INPUTS_MAX);
        } else if (n == 1 && copy.node[copy.out[0]].kind == RNI_EXPR_INPUT) {
            e->grad[input] = (rni_map_grad){ .passes = true, .n = 1, .from = { used[0] } };
            rni_expr_free(&copy);
        } else
            ok = n >= 0 && make_row(e, input, &copy, used, n);
    }
    rni_expr_free(&work);
    return ok;
}

const rni_map_grad *rni_map_gradient(const rn_op *op, int input, const rn_site *site)
{
    pthread_mutex_lock(&g.lock);
    entry *e = find(op);
    bool ok = e && parse(e, site);
    if (ok && !e->grad_known[input]) e->grad_known[input] = ok = derive(e, input, site);
    pthread_mutex_unlock(&g.lock);
    return ok ? &e->grad[input] : NULL;
}

void rni_maps_free(void)
{
    pthread_mutex_lock(&g.lock);
    for (int k = 0; k < BUCKETS; k++)
        while (g.bucket[k]) {
            entry *e = g.bucket[k];
            g.bucket[k] = e->next;
            rni_expr_free(&e->expr);
            rni_expr_free(&e->post);
            for (int i = 0; i < 6; i++) rni_program_free(e->program[i / 3][i % 3]);
            for (int i = 0; i < RN_INPUTS_MAX; i++)
                if (e->made[i]) {
                    rni_free((void *)(uintptr_t)e->made[i]->name);
                    rni_free((void *)(uintptr_t)e->made[i]->inputs);
                    rni_free(e->made[i]);
                }
            rni_free(e);
        }
    pthread_mutex_unlock(&g.lock);
    rni_signatures_clear(); /* those of gradients, too */
}
