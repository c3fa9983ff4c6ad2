/* CUDA C on the host: what kernels find there, and a loop over blocks in which threads are fibers.
 *
 * A thread runs until it ends or waits: for its block (__syncthreads) or its warp (__syncwarp and the shuffles). A
 * barrier that some threads never reach ends the program, and so does a shuffle in which not all threads of a warp take
 * part. Kernels without barriers run without fibers. Included before the text of a kernel, which is compiled as C. */
#ifndef RENSA_TESTS_EMULATE_H
#define RENSA_TESTS_EMULATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

typedef struct dim3 {
    unsigned x, y, z;
} dim3;

static dim3 gridDim, blockDim, blockIdx, threadIdx;

#define __global__ static
#define __device__
#define __shared__ static
#define __restrict__ restrict
#define __forceinline__ inline
#define __launch_bounds__(...)

enum { WARP = 32, THREADS_MAX = 1024, STACK = 64 << 10 };
enum { AT_WORK, AT_BLOCK, AT_WARP, AT_END };

static struct {
    ucontext_t scheduler, thread[THREADS_MAX];
    char *stacks;
    int state[THREADS_MAX], threads, now;
    uint64_t given[THREADS_MAX]; /* to a shuffle */
    void (*kernel)(const void *args);
    const void *args;
} emulated;

static void emulated_stop(const char *why)
{
    fprintf(stderr, "emulated kernel: %s\n", why);
    abort();
}

static void emulated_wait(int state)
{
    const int i = emulated.now;
    emulated.state[i] = state;
    if (swapcontext(&emulated.thread[i], &emulated.scheduler) != 0) emulated_stop("no context");
}

static void emulated_thread(void)
{
    emulated.kernel(emulated.args);
    emulated_wait(AT_END);
}

static void __syncthreads(void)
{
    emulated_wait(AT_BLOCK);
}

static void __syncwarp(void)
{
    emulated_wait(AT_WARP);
}

/* Lets those at a barrier go on that have all arrived there. Returns how many still wait or work. */
static int emulated_release(void)
{
    int waiting = 0, left = 0, released = 0;
    for (int w = 0; w < emulated.threads; w += WARP) {
        const int end = w + WARP < emulated.threads ? w + WARP : emulated.threads;
        int here = 0, alive = 0;
        for (int i = w; i < end; i++) {
            here += emulated.state[i] == AT_WARP;
            alive += emulated.state[i] != AT_END;
            waiting += emulated.state[i] == AT_BLOCK;
        }
        left += alive;
        if (here > 0 && here == alive) {
            for (int i = w; i < end; i++)
                if (emulated.state[i] == AT_WARP) emulated.state[i] = AT_WORK;
            released += here;
        }
    }
    if (waiting > 0 && waiting == left) {
        for (int i = 0; i < emulated.threads; i++)
            if (emulated.state[i] == AT_BLOCK) emulated.state[i] = AT_WORK;
        released += waiting;
    }
    if (left > 0 && released == 0) emulated_stop("threads wait for others that do not come");
    return left;
}

static void emulated_block_fibers(void)
{
    for (int i = 0; i < emulated.threads; i++) {
        ucontext_t *c = &emulated.thread[i];
        if (getcontext(c) != 0) emulated_stop("no context");
        c->uc_stack.ss_sp = emulated.stacks + (size_t)i * STACK;
        c->uc_stack.ss_size = STACK;
        c->uc_link = NULL;
        makecontext(c, emulated_thread, 0);
        emulated.state[i] = AT_WORK;
    }
    do {
        for (int i = 0; i < emulated.threads; i++) {
            if (emulated.state[i] != AT_WORK) continue;
            emulated.now = i;
            threadIdx = (dim3){ (unsigned)i, 0, 0 };
            if (swapcontext(&emulated.scheduler, &emulated.thread[i]) != 0) emulated_stop("no context");
        }
    } while (emulated_release() > 0);
}

static void emulated_block(bool barriers)
{
    if (barriers)
        emulated_block_fibers();
    else
        for (threadIdx.x = 0; threadIdx.x < blockDim.x; threadIdx.x++) emulated.kernel(emulated.args);
}

static void emulated_run(void (*kernel)(const void *), const void *args, const unsigned *grid, unsigned block,
                         bool barriers)
{
    if (block == 0 || block > THREADS_MAX) emulated_stop("a block of no or too many threads");
    gridDim = (dim3){ grid[0], grid[1], grid[2] };
    blockDim = (dim3){ block, 1, 1 };
    emulated.threads = (int)block;
    emulated.kernel = kernel;
    emulated.args = args;
    if (barriers && !emulated.stacks) emulated.stacks = malloc((size_t)THREADS_MAX * STACK);
    if (barriers && !emulated.stacks) emulated_stop("no memory");
    for (blockIdx.z = 0; blockIdx.z < gridDim.z; blockIdx.z++)
        for (blockIdx.y = 0; blockIdx.y < gridDim.y; blockIdx.y++)
            for (blockIdx.x = 0; blockIdx.x < gridDim.x; blockIdx.x++) emulated_block(barriers);
}

/* What the driver calls: the size of the kernel's one argument, and the kernel on a grid. */
#define EMULATED(name, type, barriers)                                                                                 \
    const unsigned long name##_bytes = sizeof(type);                                                                   \
    static void name##_thread(const void *args)                                                                        \
    {                                                                                                                  \
        name(*(const type *)args);                                                                                     \
    }                                                                                                                  \
    void name##_run(const void *args, const unsigned *grid, unsigned block)                                            \
    {                                                                                                                  \
        emulated_run(name##_thread, args, grid, block, barriers);                                                      \
    }

/* ---- warps ---- */

static uint64_t emulated_shuffle(uint64_t bits, int from)
{
    const int i = emulated.now, lane = i % WARP;
    emulated.given[i] = bits;
    emulated_wait(AT_WARP);
    const int source = i - lane + (from >= 0 && from < WARP ? from : lane);
    bits = emulated.given[source < emulated.threads ? source : i];
    emulated_wait(AT_WARP);
    return bits;
}

static int emulated_lane(void)
{
    return emulated.now % WARP;
}

#define SHUFFLE(value, from)                                                                                           \
    ({                                                                                                                 \
        __typeof__(value) value_ = (value);                                                                            \
        uint64_t bits_ = 0;                                                                                            \
        memcpy(&bits_, &value_, sizeof value_);                                                                        \
        bits_ = emulated_shuffle(bits_, from);                                                                         \
        memcpy(&value_, &bits_, sizeof value_);                                                                        \
        value_;                                                                                                        \
    })
#define __shfl_down_sync(mask, value, by) SHUFFLE(value, emulated_lane() + (int)(by))
#define __shfl_xor_sync(mask, value, by) SHUFFLE(value, emulated_lane() ^ (int)(by))
#define __shfl_sync(mask, value, from) SHUFFLE(value, (int)(from))

/* ---- what a thread has besides C ---- */

static uint32_t __umulhi(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}

/* Fibers take turns where they wait only: any access is atomic. */
static unsigned long long atomicMin(unsigned long long *at, unsigned long long value)
{
    const unsigned long long before = *at;
    if (value < before) *at = value;
    return before;
}

#endif
