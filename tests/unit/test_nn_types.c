/* Every link type by its own cases: result's type and shape, refusals, gradients of all parameters, copies. */
#include "test.h"

#include "base/shape.h"
#include "selftest/selftest.h"

enum { INPUTS = 4 };

typedef struct {
    const rn_link_type *type;
    const rn_link_case *row;
    char title[256];
    rni_st_case made;
    rn_tensor *x[INPUTS];
} a_case;

/* Inputs as the functions' cases write them. `as` stands for f32. */
static bool open_case(a_case *c, rn_dtype as)
{
    const rn_op op = { .name = c->type->name, .kind = RN_FUNCTION, .inputs = c->type->inputs ? c->type->inputs : "x" };
    const rn_case row = { .in = c->row->in };
    snprintf(c->title, sizeof c->title, "%s %s %s", c->type->name, c->row->in, c->row->with ? c->row->with : "");
    memset(c->x, 0, sizeof c->x);
    if (!rni_st_case_make(&c->made, &op, &row, as)) return false;
    const rni_st_how how = { .device = rn_device_name() };
    rn_tensor *x[RN_INPUTS_MAX] = { 0 };
    const bool ok = rni_st_inputs(&c->made, c->made.in, &how, x);
    for (int i = 0; i < INPUTS; i++) c->x[i] = x[i];
    return ok;
}

static rn_link *make(const a_case *c)
{
    char text[256];
    snprintf(text, sizeof text, "%s %s", c->type->name, c->row->with ? c->row->with : "");
    return rn_link_parse(text);
}

static rn_tensor *call(const a_case *c, rn_link *link)
{
    int64_t n = c->made.n_in;
    while (n > 1 && !c->x[n - 1]) n--;
    return rn_call_n(link, ((rn_list){ c->x, n }));
}

static void each_case(void (*check)(a_case *c))
{
    const rn_link_type *type;
    for (int i = 0; (type = rn_link_type_at(i)) != NULL; i++)
        for (const rn_link_case *row = type->cases; row && row->in; row++) {
            a_case c = { .type = type, .row = row };
            RN_SCOPE
            {
                rn_seed(7);
                check(&c);
                rni_st_case_free(&c.made);
            }
            if (!rn_ok()) test_failed(__FILE__, __LINE__, "%s:\n%s", c.title, rn_error_last()->message);
        }
}

static void check_shape(a_case *c)
{
    char have[128], shape[RNI_SHAPE_TEXT];
    if (!open_case(c, RN_DTYPE_NONE)) return;
    rn_link *link = make(c);
    rn_tensor *y = link ? call(c, link) : NULL;
    if (c->row->fails) {
        if (y) rn_eval(y);
        const rn_error *e = rn_error_last();
        if (!e || !strstr(e->message, c->row->fails))
            test_failed(__FILE__, __LINE__, "%s\n  wants an error with \"%s\", has %s", c->title, c->row->fails,
                        e ? e->message : "none");
        rn_error_clear();
    } else if (y && rn_eval(y)) {
        rni_shape_text(rn_tensor_shape(y), shape);
        snprintf(have, sizeof have, "%s", rn_dtype_name(rn_tensor_dtype(y)));
        for (const char *s = shape; *s; s++)
            if (*s != ' ') strncat(have, (const char[]){ *s, 0 }, sizeof have - strlen(have) - 1);
        if (strcmp(have, c->row->gives) != 0)
            test_failed(__FILE__, __LINE__, "%s\n  gives %s, not %s", c->title, have, c->row->gives);
    }
    rn_link_free(link);
}

RN_TEST(every_type_gives_what_its_cases_say)
{
    each_case(check_shape);
}

/* ---- gradients ---- */

static rn_tensor *weighted_sum(const a_case *c, rn_link *link)
{
    rn_link_reset(link);
    rn_set_random_state((const uint64_t[]){ 1, 1 });
    rn_tensor *y = call(c, link);
    if (!y) return NULL;
    uint64_t state[2];
    rn_random_state(state);
    rn_tensor *k = rn_init_tensor(rn_init_uniform(-1, 1), RN_F64, *rn_tensor_shape(y));
    return rn_sum(rn_mul(y, k));
}

typedef struct {
    const a_case *c;
    rn_link *link;
} gradient_check;

static bool check_param(void *user, const rn_param_info *info)
{
    const gradient_check *g = user;
    rn_tensor *p = info->param, *grad = rn_grad_of(p);
    if (!grad) {
        test_failed(__FILE__, __LINE__, "%s: no gradient reaches %s", g->c->title, info->name);
        return false;
    }
    const double h = 1e-5;
    double numeric = 0, analytic = 0;
    rn_tensor *d = rn_init_tensor(rn_init_normal(1), RN_F64, *rn_tensor_shape(p));
    rn_tensor *old = rn_value(p);
    analytic = rn_item(rn_sum(rn_mul(grad, d)));
    for (int side = -1; side <= 1; side += 2) {
        rn_assign(p, rn_add(old, rn_mul_scalar(d, side * h)));
        numeric += side * rn_item(weighted_sum(g->c, g->link)) / (2 * h);
    }
    rn_assign(p, old);
    if (fabs(numeric - analytic) > 1e-6 * (1 + fabs(analytic)))
        test_failed(__FILE__, __LINE__, "%s: gradient of %s is %.9g, should be %.9g", g->c->title, info->name, analytic,
                    numeric);
    return rn_ok();
}

static void check_gradient(a_case *c)
{
    if (c->row->fails || !open_case(c, RN_F64)) return;
    gradient_check g = { c, make(c) };
    rn_link_set_dtype(g.link, RN_F64);
    rn_tensor *loss = weighted_sum(c, g.link);
    int64_t elements = 0;
    if (rn_link_count(g.link, &elements) && rn_tensor_count(c->x[0]) && rn_backward(loss))
        rn_link_visit(g.link, RN_PARAMS, check_param, &g);
    rn_link_free(g.link);
}

RN_TEST(gradients_of_all_parameters)
{
    each_case(check_gradient);
}

/* ---- copies ---- */

static void check_copies(a_case *c)
{
    if (c->row->fails || !open_case(c, RN_F64)) return;
    rn_link *link = make(c);
    const double want = rn_item(weighted_sum(c, link));
    for (int mode = RN_COPY_VALUES; mode <= RN_COPY_SHARE; mode++) {
        rn_link *copy = rn_link_copy(link, (rn_copy_mode)mode);
        const double have = rn_item(weighted_sum(c, copy));
        if (want != have && !(isnan(want) && isnan(have)))
            test_failed(__FILE__, __LINE__, "%s: copy %d gives %.9g, not %.9g", c->title, mode, have, want);
        CHECK_EQ_I64(rn_link_count(copy, NULL), rn_link_count(link, NULL));
        rn_link_free(copy);
    }
    rn_link_free(link);
}

RN_TEST(copies_compute_the_same)
{
    each_case(check_copies);
}

RN_TEST(every_type_is_documented)
{
    const rn_link_type *type;
    for (int i = 0; (type = rn_link_type_at(i)) != NULL; i++) {
        if (!type->doc.brief || !type->doc.since || !type->cases)
            test_failed(__FILE__, __LINE__, "%s: brief, since or cases are missing", type->name);
        for (const rn_opt *o = type->opts; o && o->name; o++)
            if (!o->help) test_failed(__FILE__, __LINE__, "%s: option %s has no help", type->name, o->name);
    }
}
