/* Scratch of one thread, and what every user of programs does with it. */
#include "backend/cpu/frame.h"

#include <stdlib.h>
#include <string.h>

enum {
    TILE_MAX = 1024,           /* elements */
    SCRATCH_WANTED = 24 * 1024 /* bytes that should stay in the first cache */
};

int64_t rni_frame_choose_tile(const rni_cpu_program *p, int64_t extra, int64_t count)
{
    const int64_t wide = p->n_slot - p->first_out + extra;
    int64_t tile = TILE_MAX;
    while (tile > RNI_CPU_BLOCK && tile * wide * p->value_bytes > SCRATCH_WANTED) tile /= 2;
    const int64_t whole = rni_cpu_round_up(count > 0 ? count : 1, RNI_CPU_BLOCK);
    return tile < whole ? tile : whole;
}

/* Bytes that a slot needs; bits of late: inputs that may have to be copied. */
static int64_t slot_bytes(const rni_frame *f, int slot, const rni_space *space, int n, uint64_t late)
{
    const rni_cpu_program *p = f->program;
    int64_t values = RNI_CPU_BLOCK;
    if (slot >= p->first_out || (slot < p->n_in && n == 0)) values = f->tile;
    for (int g = 0; g < n && slot < p->n_in; g++) {
        const rni_input *in = &space[g].in[slot];
        const bool in_place = in->kind == RNI_INPUT_DIRECT && in->same && !(late >> slot & 1);
        const int64_t room = in_place ? RNI_CPU_BLOCK : rni_input_room(in, f->tile);
        if (room > values) values = room;
    }
    return values * p->value_bytes;
}

bool rni_frame_init(rni_frame *f, const rni_isa *isa, const rni_cpu_program *p, const rni_space *space, int n,
                    int64_t tile, int64_t extra_bytes)
{
    const int64_t block = (int64_t)RNI_CPU_BLOCK * p->value_bytes;
    *f = (rni_frame){ .isa = isa, .program = p, .tile = tile };
    f->offset = calloc((size_t)p->n_slot + 1, sizeof *f->offset);
    f->constants = aligned_alloc(64, (size_t)((p->n_const + 1) * block));
    if (!f->offset || !f->constants) return false;
    for (int k = 0; k < p->n_const; k++) rni_cpu_splat(isa, p->compute, f->constants + k * block, p->constant[k]);
    uint64_t late = 0;
    for (int o = 0; o < p->n_out; o++) late |= p->late[o];
    int64_t at = 0;
    for (int k = 0; k < p->n_slot; k++) {
        f->offset[k] = at;
        at += slot_bytes(f, k, space, n, late);
    }
    f->table_at = at;
    f->staging_at = at + rni_cpu_round_up((p->n_slot + 1) * (int64_t)sizeof(void *), 64);
    f->extra_at = f->staging_at + (n > 0 && p->n_in ? tile * 8 : 0);
    /* not all threads at the same place of a cache */
    f->bytes = rni_cpu_round_up(f->extra_at + extra_bytes, 4096) + 5 * 64;
    return true;
}

void rni_frame_free(rni_frame *f)
{
    free(f->offset);
    free(f->constants);
}

void rni_worker_init(rni_worker *w, const rni_frame *f, char *scratch)
{
    w->frame = f;
    w->scratch = scratch;
    w->slot = (void **)(void *)(scratch + f->table_at);
}

void rni_worker_enter(rni_worker *w)
{
    const rni_frame *f = w->frame;
    const rni_cpu_program *p = f->program;
    for (int k = 0; k < p->n_slot; k++) w->slot[k] = w->scratch + f->offset[k];
    for (int i = 0; i < p->n_in && w->space; i++)
        rni_input_spread(w->space, f->isa, &w->space->in[i], w->data[i], w->slot[i]);
    for (int k = 0; k < p->n_scalar; k++)
        rni_cpu_splat(f->isa, p->compute, w->slot[p->first_scalar + k], w->scalars[k]);
    for (int k = 0; k < p->n_const; k++)
        w->slot[p->first_const + k] = f->constants + k * (int64_t)RNI_CPU_BLOCK * p->value_bytes;
    const rni_cpu_position at = { .scalars = w->scalars, .count = w->count };
    rni_cpu_program_run(f->isa, p, 0, p->n_once, w->slot, 1, &at);
}

void rni_worker_load(rni_worker *w, int64_t start, int64_t n, uint64_t copied, bool exact)
{
    const rni_frame *f = w->frame;
    const rni_tile t = { w->space, f->isa, start, n, w->scratch + f->staging_at, exact };
    for (int i = 0; i < f->program->n_in; i++) {
        const void *at = rni_input_load(&t, &w->space->in[i], w->data[i], w->scratch + f->offset[i], copied >> i & 1);
        w->slot[i] = (void *)(uintptr_t)at;
    }
}

void rni_worker_run(rni_worker *w, int64_t start, int64_t n)
{
    const rni_cpu_program *p = w->frame->program;
    const rni_isa *isa = w->frame->isa;
    const int64_t blocks = (n + RNI_CPU_BLOCK - 1) / RNI_CPU_BLOCK;
    if (w->fn) {
        const rni_tile_tools tools = { isa->code[p->compute], isa->position->random[p->compute], w->scalars, start };
        w->fn(w->slot, blocks, &tools);
        return;
    }
    const rni_cpu_position at = { w->scalars, start, w->count, n, w->in, &w->missing };
    rni_cpu_program_run(isa, p, p->n_once, p->n_once + p->n_each, w->slot, blocks, &at);
}
