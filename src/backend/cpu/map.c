/* All elementwise functions: programs run over tiles that stay in the first cache. Contiguous inputs and outputs of the
 * program's own type are read and written where they lie; the rest goes through scratch.
 *
 * A result may lie over an input. That is safe since a tile's elements are read before they are written: instructions
 * go through a tile in order, and an input that is read again after a result went to its memory is copied first. */
#include "backend/cpu/program.h"
#include "backend/cpu/space.h"

#include <rensa/error.h>

#include <stdlib.h>
#include <string.h>

enum {
    TILE_MAX = 1024,            /* elements */
    SCRATCH_WANTED = 24 * 1024, /* bytes that should stay in the first cache */
    STREAM_FROM = 16 << 20      /* bytes of an output that would only push other things out of the caches */
};

/* An output of a group. */
typedef struct {
    int log_bytes;
    bool same; /* its type is what the program computes in */
    rni_convert_fn *store;
} output;

typedef struct {
    const rni_isa *isa;
    rni_cpu_program *program;
    int groups, threads;
    int64_t tile;
    int64_t *first_tile; /* of each group, and the number of all */
    rni_space *space;    /* of each group; their inputs follow in one array */
    rni_input *inputs;
    output *outputs; /* n_out of each group */
    int64_t *offset; /* of each slot in a thread's scratch, in bytes */
    char *constants; /* one block each */
    int64_t table_at, staging_at, scratch_bytes;
    bool stream;
} state;

const char *rni_cpu_map_refuse(const rn_kernel_call *c)
{
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    const char *why = rni_cpu_program_refuse(isa, c->map);
    const rni_cpu_compute compute = rni_cpu_compute_of(c->map);
    for (int i = 0; i < c->n_in && !why; i++)
        if (c->in[i].dtype && !isa->move->load[compute][c->in[i].dtype]) why = "an input of another kind of number";
    for (int i = 0; i < c->n_out && !why; i++)
        if (!isa->move->store[compute][c->out[i].dtype]) why = "a result of another kind of number";
    return why;
}

void rni_cpu_map_release(void *p)
{
    state *st = p;
    if (!st) return;
    free(st->program);
    free(st->first_tile);
    free(st->space);
    free(st->inputs);
    free(st->outputs);
    free(st->offset);
    free(st->constants);
    free(st);
}

/* ---- preparing ---- */

static bool init_spaces(const rn_kernel_call *c, state *st)
{
    const int n_in = c->map->n_in, n_out = c->map->n_out;
    const rni_cpu_compute compute = rni_cpu_compute_of(c->map);
    const rni_moves *move = st->isa->move;
    st->groups = c->groups;
    st->space = calloc((size_t)c->groups + 1, sizeof *st->space);
    st->inputs = calloc((size_t)(c->groups * n_in) + 1, sizeof *st->inputs);
    st->outputs = calloc((size_t)(c->groups * n_out) + 1, sizeof *st->outputs);
    st->first_tile = calloc((size_t)c->groups + 1, sizeof *st->first_tile);
    if (!st->space || !st->inputs || !st->outputs || !st->first_tile) return false;
    for (int g = 0; g < c->groups; g++) {
        const rn_view *in[RNI_CPU_INPUTS];
        for (int i = 0; i < n_in; i++) in[i] = &c->in[i * c->groups + g];
        st->space[g].in = st->inputs + g * n_in;
        rni_space_init(&st->space[g], st->isa, compute, &c->out[g], n_in, in);
        for (int o = 0; o < n_out; o++) {
            const rn_dtype dtype = c->out[o * c->groups + g].dtype;
            rni_convert_fn *store = move->store[compute][dtype];
            st->outputs[g * n_out + o] =
                (output){ rni_cpu_log_bytes(dtype), store == move->load[compute][dtype], store };
        }
    }
    return true;
}

/* Inputs of that kind in all groups; where only some are, those are read in the general way. */
static uint64_t inputs_of_kind(state *st, int n_in, rni_input_kind kind)
{
    uint64_t all = 0;
    for (int i = 0; i < n_in; i++) {
        int count = 0;
        for (int g = 0; g < st->groups; g++) count += st->space[g].in[i].kind == kind;
        if (count == st->groups) all |= 1ull << i;
        for (int g = 0; g < st->groups && count < st->groups; g++)
            if (st->space[g].in[i].kind == kind) st->space[g].in[i].kind = RNI_INPUT_GATHER;
    }
    return all;
}

static int64_t choose_tile(const state *st)
{
    const rni_cpu_program *p = st->program;
    int64_t longest = 1, wide = p->n_slot - p->first_out;
    for (int i = 0; i < p->n_in; i++) wide += !st->space[0].in[i].same;
    for (int g = 0; g < st->groups; g++)
        if (st->space[g].count > longest) longest = st->space[g].count;
    int64_t tile = TILE_MAX;
    while (tile > RNI_CPU_BLOCK && tile * wide * p->value_bytes > SCRATCH_WANTED) tile /= 2;
    const int64_t whole = rni_cpu_round_up(longest, RNI_CPU_BLOCK);
    return tile < whole ? tile : whole;
}

