/* Joining values: sums, products, extremes and their positions. */
#include "backend/cpu/kernels/kernels.h"

#include <math.h>

enum { MANY = 128, FEW = 16 };

#define WRAP_ADD(a, b) (int64_t)((uint64_t)(a) + (uint64_t)(b))
#define WRAP_MUL(a, b) (int64_t)((uint64_t)(a) * (uint64_t)(b))
/* Once a is NaN it stays; of equal values the first stays. */
#define LARGER(a, b) ((((b) > (a)) | ((b) != (b))) ? (b) : (a))
#define SMALLER(a, b) ((((b) < (a)) | ((b) != (b))) ? (b) : (a))

#define T float
#define WIDE double
#define MULTIPLY_ADD fma_f32
#define NAME f32_add
#define JOIN(a, b) ((a) + (b))
#define START 0
#include "backend/cpu/kernels/join.inc.c"
#define NAME f32_mul
#define JOIN(a, b) ((a) * (b))
#define START 1
#include "backend/cpu/kernels/join.inc.c"
#define NAME f32_max
#define JOIN(a, b) (LARGER(a, b))
#define START -INFINITY
#include "backend/cpu/kernels/join.inc.c"
#define NAME f32_min
#define JOIN(a, b) (SMALLER(a, b))
#define START INFINITY
#include "backend/cpu/kernels/join.inc.c"
#define TYPE f32
#define ADD_UP fold_f32_add
#include "backend/cpu/kernels/dot.inc.c"
#define IS_NAN(a) ((a) != (a))
#include "backend/cpu/kernels/join_extreme.inc.c"

#define T double
#define WIDE double
#define MULTIPLY_ADD fma_f64
#define NAME f64_add
#define JOIN(a, b) ((a) + (b))
#define START 0
#include "backend/cpu/kernels/join.inc.c"
#define NAME f64_mul
#define JOIN(a, b) ((a) * (b))
#define START 1
#include "backend/cpu/kernels/join.inc.c"
#define NAME f64_max
#define JOIN(a, b) (LARGER(a, b))
#define START -INFINITY
#include "backend/cpu/kernels/join.inc.c"
#define NAME f64_min
#define JOIN(a, b) (SMALLER(a, b))
#define START INFINITY
#include "backend/cpu/kernels/join.inc.c"
#define TYPE f64
#define ADD_UP fold_f64_add
#include "backend/cpu/kernels/dot.inc.c"
#define IS_NAN(a) ((a) != (a))
#include "backend/cpu/kernels/join_extreme.inc.c"

#define T int64_t
#define WIDE int64_t
#define MULTIPLY_ADD(a, b, c) WRAP_ADD(c, WRAP_MUL(a, b))
#define NAME i64_add
#define JOIN(a, b) (WRAP_ADD(a, b))
#define START 0
#include "backend/cpu/kernels/join.inc.c"
#define NAME i64_mul
#define JOIN(a, b) (WRAP_MUL(a, b))
#define START 1
#include "backend/cpu/kernels/join.inc.c"
#define NAME i64_max
#define JOIN(a, b) (LARGER(a, b))
#define START INT64_MIN
#include "backend/cpu/kernels/join.inc.c"
#define NAME i64_min
#define JOIN(a, b) (SMALLER(a, b))
#define START INT64_MAX
#include "backend/cpu/kernels/join.inc.c"
#define TYPE i64
#define IS_NAN(a) 0
#include "backend/cpu/kernels/join_extreme.inc.c"

#define ROW(name)                                                                                                      \
    {                                                                                                                  \
        rows_##name, columns_##name, widen_##name, wide_##name, &start_##name                                          \
    }
#define ROWS(type)                                                                                                     \
    {                                                                                                                  \
        [RN_JOIN_ADD] = ROW(type##_add), [RN_JOIN_MUL] = ROW(type##_mul), [RN_JOIN_MAX] = ROW(type##_max),             \
        [RN_JOIN_MIN] = ROW(type##_min), [RN_JOIN_ARGMAX] = ROW(type##_max), [RN_JOIN_ARGMIN] = ROW(type##_min)        \
    }

const rni_joins RNI_ISA_NAME(rni_joins) = {
    .join = { ROWS(f32), ROWS(f64), ROWS(i64) },
    .dot = { dot_f32, dot_f64 },
    .find = { find_f32, find_f64, find_i64 },
    .largest = { largest_f32, largest_f64, largest_i64 },
    .smallest = { smallest_f32, smallest_f64, smallest_i64 },
};
