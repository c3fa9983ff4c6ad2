/* Winograd's F(4x4, 3x3) and F(2x2, 5x5): transforms of images, results and filters (isa.h, rni_winograd).
 *
 * A product of polynomials by their values at 0, a, -a, b, -b and infinity (Toom and Cook): with A, B and G of those
 * points, y = A' ((G w G') (B' x B)) A, where A', B' and G' are transposed and the inner product goes element by
 * element. The gradient of w is linear in x and gy by the same matrices: G' ((B' x B) (A gy A')) G. The points decide
 * about the rounding error (Barabasz et al. 2018); a and b are the best of those whose squares have few digits. */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/vector.h"

#define A 0.625f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)
#define NA (2 * A2 * (A2 - B2))
#define NB (2 * B2 * (B2 - A2))

enum { COLUMNS = 2 * VECTOR, POINTS = 6, TAPS_MOST = 5, TILE_MOST = 4 };

typedef struct {
    vec a, b, c, d, e, f;
} six;

/* ---- addresses ---- */

enum { LANES = VECTOR / 2, SPAN = 8 };

typedef uintptr_t addresses __attribute__((vector_size(LANES * sizeof(uintptr_t))));
typedef uintptr_t addresses_memory
    __attribute__((vector_size(LANES * sizeof(uintptr_t)), aligned(sizeof(uintptr_t)), may_alias));

static inline int64_t within(int64_t n, int64_t most)
{
    return n < 0 ? 0 : n > most ? most : n;
}

/* Without branches: half of all tiles touch an edge. */
static void pixels(void **pixel, const rni_winograd_tile *t)
{
#define ONES ~(uintptr_t)0, ~(uintptr_t)0, ~(uintptr_t)0, ~(uintptr_t)0
    static const uintptr_t from[2 * SPAN] = { [SPAN] = ONES, ONES }, to[2 * SPAN] = { ONES, ONES };
    static const uintptr_t lane[SPAN] = { 0, 1, 2, 3, 4, 5, 6, 7 };
#undef ONES
    const uintptr_t *after = from + SPAN - within(t->columns[0], SPAN),
                    *before = to + SPAN - within(t->columns[1], SPAN);
    const addresses none = (addresses){ 0 } + (uintptr_t)t->outside;
    addresses inside[SPAN / LANES], at[SPAN / LANES];
    for (int k = 0; k < SPAN / LANES; k++) {
        const addresses_memory *a = (const addresses_memory *)(after + k * LANES);
        const addresses_memory *b = (const addresses_memory *)(before + k * LANES);
        inside[k] = *a & *b;
        at[k] = *(const addresses_memory *)(lane + k * LANES) * (uintptr_t)t->right + t->first;
    }
    for (int64_t r = 0; r < t->side; r++)
        for (int k = 0; k < SPAN / LANES; k++, at[k - 1] += (uintptr_t)t->down)
            *(addresses_memory *)(pixel + r * t->side + k * LANES) =
                r >= t->rows[0] && r < t->rows[1] ? none ^ ((at[k] ^ none) & inside[k]) : none;
}

/* ---- transforms of a line ---- */

static inline six image_line(vec d0, vec d1, vec d2, vec d3, vec d4, vec d5)
{
    const vec p = d4 - B2 * d2, q = A * (d3 - B2 * d1), r = d4 - A2 * d2, s = B * (d3 - A2 * d1);
    return (
        six){ d4 - (A2 + B2) * d2 + (A2 * B2) * d0, p + q, p - q, r + s, r - s, d5 - (A2 + B2) * d3 + (A2 * B2) * d1 };
}

static inline six result_line(int tile, vec m0, vec m1, vec m2, vec m3, vec m4, vec m5)
{
    const vec p = m1 + m2, q = A * (m1 - m2), r = m3 + m4, s = B * (m3 - m4);
    if (tile == 2) return (six){ .a = m0 + p + r, .b = q + s + m5 };
    return (six){ .a = m0 + p + r, .b = q + s, .c = A2 * p + B2 * r, .d = A2 * q + B2 * s + m5 };
}

static inline six result_grad_line(int tile, vec y0, vec y1, vec y2, vec y3)
{
    if (tile == 2) return (six){ y0, y0 + A * y1, y0 - A * y1, y0 + B * y1, y0 - B * y1, y1 };
    const vec p = y0 + A2 * y2, q = A * (y1 + A2 * y3), r = y0 + B2 * y2, s = B * (y1 + B2 * y3);
    return (six){ y0, p + q, p - q, r + s, r - s, y3 };
}

