/* Functions of programs that are called by the library and go wrong: each failure is an error that names what failed,
 * with the line of the call, also where the function does not say why. */
#include "test.h"

/* The pending error names the line and contains the text; cleared. */
static void check_names(int line, rn_status status, const char *text)
{
    char want[64];
    snprintf(want, sizeof want, "test_callbacks.c:%d: ", line);
    const rn_error *e = rn_error_last();
    if (!e || !strstr(e->message, want))
        test_failed(__FILE__, __LINE__, "want line %d, have: %s", line, e ? e->message : "no error");
    CHECK_ERROR(status, text);
}

/* A tensor that has ended is known by what it left in its memory, which the address sanitizer lets nobody read. */
static bool tells_ended(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return false;
#else
    return true;
#endif
}

static rn_tensor *input(void)
{
    return rn_require_grad(rn_array_f32(RN_SHAPE(2), 1, 2), true);
}

/* ---- functions ---- */

static bool infer_fails(rn_infer *f)
{
    (void)f;
    return false;
}

static bool infer_raises(rn_infer *f)
{
    rn_fail(RN_ERR_ARG, f->site, "not today");
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool infer_same(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool infer_longer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], RN_SHAPE(3));
}

static bool run_nothing(rn_kernel_call *c)
{
    (void)c;
    return true;
}

static bool run_fails(rn_kernel_call *c)
{
    (void)c;
    return false;
}

static bool run_raises(rn_kernel_call *c)
{
    (void)c;
    rn_fail(RN_ERR_ARG, NULL, "raised while it ran");
    return true;
}

static bool backward_fails(rn_vjp *v)
{
    (void)v;
    return false;
}

static bool backward_ended(rn_vjp *v)
{
    RN_SCOPE v->gin[0] = rn_mul_scalar(v->gout[0], 2);
    return true;
}

static bool build_nothing(rn_call_info *c)
{
    (void)c;
    return true;
}

static bool build_fails(rn_call_info *c)
{
    (void)c;
    return false;
}

static bool build_same(rn_call_info *c)
{
    return (c->out[0] = rn_mul_scalar(c->in[0], 1)) != NULL;
}

static const rn_op no_infer = {
    .name = "user_infer", .kind = RN_KERNEL, .inputs = "x", .infer = infer_fails, .run = run_nothing
};
static const rn_op raising_infer = {
    .name = "user_infer_raises", .kind = RN_KERNEL, .inputs = "x", .infer = infer_raises, .run = run_nothing
};
static const rn_op no_build = { .name = "user_build", .kind = RN_FUNCTION, .inputs = "x", .build = build_fails };
static const rn_op no_result = { .name = "user_no_result", .kind = RN_FUNCTION, .inputs = "x", .build = build_nothing };

RN_TEST(a_function_that_fails_without_a_reason_is_an_error_of_the_call)
{
    static const struct {
        const rn_op *op;
        rn_status status;
        const char *want;
    } rows[] = {
        { &no_infer, RN_ERR_INTERNAL, "user_infer: its infer failed without saying why" },
        { &raising_infer, RN_ERR_ARG, "not today" },
        { &no_build, RN_ERR_INTERNAL, "user_build: its build failed without saying why" },
        { &no_result, RN_ERR_INTERNAL, "user_no_result: its build sets no result 0" },
    };
    RN_SCOPE
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        rn_tensor *x = input(), *y = x; /* not NULL before the call */
        const int line = __LINE__ + 1;
        CHECK(!rn_op_call(rows[i].op, RN_HERE, &x, 1, NULL, &y));
        check_names(line, rows[i].status, rows[i].want);
    }
}

static const rn_op no_run = {
    .name = "user_run", .kind = RN_KERNEL, .inputs = "x", .infer = infer_same, .run = run_fails
};
static const rn_op raising_run = {
    .name = "user_run_raises", .kind = RN_KERNEL, .inputs = "x", .infer = infer_same, .run = run_raises
};
static const rn_op no_parts = { .name = "user_parts",
                                .kind = RN_COMPOSITE,
                                .inputs = "x",
                                .infer = infer_same,
                                .build = build_fails,
                                .backward = rn_backward_by_build };
