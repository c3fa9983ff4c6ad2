/* All reductions: values come tile by tile as in elementwise functions, and are joined at once.
 *
 * The axes are brought into one of two orders. Rows: the elements of each result follow each other, and are joined
 * along vectors. Columns: the innermost axis stays, and whole vectors are joined. Long joins are cut into chunks, whose
 * number depends on shapes only, so that results do not depend on threads; sums are kept in f64 from chunk to chunk. */
#include "backend/cpu/code.h"
#include "backend/cpu/frame.h"

#include <rensa/error.h>

#include <stdlib.h>
#include <string.h>

enum {
    UNITS_WANTED = 64,    /* pieces of work that are enough for all threads */
    UNIT_LEAST = 32768,   /* elements of a chunk, at least */
    DIRECT_PIECE = 16384, /* elements that are joined at once where they lie in memory */
    NARROW_ROWS = 64,     /* rows that are joined in f32 before they go to f64 */
    SHORTEST_DOT = 16     /* elements of a row of products that are added as they are made */
};

typedef struct {
    const rni_isa *isa;
    rni_cpu_program *program, *post;
    rni_frame frame, post_frame;
    rni_space space;
    rni_input inputs[RNI_CPU_INPUTS];
    const rni_join *join;
    rni_convert_fn *to_value, *store; /* wide value to value, value to result */
    int log_result;
    bool positions, columns;
    bool as_is;                           /* the program leaves nothing to compute */
    const rni_cpu_instr *product;         /* its last instruction, done while adding; NULL: none */
    int64_t kept, joined;                 /* results, elements of each */
    int64_t inner, width, fold;           /* columns: of the innermost axis, at once, rows at once */
    int64_t tile, piece;                  /* elements of a tile; rows: most elements that are joined at once */
    int64_t per_piece, per_unit;          /* rows: of a piece, of a unit */
    int64_t chunks, chunk, units;         /* of each result; elements (rows) of a chunk */
    int64_t wide_at, position_at, acc_at; /* in a frame's extra part */
    int64_t partial_at, partial_position_at, workspace;
    int threads;
    rni_cpu_code code;
} state;

const char *rni_cpu_reduce_refuse(const rn_kernel_call *c)
{
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    const rni_cpu_compute compute = rni_cpu_compute_of(c->map);
    const char *why = rni_cpu_program_refuse(isa, c->map);
    if (!why && c->post) why = rni_cpu_program_refuse(isa, c->post);
    if (!why && c->map->uses_index) why = "the position of an element matters";
    for (int i = 0; i < c->n_in && !why; i++)
        if (!isa->move->load[compute][c->in[i].dtype]) why = "an input of another kind of number";
    const bool positions = c->join == RN_JOIN_ARGMAX || c->join == RN_JOIN_ARGMIN;
    if (!why && !positions && !isa->move->store[compute][c->out[0].dtype]) why = "a result of another kind of number";
    return why;
}

void rni_cpu_reduce_release(void *p)
{
    state *st = p;
    if (!st) return;
    rni_cpu_code_free(&st->code);
    free(st->program);
    free(st->post);
    rni_frame_free(&st->frame);
    rni_frame_free(&st->post_frame);
    free(st);
}

/* ---- preparing ---- */

typedef struct {
    int64_t dim, stride[RNI_CPU_INPUTS];
    bool joined;
} axis;

/* Axes of size other than 1; neighbours of the same kind that lie one after the other become one. */
static int collect_axes(const rn_kernel_call *c, axis *a)
{
    int n = 0;
    for (int i = 0; i < c->in[0].rank; i++) {
        const int64_t size = c->in[0].dim[i];
        if (size == 1) continue;
        const bool joined = c->reduce_mask >> i & 1;
        bool merge = n > 0 && a[n - 1].joined == joined;
        for (int k = 0; k < c->n_in && merge; k++) merge = a[n - 1].stride[k] == c->in[k].stride[i] * size;
        if (!merge) a[n++] = (axis){ .dim = 1, .joined = joined };
        a[n - 1].dim *= size;
        for (int k = 0; k < c->n_in; k++) a[n - 1].stride[k] = c->in[k].stride[i];
    }
    return n;
}

static int64_t size_of(int64_t v)
{
    return v < 0 ? -v : v;
}

