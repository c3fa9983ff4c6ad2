/* Shapes and strides, so that kernels see contiguous tiles only. */
#include "backend/cpu/space.h"

#include <stdio.h>
#include <string.h>

/* Beyond this many elements, a piece that repeats itself is better read row by row. */
enum { LONGEST_PERIOD = 2048, SHORTEST_ROW = 256 };

void rni_collapse(int n, const rn_view *const *view, int *rank, int64_t *dim, int64_t (*stride)[RN_MAX_RANK])
{
    int r = 0;
    for (int a = 0; a < view[0]->rank; a++) {
        const int64_t size = view[0]->dim[a];
        if (size == 1) continue;
        bool joins = r > 0;
        for (int i = 0; i < n && joins; i++) joins = stride[i][r - 1] == view[i]->stride[a] * size;
        if (joins)
            dim[r - 1] *= size;
        else
            dim[r++] = size;
        for (int i = 0; i < n; i++) stride[i][r - 1] = view[i]->stride[a];
    }
    if (r == 0) {
        for (int i = 0; i < n; i++) stride[i][0] = 1;
        dim[r++] = 1;
    }
    *rank = r;
}

static bool is_contiguous(const rni_space *s, const int64_t *stride)
{
    int64_t want = 1;
    for (int a = s->rank - 1; a >= 0; a--) {
        if (stride[a] != want) return false;
        want *= s->dim[a];
    }
    return true;
}

static rni_input_kind kind_of(const rni_space *s, rni_input *in)
{
    bool outer_repeats = true;
    for (int a = 0; a < s->rank - 1; a++) outer_repeats = outer_repeats && in->stride[a] == 0;
    const int64_t inner = in->stride[s->rank - 1];
    if (is_contiguous(s, in->stride)) return RNI_INPUT_DIRECT;
    if (outer_repeats && inner == 0) return RNI_INPUT_REPEATED;
    in->period = s->dim[s->rank - 1];
    return outer_repeats && inner == 1 && in->period <= LONGEST_PERIOD ? RNI_INPUT_PERIODIC : RNI_INPUT_GATHER;
}

void rni_space_init(rni_space *s, const rni_isa *isa, rni_cpu_compute compute, const rn_view *like, int n,
                    const rn_view *const *in)
{
    static const rn_dtype types[] = { RN_F32, RN_F64, RN_I64 };
    const rn_view *view[RNI_CPU_INPUTS + 1];
    int64_t stride[RNI_CPU_INPUTS + 1][RN_MAX_RANK];
    int present = 0;
    rn_view whole = *like;
    for (int64_t a = whole.rank - 1, step = 1; a >= 0; step *= whole.dim[a--]) whole.stride[a] = step;
    view[present++] = &whole;
    for (int i = 0; i < n; i++)
        if (in[i]->dtype) view[present++] = in[i];
    rni_collapse(present, view, &s->rank, s->dim, stride);
    s->count = rni_view_count(like);
    bool gathers = false;
    present = 1;
    for (int i = 0; i < n; i++) {
        rni_input *to = &s->in[i];
        *to = (rni_input){ .dtype = in[i]->dtype };
        to->log_value = compute == RNI_CPU_F32 ? 2 : 3;
        if (!in[i]->dtype) continue;
        memcpy(to->stride, stride[present++], sizeof to->stride);
        to->log_bytes = rni_cpu_log_bytes(to->dtype);
        to->same = to->dtype == types[compute];
        to->load = isa->move->load[compute][to->dtype];
        to->kind = kind_of(s, to);
        gathers = gathers || to->kind == RNI_INPUT_GATHER;
    }
    const int64_t inner = s->dim[s->rank - 1];
    s->rows = gathers && (inner >= SHORTEST_ROW || (inner % RNI_CPU_BLOCK == 0 && inner > 0));
    for (int i = 0; i < n; i++) {
        rni_input *to = &s->in[i];
        if (s->rows && to->kind == RNI_INPUT_PERIODIC) to->kind = RNI_INPUT_GATHER;
        if (s->rows && to->kind == RNI_INPUT_GATHER && to->stride[s->rank - 1] == 0) to->kind = RNI_INPUT_NARROW;
    }
}

