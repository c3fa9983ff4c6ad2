/* Calls that nobody had in mind: test cases of functions with sizes, types and options changed at random. Each is
 * refused with an error that is not of our own making, or has the values that plain C has for it.
 *
 * RENSA_CALLS says how many variations of each case; RENSA_CALLS_SEED draws others. */
#include "test.h"

#include "base/rng.h"
#include "base/str.h"
#include "engine/op_table.h"
#include "selftest/selftest.h"

#include <ctype.h>
#include <time.h>

enum { CALLS = 24, MEMORY = 64 << 20, LARGE = 1 << 18 };

static rni_rng draws;

static int pick(int n)
{
    return (int)rni_rng_below(&draws, (uint64_t)n);
}

static const char *any_size(void)
{
    static const char *const some[] = { "0", "1", "1", "2", "3", "4", "5", "7", "8", "9", "16", "17", "33" };
    return some[pick((int)RN_COUNTOF(some))];
}

static const char *any_number(void)
{
    static const char *const some[] = { "0",    "1",      "-1",         "2",          "-2",
                                        "3",    "-3",     "5",          "8",          "-9",
                                        "0.5",  "1e-300", "1e300",      "-1e30",      "nan",
                                        "1e9",  "1e15",   "2147483647", "2147483648", "-2147483648",
                                        "300",  "inf",    "4294967296", "4294967297", "9223372036854775807",
                                        "0.25", "1e5",    "1000",       "-1000",      "-9223372036854775808" };
    return some[pick((int)RN_COUNTOF(some))];
}

static const char *any_type(void)
{
    static const char *const some[] = { "f32", "f64", "f16", "bf16", "i32", "i64", "i8", "u8", "bool", "i16" };
    return some[pick((int)RN_COUNTOF(some))];
}

/* Inputs, "x:f32[2,3]{0,1}": another type, other sizes, an axis more or less. Values that are listed are left. */
static void change_inputs(rni_str *to, const char *from, int one_in)
{
    bool sizes = false, values = false;
    while (*from) {
        if (*from == '{') values = true;
        if (*from == '}') values = false;
        if (*from == ']') sizes = false;
        if (!values && *from == ':' && pick(one_in) == 0) {
            rni_str_addf(to, ":%s", any_type());
            from += strcspn(from, "[");
        } else if (sizes && isdigit((unsigned char)*from) && pick(one_in) == 0) {
            const int how = pick(6);
            from += strspn(from, "0123456789");
            if (how == 0) rni_str_addf(to, "%s,", any_size());
            if (how == 1 && *from == ',') from += 1 + strspn(from + 1, "0123456789");
            rni_str_add(to, any_size());
        } else {
            if (*from == '[') sizes = true;
            rni_str_add_n(to, from++, 1);
        }
    }
}

static void add_option(rni_str *to, const rn_opt *o)
{
    char word[32];
    if (o->type == RN_OPT_TYPE_ENUM) {
        if (rni_op_name(o->choices, pick(4), word, sizeof word, NULL)) rni_str_addf(to, " %s=%s", o->name, word);
        return;
    }
    const bool list = o->type == RN_OPT_TYPE_AXES || o->type == RN_OPT_TYPE_SHAPE || o->type == RN_OPT_TYPE_I64S;
    rni_str_addf(to, " %s=", o->name);
    if (o->type == RN_OPT_TYPE_RANGES) rni_str_addf(to, "%s:%s:", any_number(), any_number());
    if (list && pick(2)) rni_str_addf(to, "%s,", any_number());
    rni_str_add(to, o->type == RN_OPT_TYPE_DTYPE ? any_type() : o->type == RN_OPT_TYPE_BOOL ? "true" : any_number());
}

/* Options, "axis=1 keepdims=true": other numbers, and options that were left out. */
static void change_options(rni_str *to, const char *from, const rn_op *op, int one_in)
{
    while (*from) {
        const size_t n = strspn(from, "0123456789.-");
        const bool change = n && pick(one_in) == 0;
        if (change)
            rni_str_add(to, any_number());
        else
            rni_str_add_n(to, from, 1);
        from += change ? n : 1;
    }
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (!(o->flags & RN_OPT_HIDDEN) && pick(2 * one_in) == 0) add_option(to, o);
}

typedef enum { FAILED_BADLY, REFUSED, TOO_LARGE, DONE } outcome;

