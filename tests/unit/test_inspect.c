/* Inspecting projects: all errors with their places, what layers make, and what they cost. */
#include "test.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "project/inspect.h"
#include "project/palette.h"

static rni_sketches *sketches; /* of one test */

static rni_inspection *inspect(const char *text)
{
    if (!sketches) sketches = rni_sketches_new();
    rni_inspection *in = rni_inspect(
        &(rni_inspect_args){ .text = text, .n = (int64_t)strlen(text), .source = "p.json", .sketches = sketches });
    CHECK_OK();
    CHECK(in != NULL);
    return in;
}

static void done(rni_inspection *in)
{
    rni_inspection_free(in);
    rni_sketches_free(sketches);
    sketches = NULL;
}

static const rni_fault *fault_at(const rni_inspection *in, const char *path)
{
    for (int64_t i = 0; i < in->n_faults; i++)
        if (strcmp(in->fault[i].path, path) == 0) return &in->fault[i];
    test_failed(__FILE__, __LINE__, "no error at \"%s\"", path);
    return NULL;
}

static const rni_layer_info *layer(const rni_inspection *in, int network, const char *path)
{
    const rni_network_info *n = &in->network[network];
    for (int64_t i = 0; i < n->n; i++)
        if (strcmp(n->layer[i].path, path) == 0) return &n->layer[i];
    test_failed(__FILE__, __LINE__, "no layer \"%s\"", path);
    return NULL;
}

static void check_shape(const rni_layer_info *l, int rank, int64_t a, int64_t b, int64_t c)
{
    if (!l) return;
    const int64_t want[] = { a, b, c };
    CHECK(l->known);
    CHECK_EQ_I64(l->shape.rank, rank);
    for (int i = 0; i < rank && i < l->shape.rank; i++) CHECK_EQ_I64(l->shape.dim[i], want[i]);
}

#define DATA "{\"data\": {\"train\": {\"source\": \"drawn\", \"part\": \"train\"}}, "

RN_TEST(all_errors_are_found_each_where_it_is)
{
    rni_inspection *in = inspect(
        DATA
        "\"colour\": 5,\n"
        "\"network\": [{\"name\": \"conv1\", \"type\": \"conv2d\", \"out\": 16, \"kernal\": 7, \"stride\": \"a\"},\n"
        "\"rellu\",\n"
        "{\"name\": \"pool\", \"type\": \"max_pool2d\", \"kernel\": 2, \"inputs\": \"x\"},\n"
        "{\"name\": \"loose\", \"type\": \"conv2d\", \"inputs\": []},\n"
        "{\"type\": \"add\", \"inputs\": [\"x\", \"nix\"]},\n"
        "{\"name\": \"a\", \"type\": \"relu\", \"inputs\": \"b\"}, {\"name\": \"b\", \"type\": \"relu\", \"inputs\": "
        "\"a\"},\n"
        "{\"type\": \"softmax\", \"axis\": 7, \"inputs\": \"x\"},\n"
        "{\"name\": \"pool\", \"type\": \"relu\", \"inputs\": \"x\"},\n"
        "{\"type\": \"linear\", \"out\": \"=classes*\", \"inputs\": \"x\"},\n"
        "{\"name\": \"fc\", \"type\": \"linear\", \"out\": 10, \"inputs\": \"pool\"}],\n"
        "\"units\": {\"u\": {\"layers\": [{\"type\": \"u\"}]}},\n"
        "\"training\": {\"loss\": \"mean_sqared_error\", \"optimizer\": {\"type\": \"adam\", \"rate\": \"x\"},\n"
        "\"monitors\": [{\"data\": \"tst\"}, {\"dat\": 5}]}}");
    CHECK_EQ_I64(in->n_faults, 15);
    fault_at(in, "colour");
    const rni_fault *f = fault_at(in, "network.0.kernal");
    if (f) {
        CHECK_EQ_STR(f->what, "conv2d has no option \"kernal\"");
        CHECK_EQ_STR(f->detail, "hint    did you mean \"kernel\"?");
        CHECK_EQ_STR(f->network, "network");
        CHECK_EQ_STR(f->layer, "conv1");
        CHECK_EQ_STR(f->member, "kernal");
        CHECK_EQ_I64(f->line, 2);
    }
    fault_at(in, "network.0.stride");
    fault_at(in, "network.1");
    f = fault_at(in, "network.3.inputs");
    if (f) CHECK_EQ_STR(f->what, "conv2d is given 0 inputs");
    fault_at(in, "network.4.inputs.1");
    fault_at(in, "network.5"); /* the circle */
    f = fault_at(in, "network.7");
    if (f) CHECK_EQ_STR(f->what, "softmax: there is no such axis");
    f = fault_at(in, "network.8.name");
    if (f) CHECK(strstr(f->what, "\"pool\" is taken"));
    fault_at(in, "network.9.out");
    fault_at(in, "units.u.layers.0");
    f = fault_at(in, "training.loss");
    if (f) CHECK_EQ_STR(f->member, "loss");
    fault_at(in, "training.optimizer.rate");
    fault_at(in, "training.monitors.0.data");
    fault_at(in, "training.monitors.1.dat");
    check_shape(layer(in, 0, "fc"), 1, 10, 0, 0); /* what can be known is */
    check_shape(layer(in, 0, "pool"), 3, 1, 14, 14);
    CHECK(!layer(in, 0, "conv1")->known);
    CHECK(!layer(in, 0, "loose")->known);
    CHECK(in->n_warnings > 3);
    rni_str s = { 0 };
    CHECK(rni_inspection_write(in, &s));
    rni_json *j = rni_json_parse(s.at, s.length, "inspection");
    CHECK(j != NULL);
    CHECK_EQ_I64(rni_json_count(rni_json_get(j, "errors")), 15);
    rni_json_free(j);
    rni_str_free(&s);
    done(in);
}

