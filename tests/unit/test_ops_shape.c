/* Functions on shapes where the cases in their rows cannot say it: many results, brute force over random views. */
#include "test.h"

#include "base/alloc.h"
#include "base/rng.h"

/* 0, 1, 2, … in that shape; wants a gradient. */
static rn_tensor *counted(rn_shape shape)
{
    float v[4096];
    for (int i = 0; i < 4096; i++) v[i] = (float)i;
    return rn_require_grad(rn_array(RN_F32, shape, v), true);
}

static void check_values(rn_tensor *x, const float *want, int64_t n)
{
    const float *have = rn_data_f32(x);
    CHECK_OK();
    CHECK_EQ_I64(rn_tensor_count(x), n);
    for (int64_t i = 0; i < n; i++) CHECK_NEAR(have[i], want[i], 0);
}

RN_TEST(split_gives_equal_parts)
{
    RN_SCOPE
    {
        rn_tensor *p[3];
        CHECK(rn_split(counted(RN_SHAPE(2, 6)), p, 3, .axis = 1));
        check_values(p[0], (const float[]){ 0, 1, 6, 7 }, 4);
        check_values(p[2], (const float[]){ 4, 5, 10, 11 }, 4);
    }
    CHECK_OK();
}

RN_TEST(split_gives_parts_of_given_sizes)
{
    RN_SCOPE
    {
        rn_tensor *p[3];
        CHECK(rn_split(counted(RN_SHAPE(5, 2)), p, 3, .sizes = (const int64_t[]){ 1, 0, 4 }));
        check_values(p[0], (const float[]){ 0, 1 }, 2);
        CHECK_EQ_I64(rn_tensor_dim(p[1], 0), 0);
        check_values(p[2], (const float[]){ 2, 3, 4, 5, 6, 7, 8, 9 }, 8);
    }
    CHECK_OK();
}

RN_TEST(the_gradient_of_split_has_zeros_for_unused_parts)
{
    RN_SCOPE
    {
        rn_tensor *x = counted(RN_SHAPE(6)), *p[6], *g;
        CHECK(rn_separate(x, p, 6));
        rn_tensor *loss = rn_add(rn_mul(p[1], p[1]), rn_mul(p[4], p[5]));
        CHECK(rn_grad(RN_LIST(loss), RN_LIST(x), .grads = &g));
        check_values(g, (const float[]){ 0, 2, 0, 0, 5, 4 }, 6);
    }
    CHECK_OK();
}

RN_TEST(split_can_be_differentiated_twice)
{
    RN_SCOPE
    {
        rn_tensor *x = counted(RN_SHAPE(4)), *p[2], *g, *h;
        CHECK(rn_split(x, p, 2));
        rn_tensor *y = rn_sum(rn_mul(rn_mul(p[0], p[0]), p[1]));
        CHECK(rn_grad(RN_LIST(y), RN_LIST(x), .create_graph = true, .grads = &g));
        check_values(g, (const float[]){ 0, 6, 0, 1 }, 4);
        CHECK(rn_grad(RN_LIST(rn_sum(rn_mul(g, g))), RN_LIST(x), .grads = &h));
        check_values(h, (const float[]){ 0, 76, 0, 24 }, 4);
    }
    CHECK_OK();
}

RN_TEST(split_makes_hundreds_of_uneven_parts)
{
    enum { N = 300 };
    int64_t sizes[N], at[N], total = 0;
    for (int i = 0; i < N; i++) {
        sizes[i] = i % 4;
        total += sizes[i];
        at[i] = total;
    }
    RN_SCOPE
    {
        rn_tensor *x = counted(RN_SHAPE(total)), *p[N], *q[N], *g;
        CHECK(rn_split(x, p, N, .sizes = sizes));
        CHECK(rn_split_axis(x, q, N, .at = at));
        float first = 0;
        for (int i = 0; i < N; i++) {
            CHECK_EQ_I64(rn_tensor_dim(p[i], 0), sizes[i]);
            CHECK_EQ_I64(rn_tensor_dim(q[i], 0), sizes[i]);
            if (sizes[i]) CHECK_NEAR(rn_data_f32(p[i])[0], first, 0);
            if (sizes[i]) CHECK_NEAR(rn_data_f32(q[i])[0], first, 0);
            first += (float)sizes[i];
        }
        CHECK(rn_grad(RN_LIST(rn_sum(rn_concat((rn_list){ p, N }))), RN_LIST(x), .grads = &g));
        for (int i = 0; i < total; i++) CHECK_NEAR(rn_data_f32(g)[i], 1, 0);
    }
    CHECK_OK();
}

