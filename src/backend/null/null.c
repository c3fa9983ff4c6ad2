/* The back end that computes nothing: plans are made and run without their kernels, so planning can be tested and
 * measured without a device. All values read as zero. */
#include "backend/backend.h"

#include <stdio.h>
#include <string.h>

static void describe(int index, char *buf, size_t size)
{
    (void)index;
    snprintf(buf, size, "computes nothing; for tests of planning");
}

static void *open_device(int index, const char *detail, char *why, size_t why_size)
{
    static int the_device;
    (void)index, (void)detail, (void)why, (void)why_size;
    return &the_device;
}

static void close_device(void *device)
{
    (void)device;
}

/* Addresses that are never touched: plans of any size cost no memory. */
static void *alloc_nothing(void *device, int64_t bytes)
{
    (void)device, (void)bytes;
    return (void *)(uintptr_t)4096;
}

static void free_nothing(void *device, void *p, int64_t bytes)
{
    (void)device, (void)p, (void)bytes;
}

static bool copy_in(void *device, void *to, const void *host, int64_t bytes)
{
    (void)device, (void)to, (void)host, (void)bytes;
    return true;
}

static bool copy_out(void *device, void *host, const void *from, int64_t bytes)
{
    (void)device, (void)from;
    memset(host, 0, (size_t)bytes);
    return true;
}

const rn_backend *rn_backend_null(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "null",
        .doc = "runs plans without computing",
        .host_memory = false,
        .count = rni_host_count,
        .describe = describe,
        .open = open_device,
        .close = close_device,
        .alloc = alloc_nothing,
        .free = free_nothing,
        .copy_in = copy_in,
        .copy_out = copy_out,
        .sync = rni_host_sync,
        .flags = RN_BACKEND_DRY,
    };
    return &row;
}
