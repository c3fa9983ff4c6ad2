/* Checks of whole tensors against lists of numbers, and gradients of sums. */
#ifndef RENSA_TESTS_VALUES_H
#define RENSA_TESTS_VALUES_H

#include "test.h"

/* A tensor of f64 that wants a gradient. */
#define F64(...) rn_require_grad(rn_array(RN_F64, RN_SHAPE(COUNT(__VA_ARGS__)), ((double[]){ __VA_ARGS__ })), true)
#define MATRIX(rows, ...)                                                                                              \
    rn_require_grad(rn_array(RN_F64, RN_SHAPE(rows, COUNT(__VA_ARGS__) / (rows)), ((double[]){ __VA_ARGS__ })), true)
#define COUNT(...) ((int)(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)))
/* t holds these numbers, up to 1e-12; NaN equals NaN. */
#define VALUES(t, ...) check_values(__FILE__, __LINE__, t, COUNT(__VA_ARGS__), (double[]){ __VA_ARGS__ }, 1e-12)
#define VALUES_NEAR(tolerance, t, ...)                                                                                 \
    check_values(__FILE__, __LINE__, t, COUNT(__VA_ARGS__), (double[]){ __VA_ARGS__ }, tolerance)

static inline void check_values(const char *file, int line, rn_tensor *t, int n, const double *want, double tolerance)
{
    double have[64] = { 0 };
    if (!t || rn_tensor_count(t) != n || !rn_copy_to(t, RN_F64, have, (int64_t)sizeof have)) {
        const rn_error *e = rn_error_last();
        char text[4096];
        snprintf(text, sizeof text, "%s", e ? e->message : "no error");
        test_failed(file, line, "%lld values, want %d; %s", (long long)rn_tensor_count(t), n, text);
        return;
    }
    for (int i = 0; i < n; i++) {
        const bool same = isnan(want[i])   ? isnan(have[i])
                          : isinf(want[i]) ? have[i] == want[i]
                                           : fabs(have[i] - want[i]) <= tolerance;
        if (!same) test_failed(file, line, "value %d: %.17g, want %.17g", i, have[i], want[i]);
    }
}

/* Gradient of the sum of y by x, differentiable again. */
static inline rn_tensor *slope(rn_tensor *y, rn_tensor *x)
{
    rn_tensor *g = NULL;
    rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .create_graph = true, .grads = &g);
    return g;
}

/* Bytes that are valid for any type: 0 and 1. */
static inline rn_tensor *filled(rn_dtype dtype, rn_shape shape)
{
    int64_t n = rn_dtype_bytes(dtype);
    for (int i = 0; i < shape.rank; i++) n *= shape.dim[i];
    char *p = malloc((size_t)n + 1);
    for (int64_t i = 0; i < n; i++) p[i] = (char)(i % 3 == 1);
    rn_tensor *t = rn_array(dtype, shape, p);
    free(p);
    return t;
}

#endif
