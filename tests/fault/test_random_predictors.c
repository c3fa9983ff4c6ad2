/* Random models: a predictor gives what a call in test mode gives, up to rounding, whatever links are chained, shared
 * and joined. RENSA_MODELS says how many, RENSA_MODELS_SEED where to begin. */
#include "test.h"

#include "base/rng.h"

enum { NODES = 8, BATCH = 2, MODELS = 200, MOST = 100000 };

/* A link, or a function, of two of the values before it. */
typedef struct {
    rn_link *link;
    int which, a, b;
} node;

typedef struct {
    rni_rng r;
    rn_dtype type;
    node node[NODES];
    int nodes, second; /* a second result, unless it is the last value */
    rn_chain *chain;
} model;

static int pick(model *m, int n)
{
    return (int)rni_rng_below(&m->r, (uint64_t)n);
}

/* ---- links ---- */

static rn_link *convolution(model *m, int64_t out, int64_t kernel)
{
    const int64_t stride = 1 + (pick(m, 3) == 0), pad = pick(m, 3), dilation = 1 + (pick(m, 4) == 0);
    const int64_t groups = pick(m, 4) == 0 && out % 2 == 0 ? 2 : 1;
    return rn_conv2d_link(out, kernel, .stride = { stride, stride }, .pad = { pad, pad },
                          .dilation = { dilation, dilation }, .groups = groups, .no_bias = pick(m, 2));
}

static rn_link *any_link(model *m)
{
    static const int64_t channels[] = { 1, 2, 3, 4, 6, 8, 12, 16, 17, 32 };
    const int64_t out = channels[pick(m, (int)RN_COUNTOF(channels))], kernel = pick(m, 3) ? 1 + pick(m, 3) : 3;
    switch (pick(m, 10)) {
    case 0:
        return rn_linear_link(out, .no_bias = pick(m, 2));
    case 1:
        return rn_deconv2d_link(out, kernel, .stride = { 2, 2 });
    case 2:
        return rn_depthwise_conv2d_link(kernel, .multiplier = 1 + pick(m, 3), .pad = { 1, 1 });
    case 3:
    case 4:
    case 5:
        return rn_batch_norm_link(.axis = pick(m, 6) ? 1 : 2, .no_gamma = pick(m, 3) == 0, .no_beta = pick(m, 3) == 0);
    default:
        return convolution(m, out, kernel);
    }
}

static bool same_shape(const rn_tensor *a, const rn_tensor *b)
{
    return memcmp(rn_tensor_shape(a), rn_tensor_shape(b), sizeof(rn_shape)) == 0;
}

static rn_tensor *function(int which, rn_tensor *a, rn_tensor *b)
{
    switch (which) {
    case 0:
        return rn_relu(a);
    case 1:
        return rn_tanh(a);
    case 2:
        return rn_mul_scalar(a, -1.5);
    case 3:
        return rn_tensor_rank(a) == 4 ? rn_transpose(a, .axes = RN_AXES(1, 0, 3, 2)) : rn_sigmoid(a);
    default:
        return same_shape(a, b) ? rn_add(a, b) : rn_mul_scalar(a, 0.5);
    }
}

static rn_tensor *flat(rn_tensor *x)
{
    return rn_reshape(x, RN_SHAPE(-1));
}

static rn_tensor *forward(void *user, rn_tensor *const *x, int64_t n)
{
    model *m = user;
    rn_tensor *v[NODES + 1] = { x[0] };
    (void)n;
    for (int i = 0; i < m->nodes; i++) {
        const node *f = &m->node[i];
        v[i + 1] = f->link ? rn_call(f->link, v[f->a]) : function(f->which, v[f->a], v[f->b]);
        if (!v[i + 1]) return NULL;
    }
    rn_tensor *last = v[m->nodes];
    return m->second < m->nodes ? rn_concat(RN_LIST(flat(last), flat(v[m->second]))) : last;
}

/* ---- models ---- */

static void make(model *m, uint64_t seed)
{
    static const rn_dtype types[] = { RN_F32, RN_F32, RN_F32, RN_F32, RN_F64, RN_BF16 };
    *m = (model){ .r = { .seed = seed }, .chain = rn_chain_new() };
    rn_seed(seed);
    m->type = types[pick(m, (int)RN_COUNTOF(types))];
    m->nodes = 2 + pick(m, NODES - 1);
    for (int i = 0; i < m->nodes; i++) {
        node *f = &m->node[i], *shared = &m->node[pick(m, i + 1)];
        f->a = pick(m, 3) ? i : pick(m, i + 1);
        f->b = pick(m, i + 1);
        f->which = pick(m, 6);
        if (pick(m, 10) > 6) continue;
        f->link = pick(m, 5) ? NULL : shared->link;
        if (f->link) continue;
        char name[16];
        snprintf(name, sizeof name, "l%d", i);
        f->link = rn_chain_add(m->chain, name, any_link(m));
    }
    m->second = pick(m, 3) ? m->nodes : pick(m, m->nodes);
    rn_chain_set_forward(m->chain, forward, m);
    if (m->type != RN_F32) rn_link_set_dtype(m->chain, m->type);
    CHECK_OK();
}