RN_TEST(data_that_is_not_there_leaves_layers_unknown_and_options_checked)
{
    rni_inspection *in = inspect("{\"data\": {\"train\": {\"source\": \"/no/such/folder\"}}, \"network\": [{\"type\": "
                                 "\"linear\", \"out\": \"=classes\"}, {\"type\": \"relu\", \"a\": 1}], \"training\": "
                                 "{\"batch\": 0}}");
    CHECK_EQ_I64(in->n_faults, 3);
    fault_at(in, "data.train.source");
    fault_at(in, "network.1.a");
    fault_at(in, "training.batch");
    CHECK(!layer(in, 0, "linear")->known);
    done(in);
}

RN_TEST(a_text_that_is_no_json_has_one_error)
{
    rni_inspection *in = inspect("{\"data\": \"mnist\",\n \"network\": [}");
    CHECK_EQ_I64(in->n_faults, 1);
    CHECK_EQ_I64(in->fault[0].line, 2);
    CHECK(strstr(in->fault[0].what, "expected"));
    done(in);
    in = inspect("{}");
    CHECK_EQ_I64(in->n_faults, 2); /* no data, no network */
    done(in);
    in = inspect(DATA "\"network\": {\"layers\": []}}");
    CHECK_EQ_I64(in->n_faults, 1);
    done(in);
    in = inspect("[1]");
    CHECK(in->n_faults >= 1);
    done(in);
}

/* Formulas of Neural Network Console's layers for its sample "LeNet": one If for each element of a pooling window, Add
 * for biases, 1 - 2 / (exp(2 x) + 1) for tanh, exp(x) / sum for softmax. */
