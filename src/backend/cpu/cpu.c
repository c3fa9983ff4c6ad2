/* The row of the CPU back end, and which instruction set its kernels use. */
#include <rensa/backend.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count(void)
{
    return 1;
}

static void describe(int index, char *buf, size_t size)
{
    (void)index;
    snprintf(buf, size, "the host's processor");
}

static void *open_device(int index, const char *detail, char *why, size_t why_size)
{
    static int the_device;
    (void)detail;
    if (index == 0) return &the_device;
    snprintf(why, why_size, "there is one device, cpu:0");
    return NULL;
}

static void close_device(void *device)
{
    (void)device;
}

static void *alloc(void *device, int64_t bytes)
{
    (void)device;
    return aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64);
}

static void release(void *device, void *p, int64_t bytes)
{
    (void)device, (void)bytes;
    free(p);
}

static bool copy_in(void *device, void *to, const void *host, int64_t bytes)
{
    (void)device;
    memcpy(to, host, (size_t)bytes);
    return true;
}

static bool copy_out(void *device, void *host, const void *from, int64_t bytes)
{
    return copy_in(device, host, from, bytes);
}

static bool sync_device(void *device)
{
    (void)device;
    return true;
}

static const rn_kernel kernels[] = { { 0 } };

RN_API const rn_backend *rn_backend_cpu(void);
const rn_backend *rn_backend_cpu(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "cpu",
        .doc = "the host's processor, all cores",
        .host_memory = true,
        .count = count,
        .describe = describe,
        .open = open_device,
        .close = close_device,
        .alloc = alloc,
        .free = release,
        .copy_in = copy_in,
        .copy_out = copy_out,
        .sync = sync_device,
        .kernels = kernels,
    };
    return &row;
}