RN_TEST(split_axis_clips_positions_past_the_end)
{
    RN_SCOPE
    {
        rn_tensor *p[4];
        CHECK(rn_split_axis(counted(RN_SHAPE(5)), p, 4, .at = (const int64_t[]){ 2, 2, 9 }));
        const int64_t sizes[] = { 2, 0, 3, 0 };
        for (int i = 0; i < 4; i++) CHECK_EQ_I64(rn_tensor_dim(p[i], 0), sizes[i]);
    }
    CHECK_OK();
}

RN_TEST(split_refuses_what_does_not_add_up)
{
    rn_tensor *p[4] = { NULL };
    RN_SCOPE
    {
        rn_tensor *x = counted(RN_SHAPE(2, 5));
        CHECK(!rn_split(x, p, 2, .axis = 1));
        CHECK(p[0] == NULL && p[1] == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "n is 2, and the size of axis 1 is 5");
        CHECK(!rn_split(x, p, 2, .axis = 1, .sizes = (const int64_t[]){ 2, 2 }));
        CHECK_ERROR(RN_ERR_SHAPE, "they add up to 4");
        CHECK(!rn_split(x, p, 2, .axis = 1, .sizes = (const int64_t[]){ 6, -1 }));
        CHECK_ERROR(RN_ERR_SHAPE, "do not add up");
        CHECK(!rn_split(x, p, 2, .axis = 2));
        CHECK_ERROR(RN_ERR_ARG, "no such axis");
        CHECK(!rn_split(x, p, 0));
        CHECK_ERROR(RN_ERR_ARG, "number of parts");
        CHECK(!rn_split(x, NULL, 2));
        CHECK_ERROR(RN_ERR_ARG, "no array");
        CHECK(!rn_split_axis(x, p, 3, .axis = 1, .at = (const int64_t[]){ 3, 2 }));
        CHECK_ERROR(RN_ERR_ARG, "must rise");
        CHECK(!rn_separate(x, p, 3));
        CHECK_ERROR(RN_ERR_SHAPE, "n == x.shape[axis]");
        CHECK(!rn_split(NULL, p, 2));
        CHECK_ERROR(RN_ERR_ARG, "NULL");
    }
}

RN_TEST(errors_inside_split_name_the_line_of_the_call)
{
    RN_SCOPE
    {
        rn_tensor *p[2];
        const int line = __LINE__ + 1;
        rn_split(counted(RN_SHAPE(3)), p, 2);
        char want[64];
        snprintf(want, sizeof want, "test_ops_shape.c:%d: split: ", line);
        CHECK_ERROR(RN_ERR_SHAPE, want);
        rn_tensor *q[2];
        rn_fail(RN_ERR_ARG, NULL, "first");
        rn_split(counted(RN_SHAPE(3)), q, 2);
        CHECK_ERROR(RN_ERR_ARG, "via     test_ops_shape.c");
    }
}

RN_TEST(three_thousand_parts_have_one_gradient)
{
    enum { STEPS = 3000 };
    static rn_tensor *p[STEPS];
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(STEPS, 4), NULL), true), *g;
        CHECK(rn_separate(x, p, STEPS));
        rn_tensor *h = p[0];
        for (int t = 1; t < STEPS; t++) h = rn_add(rn_mul_scalar(h, 0.5), p[t]);
        CHECK(rn_grad(RN_LIST(rn_sum(h)), RN_LIST(x), .grads = &g));
        const float *v = rn_data_f32(g);
        CHECK_OK();
        CHECK_NEAR(v[STEPS * 4 - 1], 1, 0);
        CHECK_NEAR(v[(STEPS - 3) * 4], 0.25, 0);
        CHECK_NEAR(v[0], 0, 0);
    }
    CHECK_OK();
}

RN_TEST(a_step_with_split_compiles_once)
{
    rn_tensor *w = rn_param("w", rn_ones(RN_SHAPE(3, 4)));
    int64_t compiled = 0;
    for (int i = 0; i < 10; i++) {
        RN_SCOPE
        {
            rn_tensor *p[2], *g;
            rn_split(w, p, 2, .axis = 1);
            rn_grad(RN_LIST(rn_sum(rn_mul(p[0], rn_tanh(p[1])))), RN_LIST(w), .grads = &g);
            rn_assign(w, rn_sub(w, rn_mul_scalar(g, 0.1)));
            rn_eval_all();
        }
        if (i == 2) compiled = rn_engine().plans_compiled;
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_engine().plans_compiled, compiled);
    rn_drop(w);
}

