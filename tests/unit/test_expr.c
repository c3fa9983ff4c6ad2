/* Scalar texts: the parser with its errors, the derivatives, the compiled programs; on many random texts. */
#include "test.h"

#include "backend/ref/ref.h"
#include "base/rng.h"
#include "engine/expr.h"

/* ---- refusals ---- */

static void refused(const char *text, const char *inputs, const char *want)
{
    rni_expr e;
    const rni_expr_names names = { .inputs = inputs, .scalars = "c, seed, stream", .outputs = "y" };
    const bool ok = rni_expr_parse(&e, text, &names, "map", NULL);
    if (ok) {
        rni_expr_free(&e);
        test_failed(__FILE__, __LINE__, "\"%s\" was accepted, wanted: %s", text, want);
    }
    CHECK_ERROR(RN_ERR_ARG, want);
}

RN_TEST(what_is_not_understood_is_refused_with_its_column)
{
    refused("y = x + q", "x", "map: column 9: unknown name 'q'");
    refused("y = f(x)", "x", "column 7: unknown function 'f'");
    refused("y = exp(x", "x", "column 10: expected ')' after the arguments of 'exp'");
    refused("y = min(x)", "x", "column 10: 'min' takes 2 arguments");
    refused("y = exp(x, x)", "x", "column 10: expected ')' after the arguments");
    refused("y = (x + 1", "x", "column 11: expected ')'");
    refused("y = x ? 1", "x", "column 10: expected ':'");
    refused("y = x +", "x", "column 8: unexpected end");
    refused("y = x $ 2", "x", "column 7: unexpected '$'");
    refused("y == x", "x", "column 3: expected '=' after 'y'");
    refused("= x", "x", "column 1: expected a name");
    refused("z = x", "x", "'y' is never assigned");
    refused("y = x; 2", "x", "column 8: expected a name");
    refused("y = x)", "x", "column 6: unexpected ')'");
    refused("y = rand(x, x)", "x", "the arguments of rand are options");
    refused("y = i(x)", "x", "unknown function 'i'");
    refused("", "x", "column 1: expected a name");
    refused("y = 1.2.3", "x", "column 8: unexpected '.'");
}

RN_TEST(refusals_of_functions_without_inputs_do_not_need_a_node)
{
    refused("y = -", "", "unexpected end");
    refused("y = !", "", "unexpected end");
    refused("y = ~", NULL, "unexpected end");
    refused("y = exp(", "", "unexpected end");
    refused("y = min(,", "", "unexpected ','");
    refused("y = ? 1 : 2", "", "unexpected '?'");
    refused("y = - -", "", "unexpected end");
}

RN_TEST(what_is_read_by_position_is_read_in_no_other_way)
{
    refused("y = r", "r[]", "column 5: 'r' is raw and read by position: r[k]");
    refused("y = x[0]", "x, r[]", "column 5: 'x' is not raw: it has no [k]");
    refused("y = r[0", "r[]", "column 8: expected ']' after the position in 'r'");
    refused("y = r[]", "r[]", "column 7: unexpected ']'");
    refused("y = r[q]", "r[]", "column 7: unknown name 'q'");
    refused("y = r[0][1]", "r[]", "column 9: unexpected '['");
    refused("y = load(0, x, 1)", "x, r[]", "unknown function 'load'");
    refused("r[0] = 1; y = 2", "r[]", "column 2: expected '=' after 'r'");
    refused("y = (int)", "x", "column 10: unexpected end");
    refused("y = (f16)x", "x", "column 6: unknown name 'f16'");
}

RN_TEST(deep_nesting_is_refused_not_overrun)
{
    char text[4000] = "y = ";
    size_t n = strlen(text);
    for (int i = 0; i < 1000; i++) text[n++] = '(';
    text[n++] = 'x';
    for (int i = 0; i < 1000; i++) text[n++] = ')';
    text[n] = '\0';
    refused(text, "x", "nested more than");
    n = (size_t)snprintf(text, sizeof text, "y = ");
    for (int i = 0; i < 500; i++) n += (size_t)snprintf(text + n, sizeof text - n, "x ? ");
    refused(text, "x", "nested more than");
    n = (size_t)snprintf(text, sizeof text, "y = ");
    for (int i = 0; i < 2000; i++) text[n++] = '-';
    text[n] = '\0';
    refused(text, "x", "nested more than");
}