void rni_space_cut(rni_space *s, int64_t tile)
{
    const int64_t inner = s->dim[s->rank - 1];
    s->tile = tile;
    if (s->rows) {
        s->tiles_per_row = (inner + tile - 1) / tile;
        s->tile = rni_cpu_round_up((inner + s->tiles_per_row - 1) / s->tiles_per_row, RNI_CPU_BLOCK);
        s->tiles_per_row = (inner + s->tile - 1) / s->tile;
        s->tiles = s->tiles_per_row * (s->count / inner);
    } else
        s->tiles = (s->count + tile - 1) / tile;
}

void rni_space_tile(const rni_space *s, int64_t tile, int64_t *start, int64_t *n)
{
    int64_t end = s->count;
    *start = tile * s->tile;
    if (s->rows) {
        const int64_t inner = s->dim[s->rank - 1], row = tile / s->tiles_per_row;
        *start = row * inner + (tile - row * s->tiles_per_row) * s->tile;
        end = (row + 1) * inner;
    }
    *n = end - *start < s->tile ? end - *start : s->tile;
}

int64_t rni_space_find(const rni_space *s, int64_t element)
{
    if (!s->rows) return element / s->tile;
    const int64_t inner = s->dim[s->rank - 1], row = element / inner;
    return row * s->tiles_per_row + (element - row * inner) / s->tile;
}

int64_t rni_input_room(const rni_input *in, int64_t tile)
{
    switch (in->kind) {
    case RNI_INPUT_REPEATED:
    case RNI_INPUT_NARROW:
        return RNI_CPU_BLOCK;
    case RNI_INPUT_PERIODIC:
        return rni_cpu_round_up(in->period + tile, RNI_CPU_BLOCK);
    default:
        return tile;
    }
}

/* Where in the space a tile begins. */
typedef struct {
    int64_t at[RN_MAX_RANK], offset; /* coordinates; elements from the start of the input */
} place;

static place find_place(const rni_tile *t, const rni_input *in)
{
    const rni_space *s = t->space;
    place p = { .offset = 0 };
    int64_t rest = t->start;
    for (int a = s->rank - 1; a > 0; a--) {
        const int64_t up = rest / s->dim[a];
        p.at[a] = rest - up * s->dim[a];
        p.offset += p.at[a] * in->stride[a];
        rest = up;
    }
    p.at[0] = rest;
    p.offset += rest * in->stride[0];
    return p;
}

/* Raw elements, made contiguous: pieces of rows, one after the other. */
static void gather(const rni_tile *t, const rni_input *in, place p, const char *data, char *to)
{
    const rni_space *s = t->space;
    const rni_moves *move = t->isa->move;
    const int last = s->rank - 1, log_bytes = in->log_bytes;
    const int64_t inner = s->dim[last], step = in->stride[last];
    for (int64_t n = t->n;;) {
        const int64_t take = inner - p.at[last] < n ? inner - p.at[last] : n;
        const char *from = data + p.offset * (1 << log_bytes);
        if (step == 1)
            memcpy(to, from, (size_t)take << log_bytes);
        else if (step == 0)
            move->fill[log_bytes](to, from, take);
        else
            move->gather[log_bytes](to, from, step, take);
        n -= take;
        if (n == 0) return;
        to += take << log_bytes;
        p.offset -= p.at[last] * step;
        p.at[last] = 0;
        for (int a = last - 1; a >= 0; a--) {
            p.offset += in->stride[a];
            if (++p.at[a] < s->dim[a]) break;
            p.offset -= p.at[a] * in->stride[a];
            p.at[a] = 0;
        }
    }
}

