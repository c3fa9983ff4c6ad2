/* What this back end uses of NVIDIA's driver and of NVRTC: prototypes and values, written down here so that nothing of
 * NVIDIA's is needed for building. tests/cuda/nvidia_headers.c compares them with NVIDIA's own headers where those are
 * installed.
 *
 * Each row of a list is X(field, symbol, (parameters), (arguments)). Every function returns a code, 0 for success.
 * Handles are pointers; addresses on a device are 64-bit numbers. */
#ifndef RNI_BACKEND_CUDA_CUDA_API_H
#define RNI_BACKEND_CUDA_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

typedef unsigned long long rni_cu_address;

/* clang-format off */
#define RNI_CUDA_DRIVER_LIST(X)                                                                                        \
    X(init, cuInit, (unsigned flags), (flags))                                                                         \
    X(driver_version, cuDriverGetVersion, (int *version), (version))                                                   \
    X(error_name, cuGetErrorName, (int code, const char **text), (code, text))                                         \
    X(error_string, cuGetErrorString, (int code, const char **text), (code, text))                                     \
    X(device_count, cuDeviceGetCount, (int *count), (count))                                                           \
    X(device_get, cuDeviceGet, (int *device, int index), (device, index))                                              \
    X(device_name, cuDeviceGetName, (char *name, int size, int device), (name, size, device))                          \
    X(device_memory, cuDeviceTotalMem_v2, (size_t *bytes, int device), (bytes, device))                                \
    X(device_attribute, cuDeviceGetAttribute, (int *value, int attribute, int device), (value, attribute, device))     \
    X(context_retain, cuDevicePrimaryCtxRetain, (void **context, int device), ((void *)context, device))               \
    X(context_release, cuDevicePrimaryCtxRelease_v2, (int device), (device))                                           \
    X(context_set, cuCtxSetCurrent, (void *context), (context))                                                        \
    X(memory_info, cuMemGetInfo_v2, (size_t *unused, size_t *total), (unused, total))                                  \
    X(memory_alloc, cuMemAlloc_v2, (rni_cu_address *at, size_t bytes), (at, bytes))                                    \
    X(memory_free, cuMemFree_v2, (rni_cu_address at), (at))                                                            \
    X(host_alloc, cuMemHostAlloc, (void **at, size_t bytes, unsigned flags), (at, bytes, flags))                       \
    X(host_free, cuMemFreeHost, (void *at), (at))                                                                      \
    X(copy_in, cuMemcpyHtoDAsync_v2, (rni_cu_address to, const void *from, size_t bytes, void *stream),                \
      (to, from, bytes, stream))                                                                                       \
    X(copy_out, cuMemcpyDtoHAsync_v2, (void *to, rni_cu_address from, size_t bytes, void *stream),                     \
      (to, from, bytes, stream))                                                                                       \
    X(copy, cuMemcpyDtoDAsync_v2, (rni_cu_address to, rni_cu_address from, size_t bytes, void *stream),                \
      (to, from, bytes, stream))                                                                                       \
    X(stream_create, cuStreamCreate, (void **stream, unsigned flags), ((void *)stream, flags))                         \
    X(stream_destroy, cuStreamDestroy_v2, (void *stream), (stream))                                                    \
    X(stream_sync, cuStreamSynchronize, (void *stream), (stream))                                                      \
    X(stream_wait, cuStreamWaitEvent, (void *stream, void *event, unsigned flags), (stream, event, flags))             \
    X(event_create, cuEventCreate, (void **event, unsigned flags), ((void *)event, flags))                             \
    X(event_destroy, cuEventDestroy_v2, (void *event), (event))                                                        \
    X(event_record, cuEventRecord, (void *event, void *stream), (event, stream))                                       \
    X(event_sync, cuEventSynchronize, (void *event), (event))                                                          \
    X(event_elapsed, cuEventElapsedTime, (float *milliseconds, void *from, void *to), (milliseconds, from, to))        \
    X(module_load, cuModuleLoadData, (void **module, const void *image), ((void *)module, image))                      \
    X(module_unload, cuModuleUnload, (void *module), (module))                                                         \
    X(module_function, cuModuleGetFunction, (void **function, void *module, const char *name),                         \
      ((void *)function, module, name))                                                                                \
    X(launch, cuLaunchKernel,                                                                                          \
      (void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,          \
       unsigned block_z, unsigned shared, void *stream, void **parameters, void **extra),                              \
      (function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared, stream, parameters, extra))

#define RNI_CUDA_NVRTC_LIST(X)                                                                                         \
    X(version, nvrtcVersion, (int *major, int *minor), (major, minor))                                                 \
    X(create, nvrtcCreateProgram,                                                                                      \
      (void **program, const char *text, const char *name, int n, const char *const *headers, const char *const *names), \
      ((void *)program, text, name, n, headers, names))                                                                \
    X(compile, nvrtcCompileProgram, (void *program, int n, const char *const *options), (program, n, options))         \
    X(log_size, nvrtcGetProgramLogSize, (void *program, size_t *bytes), (program, bytes))                              \
    X(log, nvrtcGetProgramLog, (void *program, char *log), (program, log))                                             \
    X(image_size, nvrtcGetCUBINSize, (void *program, size_t *bytes), (program, bytes))                                 \
    X(image, nvrtcGetCUBIN, (void *program, char *image), (program, image))                                            \
    X(destroy, nvrtcDestroyProgram, (void **program), ((void *)program))
/* clang-format on */

#define RNI_CUDA_FIELD(field, symbol, parameters, arguments) int(*field) parameters;
typedef struct rni_cuda_driver {
    RNI_CUDA_DRIVER_LIST(RNI_CUDA_FIELD)
} rni_cuda_driver;

typedef struct rni_cuda_nvrtc {
    RNI_CUDA_NVRTC_LIST(RNI_CUDA_FIELD)
} rni_cuda_nvrtc;

enum {
    RNI_CUDA_OUT_OF_MEMORY = 2,     /* CUDA_ERROR_OUT_OF_MEMORY */
    RNI_CUDA_STREAM_CONCURRENT = 1, /* CU_STREAM_NON_BLOCKING */
    RNI_CUDA_EVENT_UNTIMED = 2,     /* CU_EVENT_DISABLE_TIMING */
    RNI_CUDA_HOST_MAPPED = 2,       /* CU_MEMHOSTALLOC_DEVICEMAP: the device reads and writes it at the same address */
    /* CU_DEVICE_ATTRIBUTE_... */
    RNI_CUDA_PROCESSORS = 16,     /* MULTIPROCESSOR_COUNT */
    RNI_CUDA_CLOCK = 13,          /* CLOCK_RATE, in kHz */
    RNI_CUDA_L2_CACHE = 38,       /* L2_CACHE_SIZE, in bytes */
    RNI_CUDA_ARCH_MAJOR = 75,     /* COMPUTE_CAPABILITY_MAJOR */
    RNI_CUDA_ARCH_MINOR = 76,     /* COMPUTE_CAPABILITY_MINOR */
    RNI_CUDA_DRIVER_LEAST = 12000 /* version of the driver: 12.0 */
};

#endif