RN_TEST(too_many_names_are_refused)
{
    char text[4000];
    size_t n = 0;
    for (int i = 0; i < 100; i++) n += (size_t)snprintf(text + n, sizeof text - n, "t%d = x; ", i);
    snprintf(text + n, sizeof text - n, "y = x");
    refused(text, "x", "more than 64 names");
}

/* ---- values ---- */

typedef struct {
    double in[4], scalar[3];
} point;

/* Runs the compiled program in f64 on the plain back end's evaluator. */
static double run(const rni_expr *e, const point *at)
{
    rn_program *p = rni_program_make(e, RN_F64, &(rn_op){ .name = "test" }, "text");
    CHECK(p != NULL);
    rni_ref_value reg[RNI_REF_REGISTERS] = { { 0 } };
    rni_ref_constants(p, reg, at->scalar);
    for (int i = 0; i < p->n_in; i++) reg[i].f = at->in[i];
    rni_ref_eval(p, reg, at->scalar, 3, 10, NULL);
    const double v = reg[p->out[0]].f;
    rni_program_free(p);
    return v;
}

static double value(const char *text, double x, double z)
{
    rni_expr e;
    const rni_expr_names names = { .inputs = "x, z", .scalars = "c", .outputs = "y" };
    if (!rni_expr_parse(&e, text, &names, "map", NULL)) return -1e300;
    const double v = run(&e, &(point){ { x, z }, { 7 } });
    rni_expr_free(&e);
    return v;
}

RN_TEST(operators_bind_as_in_c)
{
    CHECK_NEAR(value("y = 2 + 3 * x", 4, 0), 14, 0);
    CHECK_NEAR(value("y = (2 + 3) * x", 4, 0), 20, 0);
    CHECK_NEAR(value("y = 10 - 4 - x", 3, 0), 3, 0);
    CHECK_NEAR(value("y = 100 / 5 / x", 4, 0), 5, 0);
    CHECK_NEAR(value("y = -x * z", 3, 2), -6, 0);
    CHECK_NEAR(value("y = - -x", 3, 2), 3, 0);
    CHECK_NEAR(value("y = x < z == 1", 1, 2), 1, 0);
    CHECK_NEAR(value("y = x > 0 && z > 0 || c > 9", 1, -1), 0, 0);
    CHECK_NEAR(value("y = x ? z ? 1 : 2 : 3", 1, 0), 2, 0);
    CHECK_NEAR(value("y = x ? 1 : z ? 2 : 3", 0, 0), 3, 0);
    CHECK_NEAR(value("y = 1 ? 2 : 3 + 4", 0, 0), 2, 0);
    CHECK_NEAR(value("y = !x + 1", 0, 0), 2, 0);
    CHECK_NEAR(value("y = 7 % 4 * 2", 0, 0), 6, 0);
    CHECK_NEAR(value("y = x >= z", 2, 2), 1, 0);
    CHECK_NEAR(value("y = x != z", 2, 2), 0, 0);
}

RN_TEST(statements_see_what_was_assigned_before_them)
{
    CHECK_NEAR(value("t = x - z; y = t * t", 5, 2), 9, 0);
    CHECK_NEAR(value("t = x; t = t + 1; y = t * 10;", 5, 2), 60, 0);
    CHECK_NEAR(value("y = x; y = y + y", 5, 2), 10, 0);
    CHECK_NEAR(value("x = x + 1; y = x", 5, 2), 6, 0);
    CHECK_NEAR(value("  y=c+i/n ", 0, 0), 7.3, 1e-15);
    CHECK_NEAR(value("y = 1.5e2f + .5", 0, 0), 150.5, 0);
    CHECK_NEAR(value("y = pi", 0, 0), 3.141592653589793, 0);
    CHECK(isinf(value("y = -inf", 0, 0)));
    CHECK(isnan(value("y = nan", 0, 0)));
}

RN_TEST(simplification_keeps_what_zero_times_infinity_is)
{
    CHECK(isnan(value("y = x * 0", INFINITY, 0)));
    CHECK(isnan(value("y = 0 * x", NAN, 0)));
    CHECK(isnan(value("y = x - x", INFINITY, 0)));
    CHECK(signbit(value("y = x * 1", -0.0, 0)));
    CHECK(signbit(value("y = -(x + 0)", 0.0, 0)));
}

