/* conv, conv_grad_x and conv_grad_w with 3x3 and 5x5 filters by Winograd's F(4x4, 3x3) and F(2x2, 5x5) (isa.h,
 * rni_winograd): 36 products for a tile of 4x4 (2x2) results instead of 144 (100). Images lie with channels innermost.
 *
 * Tiles are taken block by block. The parts of a block's images are V [36, tiles, in], those of the filters
 * U [panels, 36, in, columns], a panel being as many filters as a product has columns; the parts of the results are
 * made panel by panel, M [36, tiles, columns], and become results while they are in the second cache. Where filters are
 * few, each thread has blocks of its own, small enough for that cache, and U is made beforehand. Where they are many,
 * all threads share a block, and each makes the panels of U that it needs and uses them at once.
 *
 * For the gradient of the filters all threads share V and D [36, tiles, out], the parts of gy, of a block; each joins
 * pieces of [36, CHUNK, columns] over its tiles. Where filters are few, the tiles are cut in SHARES, which are summed
 * apart, in blocks of the thread's own: what one core has written is far from the other. No result depends on the
 * number of threads.
 *
 * Images of bf16 become f32 tile by tile, filters at once: so few products in f32 take less time than all of them in
 * bf16. */
#include "backend/cpu/winograd.h"

#include "backend/cpu/conv.h"
#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum {
    PARTS = 36,
    SIDE = 6,               /* of what a tile of results is made from */
    TILE_MOST = 4,          /* of results */
    COLUMNS_MOST = 64,      /* of a panel */
    HALF_LEAST = 64,        /* channels, from which on it is worth it in bf16 */
    CHUNK = 64,             /* input channels of a piece of the filters' gradient */
    OWN_BYTES = 512 << 10,  /* of V, where each thread has its own */
    OWN_TILES = 14,         /* and no fewer tiles than that */
    SHARED_BYTES = 4 << 20, /* likewise, where threads share it */
    SHARED_TILES = 128,
    SHARES = 8, /* of all tiles, for which the gradient is summed apart where filters are few */
    SHARES_BYTES = 8 << 20,
    KEPT_BYTES = 3 << 20,
    MANY_BYTES = 8 << 20 /* of U, from which on they do; twice as many where U would be made for several blocks */
};

typedef struct {
    char *data;
    int64_t channels, size[2], at[2]; /* at: where the first tile begins */
} images;

typedef struct {
    const rni_winograd *isa;
    void (*add_row)(float *y, int64_t y_row, const float *b, int64_t rows, int64_t columns);
    images x, y; /* from x to y; both are read for the gradient of the filters */
    float *w;
    const float *bias;
    int64_t w_in, w_out; /* elements between filters of neighbouring channels */
    bool turned, shared;
    int log_bytes;                /* of a value of an image */
    rni_convert_fn *load, *store; /* to and from f32; NULL where it is that */
    int threads;
    int64_t tile[2], tiles, block, blocks, panels;
    int64_t v_row, v_part, d_row, d_part, m_part, u_part, u_panel, own;
    float *zeros, *v, *d, *m, *u;
    float *wide, *filters, *offsets; /* of bf16: the pixels of a tile for each thread, w and bias */
    void *w_half;
    float *kept;          /* U of filters that stay as they are, else NULL */
    int64_t first, count; /* the block that is shared */
    int64_t shares;
    const rn_kernel_call *then;
    int64_t followed; /* rows of tiles whose results it has had */
} job;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* So that the 36 parts of a value lie in different places of the first cache: an odd number of its lines. */
static int64_t apart(int64_t elements)
{
    return (rni_cpu_round_up(elements, 16) / 16 | 1) * 16;
}

/* Elements from one row of `channels` to the next. Narrow rows that are no whole lines follow each other. */
static int64_t row_of(int64_t channels)
{
    return channels % 16 ? rni_cpu_round_up(channels, 4) : apart(channels);
}

/* ---- tiles ---- */

/* The [side, side] pixels of a tile from channel c on, in room for RNI_WINOGRAD_PIXELS; `outside` stands for those
 * beyond the edges. */
