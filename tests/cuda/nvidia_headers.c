/* src/backend/cuda/cuda_api.h against NVIDIA's headers: each function is called with the parameters that are written
 * there, and each value compared. Compiled, never run. */
#include "backend/cuda/cuda_api.h"

#include <cuda.h>
#include <nvrtc.h>

#define SAME(a, b) _Static_assert((int)(a) == (int)(b), #a " is " #b)
SAME(RNI_CUDA_OUT_OF_MEMORY, CUDA_ERROR_OUT_OF_MEMORY);
SAME(RNI_CUDA_STREAM_CONCURRENT, CU_STREAM_NON_BLOCKING);
SAME(RNI_CUDA_EVENT_UNTIMED, CU_EVENT_DISABLE_TIMING);
SAME(RNI_CUDA_HOST_MAPPED, CU_MEMHOSTALLOC_DEVICEMAP);
SAME(RNI_CUDA_PROCESSORS, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
SAME(RNI_CUDA_CLOCK, CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
SAME(RNI_CUDA_L2_CACHE, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
SAME(RNI_CUDA_ARCH_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME(RNI_CUDA_ARCH_MINOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
_Static_assert(sizeof(CUdeviceptr) == sizeof(rni_cu_address), "addresses");
_Static_assert(sizeof(CUdevice) == sizeof(int), "devices");
_Static_assert(sizeof(CUresult) == sizeof(int) && sizeof(nvrtcResult) == sizeof(int), "codes");

/* Handles are pointers to void in cuda_api.h. Those that a function returns are passed by (void *). */
#define CALLED(field, symbol, parameters, arguments)                                                                   \
    int called_##field parameters;                                                                                     \
    int called_##field parameters                                                                                      \
    {                                                                                                                  \
        return (int)symbol arguments;                                                                                  \
    }
#pragma GCC diagnostic ignored "-Wenum-conversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
RNI_CUDA_DRIVER_LIST(CALLED)
#define called_version called_nvrtc_version
#define called_log called_nvrtc_log
RNI_CUDA_NVRTC_LIST(CALLED)