RN_TEST(an_output_may_have_the_name_of_an_input)
{
    rni_expr e;
    const rni_expr_names names = { .inputs = "p, g", .scalars = "", .outputs = "p, q" };
    CHECK(rni_expr_parse(&e, "q = p * g; p = p - g", &names, "step", NULL));
    CHECK_EQ_I64(e.n_out, 2);
    CHECK_NEAR(run(&e, &(point){ { 5, 2 }, { 0 } }), 3, 0);
    rni_expr_free(&e);
}

/* ---- random texts ---- */

/* Writes a random text and computes its value beside it, both from the same choices. Functions are kept where they are
 * smooth and of moderate size: arguments pass through tanh. Returns the value. */
typedef struct {
    char *at, *end;
    rni_rng *r;
    double x, z, c;
} writer;

static void put(writer *w, const char *s)
{
    const size_t n = strlen(s);
    CHECK(w->at + n < w->end);
    memcpy(w->at, s, n + 1);
    w->at += n;
}

static double rsqrt(double v)
{
    return 1 / sqrt(v);
}

static double sigmoid(double v)
{
    return 1 / (1 + exp(-v));
}

static double write_random(writer *w, int depth);

/* before ARGUMENT after */
static double write_unary(writer *w, int depth)
{
    static const struct {
        const char *before, *after;
        double (*fn)(double);
        double scale, shift; /* of the argument after tanh */
    } rows[] = {
        { "exp(tanh(", "))", exp, 1, 0 },
        { "sin(tanh(", "))", sin, 1, 0 },
        { "cos(tanh(", "))", cos, 1, 0 },
        { "log(2 + tanh(", "))", log, 1, 2 },
        { "sqrt(2 + tanh(", "))", sqrt, 1, 2 },
        { "rsqrt(2 + tanh(", "))", rsqrt, 1, 2 },
        { "erf(tanh(", "))", erf, 1, 0 },
        { "atan(tanh(", "))", atan, 1, 0 },
        { "asin(0.5 * tanh(", "))", asin, 0.5, 0 },
        { "acos(0.5 * tanh(", "))", acos, 0.5, 0 },
        { "sigmoid(tanh(", "))", sigmoid, 1, 0 },
        { "expm1(tanh(", "))", expm1, 1, 0 },
        { "log1p(0.5 * tanh(", "))", log1p, 0.5, 0 },
        { "acosh(3 + tanh(", "))", acosh, 1, 3 },
        { "asinh(tanh(", "))", asinh, 1, 0 },
        { "atanh(0.5 * tanh(", "))", atanh, 0.5, 0 },
        { "sinh(tanh(", "))", sinh, 1, 0 },
        { "cosh(tanh(", "))", cosh, 1, 0 },
        { "tan(tanh(", "))", tan, 1, 0 },
        { "lgamma(2 + tanh(", "))", lgamma, 1, 2 },
        { "exp2(tanh(", "))", exp2, 1, 0 },
        { "log2(2 + tanh(", "))", log2, 1, 2 },
        { "log10(2 + tanh(", "))", log10, 1, 2 },
        { "erfc(tanh(", "))", erfc, 1, 0 },
    };
    const size_t k = rni_rng_below(w->r, RN_COUNTOF(rows));
    put(w, rows[k].before);
    const double a = write_random(w, depth);
    put(w, rows[k].after);
    return rows[k].fn(rows[k].shift + rows[k].scale * tanh(a));
}

static double sum_of(double a, double b)
{
    return a + b;
}

static double difference_of(double a, double b)
{
    return a - b;
}

static double quotient_of(double a, double b)
{
    return tanh(a) / (2 + tanh(b));
}

static double power_of(double a, double b)
{
    return pow(2 + tanh(a), tanh(b));
}

static double angle_of(double a, double b)
{
    return atan2(tanh(a), 2 + tanh(b));
}

/* before FIRST between SECOND after */
static double write_binary(writer *w, int depth)
{
    static const struct {
        const char *before, *between, *after;
        double (*fn)(double, double);
    } rows[] = {
        { "(", " + ", ")", sum_of },
        { "(", " - ", ")", difference_of },
        { "tanh(", ") / (2 + tanh(", "))", quotient_of },
        { "pow(2 + tanh(", "), tanh(", "))", power_of },
        { "atan2(tanh(", "), 2 + tanh(", "))", angle_of },
    };
    const size_t k = rni_rng_below(w->r, RN_COUNTOF(rows));
    put(w, rows[k].before);
    const double a = write_random(w, depth);
    put(w, rows[k].between);
    const double b = write_random(w, depth);
    put(w, rows[k].after);
    return rows[k].fn(a, b);
}

