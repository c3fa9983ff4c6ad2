/* Which instruction sets were compiled in, and which of them this processor has. */
#include "backend/cpu/isa.h"

#include <string.h>

#ifdef RNI_HAVE_avx512
extern const rni_isa rni_isa_avx512;
#endif
#ifdef RNI_HAVE_avx2
extern const rni_isa rni_isa_avx2;
#endif
extern const rni_isa rni_isa_base;

#if defined(RNI_HAVE_avx512) || defined(RNI_HAVE_avx2)
#include <cpuid.h>

/* F16C is the one part of -march=haswell that __builtin_cpu_supports does not know in every compiler. */
static bool has_avx2(void)
{
    unsigned a, b, c, d;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __get_cpuid(1, &a, &b, &c, &d) && c & bit_F16C && c & bit_MOVBE;
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
#endif

static bool has_base(void)
{
    return true;
}

static const struct {
    const rni_isa *isa;
    bool (*available)(void);
} rows[] = {
#ifdef RNI_HAVE_avx512
    { &rni_isa_avx512, has_avx512 },
#endif
#ifdef RNI_HAVE_avx2
    { &rni_isa_avx2, has_avx2 },
#endif
    { &rni_isa_base, has_base },
};

const rni_isa *rni_isa_find(const char *name)
{
    for (int i = 0; i < (int)RN_COUNTOF(rows); i++)
        if ((!*name || strcmp(rows[i].isa->name, name) == 0) && rows[i].available()) return rows[i].isa;
    return NULL;
}

const char *rni_isa_at(int i)
{
    for (int k = 0; k < (int)RN_COUNTOF(rows); k++)
        if (rows[k].available() && i-- == 0) return rows[k].isa->name;
    return NULL;
}
