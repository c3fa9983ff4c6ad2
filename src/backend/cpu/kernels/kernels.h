/* What all kernels include: the tables they fill, one set per instruction set. */
#ifndef RNI_CPU_KERNELS_KERNELS_H
#define RNI_CPU_KERNELS_KERNELS_H

#include "backend/cpu/isa.h"
#include "backend/cpu/kernels/bits.h"

extern rni_code_fn *const RNI_ISA_NAME(rni_codes_f32)[RN_CODE_NUMBER];
extern rni_code_fn *const RNI_ISA_NAME(rni_codes_f64)[RN_CODE_NUMBER];
extern rni_code_fn *const RNI_ISA_NAME(rni_codes_i64)[RN_CODE_NUMBER];
extern const rni_moves RNI_ISA_NAME(rni_moves);
extern const rni_positions RNI_ISA_NAME(rni_positions);
extern const rni_joins RNI_ISA_NAME(rni_joins);
extern const rni_planes RNI_ISA_NAME(rni_planes)[2];
extern const rni_lines RNI_ISA_NAME(rni_lines)[2];
extern const rni_pixels RNI_ISA_NAME(rni_pixels)[2];
extern const rni_products RNI_ISA_NAME(rni_products);
extern const rni_winograd RNI_ISA_NAME(rni_winograd)[2];
extern const rni_pairs RNI_ISA_NAME(rni_pairs);
extern const rni_peaks RNI_ISA_NAME(rni_peaks);
void RNI_ISA_NAME(rni_multiply)(const rni_product *p);
extern const rni_isa RNI_ISA_NAME(rni_isa);

#endif
