/* Blocks of device memory kept for reuse: a freed block serves the next request of about its size. */
#ifndef RNI_BACKEND_POOL_H
#define RNI_BACKEND_POOL_H

#include "backend/backend.h"

rni_pool *rni_pool_new(void);
void rni_pool_free(rni_pool *pool, rni_device *device);

#endif