static void find_pixels(const job *j, const images *v, int64_t tile, int64_t side, int64_t c, void *outside,
                        void **pixel)
{
    const int64_t row = tile / j->tile[1], image = row / j->tile[0], height = v->size[0], width = v->size[1];
    const int64_t top = (row - image * j->tile[0]) * j->isa->tile + v->at[0];
    const int64_t left = (tile - row * j->tile[1]) * j->isa->tile + v->at[1];
    const int64_t right = v->channels << j->log_bytes, down = right * width;
    const uintptr_t at = (uintptr_t)((image * height + top) * down + left * right + (c << j->log_bytes));
    j->isa->pixels(pixel, &(rni_winograd_tile){ .first = (uintptr_t)v->data + at,
                                                .right = right,
                                                .down = down,
                                                .rows = { -top, height - top },
                                                .columns = { -left, width - left },
                                                .side = side,
                                                .outside = outside });
}

typedef void transform(float *v, int64_t step, const float *const *pixel, const float *const *next, int64_t n);

/* The parts [tile, row] of tiles first + from … first + end - 1, each made from its [side, side] pixels. */
static void take_tiles(const job *j, transform *take, const images *x, int64_t side, float *wide, float *v, int64_t row,
                       int64_t part, int64_t first, int64_t from, int64_t end)
{
    void *pixel[2][RNI_WINOGRAD_PIXELS];
    float *own[SIDE * SIDE];
    for (int64_t k = 0; k < side * side; k++) own[k] = wide + k * x->channels;
    if (from < end) find_pixels(j, x, first + from, side, 0, j->zeros, pixel[from % 2]);
    for (int64_t t = from; t < end; t++) {
        find_pixels(j, x, first + (t + 1 < end ? t + 1 : t), side, 0, j->zeros, pixel[(t + 1) % 2]);
        void *const *now = pixel[t % 2], *const *next = pixel[(t + 1) % 2];
        if (j->load)
            for (int64_t k = 0; k < side * side; k++) j->load(own[k], now[k], x->channels);
        take(v + t * row, part, (const float *const *)(j->load ? (void *const *)own : now), (const float *const *)next,
             x->channels);
    }
}

/* V of those tiles. */
static void take_images(const job *j, float *wide, float *v, int64_t first, int64_t from, int64_t end)
{
    take_tiles(j, j->isa->image, &j->x, SIDE, wide, v, j->v_row, j->v_part, first, from, end);
}

static int64_t wide_row(const job *j)
{
    return PARTS * apart(j->x.channels > j->y.channels ? j->x.channels : j->y.channels);
}

static float *wide_of(const job *j, int thread)
{
    return j->wide + thread * wide_row(j);
}

/* ---- results ---- */

static int64_t panel_columns(const job *j, int64_t p)
{
    return least(j->isa->columns, j->y.channels - p * j->isa->columns);
}

/* Row i of a panel of U. */
static void make_filters(const job *j, float *u, int64_t p, int64_t i)
{
    const int64_t columns = j->isa->columns;
    j->isa->filters(u + i * columns, j->u_part, j->w + i * j->w_in + p * columns * j->w_out, j->w_out, j->turned,
                    panel_columns(j, p));
}

static void make_panel(const job *j, const float *v, const float *u, float *m, int64_t first, int64_t count, int64_t p)
{
    const int64_t columns = j->isa->columns, n = panel_columns(j, p);
    const int64_t pixels = j->isa->tile * j->isa->tile;
    float *spare = m + PARTS * j->m_part, wide[TILE_MOST * TILE_MOST][COLUMNS_MOST], *own[TILE_MOST * TILE_MOST];
    void *pixel[RNI_WINOGRAD_PIXELS];
    for (int64_t k = 0; k < pixels; k++) own[k] = wide[k];
    for (int k = 0; k < PARTS; k++)
        j->isa->multiply(&(rni_product){ .a = v + k * j->v_part,
                                         .b = u + k * j->u_part,
                                         .y = m + k * j->m_part,
                                         .rows = count,
                                         .columns = n,
                                         .n = j->x.channels,
                                         .a_row = j->v_row,
                                         .a_step = 1,
                                         .b_step = columns,
                                         .y_row = columns });
    for (int64_t t = 0; t < count; t++) {
        find_pixels(j, &j->y, first + t, j->isa->tile, p * columns, spare, pixel);
        j->isa->result((float *const *)(j->store ? (void *const *)own : pixel), m + t * columns, j->m_part,
                       j->bias ? j->bias + p * columns : NULL, n);
        for (int64_t k = 0; j->store && k < pixels; k++)
            if (pixel[k] != spare) j->store(pixel[k], own[k], n);
    }
}

