/* Steps along lines: what softmax and the normalisations are made of (isa.h, rni_lines). */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/math_f32.h"
#include "backend/cpu/kernels/math_f64.h"

#include <math.h>

enum { BLOCK = 512, LANES = 16, SHORT = 4 * LANES };

#define T float
#define TYPE f32
#define EXP(a) exp_f32(a)
#include "backend/cpu/kernels/lines.inc.c"
#define T double
#define TYPE f64
#define EXP(a) exp_f64(a)
#include "backend/cpu/kernels/lines.inc.c"

#define ROW(type)                                                                                                      \
    {                                                                                                                  \
        .sum = sum_##type, .sum_squares = sum_squares_##type, .sum_pull = sum_pull_##type, .affine = affine_##type,    \
        .affine_each = affine_each_##type, .pull = pull_##type, .add_products = add_products_##type,                   \
        .softmax = softmax_##type, .powers = powers_##type, .log_sum = log_sum_##type,                                 \
        .softmax_grad = softmax_grad_##type, .log_softmax_grad = log_softmax_grad_##type                               \
    }

const rni_lines RNI_ISA_NAME(rni_lines)[2] = { ROW(f32), ROW(f64) };
