/* The self-test's walk over the table: which checks run on which cases, under which names, and what is reported. */
#include "selftest/selftest.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/engine.h"
#include "engine/op_table.h"

#include <ctype.h>
#include <string.h>

static const rni_st_check checks[] = {
    { "fails", rni_st_check_fails, RNI_ST_BAD },
    { "forward", rni_st_check_forward, RNI_ST_GOOD | RNI_ST_DERIVED },
    { "golden", rni_st_check_golden, RNI_ST_GOOD },
    { "eager", rni_st_check_eager, RNI_ST_GOOD },
    { "seed", rni_st_check_seed, RNI_ST_GOOD },
    { "grad", rni_st_check_grad, RNI_ST_GOOD },
    { "grad2", rni_st_check_grad2, RNI_ST_GOOD },
    { "vjp", rni_st_check_vjp, RNI_ST_GOOD | RNI_ST_DERIVED },
    { "columns", rni_st_check_columns, RNI_ST_GOOD },
    { "stepped", rni_st_check_stepped, RNI_ST_GOOD },
    { "reversed", rni_st_check_reversed, RNI_ST_GOOD },
    { "shifted", rni_st_check_shifted, RNI_ST_GOOD },
    { "flat", rni_st_check_flat, RNI_ST_GOOD },
    { "same", rni_st_check_same, RNI_ST_GOOD },
    { "empty", rni_st_check_empty, RNI_ST_GOOD },
};

/* Types that stand for f32 in turn. */
static const rn_dtype derived_types[] = { RN_F16, RN_BF16, RN_F64 };

/* ---- verdicts ---- */

rni_st_verdict rni_st_fail(rni_st *t, const char *fmt, ...)
{
    rni_str_add(&t->why, "    ");
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&t->why, fmt, args);
    va_end(args);
    rni_str_add(&t->why, "\n");
    return RNI_ST_FAILED;
}

rni_st_verdict rni_st_skip(rni_st *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&t->why, fmt, args);
    va_end(args);
    return RNI_ST_SKIPPED;
}

rni_st_verdict rni_st_fail_error(rni_st *t, const char *what)
{
    const rn_error *e = rn_error_last();
    char text[4096];
    snprintf(text, sizeof text, "%s: %s", e ? rn_status_name(e->status) : "no error", e ? e->message : "");
    rn_error_clear();
    return rni_st_fail(t, "%s: %s", what, text);
}

/* ---- reporting ---- */

static void describe_inputs(FILE *to, const rni_st_case *c)
{
    enum { SHOWN = 64 };
    for (int i = 0; i < c->n_in; i++) {
        const rni_st_array *a = &c->in[i];
        char shape[RNI_SHAPE_TEXT];
        if (!a->dtype) continue;
        fprintf(to, "    %s %s%s =", a->name, rn_dtype_name(a->dtype), rni_shape_text(&a->shape, shape));
        for (int64_t k = 0; k < a->count && k < SHOWN; k++) fprintf(to, " %.9g", a->value[k]);
        fprintf(to, a->count > SHOWN ? " ...\n" : "\n");
    }
}

static void report(rni_st *t, const char *name, rni_st_verdict v)
{
    FILE *to = t->args->to;
    const char *why = t->why.at ? t->why.at : "";
    if (v == RNI_ST_PASSED) t->counts.passed++;
    if (v == RNI_ST_FAILED) t->counts.failed++;
    if (v == RNI_ST_SKIPPED) t->counts.skipped++;
    if (to && v == RNI_ST_FAILED) {
        fprintf(to, "FAILED %s\n%s", name, why);
        if (t->c) describe_inputs(to, t->c);
    }
    if (to && t->args->verbose && v == RNI_ST_PASSED) fprintf(to, "passed %s\n", name);
    if (to && t->args->verbose && v == RNI_ST_SKIPPED) fprintf(to, "skipped %s: %s\n", name, why);
    rni_str_free(&t->why);
}

