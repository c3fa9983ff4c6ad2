/* A program that has asked for a locale with a decimal comma: what the library reads and writes keeps its point. */
#include "test.h"

#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "base/str.h"

#include <locale.h>

/* Makes a locale with a comma where none is installed. False if that cannot be done either. */
static bool enter_comma(void)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8" };
    for (size_t i = 0; i < RN_COUNTOF(names); i++)
        if (setlocale(LC_ALL, names[i])) return true;
    char command[512];
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 '%s/comma' >/dev/null 2>&1", test_folder());
    if (system(command) != 0) return false;
    setenv("LOCPATH", test_folder(), 1);
    return setlocale(LC_ALL, "comma") != NULL;
}

#define BEGIN()                                                                                                        \
    if (!enter_comma()) SKIP("no locale with a decimal comma can be had");                                             \
    char comma[8];                                                                                                     \
    snprintf(comma, sizeof comma, "%.1f", 0.5);                                                                        \
    if (strcmp(comma, "0,5") != 0) SKIP("the locale has no decimal comma")

RN_TEST(numbers_in_files_and_texts)
{
    BEGIN();
    rni_json *v = rni_json_parse("1.5", 3, "text");
    char buf[RNI_NUMBER_TEXT], line[32], *end;
    rni_str s = { 0 };
    rni_format_f64(2.5, buf);
    rni_format(line, sizeof line, "%.1f %g", 0.5, 0.25);
    rni_str_addf(&s, "%.1f", 7.5);
    const double scanned = rni_scan_f64("3.25,1", &end);
    setlocale(LC_ALL, "C");
    CHECK_NEAR(rni_json_number(v), 1.5, 0);
    CHECK_EQ_STR(buf, "2.5");
    CHECK_EQ_STR(line, "0.5 0.25");
    CHECK_EQ_STR(s.at, "7.5");
    CHECK_NEAR(scanned, 3.25, 0);
    CHECK_EQ_STR(end, ",1");
    rni_str_free(&s);
    rni_json_free(v);
}

RN_TEST(expressions_options_and_printing)
{
    typedef struct {
        double slope;
    } half_opts;
    static const rn_opt rows[] = { RN_OPT_F64(half_opts, slope, 0.5, 0, 1, "factor"), { 0 } };
    static const rn_op half = { .name = "half",
                                .kind = RN_MAP,
                                .inputs = "x",
                                .expr = "y = 0.5 * x + .25",
                                .flags = RN_OP_NO_GRAD,
                                .opts = rows,
                                .opts_size = sizeof(half_opts) };
    BEGIN();
    char text[64];
    half_opts opts;
    rn_opts_default(&half, &opts);
    rn_tensor *y = NULL;
    double value = NAN, slope = NAN;
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F64, RN_SHAPE(2), (double[]){ 1, 3.5 });
        if (rn_op_call(&half, RN_HERE, &x, 1, &opts, &y)) value = ((const double *)rn_data(y))[1];
        rn_tensor_text(x, text, sizeof text);
    }
    if (rn_opts_set(&half, &opts, "slope", "0.125", RN_HERE)) slope = opts.slope;
    rni_fail(RN_ERR_ARG, RN_HERE, "test", "has %g", 0.75);
    setlocale(LC_ALL, "C");
    CHECK_ERROR(RN_ERR_ARG, "has 0.75");
    CHECK_NEAR(value, 2, 0);
    CHECK_NEAR(slope, 0.125, 0);
    CHECK_EQ_STR(text, "[1.  3.5]");
}

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)m;
    return rn_mean(rn_square(rn_call(user, b->x)));
}

RN_TEST(the_state_of_a_run_and_its_curves)
{
    BEGIN();
    char out[300], path[400];
    const float x[] = { 0, 1, 2, 3 };
    snprintf(out, sizeof out, "%s/run", test_folder());
    snprintf(path, sizeof path, "%s/state.safetensors", test_folder());
    rn_dataset *data =
        rn_dataset_arrays(4, &(rn_array_column){ .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(1), .data = x }, 1);
    rn_link *model = rn_linear_link(1, .in = 1);
    rn_optimizer *o = rn_sgd(model, .rate = 0.1);
    rn_iterator *batches = rn_iterator_new(data, 2);
    rn_trainer *t = rn_trainer_new(model, o, batches, loss, .user = model, .out = out, .epochs = 3);
    rn_trainer_report(t, "watched", 0.25);
    rn_trainer_use(t, "best", .monitor = "watched");
    rn_trainer_use(t, "curve");
    const bool ok = rn_trainer_run(t) && rn_trainer_save(t, path) && rn_trainer_resume(t, path);
    rn_dict *d = rn_dict_load(path);
    snprintf(path, sizeof path, "%s/curve.svg", out);
    FILE *f = fopen(path, "r");
    setlocale(LC_ALL, "C");
    CHECK_OK();
    CHECK(ok);
    CHECK(f);
    CHECK_EQ_STR(rn_dict_text(d, "extension/best"), "1 0.25 2");
    int last = 0, commas = 0;
    for (int c; (c = fgetc(f)) != EOF; last = c) commas += c == ',' && last >= '0' && last <= '9';
    CHECK_EQ_I64(commas, 0);
    fclose(f);
    rn_dict_free(d);
    rn_trainer_free(t);
    rn_iterator_free(batches);
    rn_optimizer_free(o);
    rn_link_free(model);
    rn_dataset_free(data);
}