static const rn_op no_parts_set = { .name = "user_parts_set",
                                    .kind = RN_COMPOSITE,
                                    .inputs = "x",
                                    .infer = infer_same,
                                    .build = build_nothing,
                                    .backward = rn_backward_by_build };
static const rn_op other_parts = { .name = "user_other_parts",
                                   .kind = RN_COMPOSITE,
                                   .inputs = "x",
                                   .infer = infer_longer,
                                   .build = build_same,
                                   .backward = rn_backward_by_build };

RN_TEST(a_function_that_fails_when_it_runs_is_an_error_of_the_look_with_the_line_of_the_call)
{
    static const struct {
        const rn_op *op;
        rn_status status;
        const char *want;
    } rows[] = {
        { &no_run, RN_ERR_DEVICE, "user_run: its kernel failed" },
        { &raising_run, RN_ERR_ARG, "raised while it ran" },
        { &no_parts, RN_ERR_INTERNAL, "user_parts: its build failed without saying why" },
        { &no_parts_set, RN_ERR_INTERNAL, "user_parts_set: its build sets no result 0" },
        { &other_parts, RN_ERR_INTERNAL, "user_other_parts: its build makes another type or shape of result 0" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        RN_SCOPE
        {
            rn_tensor *x = input(), *y = NULL;
            const int line = __LINE__ + 1;
            CHECK(rn_op_call(rows[i].op, RN_HERE, &x, 1, NULL, &y));
            CHECK(rn_data(y) == NULL);
            if (rows[i].op == &raising_run)
                CHECK_ERROR(rows[i].status, rows[i].want);
            else
                check_names(line, rows[i].status, rows[i].want);
        }
    }
}

static const rn_op no_backward = { .name = "user_backward",
                                   .kind = RN_KERNEL,
                                   .inputs = "x",
                                   .infer = infer_same,
                                   .run = run_nothing,
                                   .backward = backward_fails };
static const rn_op ended_backward = { .name = "user_ended",
                                      .kind = RN_KERNEL,
                                      .inputs = "x",
                                      .infer = infer_same,
                                      .run = run_nothing,
                                      .backward = backward_ended };

RN_TEST(a_gradient_that_fails_without_a_reason_is_an_error_with_the_line_of_the_call)
{
    static const struct {
        const rn_op *op;
        rn_status status;
        const char *want;
    } rows[] = {
        { &no_backward, RN_ERR_INTERNAL, "user_backward: its gradient failed without saying why" },
        { &ended_backward, RN_ERR_ARG, "user_ended: not a tensor, or one that has ended" },
        { &no_parts, RN_ERR_INTERNAL, "user_parts: its build failed without saying why" },
        { &no_parts_set, RN_ERR_INTERNAL, "user_parts_set: its build sets no result 0" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        if (rows[i].op == &ended_backward && !tells_ended()) continue;
        RN_SCOPE
        {
            rn_tensor *x = input(), *y = NULL, *g = NULL, *one = rn_ones(RN_SHAPE(2));
            const int line = __LINE__ + 1;
            CHECK(rn_op_call(rows[i].op, RN_HERE, &x, 1, NULL, &y));
            CHECK(!rn_grad(RN_LIST(y), RN_LIST(x), .grad_outputs = RN_LIST(one), .grads = &g));
            check_names(line, rows[i].status, rows[i].want);
        }
    }
}

/* ---- segments ---- */

static rn_tensor *nothing(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user;
    (void)x;
    (void)n;
    return NULL;
}

static rn_tensor *ended(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user;
    (void)n;
    rn_tensor *y = NULL;
    RN_SCOPE y = rn_mul_scalar(x[0], 2);
    return y;
}

/* What it is given, what it stands for besides, or a constant. */
static rn_tensor *passes(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    return user ? user : x[0];
}

static rn_tensor *constant(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user;
    (void)x;
    (void)n;
    return rn_ones(RN_SHAPE(2));
}

RN_TEST(a_segment_without_a_result_is_an_error_of_its_call)
{
    for (int grad = 0; grad <= 1; grad++) {
        const bool was = rn_grad_mode(grad);
        RN_SCOPE
        {
            rn_tensor *x = input();
            const int line = __LINE__ + 1;
            CHECK(rn_recompute(NULL, NULL, x) == NULL);
            check_names(line, RN_ERR_ARG, "fn is NULL");
            CHECK(rn_recompute(nothing, NULL, x) == NULL);
            check_names(line + 2, RN_ERR_INTERNAL, "recompute: the segment failed without saying why");
            if (!tells_ended()) continue;
            CHECK(rn_recompute(ended, NULL, x) == NULL);
            check_names(line + 5, RN_ERR_ARG, "recompute: not a tensor, or one that has ended");
        }
        rn_grad_mode(was);
    }
}

static rn_tensor *only_once(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    return (*(int *)user)++ ? NULL : rn_mul_scalar(x[0], 2);
}

RN_TEST(a_segment_that_fails_in_the_backward_pass_is_an_error_with_the_line_of_its_call)
{
    RN_SCOPE
    {
        int calls = 0;
        rn_tensor *x = input(), *g = NULL;
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_recompute(only_once, &calls, x);
        CHECK(!rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g));
        check_names(line, RN_ERR_INTERNAL, "recompute: the segment failed without saying why");
    }
}

RN_TEST(a_segment_may_return_what_it_was_given)
{
    rn_tensor *w = rn_param("w", rn_array_f32(RN_SHAPE(2), 5, 7));
    RN_SCOPE
    {
        rn_tensor *x = input(), *g[2] = { NULL, NULL };
        rn_tensor *y = rn_mul(rn_recompute(passes, NULL, x), rn_recompute(passes, w, x));
        CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x, w), .grads = g));
        CHECK_NEAR(rn_data_f32(g[0])[1], 7, 0);
        CHECK_NEAR(rn_data_f32(g[1])[1], 2, 0);
        rn_tensor *h = rn_mul_scalar(x, 3);
        CHECK(rn_grad(RN_LIST(rn_sum(rn_recompute(passes, h, w))), RN_LIST(x), .grads = g));
        CHECK_NEAR(rn_data_f32(g[0])[0], 3, 0);
        CHECK(rn_grad(RN_LIST(rn_sum(rn_mul(rn_recompute(constant, NULL, x), x))), RN_LIST(x), .grads = g));
        CHECK_NEAR(rn_data_f32(g[0])[0], 1, 0);
    }
    rn_drop(w);
    CHECK_OK();
}

