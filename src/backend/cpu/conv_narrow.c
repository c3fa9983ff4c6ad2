/* conv_grad_x where vectors of channels would be half empty: the channels of all pixels that a row of a filter meets
 * lie one after the other, and make longer ones. Of each row of the filters, a product of the pixels of a column of gy
 * [rows, out] and the filters [out, taps of the row * in] is added to the rows of gx that it meets. A thread does so
 * for one image at a time, in memory of its own with the padding around. No result depends on the number of threads. */
#include "backend/cpu/conv_narrow.h"

#include "backend/cpu/conv.h"
#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum { LEAST_ROWS = 6 /* of gy */, ROWS = 14, MOST_BYTES = 256 << 10 /* of an image */ };

typedef struct {
    const rni_products *kernels;
    const float *gy, *w;
    float *gx, *filters, *images;
    int64_t n, in, out, size[2], of[2], taps[2], stride[2], pad[2]; /* of: the size of gy */
    int64_t wide[2], room;                                          /* an image with its padding, and its elements */
    int64_t columns, panels, panel;                                 /* of a row of the filters; elements of a panel */
    int threads;
} job;

static job job_of(const rn_kernel_call *c)
{
    const rn_conv_opts *o = c->opts;
    const rn_view *gy = &c->in[0], *w = &c->in[1], *gx = &c->out[0];
    job j = { .kernels = ((const rni_cpu *)c->device)->isa->product, .n = gx->dim[0], .in = gx->dim[1] };
    j.gy = gy->data;
    j.w = w->data;
    j.gx = gx->data;
    j.out = gy->dim[1];
    for (int i = 0; i < 2; i++) {
        j.size[i] = gx->dim[2 + i];
        j.of[i] = gy->dim[2 + i];
        j.taps[i] = w->dim[2 + i];
        j.stride[i] = o->stride[i];
        j.pad[i] = o->pad[i];
        j.wide[i] = (j.of[i] - 1) * j.stride[i] + j.taps[i];
    }
    const int64_t width = j.kernels->columns;
    j.columns = j.taps[1] * j.in;
    j.panels = (j.columns + width - 1) / width;
    j.panel = j.out * width;
    j.room = rni_cpu_round_up(j.wide[0] * j.wide[1] * j.in, 16);
    const double products = (double)(j.n * j.of[0] * j.of[1] * j.out * j.taps[0]) * (double)(j.panels * width);
    j.threads = rni_cpu_threads(c->device, 0.01 * products);
    return j;
}

static bool fits(const rn_kernel_call *c)
{
    const rn_conv_opts *o = c->opts;
    if (c->in[0].dtype != RN_F32 || c->in[0].rank != 4 || o->groups != 1) return false;
    return o->dilation[0] == 1 && o->dilation[1] == 1;
}

const char *rni_cpu_conv_narrow_refuse(const rn_kernel_call *c)
{
    const char *why = rni_cpu_conv_refuse(c);
    if (why) return why;
    if (!fits(c)) return "only f32, two axes, no groups, no dilation";
    const job j = job_of(c);
    const int64_t vector = j.kernels->columns / 2;
    const double filled = (double)j.columns / (double)rni_cpu_round_up(j.columns, vector);
    const double alone = (double)j.in / (double)rni_cpu_round_up(j.in, vector);
    if (j.of[0] < LEAST_ROWS || j.columns < vector || filled < 1.2 * alone) return "channels fill vectors";
    return j.room * (int64_t)sizeof(float) <= MOST_BYTES ? NULL : "an image is too large for the caches";
}

bool rni_cpu_conv_narrow_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    const job j = job_of(c);
    job *kept = malloc(sizeof *kept);
    if (!kept) return c->fail(c, RN_ERR_NOMEM, "no memory for its state");
    *kept = j;
    *state = kept;
    *workspace = (j.taps[0] * j.panels * j.panel + j.threads * j.room) * (int64_t)sizeof(float);
    return true;
}

