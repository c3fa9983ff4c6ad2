/* Threads: one pool, OpenMP's, which the libraries for products and convolutions use as well. */
#include "backend/cpu/cpu.h"

#include <omp.h>
#include <pthread.h>

#if defined(__SSE2__)
#include <immintrin.h>

/* Denormals given and taken as zero. Returns the state before. */
static unsigned flush_begin(void)
{
    const unsigned was = _mm_getcsr();
    _mm_setcsr(was | 0x8040u);
    return was;
}

static void flush_end(unsigned was)
{
    _mm_setcsr(was);
}
#else
static unsigned flush_begin(void)
{
    return 0;
}

static void flush_end(unsigned was)
{
    (void)was;
}
#endif

/* The thread sanitizer does not see how OpenMP starts threads and waits for them: it is told. */
#if defined(__SANITIZE_THREAD__)
#define UNSEEN __attribute__((no_sanitize("thread")))
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#else
#define UNSEEN
#define __tsan_acquire(address) (void)(address)
#define __tsan_release(address) (void)(address)
#endif

void rni_cpu_signals_wait(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
}

void rni_cpu_signals_come(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Signals of the process go to threads of the program. */
static void leave_signals(int thread)
{
    static _Thread_local bool left;
    if (left || thread == 0) return;
    sigset_t before;
    rni_cpu_signals_wait(&before);
    left = true;
}

int rni_cpu_max_threads(const rni_cpu *cpu)
{
    if (omp_in_parallel()) return 1;
    return cpu->threads ? cpu->threads : omp_get_max_threads();
}

int rni_cpu_threads(const rni_cpu *cpu, double nanoseconds)
{
    /* Less than this per thread is lost in waking it. */
    const double worth = 6000;
    if (nanoseconds < 2 * worth) return 1;
    const int most = rni_cpu_max_threads(cpu);
    return nanoseconds < worth * most ? (int)(nanoseconds / worth) : most;
}

UNSEEN void rni_cpu_parallel(int threads, rni_cpu_task *task, void *user)
{
    if (threads <= 1) {
        const unsigned was = flush_begin();
        task(user, 0, 1);
        flush_end(was);
        return;
    }
    char begin, end;
    __tsan_release(&begin);
#pragma omp parallel num_threads(threads)
    {
        __tsan_acquire(&begin);
        leave_signals(omp_get_thread_num());
        const unsigned was = flush_begin();
        task(user, omp_get_thread_num(), omp_get_num_threads());
        flush_end(was);
        __tsan_release(&end);
    }
    __tsan_acquire(&end);
}
