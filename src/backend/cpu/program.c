/* From rn_program to slots: what is the same for all elements is computed once, values that are results are written
 * where results go, the others share few slots. */
#include "backend/cpu/program.h"

#include "backend/cpu/cpu.h"
#include "backend/emit/emit.h"
#include "base/index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nanoseconds per element in the slowest of the vector units, in f32; f64 takes twice as long. */
enum { CHEAP = 3, COSTLY = 15, DEAR = 60, CALLED = 800 }; /* hundredths */

static const uint16_t costs[RN_CODE_NUMBER] = {
    [RN_CODE_SQRT] = 7,         [RN_CODE_RSQRT] = 11,    [RN_CODE_RECIP] = 5,     [RN_CODE_EXP] = COSTLY,
    [RN_CODE_EXPM1] = COSTLY,   [RN_CODE_EXP2] = COSTLY, [RN_CODE_LOG] = 25,      [RN_CODE_LOG1P] = 30,
    [RN_CODE_LOG2] = 25,        [RN_CODE_LOG10] = 25,    [RN_CODE_SIN] = 30,      [RN_CODE_COS] = 30,
    [RN_CODE_TAN] = DEAR,       [RN_CODE_ASIN] = COSTLY, [RN_CODE_ACOS] = COSTLY, [RN_CODE_ATAN] = 25,
    [RN_CODE_SINH] = 30,        [RN_CODE_COSH] = COSTLY, [RN_CODE_TANH] = COSTLY, [RN_CODE_ASINH] = DEAR,
    [RN_CODE_ACOSH] = DEAR,     [RN_CODE_ATANH] = DEAR,  [RN_CODE_ERF] = 25,      [RN_CODE_ERFC] = 150,
    [RN_CODE_ERFINV] = 200,     [RN_CODE_LGAMMA] = 400,  [RN_CODE_DIGAMMA] = 300, [RN_CODE_TRIGAMMA] = 300,
    [RN_CODE_SIGMOID] = COSTLY, [RN_CODE_DIV] = 5,       [RN_CODE_MOD] = 30,      [RN_CODE_FMOD] = CALLED,
    [RN_CODE_FLOORDIV] = 20,    [RN_CODE_POW] = 150,     [RN_CODE_ATAN2] = 25,    [RN_CODE_SHL] = CALLED,
    [RN_CODE_SHR] = CALLED,     [RN_CODE_RANDOM] = 40,   [RN_CODE_LOAD] = 100,
};

rni_cpu_compute rni_cpu_compute_of(const rn_program *p)
{
    return p->compute == RN_F64 ? RNI_CPU_F64 : p->compute == RN_I64 ? RNI_CPU_I64 : RNI_CPU_F32;
}

static bool is_position(rn_code code)
{
    return code == RN_CODE_INDEX || code == RN_CODE_COUNT || code == RN_CODE_RANDOM;
}

const char *rni_cpu_program_refuse(const rni_isa *isa, const rn_program *p)
{
    if (p->n_in > RNI_CPU_INPUTS) return "more than 64 inputs";
    for (int i = 0; i < p->n_instr; i++) {
        const rn_code code = (rn_code)p->instr[i].code;
        if (code >= RN_CODE_NUMBER) return "an instruction of a newer version";
        if (code == RN_CODE_LOAD) {
            if (!(p->raw && p->raw >> p->instr[i].b & 1)) return "an input that is not read by position only";
        } else if (!is_position(code) && !isa->code[rni_cpu_compute_of(p)][code])
            return "a real function of whole numbers";
    }
    return NULL;
}

/* A value: an input, scalar, constant, or the result of an instruction. */
typedef struct {
    int slot, last_use;    /* last instruction that reads it; n_instr: a result */
    int output;            /* the output whose slot it is written to, -1 for none */
    bool repeated, narrow; /* one block: for all elements, for a tile */
} value;

typedef struct {
    const rn_program *p;
    rni_cpu_program *q;
    value *v;     /* inputs, scalars and constants, then one per instruction */
    int *current; /* value in each register */
    int *operand; /* three values per instruction */
    uint16_t *free_temp;
    int n_base, n_free, n_temp;
} maker;

