/* Random programs: whatever is recorded, assigned, kept, dropped and looked at, in whatever order, every value is what
 * the same program computes at once on the host.
 *
 * A program has a few cells and a pool of variables, each with a mirror in plain C that is computed when the call is
 * made. Values are looked at late, early or never; memory is reused behind the scenes; the mirror must always agree. */
#include "test.h"

#include "base/rng.h"

enum { ROWS = 3, COLS = 4, COUNT = ROWS * COLS, VARS = 12, CELLS = 3, STEPS = 120 };

typedef struct {
    rn_tensor *t; /* kept, NULL for none; of shape [ROWS, COLS] */
    double v[COUNT];
} var;

typedef struct {
    var var[VARS], cell[CELLS];
    rni_rng r;
    int step;
    uint64_t seed;
    const char *mode;
} program;

static int pick(program *p, int n)
{
    return (int)rni_rng_below(&p->r, (uint64_t)n);
}

/* A filled variable, or a cell. */
static const var *operand(program *p)
{
    for (int i = 0; i < 4; i++) {
        const var *v = &p->var[pick(p, VARS)];
        if (v->t) return v;
    }
    return &p->cell[pick(p, CELLS)];
}

static void check_value(program *p, const var *v, const char *what)
{
    double have[COUNT];
    if (!rn_copy_to(v->t, RN_F64, have, sizeof have))
        test_failed(__FILE__, __LINE__, "%s, program %llu, step %d: %s", p->mode, (unsigned long long)p->seed, p->step,
                    rn_error_last()->message);
    for (int i = 0; i < COUNT; i++)
        if (!(fabs(have[i] - v->v[i]) <= 1e-9 * (1 + fabs(v->v[i]))))
            test_failed(__FILE__, __LINE__, "%s, program %llu, step %d, %s: element %d is %.17g, want %.17g", p->mode,
                        (unsigned long long)p->seed, p->step, what, i, have[i], v->v[i]);
}

/* ---- calls, each with what it means ---- */

static rn_tensor *call_add(program *p, double *v)
{
    const var *a = operand(p), *b = operand(p);
    for (int i = 0; i < COUNT; i++) v[i] = a->v[i] + 0.5 * b->v[i];
    return rn_add(a->t, rn_mul_scalar(b->t, 0.5));
}

static rn_tensor *call_mul(program *p, double *v)
{
    const var *a = operand(p), *b = operand(p);
    for (int i = 0; i < COUNT; i++) v[i] = tanh(a->v[i] * b->v[i]);
    return rn_tanh(rn_mul(a->t, b->t));
}

static rn_tensor *call_turn(program *p, double *v)
{
    const var *a = operand(p);
    for (int i = 0; i < COUNT; i++) v[i] = a->v[i % ROWS * COLS + i / ROWS]; /* [COLS, ROWS] read as [ROWS, COLS] */
    return rn_reshape(rn_transpose(a->t), RN_SHAPE(ROWS, COLS));
}

static rn_tensor *call_row_sums(program *p, double *v)
{
    const var *a = operand(p), *b = operand(p);
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int j = 0; j < COLS; j++) sum += a->v[i * COLS + j];
        for (int j = 0; j < COLS; j++) v[i * COLS + j] = 0.25 * sum - b->v[i * COLS + j];
    }
    return rn_sub(rn_mul_scalar(rn_sum(a->t, .axes = RN_AXES(1), .keepdims = true), 0.25), b->t);
}

static rn_tensor *call_view(program *p, double *v)
{
    const var *a = operand(p);
    memcpy(v, a->v, sizeof a->v);
    return rn_reshape(rn_reshape(a->t, RN_SHAPE(COUNT)), RN_SHAPE(ROWS, COLS));
}

static rn_tensor *call_data(program *p, double *v)
{
    double data[COUNT];
    for (int i = 0; i < COUNT; i++) v[i] = data[i] = rni_rng_uniform(&p->r) - 0.5;
    rn_tensor *x = rn_array(RN_F64, RN_SHAPE(ROWS, COLS), data);
    memset(data, 0x7f, sizeof data); /* the owner uses his buffer again */
    return x;
}

static rn_tensor *call_value(program *p, double *v)
{
    const var *c = &p->cell[pick(p, CELLS)];
    memcpy(v, c->v, sizeof c->v);
    return rn_value(c->t);
}

static rn_tensor *call_detach(program *p, double *v)
{
    const var *a = operand(p);
    memcpy(v, a->v, sizeof a->v);
    return rn_detach(a->t);
}

/* The gradient of sum tanh(c * a)^2 by a cell c: 2 t (1 - t^2) a. */
static rn_tensor *call_gradient(program *p, double *v)
{
    const var *c = &p->cell[pick(p, CELLS)];
    const var *a = &p->var[pick(p, VARS)];
    if (!a->t) return call_data(p, v);
    for (int i = 0; i < COUNT; i++) {
        const double t = tanh(c->v[i] * a->v[i]);
        v[i] = 2 * t * (1 - t * t) * a->v[i];
    }
    rn_tensor *t = rn_tanh(rn_mul(c->t, rn_detach(a->t))), *g = NULL;
    return rn_grad(RN_LIST(rn_sum(rn_mul(t, t))), RN_LIST(c->t), .grads = &g) ? g : NULL;
}

