/* From slots to C: loops over the elements of a tile whose values stay in registers, with the interpreter's own
 * functions of one element (kernels/ops_*.h), so that results are the same bits.
 *
 * A loop has at most one long function: the processor overlaps elements only if few instructions lie between them
 * (tanh(sigmoid(x*2+y)) takes 1.7 times as long in one loop as in two). Codes that call the C library would keep the
 * compiler from making vectors of a loop at all. They stay calls of the interpreter's kernels. With several loops or
 * calls, all of them go over one piece of the tile after the other; what lives across them is kept in arrays. */
#include "backend/cpu/tile_text.h"

#include <stdlib.h>

enum { PIECE = 4 * RNI_CPU_BLOCK };

/* Codes that stay calls, by what is computed in. */
static const bool called[RNI_CPU_COMPUTES][RN_CODE_NUMBER] = {
    [RNI_CPU_F32] = { [RN_CODE_SIN] = true,
                      [RN_CODE_COS] = true,
                      [RN_CODE_TAN] = true,
                      [RN_CODE_MOD] = true,
                      [RN_CODE_FMOD] = true,
                      [RN_CODE_SHL] = true,
                      [RN_CODE_SHR] = true,
                      [RN_CODE_RANDOM] = true,
                      [RN_CODE_ROUND_F16] = true },
    [RNI_CPU_F64] = { [RN_CODE_EXP2] = true,      [RN_CODE_LOG2] = true,     [RN_CODE_LOG10] = true,
                      [RN_CODE_SIN] = true,       [RN_CODE_COS] = true,      [RN_CODE_TAN] = true,
                      [RN_CODE_ASIN] = true,      [RN_CODE_ACOS] = true,     [RN_CODE_ATAN] = true,
                      [RN_CODE_ATAN2] = true,     [RN_CODE_SINH] = true,     [RN_CODE_COSH] = true,
                      [RN_CODE_ASINH] = true,     [RN_CODE_ACOSH] = true,    [RN_CODE_ATANH] = true,
                      [RN_CODE_ERF] = true,       [RN_CODE_ERFC] = true,     [RN_CODE_ERFINV] = true,
                      [RN_CODE_LGAMMA] = true,    [RN_CODE_POW] = true,      [RN_CODE_MOD] = true,
                      [RN_CODE_FMOD] = true,      [RN_CODE_FLOORDIV] = true, [RN_CODE_SHL] = true,
                      [RN_CODE_SHR] = true,       [RN_CODE_RANDOM] = true,   [RN_CODE_ROUND_F16] = true,
                      [RN_CODE_ROUND_BF16] = true },
    [RNI_CPU_I64] = { [RN_CODE_RANDOM] = true },
};

static bool is_long(rn_code code)
{
    return (code >= RN_CODE_EXP && code <= RN_CODE_SIGMOID) || code == RN_CODE_POW || code == RN_CODE_ATAN2;
}

/* How a slot comes into the text. */
typedef enum { UNSEEN, READ, SAME, HELD } part;

typedef struct {
    rni_text *t;
    const rni_cpu_program *p;
    unsigned char *part;
    int *seen_in; /* loop or call of the first use */
    bool *array;  /* values of a piece */
    int *loop;    /* of each instruction: which loop or call it is in */
    int last_loop;
} writer;

/* A number known while the text is written. */
static const double *constant_of(const writer *w, int slot)
{
    const bool is_one = slot >= w->p->first_const && slot < w->p->first_const + w->p->n_const;
    return is_one ? &w->p->constant[slot - w->p->first_const] : NULL;
}

/* A power with an exponent that a call of the kernel brings along is a square more often than not. */
static bool stays_call(const writer *w, const rni_cpu_instr *in)
{
    const bool unknown = in->code == RN_CODE_POW && !(in->steps & 2) && !constant_of(w, in->b);
    return called[w->p->compute][in->code] || (unknown && w->p->compute == RNI_CPU_F32);
}

static const rni_cpu_instr *first_instr(const writer *w)
{
    return w->p->instr + w->p->n_once;
}

static bool is_output(const rni_cpu_program *p, int slot)
{
    bool kept = false;
    for (int k = 0; k < p->n_kept; k++) kept = kept || p->kept[k] == slot;
    return (slot >= p->first_out && slot < p->first_temp) || (kept && slot >= p->first_temp);
}

static void see(writer *w, int slot, part how, int loop, bool call)
{
    if (w->part[slot] == UNSEEN) {
        w->part[slot] = (unsigned char)how;
        w->seen_in[slot] = loop;
    }
    if (how != HELD) return;
    const bool direct = is_output(w->p, slot) && loop == w->last_loop;
    if (w->seen_in[slot] != loop || (call && !direct)) w->array[slot] = true;
}