/* Long strides first, where the order of joining is free. */
static void sort_axes(axis *a, int n)
{
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && size_of(a[k - 1].stride[0]) < size_of(a[k].stride[0]); k--) {
            const axis t = a[k];
            a[k] = a[k - 1];
            a[k - 1] = t;
        }
}

/* The inputs with axes in the order of work: kept, then joined ones; with columns, the last kept one at the end. */
static void order_axes(const rn_kernel_call *c, state *st, rn_view *ordered)
{
    axis a[RN_MAX_RANK], order[RN_MAX_RANK];
    const int n = collect_axes(c, a);
    int kept = 0, joined = 0;
    for (int i = 0; i < n; i++)
        if (!a[i].joined) order[kept++] = a[i];
    for (int i = 0; i < n; i++)
        if (a[i].joined) order[kept + joined++] = a[i];
    if (!st->positions) sort_axes(order + kept, joined);
    st->columns = kept > 0 && joined > 0;
    if (st->columns) st->columns = size_of(order[kept - 1].stride[0]) < size_of(order[n - 1].stride[0]);
    st->kept = st->joined = 1;
    for (int i = 0; i < n; i++) *(order[i].joined ? &st->joined : &st->kept) *= order[i].dim;
    st->inner = st->columns ? order[kept - 1].dim : 1;
    if (st->columns) {
        const axis last = order[kept - 1];
        memmove(order + kept - 1, order + kept, (size_t)joined * sizeof *order);
        order[n - 1] = last;
    }
    for (int k = 0; k < c->n_in; k++) {
        ordered[k] = (rn_view){ .dtype = c->in[k].dtype, .rank = n };
        for (int i = 0; i < n; i++) {
            ordered[k].dim[i] = order[i].dim;
            ordered[k].stride[i] = order[i].stride[k];
        }
    }
}

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* Number of chunks of each result, when `tasks` pieces of `elements` each would be the work without chunks. */
static int64_t choose_chunks(int64_t tasks, int64_t elements)
{
    const int64_t wanted = divide_up(UNITS_WANTED, tasks > 0 ? tasks : 1), most = divide_up(elements, UNIT_LEAST);
    const int64_t n = wanted < most ? wanted : most;
    return n < 1 ? 1 : n;
}

static void plan_columns(state *st)
{
    const int64_t outer = st->kept / st->inner;
    st->width = st->inner < st->tile ? st->inner : st->tile;
    st->fold = st->inner < st->tile && !st->positions ? st->tile / st->inner : 1;
    if (st->fold > st->joined) st->fold = st->joined;
    const int64_t strips = divide_up(st->inner, st->width);
    st->chunks = choose_chunks(outer * strips, st->joined * st->width);
    st->chunk = rni_cpu_round_up(divide_up(st->joined, st->chunks), st->fold);
    st->chunks = divide_up(st->joined, st->chunk);
    st->units = outer * strips * st->chunks;
}

static bool all_in_place(const state *st)
{
    bool all = true;
    for (int i = 0; i < st->program->n_in; i++)
        all = all && st->inputs[i].kind == RNI_INPUT_DIRECT && st->inputs[i].same;
    return all;
}

/* Units of several rows spare most of what each call of a kernel costs. */
static void plan_rows(state *st)
{
    st->piece = st->as_is && all_in_place(st) ? DIRECT_PIECE : st->tile;
    st->per_piece = st->joined < st->piece ? st->piece / st->joined : 1;
    int64_t most = divide_up(st->kept, UNITS_WANTED);
    if (most * st->joined < st->tile) most = divide_up(st->tile, st->joined);
    if (st->per_piece > most) st->per_piece = most;
    if (st->per_piece > st->tile) st->per_piece = st->tile;
    st->per_unit = st->joined < UNIT_LEAST ? UNIT_LEAST / st->joined : 1;
    if (st->per_unit > most) st->per_unit = most;
    if (st->per_unit > st->tile) st->per_unit = st->tile;
    st->per_unit = st->per_unit / st->per_piece * st->per_piece;
    st->chunks = st->per_unit > 1 ? 1 : choose_chunks(st->kept, st->joined);
    st->chunk = rni_cpu_round_up(divide_up(st->joined, st->chunks), st->tile);
    st->chunks = divide_up(st->joined, st->chunk);
    st->units = divide_up(st->kept, st->per_unit) * st->chunks;
}