static void make_all_filters(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t i, end;
    rni_cpu_part(j->panels * j->x.channels, thread, threads, &i, &end);
    for (; i < end; i++) {
        const int64_t p = i / j->x.channels;
        make_filters(j, j->u + p * j->u_panel, p, i % j->x.channels);
    }
}

/* Where the results of a row of tiles begin: rows follow each other in memory. */
static int64_t row_at(const job *j, int64_t row)
{
    const int64_t image = row / j->tile[0], top = row % j->tile[0] * j->isa->tile;
    return (image * j->y.size[0] + top) * j->y.size[1] * j->y.channels;
}

/* Rows of tiles from `row` on are done up to the tile `end`; returns the first that is not. */
static int64_t follow(const job *j, int thread, int64_t row, int64_t end)
{
    const int64_t done = end / j->tile[1];
    if (done > row) rni_cpu_map_piece(j->then, thread, row_at(j, row), row_at(j, done) - row_at(j, row));
    return done;
}

/* A thread has whole rows of tiles if something follows. */
static void make_own_blocks(void *user, int thread, int threads)
{
    const job *j = user;
    float *v = j->v + thread * j->own, *m = v + PARTS * j->v_part;
    const int64_t unit = j->then ? j->tile[1] : 1;
    int64_t from, end;
    rni_cpu_part(j->tiles / unit, thread, threads, &from, &end);
    int64_t row = from;
    from *= unit;
    end *= unit;
    const int64_t n = end - from, blocks = (n + j->block - 1) / j->block;
    for (int64_t b = 0; b < blocks; b++) {
        const int64_t first = from + n * b / blocks, count = from + n * (b + 1) / blocks - first;
        take_images(j, wide_of(j, thread), v, first, 0, count);
        for (int64_t p = 0; p < j->panels; p++) make_panel(j, v, j->u + p * j->u_panel, m, first, count, p);
        if (j->then) row = follow(j, thread, row, first + count);
    }
}

static void take_shared_images(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t from, end;
    rni_cpu_part(j->count, thread, threads, &from, &end);
    take_images(j, wide_of(j, thread), j->v, j->first, from, end);
}

static void make_shared_block(void *user, int thread, int threads)
{
    const job *j = user;
    float *m = j->m + thread * j->own, *u = m + PARTS * j->m_part + j->isa->columns;
    int64_t p, end;
    rni_cpu_part(j->panels, thread, threads, &p, &end);
    for (; p < end; p++) {
        for (int64_t i = 0; i < j->x.channels && !j->kept; i++) make_filters(j, u, p, i);
        make_panel(j, j->v, j->kept ? j->kept + p * j->u_panel : u, m, j->first, j->count, p);
    }
}

static void follow_shared_block(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t from, end;
    rni_cpu_part((j->first + j->count) / j->tile[1] - j->followed, thread, threads, &from, &end);
    follow(j, thread, j->followed + from, (j->followed + end) * j->tile[1]);
}

static void each_shared_block(job *j, rni_cpu_task *take, rni_cpu_task *make)
{
    for (int64_t b = 0; b < j->blocks; b++) {
        j->first = j->tiles * b / j->blocks;
        j->count = j->tiles * (b + 1) / j->blocks - j->first;
        rni_cpu_parallel(j->threads, take, j);
        rni_cpu_parallel(j->threads, make, j);
        if (!j->then) continue;
        rni_cpu_parallel(j->threads, follow_shared_block, j);
        j->followed = (j->first + j->count) / j->tile[1];
    }
}

/* ---- gradient of the filters ---- */

