/* When a program is worth compiling, and what runs meanwhile: the interpreter. */
#ifndef RNI_BACKEND_CPU_CODE_H
#define RNI_BACKEND_CPU_CODE_H

#include "backend/cpu/cpu.h"
#include "backend/cpu/kernels/tile.h"
#include "backend/cpu/program.h"

typedef struct rni_compiled rni_compiled;

/* One for each prepared call. Fields that calls of several threads write are atomic. */
typedef struct rni_cpu_code {
    const rni_isa *isa;
    const rni_cpu_program *program;
    const char *name;
    rni_tile_fn *fn;        /* NULL: not yet, or never */
    int64_t each, left;     /* nanoseconds of a call, and those until it is time to look again */
    bool busy;              /* somebody is looking */
    rni_compiled *compiled; /* under way */
} rni_cpu_code;

/* `nanoseconds` of one call, by one thread. The program must live as long. */
void rni_cpu_code_init(rni_cpu_code *c, const rni_cpu *cpu, const rni_cpu_program *p, const char *name,
                       double nanoseconds);
void rni_cpu_code_free(rni_cpu_code *c);
rni_tile_fn *rni_cpu_code_look(rni_cpu_code *c);

/* Once a call: the compiled program, NULL if there is none (yet). */
static inline rni_tile_fn *rni_cpu_code_now(rni_cpu_code *c)
{
    rni_tile_fn *fn = __atomic_load_n(&c->fn, __ATOMIC_ACQUIRE);
    if (fn || c->each == 0) return fn;
    /* calls that are lost between two threads do not matter */
    const int64_t left = __atomic_load_n(&c->left, __ATOMIC_RELAXED) - c->each;
    __atomic_store_n(&c->left, left, __ATOMIC_RELAXED);
    return left > 0 ? NULL : rni_cpu_code_look(c);
}

#endif
