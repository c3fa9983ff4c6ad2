/* Programs one after the other as one program: registers are numbered through, equal instructions are one. */
#include "engine/fusion.h"

#include "base/alloc.h"
#include "engine/expr.h"

#include <string.h>

static const unsigned char arity[RN_CODE_NUMBER] = {
#define X(name, n) [RN_CODE_##name] = n,
    RNI_CODE_LIST(X)
#undef X
};

typedef struct {
    rn_program *p;
    rn_instr *instr;
    double *constant;
    int n_scalar;     /* of the parts so far */
    uint16_t *result; /* register of each part's results, counted through */
    int n_results;
    uint16_t *map; /* of the part at work: its registers in the whole */
} joiner;

static uint16_t constant_register(joiner *j, double value)
{
    const rn_program *p = j->p;
    int k = 0;
    while (k < p->n_const && memcmp(&j->constant[k], &value, sizeof value) != 0) k++;
    if (k == p->n_const) j->constant[j->p->n_const++] = value;
    return (uint16_t)(p->n_in + p->n_scalar + k);
}

/* The register of an instruction; each has one of its own, so equal ones are one. */
static uint16_t append(joiner *j, rn_instr q, int first_result)
{
    rn_program *p = j->p;
    for (int k = 0; k < p->n_instr; k++)
        if (j->instr[k].code == q.code && j->instr[k].a == q.a && j->instr[k].b == q.b && j->instr[k].c == q.c)
            return j->instr[k].dst;
    q.dst = (uint16_t)(first_result + p->n_instr);
    p->uses_index = p->uses_index || q.code == RN_CODE_INDEX || q.code == RN_CODE_RANDOM;
    j->instr[p->n_instr++] = q;
    return q.dst;
}

static uint16_t instruction(joiner *j, const rn_instr *in, int first_result)
{
    rn_instr q = { .code = in->code };
    if (arity[in->code] > 0) q.a = j->map[in->a];
    if (arity[in->code] > 1) q.b = j->map[in->b];
    if (arity[in->code] > 2) q.c = j->map[in->c];
    return append(j, q, first_result);
}

static uint16_t rounded(joiner *j, uint16_t r, rn_dtype type, int first_result)
{
    if (type != RN_F16 && type != RN_BF16) return r;
    return append(j, (rn_instr){ .code = type == RN_F16 ? RN_CODE_ROUND_F16 : RN_CODE_ROUND_BF16, .a = r },
                  first_result);
}

static void add_part(joiner *j, const rni_join_part *part, int first_result)
{
    const rn_program *q = part->program;
    for (int i = 0; i < q->n_in; i++)
        j->map[i] = part->from[i] >= 0 ? (uint16_t)part->from[i] : j->result[-1 - part->from[i]];
    for (int i = 0; i < q->n_scalar; i++) j->map[q->n_in + i] = (uint16_t)(j->p->n_in + j->n_scalar + i);
    for (int i = 0; i < q->n_const; i++) j->map[q->n_in + q->n_scalar + i] = constant_register(j, q->constant[i]);
    for (int k = 0; k < q->n_instr; k++) j->map[q->instr[k].dst] = instruction(j, &q->instr[k], first_result);
    for (int o = 0; o < q->n_out; o++)
        j->result[j->n_results++] = rounded(j, j->map[q->out[o]], part->rounded[o], first_result);
    j->n_scalar += q->n_scalar;
}

rn_program *rni_program_join(const rni_join_part *part, int n_parts, int n_in, const int32_t *out, int n_out,
                             const char *name)
{
    int scalars = 0, constants = 0, instructions = 0, results = 0, most = 0;
    for (int k = 0; k < n_parts; k++) {
        const rn_program *q = part[k].program;
        scalars += q->n_scalar;
        constants += q->n_const;
        instructions += q->n_instr + q->n_out;
        results += q->n_out;
        if (q->n_reg > most) most = q->n_reg;
    }
    const int first = n_in + scalars + constants;
    rn_program *p = rni_alloc((int64_t)(sizeof *p + (size_t)constants * sizeof(double) +
                                        (size_t)instructions * sizeof(rn_instr) + (size_t)n_out * sizeof(uint16_t)));
    joiner j = { .p = p,
                 .result = rni_alloc((results + 1) * (int64_t)sizeof *j.result),
                 .map = rni_alloc((most + 1) * (int64_t)sizeof *j.map) };
    if (p && j.result && j.map) {
        j.constant = (double *)(p + 1);
        j.instr = (rn_instr *)(j.constant + constants);
        uint16_t *to = (uint16_t *)(j.instr + instructions);
        *p = (rn_program){ .name = name,
                           .text = name,
                           .n_in = n_in,
                           .n_scalar = scalars,
                           .n_out = n_out,
                           .instr = j.instr,
                           .constant = j.constant,
                           .out = to,
                           .compute = part[0].program->compute };
        for (int k = 0; k < n_parts; k++) add_part(&j, &part[k], first);
        for (int o = 0; o < n_out; o++) to[o] = j.result[out[o]];
        p->n_reg = first + p->n_instr;
        p->id = rni_program_identity(p);
    }
    const bool ok = p && j.result && j.map;
    rni_free(j.result);
    rni_free(j.map);
    if (ok) return p;
    rni_free(p);
    return NULL;
}
