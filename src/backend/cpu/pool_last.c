/* Pooling of images with channels innermost: a window is a list of pixels, and all channels go through it at once. Of
 * 16 bits, a window goes through f32. */
#include "backend/cpu/pool.h"

#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum { AXES = 3, WINDOW_MOST = 4096, WIDE_MOST = 1 << 16 };

static bool is_grad(const rn_kernel_call *c)
{
    return strstr(c->op, "_grad") != NULL;
}

static bool is_average(const rn_kernel_call *c)
{
    return strncmp(c->op, "average", 7) == 0;
}

/* The image that windows go over, and what has one value per window. */
static const rn_view *image_of(const rn_kernel_call *c)
{
    return is_average(c) && is_grad(c) ? &c->out[0] : &c->in[0];
}

static const rn_view *windows_of(const rn_kernel_call *c)
{
    return !is_grad(c) ? &c->out[0] : is_average(c) ? &c->in[0] : &c->in[1];
}

static bool is_half(const rn_kernel_call *c)
{
    return rni_cpu_log_bytes(c->in[0].dtype) == 1;
}

/* Whether each pixel is in one window. */
static bool is_tiled(const rn_kernel_call *c)
{
    const rn_pool_opts *o = c->opts;
    const rn_view *x = image_of(c), *y = windows_of(c);
    for (int a = 0; a < x->rank - 2; a++)
        if (o->kernel[a] != o->stride[a] || o->dilation[a] != 1 || o->pad[a] != 0 ||
            y->dim[2 + a] * o->stride[a] != x->dim[2 + a])
            return false;
    return true;
}

const char *rni_cpu_pool_last_refuse(const rn_kernel_call *c)
{
    const rn_pool_opts *o = c->opts;
    int64_t window = 1;
    for (int a = 0; a < c->in[0].rank - 2; a++) window *= o->kernel[a] < WINDOW_MOST ? o->kernel[a] : WINDOW_MOST;
    if (!rni_cpu_is_float(c->in[0].dtype)) return "channels innermost only of floats";
    if (window > WINDOW_MOST || (is_half(c) && window * c->in[0].dim[1] > WIDE_MOST)) return "very large windows";
    if (is_half(c) && is_grad(c) && !is_tiled(c)) return "windows that overlap, in 16 bits";
    if (c->in[0].dim[1] < 2 || !rni_cpu_is_channels_last(&c->in[0])) return "channels are not innermost";
    return NULL;
}

void rni_cpu_pool_last_arrange(rn_kernel_call *c)
{
    for (int i = 0; i < c->n_in + c->n_out; i++) rni_cpu_channels_last(&c->in[i]);
}

/* Where a window meets an axis: its elements first … end - 1; how many of it count for a mean. */
typedef struct {
    int64_t first, end;
    double counted;
} range;

/* Sizes along three axes, of which a line or a plane has the last ones. */
typedef struct {
    bool grad, average, half;
    int bytes; /* of a pixel */
    int64_t images, channels, size[AXES], out[AXES], step[AXES], pad[AXES], dilation[AXES];
    int64_t count; /* pixels of a window */
    bool tiles;    /* is_tiled */
    bool squares;  /* these are of 2x2 pixels, of which the largest are taken */
    int threads;
    range *met[AXES]; /* of each window along an axis */
} state;

static range meet(const rn_pool_opts *o, int axis, int64_t size, int64_t i)
{
    const int64_t d = o->dilation[axis], start = i * o->stride[axis] - o->pad[axis];
    range r = { .first = start < 0 ? (-start + d - 1) / d : 0, .end = size > start ? (size - start + d - 1) / d : 0 };
    if (r.end > o->kernel[axis]) r.end = o->kernel[axis];
    if (r.end < r.first) r.end = r.first;
    /* what is past the end of the padding never counts */
    const int64_t room = size + o->pad_end[axis] - start, most = room > 0 ? (room + d - 1) / d : 0;
    r.counted = (double)(o->exclude_pad ? r.end - r.first : most < o->kernel[axis] ? most : o->kernel[axis]);
    return r;
}

