/* Kernels compiled by NVRTC for a device's architecture, kept in the process and on disk. */
#ifndef RNI_BACKEND_CUDA_PROGRAM_H
#define RNI_BACKEND_CUDA_PROGRAM_H

#include "backend/cuda/cuda.h"
#include "backend/emit/emit.h"

/* The function `entry` of a text. Equal texts share one, which lives as long as the device. NULL with call->fail said.
 * Thread-safe: yes. */
void *rni_cuda_program(rn_kernel_call *call, const rni_text *text, const char *entry);
/* Launches a function that takes one struct, in the order of all computing. */
bool rni_cuda_launch(rn_kernel_call *call, void *function, int64_t blocks, int64_t blocks_y, unsigned threads,
                     void *arguments);
/* As functions of texts call the type, load_f16; NULL for types that are no floats. */
const char *rni_cuda_float_name(rn_dtype d);
/* Unloads all of a device. */
void rni_cuda_programs_free(rni_cuda *d);

#endif