static void take_gradients(const job *j, float *wide, int64_t first, int64_t from, int64_t end)
{
    take_images(j, wide, j->v, first, from, end);
    take_tiles(j, j->isa->result_grad, &j->y, j->isa->tile, wide, j->d, j->d_row, j->d_part, first, from, end);
}

static void take_shared_gradients(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t from, end;
    rni_cpu_part(j->count, thread, threads, &from, &end);
    take_gradients(j, wide_of(j, thread), j->first, from, end);
}

static int64_t pieces(const job *j)
{
    return (j->x.channels + CHUNK - 1) / CHUNK * j->panels;
}

/* Where a piece's filters lie, and its first input channel and panel. */
static void find_piece(const job *j, int64_t piece, int64_t *c, int64_t *p)
{
    *c = piece / j->panels * CHUNK;
    *p = piece % j->panels;
}

static void join_part(const job *j, float *m, int64_t piece, int64_t k)
{
    int64_t c, p;
    find_piece(j, piece, &c, &p);
    j->isa->multiply(&(rni_product){ .a = j->v + k * j->v_part + c,
                                     .b = j->d + k * j->d_part + p * j->isa->columns,
                                     .y = m + k * j->m_part,
                                     .rows = least(CHUNK, j->x.channels - c),
                                     .columns = panel_columns(j, p),
                                     .n = j->count,
                                     .a_row = 1,
                                     .a_step = j->v_row,
                                     .b_step = j->d_row,
                                     .y_row = j->isa->columns,
                                     .add = j->first > 0 });
}

static void finish_piece(const job *j, const float *m, int64_t piece)
{
    int64_t c, p;
    find_piece(j, piece, &c, &p);
    const int64_t columns = j->isa->columns, rows = least(CHUNK, j->x.channels - c);
    for (int64_t i = 0; i < rows; i++)
        j->isa->filters_grad(j->w + (c + i) * j->w_in + p * columns * j->w_out, j->w_out, m + i * columns, j->m_part,
                             panel_columns(j, p));
}

static void join_shared_block(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t i, end;
    rni_cpu_part(pieces(j) * PARTS, thread, threads, &i, &end);
    for (; i < end; i++) join_part(j, j->m + i / PARTS * PARTS * j->m_part, i / PARTS, i % PARTS);
}

static void finish_pieces(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t i, end;
    rni_cpu_part(pieces(j), thread, threads, &i, &end);
    for (; i < end; i++) finish_piece(j, j->m + i * PARTS * j->m_part, i);
}

static float *share_of(const job *j, int64_t share)
{
    return j->m + share * pieces(j) * PARTS * j->m_part;
}

/* Of few filters: blocks of the thread's own, whose parts stay in its cache. */
static void join_shares(void *user, int thread, int threads)
{
    job own = *(const job *)user;
    const job *j = &own;
    own.v += thread * own.own;
    own.d = own.v + PARTS * own.v_part;
    int64_t share, last;
    rni_cpu_part(j->shares, thread, threads, &share, &last);
    for (; share < last; share++) {
        const int64_t from = j->tiles * share / j->shares, n = j->tiles * (share + 1) / j->shares - from;
        const int64_t blocks = (n + j->block - 1) / j->block;
        for (int64_t b = 0; b < blocks; b++) {
            own.first = n * b / blocks;
            own.count = n * (b + 1) / blocks - own.first;
            take_gradients(j, wide_of(j, thread), from + own.first, 0, own.count);
            for (int64_t i = 0; i < pieces(j) * PARTS; i++)
                join_part(j, share_of(j, share) + i / PARTS * PARTS * j->m_part, i / PARTS, i % PARTS);
        }
    }
}

static void sum_shares(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t i, end;
    rni_cpu_part(pieces(j) * PARTS, thread, threads, &i, &end);
    for (const int64_t n = j->m_part; i < end; i++)
        for (int64_t k = 1; k < j->shares; k++) j->add_row(j->m + i * n, n, share_of(j, k) + i * n, 1, n);
}

/* Where there is but one block, a piece is done at once, in memory of its thread. */
static void join_and_finish(void *user, int thread, int threads)
{
    const job *j = user;
    float *m = j->m + thread * PARTS * j->m_part;
    int64_t i, end;
    rni_cpu_part(pieces(j), thread, threads, &i, &end);
    for (; i < end; i++) {
        for (int64_t k = 0; k < PARTS; k++) join_part(j, m, i, k);
        finish_piece(j, m, i);
    }
}

