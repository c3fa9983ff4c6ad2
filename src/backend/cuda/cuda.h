/* What the files of this back end share: a device with its context, streams, memory and staging areas. */
#ifndef RNI_BACKEND_CUDA_CUDA_H
#define RNI_BACKEND_CUDA_CUDA_H

#include "backend/cuda/api.h"
#include "backend/cuda/memory.h"

#include <rensa/backend.h>
#include <rensa/error.h>

enum { RNI_CUDA_SLOTS = 4, RNI_CUDA_SLOT_BYTES = 4 << 20 };

/* An area on its way between host and device. `busy`: what was put in may still be on its way until `done`. */
typedef struct rni_cuda_slot {
    void *host, *arrived, *done; /* pinned memory; events */
    rni_cu_address device;
    bool busy;
} rni_cuda_slot;

typedef struct rni_cuda_code rni_cuda_code;

typedef struct rni_cuda {
    const rni_cuda_driver *cu;
    const rni_cuda_nvrtc *nvrtc;         /* NULL: there are no kernels */
    int device, index, processors, arch; /* arch: 90 for compute capability 9.0 */
    int64_t cache;                       /* bytes of the level 2 cache */
    void *context;
    void *stream, *arrivals; /* all computing; copies from the host */
    rni_cuda_memory memory;
    pthread_mutex_t lock; /* of the fields that follow */
    rni_cuda_code *programs;
    rni_cuda_slot slot[RNI_CUDA_SLOTS];
    int next_slot;
} rni_cuda;

/* What the library gave; NULL before. */
extern const rn_host *rni_cuda_host;
#define RNI_CUDA_LOG(level, ...) (rni_cuda_host ? rni_cuda_host->log(level, "cuda", __VA_ARGS__) : (void)0)

/* Makes the device's context that of the calling thread. Every use of the driver begins with it. */
bool rni_cuda_enter(rni_cuda *d);
/* Whether a call of the driver did well; else a log line says what went wrong in doing `what`. */
bool rni_cuda_did(rni_cuda *d, int code, const char *what);

/* device.c; `detail` is what follows the colon of the device's name: its number, "memory=MiB", separated by commas. */
void *rni_cuda_open(int index, const char *detail, char *why, size_t size);
void rni_cuda_close(void *device);
void rni_cuda_describe(int index, char *text, size_t size);
bool rni_cuda_sync(void *device);
bool rni_cuda_measure(void *device, rn_limits *limits);

/* transfer.c */
bool rni_cuda_slots_make(rni_cuda *d);
void rni_cuda_slots_free(rni_cuda *d);
bool rni_cuda_copy_in(void *device, void *to, const void *host, int64_t bytes);
bool rni_cuda_copy_out(void *device, void *host, const void *from, int64_t bytes);

#endif
