/* Memory of a device: large pieces from the driver, cut up and put together again here.
 *
 * All work on a device is in one order (its stream), so memory that the host has given back may be handed out again at
 * once: whoever gets it writes after those who used it before. Pieces are multiples of 512 bytes, the smallest that is
 * large enough is taken, and neighbours that are free become one; small values share chunks of their own, so that they
 * do not keep large ones apart. What nobody uses goes back to the driver when it has
 * no more. */
#ifndef RNI_BACKEND_CUDA_MEMORY_H
#define RNI_BACKEND_CUDA_MEMORY_H

#include "backend/cuda/cuda_api.h"

#include <pthread.h>
#include <stdbool.h>

typedef struct rni_cuda_piece rni_cuda_piece;

enum { RNI_CUDA_BINS = 64, RNI_CUDA_ROWS = 1024 };

typedef struct rni_cuda_memory {
    const rni_cuda_driver *cu;
    pthread_mutex_t lock;
    int64_t limit;                         /* bytes from the driver at the most, 0: any number */
    int64_t taken, used;                   /* bytes: from the driver; handed out */
    int64_t driver_calls;                  /* that asked for memory */
    rni_cuda_piece *bin[2][RNI_CUDA_BINS]; /* free pieces of large and small chunks, by the logarithm of their size */
    rni_cuda_piece *row[RNI_CUDA_ROWS];    /* used pieces, by address */
} rni_cuda_memory;

void rni_cuda_memory_begin(rni_cuda_memory *m, const rni_cuda_driver *cu, int64_t limit);
/* Gives everything back to the driver. */
void rni_cuda_memory_end(rni_cuda_memory *m);
/* The context must be current. 0 if there is no more. */
rni_cu_address rni_cuda_memory_take(rni_cuda_memory *m, int64_t bytes);
void rni_cuda_memory_give(rni_cuda_memory *m, rni_cu_address at);

#endif
