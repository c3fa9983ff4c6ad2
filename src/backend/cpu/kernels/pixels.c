/* Pooling and batch normalisation of images with channels innermost (isa.h, rni_pixels). */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/vector.h"

#include <math.h>
#include <string.h>

enum {
    TOGETHER = 64,      /* values of a pixel at once */
    BLOCK_VALUES = 8192 /* that are summed in their own type before they go to double */
};

#define T float
#define TYPE f32
#define PLACE int32_t
#include "backend/cpu/kernels/pixels.inc.c"
#define T double
#define TYPE f64
#define PLACE int64_t
#include "backend/cpu/kernels/pixels.inc.c"

#define ROW(type)                                                                                                      \
    {                                                                                                                  \
        .largest = largest_##type, .largest_take = largest_take_##type, .largest_grad = largest_grad_##type,           \
        .largest_row = largest_row_##type, .largest_row_grad = largest_row_grad_##type, .mean = mean_##type,           \
        .mean_grad = mean_grad_##type, .moments = moments_##type, .sum_pull = sum_pull_##type,                         \
        .affine = affine_##type, .pull = pull_##type                                                                   \
    }

const rni_pixels RNI_ISA_NAME(rni_pixels)[2] = { ROW(f32), ROW(f64) };
