/* All elementwise functions: programs run over tiles that stay in the first cache. Contiguous inputs and outputs of the
 * program's own type are read and written where they lie; the rest goes through scratch.
 *
 * A result may lie over an input. That is safe since a tile's elements are read before they are written: instructions
 * go through a tile in order, and an input that is read again after a result went to its memory is copied first. */
#include "backend/cpu/code.h"
#include "backend/cpu/frame.h"

#include "base/position.h"

#include <rensa/error.h>

#include <stdlib.h>
#include <string.h>

enum { STREAM_FROM = 16 << 20 }; /* bytes of an output that would only push other things out of the caches */

/* An output of a group. */
typedef struct {
    int log_bytes;
    bool same; /* its type is what the program computes in */
    rni_convert_fn *store;
} output;

typedef struct {
    rni_cpu_program *program;
    rni_frame frame;
    int groups, threads;
    int workers;         /* threads that may compute pieces */
    int64_t *first_tile; /* of each group, and the number of all */
    rni_space *space;    /* of each group; their inputs follow in one array */
    rni_input *inputs;
    output *outputs; /* n_out of each group */
    bool stream;
    bool flat; /* everything is read and written where it lies, so that any number of elements may be a tile */
    rni_cpu_code code;
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
    rni_cpu_code_free(&st->code);
    free(st->program);
    free(st->first_tile);
    free(st->space);
    free(st->inputs);
    free(st->outputs);
    rni_frame_free(&st->frame);
    free(st);
}

/* ---- preparing ---- */

static bool init_spaces(const rn_kernel_call *c, state *st, const rni_isa *isa)
{
    const int n_in = c->map->n_in, n_out = c->map->n_out;
    const rni_cpu_compute compute = rni_cpu_compute_of(c->map);
    st->groups = c->groups;
    st->space = calloc((size_t)c->groups + 1, sizeof *st->space);
    st->inputs = calloc((size_t)(c->groups * n_in) + 1, sizeof *st->inputs);
    st->outputs = calloc((size_t)(c->groups * n_out) + 1, sizeof *st->outputs);
    st->first_tile = calloc((size_t)c->groups + 1, sizeof *st->first_tile);
    if (!st->space || !st->inputs || !st->outputs || !st->first_tile) return false;
    for (int g = 0; g < c->groups; g++) {
        static const rn_view none = { .dtype = RN_DTYPE_NONE };
        const rn_view *in[RNI_CPU_INPUTS];
        for (int i = 0; i < n_in; i++) in[i] = c->map->raw >> i & 1 ? &none : &c->in[i * c->groups + g];
        st->space[g].in = st->inputs + g * n_in;
        rni_space_init(&st->space[g], isa, compute, &c->out[g], n_in, in);
        for (int o = 0; o < n_out; o++) {
            const rn_dtype dtype = c->out[o * c->groups + g].dtype;
            rni_convert_fn *store = isa->move->store[compute][dtype];
            st->outputs[g * n_out + o] =
                (output){ rni_cpu_log_bytes(dtype), store == isa->move->load[compute][dtype], store };
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
            if (in->kind == RNI_INPUT_GATHER) each += step < 0 || step > 1 ? 0.6 : 0.1;
        }
        total += each * (double)s->count;
    }
    return total;
}

static bool is_flat(const state *st)
{
    const int n_in = st->program->n_in, n_out = st->program->n_out;
    bool flat = !st->stream;
    for (int k = 0; k < st->groups * n_in; k++)
        flat = flat && (st->inputs[k].kind == RNI_INPUT_REPEATED ||
                        (st->inputs[k].kind == RNI_INPUT_DIRECT && st->inputs[k].same));
    for (int k = 0; k < st->groups * n_out; k++) flat = flat && st->outputs[k].same;
    return flat;
}

