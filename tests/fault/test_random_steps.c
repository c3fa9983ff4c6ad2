/* Random steps: replayed, they leave the values and parameters that the same calls leave without a step, bit for bit,
 * whatever happens between the calls. RENSA_STEPS says how many, RENSA_STEPS_SEED where to begin. */
#include "test.h"

#include "base/rng.h"

enum { SIDE = 6, STEPS = 200, RESULTS = 3, VALUES = 1 << 15 };

/* What a step computes. */
enum {
    PENALTY = 1,   /* a gradient of the input in the loss */
    NESTED = 2,    /* a step within the step, whose results have no history */
    SHARED = 4,    /* the first half twice, so that its running statistics advance twice */
    DROPOUT = 8,   /* dropout besides that of the links */
    NOISE = 16,    /* noise, and a parameter that is nobody's */
    ALIAS = 32,    /* an argument as a result */
    VIEW = 64,     /* a view as a result */
    RIVALS = 128,  /* two losses; the first trains the second half alone */
    ANOTHER = 256, /* an update of the second half by another loss */
    FORMS = 512
};

typedef struct {
    rni_rng r;
    int form;
    rn_dtype type;
    rn_link *a, *b;
    rn_optimizer *by_a, *by_b;
    rn_tensor *w, *kept;
    rn_step *inner;
} steps;

typedef struct {
    double at[VALUES];
    int n;
    int64_t replayed;
} values;

static int pick(steps *s, int n)
{
    return (int)rni_rng_below(&s->r, (uint64_t)n);
}

static rn_tensor *draw(steps *s, int rows)
{
    float v[SIDE * SIDE] = { 0 };
    for (int i = 0; i < SIDE * SIDE; i++) v[i] = (float)(2 * rni_rng_uniform(&s->r) - 1);
    return rn_cast(rn_array(RN_F32, RN_SHAPE(rows, SIDE), v), s->type);
}

/* ---- the step ---- */

static bool inner(void *user, rn_tensor *const *in, rn_tensor **out)
{
    steps *s = user;
    return (out[0] = rn_call(s->a, in[0])) != NULL;
}

static rn_tensor *first_half(steps *s, rn_tensor *x)
{
    if (!(s->form & NESTED)) return rn_call(s->a, x);
    return s->inner ? rn_step_call(s->inner, x) : rn_detach(rn_call(s->a, x));
}

static bool train_rivals(steps *s, rn_tensor *x, rn_tensor *loss)
{
    rn_link_freeze(s->a, "*", true);
    const bool ok = rn_update(s->by_b, loss);
    rn_link_freeze(s->a, "*", false);
    return ok && rn_update(s->by_a, rn_mean(rn_abs(rn_call(s->b, rn_call(s->a, x)))));
}

static bool step(void *user, rn_tensor *const *in, rn_tensor **out)
{
    steps *s = user;
    const bool penalty = s->form & PENALTY && !(s->form & NESTED);
    rn_tensor *x = penalty ? rn_require_grad(in[0], true) : in[0], *h = first_half(s, x);
    if (s->form & SHARED) h = rn_add(rn_call(s->a, rn_tanh(h)), h);
    rn_tensor *y = rn_call(s->b, h), *loss = rn_mean(rn_square(rn_sub(y, in[1]))), *g = NULL;
    if (penalty) {
        if (!rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g, .create_graph = true)) return false;
        loss = rn_add(loss, rn_mul_scalar(rn_mean(rn_square(g)), 0.1));
    }
    if (s->form & DROPOUT) loss = rn_add(loss, rn_mean(rn_mul(h, rn_dropout(rn_mul(h, h), 0.3))));
    if (s->form & NOISE) loss = rn_add(loss, rn_mean(rn_mul(rn_add(s->w, rn_normal(RN_SHAPE(SIDE))), y)));
    out[0] = loss;
    out[1] = s->form & VIEW ? rn_transpose(y) : rn_concat(RN_LIST(y, in[1]), .axis = 1);
    out[2] = s->form & ALIAS ? in[1] : rn_argmax(y, .axes = RN_AXES(1));
    if (s->form & RIVALS && !(s->form & NESTED)) return train_rivals(s, in[0], loss);
    const bool detached = s->form & NESTED && !(s->form & SHARED);
    return rn_update(detached ? s->by_b : s->by_a, loss) &&
           (!(s->form & ANOTHER) || rn_update(s->by_b, rn_mean(rn_square(rn_call(s->b, in[1])))));
}