/* Follows the registers through the program, so that every reading is tied to the value that was written. */
static void link_values(maker *m, uint64_t repeated, uint64_t narrow)
{
    const rn_program *p = m->p;
    for (int i = 0; i < m->n_base; i++) {
        m->current[i] = i;
        m->v[i] = (value){ .slot = i, .last_use = -1, .output = -1, .repeated = i >= p->n_in || repeated >> i & 1 };
        m->v[i].narrow = m->v[i].repeated || narrow >> i & 1;
    }
    for (int k = 0; k < p->n_instr; k++) {
        const rn_instr *in = &p->instr[k];
        const uint16_t reg[3] = { in->a, in->b, in->c };
        value *v = &m->v[m->n_base + k];
        *v = (value){ .slot = -1, .last_use = -1, .output = -1 };
        v->repeated = in->code != RN_CODE_INDEX && in->code != RN_CODE_RANDOM && in->code != RN_CODE_LOAD;
        for (int w = 0; w < rni_code_arity[in->code] && !is_position((rn_code)in->code); w++) {
            const int o = m->operand[3 * k + w] = m->current[reg[w]];
            m->v[o].last_use = k;
            v->repeated = v->repeated && m->v[o].repeated;
        }
        v->narrow = v->repeated;
        m->current[in->dst] = m->n_base + k;
    }
    for (int o = 0; o < p->n_out; o++) {
        value *v = &m->v[m->current[p->out[o]]];
        v->last_use = p->n_instr;
        if (m->current[p->out[o]] >= m->n_base && !v->repeated && v->output < 0) v->output = o;
    }
}

static rni_cpu_instr *append(maker *m, int *count, rn_code code, rni_code_fn *fn)
{
    rni_cpu_instr *in = &m->q->instr[(*count)++];
    *in = (rni_cpu_instr){ .fn = fn, .code = (uint8_t)code };
    return in;
}

static void set_operands(maker *m, int k, rni_cpu_instr *in)
{
    const rn_instr *from = &m->p->instr[k];
    if (from->code == RN_CODE_RANDOM) {
        in->a = (uint16_t)(from->a - m->p->n_in);
        in->b = (uint16_t)(from->b - m->p->n_in);
        return;
    }
    uint16_t *const to[3] = { &in->a, &in->b, &in->c };
    for (int w = 0; w < rni_code_arity[from->code]; w++) {
        const value *v = &m->v[m->operand[3 * k + w]];
        *to[w] = from->code == RN_CODE_LOAD && w == 1 ? from->b : (uint16_t)v->slot;
        if (!v->narrow) in->steps |= (uint8_t)(1u << w);
    }
}

static int take_temp(maker *m)
{
    return m->n_free ? m->free_temp[--m->n_free] : m->q->first_temp + m->n_temp++;
}

static void release_operands(maker *m, int k)
{
    const rn_instr *in = &m->p->instr[k];
    if (is_position((rn_code)in->code)) return;
    for (int w = 0; w < rni_code_arity[in->code]; w++) {
        value *v = &m->v[m->operand[3 * k + w]];
        if (v->last_use != k || v->slot < m->q->first_temp) continue;
        v->last_use = -1; /* an operand may be read twice by one instruction */
        m->free_temp[m->n_free++] = (uint16_t)v->slot;
    }
}

/* Instructions whose result is the same for all elements come first, each with a slot of its own. */
static void emit_once(maker *m, rni_code_fn *const *table)
{
    for (int k = 0; k < m->p->n_instr; k++) {
        value *v = &m->v[m->n_base + k];
        if (!v->repeated) continue;
        v->slot = m->q->first_once + m->q->n_once;
        const rn_code code = (rn_code)m->p->instr[k].code;
        rni_cpu_instr *in = append(m, &m->q->n_once, code, table[code]);
        set_operands(m, k, in);
        in->steps = 0;
        in->d = (uint16_t)v->slot;
    }
}

