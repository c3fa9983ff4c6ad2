/* Lines: values along some axes of a contiguous array, each as a row of values of a type, for kernels that need a whole
 * line at once. */
#ifndef RNI_BACKEND_CPU_LINES_H
#define RNI_BACKEND_CPU_LINES_H

#include "backend/cpu/cpu.h"

/* The array is [outer, n, inner, piece]; line i = (o, k) is [n, piece] at outer o and inner k. */
typedef struct rni_line_layout {
    int64_t outer, n, inner, piece;
} rni_line_layout;

static inline int64_t rni_line_length(const rni_line_layout *l)
{
    return l->n * l->piece;
}

static inline int64_t rni_line_count(const rni_line_layout *l)
{
    return l->outer * l->inner;
}

/* Lines along the axes from … to - 1 of a view. */
rni_line_layout rni_lines_along(const rn_view *v, int from, int to);
/* Bytes of scratch for a line. */
int64_t rni_line_room(const rni_line_layout *l);
/* Piece p of line i, as it lies. */
char *rni_line_piece(const rn_view *v, const rni_line_layout *l, int64_t i, int64_t p);
/* Values of line i: where they lie, or in scratch. */
const void *rni_line_load(const rni_isa *isa, rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l,
                          int64_t i, void *scratch);
/* Where values of line i of a result are to be written before rni_line_store is called: there, or in scratch. */
void *rni_line_place(rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l, int64_t i, void *scratch);
void rni_line_store(const rni_isa *isa, rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l, int64_t i,
                    void *scratch);

/* What functions of floats compute in: f64, or f32 for all others. */
static inline rni_cpu_compute rni_line_compute(rn_dtype d)
{
    return d == RN_F64 ? RNI_CPU_F64 : RNI_CPU_F32;
}

static inline int rni_line_bytes(rni_cpu_compute compute)
{
    return compute == RNI_CPU_F64 ? 8 : 4;
}

#endif
