/* The codes of programs that compute in f32. */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/ops_f32.h"

#include "backend/cpu/kernels/codes.inc.c"

static void far_mod(void *dv, const void *av, const void *bv, const void *cv, int64_t blocks, unsigned steps)
{
    float *d = dv;
    const float *a = av, *b = bv;
    const int64_t next_a = steps & 1 ? RNI_CPU_BLOCK : 0, next_b = steps & 2 ? RNI_CPU_BLOCK : 0;
    for (; blocks > 0; blocks--, d += RNI_CPU_BLOCK, a += next_a, b += next_b) {
        int far = 0;
        for (int i = 0; i < RNI_CPU_BLOCK; i++)
            far |= !(fabsf(a[i]) < 0x1p28f * fabsf(b[i])) | !(fabsf(b[i]) < INFINITY);
        if (far)
            for (int i = 0; i < RNI_CPU_BLOCK; i++) d[i] = exact_mod(a[i], b[i]);
        else
            code_MOD(d, a, b, cv, 1, 3);
    }
}

#define SPECIAL_MOD far_mod
#define TABLE RNI_ISA_NAME(rni_codes_f32)
#include "backend/cpu/kernels/codes_table.inc.c"