/* ---- calls ---- */

static bool is_grad_w(const rn_kernel_call *c)
{
    return strcmp(c->op, "conv_grad_w") == 0;
}

static images images_of(const rn_view *v, int64_t top, int64_t left)
{
    return (images){ v->data, v->dim[1], { v->dim[2], v->dim[3] }, { top, left } };
}

static job job_of(const rn_kernel_call *c)
{
    const rn_conv_opts *o = c->opts;
    const bool grad_w = is_grad_w(c), grad_x = strcmp(c->op, "conv_grad_x") == 0;
    const rn_view *x = &c->in[0], *w = grad_w ? &c->out[0] : &c->in[1], *y = grad_w ? &c->in[1] : &c->out[0];
    const int64_t channels = w->dim[1], side = w->dim[2], taps = side * side;
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    job j = { .isa = &isa->winograd[side == 5],
              .add_row = isa->product->add_row,
              .w = w->data,
              .turned = grad_x,
              .log_bytes = rni_cpu_log_bytes(x->dtype) };
    if (x->dtype != RN_F32) {
        j.load = isa->move->load[RNI_CPU_F32][x->dtype];
        j.store = isa->move->store[RNI_CPU_F32][x->dtype];
    }
    /* gx is the convolution of gy with the filters turned, padded so that the two paddings make up for the filter. */
    j.x = images_of(x, grad_x ? o->pad[0] + 1 - side : -o->pad[0], grad_x ? o->pad[1] + 1 - side : -o->pad[1]);
    j.y = images_of(y, 0, 0);
    j.w_in = taps * (grad_x ? channels : 1);
    j.w_out = taps * (grad_x ? 1 : channels);
    if (!grad_w && c->n_in > 2 && c->in[2].dtype) j.bias = c->in[2].data;
    for (int i = 0; i < 2; i++) j.tile[i] = (j.y.size[i] + j.isa->tile - 1) / j.isa->tile;
    j.tiles = x->dim[0] * j.tile[0] * j.tile[1];
    j.panels = (j.y.channels + j.isa->columns - 1) / j.isa->columns;
    return j;
}

/* The block and what lies where in it, with room for `bytes` of parts of tiles, each of which has `row` elements. */
static void cut_blocks(job *j, int64_t bytes, int64_t least_block, int64_t row, int64_t m_rows)
{
    int64_t block = bytes / (PARTS * row * (int64_t)sizeof(float));
    if (block < least_block) block = least_block;
    j->blocks = (j->tiles + block - 1) / block;
    j->block = (j->tiles + j->blocks - 1) / j->blocks;
    j->v_part = apart(j->block * j->v_row);
    j->d_part = apart(j->block * j->d_row + j->isa->columns); /* the last panel may be read as a whole one */
    j->m_part = apart((m_rows ? m_rows : j->block) * j->isa->columns);
}

static void cut_gradient(job *j)
{
    const int64_t row = j->v_row + j->d_row, rows = least(CHUNK, j->x.channels);
    cut_blocks(j, OWN_BYTES, OWN_TILES, row, rows);
    const int64_t bytes = SHARES * pieces(j) * PARTS * j->m_part * (int64_t)sizeof(float);
    if (bytes <= SHARES_BYTES && j->blocks >= SHARES)
        j->shares = SHARES;
    else
        cut_blocks(j, SHARED_BYTES, SHARED_TILES, row, rows);
}

static int64_t filter_count(const job *j)
{
    return j->isa->taps * j->isa->taps * j->x.channels * j->y.channels;
}