/* A call may fail, but never by a defect of ours, nor without saying why. */
static outcome failure(char *why, size_t size)
{
    const rn_error *e = rn_error_last();
    const outcome o = !e || !e->message[0] || e->status == RN_ERR_INTERNAL ? FAILED_BADLY
                      : e->status == RN_ERR_NOMEM                          ? TOO_LARGE
                                                                           : REFUSED;
    snprintf(why, size, "%s", e ? e->message : "failed without an error");
    rn_error_clear();
    return o;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double largest_of(const rni_st_array *a)
{
    double largest = 0;
    for (int64_t i = 0; i < a->count; i++)
        if (isfinite(a->value[i]) && fabs(a->value[i]) > largest) largest = fabs(a->value[i]);
    return largest;
}

/* Far apart: beyond what rounding in the coarsest of the types could do to results, or to terms that cancel out. */
static bool differ(const rni_st_array *a, const rni_st_array *b, double slack, double terms)
{
    if (a->count != b->count || a->dtype != b->dtype || memcmp(&a->shape, &b->shape, sizeof a->shape) != 0) return true;
    const double allowed = slack * (largest_of(a) + 1e-3 * (1 + terms));
    for (int64_t i = 0; i < a->count; i++) {
        const double x = a->value[i], y = b->value[i];
        if (!(fabs(x - y) <= allowed) && x != y && !(isnan(x) && isnan(y))) return true;
    }
    return false;
}

static bool results_differ(const rni_st_case *c, const rni_st_result *a, const rni_st_result *b)
{
    double slack = 1e-3, terms = 0;
    for (int i = 0; i < c->n_in; i++) {
        if (c->in[i].dtype == RN_F16 || c->in[i].dtype == RN_BF16) slack = 0.1;
        terms += (double)c->in[i].count * largest_of(&c->in[i]);
    }
    for (int i = 0; i < RN_INPUTS_MAX; i++)
        if (differ(&a->out[i], &b->out[i], slack, terms) || differ(&a->grad[i], &b->grad[i], slack, terms)) return true;
    return false;
}

static int found;

static void report(const rni_st_case *c, const rni_st_how *how, const char *what, const char *ref, const char *dev)
{
    found++;
    printf("%s %s (%s, layout %d, eager %d): %s\n", c->op->name, c->title, how->device, how->layout, how->eager, what);
    if (ref[0] || dev[0]) printf("  ref: %s\n  %s: %s\n", ref, how->device, dev);
}

/* Results too large to look at, or options that f32 does not hold: not to be compared. */
static bool is_extreme(const rni_st_case *c, const rni_st_how *how)
{
    for (const rn_opt *o = c->op->opts; o && o->name; o++) {
        const double v = o->type == RN_OPT_TYPE_F64 ? fabs(rni_opt_number(o, &c->opts)) : 0;
        if (v > 1e6 || (v != 0 && v < 1e-6)) return true;
    }
    int64_t count = 0;
    RN_SCOPE
    {
        rn_tensor *x[RN_INPUTS_MAX] = { 0 }, *y[RN_INPUTS_MAX] = { 0 };
        if (rni_st_inputs(c, c->in, how, x) && rn_op_call(c->op, RN_HERE, x, c->n_in, &c->opts, y))
            for (int i = 0; i < RN_INPUTS_MAX; i++) count += y[i] ? rn_tensor_count(y[i]) : 0;
    }
    char why[64];
    return (!rn_ok() && failure(why, sizeof why) == TOO_LARGE) || count > LARGE;
}

/* A call on the host in plain C, and one elsewhere with values that lie otherwise. */
static void compare(const rni_st_case *c, const char *device)
{
    CHECK(rn_device_use("ref"));
    rni_st_result want = { 0 }, have = { 0 };
    const bool grad = rni_st_has_gradient(c);
    const rni_st_how plain = { .device = "ref", .grad = grad };
    const rni_st_how how = { .device = device, .grad = grad, .layout = pick(RNI_ST_FLAT), .eager = pick(4) == 0 };
    char why[2][1024] = { "", "" };
    if (is_extreme(c, &plain)) return;
    const double before = now();
    const outcome ref = rni_st_call(c, c->in, &plain, &want) ? DONE : failure(why[0], sizeof why[0]);
    const outcome dev = rni_st_call(c, c->in, &how, &have) ? DONE : failure(why[1], sizeof why[1]);
    if (!ref || !dev || (ref != dev && ref != TOO_LARGE && dev != TOO_LARGE))
        report(c, &how, "the outcome", why[0], why[1]);
    else if (now() - before > 20)
        report(c, &how, "it takes too long", "", "");
    else if (ref == DONE && dev == DONE && !c->random && results_differ(c, &have, &want))
        report(c, &how, "other values", "", "");
    rni_st_result_free(&want);
    rni_st_result_free(&have);
}

static void call(const rn_op *op, const rn_case *row, const char *device)
{
    rni_str in = { 0 }, with = { 0 };
    const int one_in = 2 + pick(6);
    change_inputs(&in, row->in ? row->in : "", one_in);
    change_options(&with, row->with ? row->with : "", op, one_in);
    rn_case changed = *row;
    changed.in = in.at;
    changed.with = with.at;
    rni_st_case c;
    char why[1024];
    if (rni_st_case_make(&c, op, &changed, RN_DTYPE_NONE))
        compare(&c, device);
    else if (!failure(why, sizeof why))
        test_failed(__FILE__, __LINE__, "%s %s %s: %s", op->name, in.at, with.at, why);
    rni_st_case_free(&c);
    rni_str_free(&in);
    rni_str_free(&with);
    CHECK_OK();
}

static void call_all(const char *device)
{
    const char *env = getenv("RENSA_CALLS"), *seed = getenv("RENSA_CALLS_SEED");
    const uint64_t turns = env ? strtoull(env, NULL, 10) : (uint64_t)test_turns(CALLS);
    draws = (rni_rng){ .seed = seed ? strtoull(seed, NULL, 10) : 1 };
    const int64_t live = rn_live_tensors(), limit = rn_memory_limit(MEMORY);
    for (int i = 0; rn_op_at(i, NULL); i++) {
        const rn_op *op = rn_op_at(i, NULL);
        for (const rn_case *row = op->cases; row && (row->in || row->with); row++)
            for (uint64_t turn = 0; turn < turns; turn++) call(op, row, device);
    }
    rn_memory_limit(limit);
    CHECK_EQ_I64(found, 0);
    CHECK_EQ_I64(rn_live_tensors(), live);
}

RN_TEST(calls_at_random_are_refused_or_right)
{
    call_all("cpu");
}
