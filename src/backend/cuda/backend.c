/* The row of the CUDA back end. */
#include "backend/cuda/elementwise.h"
#include "backend/cuda/kernels.h"

#include <stdlib.h>

static void attach(const rn_host *given)
{
    rni_cuda_host = given;
}

static int count(void)
{
    char why[400];
    return rni_cuda_count(why, sizeof why);
}

static void *alloc(void *device, int64_t bytes)
{
    rni_cuda *d = device;
    return rni_cuda_enter(d) ? (void *)(uintptr_t)rni_cuda_memory_take(&d->memory, bytes) : NULL;
}

static void release(void *device, void *p, int64_t bytes)
{
    rni_cuda *d = device;
    (void)bytes;
    if (p) rni_cuda_memory_give(&d->memory, (rni_cu_address)(uintptr_t)p);
}

#define SOFTMAX(name)                                                                                                  \
    {                                                                                                                  \
        .op = name, .refuse = rni_cuda_softmax_refuse, .prepare = rni_cuda_softmax_prepare,                            \
        .run = rni_cuda_softmax_run, .release = free                                                                   \
    }

static const rn_kernel kernels[] = {
    { .op = "map",
      .refuse = rni_cuda_map_refuse,
      .prepare = rni_cuda_map_prepare,
      .run = rni_cuda_map_run,
      .release = rni_cuda_map_release,
      .flags = RN_KERNEL_STRIDED | RN_KERNEL_IN_PLACE },
    { .op = "reduce",
      .refuse = rni_cuda_reduce_refuse,
      .prepare = rni_cuda_reduce_prepare,
      .run = rni_cuda_reduce_run,
      .release = free,
      .flags = RN_KERNEL_STRIDED },
    { .op = "matmul",
      .refuse = rni_cuda_matmul_refuse,
      .prepare = rni_cuda_matmul_prepare,
      .run = rni_cuda_matmul_run,
      .release = free,
      .flags = RN_KERNEL_STRIDED },
    { .op = "linear",
      .refuse = rni_cuda_matmul_refuse,
      .prepare = rni_cuda_linear_prepare,
      .run = rni_cuda_matmul_run,
      .release = free },
    SOFTMAX("softmax"),
    SOFTMAX("softmax_grad"),
    SOFTMAX("log_softmax"),
    SOFTMAX("log_softmax_grad"),
    { 0 },
};

__attribute__((visibility("default"))) const rn_backend *rn_backend_cuda(void);

const rn_backend *rn_backend_cuda(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "cuda",
        .doc = "NVIDIA GPUs",
        .count = count,
        .describe = rni_cuda_describe,
        .open = rni_cuda_open,
        .close = rni_cuda_close,
        .alloc = alloc,
        .free = release,
        .copy_in = rni_cuda_copy_in,
        .copy_out = rni_cuda_copy_out,
        .sync = rni_cuda_sync,
        .kernels = kernels,
        .flags = RN_BACKEND_JOINS,
        .attach = attach,
        .measure = rni_cuda_measure,
    };
    return &row;
}