/* ---- what happens between calls ---- */

static void to_arguments(steps *s, int what, rn_tensor **in)
{
    const int rows = (int)rn_tensor_dim(in[0], 0);
    rn_tensor *w = rows == SIDE ? rn_link_param(s->b, "1/W") : NULL;
    if (what == 0)
        in[1] = in[0];
    else if (what == 1)
        in[0] = rn_slice(rn_concat(RN_LIST(in[0], in[1])), RN_RANGES(RN_RANGE(2, 2 + rows)));
    else if (what == 2)
        in[0] = rn_transpose(rn_copy(rn_transpose(in[0])));
    else if (what == 3 && w)
        in[1] = s->inner ? w : rn_value(w); /* the parameter that the step writes */
}

static void to_settings(steps *s, int what)
{
    if (what == 0)
        rn_seed(rni_rng_u64(&s->r));
    else if (what == 1)
        rn_normal(RN_SHAPE(3));
    else if (what == 2)
        rn_optimizer_set_rate(s->by_a, 0.05 * rni_rng_uniform(&s->r));
    else if (what == 3)
        rn_optimizer_set_epoch(s->by_a, pick(s, 5));
    else if (what == 4)
        rn_hook_lasso(s->by_a, 1e-4);
    else if (what == 5)
        rn_link_freeze(s->a, "0/*", pick(s, 2));
    else if (what == 6)
        rn_link_set_rate(s->a, "0/*", 0.5);
    else if (what == 7)
        rn_link_set_decay(s->b, "*", pick(s, 2));
}

static void to_parameters(steps *s, int what)
{
    rn_tensor *w = rn_link_param(s->b, "1/W");
    if (what == 0)
        rn_assign(s->w, rn_mul_scalar(rn_value(s->w), 1.1));
    else if (what == 1)
        rn_require_grad(s->w, pick(s, 2));
    else if (what == 2 && w)
        rn_link_set_param(s->b, "1/b", rn_cast(rn_full(RN_SHAPE(SIDE), 0.25), s->type));
    else if (what == 3 && w)
        rn_item(rn_sum(w));
    else if (what == 4 || what == 5) {
        rn_drop(s->kept);
        s->kept = what == 4 && w ? rn_keep(rn_value(w)) : NULL;
    }
}

/* ---- a run ---- */

static void look(values *v, rn_tensor *t)
{
    const int64_t count = rn_tensor_count(t);
    CHECK(v->n + count <= VALUES);
    CHECK(rn_copy_to(t, RN_F64, v->at + v->n, (VALUES - v->n) * (int64_t)sizeof *v->at));
    v->n += (int)count;
}

static rn_link *either(steps *s, rn_link *a, rn_link *b)
{
    const bool first = pick(s, 2);
    rn_link_free(first ? b : a);
    return first ? a : b;
}

static rn_optimizer *optimizer(steps *s, rn_link *model)
{
    static const char *const names[] = { "sgd", "adam", "adamw", "momentum_sgd", "rmsprop", "lion", "adagrad" };
    rn_optimizer *o = rn_optimizer_make(names[pick(s, (int)RN_COUNTOF(names))], model, NULL, 0);
    if (pick(s, 3) == 0) rn_hook_clip_norm(o, 0.5);
    if (pick(s, 3) == 0) rn_hook_weight_decay(o, 1e-3);
    if (pick(s, 4) == 0) rn_optimizer_scale_loss(o, .interval = 3, .scale = pick(s, 2) ? 1e30 : 1024);
    if (pick(s, 4) == 0) rn_optimizer_set_accumulate(o, 2);
    if (pick(s, 4) == 0) rn_optimizer_set_schedule(o, rn_schedule_exponential(.gamma = 0.9));
    return o;
}

