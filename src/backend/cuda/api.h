/* NVIDIA's libraries, found when they are needed. */
#ifndef RNI_BACKEND_CUDA_API_H
#define RNI_BACKEND_CUDA_API_H

#include "backend/cuda/cuda_api.h"

#include <stdbool.h>

/* Folders where libraries are looked for before the system's own: $RENSA_CUDA_PATH, separated by colons, and after
 * them: $CUDA_HOME/lib64, /usr/local/cuda-X.Y/lib64. Each library is opened once and stays. NULL, and why, if it is not
 * there or lacks something. Thread-safe: yes. */
const rni_cuda_driver *rni_cuda_driver_get(char *why, size_t size);
const rni_cuda_nvrtc *rni_cuda_nvrtc_get(char *why, size_t size);

/* Number of devices; 0, and why, if there is none. The driver has been initialised then. */
int rni_cuda_count(char *why, size_t size);
/* "CUDA_ERROR_OUT_OF_MEMORY: out of memory". */
void rni_cuda_describe_code(const rni_cuda_driver *cu, int code, char *text, size_t size);

#endif
