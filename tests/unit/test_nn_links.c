/* Links and chains: names, lazy parameters, freezing, copying, scoped calls, errors. */
#include "test.h"

#include "base/alloc.h"

static rn_tensor *input(int64_t n, int64_t d)
{
    return rn_uniform(RN_SHAPE(n, d), .low = -1);
}

RN_TEST(parameters_come_into_being_at_the_first_call)
{
    rn_chain *model = rn_chain_new();
    rn_link *fc = rn_chain_add(model, "fc1", rn_linear_link(4));
    RN_SCOPE
    {
        int64_t elements = -1;
        CHECK_EQ_I64(rn_link_count(model, &elements), 0);
        CHECK_EQ_I64(elements, 0);
        CHECK(rn_link_param(model, "fc1/W") == NULL);
        rn_tensor *y = rn_call(fc, input(2, 3));
        CHECK_OK();
        CHECK_EQ_I64(rn_tensor_dim(y, 1), 4);
        CHECK_EQ_I64(rn_link_count(model, &elements), 2);
        CHECK_EQ_I64(elements, 16);
        rn_tensor *w = rn_link_param(model, "fc1/W");
        CHECK_EQ_STR(rn_tensor_name(w), "fc1/W");
        CHECK_EQ_I64(rn_tensor_dim(w, 0), 4);
        CHECK_EQ_I64(rn_tensor_dim(w, 1), 3);
    }
    rn_link_free(model);
}

RN_TEST(linear_is_x_times_w_transposed_plus_b)
{
    rn_link *fc = rn_linear_link(2);
    RN_SCOPE
    {
        rn_link_set_param(fc, "W", rn_array_f32(RN_SHAPE(2, 3), 1, 2, 3, 4, 5, 6));
        rn_link_set_param(fc, "b", rn_array_f32(RN_SHAPE(2), 0.5, -0.5));
        const float *y = rn_data_f32(rn_call(fc, rn_array_f32(RN_SHAPE(1, 3), 1, 10, 100)));
        CHECK_OK();
        CHECK_NEAR(y[0], 321.5, 0);
        CHECK_NEAR(y[1], 653.5, 0);
    }
    rn_link_free(fc);
}

RN_TEST(initial_values_depend_on_seed_name_and_shape_not_on_order)
{
    float got[3][6];
    for (int run = 0; run < 3; run++) {
        rn_seed(run == 2 ? 12 : 11);
        rn_chain *model = rn_chain_new();
        rn_link *a = rn_chain_add(model, "a", rn_linear_link(2)), *b = rn_chain_add(model, "b", rn_linear_link(2));
        RN_SCOPE
        {
            rn_tensor *x = rn_zeros(RN_SHAPE(1, 3));
            if (run == 1) rn_normal(RN_SHAPE(5)); /* draws in between change nothing */
            rn_call(run == 1 ? b : a, x);
            rn_call(run == 1 ? a : b, x);
            memcpy(got[run], rn_data_f32(rn_link_param(model, "b/W")), sizeof got[run]);
            CHECK(memcmp(got[run], rn_data_f32(rn_link_param(model, "a/W")), sizeof got[run]) != 0);
        }
        rn_link_free(model);
    }
    CHECK_OK();
    CHECK(memcmp(got[0], got[1], sizeof got[0]) == 0);
    CHECK(memcmp(got[0], got[2], sizeof got[0]) != 0);
}

RN_TEST(two_models_of_one_program_start_differently)
{
    rn_chain *a = rn_chain_new(), *b = rn_chain_new();
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(1, 3));
        rn_affine(a, "fc", x, 2);
        rn_affine(b, "fc", x, 2);
        CHECK(memcmp(rn_data(rn_link_param(a, "fc/W")), rn_data(rn_link_param(b, "fc/W")), 24) != 0);
    }
    rn_link_free(a);
    rn_link_free(b);
    CHECK_OK();
}

