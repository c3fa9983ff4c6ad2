/* sort and topk of types of up to 32 bits, a line at a time.
 *
 * An element becomes an item: its key above its position, so that items are different and their order is stable. Of the
 * items of a line only those are kept that may be among the first `kept`: when the buffer is full, it is sorted, and
 * what comes later must be below the last of the kept ones. For sort the buffer has room for all. */
#include "backend/cpu/sort.h"

#include "backend/cpu/lines.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum { DIGIT = 8, DIGITS = 32 / DIGIT, VALUES = 1 << DIGIT, FEW = 64, SPARE_ROOM = 32 };

typedef struct {
    rni_line_layout from, to; /* of x and of the results */
    rni_cpu_compute compute;
    bool descending;
    int64_t buffer, room; /* items; bytes of scratch of a thread */
    int threads;
} state;

const char *rni_cpu_sort_refuse(const rn_kernel_call *c)
{
    if (rni_cpu_log_bytes(c->in[0].dtype) > 2) return "only types of up to 32 bits";
    return rni_view_count(&c->in[0]) <= UINT32_MAX ? NULL : "too many elements";
}

bool rni_cpu_sort_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    const rn_sort_opts *o = c->opts;
    const rn_view *x = &c->in[0];
    const int axis = (int)(o->axis < 0 ? o->axis + x->rank : o->axis);
    state *st = calloc(1, sizeof *st);
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    st->from = rni_lines_along(x, axis, axis + 1);
    st->to = rni_lines_along(&c->out[0], axis, axis + 1);
    st->compute = rni_cpu_is_float(x->dtype) ? RNI_CPU_F32 : RNI_CPU_I64;
    st->descending = strcmp(c->op, "topk") == 0 ? !o->smallest : o->descending;
    st->buffer = 2 * st->to.n + SPARE_ROOM < st->from.n ? 2 * st->to.n + SPARE_ROOM : st->from.n;
    st->room = rni_line_room(&st->from) + rni_cpu_round_up(st->from.n * (int64_t)sizeof(uint32_t), 64) +
               rni_cpu_round_up(2 * st->buffer * (int64_t)sizeof(uint64_t), 64);
    const int64_t lines = rni_line_count(&st->to);
    const double each = 2 * (double)st->from.n + 12 * (double)st->to.n;
    st->threads = rni_cpu_threads(c->device, (double)lines * (50 + each));
    if (st->threads > lines) st->threads = lines > 0 ? (int)lines : 1;
    *workspace = st->room * st->threads;
    *out = st;
    return true;
}

/* ---- keys: NaN above all, -0 equal to 0; in whole numbers, since denormals are flushed here ---- */

static void keys_of_floats(uint32_t *key, const void *values, int64_t n)
{
    const uint32_t *bits = values;
    for (int64_t i = 0; i < n; i++) {
        const uint32_t size = bits[i] & 0x7fffffffu, u = size == 0 ? 0 : bits[i];
        const uint32_t number = u >> 31 ? ~u : u | 0x80000000u;
        key[i] = size > 0x7f800000u ? UINT32_MAX : number;
    }
}

static void keys_of_integers(uint32_t *key, const int64_t *value, int64_t n)
{
    for (int64_t i = 0; i < n; i++) key[i] = (uint32_t)value[i] ^ 0x80000000u;
}

/* ---- order ---- */

static void sort_few(uint64_t *item, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        const uint64_t v = item[i];
        int64_t k = i;
        for (; k > 0 && v < item[k - 1]; k--) item[k] = item[k - 1];
        item[k] = v;
    }
}