static void begin(steps *s, uint64_t seed)
{
    static const rn_dtype types[] = { RN_F32, RN_F32, RN_F32, RN_F64, RN_BF16 };
    *s = (steps){ .r = { .seed = seed } };
    rn_seed(seed);
    s->type = types[pick(s, (int)RN_COUNTOF(types))];
    s->form = pick(s, FORMS) & pick(s, FORMS);
    rn_link *norm = either(s, rn_batch_norm_link(), rn_op_link("tanh", NULL));
    rn_link *noise = either(s, rn_op_link("dropout", "ratio=0.25"), rn_op_link("relu", NULL));
    s->a = rn_sequential(rn_linear_link(8), norm, noise, rn_linear_link(SIDE));
    s->b = rn_sequential(either(s, rn_batch_norm_link(), rn_op_link("sigmoid", NULL)), rn_linear_link(SIDE));
    CHECK(s->type == RN_F32 || (rn_link_set_dtype(s->a, s->type) && rn_link_set_dtype(s->b, s->type)));
    s->by_a = optimizer(s, s->a);
    s->by_b = optimizer(s, s->b);
    RN_SCOPE s->w = rn_param("w", rn_reshape(draw(s, 1), RN_SHAPE(SIDE)));
    CHECK_OK();
}

static bool look_at_param(void *user, const rn_param_info *info)
{
    if (info->param) look(user, info->param);
    return true;
}

static void end(steps *s, values *v)
{
    CHECK(rn_link_visit(s->a, RN_PARAMS | RN_STATES, look_at_param, v));
    CHECK(rn_link_visit(s->b, RN_PARAMS | RN_STATES, look_at_param, v));
    look(v, s->w);
    v->at[v->n++] = (double)rn_optimizer_steps(s->by_a);
    v->at[v->n++] = (double)rn_optimizer_steps(s->by_b);
    rn_optimizer_free(s->by_a);
    rn_optimizer_free(s->by_b);
    rn_link_free(s->a);
    rn_link_free(s->b);
    rn_drop(s->w);
    rn_drop(s->kept);
    CHECK_OK();
}

static void run(uint64_t seed, bool stepped, values *v)
{
    const int64_t live = rn_live_tensors(), before = rn_engine().steps_replayed;
    const int scope = rn_scope_begin();
    steps s;
    rn_step *of[2] = { NULL };
    begin(&s, seed);
    v->n = 0;
    if (stepped) {
        s.inner = rn_step_new(inner, &s, .inputs = 1, .outputs = 1);
        for (int i = 0; i < 2; i++) of[i] = rn_step_new(step, &s, .inputs = 2, .outputs = RESULTS);
    }
    const int turns = 10 + pick(&s, 12);
    for (int turn = 0; turn < turns && rn_ok(); turn++) RN_SCOPE
        {
            const int rows = pick(&s, 6) ? SIDE - 1 : SIDE;
            rn_tensor *in[2] = { draw(&s, rows), draw(&s, rows) }, *out[RESULTS] = { NULL };
            to_arguments(&s, pick(&s, 32), in);
            to_settings(&s, pick(&s, 40));
            to_parameters(&s, pick(&s, 32));
            const int which = pick(&s, 5) == 0;
            if (stepped ? rn_step_run(of[which], in, out) : step(&s, in, out))
                for (int i = 0; i < RESULTS; i++) look(v, out[i]);
            CHECK_OK();
        }
    for (int i = 0; i < 2; i++) rn_step_free(of[i]);
    rn_step_free(s.inner);
    end(&s, v);
    rn_scope_end(scope);
    v->replayed = rn_engine().steps_replayed - before;
    CHECK_EQ_I64(rn_live_tensors(), live);
}

RN_TEST(random_steps_replayed_are_the_calls_they_stand_for)
{
    static values plain, replayed;
    const char *env = getenv("RENSA_STEPS"), *first = getenv("RENSA_STEPS_SEED");
    const uint64_t count = env ? strtoull(env, NULL, 10) : (uint64_t)test_turns(STEPS);
    const uint64_t from = first ? strtoull(first, NULL, 10) : 1;
    int64_t replays = 0;
    for (uint64_t seed = from; seed < from + count; seed++) {
        run(seed, false, &plain);
        run(seed, true, &replayed);
        replays += replayed.replayed;
        CHECK_EQ_I64(replayed.n, plain.n);
        for (int i = 0; i < plain.n; i++) {
            const double a = replayed.at[i], b = plain.at[i];
            if (a != b && !(isnan(a) && isnan(b)))
                test_failed(__FILE__, __LINE__, "step %llu, value %d of %d: %.17g, replayed %.17g",
                            (unsigned long long)seed, i, plain.n, b, a);
        }
    }
    CHECK(replays > (int64_t)count);
}
