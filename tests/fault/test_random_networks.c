/* Random convolutional networks: values, gradients and gradients of gradients are those of plain C, with kernels that
 * choose the order of axes, without, call by call, and under watch. RENSA_NETWORKS says how many, RENSA_NETWORKS_SEED
 * where to begin. */
#include "test.h"

#include "base/rng.h"

enum { VARS = 16, LEAVES = 40, LOOKS = 24, NETWORKS = 60, MOST = 1 << 18, LARGEST = 20000 };

typedef struct {
    rni_rng r;
    rn_tensor *var[VARS], *leaf[LEAVES];
    int vars, leaves;
} network;

/* What was looked at, one after the other. */
typedef struct {
    double at[MOST];
    int64_t end[LOOKS + LEAVES * 2], n;
    int looks;
} record;

static int pick(network *n, int below)
{
    return (int)rni_rng_below(&n->r, (uint64_t)below);
}

static int64_t channels(network *n)
{
    static const int64_t some[] = { 1, 2, 3, 4, 5, 8, 12, 16, 17, 32 };
    return some[pick(n, (int)RN_COUNTOF(some))];
}

/* Values of this size; half of them are leaves that want a gradient. */
static rn_tensor *draw(network *n, rn_shape s, double size)
{
    static float v[LARGEST];
    int64_t count = 1;
    for (int i = 0; i < s.rank; i++) count *= s.dim[i];
    CHECK(count <= LARGEST);
    for (int64_t i = 0; i < count; i++) v[i] = (float)(size * (2 * rni_rng_uniform(&n->r) - 1));
    rn_tensor *t = rn_array(RN_F32, s, v);
    if (pick(n, 2) && n->leaves < LEAVES) n->leaf[n->leaves++] = rn_require_grad(t, true);
    return t;
}

static rn_tensor *convolution(network *n, rn_tensor *x)
{
    const int64_t in = rn_tensor_dim(x, 1), some[] = { 1, 2, 4, in };
    int64_t groups = pick(n, 3) ? 1 : some[pick(n, 4)];
    if (in % groups) groups = 1;
    const rn_shape w = RN_SHAPE(groups * (groups > 1 ? 1 + pick(n, 3) : channels(n)), in / groups, 1 + pick(n, 3),
                                pick(n, 4) ? 3 : 1 + pick(n, 5));
    const double size = 1.5 / sqrt((double)(w.dim[1] * w.dim[2] * w.dim[3]));
    return rn_conv2d(x, draw(n, w, size), pick(n, 2) ? draw(n, RN_SHAPE(w.dim[0]), 0.5) : NULL,
                     .stride = { 1 + pick(n, 2), 1 + pick(n, 3) }, .pad = { pick(n, 3), pick(n, 3) },
                     .dilation = { 1 + (pick(n, 4) == 0), 1 }, .groups = groups);
}

static rn_tensor *pool(network *n, rn_tensor *x)
{
    const int64_t kernel = 1 + pick(n, 3), stride = 1 + pick(n, 2), pad = kernel > 1 ? pick(n, 2) : 0;
    if (pick(n, 2)) return rn_max_pool2d(x, kernel, .stride = { stride, stride }, .pad = { pad, pad });
    return rn_average_pool2d(x, kernel, .stride = { stride, stride }, .pad = { pad, pad }, .exclude_pad = pick(n, 2));
}

static rn_tensor *norm(network *n, rn_tensor *x)
{
    const int64_t in = rn_tensor_dim(x, 1);
    rn_tensor *gamma = pick(n, 3) ? draw(n, RN_SHAPE(in), 1) : NULL,
              *beta = pick(n, 3) ? draw(n, RN_SHAPE(in), 1) : NULL;
    switch (pick(n, 4)) {
    case 0:
        return rn_group_norm(x, gamma, beta, in % 2 ? 1 : 2, .eps = 0.1);
    case 1:
        return rn_fixed_batch_norm(x, draw(n, RN_SHAPE(in), 1), rn_add_scalar(rn_square(draw(n, RN_SHAPE(in), 1)), 0.5),
                                   gamma, beta, .eps = 0.1);
    default:
        return rn_batch_norm(x, gamma, beta, .eps = 0.1);
    }
}

static rn_tensor *map(network *n, rn_tensor *x)
{
    switch (pick(n, 6)) {
    case 0:
        return rn_tanh(x);
    case 1:
        return rn_leaky_relu(x);
    case 2:
        return rn_mul(x, rn_sigmoid(x));
    case 3:
        return rn_dropout(x, 0.25);
    default:
        return rn_relu(x);
    }
}

static rn_tensor *pair(network *n, rn_tensor *x)
{
    for (int i = 0; i < 6; i++) {
        rn_tensor *y = n->var[pick(n, n->vars)];
        if (memcmp(rn_tensor_shape(x), rn_tensor_shape(y), sizeof(rn_shape)) != 0) continue;
        return pick(n, 3) ? rn_add(x, y) : rn_maximum(rn_tanh(y), x);
    }
    return rn_mul(x, draw(n, RN_SHAPE(rn_tensor_dim(x, 1), 1, 1), 1));
}

static rn_tensor *move(network *n, rn_tensor *x)
{
    const int axis = pick(n, 4);
    switch (pick(n, 6)) {
    case 0:
        return rn_transpose(x, .axes = RN_AXES(0, 2, 3, 1));
    case 1:
        return rn_slice(x, RN_RANGES(RN_ALL, RN_EVERY(-1), RN_FROM(pick(n, 2)), RN_EVERY(1 + pick(n, 2))));
    case 2:
        return rn_concat(RN_LIST(x, rn_tanh(x)), .axis = axis);
    case 3:
        return rn_softmax(x, axis);
    case 4:
        return rn_mul(x, rn_mean(x, .axes = RN_AXES(axis), .keepdims = true));
    default:
        return rn_copy(
            rn_transpose(rn_copy(rn_transpose(x, .axes = RN_AXES(0, 2, 3, 1))), .axes = RN_AXES(0, 3, 1, 2)));
    }
}

