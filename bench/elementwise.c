/* How fast are elementwise functions and reductions over ten million floats (4k: over 4096)? bench_elementwise [CASE
 * [SECONDS]]. RENSA_DEVICE=cpu:compiled compiles them all, RENSA_CC= none of them. */
#include "bench.h"

enum { N = 10000000, FEW = 4096, MILLION = 1000000 };

typedef struct {
    rn_tensor *x, *y, *z, *a, *two, *few_x, *few_y, *million[4];
} state;

static bool eval(rn_tensor *t)
{
    return rn_eval(t);
}

static bool scaled_sum(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_add(rn_mul_scalar(s->x, 2), s->y));
    return ok;
}

static bool fma_of(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_fma(s->x, s->two, s->y));
    return ok;
}

static bool gates(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_tanh(rn_sigmoid(rn_add(rn_mul_scalar(s->x, 2), s->y))));
    return ok;
}

static bool axpy_few(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_fma(s->few_x, s->two, s->few_y));
    return ok;
}

static bool gates_few(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_tanh(rn_sigmoid(rn_add(rn_mul_scalar(s->few_x, 2), s->few_y))));
    return ok;
}

/* What passes back through a gelu. */
static rn_tensor *gelu_grad(rn_tensor *x)
{
    rn_tensor *g = NULL;
    rn_require_grad(x, true);
    rn_grad(RN_LIST(rn_gelu(x)), RN_LIST(x), .grad_outputs = RN_LIST(x), .grads = &g);
    return g;
}

static bool gelu(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(gelu_grad(s->x));
    return ok;
}

static bool gelu_few(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(gelu_grad(s->few_x));
    return ok;
}

static bool adam(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    {
        rn_tensor *const g = s->million[0], *const m = s->million[1], *const v = s->million[2],
                         *const p = s->million[3];
        rn_tensor *const m_new = rn_add(rn_mul_scalar(m, 0.9), rn_mul_scalar(g, 0.1));
        rn_tensor *const v_new = rn_add(rn_mul_scalar(v, 0.999), rn_mul_scalar(rn_square(g), 0.001));
        rn_tensor *const root = rn_add_scalar(rn_sqrt(rn_mul_scalar(v_new, 1.01)), 1e-8);
        rn_tensor *const p_new = rn_sub(p, rn_mul_scalar(rn_div(rn_mul_scalar(m_new, 1.1), root), 1e-3));
        ok = rn_eval(m_new, v_new, p_new);
    }
    return ok;
}

static bool sum(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_sum(s->x));
    return ok;
}

static bool norm(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_norm(s->z, .axes = RN_AXES(1)));
    return ok;
}

static bool transposed(void *user)
{
    const state *s = user;
    bool ok = false;
    RN_SCOPE
    ok = eval(rn_mul_scalar(rn_transpose(s->a), 2));
    return ok;
}

static const struct {
    const char *name;
    bench_fn *fn;
} cases[] = { { "x*2+y", scaled_sum },  { "fma", fma_of },        { "tanh-sigmoid", gates },
              { "sum", sum },           { "norm", norm },         { "transpose*2", transposed },
              { "x*2+y-4k", axpy_few }, { "tanh-4k", gates_few }, { "gelu'", gelu },
              { "gelu'-4k", gelu_few }, { "adam-1m", adam } };

int main(int argc, char **argv)
{
    const double seconds = argc > 2 ? strtod(argv[2], NULL) : 2;
    state s = { 0 };
    RN_SCOPE
    {
        s.x = rn_keep(rn_uniform(RN_SHAPE(N)));
        s.y = rn_keep(rn_uniform(RN_SHAPE(N)));
        s.a = rn_keep(rn_uniform(RN_SHAPE(1000, 1000)));
        s.z = rn_keep(rn_reshape(s.x, RN_SHAPE(10000, 1000)));
        s.two = rn_keep(rn_scalar(2));
        s.few_x = rn_keep(rn_uniform(RN_SHAPE(FEW)));
        s.few_y = rn_keep(rn_uniform(RN_SHAPE(FEW)));
        rn_eval(s.x, s.y, s.z, s.a, s.two, s.few_x, s.few_y);
        for (int i = 0; i < 4; i++) rn_eval(s.million[i] = rn_keep(rn_uniform(RN_SHAPE(MILLION))));
    }
    int found = argc < 2;
    for (size_t i = 0; i < RN_COUNTOF(cases) && rn_ok(); i++) {
        if (argc > 1 && strcmp(argv[1], cases[i].name) != 0) continue;
        found = 1;
        bench_print(cases[i].name, bench_run(cases[i].fn, &s, 3, seconds), 1, "call", 0);
    }
    rn_drop(s.x);
    rn_drop(s.y);
    rn_drop(s.z);
    rn_drop(s.a);
    rn_drop(s.two);
    rn_drop(s.few_x);
    rn_drop(s.few_y);
    for (int i = 0; i < 4; i++) rn_drop(s.million[i]);
    if (!found) fprintf(stderr, "bench_elementwise: there is no case \"%s\"\n", argv[1]);
    return rn_report_error(stderr) || !found;
}