static double write_random(writer *w, int depth)
{
    double a;
    switch (depth <= 0 ? rni_rng_below(w->r, 4) : rni_rng_below(w->r, 12)) {
    case 0:
        put(w, "x");
        return w->x;
    case 1:
        put(w, "z");
        return w->z;
    case 2:
        put(w, "c");
        return w->c;
    case 3:
        put(w, "0.75");
        return 0.75;
    case 4: /* what stands before the star is a product, or closed */
        a = write_random(w, depth - 1);
        put(w, " * ");
        return a * write_random(w, 0);
    case 5:
        put(w, "fma(x, z, ");
        a = write_random(w, depth - 1);
        put(w, ")");
        return w->x * w->z + a;
    case 6:
    case 7:
    case 8:
        return write_unary(w, depth - 1);
    default:
        return write_binary(w, depth - 1);
    }
}

RN_TEST(random_texts_compute_what_they_say_and_their_derivatives_agree_with_differences)
{
    rni_rng r = { .seed = 42 };
    for (int round = 0; round < 600; round++) {
        char text[4096] = "y = ";
        const point at = { { rni_rng_uniform(&r) * 2 - 1, rni_rng_uniform(&r) * 2 - 1, 1, 0 },
                           { rni_rng_uniform(&r) } };
        writer w = { text + 4, text + sizeof text, &r, at.in[0], at.in[1], at.scalar[0] };
        const double want = write_random(&w, 5);
        rni_expr e;
        const rni_expr_names names = { .inputs = "x, z", .scalars = "c", .outputs = "y" };
        if (!rni_expr_parse(&e, text, &names, "map", NULL)) test_failed(__FILE__, __LINE__, "%s", text);
        const double have = run(&e, &at);
        if (!(fabs(have - want) <= 1e-12 * (1 + fabs(want))))
            test_failed(__FILE__, __LINE__, "%s\n  have %.17g, want %.17g", text, have, want);
        for (int by = 0; by < 2; by++) {
            const double h = 1e-5;
            point plus = at, minus = at;
            plus.in[by] += h;
            minus.in[by] -= h;
            const double slope = (run(&e, &plus) - run(&e, &minus)) / (2 * h);
            rni_expr d;
            CHECK(rni_expr_parse(&d, text, &names, "map", NULL));
            const int32_t node = rni_expr_derive(&d, by, 2); /* the incoming gradient is input 2, which is 1 */
            CHECK_OK();
            double derived = 0;
            if (node >= 0) {
                rni_expr copy;
                int used[RN_INPUTS_MAX * 3];
                const int n = rni_expr_extract(&d, &node, 1, &copy, used);
                CHECK(n >= 0);
                point seen = { { 0 }, { at.scalar[0] } };
                for (int i = 0; i < n; i++) seen.in[i] = at.in[used[i]];
                derived = run(&copy, &seen);
                rni_expr_free(&copy);
            }
            rni_expr_free(&d);
            if (!(fabs(derived - slope) <= 1e-6 * (1 + fabs(slope) + fabs(want))))
                test_failed(__FILE__, __LINE__, "%s\n  by %s: derived %.10g, differences %.10g", text, by ? "z" : "x",
                            derived, slope);
        }
        rni_expr_free(&e);
    }
}

/* Random characters: refused or accepted, never a crash. */
RN_TEST(random_characters_are_refused_or_accepted)
{
    static const char letters[] = "xyzci n=+-*/%()?:;,<>!&|^~.0123456789eEmaxpow ";
    rni_rng r = { .seed = 6 };
    int accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char text[64] = "y = ";
        const size_t n = 4 + rni_rng_below(&r, 24);
        for (size_t i = 4; i < n; i++) text[i] = letters[rni_rng_below(&r, sizeof letters - 1)];
        rni_expr e;
        const rni_expr_names names = { .inputs = round % 2 ? "x, z" : "", .scalars = "c", .outputs = "y" };
        if (rni_expr_parse(&e, text, &names, "map", NULL)) {
            accepted++;
            run(&e, &(point){ { 0.5, 0.25 }, { 2 } });
            rni_expr_free(&e);
        }
        rn_error_clear();
    }
    CHECK(accepted > 10);
}