static inline six filter_line(int taps, vec w0, vec w1, vec w2, vec w3, vec w4)
{
    const vec zero = w0 * (1 / (A2 * B2));
    if (taps == 3) {
        const vec p = (w0 + A2 * w2) * (1 / NA), q = w1 * (A / NA), r = (w0 + B2 * w2) * (1 / NB), s = w1 * (B / NB);
        return (six){ zero, p + q, p - q, r + s, r - s, w2 };
    }
    const vec p = (w0 + A2 * (w2 + A2 * w4)) * (1 / NA), q = (w1 + A2 * w3) * (A / NA);
    const vec r = (w0 + B2 * (w2 + B2 * w4)) * (1 / NB), s = (w1 + B2 * w3) * (B / NB);
    return (six){ zero, p + q, p - q, r + s, r - s, w4 };
}

static inline six filter_grad_line(int taps, vec m0, vec m1, vec m2, vec m3, vec m4, vec m5)
{
    const vec p = (m1 + m2) * (1 / NA), q = (m1 - m2) * (A / NA), r = (m3 + m4) * (1 / NB), s = (m3 - m4) * (B / NB);
    six w = { .a = m0 * (1 / (A2 * B2)) + p + r, .b = q + s, .c = A2 * p + B2 * r };
    if (taps == 3)
        w.c += m5;
    else {
        w.d = A2 * q + B2 * s;
        w.e = A2 * A2 * p + B2 * B2 * r + m5;
    }
    return w;
}

/* ---- transforms of tiles, of a vector of channels at a time ---- */

static inline void store_column(vec *t, six s)
{
    t[0] = s.a, t[6] = s.b, t[12] = s.c, t[18] = s.d, t[24] = s.e, t[30] = s.f;
}

static inline void store_row(float *to, int64_t step, six s)
{
    store(to, s.a);
    store(to + step, s.b);
    store(to + 2 * step, s.c);
    store(to + 3 * step, s.d);
    store(to + 4 * step, s.e);
    store(to + 5 * step, s.f);
}

/* Pixels of the tile that is next, which come from memory when they are needed otherwise: the processor sees no pattern
 * in them. */
static inline void fetch(const float *const *pixel, int count, int64_t c)
{
    for (int i = 0; i < count; i++) __builtin_prefetch(pixel[i] + c);
}

/* The vector from c on; the last one may lie over the one before. */
static inline int64_t vector_at(int64_t c, int64_t n)
{
    return c + VECTOR <= n ? c : n - VECTOR;
}

static void image(float *v, int64_t step, const float *const *x, const float *const *next, int64_t n)
{
    vec t[POINTS * POINTS];
    for (int64_t from = 0; from < n; from += VECTOR) {
        const int64_t c = vector_at(from, n);
        fetch(next, POINTS * POINTS, c);
        for (int j = 0; j < POINTS; j++)
            store_column(t + j, image_line(load(x[j] + c), load(x[6 + j] + c), load(x[12 + j] + c), load(x[18 + j] + c),
                                           load(x[24 + j] + c), load(x[30 + j] + c)));
        for (int i = 0; i < POINTS; i++) {
            const vec *r = t + 6 * i;
            store_row(v + 6 * i * step + c, step, image_line(r[0], r[1], r[2], r[3], r[4], r[5]));
        }
    }
}

static inline __attribute__((always_inline)) void result(const int tile, float *const *y, const float *m, int64_t step,
                                                         const float *b, int64_t n)
{
    vec t[TILE_MOST * POINTS];
    for (int64_t from = 0; from < n; from += VECTOR) {
        const int64_t c = vector_at(from, n);
        for (int j = 0; j < POINTS; j++) {
            const float *q = m + j * step + c;
            const six s = result_line(tile, load(q), load(q + 6 * step), load(q + 12 * step), load(q + 18 * step),
                                      load(q + 24 * step), load(q + 30 * step));
            t[j] = s.a, t[6 + j] = s.b;
            if (tile > 2) t[12 + j] = s.c, t[18 + j] = s.d;
        }
        const vec offset = b ? load(b + c) : (vec){ 0 };
        for (int i = 0; i < tile; i++) {
            const vec *r = t + 6 * i;
            const six s = result_line(tile, r[0], r[1], r[2], r[3], r[4], r[5]);
            store(y[tile * i] + c, s.a + offset);
            store(y[tile * i + 1] + c, s.b + offset);
            if (tile == 2) continue;
            store(y[tile * i + 2] + c, s.c + offset);
            store(y[tile * i + 3] + c, s.d + offset);
        }
    }
}

static inline __attribute__((always_inline)) void
result_grad(const int tile, float *v, int64_t step, const float *const *y, const float *const *next, int64_t n)
{
    vec t[POINTS * TILE_MOST];
    for (int64_t from = 0; from < n; from += VECTOR) {
        const int64_t c = vector_at(from, n);
        fetch(next, tile * tile, c);
        for (int j = 0; j < tile; j++) {
            const vec a = load(y[j] + c), b = load(y[tile + j] + c), none = { 0 };
            const six s = result_grad_line(tile, a, b, tile > 2 ? load(y[2 * tile + j] + c) : none,
                                           tile > 2 ? load(y[3 * tile + j] + c) : none);
            t[j] = s.a, t[4 + j] = s.b, t[8 + j] = s.c, t[12 + j] = s.d, t[16 + j] = s.e, t[20 + j] = s.f;
        }
        for (int i = 0; i < POINTS; i++) {
            const vec *r = t + 4 * i;
            store_row(v + 6 * i * step + c, step, result_grad_line(tile, r[0], r[1], r[2], r[3]));
        }
    }
}

