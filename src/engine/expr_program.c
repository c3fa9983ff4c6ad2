/* Expression graphs to programs: an order of evaluation with few registers.
 *
 * A product that is only added to something becomes a fused multiply-add; a register is reused after the last reading.
 */
#include "engine/expr.h"

#include "base/alloc.h"
#include "base/hash.h"

typedef struct {
    const rni_expr *e;
    int32_t *uses; /* readers of each node that are left */
    int32_t *reg;  /* register of each node, -1 before it has one */
    bool *live, *fused;
    uint16_t free_reg[512];
    int n_free, n_reg;
} maker;

static bool is_code(const rni_expr *e, int32_t i, rn_code code)
{
    return i >= 0 && e->node[i].kind == RNI_EXPR_CODE && e->node[i].code == code;
}

static bool can_fuse(const maker *m, int32_t i)
{
    return is_code(m->e, i, RN_CODE_MUL) && m->uses[i] == 1;
}

/* Operands of node i as they will be read: those of a fused product in place of the product. Returns their number. */
static int operands(const maker *m, int32_t i, int32_t out[3])
{
    const rni_expr_node *h = &m->e->node[i];
    if (h->code == RN_CODE_ADD) {
        for (int w = 0; w < 2; w++) {
            const int32_t p = w ? h->b : h->a;
            if (!m->fused[p]) continue;
            out[0] = m->e->node[p].a;
            out[1] = m->e->node[p].b;
            out[2] = w ? h->a : h->b;
            return 3;
        }
    }
    int n = 0;
    if (h->a >= 0) out[n++] = h->a;
    if (h->b >= 0) out[n++] = h->b;
    if (h->c >= 0) out[n++] = h->c;
    return n;
}

static void count_uses(maker *m)
{
    const rni_expr *e = m->e;
    for (int o = 0; o < e->n_out; o++) {
        m->live[e->out[o]] = true;
        m->uses[e->out[o]] += 2; /* an output is never fused away nor its register reused */
    }
    for (int64_t i = e->count - 1; i >= 0; i--) {
        if (!m->live[i] || e->node[i].kind != RNI_EXPR_CODE) continue;
        const int32_t child[3] = { e->node[i].a, e->node[i].b, e->node[i].c };
        for (int w = 0; w < 3; w++)
            if (child[w] >= 0) {
                m->live[child[w]] = true;
                m->uses[child[w]]++;
            }
    }
}

static void fuse_products(maker *m, rn_dtype compute)
{
    if (compute == RN_I64) return;
    for (int64_t i = 0; i < m->e->count; i++) {
        if (!m->live[i] || !is_code(m->e, (int32_t)i, RN_CODE_ADD)) continue;
        const int32_t a = m->e->node[i].a, b = m->e->node[i].b;
        if (a == b) continue;
        if (can_fuse(m, b))
            m->fused[b] = true;
        else if (can_fuse(m, a))
            m->fused[a] = true;
    }
}

static int take_register(maker *m)
{
    if (m->n_free) return m->free_reg[--m->n_free];
    return m->n_reg++;
}

static void release(maker *m, int32_t i, int first_temporary)
{
    if (--m->uses[i] == 0 && m->reg[i] >= first_temporary && m->n_free < (int)RN_COUNTOF(m->free_reg))
        m->free_reg[m->n_free++] = (uint16_t)m->reg[i];
}