/* Gives the workspace its places, if there is one; its elements. */
static int64_t place(job *j, bool grad_w, float *workspace)
{
    const int64_t columns = j->isa->columns, own = PARTS * j->m_part + columns, v = PARTS * j->v_part;
    const int64_t zeros = apart(j->x.channels > j->y.channels ? j->x.channels : j->y.channels);
    int64_t v_at = zeros, u_at = 0, d_at = 0, m_at = 0, end;
    if (grad_w && j->shares) {
        j->own = v + PARTS * j->d_part;
        m_at = v_at + j->threads * j->own;
        end = m_at + j->shares * pieces(j) * PARTS * j->m_part;
    } else if (grad_w) {
        d_at = v_at + v;
        m_at = d_at + PARTS * j->d_part;
        end = m_at + (j->blocks > 1 ? pieces(j) : j->threads) * PARTS * j->m_part;
    } else if (j->shared) {
        j->own = own + (j->kept ? 0 : j->u_panel);
        m_at = v_at + v;
        end = m_at + j->threads * j->own;
    } else {
        j->own = own + v;
        u_at = zeros;
        v_at = u_at + (j->kept ? 0 : j->panels * j->u_panel);
        end = v_at + j->threads * j->own;
    }
    const int64_t wide_at = end, filters_at = wide_at + j->threads * wide_row(j);
    const int64_t offsets_at = filters_at + apart(filter_count(j));
    if (j->load) end = offsets_at + apart(j->y.channels);
    if (!workspace) return end;
    j->wide = workspace + wide_at;
    j->filters = workspace + filters_at;
    j->offsets = workspace + offsets_at;
    j->zeros = workspace;
    j->v = workspace + v_at;
    j->u = j->kept ? j->kept : workspace + u_at;
    j->d = workspace + d_at;
    j->m = workspace + m_at;
    memset(workspace, 0, (size_t)zeros * sizeof *workspace);
    return end;
}

static int64_t kept_bytes(const job *j)
{
    return j->panels * j->u_panel * (int64_t)sizeof(float);
}

static bool keep_filters(job *j)
{
    j->u = j->kept = rni_cpu_alloc(kept_bytes(j));
    if (!j->kept) return false;
    rni_cpu_parallel(j->threads, make_all_filters, j);
    return true;
}

bool rni_cpu_winograd_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    job *j = malloc(sizeof *j);
    if (!j) return c->fail(c, RN_ERR_NOMEM, "no memory for its state");
    *j = job_of(c);
    const int64_t in = j->x.channels;
    /* products, twice what they take with AVX-512 as two threads pay from 7 us on, and transforms to and fro */
    const double each = 0.6 * (double)in * (double)j->y.channels + 4 * (double)(in + j->y.channels);
    j->threads = rni_cpu_threads(c->device, (double)j->tiles * each);
    j->v_row = row_of(in);
    j->d_row = row_of(j->y.channels);
    j->u_part = apart(in * j->isa->columns);
    j->u_panel = PARTS * j->u_part;
    j->shared = j->panels * j->u_panel * (int64_t)sizeof(float) >= MANY_BYTES * (j->tiles > SHARED_TILES ? 2 : 1);
    if (is_grad_w(c))
        cut_gradient(j);
    else if (j->shared)
        cut_blocks(j, SHARED_BYTES, SHARED_TILES, j->v_row, 0);
    else
        cut_blocks(j, OWN_BYTES, OWN_TILES, j->v_row, 0);
    *state = j;
    if (!is_grad_w(c) && !j->load && c->constant >> 1 & 1 && !keep_filters(j)) {
        *state = NULL;
        free(j);
        return c->fail(c, RN_ERR_NOMEM, "no memory for its filters");
    }
    *workspace = place(j, is_grad_w(c), NULL) * (int64_t)sizeof(float);
    return true;
}

static void widen_filters(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t from, end;
    rni_cpu_part(filter_count(j), thread, threads, &from, &end);
    j->load(j->filters + from, (const char *)j->w_half + (from << j->log_bytes), end - from);
}

static void narrow_filters(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t from, end;
    rni_cpu_part(filter_count(j), thread, threads, &from, &end);
    j->store((char *)j->w_half + (from << j->log_bytes), j->filters + from, end - from);
}

/* The filters and the bias in f32. */
static void begin_half(job *j, bool grad_w)
{
    j->w_half = j->w;
    j->w = j->filters;
    if (!grad_w) rni_cpu_parallel(j->threads, widen_filters, j);
    if (!j->bias) return;
    j->load(j->offsets, j->bias, j->y.channels);
    j->bias = j->offsets;
}