static inline __attribute__((always_inline)) void filters(const int taps, float *u, int64_t step, const float *w,
                                                          int64_t apart, bool turned, int64_t n)
{
    float lanes[TAPS_MOST * TAPS_MOST][VECTOR];
    vec t[POINTS * TAPS_MOST] = { 0 };
    for (int64_t from = 0; from < n; from += VECTOR) {
        const int64_t c = vector_at(from, n);
        for (int l = 0; l < VECTOR; l++)
            for (int k = 0; k < taps * taps; k++) lanes[k][l] = w[(c + l) * apart + (turned ? taps * taps - 1 - k : k)];
        for (int j = 0; j < taps; j++) {
            const vec none = { 0 };
            const six s =
                filter_line(taps, load(lanes[j]), load(lanes[taps + j]), load(lanes[2 * taps + j]),
                            taps > 3 ? load(lanes[3 * taps + j]) : none, taps > 3 ? load(lanes[4 * taps + j]) : none);
            t[j] = s.a, t[5 + j] = s.b, t[10 + j] = s.c, t[15 + j] = s.d, t[20 + j] = s.e, t[25 + j] = s.f;
        }
        for (int i = 0; i < POINTS; i++) {
            const vec *r = t + 5 * i;
            store_row(u + 6 * i * step + c, step, filter_line(taps, r[0], r[1], r[2], r[3], r[4]));
        }
    }
}

static inline __attribute__((always_inline)) void filters_grad(const int taps, float *w, int64_t apart, const float *u,
                                                               int64_t step, int64_t n)
{
    float lanes[TAPS_MOST * TAPS_MOST][VECTOR];
    vec t[TAPS_MOST * POINTS];
    for (int64_t from = 0; from < n; from += VECTOR) {
        const int64_t c = vector_at(from, n);
        for (int j = 0; j < POINTS; j++) {
            const float *q = u + j * step + c;
            const six s = filter_grad_line(taps, load(q), load(q + 6 * step), load(q + 12 * step), load(q + 18 * step),
                                           load(q + 24 * step), load(q + 30 * step));
            t[j] = s.a, t[6 + j] = s.b, t[12 + j] = s.c;
            if (taps > 3) t[18 + j] = s.d, t[24 + j] = s.e;
        }
        for (int i = 0; i < taps; i++) {
            const vec *r = t + 6 * i;
            const six s = filter_grad_line(taps, r[0], r[1], r[2], r[3], r[4], r[5]);
            store(lanes[taps * i], s.a);
            store(lanes[taps * i + 1], s.b);
            store(lanes[taps * i + 2], s.c);
            if (taps > 3) store(lanes[taps * i + 3], s.d), store(lanes[taps * i + 4], s.e);
        }
        for (int l = 0; l < VECTOR; l++)
            for (int k = 0; k < taps * taps; k++) w[(c + l) * apart + k] = lanes[k][l];
    }
}

#define KIND(taps, tile)                                                                                               \
    static void result_##taps(float *const *y, const float *m, int64_t step, const float *b, int64_t n)                \
    {                                                                                                                  \
        result(tile, y, m, step, b, n);                                                                                \
    }                                                                                                                  \
    static void result_grad_##taps(float *v, int64_t step, const float *const *y, const float *const *next, int64_t n) \
    {                                                                                                                  \
        result_grad(tile, v, step, y, next, n);                                                                        \
    }                                                                                                                  \
    static void filters_##taps(float *u, int64_t step, const float *w, int64_t apart, bool turned, int64_t n)          \
    {                                                                                                                  \
        filters(taps, u, step, w, apart, turned, n);                                                                   \
    }                                                                                                                  \
    static void filters_grad_##taps(float *w, int64_t apart, const float *u, int64_t step, int64_t n)                  \
    {                                                                                                                  \
        filters_grad(taps, w, apart, u, step, n);                                                                      \
    }
KIND(3, 4)
KIND(5, 2)

#define ROW(taps_, tile_)                                                                                              \
    {                                                                                                                  \
        .columns = COLUMNS, .taps = taps_, .tile = tile_, .pixels = pixels, .image = image, .result = result_##taps_,  \
        .result_grad = result_grad_##taps_, .filters = filters_##taps_, .filters_grad = filters_grad_##taps_,          \
        .multiply = RNI_ISA_NAME(rni_multiply)                                                                         \
    }

const rni_winograd RNI_ISA_NAME(rni_winograd)[2] = { ROW(3, 4), ROW(5, 2) };
