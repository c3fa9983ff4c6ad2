/* What the vector kernels offer to the rest of the back end: one table per instruction set, chosen when a device is
 * opened. Kernels know pointers and counts; shapes, threads and options stay outside. */
#ifndef RNI_BACKEND_CPU_ISA_H
#define RNI_BACKEND_CPU_ISA_H

#include <rensa/backend.h>

/* Registers of a program hold one value per element of a tile; instructions work on blocks of this many elements. */
enum { RNI_CPU_BLOCK = 64 };

/* The three types that programs compute in. */
typedef enum { RNI_CPU_F32, RNI_CPU_F64, RNI_CPU_I64, RNI_CPU_COMPUTES } rni_cpu_compute;

/* d = code(a, b, c) for `blocks` blocks. Bit 0, 1, 2 of steps: a, b, c have a value per element; otherwise they are one
 * block that is used again and again. d may be one of the operands. */
typedef void rni_code_fn(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps);
/* n elements, contiguous on both sides, not overlapping. */
typedef void rni_convert_fn(void *to, const void *from, int64_t n);

typedef struct rni_moves {
    /* to and from the compute type; equal types are copied; NULL for pairs that no program has */
    rni_convert_fn *load[RNI_CPU_COMPUTES][RN_DTYPE_COUNT], *store[RNI_CPU_COMPUTES][RN_DTYPE_COUNT];
    /* by log2 of the element's bytes: n elements that lie `stride` elements apart; n times the same one */
    void (*gather[4])(void *to, const void *from, int64_t stride, int64_t n);
    void (*scatter[4])(void *to, const void *from, int64_t stride, int64_t n); /* the other way */
    void (*fill[4])(void *to, const void *one, int64_t n);
    /* Writes past the caches; `to` is aligned to 64 bytes, n is in bytes and a multiple of 64. */
    void (*stream)(void *to, const void *from, int64_t n);
} rni_moves;

/* Positions start, start + 1, … as values, and random values of those positions (rensa/backend.h, RANDOM). */
typedef struct rni_positions {
    void (*index[RNI_CPU_COMPUTES])(void *d, int64_t start, int64_t n);
    void (*random[RNI_CPU_COMPUTES])(void *d, uint64_t seed, uint64_t stream, int64_t start, int64_t n);
} rni_positions;

/* Ways of joining values. Wide values are what long joins are kept in: double for f32 and f64, int64_t for i64. The
 * order of joining depends on the counts only. */
typedef struct rni_join {
    /* wide out[r] = the join of row r of n values */
    void (*rows)(void *out, const void *v, int64_t n, int64_t count);
    /* acc[i] is joined with v[i] of each of `count` rows of n values */
    void (*columns)(void *acc, const void *v, int64_t n, int64_t count);
    /* wide acc[i] is joined with v[i], which is a value or a wide value */
    void (*widen)(void *acc, const void *v, int64_t n);
    void (*wide)(void *acc, const void *v, int64_t n);
    const void *start; /* the wide value that changes nothing */
} rni_join;

typedef struct rni_joins {
    rni_join join[RNI_CPU_COMPUTES][RN_JOIN_ARGMIN + 1]; /* for positions: of the extreme values themselves */
    /* wide out[r] = the sum of products of rows r of n values; NULL for whole numbers */
    void (*dot[RNI_CPU_COMPUTES])(void *out, const void *v, const void *w, int64_t n, int64_t count);
    /* Position of the first value equal to the wide value `wanted` (of the first NaN, if that is one). */
    int64_t (*find[RNI_CPU_COMPUTES])(const void *v, int64_t n, const void *wanted);
    /* v[i] takes the place of best[i], and `at` that of position[i], if it is larger (smaller), or the first NaN */
    void (*largest[RNI_CPU_COMPUTES])(void *best, int64_t *position, const void *v, int64_t n, int64_t at);
    void (*smallest[RNI_CPU_COMPUTES])(void *best, int64_t *position, const void *v, int64_t n, int64_t at);
} rni_joins;

/* A plane [h, w] taken apart so that windows over it become long vectors: the element in row r and column c, counted
 * from the start of the padding, lies in phase (r % step, c % step) at [r / step, c / step]. Element (u, v) of all
 * windows is then one piece of one phase. Several planes may follow each other in a phase. */
typedef struct rni_phases {
    int64_t h, w, oh, ow, pad[2], step[2];
    int64_t rows, columns; /* of a plane in a phase */
    int64_t phase;         /* elements from one phase to the next */
} rni_phases;

typedef struct rni_planes {
    void (*spread)(const rni_phases *p, void *phases, const void *plane);
    /* the other way; 0 for elements that no phase has */
    void (*collect)(const rni_phases *p, void *plane, const void *phases);
    /* between values of windows as they lie in phases and [oh, ow], divided by what lies as the former (crop: or NULL)
     */
    void (*crop)(const rni_phases *p, void *to, const void *from, const void *divisor);
    void (*place)(const rni_phases *p, void *to, const void *from, const void *divisor);
    /* adds values[i, j] to (reads it from) the plane `at` elements after the start of window (i, j); none if below 0 */
    void (*scatter)(const rni_phases *p, void *plane, const void *values, const int64_t *at);
    void (*pick)(const rni_phases *p, void *values, const void *plane, const int64_t *at);
} rni_planes;