/* Bytes of scratch that a slot needs. */
static int64_t slot_bytes(const state *st, int slot, uint64_t late)
{
    const rni_cpu_program *p = st->program;
    const int64_t block = (int64_t)RNI_CPU_BLOCK * p->value_bytes;
    if (slot >= p->first_out) return st->tile * p->value_bytes;
    int64_t bytes = block;
    for (int g = 0; g < st->groups && slot < p->n_in; g++) {
        const rni_input *in = &st->space[g].in[slot];
        const bool in_place = in->kind == RNI_INPUT_DIRECT && in->same && !(late >> slot & 1);
        const int64_t room = in_place ? block : rni_input_room(in, st->tile) * p->value_bytes;
        if (room > bytes) bytes = room;
    }
    return bytes;
}

static bool lay_out_scratch(const rn_kernel_call *c, state *st)
{
    const rni_cpu_program *p = st->program;
    const int64_t block = (int64_t)RNI_CPU_BLOCK * p->value_bytes;
    st->offset = calloc((size_t)p->n_slot + 1, sizeof *st->offset);
    st->constants = aligned_alloc(64, (size_t)((p->n_const + 1) * block));
    if (!st->offset || !st->constants) return false;
    for (int k = 0; k < p->n_const; k++) rni_cpu_splat(st->isa, p->compute, st->constants + k * block, p->constant[k]);
    uint64_t late = 0;
    for (int o = 0; o < p->n_out; o++) late |= p->late[o];
    int64_t at = 0;
    for (int k = 0; k < p->n_slot; k++) {
        st->offset[k] = at;
        at += slot_bytes(st, k, late);
    }
    st->table_at = at;
    st->staging_at = at + rni_cpu_round_up((p->n_slot + 1) * (int64_t)sizeof(void *), 64);
    at = st->staging_at + (c->n_in ? st->tile * 8 : 0);
    st->scratch_bytes = rni_cpu_round_up(at, 4096) + 5 * 64; /* not all threads at the same place of a cache */
    return true;
}

/* Nanoseconds of one thread. */
static double estimate(const state *st)
{
    const rni_cpu_program *p = st->program;
    double total = 0;
    for (int g = 0; g < st->groups; g++) {
        const rni_space *s = &st->space[g];
        double each = p->cost + 0.05;
        for (int o = 0; o < p->n_out; o++) each += 0.015 * (1 << st->outputs[g * p->n_out + o].log_bytes);
        for (int i = 0; i < p->n_in; i++) {
            const rni_input *in = &s->in[i];
            const int64_t step = in->stride[s->rank - 1];
            if (in->kind == RNI_INPUT_DIRECT) each += 0.015 * (1 << in->log_bytes);
            if (in->kind == RNI_INPUT_ROW || in->kind == RNI_INPUT_GATHER) each += step < 0 || step > 1 ? 0.6 : 0.1;
        }
        total += each * (double)s->count;
    }
    return total;
}

static bool fill_state(const rn_kernel_call *c, state *st)
{
    const rni_cpu *cpu = c->device;
    st->isa = cpu->isa;
    if (!init_spaces(c, st)) return false;
    const uint64_t repeated = inputs_of_kind(st, c->map->n_in, RNI_INPUT_REPEATED);
    const uint64_t narrow = inputs_of_kind(st, c->map->n_in, RNI_INPUT_NARROW);
    st->program = rni_cpu_program_make(st->isa, c->map, repeated, narrow);
    if (!st->program) return false;
    st->tile = choose_tile(st);
    for (int g = 0; g < st->groups; g++) {
        rni_space_cut(&st->space[g], st->tile);
        st->first_tile[g + 1] = st->first_tile[g] + st->space[g].tiles;
        st->stream = st->stream || st->space[g].count * st->program->value_bytes >= STREAM_FROM;
    }
    const int64_t tiles = st->first_tile[st->groups];
    const int threads = rni_cpu_threads(cpu, estimate(st));
    st->threads = threads < tiles ? threads : tiles > 0 ? (int)tiles : 1;
    return lay_out_scratch(c, st);
}

bool rni_cpu_map_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    state *st = calloc(1, sizeof *st);
    if (!st || !fill_state(c, st)) {
        rni_cpu_map_release(st);
        return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    }
    *out = st;
    *workspace = st->scratch_bytes * st->threads;
    return true;
}

/* ---- running ---- */

