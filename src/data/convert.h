/* Elements of any type as numbers, for statistics and for columns that are asked for in another type. */
#ifndef RNI_DATA_CONVERT_H
#define RNI_DATA_CONVERT_H

#include <rensa/base.h>

void rni_data_to_f64(double *to, rn_dtype dtype, const void *from, int64_t n);
void rni_data_to_f32(float *to, rn_dtype dtype, const void *from, int64_t n);

#endif
