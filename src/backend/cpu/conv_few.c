/* conv of one image with few pixels in its result and weights that stay as they are, as in the last layers of a network
 * that looks at one picture: the weights are read from memory once, in the order in which they lie [taps, pieces of in,
 * panels of out, in, width], and meet all pixels of the result then. Channels are innermost. No result depends on the
 * number of threads. */
#include "backend/cpu/conv_few.h"

#include "backend/cpu/conv.h"
#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum {
    PIXELS = 16 /* of the result */,
    PIECE = 128 /* of in */,
    AHEAD = 2048 /* weights */,
    LEAST_BYTES = 1 << 20 /* of weights */
};

typedef struct {
    const rni_products *kernels;
    const float *x, *w, *bias;
    float *y, *rows, *kept; /* rows: the pixels that a tap meets, for each thread */
    int64_t in, out, size[2], of[2], taps[2], stride[2], pad[2], dilation[2]; /* of: the size of y */
    int64_t panels;
    int threads;
} job;

static job job_of(const rn_kernel_call *c)
{
    const rn_conv_opts *o = c->opts;
    const rn_view *x = &c->in[0], *w = &c->in[1], *y = &c->out[0];
    job j = { .kernels = ((const rni_cpu *)c->device)->isa->product, .x = x->data, .w = w->data, .y = y->data };
    if (c->n_in > 2 && c->in[2].dtype) j.bias = c->in[2].data;
    j.in = w->dim[1];
    j.out = w->dim[0];
    j.panels = j.out / j.kernels->columns;
    for (int i = 0; i < 2; i++) {
        j.size[i] = x->dim[2 + i];
        j.of[i] = y->dim[2 + i];
        j.taps[i] = w->dim[2 + i];
        j.stride[i] = o->stride[i];
        j.pad[i] = o->pad[i];
        j.dilation[i] = o->dilation[i];
    }
    return j;
}

const char *rni_cpu_conv_few_refuse(const rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *w = &c->in[1], *y = &c->out[0];
    const char *why = rni_cpu_conv_refuse(c);
    if (why) return why;
    if (x->dtype != RN_F32 || x->rank != 4 || ((const rn_conv_opts *)c->opts)->groups != 1)
        return "only f32, two axes, no groups";
    if (!(c->constant >> 1 & 1)) return "weights that change";
    if (x->dim[0] != 1 || y->dim[2] * y->dim[3] > PIXELS) return "many results";
    const int64_t columns = ((const rni_cpu *)c->device)->isa->product->columns;
    if (w->dim[0] % columns != 0) return "channels do not fill panels";
    return rni_view_count(w) * (int64_t)sizeof(float) >= LEAST_BYTES ? NULL : "few weights";
}

static int64_t tap_count(const job *j)
{
    return j->taps[0] * j->taps[1];
}

static int64_t kept_bytes(const job *j)
{
    return tap_count(j) * j->in * j->out * (int64_t)sizeof(float);
}

/* Input channel i of a panel of the weights to where it will be read. */
static void keep_channel(const job *j, int64_t p, int64_t i)
{
    const int64_t width = j->kernels->columns, taps = tap_count(j);
    const int64_t piece = i / PIECE * PIECE, n = j->in - piece < PIECE ? j->in - piece : PIECE;
    for (int64_t t = 0; t < taps; t++) {
        float *to = j->kept + ((t * j->in + piece) * j->panels + p * n + i - piece) * width;
        const float *from = j->w + (p * width * j->in + i) * taps + t;
        for (int64_t k = 0; k < width; k++) to[k] = from[k * j->in * taps];
    }
}

static void keep_panels(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t p, end;
    rni_cpu_part(j->panels, thread, threads, &p, &end);
    for (; p < end; p++)
        for (int64_t i = 0; i < j->in; i++) keep_channel(j, p, i);
}

