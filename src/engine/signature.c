/* A table of signatures by row, which readers walk without a lock. */
#include "engine/signature.h"

#include "engine/op_table.h"

#include <pthread.h>
#include <string.h>

enum { SLOTS = 8192, FULL = SLOTS / 4 * 3 };

/* Grows only. A slot's row is written last, under the lock. */
static struct {
    pthread_mutex_t lock;
    int count;
    struct {
        const rn_op *op;
        rni_signature of;
    } slot[SLOTS];
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void read_types(const rn_op *op, rni_signature *s)
{
    static const char *const rules[] = { "promote", "first", "float", "sum", "mean" };
    const char *text = op->types ? op->types : "promote";
    if (strncmp(text, "opt:", 4) == 0) {
        for (const rn_opt *o = op->opts; o && o->name; o++)
            if (strcmp(o->name, text + 4) == 0) s->type_option = o;
        text = "promote";
    }
    s->rule = RNI_TYPE_GIVEN;
    for (int i = 0; i < (int)RN_COUNTOF(rules); i++)
        if (strcmp(text, rules[i]) == 0) s->rule = (rni_type_rule)i;
    if (s->rule == RNI_TYPE_GIVEN) s->type = rn_dtype_by_name(text);
}

/* Of a function over lists: the input of a result's name, else the first one. */
static int8_t source_of(const rn_op *op, int result, int n_in)
{
    char want[48], name[48];
    if (!rni_op_name(op->outputs, result, want, sizeof want, NULL)) return 0;
    for (int i = 0; i < n_in; i++)
        if (rni_op_name(op->inputs, i, name, sizeof name, NULL) && strcmp(name, want) == 0) return (int8_t)i;
    return 0;
}

static rni_signature read_row(const rn_op *op)
{
    rni_signature s = { .n_out = rni_op_outputs(op), .optional = op->inputs && strchr(op->inputs, '?') };
    s.defect = rni_row_defect(op);
    s.n_in = rni_op_inputs(op, &s.n_required, &s.list);
    if (s.list && s.n_in > 1) s.n_required = s.n_in - 1; /* the list may be empty */
    s.raw = rni_op_raw(op);
    read_types(op, &s);
    for (int k = 0; op->flags & RN_OP_LIST_OUT && k < s.n_out && k < RN_INPUTS_MAX; k++)
        s.like[k] = source_of(op, k, s.n_in);
    return s;
}

static unsigned find(const rn_op *op)
{
    unsigned i = (unsigned)(((uint64_t)(uintptr_t)op >> 4) * 0x9e3779b97f4a7c15u >> 40) % SLOTS;
    for (const rn_op *o; (o = __atomic_load_n(&g.slot[i].op, __ATOMIC_ACQUIRE)) != op && o;) i = (i + 1) % SLOTS;
    return i;
}

const rni_signature *rni_signature_of(const rn_op *op)
{
    unsigned i = find(op);
    if (__atomic_load_n(&g.slot[i].op, __ATOMIC_ACQUIRE) == op) return &g.slot[i].of;
    static _Thread_local rni_signature own; /* rows beyond what the table holds are read each time */
    own = read_row(op);
    pthread_mutex_lock(&g.lock);
    i = find(op);
    const bool room = g.count < FULL || g.slot[i].op == op;
    if (room && !g.slot[i].op) {
        g.count++;
        g.slot[i].of = own;
        __atomic_store_n(&g.slot[i].op, op, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&g.lock);
    return room ? &g.slot[i].of : &own;
}

void rni_signatures_clear(void)
{
    pthread_mutex_lock(&g.lock);
    for (int i = 0; i < SLOTS; i++) g.slot[i].op = NULL;
    g.count = 0;
    pthread_mutex_unlock(&g.lock);
}
