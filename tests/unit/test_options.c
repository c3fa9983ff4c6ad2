/* Options of functions: from C calls, from text, and the rows of user functions. */
#include "test.h"

#include "engine/op_table.h"

typedef struct {
    double f;
    int64_t i, list[2];
    bool b;
    int e;
    rn_dtype d;
    rn_axes axes;
    rn_shape shape;
    rn_ranges ranges;
    char text[8];
} all_opt;

static const rn_op all = {
    .name = "all",
    .kind = RN_MAP,
    .inputs = "x",
    .expr = "y = x",
    .opts = (const rn_opt[]){ RN_OPT_F64(all_opt, f, 0.5, 0, 10, "a number"),
                              RN_OPT_I64(all_opt, i, 3, -5, 5, "a whole number"),
                              RN_OPT_I64S(all_opt, list, 2, 1, 1, 9, "two numbers"),
                              RN_OPT_BOOL(all_opt, b, "a truth"),
                              RN_OPT_ENUM(all_opt, e, "mean,sum,none", "a word"),
                              RN_OPT_DTYPE(all_opt, d, RN_F32, "a type"),
                              RN_OPT_AXES(all_opt, axes, "axes"),
                              RN_OPT_SHAPE(all_opt, shape, "a shape"),
                              RN_REQ_RANGES(all_opt, ranges, "ranges"),
                              RN_OPT_TEXT(all_opt, text, 8, "a text"),
                              { 0 } },
    .opts_size = sizeof(all_opt),
};

static bool set(all_opt *o, const char *name, const char *text)
{
    return rn_opts_set(&all, o, name, text, RN_HERE);
}

RN_TEST(defaults_stand_where_nothing_is_given)
{
    all_opt o;
    rn_opts_default(&all, &o);
    CHECK_NEAR(o.f, 0.5, 0);
    CHECK_EQ_I64(o.i, 3);
    CHECK_EQ_I64(o.list[0] + o.list[1], 2);
    CHECK(!o.b && o.e == 0 && o.d == RN_F32 && o.axes.n == 0 && o.text[0] == '\0');
}

RN_TEST(every_kind_of_option_is_read_from_text)
{
    all_opt o;
    rn_opts_default(&all, &o);
    CHECK(set(&o, "f", "2.5e0") && set(&o, "i", "-4") && set(&o, "list", "2,3") && set(&o, "b", "true"));
    CHECK(set(&o, "e", "none") && set(&o, "d", "f16") && set(&o, "axes", "0,-1") && set(&o, "shape", "[2, 3, 4]"));
    CHECK(set(&o, "ranges", "1:3, ::2, :, 4, -2:") && set(&o, "text", "ij->ji"));
    CHECK_OK();
    CHECK_NEAR(o.f, 2.5, 0);
    CHECK_EQ_I64(o.i, -4);
    CHECK_EQ_I64(o.list[1], 3);
    CHECK(o.b && o.e == 2 && o.d == RN_F16);
    CHECK(o.axes.n == 2 && o.axes.axis[1] == -1);
    CHECK(o.shape.rank == 3 && o.shape.dim[2] == 4);
    CHECK_EQ_I64(o.ranges.n, 5);
    CHECK_EQ_I64(o.ranges.range[0].start, 1);
    CHECK_EQ_I64(o.ranges.range[0].stop, 3);
    CHECK_EQ_I64(o.ranges.range[1].step, 2);
    CHECK_EQ_I64(o.ranges.range[3].kind, RNI_RANGE_INDEX);
    CHECK_EQ_I64(o.ranges.range[4].start, -2);
    CHECK_EQ_STR(o.text, "ij->ji");
    CHECK(set(&o, "list", "7") && o.list[0] == 7 && o.list[1] == 7); /* one for all */
    CHECK(set(&o, "b", "0") && !o.b);
}

