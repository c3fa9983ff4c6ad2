/* Shapes and strides, so that kernels see contiguous tiles only. */
#include "backend/cpu/space.h"

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
    s->count = rni_cpu_count(like);
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
    for (int i = 0; i < n; i++)
        if (s->rows && (s->in[i].kind == RNI_INPUT_GATHER || s->in[i].kind == RNI_INPUT_PERIODIC))
            s->in[i].kind = s->in[i].stride[s->rank - 1] == 0 ? RNI_INPUT_NARROW : RNI_INPUT_ROW;
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

/* Raw elements, made contiguous: pieces of rows, one after the other. */
static void gather(const rni_tile *t, const rni_input *in, const char *data, char *to)
{
    const rni_space *s = t->space;
    const rni_moves *move = t->isa->move;
    const int last = s->rank - 1, log_bytes = in->log_bytes;
    const int64_t inner = s->dim[last], step = in->stride[last];
    int64_t at[RN_MAX_RANK], rest = t->start, offset = 0, n = t->n;
    for (int a = last; a >= 0; a--) {
        at[a] = rest % s->dim[a];
        rest /= s->dim[a];
        offset += at[a] * in->stride[a];
    }
    for (;;) {
        const int64_t take = inner - at[last] < n ? inner - at[last] : n;
        const char *from = data + offset * (1 << log_bytes);
        if (step == 1)
            memcpy(to, from, (size_t)take << log_bytes);
        else if (step == 0)
            move->fill[log_bytes](to, from, take);
        else
            move->gather[log_bytes](to, from, step, take);
        n -= take;
        if (n == 0) return;
        to += take << log_bytes;
        offset -= at[last] * step;
        at[last] = 0;
        for (int a = last - 1; a >= 0; a--) {
            offset += in->stride[a];
            if (++at[a] < s->dim[a]) break;
            offset -= at[a] * in->stride[a];
            at[a] = 0;
        }
    }
}

/* Offset in bytes of the tile's first element. */
static int64_t offset_of(const rni_tile *t, const rni_input *in)
{
    const rni_space *s = t->space;
    int64_t rest = t->start, offset = 0;
    for (int a = s->rank - 1; a > 0; a--) {
        const int64_t up = rest / s->dim[a];
        offset += (rest - up * s->dim[a]) * in->stride[a];
        rest = up;
    }
    return (offset + rest * in->stride[0]) * (1 << in->log_bytes);
}

const void *rni_input_load(const rni_tile *t, const rni_input *in, const void *data, void *scratch, bool copy)
{
    const int64_t n = t->n, padded = rni_cpu_round_up(n, RNI_CPU_BLOCK);
    const char *from = NULL;
    int64_t one;
    switch (in->kind) {
    case RNI_INPUT_REPEATED:
        return scratch;
    case RNI_INPUT_PERIODIC:
        return (char *)scratch + (t->start % in->period << in->log_value);
    case RNI_INPUT_NARROW:
        in->load(&one, (const char *)data + offset_of(t, in), 1);
        t->isa->move->fill[in->log_value](scratch, &one, RNI_CPU_BLOCK);
        return scratch;
    case RNI_INPUT_NONE:
        memset(scratch, 0, (size_t)padded << in->log_value);
        return scratch;
    case RNI_INPUT_DIRECT:
        from = (const char *)data + t->start * (1 << in->log_bytes);
        break;
    case RNI_INPUT_ROW:
        if (in->stride[t->space->rank - 1] == 1) from = (const char *)data + offset_of(t, in);
        break;
    case RNI_INPUT_GATHER:
        break;
    }
    if (from && in->same && n == padded && !copy) return from;
    if (!from) {
        gather(t, in, data, in->same ? scratch : t->staging);
        from = t->staging;
    }
    if (from != t->staging || !in->same) in->load(scratch, from, n);
    if (n < padded) memset((char *)scratch + (n << in->log_value), 0, (size_t)(padded - n) << in->log_value);
    return scratch;
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