static bool fill_state(const rn_kernel_call *c, state *st)
{
    const rni_cpu *cpu = c->device;
    if (!init_spaces(c, st, cpu->isa)) return false;
    const int n_in = c->map->n_in;
    const uint64_t repeated = inputs_of_kind(st, n_in, RNI_INPUT_REPEATED);
    const uint64_t narrow = inputs_of_kind(st, n_in, RNI_INPUT_NARROW);
    st->program = rni_cpu_program_make(cpu->isa, c->map, repeated, narrow);
    if (!st->program) return false;
    int64_t longest = 0, loaded = 0;
    for (int i = 0; i < n_in; i++) loaded += !st->space[0].in[i].same;
    for (int g = 0; g < st->groups; g++)
        if (st->space[g].count > longest) longest = st->space[g].count;
    const int64_t tile = rni_frame_choose_tile(st->program, loaded, longest);
    for (int g = 0; g < st->groups; g++) {
        rni_space_cut(&st->space[g], tile);
        st->first_tile[g + 1] = st->first_tile[g] + st->space[g].tiles;
        st->stream = st->stream || st->space[g].count * st->program->value_bytes >= STREAM_FROM;
    }
    const int64_t tiles = st->first_tile[st->groups];
    const double nanoseconds = estimate(st);
    const int threads = rni_cpu_threads(cpu, nanoseconds);
    st->threads = threads < tiles ? threads : tiles > 0 ? (int)tiles : 1;
    st->workers = c->within ? rni_cpu_max_threads(cpu) : st->threads;
    st->flat = is_flat(st);
    if (!c->map->raw) rni_cpu_code_init(&st->code, cpu, st->program, c->map->name, nanoseconds);
    return rni_frame_init(&st->frame, cpu->isa, st->program, st->space, st->groups, tile,
                          c->map->raw ? (int64_t)sizeof(rni_cpu_missing) : 0);
}

bool rni_cpu_map_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    state *st = calloc(1, sizeof *st);
    if (!st || !fill_state(c, st)) {
        rni_cpu_map_release(st);
        return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    }
    *out = st;
    *workspace = st->frame.bytes * st->workers;
    return true;
}

/* ---- running ---- */

typedef struct {
    const rn_kernel_call *call;
    const state *st;
    rni_worker w;
    int group;
    const output *out;
    uint64_t copied;   /* inputs that lie where a result is written before they are read for the last time */
    uint64_t streamed; /* results that go past the caches: those that lie over an input are in them already */
} job;

static char *result_at(const job *j, int o, int64_t element)
{
    return (char *)j->call->out[o * j->st->groups + j->group].data + element * (1 << j->out[o].log_bytes);
}

static void enter_group(job *j, int group)
{
    const rni_cpu_program *p = j->st->program;
    j->group = group;
    j->out = j->st->outputs + group * p->n_out;
    j->copied = 0;
    j->streamed = j->st->stream ? ~0ull : 0;
    j->w.space = &j->st->space[group];
    j->w.count = j->w.space->count;
    for (int i = 0; i < p->n_in; i++) {
        j->w.data[i] = j->call->in[i * j->st->groups + group].data;
        for (int o = 0; o < p->n_out; o++) {
            if (result_at(j, o, 0) != j->w.data[i]) continue;
            j->streamed &= ~(1ull << (o & 63));
            if ((j->w.fn ? p->taken : p->late)[o] >> i & 1) j->copied |= 1ull << i;
        }
    }
    rni_worker_enter(&j->w);
}

static void store_outputs(const job *j, int64_t start, int64_t n, bool whole)
{
    const rni_cpu_program *p = j->st->program;
    for (int o = 0; o < p->n_out; o++) {
        char *to = result_at(j, o, start);
        const void *from = j->w.slot[p->from[o]];
        if (from == to && j->out[o].same) continue;
        if (j->streamed >> (o & 63) & 1 && whole && j->out[o].same && ((uintptr_t)to & 63) == 0)
            j->st->frame.isa->move->stream(to, from, n * p->value_bytes);
        else
            j->out[o].store(to, from, n);
    }
}

/* Whole blocks, or one block that is not full. */
static void run_part(job *j, int64_t start, int64_t n)
{
    const rni_cpu_program *p = j->st->program;
    const bool whole = n % RNI_CPU_BLOCK == 0;
    rni_worker_load(&j->w, start, n, j->copied, false);
    for (int o = 0; o < p->n_out; o++)
        j->w.slot[p->first_out + o] = whole && j->out[o].same && !(j->streamed >> (o & 63) & 1)
                                          ? result_at(j, o, start)
                                          : j->w.scratch + j->st->frame.offset[p->first_out + o];
    rni_worker_run(&j->w, start, n);
    store_outputs(j, start, n, whole);
}

