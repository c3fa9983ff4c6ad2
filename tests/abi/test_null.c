/* Every exported function, called with NULL in one place after the other, and with NULL and zero in all of them: each
 * call returns, and what it refuses it refuses in its own name. The calls are written by the script `calls`. */
#include "test.h"

#include <rensa/selftest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVERY = -1 };
#define OUT(place) (hole == (place) || hole == EVERY)

/* ---- good values, by type ---- */

static struct {
    rn_tensor *x, *many[16], *out[16];
    rn_link *link, *links[16];
    rn_optimizer *optimizer;
    rn_schedule *schedule;
    rn_dataset *dataset, *datasets[16], *parts[16];
    rn_iterator *iterator;
    rn_iterator_state state;
    rn_batch batch;
    rn_dict *dict;
    rn_vocab *vocab;
    rn_text *text;
    rn_trainer *trainer;
    rn_profile *profile;
    rn_trace *trace;
    rn_step *step;
    rn_predictor *predictor;
    rn_infer infer;
    rn_vjp vjp;
    rn_call_info call;
    rn_known_args known;
    FILE *file;
    union {
        double align;
        char bytes[1 << 14];
    } room;
} g;
static rn_tensor *const no_tensors[16];

static const rn_function_hook one_hook = { .name = "hook" };
static bool fixture_step(void *user, rn_tensor *const *in, rn_tensor **out)
{
    (void)user;
    out[0] = rn_relu(in[0]);
    out[1] = rn_relu(in[1]);
    return true;
}

static rn_tensor *fixture_forward(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user, (void)n;
    return x[0];
}
static bool fixture_get(void *user, const rn_example *e)
{
    (void)user;
    if (e->to[0]) memset(e->to[0], 0, sizeof(float));
    return true;
}
static bool fixture_transform(void *user, const rn_example *e, const void *const *from)
{
    (void)from;
    return fixture_get(user, e);
}
static rn_tensor *fixture_loss(void *user, const rn_batch *batch, rn_metrics *m)
{
    (void)user, (void)m;
    return rn_mean(batch->x);
}
static bool fixture_visit_param(void *user, const rn_param_info *p)
{
    return (void)user, p != NULL;
}
static bool fixture_visit_state(void *user, const char *name, rn_tensor *value)
{
    return (void)user, name && value;
}
static bool fixture_visit_optimizer(void *user, const rn_optimizer_param *p)
{
    return (void)user, p != NULL;
}
static void fixture_mean(void *user, const char *name, double mean, double weight)
{
    (void)user, (void)name, (void)mean, (void)weight;
}
static bool fixture_download(void *user, const char *file, int64_t done, int64_t total)
{
    return (void)user, (void)file, (void)done, (void)total, true;
}
static void fixture_log(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level, (void)topic, (void)text;
}
static void fixture_done(void *user)
{
    (void)user;
}
static double fixture_factor(void *user, double t)
{
    return (void)user, t;
}

static const rn_column one_column[2] = { { .name = "x", .dtype = RN_F32 }, { .name = "t", .dtype = RN_F32 } };
static rn_array_column filled_column[2] = { { .name = "x", .dtype = RN_F32 }, { .name = "t", .dtype = RN_F32 } };
static const rn_augment two_steps[2] = { { .name = "flip" }, { .name = "noise" } };
static const rn_setting two_settings[2] = { { "rate", "1" }, { "eps", "1" } };
static const rn_extension one_extension = { .name = "x" };
static rn_augment one_step = { .name = "flip" };
static const char *const two_names[16] = { "x", "t" };

#define GOOD(name, type, expr)                                                                                         \
    static type good_##name(void)                                                                                      \
    {                                                                                                                  \
        return expr;                                                                                                   \
    }