/* By key, digit after digit from the lowest; items of equal keys are in order already. */
static void sort_items(uint64_t *item, uint64_t *spare, int64_t n)
{
    if (n <= FEW) {
        sort_few(item, n);
        return;
    }
    uint32_t count[DIGITS][VALUES] = { { 0 } };
    for (int64_t i = 0; i < n; i++)
        for (int d = 0; d < DIGITS; d++) count[d][item[i] >> (32 + d * DIGIT) & (VALUES - 1)]++;
    uint64_t *from = item, *to = spare;
    for (int d = 0; d < DIGITS; d++) {
        const int shift = 32 + d * DIGIT;
        if (count[d][from[0] >> shift & (VALUES - 1)] == n) continue; /* all the same */
        uint32_t at = 0;
        for (int v = 0; v < VALUES; v++) {
            const uint32_t next = at + count[d][v];
            count[d][v] = at;
            at = next;
        }
        for (int64_t i = 0; i < n; i++) to[count[d][from[i] >> shift & (VALUES - 1)]++] = from[i];
        uint64_t *const t = from;
        from = to;
        to = t;
    }
    if (from != item) memcpy(item, from, (size_t)n * sizeof *item);
}

/* The first `kept` items of a line in order. */
static void select_items(const uint32_t *key, int64_t n, int64_t kept, uint64_t *item, int64_t room)
{
    uint64_t limit = UINT64_MAX;
    int64_t have = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t one = (uint64_t)key[i] << 32 | (uint64_t)i;
        if (one >= limit) continue;
        item[have++] = one;
        if (have < room || i == n - 1) continue;
        sort_items(item, item + room, have);
        have = kept;
        limit = item[kept - 1];
    }
    sort_items(item, item + room, have);
}

/* ---- lines ---- */

static inline __attribute__((always_inline)) void copy_elements(char *to, const char *from, const uint64_t *item,
                                                                int64_t n, int64_t step, size_t bytes)
{
    for (int64_t i = 0; i < n; i++)
        memcpy(to + i * step * (int64_t)bytes, from + (int64_t)(uint32_t)item[i] * step * (int64_t)bytes, bytes);
}

static void sort_line(const rn_kernel_call *c, const state *st, int64_t line, char *scratch)
{
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    const int64_t n = st->from.n, kept = st->to.n, step = st->to.inner;
    uint32_t *key = (uint32_t *)(void *)(scratch + rni_line_room(&st->from));
    uint64_t *item = (uint64_t *)(void *)((char *)key + rni_cpu_round_up(n * (int64_t)sizeof *key, 64));
    const void *values = rni_line_load(isa, st->compute, &c->in[0], &st->from, line, scratch);
    if (st->compute == RNI_CPU_F32)
        keys_of_floats(key, values, n);
    else
        keys_of_integers(key, values, n);
    for (int64_t i = 0; i < n && st->descending; i++) key[i] = ~key[i];
    select_items(key, n, kept, item, st->buffer);
    const char *from = rni_line_piece(&c->in[0], &st->from, line, 0);
    char *to = rni_line_piece(&c->out[0], &st->to, line, 0);
    switch (rni_cpu_log_bytes(c->in[0].dtype)) {
    case 0:
        copy_elements(to, from, item, kept, step, 1);
        break;
    case 1:
        copy_elements(to, from, item, kept, step, 2);
        break;
    default:
        copy_elements(to, from, item, kept, step, 4);
    }
    int64_t *position = (int64_t *)(void *)rni_line_piece(&c->out[1], &st->to, line, 0);
    for (int64_t i = 0; i < kept; i++) position[i * step] = (int64_t)(uint32_t)item[i];
}

static void run_lines(void *user, int thread, int threads)
{
    const rn_kernel_call *c = user;
    const state *st = c->state;
    int64_t line, last;
    rni_cpu_part(rni_line_count(&st->to), thread, threads, &line, &last);
    for (; line < last; line++) sort_line(c, st, line, (char *)c->workspace + thread * st->room);
}

bool rni_cpu_sort_run(rn_kernel_call *c)
{
    const state *st = c->state;
    if (st->to.n > 0) rni_cpu_parallel(st->threads, run_lines, c);
    return true;
}