/* Elements start … start + n - 1 of a group. */
static void run_piece(job *j, int64_t start, int64_t n)
{
    const int64_t whole = n / RNI_CPU_BLOCK * RNI_CPU_BLOCK;
    if (whole) run_part(j, start, whole);
    if (n > whole) run_part(j, start + whole, n - whole);
}

typedef struct {
    const rn_kernel_call *call;
    rni_tile_fn *fn;
} work;

static rni_cpu_missing *missing_of(const rn_kernel_call *c, int thread)
{
    const state *st = c->state;
    return (void *)((char *)c->workspace + thread * st->frame.bytes + st->frame.extra_at);
}

static job begin(const rn_kernel_call *c, rni_tile_fn *fn, int thread)
{
    const state *st = c->state;
    job j = { .call = c, .st = st };
    j.w.scalars = c->scalars;
    j.w.fn = fn;
    j.w.in = c->in;
    j.w.missing.element = INT64_MAX;
    rni_worker_init(&j.w, &st->frame, (char *)c->workspace + thread * st->frame.bytes);
    return j;
}

static void run_tiles(void *user, int thread, int threads)
{
    const work *wk = user;
    const rn_kernel_call *c = wk->call;
    const state *st = c->state;
    int64_t tile, last;
    rni_cpu_part(st->first_tile[st->groups], thread, threads, &tile, &last);
    if (tile == last) return;
    job j = begin(c, wk->fn, thread);
    for (int g = 0; tile < last; g++) {
        if (tile >= st->first_tile[g + 1]) continue;
        enter_group(&j, g);
        while (tile < last && tile < st->first_tile[g + 1]) {
            int64_t start, n, from;
            rni_space_tile(j.w.space, tile++ - st->first_tile[g], &start, &n);
            for (; wk->fn && st->flat && !j.copied && tile < last && tile < st->first_tile[g + 1]; tile++, n += from)
                rni_space_tile(j.w.space, tile - st->first_tile[g], &(int64_t){ 0 }, &from);
            run_piece(&j, start, n);
        }
    }
    if (c->map->raw) *missing_of(c, thread) = j.w.missing;
}

bool rni_cpu_map_run(rn_kernel_call *c)
{
    state *st = c->state;
    if (st->first_tile[st->groups] == 0) return true;
    const int reading = c->map->raw ? st->threads : 0; /* threads that may read where nothing is */
    for (int t = 0; t < reading; t++) missing_of(c, t)->element = INT64_MAX;
    work wk = { c, rni_cpu_code_now(&st->code) };
    rni_cpu_parallel(st->threads, run_tiles, &wk);
    for (int t = 0; t < reading; t++) { /* in the order of elements */
        const rni_cpu_missing *m = missing_of(c, t);
        if (m->element != INT64_MAX) return rni_position_fail(c, m->input, m->at, m->element);
    }
    return true;
}

int rni_cpu_map_threads(const rn_kernel_call *c)
{
    return ((const state *)c->state)->workers;
}

void rni_cpu_map_piece(const rn_kernel_call *c, int thread, int64_t first, int64_t n)
{
    state *st = c->state;
    /* the first piece stands for the whole call where calls are counted */
    rni_tile_fn *fn = first == 0 ? rni_cpu_code_now(&st->code) : __atomic_load_n(&st->code.fn, __ATOMIC_ACQUIRE);
    job j = begin(c, fn, thread);
    enter_group(&j, 0);
    const bool whole = fn && st->flat && !j.copied;
    for (const int64_t end = first + n; first < end;) {
        int64_t start, length;
        rni_space_tile(j.w.space, rni_space_find(j.w.space, first), &start, &length);
        const int64_t stop = whole || start + length > end ? end : start + length;
        run_piece(&j, first, stop - first);
        first = stop;
    }
}