RN_TEST(a_shape_conflict_names_both_and_the_callers_line)
{
    rn_chain *model = rn_chain_new();
    rn_link *fc = rn_chain_add(model, "fc1", rn_linear_link(4));
    RN_SCOPE
    {
        rn_call(fc, input(2, 3));
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_call(fc, input(2, 5));
        CHECK(y == NULL);
        CHECK(rn_relu(y) == NULL);
        char want[128];
        snprintf(want, sizeof want, "test_nn_links.c:%d: linear: the input does not fit parameter fc1/W", line);
        CHECK(strstr(rn_error_last()->message, want));
        CHECK(strstr(rn_error_last()->message, "W [4, 5] for this input"));
        CHECK(strstr(rn_error_last()->message, "actual  W [4, 3]"));
        CHECK(strstr(rn_error_last()->message, "via     test_nn_links.c"));
        CHECK_ERROR(RN_ERR_SHAPE, "in      fc1 (linear)");
    }
    rn_link_free(model);
}

/* ---- chains ---- */

static rn_tensor *doubled(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user;
    return rn_mul_scalar(x[n - 1], 2);
}

static bool join_name(void *user, const rn_param_info *info)
{
    strncat(user, info->name, 200);
    strncat(user, " ", 2);
    return true;
}

RN_TEST(names_join_with_slashes_in_the_order_of_adding)
{
    rn_chain *model = rn_chain_new(), *block = rn_chain_new();
    rn_chain_add(block, "conv1", rn_conv2d_link(4, 3));
    rn_chain_add(block, "conv2", rn_conv2d_link(4, 3, .no_bias = true));
    rn_chain_add(model, "block", block);
    rn_chain_add(model, "fc", rn_linear_link(10));
    char names[1024] = "";
    CHECK(rn_link_visit(model, RN_PARAMS, join_name, names));
    CHECK_EQ_STR(names, "block/conv1/W block/conv1/b block/conv2/W fc/W fc/b ");
    CHECK(rn_link_find(model, "block/conv2") == rn_link_child(block, 1, NULL));
    CHECK(rn_link_find(model, "block/conv3") == NULL);
    CHECK(rn_link_find(model, "block/conv1/W") == NULL);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(a_link_in_two_chains_is_visited_once)
{
    rn_chain *model = rn_chain_new();
    rn_link *shared = rn_chain_add(model, "one", rn_linear_link(3));
    rn_chain_add(model, "two", rn_link_keep(shared));
    char names[256] = "";
    CHECK(rn_link_visit(model, RN_PARAMS, join_name, names));
    CHECK_EQ_STR(names, "one/W one/b ");
    rn_link_free(model);
}

RN_TEST(names_are_refused_that_cannot_be)
{
    rn_chain *model = rn_chain_new();
    rn_chain_add(model, "a", rn_linear_link(1));
    CHECK(rn_chain_add(model, "a", rn_linear_link(1)) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "the name \"a\" is taken");
    CHECK(rn_chain_add(model, "a/b", rn_linear_link(1)) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "without '/'");
    CHECK(rn_chain_add(model, "", rn_linear_link(1)) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "cannot be the name");
    CHECK(rn_chain_add(model, "m", rn_link_keep(model)) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "inside itself");
    CHECK(rn_chain_add(model, "m", model) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "inside itself");
    rn_chain *inner = rn_chain_get(model, "inner");
    CHECK(rn_chain_add(inner, "m", model) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "inside itself");
    CHECK(rn_chain_add(model, "n", NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "the link is NULL");
    CHECK(rn_chain_add(model, "b", rn_link_find(model, "a")) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "in a chain already, as \"a\"");
    CHECK(rn_chain_add(rn_link_find(model, "a"), "W", rn_linear_link(1)) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "a parameter has the name");
    rn_link_free(model);
}

RN_TEST(chains_are_called_once_they_know_how)
{
    rn_chain *model = rn_chain_new();
    RN_SCOPE
    {
        CHECK(rn_call(model, rn_zeros(RN_SHAPE(1))) == NULL);
        CHECK_ERROR(RN_ERR_STATE, "rn_chain_set_forward");
        CHECK(rn_chain_set_forward(model, doubled, NULL));
        CHECK_NEAR(rn_item(rn_call(model, rn_full(RN_SHAPE(1), 4))), 8, 0);
        CHECK(rn_call(NULL, rn_zeros(RN_SHAPE(1))) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "the link is NULL");
    }
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(a_sequence_runs_links_and_functions)
{
    rn_chain *net =
        rn_sequential(rn_linear_link(5), rn_op_link("leaky_relu", "slope=0.1"), rn_function_link(doubled, NULL),
                      rn_link_parse("linear out=2 w_init=constant:0.5 no_bias=true"));
    RN_SCOPE
    {
        rn_tensor *x = input(3, 4);
        rn_tensor *y = rn_call(net, x);
        rn_tensor *h = rn_call(rn_link_find(net, "0"), x);
        rn_tensor *want = rn_sum(rn_leaky_relu(h, .slope = 0.1), .axes = RN_AXES(1));
        CHECK_OK();
        CHECK_NEAR(rn_data_f32(y)[1], rn_data_f32(want)[0], 1e-6);
        CHECK_NEAR(rn_data_f32(y)[3], rn_data_f32(want)[1], 1e-6);
        char names[256] = "";
        CHECK(rn_link_visit(net, RN_PARAMS, join_name, names));
        CHECK_EQ_STR(names, "0/W 0/b 3/W ");
    }
    rn_link_free(net);
    CHECK_OK();
}

/* ---- making by name ---- */

RN_TEST(links_by_name_and_their_errors)
{
    CHECK(rn_link_parse("linaer out=3") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"linear\"?");
    CHECK(rn_link_parse("linear otu=3") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"out\"?");
    CHECK(rn_link_parse("linear") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "out is missing");
    CHECK(rn_link_parse("linear out=x") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "option out cannot be \"x\"");
    CHECK(rn_link_parse("linear out=3 w_init=normla:1") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"normal\"?");
    CHECK(rn_link_parse("linear out=3 w_init=normal:x") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "normal:a or normal:a,b");
    CHECK(rn_link_parse("linear out") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "\"out\" is not a setting");
    CHECK(rn_op_link("rleu", NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"relu\"?");
    CHECK(rn_op_link("leaky_relu", "slop=1") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"slope\"?");
    CHECK(rn_linear_link(0) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "out is 0");
    const rn_setting settings[] = { { "out", "20" }, { "kernel", "5" }, { "stride", "2,2" } };
    rn_link *link = rn_link_make("conv2d", settings, 3);
    CHECK_OK();
    const rn_conv2d_link_args *a = rn_link_args(link);
    CHECK_EQ_I64(a->stride[1], 2);
    CHECK_EQ_I64(a->dilation[1], 1);
    rn_link_free(link);
}

/* ---- a type of the program's own ---- */

typedef struct {
    rn_site site;
    double factor;
    rn_init w_init;
} gate_args;

static rn_tensor *gate_forward(rn_link *link, rn_tensor *const *x, int64_t n)
{
    (void)n;
    const gate_args *a = rn_link_args(link);
    rn_tensor *w = rn_link_slot_get(link, 0, x[0], RN_SHAPE(rn_tensor_dim(x[0], -1)));
    return rn_mul_scalar(rn_mul(x[0], w), a->factor);
}

static const rn_link_type gate = {
    .name = "test_gate",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_OPT_F64(gate_args, factor, 3, 0, 10, "factor"),
                              { "w_init", RN_OPT_TYPE_INIT, 0, (int)offsetof(gate_args, w_init), 1, 0, 0, 0, "one", 0 },
                              { 0 } },
    .args_size = sizeof(gate_args),
    .slots = (const rn_link_slot[]){ { "W", NULL, 0, offsetof(gate_args, w_init), 0 }, { 0 } },
    .forward = gate_forward,
};

RN_TEST(types_of_the_programs_own)
{
    if (!rn_link_type_find("test_gate")) CHECK(rn_link_type_register(&gate));
    CHECK(!rn_link_type_register(&gate));
    CHECK_ERROR(RN_ERR_ARG, "there is a link type called test_gate already");
    rn_link *a = rn_link_new(&gate, &(gate_args){ .factor = 2 }), *b = rn_link_parse("test_gate w_init=constant:5");
    RN_SCOPE
    {
        rn_tensor *x = rn_full(RN_SHAPE(2), 1);
        CHECK_NEAR(rn_data_f32(rn_call(a, x))[0], 2, 0);
        CHECK_NEAR(rn_data_f32(rn_call(b, x))[1], 15, 0);
        CHECK(rn_call(a, x, x) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "called with 2 inputs");
    }
    rn_link_free(a);
    rn_link_free(b);
    CHECK_OK();
}

/* ---- freezing, copying, setting ---- */

RN_TEST(frozen_parameters_want_no_gradient_also_before_they_exist)
{
    rn_chain *model = rn_chain_new();
    rn_link *a = rn_chain_add(model, "a", rn_linear_link(3)), *b = rn_chain_add(model, "b", rn_linear_link(3));
    CHECK_EQ_I64(rn_link_freeze(model, "a/*", true), 2);
    RN_SCOPE
    {
        rn_backward(rn_sum(rn_call(b, rn_call(a, input(2, 3)))));
        CHECK_OK();
        CHECK(rn_grad_of(rn_link_param(model, "a/W")) == NULL);
        CHECK(rn_grad_of(rn_link_param(model, "b/W")) != NULL);
        CHECK_EQ_I64(rn_link_freeze(model, NULL, false), 4);
        rn_backward(rn_sum(rn_call(b, rn_call(a, input(2, 3)))));
        CHECK(rn_grad_of(rn_link_param(model, "a/W")) != NULL);
        CHECK_EQ_I64(rn_link_freeze(model, "?/b", true), 2);
        CHECK_EQ_I64(rn_link_freeze(model, "nothing", true), 0);
    }
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(copies_share_hold_values_or_begin_anew)
{
    rn_chain *model = rn_chain_new();
    rn_chain_add(model, "fc", rn_linear_link(2));
    RN_SCOPE
    {
        rn_tensor *x = input(1, 3);
        rn_call(rn_link_find(model, "fc"), x);
        rn_tensor *w = rn_link_param(model, "fc/W");
        rn_link *share = rn_link_copy(model, RN_COPY_SHARE), *values = rn_link_copy(model, RN_COPY_VALUES);
        rn_link *init = rn_link_copy(model, RN_COPY_INIT);
        CHECK_OK();
        CHECK(rn_link_param(share, "fc/W") == w);
        CHECK(rn_link_param(values, "fc/W") != w);
        CHECK(memcmp(rn_data(rn_link_param(values, "fc/W")), rn_data(w), 24) == 0);
        CHECK(rn_link_param(init, "fc/W") == NULL);
        rn_call(rn_link_find(init, "fc"), x);
        CHECK(memcmp(rn_data(rn_link_param(init, "fc/W")), rn_data(w), 24) != 0);
        rn_assign(w, rn_zeros(RN_SHAPE(2, 3)));
        CHECK_NEAR(rn_data_f32(rn_link_param(share, "fc/W"))[0], 0, 0);
        CHECK(rn_data_f32(rn_link_param(values, "fc/W"))[0] != 0);
        CHECK(rn_link_copy_params(values, model));
        CHECK_NEAR(rn_data_f32(rn_link_param(values, "fc/W"))[0], 0, 0);
        rn_link_free(share);
        rn_link_free(values);
        rn_link_free(init);
    }
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(copies_share_what_the_original_shares)
{
    rn_chain *model = rn_sequential(rn_linear_link(3), rn_op_link("tanh", NULL));
    rn_link *fc = rn_link_child(model, 0, NULL);
    rn_chain_add(model, "2", rn_link_keep(fc));                /* the same link twice */
    rn_chain_add(model, "3", rn_link_copy(fc, RN_COPY_SHARE)); /* another link with the same parameters */
    RN_SCOPE
    {
        rn_tensor *x = input(2, 3), *y = rn_call(model, x);
        CHECK_EQ_I64(rn_link_count(model, NULL), 2);
        for (int mode = RN_COPY_VALUES; mode <= RN_COPY_INIT; mode++) {
            rn_chain *copy = rn_link_copy(model, (rn_copy_mode)mode);
            rn_tensor *z = rn_call(copy, x);
            CHECK_EQ_I64(rn_link_count(copy, NULL), 2);
            CHECK((rn_link_find(copy, "0") == rn_link_find(copy, "2")));
            CHECK(rn_link_param(copy, "3/W") == rn_link_param(copy, "0/W"));
            CHECK((rn_link_param(copy, "0/W") == rn_link_param(model, "0/W")) == (mode == RN_COPY_SHARE));
            if (mode != RN_COPY_INIT) CHECK(memcmp(rn_data(z), rn_data(y), 24) == 0);
            rn_link_free(copy);
        }
    }
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(parameters_can_be_set_before_the_first_call)
{
    rn_chain *model = rn_chain_new();
    rn_link *fc = rn_chain_add(model, "fc", rn_linear_link(1));
    RN_SCOPE
    {
        CHECK(rn_link_set_param(model, "fc/W", rn_full(RN_SHAPE(1, 2), 3)));
        CHECK_NEAR(rn_item(rn_call(fc, rn_ones(RN_SHAPE(1, 2)))), 6, 0);
        CHECK(!rn_link_set_param(model, "fc/W", rn_zeros(RN_SHAPE(2, 2))));
        CHECK_ERROR(RN_ERR_SHAPE, "does not fit fc/W");
        CHECK(!rn_link_set_param(model, "fc/w", rn_zeros(RN_SHAPE(2, 2))));
        CHECK_ERROR(RN_ERR_ARG, "did you mean \"fc/W\"?");
    }
    rn_link_free(model);
}

RN_TEST(types_follow_the_input_or_are_set)
{
    rn_chain *model = rn_chain_new();
    rn_link *a = rn_chain_add(model, "a", rn_linear_link(2)), *b = rn_chain_add(model, "b", rn_linear_link(2));
    RN_SCOPE
    {
        rn_call(a, rn_zeros(RN_SHAPE(1, 2), .dtype = RN_F64));
        CHECK(rn_tensor_dtype(rn_link_param(model, "a/W")) == RN_F64);
        CHECK(rn_link_set_dtype(model, RN_BF16));
        CHECK(rn_tensor_dtype(rn_link_param(model, "a/W")) == RN_BF16);
        rn_call(b, rn_zeros(RN_SHAPE(1, 2), .dtype = RN_BF16));
        CHECK(rn_tensor_dtype(rn_link_param(model, "b/W")) == RN_BF16);
        CHECK(!rn_link_set_dtype(model, RN_I32));
        CHECK_ERROR(RN_ERR_DTYPE, "cannot be i32");
    }
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(the_table_shows_names_shapes_and_sums)
{
    rn_chain *model = rn_chain_new();
    rn_link *fc = rn_chain_add(model, "fc", rn_linear_link(2));
    rn_chain_add(model, "late", rn_linear_link(2));
    rn_link_freeze(model, "fc/b", true);
    rn_link_set_rate(model, "fc/W", 0.5);
    rn_link_set_decay(model, "*/b", false);
    RN_SCOPE
    rn_call(fc, rn_zeros(RN_SHAPE(1, 3)));
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    CHECK(rn_link_print(f, model));
    fclose(f);
    CHECK(strstr(text, "fc/W    f32[2, 3]                6  rate * 0.5\n"));
    CHECK(strstr(text, "fc/b    f32[2]                   2  frozen  no decay\n"));
    CHECK(strstr(text, "late/W  not there yet\n"));
    CHECK(strstr(text, "2 parameters, 8 elements, 2 not there before the first call\n"));
    free(text);
    rn_link_free(model);
    CHECK_OK();
}

/* ---- the scoped short form ---- */

static rn_tensor *scoped_net(rn_chain *model, rn_tensor *x)
{
    rn_tensor *h = rn_relu(rn_convolution(model, "conv1", x, 4, 3, .stride = { 2, 2 }));
    h = rn_relu(rn_affine(rn_chain_get(model, "head"), "fc1", h, 8));
    return rn_affine(model, "head/fc2", h, 3);
}

RN_TEST(scoped_calls_make_links_once)
{
    rn_chain *model = rn_chain_new();
    RN_SCOPE
    {
        rn_tensor *x = rn_uniform(RN_SHAPE(2, 1, 8, 8));
        const double a = rn_item(rn_sum(scoped_net(model, x))), b = rn_item(rn_sum(scoped_net(model, x)));
        CHECK_OK();
        CHECK(a == b);
        char names[256] = "";
        CHECK(rn_link_visit(model, RN_PARAMS, join_name, names));
        CHECK_EQ_STR(names, "conv1/W conv1/b head/fc1/W head/fc1/b head/fc2/W head/fc2/b ");
    }
    rn_link_free(model);
}

RN_TEST(blocks_by_name_are_those_of_their_link)
{
    RN_SCOPE
    {
        rn_chain *model = rn_chain_new();
        rn_tensor *x = input(2, 8), *y = rn_transformer_layer(model, "block", rn_reshape(x, RN_SHAPE(1, 2, 8)), 2,
                                                              .hidden = 12, .causal = true);
        CHECK_EQ_I64(rn_tensor_rank(y), 3);
        CHECK_EQ_I64(rn_tensor_dim(rn_link_param(model, "block/W1"), 0), 12);
        CHECK(rn_call(rn_link_find(model, "block"), rn_reshape(x, RN_SHAPE(1, 2, 8))) != NULL);
        CHECK_OK();
        rn_link_free(model);
    }
}

RN_TEST(scoped_calls_refuse_other_options_and_types)
{
    rn_chain *model = rn_chain_new();
    RN_SCOPE
    {
        rn_tensor *x = input(2, 3);
        rn_affine(model, "fc", x, 4);
        CHECK(rn_affine(model, "fc", x, 5) == NULL);
        CHECK(strstr(rn_error_last()->message, "expect  out = 4"));
        CHECK_ERROR(RN_ERR_ARG, "actual  out = 5");
        CHECK(rn_affine(model, "fc", x, 4, .no_bias = true) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "another no_bias");
        CHECK(rn_affine(model, "fc", x, 4, .w_init = { "lecun_normal" }) != NULL); /* the default, said */
        CHECK_OK();
        CHECK(rn_convolution(model, "fc", x, 4, 3) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "\"fc\" is the name of another link, a linear");
        CHECK(rn_affine(model, "fc", input(2, 7), 4) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "fc/W");
        CHECK(rn_affine(NULL, "fc", x, 4) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "scope is NULL");
        CHECK(rn_affine(model, "fc/x", x, 4) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "not a chain");
    }
    rn_link_free(model);
}

RN_TEST(links_leave_nothing_behind)
{
    const int64_t tensors = rn_live_tensors();
    rn_chain *model = rn_chain_new();
    RN_SCOPE
    {
        rn_eval(scoped_net(model, rn_uniform(RN_SHAPE(2, 1, 8, 8))));
        rn_link *copy = rn_link_copy(model, RN_COPY_VALUES);
        rn_link_free(copy);
    }
    rn_link_free(model);
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), tensors);
}

/* Whatever allocation fails: an error says so, nothing leaks, and the next attempt works. */
RN_TEST(links_survive_any_failed_allocation)
{
    const int64_t tensors = rn_live_tensors();
    FILE *null = fopen("/dev/null", "w");
    for (int64_t n = 1;; n++) {
        rni_alloc_fail_after(n);
        rn_chain *model = rn_chain_new(), *copy = NULL;
        bool done = false;
        RN_SCOPE
        {
            rn_tensor *x = rn_uniform(RN_SHAPE(2, 1, 8, 8));
            rn_tensor *y = model ? scoped_net(model, x) : NULL;
            rn_chain_add(model, "more", rn_link_parse("mlp sizes=4,3 activation=tanh batch_norm=true"));
            y = rn_call(rn_link_find(model, "more"), y);
            copy = y && rn_eval(y) ? rn_link_copy(model, RN_COPY_VALUES) : NULL;
            done = copy && rn_link_set_dtype(copy, RN_F64) && rn_link_print(null, copy) && rn_ok();
        }
        rni_alloc_fail_after(0);
        const rn_error *e = rn_error_last();
        if (!done && (!e || e->status != RN_ERR_NOMEM))
            test_failed(__FILE__, __LINE__, "allocation %lld: %s", (long long)n, e ? e->message : "no error");
        rn_error_clear();
        rn_link_free(copy);
        rn_link_free(model);
        if (done || n > 20000) break;
    }
    fclose(null);
    CHECK_EQ_I64(rn_live_tensors(), tensors);
}

/* ---- initialisers ---- */

static double moment(rn_tensor *x, int power)
{
    const float *v = rn_data_f32(x);
    double s = 0;
    for (int64_t i = 0; i < rn_tensor_count(x); i++) s += pow(v[i], power);
    return s / (double)rn_tensor_count(x);
}

static void check_spread(rn_init init, double sigma, bool bounded)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_init_tensor(init, RN_F32, RN_SHAPE(200, 50, 3));
        CHECK_OK();
        CHECK_NEAR(moment(x, 1), 0, 0.03 * sigma);
        CHECK_NEAR(sqrt(moment(x, 2)), sigma, 0.02 * sigma);
        const float *v = rn_data_f32(x);
        double most = 0;
        for (int i = 0; i < 30000; i++) most = fmax(most, fabs(v[i]));
        if (bounded) CHECK_NEAR(most, sigma * sqrt(3), 0.01 * sigma);
        if (!bounded) CHECK(most > 3.5 * sigma && most < 6 * sigma);
    }
}

RN_TEST(initialisers_have_their_spread)
{
    rn_seed(5);
    const double fan_in = 150, fan_out = 600;
    check_spread(rn_init_normal(0.02), 0.02, false);
    check_spread((rn_init){ .name = "normal" }, 0.05, false);
    check_spread(rn_init_lecun_normal(), sqrt(1 / fan_in), false);
    check_spread(rn_init_glorot_normal(), sqrt(2 / (fan_in + fan_out)), false);
    check_spread(rn_init_he_normal(), sqrt(2 / fan_in), false);
    check_spread(rn_init_he_normal_with(0, 1), sqrt(2 / fan_out), false);
    check_spread(rn_init_uniform(-2, 2), 2 / sqrt(3), true);
    check_spread((rn_init){ .name = "uniform:0.1" }, 0.1 / sqrt(3), true);
    check_spread(rn_init_lecun_uniform(), sqrt(1 / fan_in), true);
    check_spread(rn_init_glorot_uniform(), sqrt(2 / (fan_in + fan_out)), true);
    check_spread(rn_init_he_uniform(), sqrt(2 / fan_in), true);
}

RN_TEST(orthogonal_rows_or_columns)
{
    RN_SCOPE
    for (int tall = 0; tall < 2; tall++) {
        rn_tensor *w = rn_init_tensor(rn_init_orthogonal(2), RN_F64, tall ? RN_SHAPE(12, 5) : RN_SHAPE(5, 3, 4));
        rn_tensor *m = rn_reshape(w, tall ? RN_SHAPE(12, 5) : RN_SHAPE(5, 12));
        const double *g = rn_data(tall ? rn_matmul(m, m, .trans_a = true) : rn_matmul(m, m, .trans_b = true));
        CHECK_OK();
        for (int i = 0; i < 5; i++)
            for (int k = 0; k < 5; k++) CHECK_NEAR(g[i * 5 + k], i == k ? 4 : 0, 1e-12);
    }
}

RN_TEST(fixed_initialisers)
{
    RN_SCOPE
    {
        const float *v = rn_data_f32(rn_init_tensor(rn_init_identity(), RN_F32, RN_SHAPE(3, 3)));
        for (int i = 0; i < 9; i++) CHECK_NEAR(v[i], i % 4 == 0, 0);
        v = rn_data_f32(rn_init_tensor(rn_init_constant(-2.5), RN_F32, RN_SHAPE(3)));
        CHECK_NEAR(v[2], -2.5, 0);
        v = rn_data_f32(rn_init_tensor(rn_init_one(), RN_F32, RN_SHAPE(3)));
        CHECK_NEAR(v[2], 1, 0);
        v = rn_data_f32(rn_init_tensor(rn_init_zero(), RN_F32, RN_SHAPE(3)));
        CHECK_NEAR(v[2], 0, 0);
        v = rn_data_f32(rn_init_tensor(rn_init_nan(), RN_F32, RN_SHAPE(3)));
        CHECK(isnan(v[2]));
        v = rn_data_f32(rn_init_tensor(rn_init_upsampling_deconv(), RN_F32, RN_SHAPE(2, 2, 4, 3)));
        const double rows[] = { 0.25, 0.75, 0.75, 0.25 }, columns[] = { 0.5, 1, 0.5 };
        for (int i = 0; i < 48; i++)
            CHECK_NEAR(v[i], i / 12 % 2 == i / 24 ? rows[i / 3 % 4] * columns[i % 3] : 0, 1e-7);
        v = rn_data_f32(rn_init_tensor(rn_init_downsampling_conv(), RN_F32, RN_SHAPE(3, 1, 2, 2)));
        CHECK_NEAR(v[5], 0.25, 1e-7);
        rn_init given = { .values = rn_array_f32(RN_SHAPE(2), 7, 8) };
        v = rn_data_f32(rn_init_tensor(given, RN_F32, RN_SHAPE(2)));
        CHECK_NEAR(v[1], 8, 0);
        CHECK_OK();
    }
}

RN_TEST(initialisers_refuse_what_they_cannot_fill)
{
    CHECK(rn_init_tensor(rn_init_he_normal(), RN_F32, RN_SHAPE(3)) == NULL);
    CHECK_ERROR(RN_ERR_SHAPE, "at least two axes");
    CHECK(rn_init_tensor(rn_init_identity(), RN_F32, RN_SHAPE(3, 4)) == NULL);
    CHECK_ERROR(RN_ERR_SHAPE, "a square matrix");
    CHECK(rn_init_tensor(rn_init_upsampling_deconv(), RN_F32, RN_SHAPE(3, 4, 2, 2)) == NULL);
    CHECK_ERROR(RN_ERR_SHAPE, "[C, C or 1");
    CHECK(rn_init_tensor(rn_init_one(), RN_I32, RN_SHAPE(3)) == NULL);
    CHECK_ERROR(RN_ERR_DTYPE, "not a type of floats");
    RN_SCOPE
    {
        rn_init given = { .values = rn_zeros(RN_SHAPE(2)) };
        CHECK(rn_init_tensor(given, RN_F32, RN_SHAPE(3)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "have another shape");
    }
}

RN_TEST(every_initialiser_has_a_text)
{
    const char *doc, *name;
    for (int i = 0; (name = rn_init_at(i, &doc)) != NULL; i++) {
        CHECK(doc && *doc);
        rn_tensor *t = rn_init_tensor((rn_init){ .name = name }, RN_F32, RN_SHAPE(2, 2, 2));
        if (strcmp(name, "identity") == 0) {
            CHECK_ERROR(RN_ERR_SHAPE, "square");
            continue;
        }
        CHECK_OK();
        CHECK(t != NULL);
    }
}
