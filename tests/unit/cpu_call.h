/* Calls kernels of the CPU back end by hand, beside the plain C ones. */
#ifndef RENSA_TESTS_CPU_CALL_H
#define RENSA_TESTS_CPU_CALL_H

#include "test.h"

#include "backend/backend.h"
#include "backend/ref/ref.h"
#include "base/convert.h"
#include "base/half.h"
#include "base/index.h"
#include "base/rng.h"

static inline bool cpu_call_failed(rn_kernel_call *call, int status, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return rn_fail((rn_status)status, NULL, "%s: %s", call->op, text);
}

/* A device of the CPU back end by what follows its colon ("avx2", "base,threads=1"); NULL where the processor lacks it.
 */
static inline rni_device *cpu_device(const char *detail)
{
    char name[48];
    snprintf(name, sizeof name, "cpu:%s", detail);
    rni_device *d = rni_device_open(name, NULL);
    if (!d) rn_error_clear();
    return d;
}

static const char *const cpu_isas[] = { "avx512", "avx2", "base" };

/* The kernel that takes the call, NULL if none does (its reason in *why). */
static inline const rn_kernel *cpu_kernel(const rni_device *d, const char *name, rn_kernel_call *c, const char **why)
{
    c->device = d->handle;
    c->fail = cpu_call_failed;
    *why = "no kernel";
    for (const rn_kernel *k = d->backend->kernels; k->op; k++) {
        if (strcmp(k->op, name) != 0) continue;
        const char *refusal = k->refuse ? k->refuse(c) : NULL;
        if (!refusal) return k;
        *why = refusal;
    }
    return NULL;
}

/* Prepares, runs (`times` times) and releases. */
static inline void cpu_run_times(const rni_device *d, const char *name, rn_kernel_call *c, int times)
{
    const char *why;
    const rn_kernel *k = cpu_kernel(d, name, c, &why);
    if (!k) test_failed(__FILE__, __LINE__, "%s refuses %s: %s", d->name, name, why);
    void *state = NULL;
    int64_t bytes = 0;
    c->size = sizeof *c;
    if (k->prepare) CHECK(k->prepare(c, &state, &bytes));
    void *workspace = bytes ? aligned_alloc(64, (size_t)(bytes + 127) / 64 * 64) : NULL;
    if (bytes) memset(workspace, 0xff, (size_t)bytes);
    if (bytes) memset((char *)workspace + bytes, 0xa5, 64);
    c->state = state;
    c->workspace = workspace;
    for (int i = 0; i < times; i++) CHECK(k->run(c));
    CHECK_OK();
    for (int i = 0; i < 64 && bytes; i++)
        if (((unsigned char *)workspace)[bytes + i] != 0xa5)
            test_failed(__FILE__, __LINE__, "%s wrote past its workspace of %lld bytes", name, (long long)bytes);
    if (k->release) k->release(state);
    free(workspace);
}

static inline void cpu_run(const rni_device *d, const char *name, rn_kernel_call *c)
{
    cpu_run_times(d, name, c, 1);
}

/* A row-major view; memory of its own (free(v.data)). */
static inline rn_view view_new(rn_dtype dtype, int rank, const int64_t *dim)
{
    rn_view v = { .dtype = dtype, .rank = rank };
    int64_t n = 1;
    for (int i = rank - 1; i >= 0; i--) {
        v.dim[i] = dim[i];
        v.stride[i] = n;
        n *= dim[i];
    }
    v.data = aligned_alloc(64, (size_t)((n + 1) * rn_dtype_bytes(dtype) + 63) / 64 * 64);
    memset(v.data, 0x5a, (size_t)(n * rn_dtype_bytes(dtype)));
    return v;
}

static inline int64_t view_bytes(const rn_view *v)
{
    return rni_view_count(v) * rn_dtype_bytes(v->dtype);
}

static inline int random_below(rni_rng *r, int n)
{
    return (int)rni_rng_below(r, (uint64_t)n);
}

/* Distance in units of the last place of the right value; denormals count as zero, also as parts of a tiny result. */
static inline double ulps_f32(float have, double want)
{
    const float w = (float)want;
    if (isnan(want)) return isnan(have) ? 0 : 1e9;
    if (isnan(have)) return 1e9;
    if (isinf(w) || isinf(have))
        return have == w ? 0 : fabs(want) > 0x1.fffffcp127 && fabsf(have) > 0x1.fffffcp127f ? 1 : 1e9;
    if (fabs(want) < 0x1p-120) return fabs((double)have - want) <= 0x1p-126 ? 0 : 1e9;
    return fabs((double)have - want) / ldexp(1, ilogb(want) - 23);
}

static inline double ulps_f64(double have, double want)
{
    if (isnan(want)) return isnan(have) ? 0 : 1e9;
    if (isnan(have)) return 1e9;
    if (isinf(want) || isinf(have)) return have == want ? 0 : 1e9;
    if (fabs(want) < 0x1p-1022) return fabs(have) <= 0x1p-1022 ? 0 : 1e9;
    return fabs(have - want) / ldexp(1, ilogb(want) - 52);
}

#endif