/* One thread at work. */
typedef struct {
    const rn_kernel_call *call;
    const state *st;
    char *scratch;
    const void **slot; /* only inputs and constants are not written */
    int group;
    const rni_space *space;
    const output *out;
    uint64_t copied; /* inputs that lie where a result is written before they are read for the last time */
} worker;

static void *data_of(const worker *w, const rn_view *views, int k)
{
    return views[k * w->st->groups + w->group].data;
}

/* Values that do not change from tile to tile. */
static void enter_group(worker *w, int group)
{
    const state *st = w->st;
    const rni_cpu_program *p = st->program;
    w->group = group;
    w->space = &st->space[group];
    w->out = st->outputs + group * p->n_out;
    w->copied = 0;
    for (int k = 0; k < p->n_slot; k++) w->slot[k] = w->scratch + st->offset[k];
    for (int i = 0; i < p->n_in; i++) {
        const void *data = data_of(w, w->call->in, i);
        rni_input_spread(w->space, st->isa, &w->space->in[i], data, w->scratch + st->offset[i]);
        for (int o = 0; o < p->n_out; o++)
            if (p->late[o] >> i & 1 && data_of(w, w->call->out, o) == data) w->copied |= 1ull << i;
    }
    for (int k = 0; k < p->n_scalar; k++)
        rni_cpu_splat(st->isa, p->compute, w->scratch + st->offset[p->first_scalar + k], w->call->scalars[k]);
    for (int k = 0; k < p->n_const; k++)
        w->slot[p->first_const + k] = st->constants + k * (int64_t)RNI_CPU_BLOCK * p->value_bytes;
    const rni_cpu_position at = { w->call->scalars, 0, w->space->count };
    rni_cpu_program_run(st->isa, p, 0, p->n_once, (void *const *)w->slot, 1, &at);
}

static void store_outputs(const worker *w, const rni_tile *t, bool whole)
{
    const rni_cpu_program *p = w->st->program;
    for (int o = 0; o < p->n_out; o++) {
        char *to = (char *)data_of(w, w->call->out, o) + t->start * (1 << w->out[o].log_bytes);
        const void *from = w->slot[p->from[o]];
        if (from == to) continue;
        if (w->st->stream && whole && w->out[o].same && ((uintptr_t)to & 63) == 0)
            t->isa->move->stream(to, from, t->n * p->value_bytes);
        else
            w->out[o].store(to, from, t->n);
    }
}

/* Whole blocks, or one block that is not full. */
static void run_part(worker *w, int64_t start, int64_t n)
{
    const state *st = w->st;
    const rni_cpu_program *p = st->program;
    const bool whole = n % RNI_CPU_BLOCK == 0;
    const rni_tile t = { w->space, st->isa, start, n, w->scratch + st->staging_at };
    for (int i = 0; i < p->n_in; i++)
        w->slot[i] = rni_input_load(&t, &w->space->in[i], data_of(w, w->call->in, i), w->scratch + st->offset[i],
                                    w->copied >> i & 1);
    for (int o = 0; o < p->n_out; o++)
        w->slot[p->first_out + o] = whole && w->out[o].same && !st->stream
                                        ? (char *)data_of(w, w->call->out, o) + start * p->value_bytes
                                        : w->scratch + st->offset[p->first_out + o];
    const rni_cpu_position at = { w->call->scalars, start, w->space->count };
    rni_cpu_program_run(st->isa, p, p->n_once, p->n_once + p->n_each, (void *const *)w->slot,
                        (n + RNI_CPU_BLOCK - 1) / RNI_CPU_BLOCK, &at);
    store_outputs(w, &t, whole);
}

static void run_tiles(void *user, int thread, int threads)
{
    const rn_kernel_call *c = user;
    const state *st = c->state;
    int64_t tile, last;
    rni_cpu_part(st->first_tile[st->groups], thread, threads, &tile, &last);
    if (tile == last) return;
    worker w = { .call = c, .st = st, .scratch = (char *)c->workspace + thread * st->scratch_bytes, .group = -1 };
    w.slot = (const void **)(void *)(w.scratch + st->table_at);
    for (int g = 0; tile < last; g++) {
        if (tile >= st->first_tile[g + 1]) continue;
        enter_group(&w, g);
        for (; tile < last && tile < st->first_tile[g + 1]; tile++) {
            int64_t start, n;
            rni_space_tile(w.space, tile - st->first_tile[g], &start, &n);
            const int64_t whole = n / RNI_CPU_BLOCK * RNI_CPU_BLOCK;
            if (whole) run_part(&w, start, whole);
            if (n > whole) run_part(&w, start + whole, n - whole);
        }
    }
}

bool rni_cpu_map_run(rn_kernel_call *c)
{
    const state *st = c->state;
    if (st->first_tile[st->groups] > 0) rni_cpu_parallel(st->threads, run_tiles, c);
    return true;
}
