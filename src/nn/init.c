/* Initialisers: the first values of parameters, computed on the host in double precision from a counter-based stream,
 * so that they are the same on every device and do not depend on the order in which parameters come into being. */
#include "nn/init.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/engine.h"
#include "nn/orthogonal.h"

#include <math.h>
#include <rensa/ops.h>
#include <string.h>

/* What a row is asked to fill: elements first … first + n - 1 of the whole. */
typedef struct {
    const rn_shape *shape;
    int64_t count, fan_in, fan_out; /* fans are 0 where they do not exist */
    double a, b;
    uint64_t seed, stream;
} task;

typedef struct {
    const char *name;
    double a; /* default */
    enum { ANY, FANS, MATRIX, FILTER } needs;
    void (*fill)(const task *t, int64_t first, int64_t n, double *out);
    bool (*fill_all)(const task *t, double *out); /* instead of fill, where elements depend on each other */
} row;

/* ---- random numbers by position ---- */

static double unit(uint32_t hi, uint32_t lo)
{
    return ((double)(((uint64_t)hi << 32 | lo) >> 11) + 0.5) * 0x1p-53;
}

/* Two values of element pair k in (0, 1). */
static void uniform_pair(const task *t, int64_t k, double u[2])
{
    const rni_philox r = rni_philox4x32(t->seed, t->stream, (uint64_t)k);
    u[0] = unit(r.v[0], r.v[1]);
    u[1] = unit(r.v[2], r.v[3]);
}

/* Box & Muller 1958. */
static void normal_pair(const task *t, int64_t k, double z[2])
{
    double u[2];
    uniform_pair(t, k, u);
    const double r = sqrt(-2 * log(u[0])), angle = 2 * 3.14159265358979323846 * u[1];
    z[0] = r * cos(angle);
    z[1] = r * sin(angle);
}

static void spread(const task *t, int64_t first, int64_t n, double *out, double low, double scale,
                   void (*pair)(const task *t, int64_t k, double v[2]))
{
    double v[2];
    for (int64_t i = first; i < first + n; i++) {
        if (i == first || i % 2 == 0) pair(t, i / 2, v);
        *out++ = low + scale * v[i % 2];
    }
}

/* ---- rows ---- */

static void fill_zero(const task *t, int64_t first, int64_t n, double *out)
{
    (void)t;
    (void)first;
    memset(out, 0, (size_t)n * sizeof *out);
}

static void fill_constant(const task *t, int64_t first, int64_t n, double *out)
{
    (void)first;
    for (int64_t i = 0; i < n; i++) out[i] = t->a;
}

static void fill_nan(const task *t, int64_t first, int64_t n, double *out)
{
    (void)t;
    (void)first;
    for (int64_t i = 0; i < n; i++) out[i] = NAN;
}

static void fill_identity(const task *t, int64_t first, int64_t n, double *out)
{
    const int64_t size = t->shape->dim[0];
    for (int64_t i = first; i < first + n; i++) *out++ = i % (size + 1) == 0 ? t->a : 0;
}

static void fill_normal(const task *t, int64_t first, int64_t n, double *out)
{
    spread(t, first, n, out, 0, t->a, normal_pair);
}

static void fill_lecun_normal(const task *t, int64_t first, int64_t n, double *out)
{
    spread(t, first, n, out, 0, t->a * sqrt(1.0 / (double)t->fan_in), normal_pair);
}

static void fill_glorot_normal(const task *t, int64_t first, int64_t n, double *out)
{
    spread(t, first, n, out, 0, t->a * sqrt(2.0 / (double)(t->fan_in + t->fan_out)), normal_pair);
}

static double he_fan(const task *t)
{
    return (double)(t->b == 1 ? t->fan_out : t->fan_in);
}

static void fill_he_normal(const task *t, int64_t first, int64_t n, double *out)
{
    spread(t, first, n, out, 0, t->a * sqrt(2 / he_fan(t)), normal_pair);
}

static void fill_uniform(const task *t, int64_t first, int64_t n, double *out)
{
    const double low = t->a < t->b ? t->a : -t->a, high = t->a < t->b ? t->b : t->a;
    spread(t, first, n, out, low, high - low, uniform_pair);
}

static void fill_symmetric(const task *t, int64_t first, int64_t n, double *out, double s)
{
    spread(t, first, n, out, -s, 2 * s, uniform_pair);
}

static void fill_lecun_uniform(const task *t, int64_t first, int64_t n, double *out)
{
    fill_symmetric(t, first, n, out, t->a * sqrt(3.0 / (double)t->fan_in));
}

static void fill_glorot_uniform(const task *t, int64_t first, int64_t n, double *out)
{
    fill_symmetric(t, first, n, out, t->a * sqrt(6.0 / (double)(t->fan_in + t->fan_out)));
}

static void fill_he_uniform(const task *t, int64_t first, int64_t n, double *out)
{
    fill_symmetric(t, first, n, out, t->a * sqrt(6 / he_fan(t)));
}