GOOD(int, int, 2)
GOOD(int64_t, int64_t, 2)
GOOD(double, double, 1)
GOOD(rn_dtype, rn_dtype, RN_F32)
GOOD(rn_shape, rn_shape, RN_SHAPE(4, 4))
GOOD(rn_axes, rn_axes, RN_AXES(1))
GOOD(rn_ranges, rn_ranges, RN_RANGES(RN_AT(0)))
GOOD(rn_list, rn_list, ((rn_list){ g.many, 2 }))
GOOD(FILE_p, FILE *, g.file)
GOOD(char_p, char *, g.room.bytes)
GOOD(const_char_p, const char *, "x")
GOOD(const_char_p_const_p, const char *const *, two_names)
GOOD(const_char_p_p, const char **, (const char **)g.room.bytes)
GOOD(void_p, void *, g.room.bytes)
GOOD(const_void_p, const void *, g.room.bytes)
GOOD(void_p_const_p, void *const *, (void *const *)g.out)
GOOD(const_double_p, const double *, (const double *)g.room.bytes)
GOOD(int32_t_p, int32_t *, (int32_t *)g.room.bytes)
GOOD(const_int32_t_p, const int32_t *, (const int32_t *)g.room.bytes)
GOOD(int64_t_p, int64_t *, (int64_t *)g.room.bytes)
GOOD(const_int64_t_p, const int64_t *, (const int64_t *)g.room.bytes)
GOOD(uint64_t_p, uint64_t *, (uint64_t *)g.room.bytes)
GOOD(const_uint64_t_p, const uint64_t *, (const uint64_t *)g.room.bytes)
GOOD(rn_tensor_p, rn_tensor *, g.x)
GOOD(const_rn_tensor_p, const rn_tensor *, g.x)
GOOD(rn_tensor_p_const_p, rn_tensor *const *, g.many)
GOOD(rn_tensor_p_p, rn_tensor **, g.out)
GOOD(rn_link_p, rn_link *, g.link)
GOOD(const_rn_link_p, const rn_link *, g.link)
GOOD(rn_chain_p, rn_chain *, g.link)
GOOD(rn_link_p_const_p, rn_link *const *, g.links)
GOOD(const_rn_link_type_p, const rn_link_type *, rn_link_type_at(0))
GOOD(const_rn_setting_p, const rn_setting *, two_settings)
GOOD(rn_optimizer_p, rn_optimizer *, g.optimizer)
GOOD(const_rn_optimizer_p, const rn_optimizer *, g.optimizer)
GOOD(const_rn_optimizer_type_p, const rn_optimizer_type *, rn_optimizer_type_at(0))
GOOD(const_rn_hook_p, const rn_hook *, rn_hook_at(0))
GOOD(rn_schedule_p, rn_schedule *, g.schedule)
GOOD(const_rn_schedule_p, const rn_schedule *, g.schedule)
GOOD(rn_dataset_p, rn_dataset *, g.dataset)
GOOD(const_rn_dataset_p, const rn_dataset *, g.dataset)
GOOD(rn_dataset_p_const_p, rn_dataset *const *, g.datasets)
GOOD(rn_dataset_p_p, rn_dataset **, g.parts)
GOOD(const_rn_column_p, const rn_column *, one_column)
GOOD(const_rn_array_column_p, const rn_array_column *, filled_column)
GOOD(rn_augment_p, rn_augment *, &one_step)
GOOD(const_rn_augment_p, const rn_augment *, two_steps)
GOOD(const_rn_known_args_p, const rn_known_args *, &g.known)
GOOD(rn_iterator_p, rn_iterator *, g.iterator)
GOOD(const_rn_iterator_p, const rn_iterator *, g.iterator)
GOOD(const_rn_iterator_state_p, const rn_iterator_state *, &g.state)
GOOD(const_rn_batch_p, const rn_batch *, &g.batch)
GOOD(rn_stats_p, rn_stats *, rn_dataset_stats(g.dataset, 0))
GOOD(rn_vocab_p, rn_vocab *, g.vocab)
GOOD(const_rn_vocab_p, const rn_vocab *, g.vocab)
GOOD(rn_text_p, rn_text *, g.text)
GOOD(const_rn_text_p, const rn_text *, g.text)
GOOD(rn_dict_p, rn_dict *, g.dict)
GOOD(const_rn_dict_p, const rn_dict *, g.dict)
GOOD(rn_file_info_p, rn_file_info *, rn_file_info_load(__FILE__))
GOOD(rn_trainer_p, rn_trainer *, g.trainer)
GOOD(const_rn_trainer_p, const rn_trainer *, g.trainer)
GOOD(rn_profile_p, rn_profile *, g.profile)
GOOD(const_rn_profile_p, const rn_profile *, g.profile)
GOOD(rn_trace_p, rn_trace *, g.trace)
GOOD(const_rn_function_hook_p, const rn_function_hook *, &one_hook)
GOOD(rn_predictor_p, rn_predictor *, g.predictor)
GOOD(rn_step_p, rn_step *, g.step)
GOOD(const_rn_step_p, const rn_step *, g.step)
GOOD(rn_step_fn_p, rn_step_fn *, fixture_step)
GOOD(const_rn_extension_p, const rn_extension *, &one_extension)
GOOD(rn_metrics_p, rn_metrics *, NULL) /* there are none outside of a step */
GOOD(const_rn_op_p, const rn_op *, rn_op_find("add"))
GOOD(const_rn_call_info_p, const rn_call_info *, &g.call)
GOOD(rn_infer_p, rn_infer *, &g.infer)
GOOD(rn_vjp_p, rn_vjp *, &g.vjp)
GOOD(rn_selftest_counts_p, rn_selftest_counts *, (rn_selftest_counts *)g.room.bytes)
GOOD(rn_segment_fn_p, rn_segment_fn *, fixture_forward)
GOOD(rn_example_fn_p, rn_example_fn *, fixture_get)
GOOD(rn_transform_fn_p, rn_transform_fn *, fixture_transform)
GOOD(rn_download_fn_p, rn_download_fn *, fixture_download)
GOOD(rn_loss_fn_p, rn_loss_fn *, fixture_loss)
GOOD(rn_mean_fn_p, rn_mean_fn *, fixture_mean)
GOOD(rn_log_fn_p, rn_log_fn *, fixture_log)
GOOD(rn_param_visit_p, rn_param_visit *, fixture_visit_param)
GOOD(rn_state_visit_p, rn_state_visit *, fixture_visit_state)
GOOD(rn_optimizer_visit_fn_p, rn_optimizer_visit_fn *, fixture_visit_optimizer)
typedef void done_fn(void *user);
GOOD(void_f_p_f_f_void_p_user_f, done_fn *, fixture_done)
typedef double factor_fn(void *user, double t);
GOOD(double_f_p_f_f_void_p_user_f_double_t_f, factor_fn *, fixture_factor)

