/* The row of the plain C back end. Functions with a kernel of their own bring their loop with them; here are only the
 * two that serve all elementwise functions and all reductions. */
#include "backend/ref/ref.h"

#include <stdio.h>

static void describe(int index, char *buf, size_t size)
{
    (void)index;
    snprintf(buf, size, "plain C, one thread, double precision inside");
}

static void *open_device(int index, const char *detail, char *why, size_t why_size)
{
    static int the_device;
    (void)detail;
    if (index == 0) return &the_device;
    snprintf(why, why_size, "there is one device, ref:0");
    return NULL;
}

static void close_device(void *device)
{
    (void)device;
}

static const rn_kernel kernels[] = {
    { .op = "map", .run = rni_ref_map, .flags = RN_KERNEL_STRIDED | RN_KERNEL_IN_PLACE },
    { .op = "reduce", .run = rni_ref_reduce, .flags = RN_KERNEL_STRIDED },
    { 0 },
};

const rn_backend *rn_backend_ref(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "ref",
        .doc = "plain C, the definition of correct",
        .host_memory = true,
        .count = rni_host_count,
        .describe = describe,
        .open = open_device,
        .close = close_device,
        .alloc = rni_host_alloc,
        .free = rni_host_free,
        .copy_in = rni_host_copy_in,
        .copy_out = rni_host_copy_out,
        .sync = rni_host_sync,
        .kernels = kernels,
    };
    return &row;
}