static bool fill_orthogonal(const task *t, double *out)
{
    spread(t, 0, t->count, out, 0, 1, normal_pair);
    const int64_t rows = t->shape->dim[0];
    if (!rni_orthonormal(out, rows, rows ? t->count / rows : 0)) return false;
    for (int64_t i = 0; i < t->count; i++) out[i] *= t->a;
    return true;
}

/* Weight of position i in linear interpolation by a filter of `size`. */
static double tent(int64_t i, int64_t size)
{
    const double factor = (double)((size + 1) / 2), center = size % 2 ? factor - 1 : factor - 0.5;
    return 1 - fabs((double)i - center) / factor;
}

static void fill_filter(const task *t, double *out, bool normalise)
{
    const rn_shape *s = t->shape;
    const int64_t area = s->dim[0] && s->dim[1] ? t->count / s->dim[0] / s->dim[1] : 0;
    double sum = 0;
    memset(out, 0, (size_t)t->count * sizeof *out);
    for (int64_t k = 0; k < area; k++) {
        double v = 1;
        int64_t rest = k;
        for (int i = s->rank - 1; i >= 2; i--) {
            v *= tent(rest % s->dim[i], s->dim[i]);
            rest /= s->dim[i];
        }
        sum += v;
        for (int64_t c = 0; c < s->dim[0]; c++) out[(c * s->dim[1] + (s->dim[1] == 1 ? 0 : c)) * area + k] = v;
    }
    for (int64_t i = 0; normalise && i < t->count; i++) out[i] /= sum;
}

static bool fill_upsampling(const task *t, double *out)
{
    fill_filter(t, out, false);
    return true;
}

static bool fill_downsampling(const task *t, double *out)
{
    fill_filter(t, out, true);
    return true;
}

static const row fill_rows[] = {
    { "zero", 0, ANY, fill_zero, NULL },
    { "one", 1, ANY, fill_constant, NULL },
    { "nan", 0, ANY, fill_nan, NULL },
    { "constant", 0, ANY, fill_constant, NULL },
    { "identity", 1, MATRIX, fill_identity, NULL },
    { "normal", 0.05, ANY, fill_normal, NULL },
    { "lecun_normal", 1, FANS, fill_lecun_normal, NULL },
    { "glorot_normal", 1, FANS, fill_glorot_normal, NULL },
    { "he_normal", 1, FANS, fill_he_normal, NULL },
    { "uniform", 0.05, ANY, fill_uniform, NULL },
    { "lecun_uniform", 1, FANS, fill_lecun_uniform, NULL },
    { "glorot_uniform", 1, FANS, fill_glorot_uniform, NULL },
    { "he_uniform", 1, FANS, fill_he_uniform, NULL },
    { "orthogonal", 1.1, FANS, NULL, fill_orthogonal },
    { "upsampling_deconv", 0, FILTER, NULL, fill_upsampling },
    { "downsampling_conv", 0, FILTER, NULL, fill_downsampling },
};

static const struct {
    const char *name, *doc;
} doc_rows[] = {
#define X(name, doc) { #name, doc },
    RNI_INIT_LIST(X)
#undef X
};

const char *rn_init_at(int i, const char **doc)
{
    if (i < 0 || i >= (int)RN_COUNTOF(doc_rows)) return NULL;
    if (doc) *doc = doc_rows[i].doc;
    return doc_rows[i].name;
}

/* ---- names ---- */

static const char *name_at(void *user, int i)
{
    (void)user;
    return rn_init_at(i, NULL);
}

static const row *find(const char *name, int64_t n)
{
    for (int i = 0; i < (int)RN_COUNTOF(fill_rows); i++)
        if ((int64_t)strlen(fill_rows[i].name) == n && memcmp(fill_rows[i].name, name, (size_t)n) == 0)
            return &fill_rows[i];
    return NULL;
}

static bool unknown(const char *name, int64_t n, const rn_site *site)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)(n < 60 ? n : 60), name);
    rni_fail(RN_ERR_ARG, site, "init", "there is no initialiser \"%s\"", text);
    const char *near = rni_nearest(text, name_at, NULL);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return false;
}

/* "a" or "a,b" after the colon. */
static bool parse_numbers(rn_init *init, const char *text)
{
    const char *comma = strchr(text, ',');
    const int64_t n = comma ? comma - text : (int64_t)strlen(text);
    if (!rni_parse_f64(text, n, &init->a)) return false;
    return !comma || rni_parse_f64(comma + 1, (int64_t)strlen(comma + 1), &init->b);
}

bool rni_init_resolve(rn_init *init, const char *otherwise, const rn_site *site)
{
    if (init->values) return true;
    const char *text = init->name ? init->name : otherwise;
    if (!text) return rni_fail(RN_ERR_ARG, site, "init", "no initialiser is named");
    const char *colon = strchr(text, ':');
    const int64_t n = colon ? colon - text : (int64_t)strlen(text);
    const row *r = find(text, n);
    if (!r) return unknown(text, n, site);
    if (colon && !parse_numbers(init, colon + 1)) {
        rni_fail(RN_ERR_ARG, site, "init", "the numbers of \"%s\" cannot be read", text);
        rni_error_add("expect", "%s:a or %s:a,b", r->name, r->name);
        return false;
    }
    init->name = r->name;
    if (init->a == 0 && init->b == 0) init->a = r->a;
    if (init->a == 0 && init->b != 0 && r->needs == FANS) init->a = r->a;
    if (isfinite(init->a) && isfinite(init->b)) return true;
    return rni_fail(RN_ERR_ARG, site, "init", "the numbers of %s are not finite", r->name);
}

