/* Texts of elementwise functions: parsed, differentiated by each input, twice, and compiled. */
#include "fuzz.h"

#include "base/alloc.h"
#include "engine/expr.h"

#include <string.h>

/* The derivative of the outputs by input `wanted`, as a text of its own; false where it is zero or too large. */
static bool derivative(rni_expr *e, int wanted, int n_in, rni_expr *d)
{
    int used[RN_INPUTS_MAX * 3];
    const int32_t root = rni_expr_derive(e, wanted, n_in);
    if (root < 0) return false;
    if (rni_expr_extract(e, &root, 1, d, used) >= 0) return true;
    rni_expr_free(d);
    return false;
}

static void compile(const rni_expr *e)
{
    static const rn_dtype types[] = { RN_F32, RN_F64, RN_I64 };
    for (int i = 0; i < 3; i++) {
        rn_program *p = rni_program_make(e, types[i], &(rn_op){ .name = "fuzz" }, "text");
        fuzz_settle(p != NULL);
        rni_program_free(p);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    const rni_expr_names names = { "x, z, r[]", "c, seed, stream", "y", "u", n % 2 };
    char *text = rni_alloc((int64_t)n + 1);
    rni_expr e = { 0 }, once = { 0 }, twice = { 0 };
    if (!text) abort();
    memcpy(text, data, n);
    const bool ok = rni_expr_parse(&e, text, &names, "fuzz", NULL);
    fuzz_settle(ok);
    for (int i = 0; ok && i < 2; i++) {
        compile(&e);
        if (derivative(&e, i, 3, &once)) {
            compile(&once);
            if (derivative(&once, 0, once.n_in, &twice)) rni_expr_free(&twice);
            rni_expr_free(&once);
        }
        rn_error_clear(); /* what cannot be differentiated, or not within the limits */
    }
    if (ok) rni_expr_free(&e);
    rni_free(text);
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const texts[] = { "y = x > 0 ? x : c * x",
                                         "t = x - z; y = t * t + 0.5e-3",
                                         "y = fma(x, z, select(x != z, 1, -2)) % 3",
                                         "y = exp(-x) / (1 + exp(-x)) - tanh(z)",
                                         "y = rand(seed, stream) < c",
                                         "y = (i + n) & 7 | 1 << 2 ^ ~3 >> 1",
                                         "y = x == inf || !(z >= nan) && pi <= 4",
                                         "y = min(max(pow(x, z), atan2(z, x)), lgamma(x)); x = y",
                                         "y = i > 0 && r[i - 1] > x ? r[i - 1] : (int)x + r[r[0]]; u = )",
                                         "t = (float)x; t * r[n - 1 - i]" };
    for (size_t i = 0; i < RN_COUNTOF(texts); i++) fuzz_add(texts[i], (int64_t)strlen(texts[i]));
}