/* Inputs that are contiguous, here or everywhere, or can be made so. */
static const void *load_general(const rni_tile *t, const rni_input *in, const char *data, void *scratch, bool copy)
{
    const int64_t n = t->n, padded = rni_cpu_round_up(n, RNI_CPU_BLOCK);
    const int last = t->space->rank - 1;
    const char *from = NULL;
    if (in->kind == RNI_INPUT_DIRECT)
        from = data + t->start * (1 << in->log_bytes);
    else {
        const place p = find_place(t, in);
        if (in->stride[last] == 1 && p.at[last] + n <= t->space->dim[last])
            from = data + p.offset * (1 << in->log_bytes);
        else
            gather(t, in, p, data, in->same ? scratch : t->staging);
    }
    if (from && in->same && !copy && (n == padded || t->exact)) return from;
    if (from || !in->same) in->load(scratch, from ? from : t->staging, n);
    if (n < padded) memset((char *)scratch + (n << in->log_value), 0, (size_t)(padded - n) << in->log_value);
    return scratch;
}

const void *rni_input_load(const rni_tile *t, const rni_input *in, const void *data, void *scratch, bool copy)
{
    int64_t one;
    switch (in->kind) {
    case RNI_INPUT_REPEATED:
        return scratch;
    case RNI_INPUT_PERIODIC:
        return (char *)scratch + (t->start % in->period << in->log_value);
    case RNI_INPUT_NARROW:
        in->load(&one, (const char *)data + find_place(t, in).offset * (1 << in->log_bytes), 1);
        t->isa->move->fill[in->log_value](scratch, &one, RNI_CPU_BLOCK);
        return scratch;
    case RNI_INPUT_NONE:
        memset(scratch, 0, (size_t)rni_cpu_round_up(t->n, RNI_CPU_BLOCK) << in->log_value);
        return scratch;
    default:
        return load_general(t, in, data, scratch, copy);
    }
}

void rni_input_spread(const rni_space *s, const rni_isa *isa, const rni_input *in, const void *data, void *scratch)
{
    if (in->kind == RNI_INPUT_REPEATED) {
        int64_t one;
        in->load(&one, data, 1);
        isa->move->fill[in->log_value](scratch, &one, RNI_CPU_BLOCK);
    }
    if (in->kind != RNI_INPUT_PERIODIC) return;
    in->load(scratch, data, in->period);
    const int64_t room = rni_input_room(in, s->tile);
    for (int64_t have = in->period; have < room;) {
        const int64_t more = have < room - have ? have : room - have;
        memcpy((char *)scratch + (have << in->log_value), scratch, (size_t)more << in->log_value);
        have += more;
    }
}

void rni_cpu_channels_last(rn_view *v)
{
    int64_t step = v->dim[1];
    v->stride[1] = 1;
    for (int i = v->rank - 1; i > 1; i--) {
        v->stride[i] = step;
        step *= v->dim[i];
    }
    v->stride[0] = step;
}

bool rni_cpu_is_channels_last(const rn_view *v)
{
    rn_view like = *v;
    rni_cpu_channels_last(&like);
    for (int i = 0; i < v->rank; i++)
        if (v->dim[i] > 1 && v->stride[i] != like.stride[i]) return false;
    return true;
}

void rni_cpu_place_text(const rn_view *v, int64_t position, char *buf, size_t size)
{
    int64_t at[RN_MAX_RANK];
    for (int i = v->rank - 1; i >= 0; i--) {
        at[i] = position % v->dim[i];
        position /= v->dim[i];
    }
    size_t n = (size_t)snprintf(buf, size, "[");
    for (int i = 0; i < v->rank && n < size; i++)
        n += (size_t)snprintf(buf + n, size - n, i ? ", %lld" : "%lld", (long long)at[i]);
    if (n < size) snprintf(buf + n, size - n, "]");
}
