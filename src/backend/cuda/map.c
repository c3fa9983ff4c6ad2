/* Elementwise functions: one kernel for each program and way in which its operands lie. */
#include "backend/cuda/axes.h"
#include "backend/cuda/elementwise.h"
#include "backend/cuda/program.h"
#include "backend/emit/cuda.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = 256, BLOCKS_EACH = 16 /* of a processor */, OPERANDS = RNI_CUDA_OPERANDS, WORDS = 500 };

typedef struct {
    void *function;
    int64_t blocks;
    int n_words, at_in, at_out, at_scalar; /* of the kernel's argument (emit/cuda.h) */
    uint64_t word[];
} group;

/* Of each group of a call. */
typedef struct {
    int count;
    group *at[];
} map_state;

const char *rni_cuda_map_refuse(const rn_kernel_call *c)
{
    const rni_cuda *d = c->device;
    if (!d->nvrtc) return "NVRTC is not installed";
    if (c->map->raw) return "reads by position are checked on the host";
    return c->map->n_in > OPERANDS || c->map->n_out > OPERANDS ? "too many operands" : NULL;
}

static int64_t count_of(const rn_view *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++) n *= v->dim[i];
    return n;
}

static rni_access access_of(const rn_view *v)
{
    bool same = true, dense = true;
    int64_t want = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        if (v->dim[i] == 1) continue;
        same = same && v->stride[i] == 0;
        dense = dense && v->stride[i] == want;
        want *= v->dim[i];
    }
    return dense ? RNI_ACCESS_DENSE : same ? RNI_ACCESS_SAME : RNI_ACCESS_STRIDED;
}

/* How the inputs of a group lie; the axes of those that are strided. */
static void describe(const rn_kernel_call *c, int g, rni_operand *in, rni_cuda_axes *axes)
{
    const rn_view *y = &c->out[g], *strided[OPERANDS];
    *axes = (rni_cuda_axes){ 0 };
    for (int i = 0; i < c->map->n_in; i++) {
        const rn_view *x = &c->in[i * c->groups + g];
        in[i] = (rni_operand){ x->dtype, x->dtype ? access_of(x) : RNI_ACCESS_SAME };
        if (x->dtype && in[i].access == RNI_ACCESS_STRIDED) strided[axes->operands++] = x;
    }
    for (int k = 0; k < y->rank && axes->operands; k++) {
        int64_t strides[OPERANDS];
        for (int i = 0; i < axes->operands; i++) strides[i] = strided[i]->stride[k];
        rni_cuda_axes_add(axes, y->dim[k], strides);
    }
}

static int pack(const rni_cuda_axes *a, int64_t n, uint64_t *word)
{
    const int rank = a->rank > 0 ? a->rank : 1, operands = a->operands > 0 ? a->operands : 1;
    int at = 0;
    word[at++] = (uint64_t)n;
    for (int k = 0; k < rank; k++) word[at++] = a->rank ? (uint64_t)a->dim[k] : 1;
    for (int i = 0; i < operands; i++)
        for (int k = 0; k < rank; k++) word[at++] = a->rank && a->operands ? (uint64_t)a->stride[i][k] : 0;
    return at;
}

static int at_least_one(int n)
{
    return n > 1 ? n : 1;
}

static group *prepare_group(rn_kernel_call *c, int g)
{
    const rn_program *p = c->map;
    const rni_cuda *d = c->device;
    rni_operand in[OPERANDS];
    rn_dtype out[OPERANDS];
    rni_cuda_axes axes;
    uint64_t word[WORDS];
    rni_text text = { 0 };
    const int64_t n = count_of(&c->out[g]), blocks = (n + THREADS - 1) / THREADS, most = d->processors * BLOCKS_EACH;
    describe(c, g, in, &axes);
    for (int o = 0; o < p->n_out; o++) out[o] = c->out[o * c->groups + g].dtype;
    rni_emit_cuda(
        &text, &(rni_cuda_map){
                   .name = "kernel", .program = p, .in = in, .out = out, .rank = axes.rank, .narrow = n <= INT32_MAX });
    const int at = pack(&axes, n, word),
              n_words = at + at_least_one(p->n_in) + at_least_one(p->n_out) + at_least_one(p->n_scalar);
    group *s = calloc(1, sizeof *s + (size_t)n_words * sizeof *s->word);
    if (s) {
        *s = (group){ .blocks = blocks < most ? blocks : most,
                      .n_words = n_words,
                      .at_in = at,
                      .at_out = at + at_least_one(p->n_in),
                      .at_scalar = at + at_least_one(p->n_in) + at_least_one(p->n_out) };
        memcpy(s->word, word, (size_t)at * sizeof *word);
        if (n > 0) s->function = rni_cuda_program(c, &text, "kernel");
    } else
        c->fail(c, RN_ERR_NOMEM, "no memory");
    free(text.at);
    if (s && (s->function || n == 0)) return s;
    free(s);
    return NULL;
}

static void release(map_state *s)
{
    for (int g = 0; s && g < s->count; g++) free(s->at[g]);
    free(s);
}

bool rni_cuda_map_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    map_state *s = calloc(1, sizeof *s + (size_t)c->groups * sizeof *s->at);
    (void)workspace;
    if (!s) return c->fail(c, RN_ERR_NOMEM, "no memory");
    for (; s->count < c->groups; s->count++)
        if (!(s->at[s->count] = prepare_group(c, s->count))) {
            release(s);
            return false;
        }
    *state = s;
    return true;
}

void rni_cuda_map_release(void *state)
{
    release(state);
}

static bool run_group(rn_kernel_call *c, const group *s, int g)
{
    const rn_program *p = c->map;
    uint64_t word[WORDS];
    memcpy(word, s->word, (size_t)s->n_words * sizeof *word);
    for (int i = 0; i < p->n_in; i++) word[s->at_in + i] = (uint64_t)(uintptr_t)c->in[i * c->groups + g].data;
    for (int o = 0; o < p->n_out; o++) word[s->at_out + o] = (uint64_t)(uintptr_t)c->out[o * c->groups + g].data;
    for (int k = 0; k < p->n_scalar; k++) memcpy(&word[s->at_scalar + k], &c->scalars[k], 8);
    return rni_cuda_launch(c, s->function, s->blocks, 1, THREADS, word);
}

bool rni_cuda_map_run(rn_kernel_call *c)
{
    const map_state *s = c->state;
    for (int g = 0; g < c->groups; g++)
        if (s->at[g]->blocks > 0 && !run_group(c, s->at[g], g)) return false;
    return true;
}