static void grow(network *n)
{
    static rn_tensor *(*const kinds[])(network *, rn_tensor *) = { convolution, convolution, pool, norm,
                                                                   map,         map,         pair, move };
    rn_tensor *x = n->var[pick(n, 3) ? n->vars - 1 : pick(n, n->vars)];
    rn_tensor *y = kinds[pick(n, (int)RN_COUNTOF(kinds))](n, x);
    const rn_error *e = rn_error_last();
    CHECK(!e || e->status == RN_ERR_SHAPE || e->status == RN_ERR_ARG);
    rn_error_clear();
    if (y && rn_tensor_count(y) > 0 && rn_tensor_count(y) <= LARGEST) n->var[n->vars++] = y;
}

static void look(record *r, rn_tensor *t)
{
    const int64_t count = rn_tensor_count(t);
    if (!t || r->n + count > MOST) return;
    CHECK(rn_copy_to(t, RN_F64, r->at + r->n, count * (int64_t)sizeof *r->at));
    r->end[r->looks++] = r->n += count;
}

static void differentiate(network *n, record *r, rn_tensor *loss)
{
    rn_tensor *g[LEAVES] = { NULL }, *second[LEAVES] = { NULL }, *sum = NULL;
    const rn_list leaves = { n->leaf, n->leaves };
    const bool twice = pick(n, 3) == 0;
    if (!n->leaves || !rn_requires_grad(loss)) return;
    CHECK(rn_grad(RN_LIST(loss), leaves, .grads = g, .create_graph = twice));
    for (int i = 0; i < n->leaves && twice; i++)
        if (g[i]) sum = sum ? rn_add(sum, rn_mean(rn_square(g[i]))) : rn_mean(rn_square(g[i]));
    if (sum && rn_requires_grad(sum)) CHECK(rn_grad(RN_LIST(sum), leaves, .grads = second));
    for (int i = 0; i < n->leaves; i++) {
        look(r, g[i]);
        look(r, second[i]);
    }
}

static void run(uint64_t seed, record *r)
{
    network n = { .r = { .seed = seed } };
    rn_seed(seed);
    r->n = r->looks = 0;
    RN_SCOPE
    {
        n.var[n.vars++] = draw(&n, RN_SHAPE(1 + pick(&n, 3), channels(&n), 2 + pick(&n, 12), 2 + pick(&n, 12)), 1.5);
        for (int i = 3 + pick(&n, VARS - 4); i > 0; i--) grow(&n);
        rn_tensor *last = n.var[n.vars - 1], *loss = rn_mean(rn_mul(last, draw(&n, *rn_tensor_shape(last), 1)));
        if (pick(&n, 2)) look(r, n.var[pick(&n, n.vars)]);
        differentiate(&n, r, loss);
        look(r, loss);
        for (int i = 0; i < n.vars; i++)
            if (pick(&n, 3) == 0) look(r, n.var[i]);
        CHECK_OK();
    }
}

static void compare(uint64_t seed, const char *mode, const record *want, const record *have)
{
    CHECK_EQ_I64(have->looks, want->looks);
    for (int k = 0; k < want->looks; k++) {
        double largest = 0.1; /* what cancels out is left with rounding only */
        const int64_t from = k ? want->end[k - 1] : 0;
        CHECK_EQ_I64(have->end[k], want->end[k]);
        for (int64_t i = from; i < want->end[k]; i++) largest = fmax(largest, fabs(want->at[i]));
        for (int64_t i = from; i < want->end[k]; i++)
            if (!(fabs(have->at[i] - want->at[i]) <= 5e-3 * largest))
                test_failed(__FILE__, __LINE__, "network %llu, %s: value %lld of look %d is %.9g, want %.9g",
                            (unsigned long long)seed, mode, (long long)(i - from), k, have->at[i], want->at[i]);
    }
}

RN_TEST(random_networks_compute_what_plain_c_does)
{
    static const struct {
        const char *name, *device;
        bool layout, eager;
    } modes[] = { { "compiled", "cpu", true, false },
                  { "with axes in their order", "cpu", false, false },
                  { "call by call", "cpu", true, true },
                  { "under watch", "check:cpu", true, false } };
    static record want, have;
    const char *env = getenv("RENSA_NETWORKS"), *first = getenv("RENSA_NETWORKS_SEED");
    const uint64_t count = env ? strtoull(env, NULL, 10) : (uint64_t)test_turns(NETWORKS);
    const uint64_t from = first ? strtoull(first, NULL, 10) : 1;
    const int64_t live = rn_live_tensors();
    for (uint64_t seed = from; seed < from + count; seed++) {
        CHECK(rn_device_use("ref"));
        run(seed, &want);
        for (size_t i = 0; i < RN_COUNTOF(modes); i++) {
            CHECK(rn_device_use(modes[i].device));
            rn_pass_mode("layout", modes[i].layout);
            rn_eager_mode(modes[i].eager);
            run(seed, &have);
            rn_pass_mode("layout", true);
            rn_eager_mode(false);
            compare(seed, modes[i].name, &want, &have);
        }
        CHECK_EQ_I64(rn_live_tensors(), live);
    }
}