/* ---- links ---- */

static rn_tensor *forward_ended(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)link;
    return ended(NULL, in, n);
}

static rn_tensor *forward_nothing(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)link;
    return nothing(NULL, in, n);
}

static bool setup_fails(rn_link *link)
{
    (void)link;
    return false;
}

RN_TEST(a_link_that_fails_without_a_reason_is_an_error_of_its_call)
{
    static const rn_link_type types[] = {
        { .name = "user_ended", .args_size = 8, .forward = forward_ended },
        { .name = "user_nothing", .args_size = 8, .forward = forward_nothing },
        { .name = "user_setup", .args_size = 8, .forward = forward_nothing, .setup = setup_fails },
    };
    char args[8] = { 0 };
    rn_link *link[] = { rn_link_new_at(RN_HERE, &types[0], args), rn_link_new_at(RN_HERE, &types[1], args),
                        rn_function_link(ended, NULL), rn_function_link(nothing, NULL) };
    const char *want[] = { "user_ended: not a tensor, or one that has ended", "user_nothing: returned nothing",
                           "function: not a tensor, or one that has ended", "function: returned nothing" };
    CHECK_OK();
    RN_SCOPE
    for (size_t i = 0; i < RN_COUNTOF(link); i++) {
        rn_tensor *x = input();
        if (i % 2 || tells_ended()) {
            const int line = __LINE__ + 1;
            CHECK(rn_call(link[i], x) == NULL);
            check_names(line, i % 2 ? RN_ERR_INTERNAL : RN_ERR_ARG, want[i]);
        }
        rn_link_free(link[i]);
    }
    const int line = __LINE__ + 1;
    CHECK(rn_link_new_at(RN_HERE, &types[2], args) == NULL);
    check_names(line, RN_ERR_INTERNAL, "user_setup: its setup failed without saying why");
}

/* ---- data sets ---- */