/* What softmax and the normalisations do along a line of n values. Results may lie over operands. Sums are added to
 * *sum; what is done in order depends on n only. */
typedef struct rni_pull {
    double mean, a, b, factor;
} rni_pull;

typedef struct rni_lines {
    void (*sum)(const void *x, int64_t n, double *sum);
    void (*sum_squares)(const void *x, int64_t n, double mean, double *sum); /* of x - mean */
    /* sum[0]: of g * w, sum[1]: of g * w * (x - mean); w may be NULL */
    void (*sum_pull)(const void *g, const void *w, const void *x, int64_t n, double mean, double *sum);
    /* y = (x - mean) * factor + offset; with a factor w and an offset b for each, which may be NULL */
    void (*affine)(void *y, const void *x, int64_t n, double mean, double factor, double offset);
    void (*affine_each)(void *y, const void *x, int64_t n, double mean, double factor, const void *w, const void *b);
    /* gx = (g * w - a - (x - mean) * b) * factor; w may be NULL */
    void (*pull)(void *gx, const void *g, const void *w, const void *x, int64_t n, const rni_pull *p);
    /* gw += g * (x - mean) * factor, gb += g; gb may be NULL */
    void (*add_products)(void *gw, void *gb, const void *g, const void *x, int64_t n, double mean, double factor);
    /* times factor; gives log(sum(exp(x))), 0 where all are -infinity */
    double (*softmax)(void *y, const void *x, int64_t n, double factor);
    void (*powers)(void *y, const void *x, int64_t n, double less); /* y = exp(x - less) */
    /* log(sum(exp(x - m))) and m, the largest value; both 0 where all are -infinity */
    double (*log_sum)(const void *x, int64_t n, double *m);
    void (*softmax_grad)(void *gx, const void *y, const void *gy, int64_t n);
    void (*log_softmax_grad)(void *gx, const void *y, const void *gy, int64_t n);
} rni_lines;

/* Images with channels innermost: pixels of n values each. */
typedef struct rni_pixels {
    /* A window is `count` pixels, x[k] the values of one. y: its largest values (the first NaN is larger than all), and
     * what z has in the same places. */
    void (*largest)(void *y, const void *const *x, int64_t count, int64_t n);
    void (*largest_take)(void *y, const void *const *x, const void *const *z, int64_t count, int64_t n);
    /* gx[k] = gy where x[k] is what was taken, else 0; or is added to */
    void (*largest_grad)(void *const *gx, const void *const *x, int64_t count, const void *gy, int64_t n, bool add);
    /* The same for windows of 2x2 pixels, of which each is in one, along two rows. */
    void (*largest_row)(void *y, const void *top, const void *bottom, int64_t windows, int64_t n);
    void (*largest_row_grad)(void *top_grad, void *bottom_grad, const void *top, const void *bottom, const void *gy,
                             int64_t windows, int64_t n);
    void (*mean)(void *y, const void *const *x, int64_t count, int64_t n, double divisor);
    void (*mean_grad)(void *const *gx, int64_t count, const void *gy, int64_t n, double divisor, bool add);
    /* Of each channel over rows [rows, n]: the mean, and the sum of squares around it. They are joined with those of
     * `before` rows that mean and squares have already. */
    void (*moments)(const void *x, int64_t rows, int64_t n, int64_t before, double *mean, double *squares);
    /* sum += g, products += g * (x - mean) */
    void (*sum_pull)(const void *g, const void *x, int64_t rows, int64_t n, const void *mean, double *sum,
                     double *products);
    /* y = (x - mean) * factor + offset */
    void (*affine)(void *y, const void *x, int64_t rows, int64_t n, const void *mean, const void *factor,
                   const void *offset);
    /* gx = (g - a - (x - mean) * b) * factor */
    void (*pull)(void *gx, const void *g, const void *x, int64_t rows, int64_t n, const void *mean, const void *a,
                 const void *b, const void *factor);
} rni_pixels;

/* y [rows, columns] = a [rows, n] times b [n, columns], or is added to; columns lie one after the other. */
typedef struct rni_product {
    const float *a, *b;
    float *y;
    int64_t rows, columns, n;             /* one or two vectors of columns: as many as rni_products.columns, or half */
    int64_t a_row, a_step, b_step, y_row; /* elements from one row of a to the next, from one of its columns, … */
    int64_t ahead;                        /* elements of b that will be needed after that many others */
    bool add;
} rni_product;

