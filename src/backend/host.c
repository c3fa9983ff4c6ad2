/* Host memory, for the back ends that compute there. */
#include "backend/backend.h"

#include <stdlib.h>
#include <string.h>

void *rni_host_alloc(void *device, int64_t bytes)
{
    (void)device;
    return aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64);
}

void rni_host_free(void *device, void *p, int64_t bytes)
{
    (void)device, (void)bytes;
    free(p);
}

bool rni_host_copy_in(void *device, void *to, const void *host, int64_t bytes)
{
    (void)device;
    memcpy(to, host, (size_t)bytes);
    return true;
}

bool rni_host_copy_out(void *device, void *host, const void *from, int64_t bytes)
{
    (void)device;
    memcpy(host, from, (size_t)bytes);
    return true;
}

bool rni_host_sync(void *device)
{
    (void)device;
    return true;
}

int rni_host_count(void)
{
    return 1;
}