bool rni_cpu_conv_few_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    job *j = malloc(sizeof *j);
    if (j) *j = job_of(c);
    if (!j || !(j->kept = rni_cpu_alloc(kept_bytes(j)))) {
        free(j);
        return c->fail(c, RN_ERR_NOMEM, "no memory for its weights");
    }
    j->threads = rni_cpu_threads(c->device, 0.1 * (double)rni_view_count(&c->in[1]));
    rni_cpu_parallel(j->threads, keep_panels, j);
    *state = j;
    *workspace = j->threads * PIXELS * PIECE * (int64_t)sizeof(float);
    return true;
}

void rni_cpu_conv_few_release(void *state)
{
    job *j = state;
    if (j) rni_cpu_free(j->kept, kept_bytes(j));
    free(j);
}

/* Rows from ... end - 1 of y meet the tap somewhere. */
static void find_rows(const job *j, int64_t tap, int64_t *from, int64_t *end)
{
    *from = 0;
    *end = j->of[0];
    const int64_t at = tap / j->taps[1] * j->dilation[0] - j->pad[0];
    while (*from < *end && *from * j->stride[0] + at < 0) ++*from;
    while (*end > *from && (*end - 1) * j->stride[0] + at >= j->size[0]) --*end;
}

/* n channels of the pixels that the tap meets in those rows: zeros beyond the sides. */
static void take_pixels(const job *j, int64_t tap, int64_t from, int64_t end, int64_t channel, int64_t n, float *to)
{
    for (int64_t i = from; i < end; i++)
        for (int64_t k = 0; k < j->of[1]; k++, to += n) {
            const int64_t y = i * j->stride[0] + tap / j->taps[1] * j->dilation[0] - j->pad[0];
            const int64_t x = k * j->stride[1] + tap % j->taps[1] * j->dilation[1] - j->pad[1];
            if (x >= 0 && x < j->size[1])
                memcpy(to, j->x + (y * j->size[1] + x) * j->in + channel, (size_t)n * sizeof *to);
            else
                memset(to, 0, (size_t)n * sizeof *to);
        }
}

static void begin(const job *j, int64_t column, int64_t columns)
{
    for (int64_t i = 0; i < j->of[0] * j->of[1]; i++) {
        float *y = j->y + i * j->out + column;
        if (j->bias)
            memcpy(y, j->bias + column, (size_t)columns * sizeof *y);
        else
            memset(y, 0, (size_t)columns * sizeof *y);
    }
}

static void add_piece(const job *j, int64_t tap, int64_t channel, float *rows, int64_t p, int64_t last)
{
    const int64_t width = j->kernels->columns, n = j->in - channel < PIECE ? j->in - channel : PIECE;
    int64_t from, end;
    find_rows(j, tap, &from, &end);
    if (from == end) return;
    take_pixels(j, tap, from, end, channel, n, rows);
    for (; p < last; p++)
        j->kernels->multiply(&(rni_product){ .a = rows,
                                             .b = j->kept + ((tap * j->in + channel) * j->panels + p * n) * width,
                                             .y = j->y + from * j->of[1] * j->out + p * width,
                                             .rows = (end - from) * j->of[1],
                                             .columns = width,
                                             .n = n,
                                             .a_row = n,
                                             .a_step = 1,
                                             .b_step = width,
                                             .y_row = j->out,
                                             .ahead = AHEAD,
                                             .add = true });
}

static void make_panels(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t p, last;
    rni_cpu_part(j->panels, thread, threads, &p, &last);
    begin(j, p * j->kernels->columns, (last - p) * j->kernels->columns);
    for (int64_t tap = 0; tap < tap_count(j); tap++)
        for (int64_t channel = 0; channel < j->in; channel += PIECE)
            add_piece(j, tap, channel, j->rows + thread * PIXELS * PIECE, p, last);
}

bool rni_cpu_conv_few_run(rn_kernel_call *c)
{
    const job *known = c->state;
    job j = job_of(c);
    j.kept = known->kept;
    j.threads = known->threads;
    j.rows = c->workspace;
    rni_cpu_parallel(j.threads, make_panels, &j);
    return true;
}