/* Operands of an instruction; RANDOM, INDEX and COUNT have none. */
static int operands(const rni_cpu_instr *in, int slot[3])
{
    slot[0] = in->a;
    slot[1] = in->b;
    slot[2] = in->c;
    return in->code == RN_CODE_RANDOM ? 0 : rni_code_arity[in->code];
}

/* Each call stands alone; what lies between two of them makes one loop or more. */
static void divide(writer *w)
{
    bool was_call = false, was_long = false;
    for (int k = 0; k < w->p->n_each; k++) {
        const rni_cpu_instr *in = first_instr(w) + k;
        const bool call = stays_call(w, in), is_one = is_long((rn_code)in->code) && !call;
        if (k > 0 && (call || was_call || (is_one && was_long))) {
            w->last_loop++;
            was_long = false;
        }
        w->loop[k] = w->last_loop;
        was_call = call;
        was_long = was_long || is_one;
    }
}

static void look_at_slots(writer *w)
{
    int slot[3];
    for (int k = 0; k < w->p->n_each; k++) {
        const rni_cpu_instr *in = first_instr(w) + k;
        const bool call = stays_call(w, in);
        for (int o = 0, n = operands(in, slot); o < n; o++)
            see(w, slot[o], !(in->steps >> o & 1) ? SAME : slot[o] < w->p->n_in ? READ : HELD, w->loop[k], call);
        see(w, in->d, HELD, w->loop[k], call);
        /* results may lie over inputs that are still to be read */
        if (is_output(w->p, in->d) && w->loop[k] < w->last_loop) w->array[in->d] = true;
    }
}

/* The value of a slot for element i. */
static void add_value(const writer *w, int slot)
{
    if (w->array[slot])
        rni_text_addf(w->t, "m%d[i]", slot);
    else
        rni_text_addf(w->t, "r%d", slot);
}

/* The interpreter's shortcuts for powers with the same exponent everywhere (kernels/codes_table.inc.c). */
static const char *function_of(const writer *w, const rni_cpu_instr *in, int *n)
{
    const double *e = in->code == RN_CODE_POW && !(in->steps & 2) ? constant_of(w, in->b) : NULL;
    if (!e || w->p->compute == RNI_CPU_I64 || (*e != 2 && *e != 3 && *e != -1 && *e != 1))
        return rni_code_names[in->code];
    *n = 1;
    return *e == 2 ? "SQUARE" : *e == 3 ? "CUBE" : *e == -1 ? "RECIP" : "COPY";
}

static void add_instr(const writer *w, const rni_cpu_instr *in)
{
    int slot[3];
    int n = operands(in, slot);
    const char *const name = function_of(w, in, &n);
    rni_text_addf(w->t, "        ");
    add_value(w, in->d);
    rni_text_addf(w->t, " = ");
    if (in->code == RN_CODE_INDEX)
        rni_text_addf(w->t, "(T)(tools->start + at + i);\n");
    else {
        rni_text_addf(w->t, "op_%s(", name);
        for (int o = 0; o < n; o++) {
            rni_text_addf(w->t, o ? ", " : "");
            add_value(w, slot[o]);
        }
        rni_text_addf(w->t, ");\n");
    }
}

/* Where the values of a slot lie, from the first element of the piece on. */
static void add_place(const writer *w, int slot, bool steps)
{
    if (!steps)
        rni_text_addf(w->t, "slot[%d]", slot);
    else if (!w->array[slot])
        rni_text_addf(w->t, "p%d + at", slot);
    else
        rni_text_addf(w->t, "m%d", slot);
}

static void add_call(const writer *w, const rni_cpu_instr *in)
{
    if (in->code == RN_CODE_RANDOM) {
        rni_text_addf(
            w->t,
            "    tools->random(m%d, (uint64_t)tools->scalars[%d], (uint64_t)tools->scalars[%d], tools->start + "
            "at, n);\n",
            in->d, in->a, in->b);
        return;
    }
    int slot[3];
    const int n = operands(in, slot);
    rni_text_addf(w->t, "    tools->code[%d](", in->code);
    add_place(w, in->d, true);
    for (int o = 0; o < 3; o++) {
        rni_text_addf(w->t, ", ");
        if (o < n)
            add_place(w, slot[o], in->steps >> o & 1);
        else
            rni_text_addf(w->t, "0");
    }
    rni_text_addf(w->t, ", n / %d, %d);\n", RNI_CPU_BLOCK, in->steps);
}

