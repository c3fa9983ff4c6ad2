/* Reductions: one block for each result where there are few, several for one where there are very few, and neighbouring
 * results by neighbouring threads where those lie closest to each other. */
#include "backend/cuda/axes.h"
#include "backend/cuda/elementwise.h"
#include "backend/cuda/program.h"
#include "backend/emit/cuda.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = RNI_CUDA_REDUCE_THREADS, BLOCKS_EACH = 4 /* of a processor */, PARTS_MOST = 1024, WORDS = 100 };
enum { PART_BYTES = 16, PART_LEAST = 2048 /* elements */ };

typedef struct {
    void *function, *join_parts;
    int64_t blocks, parts, outputs;
    int n_words, at_data;
    uint64_t word[WORDS];
} reduce_state;

const char *rni_cuda_reduce_refuse(const rn_kernel_call *c)
{
    const rni_cuda *d = c->device;
    if (!d->nvrtc) return "NVRTC is not installed";
    return c->map->raw ? "reads by position are checked on the host" : NULL;
}

static int64_t product(const rni_cuda_axes *a)
{
    int64_t n = 1;
    for (int k = 0; k < a->rank; k++) n *= a->dim[k];
    return n;
}

static void split_axes(const rn_kernel_call *c, rni_cuda_axes *kept, rni_cuda_axes *joined)
{
    *kept = (rni_cuda_axes){ .operands = 1 };
    *joined = (rni_cuda_axes){ .operands = 1 };
    for (int k = 0; k < c->in[0].rank; k++)
        rni_cuda_axes_add(c->reduce_mask & 1u << k ? joined : kept, c->in[0].dim[k], &c->in[0].stride[k]);
}

/* Whether neighbouring results are closer to each other than neighbouring elements of one. */
static bool goes_across(const rni_cuda_axes *kept, const rni_cuda_axes *joined)
{
    if (kept->rank == 0 || product(joined) == 1) return kept->rank > 0;
    const int64_t by_kept = llabs(kept->stride[0][kept->rank - 1]);
    const int64_t by_joined = llabs(joined->stride[0][joined->rank - 1]);
    return by_kept < by_joined || product(joined) < 32;
}

static int add_axes(uint64_t *word, const rni_cuda_axes *a)
{
    const int rank = a->rank > 0 ? a->rank : 1;
    for (int k = 0; k < rank; k++) {
        word[k] = a->rank ? (uint64_t)a->dim[k] : 1;
        word[rank + k] = a->rank ? (uint64_t)a->stride[0][k] : 0;
    }
    return 2 * rank;
}

static void share_out(reduce_state *s, const rni_cuda *d, int64_t n, bool across)
{
    const int64_t at_once = across ? RNI_CUDA_REDUCE_ACROSS : 1;
    s->blocks = (s->outputs + at_once - 1) / at_once;
    s->parts = 1;
    const int64_t room = (int64_t)d->processors * BLOCKS_EACH / (s->blocks > 0 ? s->blocks : 1);
    const int64_t worth = n / (across ? PART_LEAST / RNI_CUDA_REDUCE_ACROSS : PART_LEAST);
    if (room > 1 && worth > 1) s->parts = room < worth ? room : worth;
    if (s->parts > PARTS_MOST) s->parts = PARTS_MOST;
}

bool rni_cuda_reduce_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    rni_cuda_axes kept, joined;
    rni_text text = { 0 };
    reduce_state *s = calloc(1, sizeof *s);
    if (!s) return c->fail(c, RN_ERR_NOMEM, "no memory");
    split_axes(c, &kept, &joined);
    const int64_t n = product(&joined);
    const bool across = goes_across(&kept, &joined);
    s->outputs = product(&kept);
    share_out(s, c->device, n, across);
    rni_emit_cuda_reduce(&text, &(rni_cuda_reduce){ .name = "kernel",
                                                    .map = c->map,
                                                    .post = c->post,
                                                    .join = c->join,
                                                    .in = c->in[0].dtype,
                                                    .out = c->out[0].dtype,
                                                    .kept = kept.rank,
                                                    .joined = joined.rank,
                                                    .narrow = n <= INT32_MAX && s->outputs <= INT32_MAX,
                                                    .across = across });
    int at = 0;
    s->word[at++] = (uint64_t)s->outputs;
    s->word[at++] = (uint64_t)n;
    s->word[at++] = (uint64_t)((n + s->parts - 1) / s->parts);
    at += add_axes(s->word + at, &kept);
    at += add_axes(s->word + at, &joined);
    s->word[at++] = (uint64_t)s->parts;
    s->at_data = at;
    bool ok = s->outputs == 0 || (s->function = rni_cuda_program(c, &text, "kernel")) != NULL;
    if (ok && s->parts > 1) ok = (s->join_parts = rni_cuda_program(c, &text, "kernel_parts")) != NULL;
    free(text.at);
    if (!ok) {
        free(s);
        return false;
    }
    *workspace = s->parts > 1 ? s->parts * s->outputs * PART_BYTES : 0;
    *state = s;
    return true;
}

bool rni_cuda_reduce_run(rn_kernel_call *c)
{
    const reduce_state *s = c->state;
    uint64_t word[WORDS];
    if (s->outputs == 0) return true;
    memcpy(word, s->word, sizeof word);
    word[s->at_data] = (uint64_t)(uintptr_t)c->in[0].data;
    word[s->at_data + 1] = (uint64_t)(uintptr_t)c->out[0].data;
    word[s->at_data + 2] = (uint64_t)(uintptr_t)c->workspace;
    for (int k = 0; k < c->map->n_scalar; k++) memcpy(&word[s->at_data + 3 + k], &c->scalars[k], 8);
    if (!rni_cuda_launch(c, s->function, s->blocks, s->parts, THREADS, word)) return false;
    return s->parts == 1 || rni_cuda_launch(c, s->join_parts, (s->outputs + THREADS - 1) / THREADS, 1, THREADS, word);
}