static bool word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the name contains the text, from the beginning of a word: "conv2d/" does not mean depthwise_conv2d. */
static bool chosen(const char *only, const char *name)
{
    if (!only) return true;
    for (const char *s = name; (s = strstr(s, only)) != NULL; s++)
        if (s == name || !word(*only) || !word(s[-1])) return true;
    return false;
}

void rni_st_test(rni_st *t, const char *op, const char *check, const char *title, rni_st_fn *fn)
{
    char name[640];
    snprintf(name, sizeof name, "%s/%s/%s@%s", op, check, title, t->device);
    if (!chosen(t->args->only, name)) return;
    if (t->args->list) {
        if (t->args->to) fprintf(t->args->to, "%s\n", name);
        return;
    }
    const int64_t live = rn_live_tensors();
    rni_st_verdict v = fn(t);
    if (!rn_ok()) v = rni_st_fail_error(t, "an error was left pending");
    if (v == RNI_ST_PASSED && rn_live_tensors() != live)
        v = rni_st_fail(t, "%lld tensors are left over", (long long)(rn_live_tensors() - live));
    report(t, name, v);
}

/* ---- rows ---- */

static const rn_op *present_op(const rni_st *t)
{
    return t->c->op;
}

/* What a row must say of itself. */
static rni_st_verdict check_row(rni_st *t)
{
    const rn_op *op = present_op(t);
    rni_st_verdict v = RNI_ST_PASSED;
    if (op->flags & RN_OP_INTERNAL) return RNI_ST_NOTHING;
    if (!op->doc.brief || !op->doc.since) v = rni_st_fail(t, "doc.brief or doc.since is missing");
    int good = 0, refused = 0;
    for (const rn_case *r = op->cases; r && (r->in || r->with); r++) *(r->fails ? &refused : &good) += 1;
    if (!good) v = rni_st_fail(t, "there is no case");
    const bool own_rules = op->kind == RN_VIEW || op->kind == RN_KERNEL || op->kind == RN_COMPOSITE;
    if (own_rules && !op->doc.errors) v = rni_st_fail(t, "doc.errors is missing: which calls are refused?");
    const bool refuses = (op->doc.errors && strcmp(op->doc.errors, "none") != 0) || rni_op_inputs(op, NULL, NULL) > 1;
    if (refuses && !refused)
        v = rni_st_fail(t, "there is no case of a call that is refused: one with .fails, part of what is said then");
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (!o->help || !*o->help) v = rni_st_fail(t, "option %s has no help", o->name);
    return v;
}

static rni_st_verdict report_bad_case(rni_st *t)
{
    return rni_st_fail_error(t, "the case cannot be made");
}

/* ---- cases ---- */

static void forget_truth(rni_st *t)
{
    rni_st_result_free(&t->truth);
    t->truth = (rni_st_result){ 0 };
    t->truth_known = false;
}

/* ---- perf ---- */

/* One call, recorded, planned and run. */
static bool one_call(const rni_st_case *c, rn_tensor **x)
{
    rn_tensor *y[RN_INPUTS_MAX] = { 0 };
    const int scope = rn_scope_begin();
    bool ok = rn_op_call(c->op, RN_HERE, x, c->n_in, &c->opts, y);
    ok = ok && rn_eval_at(RN_HERE, (rn_list){ y, rni_call_outputs(c->op, c->n_in, &c->opts) });
    rn_scope_end(scope);
    return ok;
}

static void write_time(rni_st *t)
{
    const rni_st_case *c = t->c;
    char name[640];
    snprintf(name, sizeof name, "%s/perf/%s@%s", c->op->name, c->title, t->device);
    if (!t->args->to || !chosen(t->args->only, name)) return;
    rn_tensor *x[RN_INPUTS_MAX] = { 0 };
    const int scope = rn_scope_begin();
    bool ok = rn_device_use(t->device) && rni_st_inputs(c, c->in, &(rni_st_how){ .device = t->device }, x);
    int64_t bytes = 0;
    for (int i = 0; i < c->n_in; i++) bytes += rn_tensor_bytes(x[i]);
    for (int i = 0; ok && i < 10; i++) ok = one_call(c, x);
    int64_t n = 0;
    const double start = rni_now();
    double now = start;
    for (; ok && now - start < 0.02; now = rni_now(), n += 10)
        for (int i = 0; ok && i < 10; i++) ok = one_call(c, x);
    if (ok)
        fprintf(t->args->to, "%9.3f us  %9lld bytes in  %s\n", 1e6 * (now - start) / (double)n, (long long)bytes, name);
    else
        fprintf(t->args->to, "failed: %s: %s\n", name, rn_ok() ? "" : rn_error_last()->message);
    t->counts.passed += ok;
    t->counts.failed += !ok;
    rn_error_clear();
    rn_scope_end(scope);
}

