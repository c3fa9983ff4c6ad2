/* The processor's limits: each is measured a few times, the best counts, since others compute, too. */
#include "backend/cpu/limits.h"

#include "backend/cpu/cpu.h"
#include "base/clock.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    TURNS = 5,          /* at least */
    ROUNDS = 1 << 20,   /* of multiply-adds: some 10 ms */
    CACHED = 256 << 10, /* bytes of each thread that stay in its cache */
    SHARED_AGAIN = 16,
    AGAIN = 400,      /* times that they are read and written */
    LARGE = 192 << 20 /* bytes of all threads together that do not */
};

typedef enum { F32, BF16, CACHE, SHARED, MEMORY } what;

typedef struct {
    const rni_peaks *peaks;
    what what;
    float *x;       /* LARGE bytes */
    int64_t shared; /* bytes of all threads that stay in the cache that they share */
    double *waste;  /* a result of each thread, so that it must be computed */
} job;

static void work(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t from, to;
    if (j->what == F32) j->waste[thread] = j->peaks->multiply_add(ROUNDS, 0.999f);
    if (j->what == BF16) j->waste[thread] = j->peaks->multiply_add_bf16(ROUNDS, 0.001f);
    if (j->what == CACHE)
        for (int i = 0; i < AGAIN; i++) j->peaks->change(j->x + (int64_t)thread * (CACHED / 4), CACHED / 4, 0.999f);
    if (j->what != SHARED && j->what != MEMORY) return;
    rni_cpu_part((j->what == SHARED ? j->shared : LARGE) / 4, thread, threads, &from, &to);
    for (int i = 0; i < (j->what == SHARED ? SHARED_AGAIN : 1); i++) j->peaks->change(j->x + from, to - from, 0.999f);
}

/* A part of the cache that all cores share: others compute, too. 0 where the system does not say what there is. */
static int64_t shared_bytes(void)
{
    int64_t bytes = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
    bytes = (int64_t)sysconf(_SC_LEVEL3_CACHE_SIZE) / 8;
#endif
    return bytes > LARGE ? LARGE : bytes > 0 ? bytes / 64 * 64 : 0;
}

/* Operations or bytes per second. */
static double rate(const job *j, int threads)
{
    const double amount[] = { [F32] = j->peaks->round * ROUNDS * threads,
                              [BF16] = 2 * j->peaks->round * ROUNDS * threads,
                              [CACHE] = 2.0 * CACHED * AGAIN * threads,
                              [SHARED] = 2.0 * (double)j->shared * SHARED_AGAIN,
                              [MEMORY] = 2.0 * LARGE };
    const double begin = rni_now(), enough = 0.07; /* seconds */
    double best = 0;
    for (int i = 0; i < TURNS || rni_now() - begin < enough; i++) {
        const double start = rni_now();
        rni_cpu_parallel(threads, work, (void *)(uintptr_t)j);
        const double seconds = rni_now() - start;
        if (amount[j->what] > best * seconds) best = amount[j->what] / seconds;
    }
    return best;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* What is so whatever else the machine did meanwhile. */
static void settle(rn_limits *l)
{
    double *const rows[] = { l->f32, l->bf16, l->memory, l->cache, l->shared };
    for (int i = 0; i < 2; i++)
        if (l->shared[i] > 0) l->shared[i] = larger(l->shared[i], l->memory[i]);
    for (size_t k = 0; k < RN_COUNTOF(rows); k++) rows[k][1] = larger(rows[k][0], rows[k][1]);
}

bool rni_cpu_measure(void *device, rn_limits *out)
{
    const rni_cpu *cpu = device;
    const int most = rni_cpu_max_threads(cpu);
    const int threads = most < LARGE / CACHED ? most : LARGE / CACHED;
    job j = { .peaks = cpu->isa->peaks, .x = calloc(LARGE, 1), .waste = calloc((size_t)threads, sizeof *j.waste) };
    const bool ok = j.x && j.waste;
    j.shared = shared_bytes();
    *out = (rn_limits){ .size = sizeof *out, .threads = threads, .cached = CACHED, .shared_cached = 2 * j.shared };
    for (int i = 0; ok && i < 2; i++) {
        const int n = i ? threads : 1;
        j.what = MEMORY; /* first: it brings the pages in */
        out->memory[i] = rate(&j, n);
        j.what = F32;
        out->f32[i] = rate(&j, n);
        j.what = CACHE;
        out->cache[i] = rate(&j, n);
        j.what = SHARED;
        out->shared[i] = j.shared ? rate(&j, n) : 0;
        j.what = BF16;
        out->bf16[i] = j.peaks->has_bf16() ? rate(&j, n) : 0;
    }
    settle(out);
    free(j.x);
    free(j.waste);
    return ok;
}
