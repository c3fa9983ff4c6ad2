/* One thread's scratch for running a program over tiles of a space: where each slot lies, and filling what stays the
 * same from tile to tile. */
#ifndef RNI_BACKEND_CPU_FRAME_H
#define RNI_BACKEND_CPU_FRAME_H

#include "backend/cpu/kernels/tile.h"
#include "backend/cpu/program.h"
#include "backend/cpu/space.h"

typedef struct rni_frame {
    const rni_isa *isa;
    const rni_cpu_program *program;
    int64_t tile;
    int64_t *offset; /* of each slot, in bytes */
    char *constants; /* one block each, shared by all threads */
    int64_t table_at, staging_at, extra_at, bytes;
} rni_frame;

/* The longest tile with which the slots of a program stay in the first cache; `extra` values per element go beside
 * them. No longer than `count` elements need. */
int64_t rni_frame_choose_tile(const rni_cpu_program *p, int64_t extra, int64_t count);
/* Lays out scratch for tiles of that length in any of n spaces (whose inputs are the program's; with n = 0 each input
 * gets a tile), with extra_bytes for the caller. False if there is no memory. */
bool rni_frame_init(rni_frame *f, const rni_isa *isa, const rni_cpu_program *p, const rni_space *space, int n,
                    int64_t tile, int64_t extra_bytes);
void rni_frame_free(rni_frame *f);

/* A thread at work. */
typedef struct rni_worker {
    const rni_frame *frame;
    const rni_space *space;
    const double *scalars;
    char *scratch;
    void **slot;                      /* inputs and constants are not written */
    const void *data[RNI_CPU_INPUTS]; /* of each input */
    int64_t count;                    /* what COUNT gives */
    rni_tile_fn *fn;                  /* the program, compiled; NULL: it is interpreted */
    const rn_view *in;                /* of programs that read by position, else NULL */
    rni_cpu_missing missing;
} rni_worker;

/* Puts the worker on its scratch (f->bytes of it). */
void rni_worker_init(rni_worker *w, const rni_frame *f, char *scratch);
/* Fills what is the same for all tiles of w->space; w->data, scalars and count must be set. */
void rni_worker_enter(rni_worker *w);
/* Points input slots at the values of n elements from `start` on; bits of `copied`: in scratch in any case. `exact`:
 * nobody reads past n. */
void rni_worker_load(rni_worker *w, int64_t start, int64_t n, uint64_t copied, bool exact);
/* Runs the program on what was loaded. */
void rni_worker_run(rni_worker *w, int64_t start, int64_t n);

#endif