/* Filters of one row: [panels, out, width], columns being taps and their channels; what is missing is zero. */
static void take_filters(const job *j, int64_t row, float *to)
{
    const int64_t width = j->kernels->columns, taps = j->taps[0] * j->taps[1];
    for (int64_t at = 0; at < j->panels * width; at++) {
        const float *w = j->w + at % j->in * taps + row * j->taps[1] + at / j->in;
        float *u = to + at / width * j->panel + at % width;
        for (int64_t k = 0; k < j->out; k++) u[k * width] = at < j->columns ? w[k * j->in * taps] : 0;
    }
}

static void take_rows(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t row, end;
    rni_cpu_part(j->taps[0], thread, threads, &row, &end);
    for (; row < end; row++) take_filters(j, row, j->filters + row * j->panels * j->panel);
}

/* Adds what a panel of a row of the filters does with a column of an image of gy. Of a panel that is not full, the rest
 * stays away from its neighbours in the image: it may be 0 * NaN. */
static void add_column(const job *j, const float *gy, const float *filters, int64_t columns, float *image)
{
    enum { MOST = 64 };
    float rest[ROWS * MOST];
    const int64_t width = j->kernels->columns, y_row = j->stride[0] * j->wide[1] * j->in, gy_row = j->of[1] * j->out;
    const bool full = columns == width || 2 * columns == width;
    for (int64_t from = 0, rows; from < j->of[0]; from += rows) {
        rows = full || j->of[0] - from < ROWS ? j->of[0] - from : ROWS;
        j->kernels->multiply(&(rni_product){ .a = gy + from * gy_row,
                                             .b = filters,
                                             .y = full ? image : rest,
                                             .rows = rows,
                                             .columns = 2 * columns <= width ? width / 2 : width,
                                             .n = j->out,
                                             .a_row = gy_row,
                                             .a_step = 1,
                                             .b_step = width,
                                             .y_row = full ? y_row : width,
                                             .add = full });
        for (int64_t i = 0; i < rows && !full; i++)
            for (int64_t k = 0; k < columns; k++) image[(from + i) * y_row + k] += rest[i * width + k];
    }
}

static void add_row(const job *j, const float *gy, int64_t row, float *image)
{
    const int64_t width = j->kernels->columns;
    for (int64_t p = 0; p < j->panels; p++) {
        const int64_t rest = j->columns - p * width, columns = rest < width ? rest : width;
        const float *filters = j->filters + (row * j->panels + p) * j->panel;
        for (int64_t x = 0; x < j->of[1]; x++)
            add_column(j, gy + x * j->out, filters, columns,
                       image + (row * j->wide[1] + x * j->stride[1]) * j->in + p * width);
    }
}

/* The image without its padding; zeros where no filter was. */
static void put_image(const job *j, const float *image, float *gx)
{
    const int64_t row = j->size[1] * j->in, reached = (j->wide[1] - j->pad[1]) * j->in;
    const int64_t n = reached < 0 ? 0 : reached < row ? reached : row;
    for (int64_t y = 0; y < j->size[0]; y++, gx += row) {
        const int64_t filled = y + j->pad[0] < j->wide[0] ? n : 0;
        if (filled > 0)
            memcpy(gx, image + ((y + j->pad[0]) * j->wide[1] + j->pad[1]) * j->in, (size_t)filled * sizeof *gx);
        memset(gx + filled, 0, (size_t)(row - filled) * sizeof *gx);
    }
}

static void make_images(void *user, int thread, int threads)
{
    const job *j = user;
    float *image = j->images + thread * j->room;
    int64_t i, end;
    rni_cpu_part(j->n, thread, threads, &i, &end);
    for (; i < end; i++) {
        memset(image, 0, (size_t)j->room * sizeof *image);
        for (int64_t row = 0; row < j->taps[0]; row++) add_row(j, j->gy + i * j->of[0] * j->of[1] * j->out, row, image);
        put_image(j, image, j->gx + i * j->size[0] * j->size[1] * j->in);
    }
}

bool rni_cpu_conv_narrow_run(rn_kernel_call *c)
{
    job j = job_of(c);
    j.threads = ((const job *)c->state)->threads;
    j.filters = c->workspace;
    j.images = j.filters + j.taps[0] * j.panels * j.panel;
    rni_cpu_parallel(j.threads, take_rows, &j);
    rni_cpu_parallel(j.threads, make_images, &j);
    return true;
}