/* A sum of products need not write them. Their factors lie side by side if both were computed or both are inputs that
 * no other instruction reads first. */
static void take_product(state *st)
{
    rni_cpu_program *p = st->program;
    const rni_cpu_instr *last = &p->instr[p->n_once + p->n_each - 1];
    if (st->join->rows != st->isa->joins->join[p->compute][RN_JOIN_ADD].rows || p->compute == RNI_CPU_I64) return;
    if (st->columns || st->joined < SHORTEST_DOT || p->n_each == 0) return;
    if (last->code != RN_CODE_MUL || (last->steps & 3) != 3 || last->d != p->from[0]) return;
    if (p->n_each > 1 && (last->a < p->first_out || last->b < p->first_out)) return;
    st->product = last;
    p->n_each--;
    p->kept[p->n_kept++] = last->a;
    p->kept[p->n_kept++] = last->b;
}

static bool fill_state(const rn_kernel_call *c, state *st)
{
    const rni_cpu *cpu = c->device;
    const rni_cpu_compute compute = rni_cpu_compute_of(c->map);
    rn_view ordered[RNI_CPU_INPUTS];
    const rn_view *in[RNI_CPU_INPUTS];
    st->isa = cpu->isa;
    st->positions = c->join == RN_JOIN_ARGMAX || c->join == RN_JOIN_ARGMIN;
    st->join = &st->isa->joins->join[compute][c->join];
    st->to_value = st->isa->move->load[compute][compute == RNI_CPU_I64 ? RN_I64 : RN_F64];
    st->store = st->positions ? NULL : st->isa->move->store[compute][c->out[0].dtype];
    st->log_result = rni_cpu_log_bytes(c->out[0].dtype);
    order_axes(c, st, ordered);
    for (int k = 0; k < c->n_in; k++) in[k] = &ordered[k];
    st->space.in = st->inputs;
    rni_space_init(&st->space, st->isa, compute, &ordered[0], c->n_in, in);
    uint64_t repeated = 0;
    double each = 0.05;
    for (int k = 0; k < c->n_in; k++) {
        if (st->inputs[k].kind == RNI_INPUT_REPEATED) repeated |= 1ull << k;
        if (st->inputs[k].kind == RNI_INPUT_NARROW) st->inputs[k].kind = RNI_INPUT_GATHER;
        each += st->inputs[k].kind == RNI_INPUT_GATHER ? 0.2 : 0.02 * (1 << st->inputs[k].log_bytes);
    }
    st->program = rni_cpu_program_make(st->isa, c->map, repeated, 0);
    st->post = c->post ? rni_cpu_program_make(st->isa, c->post, 0, 0) : NULL;
    if (!st->program || (c->post && !st->post)) return false;
    take_product(st);
    st->as_is = st->program->n_each == 0 && (st->product || st->program->from[0] < st->program->n_in);
    st->tile = rni_frame_choose_tile(st->program, 1, INT64_MAX / 2);
    rni_space_cut(&st->space, st->tile);
    if (st->joined == 0 || st->kept == 0)
        st->units = 0;
    else if (st->columns)
        plan_columns(st);
    else
        plan_rows(st);
    const double nanoseconds = (double)st->kept * (double)st->joined * (each + st->program->cost);
    st->threads = rni_cpu_threads(cpu, nanoseconds);
    if (st->threads > st->units) st->threads = st->units > 0 ? (int)st->units : 1;
    rni_cpu_code_init(&st->code, cpu, st->program, c->map->name, nanoseconds);
    /* beside the slots: wide values, positions and narrow values of a tile */
    st->wide_at = 0;
    st->position_at = st->tile * 8;
    st->acc_at = st->tile * 16;
    return rni_frame_init(&st->frame, st->isa, st->program, &st->space, 1, st->tile, st->tile * 24) &&
           (!st->post || rni_frame_init(&st->post_frame, st->isa, st->post, NULL, 0, st->tile, 0));
}

