/* Bringing lines into rows and back. */
#include "backend/cpu/lines.h"

#include <string.h>

rni_line_layout rni_lines_along(const rn_view *v, int from, int to)
{
    rni_line_layout l = { 1, 1, 1, 1 };
    for (int i = 0; i < v->rank; i++) *(i < from ? &l.outer : i < to ? &l.n : &l.inner) *= v->dim[i];
    return l;
}

int64_t rni_line_room(const rni_line_layout *l)
{
    return 2 * rni_cpu_round_up(rni_line_length(l) * 8, 64);
}

/* The second half of the room: elements of single-element pieces before and after conversion. */
static char *staging(const rni_line_layout *l, void *scratch)
{
    return (char *)scratch + rni_line_room(l) / 2;
}

char *rni_line_piece(const rn_view *v, const rni_line_layout *l, int64_t i, int64_t p)
{
    const int64_t row = i / l->inner * l->n + p;
    return (char *)v->data + ((row * l->inner + i % l->inner) * l->piece << rni_cpu_log_bytes(v->dtype));
}

static bool in_place(rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l)
{
    return (l->inner == 1 || l->n == 1) && v->dtype == (compute == RNI_CPU_F64 ? RN_F64 : RN_F32);
}

const void *rni_line_load(const rni_isa *isa, rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l,
                          int64_t i, void *scratch)
{
    const char *at = rni_line_piece(v, l, i, 0);
    rni_convert_fn *const load = isa->move->load[compute][v->dtype];
    if (in_place(compute, v, l)) return at;
    if (l->inner == 1 || l->n == 1)
        load(scratch, at, rni_line_length(l));
    else if (l->piece == 1) {
        isa->move->gather[rni_cpu_log_bytes(v->dtype)](staging(l, scratch), at, l->inner, l->n);
        load(scratch, staging(l, scratch), l->n);
    } else
        for (int64_t p = 0; p < l->n; p++)
            load((char *)scratch + p * l->piece * rni_line_bytes(compute), rni_line_piece(v, l, i, p), l->piece);
    return scratch;
}

void *rni_line_place(rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l, int64_t i, void *scratch)
{
    return in_place(compute, v, l) ? rni_line_piece(v, l, i, 0) : scratch;
}

void rni_line_store(const rni_isa *isa, rni_cpu_compute compute, const rn_view *v, const rni_line_layout *l, int64_t i,
                    void *scratch)
{
    char *at = rni_line_piece(v, l, i, 0);
    rni_convert_fn *const store = isa->move->store[compute][v->dtype];
    if (in_place(compute, v, l)) return;
    if (l->inner == 1 || l->n == 1)
        store(at, scratch, rni_line_length(l));
    else if (l->piece == 1) {
        store(staging(l, scratch), scratch, l->n);
        isa->move->scatter[rni_cpu_log_bytes(v->dtype)](at, staging(l, scratch), l->inner, l->n);
    } else
        for (int64_t p = 0; p < l->n; p++)
            store(rni_line_piece(v, l, i, p), (char *)scratch + p * l->piece * rni_line_bytes(compute), l->piece);
}