static void emit_each(maker *m, rni_code_fn *const *table)
{
    rni_cpu_program *q = m->q;
    int count = q->n_once;
    for (int k = 0; k < m->p->n_instr; k++) {
        value *v = &m->v[m->n_base + k];
        if (v->repeated) continue;
        const rn_code code = (rn_code)m->p->instr[k].code;
        rni_cpu_instr *in = append(m, &count, code, table[code]);
        set_operands(m, k, in);
        release_operands(m, k);
        v->slot = v->output >= 0 ? q->first_out + v->output : take_temp(m);
        in->d = (uint16_t)v->slot;
        q->cost += (costs[code] ? costs[code] : CHEAP) * (q->compute == RNI_CPU_F32 ? 0.01 : 0.02);
    }
    for (int o = 0; o < q->n_out; o++) {
        const value *v = &m->v[m->current[m->p->out[o]]];
        q->from[o] = (uint16_t)v->slot;
        if (!v->narrow) continue;
        rni_cpu_instr *in = append(m, &count, RN_CODE_COPY, table[RN_CODE_COPY]);
        in->a = (uint16_t)v->slot;
        in->d = q->from[o] = (uint16_t)(q->first_out + o);
    }
    q->n_each = count - q->n_once;
}

/* For each output, the inputs that are read after its slot was written; outputs taken from inputs are read last. */
static void find_late(rni_cpu_program *q)
{
    for (int o = 0; o < q->n_out; o++) {
        bool written = false;
        for (int k = q->n_once; k < q->n_once + q->n_each; k++) {
            const rni_cpu_instr *in = &q->instr[k];
            const uint16_t slot[3] = { in->a, in->b, in->c };
            for (int w = 0; w < rni_code_arity[in->code] && (in->fn || in->code == RN_CODE_LOAD); w++)
                if (written && slot[w] < q->n_in) q->late[o] |= 1ull << slot[w];
            written = written || in->d == q->first_out + o;
        }
        for (int other = 0; other < q->n_out; other++)
            if (other != o && q->from[other] < q->n_in) q->taken[o] |= 1ull << q->from[other];
        q->late[o] |= q->taken[o];
    }
}

static rni_cpu_program *allocate(const rn_program *p)
{
    const size_t n_instr = (size_t)(p->n_instr + p->n_out);
    const size_t bytes = sizeof(rni_cpu_program) + n_instr * sizeof(rni_cpu_instr) +
                         (size_t)p->n_out * (2 * sizeof(uint64_t) + sizeof(uint16_t)) +
                         (size_t)p->n_const * sizeof(double);
    rni_cpu_program *q = calloc(1, bytes);
    if (!q) return NULL;
    double *constant = (double *)(q + 1);
    if (p->n_const) memcpy(constant, p->constant, (size_t)p->n_const * sizeof *constant);
    q->constant = constant;
    q->late = (uint64_t *)(constant + p->n_const);
    q->taken = q->late + p->n_out;
    q->instr = (rni_cpu_instr *)(q->taken + p->n_out);
    q->from = (uint16_t *)(q->instr + n_instr);
    return q;
}

rni_cpu_program *rni_cpu_program_make(const rni_isa *isa, const rn_program *p, uint64_t repeated, uint64_t narrow)
{
    maker m = { .p = p, .n_base = p->n_in + p->n_scalar + p->n_const };
    const size_t n_values = (size_t)(m.n_base + p->n_instr);
    rni_cpu_program *q = m.q = allocate(p);
    m.v = calloc(n_values + 1, sizeof *m.v);
    m.current = calloc((size_t)p->n_reg + n_values + 1, sizeof *m.current);
    m.operand = calloc((size_t)p->n_instr * 3 + 1, sizeof *m.operand);
    m.free_temp = calloc((size_t)p->n_instr + 1, sizeof *m.free_temp);
    const bool ok = q && m.v && m.current && m.operand && m.free_temp;
    if (ok) {
        q->compute = rni_cpu_compute_of(p);
        q->value_bytes = q->compute == RNI_CPU_F32 ? 4 : 8;
        q->n_in = p->n_in;
        q->n_scalar = p->n_scalar;
        q->n_const = p->n_const;
        q->n_out = p->n_out;
        q->first_scalar = p->n_in;
        q->first_const = q->first_scalar + p->n_scalar;
        q->first_once = q->first_const + p->n_const;
        link_values(&m, repeated, narrow);
        emit_once(&m, isa->code[q->compute]);
        q->first_out = q->first_once + q->n_once;
        q->first_temp = q->first_out + q->n_out;
        emit_each(&m, isa->code[q->compute]);
        q->n_slot = q->first_temp + m.n_temp;
        find_late(q);
    }
    free(m.v);
    free(m.current);
    free(m.operand);
    free(m.free_temp);
    if (ok) return q;
    free(q);
    return NULL;
}

