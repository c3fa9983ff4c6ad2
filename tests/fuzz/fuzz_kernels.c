/* Texts of kernels of one's own, one a line: made, called, and differentiated. */
#include "fuzz.h"

#include "base/alloc.h"
#include "engine/map.h"
#include "engine/user_kernel.h"

#include <string.h>

enum { LINES = 6, CALLS = 10 };

static rn_tensor *argument(int i)
{
    static const rn_dtype types[] = { RN_F32, RN_I32, RN_F64, RN_BF16 };
    return rn_require_grad(rn_ones(RN_SHAPE(2, 3), .dtype = types[i % 4]), i % 4 != 1);
}

/* Calls the kernel with tensors of the wanted number, all of one type, and looks at result and gradient. */
static void call(const rn_op *k, bool reduces)
{
    static const double numbers[RNI_NUMBERS_MAX] = { 1, 0.5, -1 };
    const rni_params *p = &((const rni_user_row *)k)->of->in;
    RN_SCOPE
    {
        for (int type = 0; type < 4; type++) {
            rn_tensor *x = argument(type), *in[RN_INPUTS_MAX], *g;
            for (int i = 0; i < p->n_tensors; i++) in[i] = x;
            const rn_apply_args a = { .kernel = k,
                                      .inputs = { in, p->n_tensors },
                                      .numbers = { numbers, p->n_numbers },
                                      .axes = { reduces, { type % 2 } },
                                      .site = RN_SITE(rn_apply_args) };
            rn_tensor *y = x ? rn_apply_at(&a) : NULL;
            fuzz_settle(y != NULL);
            if (!y) continue;
            fuzz_settle(rn_eval(y));
            if (!rn_requires_grad(y)) continue;
            const bool ok = rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g);
            fuzz_settle(ok);
            if (ok && g) fuzz_settle(rn_eval(g));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool ready;
    if (!ready) ready = rn_device_use("ref");
    rn_item(rn_ones(RN_SHAPE(1))); /* what the thread holds */
    rn_shutdown();
    rni_maps_free();
    const int64_t live = rni_alloc_live();
    char *text = rni_strndup((const char *)data, (int64_t)n), *line[LINES] = { NULL };
    if (!text) abort();
    char *rest = text;
    for (int i = 0; i < LINES && rest; i++) line[i] = strsep(&rest, "\n");
    rn_device_use("ref");
    const rn_op *k =
        line[3] ? rn_elementwise_kernel(line[0], line[1], line[2], "fuzz", .gradient = *line[3] ? line[3] : NULL)
                : NULL;
    if (line[3]) fuzz_settle(k != NULL);
    if (k) call(k, false);
    k = line[3] ? rn_reduction_kernel(line[0], line[1], line[2], line[3], .post = line[4], .identity = line[5]) : NULL;
    if (line[3]) fuzz_settle(k != NULL);
    if (k) call(k, true);
    rni_free(text);
    rn_shutdown();
    rni_maps_free();
    rni_user_kernels_free();
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const texts[] = {
        "T x, T y\nT z\nz = (x - y) * (x - y)\n",
        "T x, raw U y, number c\nT z, bool b\nz = i > 0 ? c * y[i - 1] : x; b = (bool)z\n",
        "raw T x, T y\nT z\nz = x[n - 1 - i] * y\ngx = gz[n - 1 - i] * y[n - 1 - i]; gy = gz * x[n - 1 - i]",
        "i32 x, f32 y\nf32 z\nz = (int)y % x\ngx = 0; gy = gz",
        "T x\nT y\nx * x\na + b\nsqrt(a)\n0",
        "T x, T y\nT z\nx * y\na * b + a + b\nz = a / n\n0.5",
        "T x, raw T w, number c\nT y\nt = w[i % 3]; c * t * x\nmax(a, b)\na\n-inf",
    };
    for (size_t i = 0; i < RN_COUNTOF(texts); i++) fuzz_add(texts[i], (int64_t)strlen(texts[i]));
}
