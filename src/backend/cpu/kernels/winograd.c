/* Winograd's F(4x4, 3x3): transforms of images, results and filters (isa.h, rni_winograd).
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

enum { COLUMNS = 2 * VECTOR, POINTS = 6, TAPS = 3, TILE = 4 };

typedef struct {
    vec a, b, c, d, e, f;
} six;

/* ---- transforms of a line ---- */

static inline six image_line(vec d0, vec d1, vec d2, vec d3, vec d4, vec d5)
{
    const vec p = d4 - B2 * d2, q = A * (d3 - B2 * d1), r = d4 - A2 * d2, s = B * (d3 - A2 * d1);
    return (
        six){ d4 - (A2 + B2) * d2 + (A2 * B2) * d0, p + q, p - q, r + s, r - s, d5 - (A2 + B2) * d3 + (A2 * B2) * d1 };
}

static inline six result_line(vec m0, vec m1, vec m2, vec m3, vec m4, vec m5)
{
    const vec p = m1 + m2, q = A * (m1 - m2), r = m3 + m4, s = B * (m3 - m4);
    return (six){ .a = m0 + p + r, .b = q + s, .c = A2 * p + B2 * r, .d = A2 * q + B2 * s + m5 };
}

static inline six result_grad_line(vec y0, vec y1, vec y2, vec y3)
{
    const vec p = y0 + A2 * y2, q = A * (y1 + A2 * y3), r = y0 + B2 * y2, s = B * (y1 + B2 * y3);
    return (six){ y0, p + q, p - q, r + s, r - s, y3 };
}

static inline six filter_line(vec w0, vec w1, vec w2)
{
    const vec p = (w0 + A2 * w2) * (1 / NA), q = w1 * (A / NA), r = (w0 + B2 * w2) * (1 / NB), s = w1 * (B / NB);
    return (six){ w0 * (1 / (A2 * B2)), p + q, p - q, r + s, r - s, w2 };
}

static inline six filter_grad_line(vec m0, vec m1, vec m2, vec m3, vec m4, vec m5)
{
    const vec p = (m1 + m2) * (1 / NA), q = m1 - m2, r = (m3 + m4) * (1 / NB), s = m3 - m4;
    return (six){ .a = m0 * (1 / (A2 * B2)) + p + r, .b = q * (A / NA) + s * (B / NB), .c = A2 * p + B2 * r + m5 };
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

static void image(float *v, int64_t step, const float *const *x, const float *const *next, int64_t n)
{
    vec t[POINTS * POINTS];
    for (int64_t c = 0; c < n; c += VECTOR) {
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

static void result(float *const *y, const float *m, int64_t step, const float *b, int64_t n)
{
    vec t[TILE * POINTS];
    for (int64_t c = 0; c < n; c += VECTOR) {
        for (int j = 0; j < POINTS; j++) {
            const float *q = m + j * step + c;
            const six s = result_line(load(q), load(q + 6 * step), load(q + 12 * step), load(q + 18 * step),
                                      load(q + 24 * step), load(q + 30 * step));
            t[j] = s.a, t[6 + j] = s.b, t[12 + j] = s.c, t[18 + j] = s.d;
        }
        const vec offset = b ? load(b + c) : (vec){ 0 };
        for (int i = 0; i < TILE; i++) {
            const vec *r = t + 6 * i;
            const six s = result_line(r[0], r[1], r[2], r[3], r[4], r[5]);
            store(y[4 * i] + c, s.a + offset);
            store(y[4 * i + 1] + c, s.b + offset);
            store(y[4 * i + 2] + c, s.c + offset);
            store(y[4 * i + 3] + c, s.d + offset);
        }
    }
}

static void result_grad(float *v, int64_t step, const float *const *y, const float *const *next, int64_t n)
{
    vec t[POINTS * TILE];
    for (int64_t c = 0; c < n; c += VECTOR) {
        fetch(next, TILE * TILE, c);
        for (int j = 0; j < TILE; j++) {
            const six s = result_grad_line(load(y[j] + c), load(y[4 + j] + c), load(y[8 + j] + c), load(y[12 + j] + c));
            t[j] = s.a, t[4 + j] = s.b, t[8 + j] = s.c, t[12 + j] = s.d, t[16 + j] = s.e, t[20 + j] = s.f;
        }
        for (int i = 0; i < POINTS; i++) {
            const vec *r = t + 4 * i;
            store_row(v + 6 * i * step + c, step, result_grad_line(r[0], r[1], r[2], r[3]));
        }
    }
}

static void filters(float *u, int64_t step, const float *w, int64_t apart, bool turned, int64_t n)
{
    float lanes[TAPS * TAPS][VECTOR];
    vec t[POINTS * TAPS];
    for (int64_t c = 0; c < n; c += VECTOR, w += VECTOR * apart) {
        for (int l = 0; l < VECTOR; l++)
            for (int k = 0; k < TAPS * TAPS; k++) lanes[k][l] = w[l * apart + (turned ? TAPS * TAPS - 1 - k : k)];
        for (int j = 0; j < TAPS; j++) {
            const six s = filter_line(load(lanes[j]), load(lanes[3 + j]), load(lanes[6 + j]));
            t[j] = s.a, t[3 + j] = s.b, t[6 + j] = s.c, t[9 + j] = s.d, t[12 + j] = s.e, t[15 + j] = s.f;
        }
        for (int i = 0; i < POINTS; i++)
            store_row(u + 6 * i * step + c, step, filter_line(t[3 * i], t[3 * i + 1], t[3 * i + 2]));
    }
}

static void filters_grad(float *w, int64_t apart, const float *u, int64_t step, int64_t n)
{
    float lanes[TAPS * TAPS][VECTOR];
    vec t[TAPS * POINTS];
    for (int64_t c = 0; c < n; c += VECTOR, w += VECTOR * apart) {
        for (int j = 0; j < POINTS; j++) {
            const float *q = u + j * step + c;
            const six s = filter_grad_line(load(q), load(q + 6 * step), load(q + 12 * step), load(q + 18 * step),
                                           load(q + 24 * step), load(q + 30 * step));
            t[j] = s.a, t[6 + j] = s.b, t[12 + j] = s.c;
        }
        for (int i = 0; i < TAPS; i++) {
            const vec *r = t + 6 * i;
            const six s = filter_grad_line(r[0], r[1], r[2], r[3], r[4], r[5]);
            store(lanes[3 * i], s.a);
            store(lanes[3 * i + 1], s.b);
            store(lanes[3 * i + 2], s.c);
        }
        for (int l = 0; l < VECTOR; l++)
            for (int k = 0; k < TAPS * TAPS; k++) w[l * apart + k] = lanes[k][l];
    }
}

const rni_winograd RNI_ISA_NAME(rni_winograd) = { .columns = COLUMNS,
                                                  .image = image,
                                                  .result = result,
                                                  .result_grad = result_grad,
                                                  .filters = filters,
                                                  .filters_grad = filters_grad,
                                                  .multiply = RNI_ISA_NAME(rni_multiply) };