void rni_cpu_splat(const rni_isa *isa, rni_cpu_compute compute, void *block, double number)
{
    const float f32 = (float)number;
    const int64_t i64 = rni_whole(number);
    if (compute == RNI_CPU_F32)
        isa->move->fill[2](block, &f32, RNI_CPU_BLOCK);
    else
        isa->move->fill[3](block, compute == RNI_CPU_F64 ? (const void *)&number : &i64, RNI_CPU_BLOCK);
}

static void run_position(const rni_isa *isa, const rni_cpu_program *p, const rni_cpu_instr *in, void *d, int64_t n,
                         const rni_cpu_position *at)
{
    if (in->code == RN_CODE_INDEX)
        isa->position->index[p->compute](d, at->start, n);
    else if (in->code == RN_CODE_COUNT)
        rni_cpu_splat(isa, p->compute, d, (double)at->count);
    else
        isa->position->random[p->compute](d, (uint64_t)at->scalars[in->a], (uint64_t)at->scalars[in->b], at->start, n);
}

static double number_at(rni_cpu_compute compute, const void *slot, int64_t k)
{
    return compute == RNI_CPU_F32   ? (double)((const float *)slot)[k]
           : compute == RNI_CPU_F64 ? ((const double *)slot)[k]
                                    : (double)((const int64_t *)slot)[k];
}

/* Elements of an input by position. */
static void run_load(const rni_isa *isa, const rni_cpu_program *p, const rni_cpu_instr *in, void *const *slot,
                     const rni_cpu_position *at)
{
    const rn_view *x = &at->in[in->b];
    const double count = (double)rni_view_count(x);
    rni_convert_fn *load = isa->move->load[p->compute][x->dtype];
    const int shift = rni_cpu_log_bytes(x->dtype);
    const int64_t mask_a = in->steps & 1 ? INT64_MAX : RNI_CPU_BLOCK - 1,
                  mask_c = in->steps & 4 ? INT64_MAX : RNI_CPU_BLOCK - 1; /* one block may stand for all */
    char *d = slot[in->d];                                                /* may be the slot of an operand */
    for (int64_t k = 0; k < at->n; k++, d += p->value_bytes) {
        const double i = number_at(p->compute, slot[in->a], k & mask_a);
        const bool wanted = number_at(p->compute, slot[in->c], k & mask_c) != 0;
        if (wanted && i >= 0 && i < count && i == floor(i)) {
            load(d, (const char *)x->data + ((int64_t)i << shift), 1);
            continue;
        }
        memset(d, 0, (size_t)p->value_bytes);
        if (wanted && at->start + k < at->missing->element) *at->missing = (rni_cpu_missing){ at->start + k, in->b, i };
    }
}

void rni_cpu_program_run(const rni_isa *isa, const rni_cpu_program *p, int first, int last, void *const *slot,
                         int64_t blocks, const rni_cpu_position *at)
{
    for (int k = first; k < last; k++) {
        const rni_cpu_instr *in = &p->instr[k];
        if (in->fn)
            in->fn(slot[in->d], slot[in->a], slot[in->b], slot[in->c], blocks, in->steps);
        else if (in->code == RN_CODE_LOAD)
            run_load(isa, p, in, slot, at);
        else
            run_position(isa, p, in, slot[in->d], blocks * RNI_CPU_BLOCK, at);
    }
}
