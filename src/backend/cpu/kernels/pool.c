/* Planes and their phases (isa.h, rni_phases). */
#include "backend/cpu/kernels/kernels.h"

#define T float
#define TYPE f32
#include "backend/cpu/kernels/pool.inc.c"
#define T double
#define TYPE f64
#include "backend/cpu/kernels/pool.inc.c"

#define ROW(type)                                                                                                      \
    {                                                                                                                  \
        spread_##type, collect_##type, crop_##type, place_##type, scatter_##type, pick_##type                          \
    }

const rni_planes RNI_ISA_NAME(rni_planes)[2] = { ROW(f32), ROW(f64) };
