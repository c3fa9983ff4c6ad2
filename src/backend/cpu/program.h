/* Programs made ready for tiles: operands are slots, each a piece of memory with one value per element of the tile, or
 * one block that repeats itself. */
#ifndef RNI_BACKEND_CPU_PROGRAM_H
#define RNI_BACKEND_CPU_PROGRAM_H

#include "backend/cpu/isa.h"

typedef struct rni_cpu_instr {
    rni_code_fn *fn; /* NULL for INDEX, COUNT, RANDOM and LOAD */
    uint8_t code, steps;
    uint16_t d, a, b, c; /* slots; of RANDOM, a and b are numbers of scalars, of LOAD b is one of an input */
} rni_cpu_instr;

/* Slots in this order: inputs, scalars, constants, values computed once per call, outputs, values per tile. */
typedef struct rni_cpu_program {
    rni_cpu_compute compute;
    int value_bytes;
    int n_in, n_scalar, n_const, n_out;
    int first_scalar, first_const, first_once, first_out, first_temp, n_slot;
    int n_once, n_each; /* instructions: once per call, then for each tile */
    rni_cpu_instr *instr;
    const double *constant;
    uint16_t *from;  /* slot with the values of each output; its own one unless the value is elsewhere already */
    uint64_t *late;  /* inputs (bits) that are read after the output's own slot was written */
    uint64_t *taken; /* those of them that are results as they are, and so read after all instructions */
    uint16_t kept[2];
    int n_kept;  /* slots, besides those of outputs, that are read after a tile */
    double cost; /* nanoseconds per element, roughly */
} rni_cpu_program;

enum { RNI_CPU_INPUTS = 64 }; /* most inputs of a program here */

/* NULL if programs like p run here, else why not. */
const char *rni_cpu_program_refuse(const rni_isa *isa, const rn_program *p);
/* What a program computes in. */
rni_cpu_compute rni_cpu_compute_of(const rn_program *p);
/* Bit i of `repeated`: input i has one value for all elements; of `narrow`: one value, as a block, for each tile. NULL
 * if there is no memory. Free with free. */
rni_cpu_program *rni_cpu_program_make(const rni_isa *isa, const rn_program *p, uint64_t repeated, uint64_t narrow);
/* Writes a number in the program's type, as an element and as a block of it. */
void rni_cpu_splat(const rni_isa *isa, rni_cpu_compute compute, void *block, double number);

/* The first position, in the order of results, that an input does not have. */
typedef struct rni_cpu_missing {
    int64_t element; /* of the result; INT64_MAX: none */
    int input;
    double at;
} rni_cpu_missing;

/* What the instructions of a tile need besides slots. */
typedef struct rni_cpu_position {
    const double *scalars;
    int64_t start, count;     /* position of the tile's first element; number of elements of the output */
    int64_t n;                /* elements of the tile, less than its blocks may hold */
    const rn_view *in;        /* inputs, for those that are read by position */
    rni_cpu_missing *missing; /* set by them */
} rni_cpu_position;

/* Instructions first … last - 1 for `blocks` blocks. */
void rni_cpu_program_run(const rni_isa *isa, const rni_cpu_program *p, int first, int last, void *const *slot,
                         int64_t blocks, const rni_cpu_position *at);

#endif