static bool emit(maker *m, rn_program *p, rn_instr *instr, double *constant)
{
    const rni_expr *e = m->e;
    for (int64_t i = 0; i < e->count; i++) {
        const rni_expr_node *h = &e->node[i];
        if (h->kind == RNI_EXPR_INPUT)
            m->reg[i] = h->a;
        else if (h->kind == RNI_EXPR_SCALAR)
            m->reg[i] = p->n_in + h->a;
        else if (h->kind == RNI_EXPR_CONST && m->live[i]) {
            constant[p->n_const] = h->value;
            m->reg[i] = p->n_in + p->n_scalar + p->n_const++;
        }
    }
    const int first = p->n_in + p->n_scalar + p->n_const;
    m->n_reg = first;
    for (int64_t i = 0; i < e->count; i++) {
        if (!m->live[i] || m->fused[i] || e->node[i].kind != RNI_EXPR_CODE) continue;
        int32_t arg[3] = { -1, -1, -1 };
        const int n = operands(m, (int32_t)i, arg);
        rn_instr in = { .code = n == 3 && e->node[i].code == RN_CODE_ADD ? RN_CODE_FMA : e->node[i].code };
        if (n > 0) in.a = (uint16_t)m->reg[arg[0]];
        if (n > 1) in.b = (uint16_t)m->reg[arg[1]];
        if (n > 2) in.c = (uint16_t)m->reg[arg[2]];
        for (int w = 0; w < n; w++) release(m, arg[w], first);
        m->reg[i] = take_register(m);
        in.dst = (uint16_t)m->reg[i];
        if (in.code == RN_CODE_INDEX || in.code == RN_CODE_RANDOM || in.code == RN_CODE_LOAD) p->uses_index = true;
        instr[p->n_instr++] = in;
        if (m->n_reg > 500) return false;
    }
    p->n_reg = m->n_reg;
    return true;
}

uint64_t rni_program_identity(const rn_program *p)
{
    rni_hash h =
        rni_hash_u64(RNI_HASH_START, (uint64_t)p->compute << 32 | (uint64_t)p->n_in << 16 | (uint64_t)p->n_scalar);
    for (int i = 0; i < p->n_instr; i++) {
        const rn_instr *in = &p->instr[i];
        h = rni_hash_u64(h, (uint64_t)in->code << 48 | in->dst);
        h = rni_hash_u64(h, (uint64_t)in->a << 32 | (uint64_t)in->b << 16 | in->c);
    }
    h = rni_hash_u64(h, p->raw);
    h = rni_hash_bytes(h, p->constant, (size_t)p->n_const * sizeof *p->constant);
    h = rni_hash_bytes(h, p->out, (size_t)p->n_out * sizeof *p->out);
    return h.a ^ h.b;
}

rn_program *rni_program_make(const rni_expr *e, rn_dtype compute, const rn_op *of, const char *text)
{
    const int64_t n = e->count;
    /* one block: the program, its instructions, constants and output registers */
    const int64_t bytes = (int64_t)(sizeof(rn_program) + (size_t)n * (sizeof(rn_instr) + sizeof(double)) +
                                    RN_INPUTS_MAX * sizeof(uint16_t) + 64);
    rn_program *p = rni_alloc(bytes);
    maker *m = rni_alloc((int64_t)sizeof *m);
    if (m) {
        m->e = e;
        m->uses = rni_alloc(n * (int64_t)sizeof *m->uses);
        m->reg = rni_alloc(n * (int64_t)sizeof *m->reg);
        m->live = rni_alloc(n);
        m->fused = rni_alloc(n);
    }
    bool ok = p && m && m->uses && m->reg && m->live && m->fused;
    if (ok) {
        double *constant = (double *)(p + 1);
        rn_instr *instr = (rn_instr *)(constant + n);
        uint16_t *out = (uint16_t *)(instr + n);
        *p = (rn_program){ .name = of->name,
                           .text = text,
                           .inputs = of->inputs,
                           .raw = e->raw,
                           .n_in = e->n_in,
                           .n_scalar = e->n_scalar,
                           .n_out = e->n_out,
                           .instr = instr,
                           .constant = constant,
                           .out = out,
                           .compute = compute };
        count_uses(m);
        fuse_products(m, compute);
        ok = emit(m, p, instr, constant);
        for (int o = 0; ok && o < e->n_out; o++) out[o] = (uint16_t)m->reg[e->out[o]];
        if (ok) p->id = rni_program_identity(p);
    }
    if (m) {
        rni_free(m->uses);
        rni_free(m->reg);
        rni_free(m->live);
        rni_free(m->fused);
    }
    rni_free(m);
    if (ok) return p;
    rni_free(p);
    return NULL;
}

void rni_program_free(rn_program *p)
{
    rni_free(p);
}
