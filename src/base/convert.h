/* Conversion of element types, on the host. */
#ifndef RNI_BASE_CONVERT_H
#define RNI_BASE_CONVERT_H

#include <rensa/base.h>

/* to[i] = from[i]. Floats become integers by truncation, clamped to their range (NaN gives 0); integers narrow modulo
 * 2^n; bool is "not zero". */
void rni_convert(void *to, rn_dtype to_type, const void *from, rn_dtype from_type, int64_t n);
/* One element as a number. i64 beyond 2^53 is rounded. */
double rni_load(rn_dtype type, const void *p);
void rni_store(rn_dtype type, void *p, double value);

#endif