RN_TEST(costs_of_lenet_are_those_of_neural_network_console)
{
    rni_inspection *in = inspect(
        DATA "\"network\": [{\"name\": \"conv1\", \"type\": \"conv2d\", \"out\": 16, \"kernel\": 7}, \"relu\","
             "{\"name\": \"pool1\", \"type\": \"max_pool2d\", \"kernel\": 2},"
             "{\"type\": \"conv2d\", \"out\": 30, \"kernel\": 3}, {\"type\": \"max_pool2d\", \"kernel\": 2}, \"tanh\","
             "{\"type\": \"linear\", \"out\": 150}, \"relu\", {\"type\": \"linear\", \"out\": 10}, {\"type\": "
             "\"softmax\", \"axis\": 1}], \"training\": {\"loss\": \"categorical_cross_entropy\"}}");
    CHECK_EQ_I64(in->n_faults, 0);
    const rni_costs *c = &in->network[0].total;
    CHECK_NEAR(c->output, 784 + 2 * 7744 + 1936 + 2430 + 480 + 480 + 150 + 150 + 10 + 10, 0);
    CHECK_NEAR(c->parameter, 16 * 50 + 30 * 145 + 481 * 150 + 1510, 0);
    CHECK_NEAR(c->add, 7744 + 2430 + 2 * 480 + 150 + 10 + 10, 0);
    CHECK_NEAR(c->multiply, 0, 0);
    CHECK_NEAR(c->multiply_add, 7744 * 49 + 2430 * 144 + 480 * 150 + 1500, 0);
    CHECK_NEAR(c->division, 490, 0);
    CHECK_NEAR(c->exponential, 490, 0);
    CHECK_NEAR(c->compare, 7744 + 1936 * 4 + 480 * 4 + 150, 0);
    const rni_layer_info *l = layer(in, 0, "conv1");
    check_shape(l, 3, 16, 22, 22);
    CHECK_EQ_I64(l->n_params, 2);
    CHECK_EQ_STR(l->param[0].name, "W");
    CHECK_EQ_I64(l->param[0].shape.dim[3], 7);
    CHECK_NEAR(l->costs.bytes, 4 * (784 + 800 + 7744), 0);
    done(in);
}

RN_TEST(units_are_the_sums_of_what_is_inside)
{
    rni_inspection *in = inspect(
        DATA "\"network\": [{\"name\": \"s\", \"type\": \"u\", \"w\": 4, \"repeat\": 2}, {\"name\": \"a\", \"type\": "
             "\"linear\", \"out\": 6, \"share\": \"same\"}, {\"type\": \"reshape\", \"shape\": [-1, 6]}, {\"name\": "
             "\"b\", \"type\": \"linear\", \"out\": 6, \"share\": \"same\", \"inputs\": \"s\"}, \"add\"], \"units\": "
             "{\"u\": {\"arguments\": {\"w\": null}, \"layers\": [{\"name\": \"c\", \"type\": \"conv2d\", \"out\": "
             "\"=w\", \"kernel\": 3, \"pad\": 1}, \"relu\"]}}}");
    fault_at(in, "network.4"); /* add needs two inputs */
    CHECK_EQ_I64(in->n_faults, 1);
    const rni_layer_info *s1 = layer(in, 0, "s_1"), *s2 = layer(in, 0, "s_2"), *c2 = layer(in, 0, "s_2/c");
    check_shape(c2, 3, 4, 28, 28);
    CHECK(s2->whole);
    CHECK_NEAR(s1->costs.parameter, 40, 0);
    CHECK_NEAR(s2->costs.parameter, 4 * 37, 0);
    CHECK_NEAR(s2->costs.multiply_add, c2->costs.multiply_add, 0);
    CHECK_NEAR(s2->costs.compare, 4 * 784, 0);
    CHECK_NEAR(layer(in, 0, "a")->costs.parameter, 6 * 3137, 0);
    CHECK(layer(in, 0, "b")->again);
    CHECK_NEAR(layer(in, 0, "b")->costs.parameter, 0, 0);
    check_shape(layer(in, 0, "reshape"), 1, 6, 0, 0);
    CHECK_NEAR(in->network[0].total.parameter, 40 + 148 + 6 * 3137, 0);
    done(in);
}