RN_TEST(texts_that_are_no_value_are_refused_with_what_is_allowed)
{
    all_opt o;
    rn_opts_default(&all, &o);
    static const struct {
        const char *name, *text, *want;
    } rows[] = {
        { "f", "abc", "option f cannot be \"abc\"" },
        { "f", "11", "0 … 10" },
        { "f", "nan", "option f" },
        { "f", "", "option f" },
        { "f", "1 2", "option f" },
        { "i", "2.5", "option i cannot be \"2.5\"" },
        { "i", "6", "-5 … 5" },
        { "i", "1e300", "option i" },
        { "list", "1,2,3", "option list" },
        { "list", "0,1", "option list" },
        { "b", "maybe", "option b" },
        { "e", "max", "one of mean,sum,none" },
        { "d", "f33", "option d" },
        { "axes", "0,a", "option axes" },
        { "axes", "1,2,3,4,5,6,7,8,9", "option axes" },
        { "axes", "0,4294967297", "option axes" },
        { "shape", "99999999999999999999", "option shape" },
        { "ranges", "1:2:3:4", "option ranges" },
        { "ranges", "", "option ranges" },
        { "text", "longer than it", "option text" },
        { "g", "1", "there is no option \"g\"" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        if (set(&o, rows[i].name, rows[i].text))
            test_failed(__FILE__, __LINE__, "%s=%s was taken", rows[i].name, rows[i].text);
        CHECK_ERROR(RN_ERR_ARG, rows[i].want);
    }
    CHECK(!set(&o, "axis", "1"));
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"axes\"?");
}

RN_TEST(hidden_options_cannot_be_set)
{
    const rn_op *op = rn_op_find("uniform");
    CHECK(op != NULL);
    char opts[1024];
    rn_opts_default(op, opts);
    CHECK(!rn_opts_set(op, opts, "seed", "1", NULL));
    CHECK_ERROR(RN_ERR_ARG, "there is no option \"seed\"");
}

RN_TEST(options_of_calls_are_checked_with_the_callers_line)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(2));
        CHECK(rn_leaky_relu(x, .slope = -1) == NULL);
        char want[64];
        snprintf(want, sizeof want, "test_options.c:%d: leaky_relu: option slope is -1", __LINE__ - 2);
        CHECK(rn_error_last() && strstr(rn_error_last()->message, want));
        CHECK_ERROR(RN_ERR_ARG, "<= slope <=");
        CHECK(rn_leaky_relu(x, .slope = NAN) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "slope is");
        CHECK(rn_cast(x, RN_DTYPE_NONE) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "dtype is no type");
        CHECK(rn_cast(x, (rn_dtype)77) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "dtype is no type");
    }
}

RN_TEST(zero_can_be_said_where_the_default_is_another_number)
{
    RN_SCOPE
    {
        CHECK_NEAR(rn_item(rn_sum(rn_abs(rn_normal(RN_SHAPE(50), .sigma = RN_ZERO)))), 0, 0);
        CHECK(rn_item(rn_sum(rn_abs(rn_normal(RN_SHAPE(50))))) > 1);
        CHECK(rn_leaky_relu(rn_zeros(RN_SHAPE(2)), .slope = RN_ZERO) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "slope is 0");
    }
    rn_link *link = rn_dropout_link(.ratio = RN_ZERO);
    RN_SCOPE CHECK_NEAR(rn_item(rn_sum(rn_call(link, rn_ones(RN_SHAPE(100))))), 100, 0);
    rn_link_free(link);
    CHECK_OK();
}