static void describe(const rn_kernel_call *c, state *st)
{
    const rn_pool_opts *o = c->opts;
    const rn_view *x = image_of(c), *y = windows_of(c);
    st->grad = is_grad(c);
    st->average = is_average(c);
    st->half = is_half(c);
    st->bytes = (int)(x->dim[1] << rni_cpu_log_bytes(x->dtype));
    st->images = x->dim[0];
    st->channels = x->dim[1];
    st->count = 1;
    st->tiles = is_tiled(c);
    const int skip = AXES - (x->rank - 2);
    for (int a = 0; a < AXES; a++) {
        st->size[a] = st->out[a] = st->step[a] = st->dilation[a] = 1;
        st->met[a][0] = (range){ 0, 1, 1 };
        if (a < skip) continue;
        const int from = a - skip;
        st->size[a] = x->dim[2 + from];
        st->out[a] = y->dim[2 + from];
        st->step[a] = o->stride[from];
        st->pad[a] = o->pad[from];
        st->dilation[a] = o->dilation[from];
        st->count *= o->kernel[from];
        for (int64_t i = 0; i < st->out[a]; i++) st->met[a][i] = meet(o, from, st->size[a], i);
        if (a + 1 < AXES) st->met[a + 1] = st->met[a] + st->out[a];
    }
    const bool square = st->step[0] == 1 && st->step[1] == 2 && st->step[2] == 2;
    st->squares = st->tiles && square && !st->average && !st->half && c->n_in == (st->grad ? 2 : 1);
}

/* Units are rows of windows; where windows write to the image, whole images. */
static int64_t units_of(const state *st)
{
    return st->grad ? st->images : st->images * st->out[0] * st->out[1];
}

static int64_t list_bytes(const state *st)
{
    return rni_cpu_round_up(2 * st->count * (int64_t)sizeof(void *), 64);
}

/* Of a thread: the pixels of a window in up to two images and, of 16 bits, their values and those of the window. */
static int64_t scratch_bytes(const state *st)
{
    const int64_t wide = st->half ? (2 * st->count + 1) * st->channels * (int64_t)sizeof(float) : 0;
    return list_bytes(st) + rni_cpu_round_up(wide, 64);
}

bool rni_cpu_pool_last_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    int64_t ranges = AXES;
    for (int i = 2; i < windows_of(c)->rank; i++) ranges += windows_of(c)->dim[i];
    state *st = calloc(1, sizeof *st + (size_t)ranges * sizeof(range));
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    for (int a = 0; a < AXES; a++) st->met[a] = (range *)(void *)(st + 1) + a;
    describe(c, st);
    const double values = (double)rni_view_count(windows_of(c)), pixels = (double)st->count;
    const int threads = rni_cpu_threads(c->device, values * (0.1 * pixels + 10 * pixels / (double)st->channels));
    const int64_t units = units_of(st);
    st->threads = threads < units ? threads : units > 0 ? (int)units : 1;
    *workspace = scratch_bytes(st) * st->threads;
    *out = st;
    return true;
}

/* ---- running ---- */

typedef struct {
    const state *st;
    const rni_pixels *kernels;
    const char *image; /* that windows read, NULL for none */
    char *second;      /* that they write or read besides, NULL for none */
    const void **from; /* pixels of a window in them */
    void **into;
    /* of 16 bits: to and from f32, and room for all pixels of both images and one value per channel */
    rni_convert_fn *load, *store;
    float *wide;
} job;

/* Pixels of the window at places `met`, which begins at pixel `start`. */
static int64_t collect(const job *j, const range *const *met, int64_t start)
{
    const state *st = j->st;
    int64_t n = 0;
    for (int64_t u = met[0]->first; u < met[0]->end; u++)
        for (int64_t v = met[1]->first; v < met[1]->end; v++) {
            const int64_t row = start + (u * st->dilation[0] * st->size[1] + v * st->dilation[1]) * st->size[2];
            for (int64_t w = met[2]->first; w < met[2]->end; w++, n++) {
                const int64_t pixel = (row + w * st->dilation[2]) * st->bytes;
                j->from[n] = j->image + pixel;
                j->into[n] = j->second + pixel;
            }
        }
    return n;
}

static void pool_pixels(const job *j, const range *const *met, int64_t n, void *value)
{
    const state *st = j->st;
    const rni_pixels *k = j->kernels;
    if (st->average) {
        const double counted = met[0]->counted * met[1]->counted * met[2]->counted, divisor = counted > 0 ? counted : 1;
        if (st->grad)
            k->mean_grad(j->into, n, value, st->channels, divisor, !st->tiles);
        else
            k->mean(value, j->from, n, st->channels, divisor);
    } else if (st->grad)
        k->largest_grad(j->into, j->from, n, value, st->channels, !st->tiles);
    else if (j->second)
        k->largest_take(value, j->from, (const void *const *)j->into, n, st->channels);
    else
        k->largest(value, j->from, n, st->channels);
}