static bool get_fails(void *user, const rn_example *e)
{
    (void)e;
    return user != NULL && !rn_fail(RN_ERR_ARG, NULL, "the disk is on fire");
}

RN_TEST(a_data_set_that_cannot_be_read_is_an_error_of_the_read)
{
    static int loud;
    const rn_column column = { .name = "x", .dtype = RN_F32 };
    for (int raises = 0; raises <= 1; raises++) {
        rn_dataset *ds = rn_dataset_new(.count = 3, .columns = &column, .column_count = 1, .get = get_fails,
                                        .user = raises ? &loud : NULL);
        float x;
        CHECK(!rn_dataset_read(ds, 1, ((void *[]){ &x })));
        CHECK_ERROR(raises ? RN_ERR_ARG : RN_ERR_INTERNAL, raises ? "on fire" : "example 1 of \"program\"");
        for (int alone = 0; alone <= 1; alone++) {
            rn_iterator *it = rn_iterator_new(ds, 2, .synchronous = alone);
            CHECK(rn_next(it) == NULL);
            CHECK_ERROR(raises ? RN_ERR_ARG : RN_ERR_INTERNAL, raises ? "on fire" : "example 0 of \"program\"");
            rn_iterator_free(it);
        }
        rn_dataset_free(ds);
    }
}

/* ---- training ---- */

typedef struct {
    rn_dataset *data;
    rn_link *model;
    rn_optimizer *optimizer;
    rn_iterator *batches;
    rn_trainer *trainer;
} setup;

static setup begin(rn_loss_fn *loss, void *user)
{
    static const float x[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    const rn_array_column column = { .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(1), .data = x };
    setup s = { .data = rn_dataset_arrays(8, &column, 1), .model = rn_linear_link(1) };
    s.optimizer = rn_sgd(s.model, .rate = 0.001);
    s.batches = rn_iterator_new(s.data, 2, .repeat = true);
    s.trainer = rn_trainer_new(s.model, s.optimizer, s.batches, loss, .user = user ? user : s.model, .iterations = 3);
    return s;
}

static void end(setup *s)
{
    rn_trainer_free(s->trainer);
    rn_iterator_free(s->batches);
    rn_optimizer_free(s->optimizer);
    rn_link_free(s->model);
    rn_dataset_free(s->data);
    CHECK_OK();
}

static rn_tensor *mean_loss(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)m;
    return rn_mean(rn_square(rn_call(user, b->x)));
}

static rn_tensor *no_loss(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)user;
    (void)b;
    (void)m;
    return NULL;
}

static rn_tensor *ended_loss(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)user;
    (void)m;
    return ended(NULL, &b->x, 1);
}

static void no_mean(void *user, const char *name, double mean, double weight)
{
    (void)user;
    (void)name;
    (void)mean;
    (void)weight;
}

RN_TEST(a_loss_that_is_none_is_an_error_of_the_run)
{
    setup s = begin(no_loss, NULL);
    int line = __LINE__ + 1;
    CHECK(!rn_trainer_run(s.trainer));
    check_names(line, RN_ERR_INTERNAL, "the loss failed without saying why");
    line = __LINE__ + 1;
    CHECK(!rn_evaluate(s.batches, no_loss, NULL, no_mean, NULL));
    check_names(line, RN_ERR_INTERNAL, "evaluate: the loss failed without saying why");
    CHECK(!rn_evaluate(s.batches, NULL, NULL, no_mean, NULL));
    CHECK_ERROR(RN_ERR_ARG, "the loss is NULL");
    end(&s);
    s = begin(mean_loss, NULL);
    CHECK(rn_trainer_use(s.trainer, "evaluate", .batches = s.batches, .loss = no_loss));
    line = __LINE__ + 1;
    CHECK(!rn_trainer_run(s.trainer));
    check_names(line, RN_ERR_INTERNAL, "the loss failed without saying why");
    end(&s);
    if (!tells_ended()) return;
    s = begin(ended_loss, NULL);
    line = __LINE__ + 1;
    CHECK(!rn_trainer_run(s.trainer));
    check_names(line, RN_ERR_ARG, "not a tensor, or one that has ended");
    end(&s);
}

static bool part_fails(rn_trainer *t, void *self)
{
    (void)t;
    (void)self;
    return false;
}

