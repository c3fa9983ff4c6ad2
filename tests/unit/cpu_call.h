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

/* A call of the kernel map, or of reduce over the axes of a mask: inputs and results by the program. */
static inline rn_kernel_call map_call(const rn_program *p, rn_view *in, rn_view *out, const double *scalars)
{
    return (rn_kernel_call){ .op = p->name,
                             .n_in = p->n_in,
                             .n_out = p->n_out,
                             .in = in,
                             .out = out,
                             .map = p,
                             .scalars = scalars,
                             .groups = 1 };
}

static inline rn_kernel_call reduce_call(const rn_program *p, rn_view *x, rn_view *y, rn_join join, uint32_t mask)
{
    rn_kernel_call c = map_call(p, x, y, NULL);
    c.op = "reduce";
    c.join = join;
    c.reduce_mask = mask;
    return c;
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

static const rn_dtype all_types[] = { RN_BOOL, RN_U8, RN_I8, RN_I16, RN_I32, RN_I64, RN_F16, RN_BF16, RN_F32, RN_F64 };

static inline bool is_float(rn_dtype d)
{
    return d == RN_F16 || d == RN_BF16 || d == RN_F32 || d == RN_F64;
}

/* As the engine chooses it (engine/map.c). */
static inline rn_dtype compute_type(rn_dtype a, rn_dtype b)
{
    if (a == RN_F64 || b == RN_F64) return RN_F64;
    const bool wide = a == RN_I32 || a == RN_I64 || b == RN_I32 || b == RN_I64;
    return is_float(a) || is_float(b) ? (wide ? RN_F64 : RN_F32) : RN_I64;
}

/* Bit for bit, but for the bits of NaN and the sign of zero. */
static inline void check_same(const rni_device *d, const char *what, const rn_view *have, const rn_view *want)
{
    const int64_t n = rni_view_count(want);
    const int bytes = rn_dtype_bytes(want->dtype);
    for (int64_t i = 0; i < n; i++) {
        const char *a = (const char *)have->data + i * bytes, *b = (const char *)want->data + i * bytes;
        const double x = rni_load(want->dtype, a), y = rni_load(want->dtype, b);
        if (memcmp(a, b, (size_t)bytes) != 0 && !(isnan(x) && isnan(y)) && !(x == 0 && y == 0))
            test_failed(__FILE__, __LINE__, "%s: %s: element %lld is %.17g, want %.17g", d->name, what, (long long)i, x,
                        y);
    }
}

/* A view of random strides into memory with whole numbers: dims permuted, reversed, spaced out or repeated. */
static inline rn_view random_view(rni_rng *r, rn_dtype dtype, int rank, const int64_t *dim, char **memory)
{
    rn_view v = { .dtype = dtype, .rank = rank };
    int order[RN_MAX_RANK];
    const int style = random_below(r, 4); /* 0: contiguous */
    for (int i = 0; i < rank; i++) order[i] = i;
    for (int i = rank - 1; i > 0 && style > 1; i--) {
        const int k = random_below(r, i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    int64_t span = 1, start = 0;
    for (int i = rank - 1; i >= 0; i--) {
        const int a = order[i];
        const int64_t steps = dim[a] > 0 ? dim[a] - 1 : 0;
        v.dim[a] = dim[a];
        v.stride[a] = span;
        if (style && random_below(r, 3) == 0) v.stride[a] = 0;
        if (style == 3 && random_below(r, 3) == 0) v.stride[a] *= 2;
        span += steps * v.stride[a];
        if (style == 3 && random_below(r, 3) == 0) {
            start += steps * v.stride[a];
            v.stride[a] = -v.stride[a];
        }
    }
    const int bytes = rn_dtype_bytes(dtype);
    *memory = malloc((size_t)(span * bytes));
    for (int64_t i = 0; i < span; i++)
        rni_store(dtype, *memory + i * bytes, random_below(r, 40) - (dtype == RN_U8 ? 0 : 20));
    v.data = *memory + start * bytes;
    return v;
}

static inline void each_isa(void (*check)(const rni_device *))
{
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        const rni_device *d = cpu_device(cpu_isas[k]);
        if (d) check(d);
    }
}

/* A program that a test fills with instructions. Registers: inputs, two scalars, three constants, then others. */
enum { RANDOM_INSTR = 14 };
typedef struct {
    rn_instr instr[RANDOM_INSTR];
    uint16_t out[3];
    double constant[3], scalar[2];
    rn_program p;
} random_program;

/* Without instructions, and with that many other registers. */
static inline void random_program_begin(random_program *q, int n_in, int n_out, int others, rn_dtype compute)
{
    q->p = (rn_program){ .name = "random",
                         .n_in = n_in,
                         .n_scalar = 2,
                         .n_const = 3,
                         .n_reg = n_in + 5 + others,
                         .n_out = n_out,
                         .instr = q->instr,
                         .constant = q->constant,
                         .out = q->out,
                         .compute = compute,
                         .uses_index = true };
}

#endif