RN_TEST(sizes_that_no_memory_has_and_too_many_axes_are_refused_at_the_call)
{
    const rn_shape nine = { .rank = 9, .dim = { 1, 1, 1, 1, 1, 1, 1, 1 } };
    RN_SCOPE
    {
        CHECK(rn_zeros(nine) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "9 places");
        CHECK(rn_reshape(rn_zeros(RN_SHAPE(1)), nine) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "9 places");
        CHECK(rn_zeros(RN_SHAPE(INT64_C(1) << 61)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "2 ** 59");
        CHECK(rn_repeat(rn_zeros(RN_SHAPE(4)), INT64_C(1) << 60) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "");
        CHECK(rn_one_hot(rn_array_i32(RN_SHAPE(1), 0), INT64_C(1) << 62) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "2 ** 59");
    }
}

static bool declares_nothing(rn_infer *f)
{
    (void)f;
    return true;
}

static bool declares_no_type(rn_infer *f)
{
    return rn_out(f, 0, (rn_dtype)77, *f->shape[0]);
}

static bool runs(rn_kernel_call *c)
{
    (void)c;
    return true;
}

RN_TEST(a_rule_of_shapes_that_contradicts_its_row_is_a_defect_of_the_row)
{
    static const rn_op nothing = {
        .name = "nothing", .kind = RN_KERNEL, .inputs = "x", .infer = declares_nothing, .run = runs
    };
    static const rn_op untyped = {
        .name = "untyped", .kind = RN_KERNEL, .inputs = "x", .infer = declares_no_type, .run = runs
    };
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(2)), *y = NULL;
        CHECK(!rn_op_call(&nothing, RN_HERE, &x, 1, NULL, &y));
        CHECK_ERROR(RN_ERR_INTERNAL, "nothing: its infer declares no result 0");
        CHECK(!rn_op_call(&untyped, RN_HERE, &x, 1, NULL, &y));
        CHECK_ERROR(RN_ERR_INTERNAL, "untyped: it declares a result");
    }
}

RN_TEST(an_older_program_reads_defaults_for_options_added_after_it)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(1), -1);
        rn_leaky_relu_args args = { .x = x, .site = RN_SITE(rn_leaky_relu_args), .slope = 0.5 };
        CHECK_NEAR(rn_item(rn_leaky_relu_at(&args)), -0.5, 0);
        args.site.size = (int)offsetof(rn_leaky_relu_args, slope); /* compiled when there was no slope */
        CHECK_NEAR(rn_item(rn_leaky_relu_at(&args)), -0.2, 1e-7);
    }
    CHECK_OK();
}

/* ---- functions of programs ---- */

static const rn_opt far_opts[] = { RN_OPT_F64(all_opt, list, 0, 0, 1, "beyond the end"), { 0 } };
static const rn_opt wordless[] = { RN_OPT_ENUM(all_opt, f, NULL, "a word"), { 0 } };
static const rn_opt reduce_opts[] = { RN_OPT_AXES(rn_reduce_opts, axes, "axes"),
                                      RN_OPT_BOOL(rn_reduce_opts, keepdims, "keep them"),
                                      { 0 } };
#define REDUCE_OPTS .opts = reduce_opts, .opts_size = sizeof(rn_reduce_opts)

