/* Products of matrices that are too small for what a library does before it begins. */
#ifndef RNI_BACKEND_CPU_SMALL_PRODUCT_H
#define RNI_BACKEND_CPU_SMALL_PRODUCT_H

#include "backend/cpu/cpu.h"

/* y [m, n] = a [m, k] b [k, n], plus the bias [n] unless that is NULL; rows of y follow each other, a and b have unit
 * stride along one of their axes. */
typedef struct rni_small_product {
    const float *a, *b, *bias;
    float *y;
    int64_t m, n, k, a_row, a_step, b_row, b_step;
    int threads;
} rni_small_product;

/* Finds out how many threads it is worth and what workspace they need (in bytes). False if a library is faster. */
bool rni_cpu_small_product_plan(const rni_cpu *cpu, rni_small_product *p, int64_t *workspace);
void rni_cpu_small_product_run(const rni_cpu *cpu, const rni_small_product *p, void *workspace);

#endif