bool rni_cpu_reduce_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    state *st = calloc(1, sizeof *st);
    if (!st || !fill_state(c, st)) {
        rni_cpu_reduce_release(st);
        return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    }
    const int64_t partials = st->chunks > 1 ? st->kept * st->chunks * 8 : 0;
    st->partial_at = (st->frame.bytes + st->post_frame.bytes) * st->threads;
    st->partial_position_at = st->partial_at + rni_cpu_round_up(partials, 64);
    *workspace = st->partial_position_at + (st->positions ? partials : 0);
    *out = st;
    return true;
}

/* ---- running ---- */

typedef struct {
    const rn_kernel_call *call;
    const state *st;
    rni_worker w;
    char *post_scratch;
    char *wide, *acc;  /* values of a tile in both precisions */
    int64_t *position; /* and where extremes were */
} job;

typedef struct {
    const rn_kernel_call *call;
    rni_tile_fn *fn;
} work;

static void job_init(job *j, const work *wk, int thread)
{
    const rn_kernel_call *c = wk->call;
    const state *st = c->state;
    char *scratch = (char *)c->workspace + thread * (st->frame.bytes + st->post_frame.bytes);
    *j = (job){ .call = c, .st = st, .post_scratch = scratch + st->frame.bytes };
    j->wide = scratch + st->frame.extra_at + st->wide_at;
    j->position = (int64_t *)(void *)(scratch + st->frame.extra_at + st->position_at);
    j->acc = scratch + st->frame.extra_at + st->acc_at;
    rni_worker_init(&j->w, &st->frame, scratch);
    j->w.space = &st->space;
    j->w.scalars = c->scalars;
    j->w.count = st->joined;
    j->w.fn = wk->fn;
    for (int i = 0; i < st->program->n_in; i++) j->w.data[i] = c->in[i].data;
    rni_worker_enter(&j->w);
}

/* Computes values of n elements and puts them `at` elements after the start of their slots. */
static void compute_values(job *j, int64_t start, int64_t n, int64_t at)
{
    const rni_cpu_program *p = j->st->program;
    if (n == 0) return;
    rni_worker_load(&j->w, start, n, 0, false);
    for (int k = p->first_out; k < p->n_slot; k++)
        j->w.slot[k] = j->w.scratch + j->st->frame.offset[k] + at * p->value_bytes;
    rni_worker_run(&j->w, start, n);
}

/* Makes n elements ready in their slots: inputs where they lie, but for a last block that is not full. */
static void make_values(job *j, int64_t start, int64_t n)
{
    const int64_t whole = n / RNI_CPU_BLOCK * RNI_CPU_BLOCK;
    const rni_cpu_program *p = j->st->program;
    if (j->st->as_is) {
        rni_worker_load(&j->w, start, n, 0, true);
        return;
    }
    compute_values(j, start + whole, n - whole, whole);
    compute_values(j, start, whole, 0);
    for (int k = p->first_out; k < p->n_slot; k++) j->w.slot[k] = j->w.scratch + j->st->frame.offset[k];
}

static const void *values(job *j, int64_t start, int64_t n)
{
    make_values(j, start, n);
    return j->w.slot[j->st->program->from[0]];
}

/* Joins `count` rows of n elements, a tile in all or, where they are read as they lie, more. */
static const void *join_rows(job *j, void *wide, int64_t start, int64_t n, int64_t count)
{
    const state *st = j->st;
    const void *v = values(j, start, n * count);
    if (st->product)
        st->isa->joins->dot[st->program->compute](wide, j->w.slot[st->product->a], j->w.slot[st->product->b], n, count);
    else
        st->join->rows(wide, v, n, count);
    return v;
}

/* Writes n results (at most a tile) from `first` on, given as wide values. */
static void finish(job *j, int64_t first, int64_t n, const void *wide, const int64_t *position)
{
    const state *st = j->st;
    char *to = (char *)j->call->out[0].data + (first << st->log_result);
    if (st->positions) {
        memcpy(to, position, (size_t)n * sizeof *position);
        return;
    }
    if (!st->post) {
        st->to_value(j->acc, wide, n);
        st->store(to, j->acc, n);
        return;
    }
    const rni_cpu_program *p = st->post;
    const double count = (double)st->joined;
    rni_worker w = { .scalars = &count, .count = n };
    rni_worker_init(&w, &st->post_frame, j->post_scratch);
    rni_worker_enter(&w);
    st->to_value(w.slot[0], wide, n);
    rni_worker_run(&w, 0, n);
    st->store(to, w.slot[p->from[0]], n);
}