#pragma GCC diagnostic ignored "-Wformat-security" /* texts to be formatted are arguments as others */
#include "null_calls.inc"

static void make_fixtures(void)
{
    setenv("RENSA_DATA", test_folder(), 1); /* nothing there, and nothing to be fetched */
    setenv("XDG_CACHE_HOME", test_folder(), 1);
    setenv("RENSA_MIRRORS", "http://127.0.0.1:9", 1);
    CHECK(chdir(test_folder()) == 0);
    CHECK(rn_device_use("ref")); /* nothing runs beside it that a fork would lose */
    g.file = fopen("/dev/null", "w");
    g.x = rn_keep(rn_zeros(RN_SHAPE(4, 4, 4, 4)));
    filled_column[0].data = filled_column[1].data = g.room.bytes;
    g.dataset = rn_dataset_arrays(4, filled_column, 2);
    for (int i = 0; i < 16; i++) {
        g.many[i] = g.x;
        g.links[i] = rn_linear_link(3);
        g.datasets[i] = g.dataset;
    }
    g.link = rn_sequential(rn_linear_link(3), rn_op_link("relu", NULL));
    rn_keep(rn_call(g.link, rn_zeros(RN_SHAPE(2, 4))));
    g.optimizer = rn_sgd(g.link);
    g.schedule = rn_schedule_step(.every = 1, .gamma = 0.5);
    g.iterator = rn_iterator_new(g.dataset, 2, .synchronous = true, .repeat = true);
    g.state = rn_iterator_get_state(g.iterator);
    g.batch = *rn_next(g.iterator);
    g.dict = rn_dict_new();
    rn_dict_set(g.dict, "x", g.x);
    g.vocab = rn_vocab_new(RN_BY_CHAR, two_names, 2);
    FILE *f = fopen("x", "w");
    fputs("xxxxxxxxxxxxxxxx", f);
    fclose(f);
    g.text = rn_text_load("x", .vocab = g.vocab);
    g.trainer = rn_trainer_new(g.link, g.optimizer, g.iterator, fixture_loss, .iterations = 1);
    g.profile = rn_profile_new();
    g.trace = rn_trace_open("trace.json");
    g.predictor = rn_predictor_new(g.link);
    g.step = rn_step_new(fixture_step, NULL, .inputs = 2, .outputs = 2);
    const rn_op *add = rn_op_find("add");
    g.call = (rn_call_info){ .op = add, .n_in = 2, .n_out = 1, .in = g.many, .out = g.out };
    rn_infer_begin(&g.infer, &g.call, g.room.bytes);
    g.vjp = (rn_vjp){ .op = add,
                      .opts = g.room.bytes,
                      .n_in = 2,
                      .n_out = 1,
                      .in = g.many,
                      .out = g.many,
                      .gout = g.many,
                      .need = (bool *)g.room.bytes,
                      .gin = g.out };
    g.known.offline = true;
    CHECK_OK();
}

