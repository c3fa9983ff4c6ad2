/* The table of one instruction set. */
#include "backend/cpu/kernels/kernels.h"

#define TEXT_(name) #name
#define TEXT(name) TEXT_(name)

/* A text that rounds otherwise than the kernels here does not compile. */
#ifdef __FMA__
#define FUSED " -DRNI_FUSED=1"
#else
#define FUSED " -DRNI_FUSED=0"
#endif

const rni_isa RNI_ISA_NAME(rni_isa) = {
    .name = TEXT(RNI_ISA),
    .flags = RNI_ISA_FLAGS FUSED,
    .code = { RNI_ISA_NAME(rni_codes_f32), RNI_ISA_NAME(rni_codes_f64), RNI_ISA_NAME(rni_codes_i64) },
    .move = &RNI_ISA_NAME(rni_moves),
    .joins = &RNI_ISA_NAME(rni_joins),
    .planes = RNI_ISA_NAME(rni_planes),
    .lines = RNI_ISA_NAME(rni_lines),
    .pixels = RNI_ISA_NAME(rni_pixels),
    .product = &RNI_ISA_NAME(rni_products),
    .winograd = RNI_ISA_NAME(rni_winograd),
    .pairs = &RNI_ISA_NAME(rni_pairs),
    .position = &RNI_ISA_NAME(rni_positions),
    .peaks = &RNI_ISA_NAME(rni_peaks),
};