static bool save_fails(void *self, const char *name, rn_dict *to)
{
    (void)self;
    (void)name;
    (void)to;
    return false;
}

RN_TEST(an_extension_that_fails_without_a_reason_is_an_error_of_the_run)
{
    static const rn_extension rows[] = {
        { .name = "bad", .every = { 1, RN_UNIT_ITERATION }, .start = part_fails },
        { .name = "bad", .every = { 1, RN_UNIT_ITERATION }, .run = part_fails },
        { .name = "bad", .every = { 1, RN_UNIT_ITERATION }, .step = part_fails },
        { .name = "bad", .every = { 1, RN_UNIT_ITERATION }, .finish = part_fails },
    };
    static const char *const want[] = { "start", "run", "step", "finish" };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        setup s = begin(mean_loss, NULL);
        CHECK(rn_trainer_add(s.trainer, &rows[i], NULL, (rn_every){ 0 }));
        const int line = __LINE__ + 1;
        CHECK(!rn_trainer_run(s.trainer));
        char text[80];
        snprintf(text, sizeof text, "bad: its %s failed without saying why", want[i]);
        check_names(line, RN_ERR_INTERNAL, text);
        end(&s);
    }
    static const rn_extension unsaved = { .name = "bad", .every = { 1, RN_UNIT_EPOCH }, .save = save_fails };
    setup s = begin(mean_loss, NULL);
    char path[300];
    snprintf(path, sizeof path, "%s/unsaved.safetensors", test_folder());
    CHECK(rn_trainer_add(s.trainer, &unsaved, NULL, (rn_every){ 0 }));
    const int line = __LINE__ + 1;
    CHECK(!rn_trainer_save(s.trainer, path));
    check_names(line, RN_ERR_INTERNAL, "bad: its save failed without saying why");
    CHECK(!rn_trainer_add(s.trainer, NULL, NULL, (rn_every){ 0 }));
    CHECK_ERROR(RN_ERR_ARG, "trainer_add: the row is NULL");
    CHECK(!rn_trainer_add(NULL, &unsaved, NULL, (rn_every){ 0 }));
    CHECK_ERROR(RN_ERR_ARG, "trainer_add: the trainer is NULL");
    end(&s);
}

/* What a loss or an extension should not do to the trainer that calls it. */
typedef struct {
    setup *s;
    int what, line;
} meddler;

static void meddle(meddler *m)
{
    static const rn_extension row = { .name = "late", .every = { 1, RN_UNIT_ITERATION } };
    rn_trainer *t = m->s->trainer;
    m->line = __LINE__ + 2;
    if (m->what == 0)
        CHECK(!rn_trainer_run(t));
    else if (m->what == 1)
        CHECK(!rn_trainer_add(t, &row, NULL, (rn_every){ 0 }));
    else if (m->what == 2)
        rn_trainer_free(t);
    else
        CHECK(!rn_trainer_resume(t, "nowhere"));
}

static rn_tensor *meddling_loss(void *user, const rn_batch *b, rn_metrics *m)
{
    meddler *d = user;
    meddle(d);
    return mean_loss(d->s->model, b, m);
}

static bool meddling_step(rn_trainer *t, void *self)
{
    (void)t;
    meddle(self);
    return true;
}

RN_TEST(a_trainer_that_runs_is_not_run_changed_or_freed_from_within)
{
    static const rn_extension row = { .name = "meddler", .every = { 1, RN_UNIT_EPOCH }, .step = meddling_step };
    for (int what = 0; what < 4; what++)
        for (int extension = 0; extension <= 1; extension++) {
            setup s;
            meddler m = { .s = &s, .what = what };
            s = extension ? begin(mean_loss, NULL) : begin(meddling_loss, &m);
            if (extension) CHECK(rn_trainer_add(s.trainer, &row, &m, (rn_every){ 0 }));
            CHECK(!rn_trainer_run(s.trainer));
            if (what == 0)
                check_names(m.line, RN_ERR_STATE, "trainer_run: the trainer is running");
            else
                CHECK_ERROR(RN_ERR_STATE, "the trainer is running");
            CHECK_EQ_I64(rn_trainer_iteration(s.trainer), extension);
            end(&s);
        }
}
