/* The elements that a program runs over, cut into tiles, and how the values of each input come into a tile. */
#ifndef RNI_BACKEND_CPU_SPACE_H
#define RNI_BACKEND_CPU_SPACE_H

#include "backend/cpu/cpu.h"
#include "backend/cpu/program.h"

typedef enum rni_input_kind {
    RNI_INPUT_NONE,     /* left out */
    RNI_INPUT_DIRECT,   /* lies in memory as the elements do */
    RNI_INPUT_REPEATED, /* one value for all */
    RNI_INPUT_PERIODIC, /* a short contiguous piece again and again */
    RNI_INPUT_NARROW,   /* one value for each row, and tiles stay within rows */
    RNI_INPUT_GATHER,   /* any strides */
} rni_input_kind;

typedef struct rni_input {
    rni_input_kind kind;
    rn_dtype dtype;
    int log_bytes, log_value; /* of an element and of a value of the program, log2 */
    bool same;                /* its type is what the program computes in */
    rni_convert_fn *load;     /* to that type */
    int64_t period;
    int64_t stride[RN_MAX_RANK]; /* in elements, over the dims of the space */
} rni_input;

typedef struct rni_space {
    int64_t count, dim[RN_MAX_RANK];
    int rank; /* at least 1 */
    bool rows;
    int64_t tile, tiles_per_row, tiles;
    rni_input *in;
} rni_space;

/* Joins axes that lie one after the other in all n views (which have the same dims); drops those of size 1. At least
 * one axis is left. */
void rni_collapse(int n, const rn_view *const *view, int *rank, int64_t *dim, int64_t (*stride)[RN_MAX_RANK]);

/* Describes the elements of `like` (row-major) and n <= RNI_CPU_INPUTS inputs of the same dims; in[i].dtype may be
 * RN_DTYPE_NONE. s->in must have room for n. */
void rni_space_init(rni_space *s, const rni_isa *isa, rni_cpu_compute compute, const rn_view *like, int n,
                    const rn_view *const *in);
/* Cuts the space into tiles of at most `tile` elements, a multiple of RNI_CPU_BLOCK. */
void rni_space_cut(rni_space *s, int64_t tile);
/* First element and number of elements of a tile. */
void rni_space_tile(const rni_space *s, int64_t tile, int64_t *start, int64_t *n);
/* The tile that an element is in. */
int64_t rni_space_find(const rni_space *s, int64_t element);

/* Elements of scratch, in the program's type, that an input needs. */
int64_t rni_input_room(const rni_input *in, int64_t tile);

typedef struct rni_tile {
    const rni_space *space;
    const rni_isa *isa;
    int64_t start, n; /* elements */
    void *staging;    /* room for a tile of raw elements */
    bool exact;       /* nobody reads past n */
} rni_tile;

/* Values of the tile's elements: a pointer to where they lie, or to `scratch`, which is filled up to whole blocks.
 * `copy` asks for scratch in any case. A repeated or periodic input must have been spread into its scratch before. */
const void *rni_input_load(const rni_tile *t, const rni_input *in, const void *data, void *scratch, bool copy);
/* Spreads a repeated or periodic input for all tiles; nothing for others. */
void rni_input_spread(const rni_space *s, const rni_isa *isa, const rni_input *in, const void *data, void *scratch);

#endif