static rn_tensor *draw(model *m, const rn_shape *s, double shift)
{
    static float v[MOST];
    int64_t count = 1;
    for (int i = 0; i < s->rank; i++) count *= s->dim[i];
    CHECK(count <= MOST);
    for (int64_t i = 0; i < count; i++) v[i] = (float)(2 * rni_rng_uniform(&m->r) - shift);
    return rn_array(RN_F32, *s, v);
}

/* Scales and shifts that are not those of the beginning, some of them zero. */
static bool shake(void *user, const rn_param_info *info)
{
    model *m = user;
    if (!info->param || rn_tensor_rank(info->param) != 1) return true;
    rn_tensor *v = draw(m, rn_tensor_shape(info->param), 0.5);
    if (pick(m, 3) == 0) v = rn_relu(v);
    return rn_assign(info->param, rn_cast(v, rn_tensor_dtype(info->param)));
}

static int64_t values_of(rn_tensor *y, double *to)
{
    const int64_t n = rn_tensor_count(y);
    return n <= MOST && rn_copy_to(y, RN_F64, to, n * (int64_t)sizeof *to) ? n : -1;
}

static void compare(model *m, uint64_t seed, rn_predictor *p, rn_tensor *x)
{
    static double want[MOST], have[MOST];
    int64_t n = 0, count = 0;
    RN_TEST_MODE n = values_of(rn_call(m->chain, x), want);
    if (rn_ok() && n < 0) return; /* too large */
    count = values_of(rn_predict(p, x), have);
    CHECK_OK();
    CHECK_EQ_I64(count, n);
    double largest = 1e-3;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(want[i])) largest = fmax(largest, fabs(want[i]));
    const double allowed = largest * (m->type == RN_F64 ? 1e-9 : m->type == RN_F32 ? 2e-3 : 0.08);
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(want[i] - have[i]) <= allowed) && want[i] != have[i] && !(isnan(want[i]) && isnan(have[i])))
            test_failed(__FILE__, __LINE__, "model %llu: value %lld is %.9g, called %.9g", (unsigned long long)seed,
                        (long long)i, have[i], want[i]);
}

/* Whether the model takes such inputs at all. */
static bool run(uint64_t seed)
{
    static const int64_t channels[] = { 1, 2, 3, 4, 8, 16, 32 };
    const int64_t live = rn_live_tensors();
    model m;
    make(&m, seed);
    const rn_shape s =
        RN_SHAPE(BATCH, channels[pick(&m, (int)RN_COUNTOF(channels))], 3 + pick(&m, 12), 3 + pick(&m, 12));
    rn_predictor *p = NULL;
    RN_SCOPE
    {
        for (int i = 0; i < 2 && rn_ok(); i++) rn_eval(rn_call(m.chain, rn_cast(draw(&m, &s, 0.6), m.type)));
        const bool fits = rn_ok();
        const rn_error *e = rn_error_last();
        CHECK(fits || e->status == RN_ERR_SHAPE || e->status == RN_ERR_ARG);
        rn_error_clear();
        if (fits) {
            CHECK(rn_link_visit(m.chain, RN_PARAMS, shake, &m));
            p = rn_predictor_new(m.chain);
            for (int i = 0; i < 4; i++) compare(&m, seed, p, rn_cast(draw(&m, &s, 0.6), m.type));
        }
    }
    const bool ran = p != NULL;
    rn_predictor_free(p);
    rn_link_free(m.chain);
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), live);
    return ran;
}

RN_TEST(random_models_predict_what_a_call_gives)
{
    const char *env = getenv("RENSA_MODELS"), *first = getenv("RENSA_MODELS_SEED");
    const uint64_t count = env ? strtoull(env, NULL, 10) : (uint64_t)test_turns(MODELS);
    const uint64_t from = first ? strtoull(first, NULL, 10) : 1;
    uint64_t ran = 0;
    for (uint64_t seed = from; seed < from + count; seed++) ran += run(seed);
    CHECK(2 * ran > count);
}