/* Instructions first … last - 1, none of which is a call, as a loop. */
static void add_loop(const writer *w, int first, int last)
{
    int slot[3];
    rni_text_addf(w->t, "#pragma omp simd\n    for (int64_t i = 0; i < n; i++) {\n");
    /* results may lie over inputs: everything is read first */
    for (int s = 0; s < w->p->n_slot; s++) {
        bool reads = false, holds = false;
        for (int k = first; k < last; k++) {
            const rni_cpu_instr *in = first_instr(w) + k;
            for (int o = 0, n = operands(in, slot); o < n; o++) reads = reads || (slot[o] == s && w->part[s] == READ);
            holds = holds || (in->d == s && !w->array[s]);
        }
        if (reads) rni_text_addf(w->t, "        const T r%d = p%d[at + i];\n", s, s);
        if (holds) rni_text_addf(w->t, "        T r%d;\n", s);
    }
    for (int k = first; k < last; k++) add_instr(w, first_instr(w) + k);
    for (int s = w->p->first_out; s < w->p->n_slot; s++)
        if (is_output(w->p, s) && w->part[s] != UNSEEN && !w->array[s] && w->seen_in[s] == w->loop[first])
            rni_text_addf(w->t, "        p%d[at + i] = r%d;\n", s, s);
    rni_text_addf(w->t, "    }\n");
}

static void add_body(const writer *w)
{
    for (int k = 0, end; k < w->p->n_each; k = end) {
        for (end = k; end < w->p->n_each && w->loop[end] == w->loop[k];) end++;
        if (stays_call(w, first_instr(w) + k))
            add_call(w, first_instr(w) + k);
        else
            add_loop(w, k, end);
    }
    for (int s = w->p->first_out; s < w->p->n_slot; s++)
        if (is_output(w->p, s) && w->array[s])
            rni_text_addf(w->t, "    memcpy(p%d + at, m%d, (size_t)n * sizeof(T));\n", s, s);
}

static void add_slots(const writer *w)
{
    const rni_cpu_program *p = w->p;
    for (int s = 0; s < p->n_slot; s++) {
        if (w->part[s] == READ) rni_text_addf(w->t, "    const T *p%d = slot[%d];\n", s, s);
        if (is_output(p, s) && w->part[s] != UNSEEN) rni_text_addf(w->t, "    T *p%d = slot[%d];\n", s, s);
        if (w->array[s]) rni_text_addf(w->t, "    _Alignas(64) T m%d[%d];\n", s, PIECE);
        /* constants, too: multiplying by 1 would be left out, and a denormal number not become 0 */
        if (w->part[s] == SAME) rni_text_addf(w->t, "    const T r%d = *(const T *)slot[%d];\n", s, s);
    }
}

void rni_cpu_tile_text(rni_text *t, const rni_cpu_program *p)
{
    writer w = { .t = t, .p = p };
    w.part = calloc((size_t)p->n_slot + 1, sizeof *w.part);
    w.seen_in = calloc((size_t)p->n_slot + 1, sizeof *w.seen_in);
    w.array = calloc((size_t)p->n_slot + 1, sizeof *w.array);
    w.loop = calloc((size_t)p->n_each + 1, sizeof *w.loop);
    t->failed = t->failed || !w.part || !w.seen_in || !w.array || !w.loop;
    if (!t->failed) {
        for (const char *const *line = rni_emit_tile; *line; line++) rni_text_addf(t, "%s", *line);
        divide(&w);
        look_at_slots(&w);
        rni_text_addf(t, "rni_tile_fn rni_tile;\n"
                         "void rni_tile(void *const *slot, int64_t blocks, const rni_tile_tools *tools)\n{\n");
        add_slots(&w);
        if (w.last_loop > 0)
            rni_text_addf(t,
                          "    for (int64_t at = 0; at < blocks * %d; at += %d) {\n"
                          "    const int64_t n = blocks * %d - at < %d ? blocks * %d - at : %d;\n",
                          RNI_CPU_BLOCK, PIECE, RNI_CPU_BLOCK, PIECE, RNI_CPU_BLOCK, PIECE);
        else
            rni_text_addf(t, "    const int64_t at = 0, n = blocks * %d;\n", RNI_CPU_BLOCK);
        add_body(&w);
        rni_text_addf(t, w.last_loop > 0 ? "    }\n}\n" : "}\n");
    }
    free(w.part);
    free(w.seen_in);
    free(w.array);
    free(w.loop);
}