void rni_cpu_winograd_release(void *state)
{
    job *j = state;
    if (j) rni_cpu_free(j->kept, kept_bytes(j));
    free(j);
}

bool rni_cpu_winograd_run(rn_kernel_call *c)
{
    job j = *(const job *)c->state;
    const job now = job_of(c);
    j.x = now.x;
    j.y = now.y;
    j.w = now.w;
    j.bias = now.bias;
    j.then = c->then;
    if (j.then && j.threads > rni_cpu_map_threads(j.then)) j.threads = rni_cpu_map_threads(j.then);
    place(&j, is_grad_w(c), c->workspace);
    if (j.load) begin_half(&j, is_grad_w(c));
    if (j.shares) {
        rni_cpu_parallel(j.threads, join_shares, &j);
        rni_cpu_parallel(j.threads, sum_shares, &j);
        rni_cpu_parallel(j.threads, finish_pieces, &j);
    } else if (is_grad_w(c)) {
        each_shared_block(&j, take_shared_gradients, j.blocks > 1 ? join_shared_block : join_and_finish);
        if (j.blocks > 1) rni_cpu_parallel(j.threads, finish_pieces, &j);
    } else if (j.shared)
        each_shared_block(&j, take_shared_images, make_shared_block);
    else {
        if (!j.kept) rni_cpu_parallel(j.threads, make_all_filters, &j);
        rni_cpu_parallel(j.threads, make_own_blocks, &j);
    }
    if (j.load && is_grad_w(c)) rni_cpu_parallel(j.threads, narrow_filters, &j);
    return true;
}

static bool fits(const rn_kernel_call *c)
{
    const rn_conv_opts *o = c->opts;
    const rn_view *w = is_grad_w(c) ? &c->out[0] : &c->in[1];
    if (w->rank != 4 || w->dim[2] != w->dim[3] || (w->dim[2] != 3 && w->dim[2] != 5) || o->groups != 1) return false;
    for (int i = 0; i < 2; i++)
        if (o->stride[i] != 1 || o->dilation[i] != 1) return false;
    const job j = job_of(c);
    const int64_t vector = j.isa->columns / 2;
    return j.x.channels >= vector && panel_columns(&j, j.panels - 1) >= vector && j.y.channels >= vector;
}

/* What Winograd saves in products it loses in transforms where tiles, channels or the results in a tile are few. */
static bool is_faster(const rn_kernel_call *c)
{
    const job j = job_of(c);
    const rn_view *y = strcmp(c->op, "conv") == 0 ? &c->out[0] : &c->in[is_grad_w(c)];
    const double results = (double)(y->dim[2] * y->dim[3] * j.isa->taps * j.isa->taps * j.y.channels);
    const double parts = (double)(j.tile[0] * j.tile[1] * PARTS * rni_cpu_round_up(j.y.channels, j.isa->columns / 2));
    if (c->in[0].dtype != RN_F32 && least(j.x.channels, j.y.channels) < HALF_LEAST) return false;
    /* U is there already, and as long as it stays in the caches */
    if (!is_grad_w(c) && c->in[0].dtype == RN_F32 && c->constant >> 1 & 1)
        return j.tiles >= 4 && PARTS * j.x.channels * j.y.channels * (int64_t)sizeof(float) <= KEPT_BYTES;
    return j.tiles >= (least(j.x.channels, j.y.channels) < 32 ? 128 : 8) && results >= 2 * parts;
}

const char *rni_cpu_winograd_refuse(const rn_kernel_call *c)
{
    const rni_cpu *cpu = c->device;
    const char *why = rni_cpu_conv_refuse(c);
    if (why) return why;
    if (c->in[0].dtype != RN_F32 && c->in[0].dtype != RN_BF16) return "only f32 and bf16";
    if (!fits(c)) return "only 3x3 and 5x5 filters with stride 1 and certain numbers of channels";
    if (cpu->winograd == RNI_CPU_NEVER) return "switched off";
    return cpu->winograd == RNI_CPU_ALWAYS || is_faster(c) ? NULL : "it is no faster";
}