static void fill_start(const job *j, void *wide, int64_t n)
{
    j->st->isa->move->fill[3](wide, j->st->join->start, n);
}

/* Results of a unit: to memory, or beside those of the other chunks. */
static void deliver(job *j, int64_t first, int64_t n, int64_t chunk, const void *wide, const int64_t *position)
{
    const state *st = j->st;
    if (st->chunks == 1) {
        finish(j, first, n, wide, position);
        return;
    }
    const int64_t at = (chunk * st->kept + first) * 8;
    char *workspace = j->call->workspace;
    memcpy(workspace + st->partial_at + at, wide, (size_t)n * 8);
    if (st->positions) memcpy(workspace + st->partial_position_at + at, position, (size_t)n * 8);
}

/* Whether extreme b takes the place of a, both wide. */
static bool beats(const job *j, const void *a, const void *b)
{
    const bool largest = j->call->join == RN_JOIN_ARGMAX;
    if (j->st->program->compute == RNI_CPU_I64) {
        const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
        return largest ? y > x : y < x;
    }
    const double x = *(const double *)a, y = *(const double *)b;
    return x == x && (y != y || (largest ? y > x : y < x));
}

/* Joins elements from … to - 1 of a row. */
static void join_row(job *j, int64_t row, int64_t from, int64_t to, char *wide, int64_t *position)
{
    const state *st = j->st;
    int64_t one;
    fill_start(j, wide, 1);
    *position = from;
    for (int64_t at = from; at < to; at += st->piece) {
        const int64_t n = to - at < st->piece ? to - at : st->piece;
        const void *v = join_rows(j, &one, row * st->joined + at, n, 1);
        if (!st->positions)
            st->join->wide(wide, &one, 1);
        else if (at == from || beats(j, wide, &one)) {
            memcpy(wide, &one, sizeof one);
            *position = at + st->isa->joins->find[st->program->compute](v, n, &one);
        }
    }
}

static void join_short_rows(job *j, int64_t first, int64_t n, char *wide, int64_t *position)
{
    const state *st = j->st;
    const char *v = join_rows(j, wide, first * st->joined, st->joined, n);
    for (int64_t r = 0; r < n && st->positions; r++)
        position[r] = st->isa->joins->find[st->program->compute](v + r * st->joined * st->program->value_bytes,
                                                                 st->joined, wide + r * 8);
}

static void unit_rows(job *j, int64_t unit)
{
    const state *st = j->st;
    const int64_t chunk = unit % st->chunks, first = unit / st->chunks * st->per_unit;
    const int64_t rows = st->kept - first < st->per_unit ? st->kept - first : st->per_unit;
    const int64_t from = chunk * st->chunk, to = from + st->chunk < st->joined ? from + st->chunk : st->joined;
    for (int64_t r = 0; r < rows; r += st->per_piece) {
        const int64_t n = rows - r < st->per_piece ? rows - r : st->per_piece;
        if (st->joined <= st->piece && st->chunks == 1)
            join_short_rows(j, first + r, n, j->wide + r * 8, j->position + r);
        else
            join_row(j, first + r, from, to, j->wide + r * 8, j->position + r);
    }
    deliver(j, first, rows, chunk, j->wide, j->position);
}

static void join_columns(job *j, int64_t start, int64_t from, int64_t to, int64_t width)
{
    const state *st = j->st;
    const int64_t lanes = width * st->fold;
    int64_t pending = 0;
    for (int64_t row = from; row < to; row += st->fold) {
        const int64_t rows = to - row < st->fold ? to - row : st->fold;
        const void *v = values(j, start + row * st->inner, rows * width);
        st->join->columns(j->acc, v, rows * width, 1);
        if (++pending < NARROW_ROWS && row + st->fold < to) continue;
        pending = 0;
        st->join->widen(j->wide, j->acc, lanes);
        int64_t blank; /* start again */
        st->to_value(&blank, st->join->start, 1);
        st->isa->move->fill[st->program->value_bytes == 4 ? 2 : 3](j->acc, &blank, lanes);
    }
    for (int64_t k = 1; k < st->fold; k++) st->join->wide(j->wide, j->wide + k * width * 8, width);
}