RN_TEST(each_network_is_looked_at_and_the_thread_is_left_as_it_was)
{
    uint64_t before[2], after[2];
    rn_random_state(before);
    const int64_t tensors = rn_live_tensors();
    char device[32];
    snprintf(device, sizeof device, "%s", rn_device_name());
    rni_inspection *in = inspect(
        DATA "\"networks\": {\"code\": [{\"name\": \"fc\", \"type\": \"linear\", \"out\": 16}], \"all\": [{\"name\": "
             "\"code\", \"type\": \"code\", \"share\": \"code\"}, {\"type\": \"linear\", \"out\": \"=classes\"}]}, "
             "\"training\": {\"network\": \"all\"}}");
    CHECK_EQ_I64(in->n_faults, 0);
    CHECK_EQ_I64(in->n_networks, 2);
    check_shape(layer(in, 0, "fc"), 1, 16, 0, 0);
    check_shape(layer(in, 1, "code/fc"), 1, 16, 0, 0);
    done(in);
    CHECK_EQ_STR(rn_device_name(), device);
    CHECK_EQ_I64(rn_live_tensors(), tensors);
    rn_random_state(after);
    CHECK(memcmp(before, after, sizeof before) == 0);
}

RN_TEST(five_hundred_layers_are_looked_at_at_once)
{
    rni_str s = { 0 };
    rni_str_add(&s, DATA "\"network\": [\n");
    for (int i = 0; i < 100; i++)
        rni_str_addf(
            &s,
            "{\"name\": \"c%d\", \"type\": \"conv2d\", \"out\": 16, \"kernel\": 3, \"pad\": 1}, {\"type\": "
            "\"batch_norm\"}, \"relu\",\n{\"name\": \"d%d\", \"type\": \"conv2d\", \"out\": 16, \"kernel\": 3, "
            "\"pad\": 1}, {\"type\": \"add\", \"inputs\": [\"c%d\", \"d%d\"]},\n",
            i, i, i, i);
    rni_str_add(&s, "{\"type\": \"linear\", \"out\": 10}]}");
    double shortest = 1;
    for (int i = 0; i < 5; i++) {
        const double begin = rni_now();
        rni_inspection *in = inspect(s.at);
        if (rni_now() - begin < shortest) shortest = rni_now() - begin;
        CHECK_EQ_I64(in->n_faults, 0);
        CHECK_EQ_I64(in->network[0].n, 501);
        rni_inspection_free(in);
    }
    done(NULL);
    rni_str_free(&s);
    printf("501 layers in %.1f ms\n", shortest * 1e3);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(shortest < 0.2); /* 25 ms on a quiet machine */
#endif
}

RN_TEST(the_palette_names_all_layers_with_their_options)
{
    rni_str s = { 0 };
    CHECK(rni_palette_write(&s));
    rni_json *j = rni_json_parse(s.at, s.length, "palette");
    CHECK(j != NULL);
    const rni_json *layers = rni_json_get(j, "layers"), *conv = NULL;
    for (int64_t i = 0; i < rni_json_count(layers); i++) {
        const rni_json *l = rni_json_at(layers, i);
        const char *name = rni_json_string(rni_json_get(l, "name"));
        CHECK(rni_json_string(rni_json_get(l, "topic")) && rni_json_string(rni_json_get(l, "doc")));
        if (strcmp(name, "conv2d") == 0) {
            CHECK(conv == NULL); /* the link, not the function too */
            conv = l;
        }
    }
    const rni_json *out = rni_json_at(rni_json_get(conv, "options"), 0);
    CHECK_EQ_STR(rni_json_string(rni_json_get(out, "name")), "out");
    CHECK(rni_json_bool(rni_json_get(out, "required")));
    CHECK_EQ_I64(rni_json_int(rni_json_get(out, "min")), 1);
    CHECK(rni_json_count(rni_json_get(j, "losses")) > 10);
    CHECK(rni_json_count(rni_json_get(j, "optimizers")) >= 10);
    rni_json_free(j);
    rni_str_free(&s);
    CHECK(rni_palette_write_one("lstm", &s));
    rni_str_free(&s);
    CHECK(!rni_palette_write_one("no_such_layer", &s));
    rni_str_free(&s);
    CHECK_OK();
}