RN_TEST(broadcast_gives_all_the_same_shape)
{
    RN_SCOPE
    {
        rn_tensor *y[3];
        CHECK(rn_broadcast(RN_LIST(counted(RN_SHAPE(2, 1)), counted(RN_SHAPE(3)), counted(RN_SCALAR)), y));
        check_values(y[0], (const float[]){ 0, 0, 0, 1, 1, 1 }, 6);
        check_values(y[1], (const float[]){ 0, 1, 2, 0, 1, 2 }, 6);
        check_values(y[2], (const float[]){ 0, 0, 0, 0, 0, 0 }, 6);
        CHECK(!rn_broadcast(RN_LIST(counted(RN_SHAPE(2)), counted(RN_SHAPE(3))), y));
        CHECK_ERROR(RN_ERR_SHAPE, "xs[1] is [3], those before it give [2]");
    }
}

RN_TEST(meshgrid_gives_coordinates)
{
    RN_SCOPE
    {
        rn_tensor *y[2], *a = counted(RN_SHAPE(2)), *b = counted(RN_SHAPE(3));
        CHECK(rn_meshgrid(RN_LIST(a, b), y));
        CHECK_EQ_I64(rn_tensor_dim(y[0], 0), 3);
        check_values(y[0], (const float[]){ 0, 1, 0, 1, 0, 1 }, 6);
        check_values(y[1], (const float[]){ 0, 0, 1, 1, 2, 2 }, 6);
        CHECK(rn_meshgrid(RN_LIST(a, b), y, .ij = true));
        check_values(y[0], (const float[]){ 0, 0, 0, 1, 1, 1 }, 6);
        CHECK(!rn_meshgrid(RN_LIST(counted(RN_SHAPE(2, 2))), y));
        CHECK_ERROR(RN_ERR_SHAPE, "needs vectors");
    }
}

RN_TEST(transpose_sequence_turns_sequences_into_steps_and_back)
{
    RN_SCOPE
    {
        rn_tensor *x[3] = { counted(RN_SHAPE(3, 2)), counted(RN_SHAPE(2, 2)), counted(RN_SHAPE(2, 2)) }, *y[3], *z[3],
                  *g;
        const rn_list xs = { x, 3 };
        CHECK(rn_transpose_sequence(xs, y, 3));
        check_values(y[0], (const float[]){ 0, 1, 0, 1, 0, 1 }, 6);
        check_values(y[1], (const float[]){ 2, 3, 2, 3, 2, 3 }, 6);
        check_values(y[2], (const float[]){ 4, 5 }, 2);
        CHECK(rn_transpose_sequence(((rn_list){ y, 3 }), z, 3));
        check_values(z[0], (const float[]){ 0, 1, 2, 3, 4, 5 }, 6);
        check_values(z[2], (const float[]){ 0, 1, 2, 3 }, 4);
        CHECK(rn_grad(RN_LIST(rn_sum(rn_mul(y[1], y[1]))), RN_LIST(x[2]), .grads = &g));
        check_values(g, (const float[]){ 0, 0, 4, 6 }, 4);
        CHECK(!rn_transpose_sequence(RN_LIST(x[1], x[0]), y, 2));
        CHECK_ERROR(RN_ERR_SHAPE, "the longest first");
        CHECK(!rn_transpose_sequence(xs, y, 2));
        CHECK_ERROR(RN_ERR_SHAPE, "number of time steps");
    }
}

/* A walk through random views, each checked against an index calculated by hand. */
typedef struct {
    rn_shape shape;
    int64_t value[4096];
} model;

static int64_t flat(const rn_shape *s, const int64_t *at)
{
    int64_t k = 0;
    for (int i = 0; i < s->rank; i++) k = k * s->dim[i] + at[i];
    return k;
}

static void each(const rn_shape *s, int64_t k, int64_t *at)
{
    for (int i = s->rank - 1; i >= 0; i--) {
        at[i] = k % s->dim[i];
        k /= s->dim[i];
    }
}

static int64_t count_of(const rn_shape *s)
{
    int64_t n = 1;
    for (int i = 0; i < s->rank; i++) n *= s->dim[i];
    return n;
}

