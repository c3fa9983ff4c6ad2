/* What an emitted kernel is called with. Also part of emitted kernels (cmake/emit.cmake). */
#ifndef RNI_CPU_KERNELS_TILE_H
#define RNI_CPU_KERNELS_TILE_H

#include <stdint.h>
#include <string.h>

/* Kernels compiled at run time are told by which rules those compiled before round. */
#if defined(RNI_FUSED) && RNI_FUSED && !defined(__FMA__)
#error "a multiply-add is wanted that rounds once"
#elif defined(RNI_FUSED) && !RNI_FUSED && defined(__FMA__)
#error "a multiply-add is wanted that rounds twice"
#endif

/* Codes that call the C library, and random numbers, are left to the kernels that were compiled before: by rn_code, and
 * for the type computed in. */
typedef struct rni_tile_tools {
    void (*const *code)(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps);
    void (*random)(void *d, uint64_t seed, uint64_t stream, int64_t start, int64_t n);
    const double *scalars;
    int64_t start; /* position of the first element */
} rni_tile_tools;

/* Does what rni_cpu_program_run does with the instructions for each tile. */
typedef void rni_tile_fn(void *const *slot, int64_t blocks, const rni_tile_tools *tools);

#endif
