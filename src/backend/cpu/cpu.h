/* What the files of the CPU back end share: the device, threads, sizes of views. */
#ifndef RNI_BACKEND_CPU_CPU_H
#define RNI_BACKEND_CPU_CPU_H

#include "backend/cpu/isa.h"
#include "base/index.h"

#include <signal.h>

/* Where there is a choice: where it is faster, nowhere, wherever it is possible. */
typedef enum rni_cpu_choice { RNI_CPU_FASTER, RNI_CPU_NEVER, RNI_CPU_ALWAYS } rni_cpu_choice;

/* An open device: "cpu", or with details after the colon as in "cpu:avx2" and "cpu:base,threads=1,winograd=0". */
typedef struct rni_cpu {
    const rni_isa *isa;
    int threads; /* 0: as many as OpenMP says at the time of a call */
    rni_cpu_choice winograd;
    bool compiled; /* "cpu:compiled": programs are compiled at once, for tests; otherwise when they are worth it */
} rni_cpu;

/* Memory aligned to 64 bytes; NULL if there is none. */
void *rni_cpu_alloc(int64_t bytes);
void rni_cpu_free(void *p, int64_t bytes);

/* One of `threads` equal parts of a piece of work. */
typedef void rni_cpu_task(void *user, int thread, int threads);

/* How many threads are worth waking for work of that many nanoseconds (of one thread). */
int rni_cpu_threads(const rni_cpu *cpu, double nanoseconds);
/* The most that rni_cpu_threads may say. */
int rni_cpu_max_threads(const rni_cpu *cpu);
/* Runs the task in that many threads, the caller among them; denormals are flushed inside and the caller's
 * floating-point state is as before afterwards. The task may be called with fewer threads than asked for. */
void rni_cpu_parallel(int threads, rni_cpu_task *task, void *user);

/* Around calls of oneDNN and OpenBLAS: signals wait, in this thread and in those that the call starts. Products of
 * oneDNN before 3.11 let the stack pointer walk through memory of the heap (oneDNN issue 4845), where the frame of a
 * handler would be written. Threads of rni_cpu_parallel take no signals at all. */
void rni_cpu_signals_wait(sigset_t *before);
void rni_cpu_signals_come(const sigset_t *before);

/* The part [*from, *to) of n things that belongs to one thread. */
static inline void rni_cpu_part(int64_t n, int thread, int threads, int64_t *from, int64_t *to)
{
    *from = n / threads * thread + (n % threads < thread ? n % threads : thread);
    *to = *from + n / threads + (thread < n % threads);
}

/* Bytes of one element, as a power of two: log2. */
static inline int rni_cpu_log_bytes(rn_dtype dtype)
{
    static const unsigned char log_bytes[RN_DTYPE_COUNT] = {
        [RN_I16] = 1, [RN_I32] = 2, [RN_I64] = 3, [RN_F16] = 1, [RN_BF16] = 1, [RN_F32] = 2, [RN_F64] = 3,
    };
    return log_bytes[dtype];
}

static inline bool rni_cpu_is_float(rn_dtype dtype)
{
    return dtype == RN_F16 || dtype == RN_BF16 || dtype == RN_F32 || dtype == RN_F64;
}

static inline int64_t rni_cpu_round_up(int64_t n, int64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* Gives images [N, C, ...] the strides that put channels innermost. */
void rni_cpu_channels_last(rn_view *v);
/* Whether they lie so. */
bool rni_cpu_is_channels_last(const rn_view *v);

/* Element i of a row-major view of numbers. */
static inline double rni_cpu_number(const rni_cpu *cpu, const rn_view *v, int64_t i)
{
    double x;
    cpu->isa->move->load[RNI_CPU_F64][v->dtype](&x, (const char *)v->data + (i << rni_cpu_log_bytes(v->dtype)), 1);
    return x;
}

static inline void rni_cpu_set_number(const rni_cpu *cpu, const rn_view *v, int64_t i, double x)
{
    cpu->isa->move->store[RNI_CPU_F64][v->dtype]((char *)v->data + (i << rni_cpu_log_bytes(v->dtype)), &x, 1);
}

/* The place of the element at a row-major position, as in "[2, 0]". */
void rni_cpu_place_text(const rn_view *v, int64_t position, char *buf, size_t size);

/* map.c */
const char *rni_cpu_map_refuse(const rn_kernel_call *c);
bool rni_cpu_map_prepare(rn_kernel_call *c, void **out, int64_t *workspace);
bool rni_cpu_map_run(rn_kernel_call *c);
void rni_cpu_map_release(void *p);
/* Elements first … first + n - 1 of the results of a call that was prepared as the `then` of another, in one of the
 * other's threads; at most so many threads. */
void rni_cpu_map_piece(const rn_kernel_call *c, int thread, int64_t first, int64_t n);
int rni_cpu_map_threads(const rn_kernel_call *c);
/* reduce.c */
const char *rni_cpu_reduce_refuse(const rn_kernel_call *c);
bool rni_cpu_reduce_prepare(rn_kernel_call *c, void **out, int64_t *workspace);
bool rni_cpu_reduce_run(rn_kernel_call *c);
void rni_cpu_reduce_release(void *p);

#endif