static rn_tensor *step_transpose(rni_rng *r, rn_tensor *x, model *m)
{
    const model old = *m;
    rn_axes a = { .n = old.shape.rank };
    for (int i = 0; i < a.n; i++) a.axis[i] = i;
    for (int i = a.n - 1; i > 0; i--) {
        const int k = (int)rni_rng_below(r, (uint64_t)i + 1), t = a.axis[i];
        a.axis[i] = a.axis[k];
        a.axis[k] = t;
    }
    for (int i = 0; i < a.n; i++) m->shape.dim[i] = old.shape.dim[a.axis[i]];
    for (int64_t k = 0; k < count_of(&m->shape); k++) {
        int64_t at[RN_MAX_RANK], from[RN_MAX_RANK];
        each(&m->shape, k, at);
        for (int i = 0; i < a.n; i++) from[a.axis[i]] = at[i];
        m->value[k] = old.value[flat(&old.shape, from)];
    }
    return rn_transpose(x, .axes = a);
}

static rn_tensor *step_slice(rni_rng *r, rn_tensor *x, model *m)
{
    const model old = *m;
    rn_ranges s = { .n = old.shape.rank };
    int64_t start[RN_MAX_RANK], step[RN_MAX_RANK];
    for (int i = 0; i < s.n; i++) {
        const int64_t n = old.shape.dim[i];
        const bool back = rni_rng_below(r, 2);
        step[i] = 1 + (int64_t)rni_rng_below(r, 2);
        start[i] = (int64_t)rni_rng_below(r, (uint64_t)(n > 3 ? 2 : 1));
        m->shape.dim[i] = (n - start[i] - 1) / step[i] + 1;
        if (back) {
            start[i] = n - 1 - start[i];
            step[i] = -step[i];
        }
        s.range[i] = (rn_range){ start[i], 0, step[i], 1 };
    }
    for (int64_t k = 0; k < count_of(&m->shape); k++) {
        int64_t at[RN_MAX_RANK];
        each(&m->shape, k, at);
        for (int i = 0; i < s.n; i++) at[i] = start[i] + at[i] * step[i];
        m->value[k] = old.value[flat(&old.shape, at)];
    }
    return rn_slice(x, s);
}

static rn_tensor *step_broadcast(rni_rng *r, rn_tensor *x, model *m)
{
    const model old = *m;
    if (old.shape.rank == 5 || count_of(&old.shape) > 500) return x;
    const int axis = (int)rni_rng_below(r, (uint64_t)old.shape.rank + 1);
    const int64_t n = 1 + (int64_t)rni_rng_below(r, 3);
    m->shape.rank++;
    for (int i = 0; i < m->shape.rank; i++)
        m->shape.dim[i] = i < axis ? old.shape.dim[i] : i == axis ? n : old.shape.dim[i - 1];
    for (int64_t k = 0; k < count_of(&m->shape); k++) {
        int64_t at[RN_MAX_RANK];
        each(&m->shape, k, at);
        for (int i = axis; i < old.shape.rank; i++) at[i] = at[i + 1];
        m->value[k] = old.value[flat(&old.shape, at)];
    }
    return rn_broadcast_to(rn_expand_dims(x, axis), m->shape);
}

/* Factors of the number of elements, in random order. */
static rn_tensor *step_reshape(rni_rng *r, rn_tensor *x, model *m)
{
    int64_t n = count_of(&m->shape);
    rn_shape y = { .rank = 1 + (int)rni_rng_below(r, 5) };
    for (int i = 0; i < y.rank; i++) y.dim[i] = 1;
    for (int64_t p = 2; n > 1;) {
        if (n % p) {
            p++;
            continue;
        }
        y.dim[rni_rng_below(r, (uint64_t)y.rank)] *= p;
        n /= p;
    }
    m->shape = y;
    return rn_reshape(x, y);
}

RN_TEST(chains_of_views_agree_with_indices_worked_out_by_hand)
{
    rn_tensor *(*const steps[])(rni_rng *, rn_tensor *, model *) = { step_transpose, step_slice, step_broadcast,
                                                                     step_reshape };
    static model m;
    rni_rng r = { 5, 0, 0 };
    for (int round = 0; round < 300; round++) {
        RN_SCOPE
        {
            m.shape = (rn_shape){ .rank = 1 + (int)rni_rng_below(&r, 4) };
            for (int i = 0; i < m.shape.rank; i++) m.shape.dim[i] = 1 + (int64_t)rni_rng_below(&r, 4);
            for (int64_t k = 0; k < count_of(&m.shape); k++) m.value[k] = k;
            rn_tensor *x = counted(m.shape);
            for (int i = 0; i < 6; i++) x = steps[rni_rng_below(&r, RN_COUNTOF(steps))](&r, x, &m);
            const float *v = rn_data_f32(x);
            CHECK_OK();
            CHECK_EQ_I64(rn_tensor_count(x), count_of(&m.shape));
            for (int64_t k = 0; k < count_of(&m.shape); k++) CHECK_EQ_I64(v[k], m.value[k]);
        }
    }
}