typedef struct rni_products {
    int64_t columns; /* the most that a product may have */
    void (*multiply)(const rni_product *p);
    /* to[j, i] = from[i, j]; elements of a row follow each other */
    void (*turn)(float *to, int64_t to_row, const float *from, int64_t from_row, int64_t rows, int64_t columns);
    void (*add_row)(float *y, int64_t y_row, const float *b, int64_t rows, int64_t columns); /* to each row of y */
} rni_products;

enum { RNI_WINOGRAD_PIXELS = 5 * 6 + 8 };

/* A tile of [side, side] pixels, side <= 6: the address of the first, bytes to the next on its right and below it. Rows
 * and columns before rows[0] and columns[0], and from rows[1] and columns[1] on, lie outside of the image. */
typedef struct rni_winograd_tile {
    uintptr_t first;
    int64_t right, down, rows[2], columns[2], side;
    void *outside; /* stands for them */
} rni_winograd_tile;

/* Convolution with 3x3 filters in tiles of 4x4 results, or with 5x5 filters in tiles of 2x2: 36 products for each
 * instead of 144 or 100. A tile is taken apart into 36 parts, which lie `step` elements apart; x [6, 6] and y [tile,
 * tile] point to its pixels, of n values each. Counts are at least half of `columns`. Results are off by about twice
 * (the gradient of the filters: up to three times) as much as those of direct sums: less than 2e-5 of their root mean
 * square for 512 channels. What is not finite spoils all results of a tile. */
typedef struct rni_winograd {
    int64_t columns; /* of a product */
    int64_t taps, tile;
    /* Addresses of the pixels of a tile, row by row; up to RNI_WINOGRAD_PIXELS places are written. */
    void (*pixels)(void **pixel, const rni_winograd_tile *t);
    void (*image)(float *v, int64_t step, const float *const *x, const float *const *next, int64_t n);
    void (*result)(float *const *y, const float *m, int64_t step, const float *b, int64_t n); /* plus b, or NULL */
    void (*result_grad)(float *v, int64_t step, const float *const *y, const float *const *next, int64_t n);
    /* n filters of taps x taps values which lie `apart`; `turned` by half a turn */
    void (*filters)(float *u, int64_t step, const float *w, int64_t apart, bool turned, int64_t n);
    void (*filters_grad)(float *w, int64_t apart, const float *u, int64_t step, int64_t n);
    void (*multiply)(const rni_product *p);
} rni_winograd;

/* y [m, 32 panels] = factor * a b, or that is added to it. Two values of a row of a, `row` bytes from the next one, are
 * a pair; it is followed by the next, `pair` bytes on. b lies in panels of 32 columns, each [pairs, 32] within `panel`
 * pairs of memory. */
typedef struct rni_pairs_product {
    float *y;
    const void *a;
    const uint32_t *b;
    int64_t lead, row, pair, panel; /* lead: floats from a row of y to the next */
    int64_t m, panels, pairs;
    float factor;
    bool add;
} rni_pairs_product;

/* Products of bf16 that are added in f32. */
typedef struct rni_pairs {
    bool (*available)(void); /* whether this processor has the rest */
    /* Panels of b [k, n], and of b by its transpose [n, k], k even; `lead` is in values. What is missing is zero. */
    void (*panels)(uint32_t *to, const uint16_t *b, int64_t lead, int64_t k, int64_t n);
    void (*panels_transposed)(uint32_t *to, const uint16_t *b, int64_t lead, int64_t k, int64_t n);
    void (*multiply)(const rni_pairs_product *p);
    void (*round)(uint16_t *to, const float *x, int64_t n);
    /* pairs of values of two rows; odd may be NULL: zeros */
    void (*pair)(uint32_t *to, const float *even, const float *odd, int64_t n);
} rni_pairs;

/* What a core can do at most. */
typedef struct rni_peaks {
    /* rounds of independent multiply-adds; what comes out must be used */
    double (*multiply_add)(int64_t rounds, float factor);
    double (*multiply_add_bf16)(int64_t rounds, float factor);
    bool (*has_bf16)(void);
    double round;                                      /* operations of one; in bf16 twice as many */
    void (*change)(float *x, int64_t n, float factor); /* reads and writes x */
} rni_peaks;

typedef struct rni_isa {
    const char *name;
    const char *flags;                          /* of the compiler, for kernels that are compiled at run time */
    rni_code_fn *const *code[RNI_CPU_COMPUTES]; /* by rn_code; NULL where a type has no such code */
    const rni_moves *move;
    const rni_positions *position;
    const rni_joins *joins;
    const rni_planes *planes; /* by type: f32, f64 */
    const rni_lines *lines;   /* likewise */
    const rni_pixels *pixels; /* likewise */
    const rni_products *product;
    const rni_winograd *winograd; /* of 3x3 and of 5x5 filters */
    const rni_pairs *pairs;
    const rni_peaks *peaks;
} rni_isa;

/* The instruction set called `name`, or for an empty name the best one that this processor has. NULL if it is unknown
 * or not available here. */
const rni_isa *rni_isa_find(const char *name);
/* Name of the i-th one that this processor has, best first; NULL past the last. */
const char *rni_isa_at(int i);

#endif