static void run_checks(rni_st *t, const rn_op *op, unsigned kind)
{
    if (t->args->perf && kind == RNI_ST_GOOD)
        write_time(t);
    else if (t->args->dump && kind == RNI_ST_GOOD)
        rni_st_test(t, op->name, "dump", t->c->title, rni_st_golden_dump);
    else if (!t->args->perf && !t->args->dump)
        for (size_t i = 0; i < RN_COUNTOF(checks); i++)
            if (checks[i].when & kind) rni_st_test(t, op->name, checks[i].name, t->c->title, checks[i].run);
}

static void run_case(rni_st *t, const rn_op *op, const rn_case *row, rn_dtype as)
{
    rni_st_case c;
    const bool made = rni_st_case_make(&c, op, row, as);
    t->c = &c;
    t->row = row;
    t->derived = as != RN_DTYPE_NONE;
    if (!made && !row->fails) {
        const rn_error *e = rn_error_last();
        if (e && !t->derived) rni_st_test(t, op->name, "row", c.title, report_bad_case);
        rn_error_clear();
    } else {
        rn_error_clear();
        rni_st_golden_choose(t);
        run_checks(t, op, row->fails ? RNI_ST_BAD : t->derived ? RNI_ST_DERIVED : RNI_ST_GOOD);
    }
    forget_truth(t);
    rni_st_case_free(&c);
    t->c = NULL;
}

/* Whether the row itself has a case of that title. */
static bool has_title(const rn_op *op, const char *title)
{
    char other[256];
    for (const rn_case *r = op->cases; r && (r->in || r->with); r++) {
        rni_st_case_title(other, sizeof other, r, RN_DTYPE_NONE);
        if (strcmp(other, title) == 0) return true;
    }
    return false;
}

static void run_op(rni_st *t, const rn_op *op)
{
    rni_st_case none = { .op = op };
    t->c = &none;
    if (!t->args->perf && !t->args->dump) rni_st_test(t, op->name, "row", "doc", check_row);
    t->c = NULL;
    for (const rn_case *row = op->cases; row && (row->in || row->with); row++) {
        run_case(t, op, row, RN_DTYPE_NONE);
        for (size_t k = 0; k < RN_COUNTOF(derived_types) && !row->fails && !t->args->perf; k++) {
            char title[256];
            if (!rni_st_case_title(title, sizeof title, row, derived_types[k]) || has_title(op, title)) continue;
            run_case(t, op, row, derived_types[k]);
        }
    }
}

/* ---- the whole ---- */

bool rn_selftest_at(const rn_selftest_args *args)
{
    RNI_TRY(rni_args(args, __func__));
    if (!rn_ok()) {
        rni_error_trail(&args->site, "selftest");
        return false;
    }
    char before[64];
    const char *now = rn_device_name();
    if (!now) return false;
    snprintf(before, sizeof before, "%s", now);
    rni_st t = { .args = args, .device = args->device ? args->device : before };
    RNI_TRY(rn_device_use(t.device));
    if (args->golden && !args->perf && !args->dump && !(t.golden = rni_st_golden_open(args->golden))) return false;
    uint64_t random[2];
    rn_random_state(random);
    const rn_op *op;
    for (int i = 0; (op = rni_op_at(i, NULL)) != NULL; i++) run_op(&t, op);
    rni_st_golden_unused(&t);
    rni_st_golden_close(t.golden);
    rn_set_random_state(random);
    rn_device_use(before);
    if (args->counts) *args->counts = t.counts;
    return t.counts.failed == 0;
}