/* ---- the calls ---- */

static struct result {
    int status;
    char message[1000];
} * result; /* shared with the process that makes the call */

/* Makes a call in a process of its own; whether that came to its end. */
static bool call(int i, int hole)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* cmocka's would go on with the tests */
        alarm(30);
        functions[i].call(hole);
        const rn_error *e = rn_error_last();
        result->status = e ? (int)e->status : RN_OK;
        snprintf(result->message, sizeof result->message, "%s", e ? e->message : "");
        _exit(0);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Whether an error about what is not there speaks of the function: has one of the words of its name but "rn" and "at".
 */
static bool in_its_name(const char *function, const char *message)
{
    char words[64], line[256];
    snprintf(words, sizeof words, "%s", function + strlen("rn_"));
    snprintf(line, sizeof line, "%.*s", (int)strcspn(message, "\n"), message);
    char *rest = NULL;
    for (const char *w = strtok_r(words, "_", &rest); w; w = strtok_r(NULL, "_", &rest))
        if (strlen(w) > 2 && strstr(line, w)) return true;
    return !strstr(line, "NULL") && !strstr(line, "missing");
}

RN_TEST(every_function_takes_null_in_every_place)
{
    make_fixtures();
    result = mmap(NULL, sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(result != MAP_FAILED);
    int bad = 0;
    for (int i = 0; i < (int)RN_COUNTOF(functions); i++) {
        for (int hole = EVERY; hole < functions[i].holes; hole++) {
            const char *where = hole == EVERY ? "everything" : functions[i].argument[hole], *why = NULL;
            memset(result, 0, sizeof *result);
            if (!call(i, hole))
                why = "does not return";
            else if (result->status != RN_OK && !in_its_name(functions[i].name, result->message))
                why = result->message;
            if (why) printf("%s, where %s is NULL: %s\n", functions[i].name, where, why);
            bad += why != NULL;
        }
    }
    CHECK_EQ_I64(bad, 0);
}