static rn_tensor *segment(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user, (void)n;
    return rn_tanh(rn_add_scalar(x[0], 0.125));
}

static rn_tensor *call_recompute(program *p, double *v)
{
    const var *a = operand(p);
    for (int i = 0; i < COUNT; i++) v[i] = tanh(a->v[i] + 0.125);
    return rn_recompute(segment, NULL, a->t);
}

typedef rn_tensor *call_fn(program *p, double *v);
static call_fn *const calls[] = { call_add,   call_mul,    call_turn,     call_row_sums,  call_view, call_data,
                                  call_value, call_detach, call_gradient, call_recompute, call_add,  call_row_sums };

/* ---- statements ---- */

static void assign_var(program *p, var *to)
{
    double v[COUNT];
    RN_SCOPE
    {
        rn_tensor *t = calls[pick(p, (int)RN_COUNTOF(calls))](p, v);
        if (!t)
            test_failed(__FILE__, __LINE__, "%s, program %llu: %s", p->mode, (unsigned long long)p->seed,
                        rn_ok() ? "NULL" : rn_error_last()->message);
        rn_keep(t);
        rn_drop(to->t);
        to->t = t;
    }
    memcpy(to->v, v, sizeof v);
}

static void update_cell(program *p)
{
    var *c = &p->cell[pick(p, CELLS)];
    RN_SCOPE
    {
        var next = { 0 };
        next.t = calls[pick(p, (int)RN_COUNTOF(calls))](p, next.v);
        CHECK(rn_assign(c->t, next.t));
        memcpy(c->v, next.v, sizeof c->v);
    }
}

/* Two cells change places: both sides are read before either is written. */
static void swap_cells(program *p)
{
    var *a = &p->cell[pick(p, CELLS)], *b = &p->cell[pick(p, CELLS)];
    RN_SCOPE
    {
        rn_tensor *x = rn_value(a->t), *y = rn_value(b->t);
        CHECK(rn_assign(a->t, y) && rn_assign(b->t, x));
    }
    if (a == b) return;
    double v[COUNT];
    memcpy(v, a->v, sizeof v);
    memcpy(a->v, b->v, sizeof v);
    memcpy(b->v, v, sizeof v);
}

static void statement(program *p)
{
    switch (pick(p, 12)) {
    case 0: {
        const var *v = operand(p);
        check_value(p, v, "looked at");
        break;
    }
    case 1: {
        var *v = &p->var[pick(p, VARS)];
        rn_drop(v->t);
        v->t = NULL;
        break;
    }
    case 2:
    case 3:
    case 4:
        update_cell(p);
        break;
    case 5:
        swap_cells(p);
        break;
    case 6: {
        const var *c = &p->cell[pick(p, CELLS)]; /* gradients collected and forgotten on the way */
        RN_SCOPE
        {
            rn_clear_grad(c->t);
            CHECK(rn_backward(rn_sum(rn_mul(c->t, c->t))));
            if (pick(p, 2)) {
                var g = { .t = rn_grad_of(c->t) };
                for (int i = 0; i < COUNT; i++) g.v[i] = 2 * c->v[i];
                check_value(p, &g, "gradient");
            }
        }
        break;
    }
    default:
        assign_var(p, &p->var[pick(p, VARS)]);
        break;
    }
}

static void run(uint64_t seed, const char *mode)
{
    const int64_t live = rn_live_tensors();
    program p = { .r = { .seed = seed }, .seed = seed, .mode = mode };
    for (int i = 0; i < CELLS; i++) {
        RN_SCOPE p.cell[i].t = rn_param("cell", call_data(&p, p.cell[i].v));
        CHECK(p.cell[i].t != NULL);
    }
    for (p.step = 0; p.step < STEPS; p.step++) statement(&p);
    for (int i = 0; i < VARS; i++)
        if (p.var[i].t) check_value(&p, &p.var[i], "a variable at the end");
    for (int i = 0; i < CELLS; i++) check_value(&p, &p.cell[i], "a cell at the end");
    for (int i = 0; i < VARS; i++) rn_drop(p.var[i].t);
    for (int i = 0; i < CELLS; i++) rn_drop(p.cell[i].t);
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), live);
}

static void run_many(const char *device, bool eager, uint64_t first, int count)
{
    CHECK(rn_device_use(device));
    const bool was = rn_eager_mode(eager);
    char mode[64];
    snprintf(mode, sizeof mode, "%s%s", device, eager ? ", eager" : "");
    for (int i = 0; i < count; i++) run(first + (uint64_t)i, mode);
    rn_eager_mode(was);
}

RN_TEST(random_programs_planned)
{
    run_many("ref", false, 1, 300);
}

RN_TEST(random_programs_on_the_cpu)
{
    run_many("cpu", false, 1000, 300);
}

RN_TEST(random_programs_eager)
{
    run_many("ref", true, 2000, 100);
}

RN_TEST(random_programs_under_watch)
{
    run_many("check:cpu", false, 3000, 100);
}
