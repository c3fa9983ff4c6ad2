/* The plain C back end: slow, obvious, in double precision. It defines what is correct. */
#ifndef RNI_BACKEND_REF_H
#define RNI_BACKEND_REF_H

#include "backend/backend.h"

/* Evaluates a program for one element. Registers are doubles, or integers when the program computes in i64: the inputs'
 * must be set; element is the position, count the number of elements. What is read by position is read from the inputs
 * of `c`, which may be NULL for programs without; false after reporting a position that is none. */
typedef union {
    double f;
    int64_t i;
} rni_ref_value;
bool rni_ref_eval(const rn_program *p, rni_ref_value *reg, const double *scalars, int64_t element, int64_t count,
                  rn_kernel_call *c);
rni_ref_value rni_ref_load(const rn_program *p, rn_dtype dtype, const void *at);
void rni_ref_store(const rn_program *p, rn_dtype dtype, void *at, rni_ref_value v);
void rni_ref_constants(const rn_program *p, rni_ref_value *reg, const double *scalars);
#define RNI_REF_REGISTERS 512

bool rni_ref_map(rn_kernel_call *c);
bool rni_ref_reduce(rn_kernel_call *c);

#endif