RN_TEST(rows_that_contradict_themselves_are_refused)
{
    static const struct {
        rn_op op;
        const char *want;
    } rows[] = {
        { { .kind = RN_MAP, .inputs = "x", .expr = "y = x" }, "no name" },
        { { .name = "user_a", .inputs = "x" }, "kind" },
        { { .name = "user_b", .kind = RN_MAP, .inputs = "x" }, "no expr" },
        { { .name = "user_c", .kind = RN_KERNEL, .inputs = "x" }, "infer and run" },
        { { .name = "user_d", .kind = RN_VIEW, .inputs = "x" }, "infer and view" },
        { { .name = "user_e", .kind = RN_COMPOSITE, .inputs = "x" }, "no build" },
        { { .name = "user_f", .kind = RN_MAP, .inputs = "x", .expr = "y = x +* 2" },
          "user_f: column 8: unexpected '*'" },
        { { .name = "user_g", .kind = RN_MAP, .inputs = "x", .expr = "z = x" }, "user_g: column" },
        { { .name = "user_h", .kind = RN_MAP, .inputs = "x", .expr = "y = w" }, "user_h: column 5" },
        { { .name = "user_i", .kind = RN_MAP, .inputs = "x", .expr = "y = x", .vjp = "gx = gy *" }, "user_i: column" },
        { { .name = "user_j", .kind = RN_MAP, .inputs = "x, z", .expr = "y = x + z", .vjp = "gx = gy" }, "gz" },
        { { .name = "user_k", .kind = RN_MAP, .expr = "y = 1" }, "needs an input" },
        { { .name = "user_l", .kind = RN_MAP, .inputs = "x", .expr = "y = x", .types = "wide" }, "types" },
        { { .name = "user_m", .kind = RN_REDUCE, .inputs = "x", .expr = "y = x", .join = RN_JOIN_ADD },
          "rn_reduce_opts" },
        { { .name = "user_n", .kind = RN_REDUCE, .inputs = "x", .expr = "y = x", REDUCE_OPTS }, "a join" },
        { { .name = "user_o",
            .kind = RN_REDUCE,
            .inputs = "x",
            .expr = "y = x",
            .join = RN_JOIN_ADD,
            .post = "y = b",
            REDUCE_OPTS },
          "user_o: column 5" },
        { { .name = "user_p", .kind = RN_MAP, .inputs = "x", .expr = "y = x", .opts = far_opts, .opts_size = 8 },
          "outside of opts_size" },
        { { .name = "user_q", .kind = RN_MAP, .inputs = "x", .expr = "y = x", .opts = wordless, .opts_size = 8 },
          "no choices" },
        { { .name = "relu", .kind = RN_MAP, .inputs = "x", .expr = "y = x" }, "a function called relu already" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        CHECK(!rn_op_register(&rows[i].op));
        CHECK_ERROR(RN_ERR_ARG, rows[i].want);
    }
}

RN_TEST(a_function_of_a_program_works_like_any_other)
{
    static const rn_op twice = {
        .name = "user_twice", .kind = RN_MAP, .inputs = "x", .expr = "y = 2 * x", .doc = { .brief = "", .since = "0.1" }
    };
    CHECK(rn_op_find("user_twice") == NULL);
    CHECK(rn_op_register(&twice));
    CHECK(rn_op_find("user_twice") == &twice);
    CHECK(!rn_op_register(&twice));
    CHECK_ERROR(RN_ERR_ARG, "already");
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(2), 1, 2), true), *y, *g;
        CHECK(rn_op_call(&twice, RN_HERE, &x, 1, NULL, &y));
        CHECK_NEAR(rn_data_f32(y)[1], 4, 0);
        CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g));
        CHECK_NEAR(rn_data_f32(g)[0], 2, 0);
    }
    CHECK_OK();
    bool listed = false;
    const char *topic;
    const rn_op *op;
    for (int i = 0; (op = rn_op_at(i, &topic)) != NULL; i++) listed |= op == &twice && strcmp(topic, "user") == 0;
    CHECK(listed);
}

RN_TEST(what_the_library_keeps_to_itself_is_not_found)
{
    static const char *const names[] = { "layer_norm_grad", "rms_norm_grad", "take_grad", "alias" };
    for (size_t i = 0; i < RN_COUNTOF(names); i++) CHECK(rn_op_find(names[i]) == NULL);
    CHECK(rni_op_find("layer_norm_grad") != NULL && rni_op_find("take_grad") != NULL);
    const rn_op *op;
    for (int i = 0; (op = rn_op_at(i, NULL)) != NULL; i++) CHECK(!(op->flags & RN_OP_INTERNAL));
    static const rn_op own = {
        .name = "user_internal", .kind = RN_MAP, .flags = RN_OP_INTERNAL, .inputs = "x", .expr = "y = x"
    };
    CHECK(rn_op_register(&own)); /* that of a program is */
    CHECK(rn_op_find("user_internal") == &own);
}

RN_TEST(a_text_that_cannot_be_parsed_is_an_error_of_the_call)
{
    static const rn_op broken = { .name = "user_broken", .kind = RN_MAP, .inputs = "x", .expr = "y = x +* 2" };
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(2)), *y = NULL;
        const bool recorded = rn_op_call(&broken, RN_HERE, &x, 1, NULL, &y);
        if (recorded) CHECK(rn_data(y) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "user_broken: column 8: unexpected '*'");
    }
}

RN_TEST(every_name_in_the_table_is_unique_and_found)
{
    const rn_op *op;
    int n = 0;
    for (; (op = rni_op_at(n, NULL)) != NULL; n++)
        if (rni_op_find(op->name) != op) test_failed(__FILE__, __LINE__, "%s occurs twice", op->name);
    CHECK(n > 20);
    CHECK(rn_op_find("no such function") == NULL);
    CHECK(rn_op_find(NULL) == NULL);
}