RN_TEST(slices_agree_with_every_start_stop_and_step)
{
    for (int64_t n = 0; n < 5; n++)
        for (int64_t start = -6; start <= 6; start++)
            for (int64_t stop = -6; stop <= 6; stop++)
                for (int64_t step = -3; step <= 3; step++) {
                    if (step == 0) continue;
                    /* Python's definition, one element at a time */
                    int64_t want[8], count = 0;
                    int64_t a = start < 0 ? start + n : start, b = stop < 0 ? stop + n : stop;
                    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
                    a = a < low ? low : a > high ? high : a;
                    b = b < low ? low : b > high ? high : b;
                    for (int64_t i = a; step > 0 ? i < b : i > b; i += step) want[count++] = i;
                    RN_SCOPE
                    {
                        rn_tensor *y = rn_slice(counted(RN_SHAPE(n)), RN_RANGES(RN_STEP(start, stop, step)));
                        CHECK_EQ_I64(rn_tensor_count(y), count);
                        for (int64_t i = 0; i < count; i++) CHECK_EQ_I64(rn_data_f32(y)[i], want[i]);
                    }
                }
    CHECK_OK();
}

RN_TEST(slices_survive_extreme_numbers)
{
    RN_SCOPE
    {
        rn_tensor *x = counted(RN_SHAPE(5));
        CHECK_EQ_I64(rn_tensor_count(rn_slice(x, RN_RANGES(RN_STEP(INT64_MIN, INT64_MAX, INT64_MAX)))), 1);
        CHECK_EQ_I64(rn_tensor_count(rn_slice(x, RN_RANGES(RN_STEP(INT64_MAX, INT64_MIN, INT64_MIN)))), 1);
        CHECK_EQ_I64(rn_tensor_count(rn_slice(x, RN_RANGES(RN_STEP(INT64_MAX, INT64_MIN, -1)))), 5);
        CHECK_NEAR(rn_item(rn_slice(x, RN_RANGES(RN_STEP(INT64_MAX, INT64_MIN, INT64_MIN)))), 4, 0);
        CHECK(rn_slice(x, RN_RANGES(RN_AT(INT64_MIN))) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "outside of its axis");
    }
}

RN_TEST(huge_empty_shapes_have_no_strides_that_overflow)
{
    RN_SCOPE
    {
        const int64_t big = INT64_C(1) << 40;
        const rn_shape shapes[] = { RN_SHAPE(0, big, big), RN_SHAPE(big, 0, big), RN_SHAPE(big, big, 0) };
        for (int i = 0; i < 3; i++) {
            CHECK(rn_zeros(shapes[i]) == NULL);
            CHECK_ERROR(RN_ERR_SHAPE, "too many elements");
            CHECK(rn_reshape(rn_zeros(RN_SHAPE(0)), shapes[i]) == NULL);
            CHECK_ERROR(RN_ERR_SHAPE, "");
        }
        rn_tensor *x = rn_zeros(RN_SHAPE(0, big, 1000)), *y = rn_neg(rn_transpose(rn_reshape(x, RN_SHAPE(big, 0))));
        CHECK(rn_eval(rn_sum(x), y, rn_slice(x, RN_RANGES(RN_ALL, RN_EVERY(-7)))));
    }
    CHECK_OK();
}

RN_TEST(an_allocation_that_fails_anywhere_in_split_leaves_nothing_behind)
{
    for (int64_t n = 1; n < 200; n++) {
        const int64_t live = rn_live_tensors();
        bool done = false;
        RN_SCOPE
        {
            rn_tensor *x = rn_keep(rn_ones(RN_SHAPE(2, 4))), *p[4];
            rni_alloc_fail_after(n);
            done = rn_split(x, p, 4, .axis = 1) && rn_split(x, p, 2, .axis = 1, .sizes = (const int64_t[]){ 3, 1 });
            rni_alloc_fail_after(0);
            CHECK(done == rn_ok());
            rn_error_clear();
            rn_drop(x);
        }
        CHECK_EQ_I64(rn_live_tensors(), live);
        if (done) return;
    }
    CHECK(false);
}
