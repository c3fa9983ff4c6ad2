/* A program is compiled when its calls have taken long enough for the compiler's time to come back, and not in programs
 * that end soon. */
#include "backend/cpu/code.h"

#include "backend/cpu/tile_text.h"
#include "backend/emit/compiled.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Nanoseconds. */
enum { WORTH = 100000000, AGAIN = 2000000 };

static const double young = 1; /* seconds after the first prepared call in which nothing is compiled */

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Written once, by whoever is first. */
static struct {
    double start;
} g;

static double age(void)
{
    const double now = seconds_now();
    double start = 0;
    return __atomic_compare_exchange(&g.start, &start, &(double){ now }, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
               ? 0
               : now - start;
}

static void begin(rni_cpu_code *c)
{
    static const rn_dtype types[] = { RN_F32, RN_F64, RN_I64 };
    rni_text text = { 0 };
    rni_cpu_tile_text(&text, c->program);
    c->compiled =
        rni_compiled_want(c->name, rni_emit_ops(types[c->program->compute]), &text, "rni_tile", c->isa->flags);
    free(text.at);
}

static rni_tile_fn *take(rni_cpu_code *c)
{
    void *const found = c->compiled ? rni_compiled_function(c->compiled) : NULL;
    rni_tile_fn *fn;
    memcpy(&fn, &found, sizeof fn);
    __atomic_store_n(&c->fn, fn, __ATOMIC_RELEASE);
    return fn;
}

void rni_cpu_code_init(rni_cpu_code *c, const rni_cpu *cpu, const rni_cpu_program *p, const char *name,
                       double nanoseconds)
{
    *c = (rni_cpu_code){ .isa = cpu->isa, .program = p, .name = name, .left = WORTH };
    /* one instruction is no faster compiled: x*2+y over 10 million floats and over 4096 takes the same time */
    if (p->n_each < (cpu->compiled ? 1 : 2) || !rni_compile_on()) return;
    age();
    c->each = nanoseconds < 1 ? 1 : nanoseconds < 1e15 ? (int64_t)nanoseconds : (int64_t)1e15;
    if (!cpu->compiled) return;
    begin(c);
    if (c->compiled) rni_compiled_wait(c->compiled);
    take(c);
}

void rni_cpu_code_free(rni_cpu_code *c)
{
    rni_compiled_drop(c->compiled);
}

rni_tile_fn *rni_cpu_code_look(rni_cpu_code *c)
{
    rni_tile_fn *fn = NULL;
    if (__atomic_exchange_n(&c->busy, true, __ATOMIC_ACQUIRE)) return NULL;
    if (!c->compiled && age() > young) begin(c);
    fn = take(c);
    __atomic_store_n(&c->left, AGAIN, __ATOMIC_RELAXED);
    __atomic_store_n(&c->busy, false, __ATOMIC_RELEASE);
    return fn;
}