static void extreme_columns(job *j, int64_t start, int64_t from, int64_t to, int64_t width)
{
    const state *st = j->st;
    const rni_cpu_compute compute = st->program->compute;
    const rni_joins *joins = st->isa->joins;
    void (*const take)(void *, int64_t *, const void *, int64_t, int64_t) =
        j->call->join == RN_JOIN_ARGMAX ? joins->largest[compute] : joins->smallest[compute];
    for (int64_t row = from; row < to; row++) {
        const void *v = values(j, start + row * st->inner, width);
        if (row == from) {
            memcpy(j->acc, v, (size_t)(width * st->program->value_bytes));
            st->isa->move->fill[3](j->position, &from, width);
        } else
            take(j->acc, j->position, v, width, row);
    }
    st->join->widen(j->wide, j->acc, width);
}

static void unit_columns(job *j, int64_t unit)
{
    const state *st = j->st;
    const int64_t strips = divide_up(st->inner, st->width);
    const int64_t chunk = unit % st->chunks, strip = unit / st->chunks % strips, outer = unit / st->chunks / strips;
    const int64_t column = strip * st->width, width = st->inner - column < st->width ? st->inner - column : st->width;
    const int64_t from = chunk * st->chunk, to = from + st->chunk < st->joined ? from + st->chunk : st->joined;
    const int64_t start = outer * st->joined * st->inner + column, lanes = width * st->fold;
    int64_t blank;
    fill_start(j, j->wide, lanes);
    st->to_value(&blank, st->join->start, 1);
    st->isa->move->fill[st->program->value_bytes == 4 ? 2 : 3](j->acc, &blank, lanes);
    if (st->positions)
        extreme_columns(j, start, from, to, width);
    else
        join_columns(j, start, from, to, width);
    deliver(j, outer * st->inner + column, width, chunk, j->wide, j->position);
}

static void run_units(void *user, int thread, int threads)
{
    const work *wk = user;
    const state *st = wk->call->state;
    int64_t from, to;
    rni_cpu_part(st->units, thread, threads, &from, &to);
    if (from == to) return;
    job j;
    job_init(&j, wk, thread);
    for (; from < to; from++) {
        if (st->columns)
            unit_columns(&j, from);
        else
            unit_rows(&j, from);
    }
}

/* Joins the chunks of each result, in their order; or, where nothing was joined, writes what nothing gives. */
static void run_finish(void *user, int thread, int threads)
{
    const work *wk = user;
    const rn_kernel_call *c = wk->call;
    const state *st = c->state;
    int64_t tile, last;
    rni_cpu_part(divide_up(st->kept, st->tile), thread, threads, &tile, &last);
    if (tile == last) return;
    job j;
    job_init(&j, wk, thread);
    for (; tile < last; tile++) {
        const int64_t first = tile * st->tile, n = st->kept - first < st->tile ? st->kept - first : st->tile;
        fill_start(&j, j.wide, n);
        memset(j.position, 0, (size_t)n * sizeof *j.position);
        for (int64_t k = 0; k < st->chunks && st->joined > 0; k++) {
            const char *at = (const char *)c->workspace + (k * st->kept + first) * 8;
            if (!st->positions) st->join->wide(j.wide, at + st->partial_at, n);
            for (int64_t i = 0; i < n && st->positions; i++) {
                if (k > 0 && !beats(&j, j.wide + i * 8, at + st->partial_at + i * 8)) continue;
                memcpy(j.wide + i * 8, at + st->partial_at + i * 8, 8);
                memcpy(&j.position[i], at + st->partial_position_at + i * 8, 8);
            }
        }
        finish(&j, first, n, j.wide, j.position);
    }
}

bool rni_cpu_reduce_run(rn_kernel_call *c)
{
    state *st = c->state;
    if (st->kept == 0) return true;
    work wk = { c, rni_cpu_code_now(&st->code) };
    if (st->units > 0) rni_cpu_parallel(st->threads, run_units, &wk);
    if (st->chunks > 1 || st->joined == 0) rni_cpu_parallel(st->kept > 20000 ? st->threads : 1, run_finish, &wk);
    return true;
}