/* ---- making ---- */

static bool cannot(const row *r, const rn_shape *shape, const char *name, const char *rule)
{
    char text[RNI_SHAPE_TEXT];
    rni_fail(RN_ERR_SHAPE, NULL, name, "%s cannot fill this shape", r->name);
    rni_error_add("expect", "%s", rule);
    rni_error_add("actual", "%s", rni_shape_text(shape, text));
    return false;
}

static bool fits(const row *r, const rn_shape *s, const char *name)
{
    switch (r->needs) {
    case FANS:
        return s->rank >= 2 || cannot(r, s, name, "at least two axes");
    case MATRIX:
        return (s->rank == 2 && s->dim[0] == s->dim[1]) || cannot(r, s, name, "a square matrix");
    case FILTER:
        return (s->rank >= 3 && (s->dim[0] == s->dim[1] || s->dim[1] == 1)) ||
               cannot(r, s, name, "[C, C or 1, sizes of the filter]");
    default:
        return true;
    }
}

static int64_t product(const rn_shape *s, int without)
{
    int64_t n = 1;
    for (int i = 0; i < s->rank; i++)
        if (i != without) n *= s->dim[i];
    return n > 0 ? n : 1;
}

static bool fill(const row *r, const task *t, rn_dtype dtype, char *to)
{
    enum { CHUNK = 1024 };
    const int64_t bytes = rn_dtype_bytes(dtype);
    if (r->fill_all) {
        int64_t need;
        double *all = rni_mul_i64(t->count, (int64_t)sizeof *all, &need) ? rni_alloc_raw(need) : NULL;
        const bool ok = all && r->fill_all(t, all);
        if (ok) rni_convert(to, dtype, all, RN_F64, t->count);
        rni_free(all);
        return ok;
    }
    for (int64_t i = 0; i < t->count; i += CHUNK) {
        double chunk[CHUNK];
        const int64_t n = t->count - i < CHUNK ? t->count - i : CHUNK;
        r->fill(t, i, n, chunk);
        rni_convert(to + i * bytes, dtype, chunk, RN_F64, n);
    }
    return true;
}

static rn_tensor *given(const rn_init *init, rn_dtype dtype, const rn_shape *shape, const char *name)
{
    const rn_shape *have = rn_tensor_shape(init->values);
    if (!rni_shape_equal(have, shape)) {
        char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
        rni_fail(RN_ERR_SHAPE, NULL, name, "the values given for it have another shape");
        rni_error_add("expect", "%s", rni_shape_text(shape, a));
        rni_error_add("actual", "%s", rni_shape_text(have, b));
        return NULL;
    }
    rn_tensor *v = rn_tensor_dtype(init->values) == dtype ? init->values : rn_cast(init->values, dtype);
    return v && rn_eval(v) ? rn_value(v) : NULL;
}

rn_tensor *rni_init_make(const rn_init *init, rn_dtype dtype, const rn_shape *shape, uint64_t seed, uint64_t stream,
                         const char *name)
{
    if (!rn_ok()) return NULL;
    if (init->values) return given(init, dtype, shape, name);
    const row *r = find(init->name, (int64_t)strlen(init->name));
    if (RNI_NEVER(!r) || !fits(r, shape, name)) return NULL;
    const task t = { .shape = shape,
                     .count = rni_shape_count(shape),
                     .fan_in = product(shape, 0),
                     .fan_out = product(shape, 1),
                     .a = init->a,
                     .b = init->b,
                     .seed = seed,
                     .stream = stream };
    int64_t bytes;
    if (t.count < 0 || !rni_mul_i64(t.count, rn_dtype_bytes(dtype), &bytes)) {
        rni_fail(RN_ERR_SHAPE, NULL, name, "no such shape");
        return NULL;
    }
    rn_tensor *x = rn_array(dtype, *shape, NULL);
    if (!x || r->fill == fill_zero) return x;
    if (x->node->device->backend->host_memory) return fill(r, &t, dtype, x->buffer->data) ? x : NULL;
    char *host = rni_alloc_raw(bytes);
    x = host && fill(r, &t, dtype, host) ? rn_array(dtype, *shape, host) : NULL;
    rni_free(host);
    return x;
}

rn_tensor *rn_init_tensor(rn_init init, rn_dtype dtype, rn_shape shape)
{
    if (!rn_ok()) return NULL;
    if (!rn_dtype_is_float(dtype)) {
        rni_fail(RN_ERR_DTYPE, NULL, "init_tensor", "%s is not a type of floats", rn_dtype_name(dtype));
        return NULL;
    }
    if (!rni_init_resolve(&init, NULL, NULL)) return NULL;
    rni_thread *t = rni_thread_self();
    return rni_init_make(&init, dtype, &shape, t->seed, t->draws++, "init_tensor");
}
