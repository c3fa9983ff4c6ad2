/* How fast are elementwise functions and reductions over ten million floats? bench_elementwise [CASE [SECONDS]] */
#include "bench.h"

enum { N = 10000000 };

typedef struct {
    rn_tensor *x, *y, *z, *a, *two;
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
} cases[] = { { "x*2+y", scaled_sum }, { "fma", fma_of }, { "tanh-sigmoid", gates },
              { "sum", sum },          { "norm", norm },  { "transpose*2", transposed } };

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
        rn_eval(s.x, s.y, s.z, s.a, s.two);
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
    if (!found) fprintf(stderr, "bench_elementwise: there is no case \"%s\"\n", argv[1]);
    return rn_report_error(stderr) || !found;
}