static void pool_window(const job *j, const range *const *met, int64_t start, char *value)
{
    const state *st = j->st;
    const int64_t channels = st->channels, n = collect(j, met, start);
    if (!st->half) {
        pool_pixels(j, met, n, value);
        return;
    }
    float *from = j->wide, *into = from + st->count * channels, *one = into + st->count * channels;
    const bool takes = !st->grad && j->second;
    for (int64_t i = 0; i < n; i++) {
        if (j->image) j->load(from + i * channels, j->from[i], channels);
        if (takes) j->load(into + i * channels, j->into[i], channels);
        j->from[i] = from + i * channels;
        j->into[i] = into + i * channels;
    }
    if (st->grad) j->load(one, value, channels);
    pool_pixels(j, met, n, one);
    if (!st->grad) j->store(value, one, channels);
    if (!st->grad) return;
    collect(j, met, start);
    for (int64_t i = 0; i < n; i++) j->store(j->into[i], into + i * channels, channels);
}

/* A row of windows of 2x2 pixels which begins at pixel `start`. */
static void pool_squares(const job *j, int64_t start, char *value)
{
    const state *st = j->st;
    const int64_t top = start * st->bytes, bottom = top + st->size[2] * st->bytes;
    const char *x = j->image;
    char *gx = j->second;
    if (st->grad)
        j->kernels->largest_row_grad(gx + top, gx + bottom, x + top, x + bottom, value, st->out[2], st->channels);
    else
        j->kernels->largest_row(value, x + top, x + bottom, st->out[2], st->channels);
}

/* Rows of windows from … to - 1 of an image. */
static void pool_rows(job *j, const rn_kernel_call *c, int64_t image, int64_t from, int64_t to)
{
    const state *st = j->st;
    const int64_t bytes = st->size[0] * st->size[1] * st->size[2] * st->bytes;
    const int64_t windows = st->out[0] * st->out[1] * st->out[2];
    j->image = st->average && st->grad ? NULL : (const char *)c->in[0].data + image * bytes;
    j->second = st->grad                      ? (char *)c->out[0].data + image * bytes
                : !st->average && c->n_in > 1 ? (char *)c->in[1].data + image * bytes
                                              : NULL;
    if (st->grad && !st->tiles) memset(j->second, 0, (size_t)bytes);
    char *value = (char *)windows_of(c)->data + (image * windows + from * st->out[2]) * st->bytes;
    for (int64_t row = from; row < to; row++) {
        const int64_t plane = row / st->out[1], line = row % st->out[1];
        const range *met[AXES] = { &st->met[0][plane], &st->met[1][line], st->met[2] };
        int64_t start = (plane * st->step[0] - st->pad[0]) * st->size[1] + line * st->step[1] - st->pad[1];
        start = start * st->size[2] - st->pad[2];
        if (st->squares) {
            pool_squares(j, start, value);
            value += st->out[2] * st->bytes;
            continue;
        }
        for (int64_t w = 0; w < st->out[2]; w++, met[2]++, start += st->step[2], value += st->bytes)
            pool_window(j, met, start, value);
    }
}

static void pool_part(void *user, int thread, int threads)
{
    const rn_kernel_call *c = user;
    const state *st = c->state;
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    void **room = (void **)(void *)((char *)c->workspace + thread * scratch_bytes(st));
    job j = { .st = st,
              .kernels = &isa->pixels[c->in[0].dtype == RN_F64],
              .from = (const void **)room,
              .into = room + st->count,
              .load = isa->move->load[RNI_CPU_F32][c->in[0].dtype],
              .store = isa->move->store[RNI_CPU_F32][c->in[0].dtype],
              .wide = (float *)(void *)((char *)room + list_bytes(st)) };
    int64_t unit, end;
    rni_cpu_part(units_of(st), thread, threads, &unit, &end);
    const int64_t rows = st->out[0] * st->out[1];
    for (; unit < end; unit++) {
        if (st->grad)
            pool_rows(&j, c, unit, 0, rows);
        else
            pool_rows(&j, c, unit / rows, unit % rows, unit % rows + 1);
    }
}

bool rni_cpu_pool_last_run(rn_kernel_call *c)
{
    const state *st = c->state;
    if (units_of(st) > 0) rni_cpu_parallel(st->threads, pool_part, c);
    return true;
}
