/* The networks, by links, and one batch of work for each. */
#include "networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rn_link *op(const char *name, const char *options)
{
    return rn_op_link(name, options);
}

static rn_link *norm(void)
{
    return rn_batch_norm_link(.eps = 1e-5);
}

static rn_link *mlp_tiny(void)
{
    return rn_mlp_link(RN_SHAPE(32, 32, 1));
}

static rn_link *mlp100(void)
{
    return rn_mlp_link(RN_SHAPE(100, 100, 10));
}

static rn_link *mlp1000(void)
{
    return rn_mlp_link(RN_SHAPE(1000, 1000, 10));
}

static rn_link *lenet(void)
{
    return rn_sequential(rn_conv2d_link(20, 5), op("relu", NULL), op("max_pool2d", "kernel=2"), rn_conv2d_link(50, 5),
                         op("relu", NULL), op("max_pool2d", "kernel=2"), rn_linear_link(500), op("relu", NULL),
                         rn_linear_link(10));
}

/* ---- residual networks ---- */

typedef struct {
    rn_link *conv1, *norm1, *conv2, *norm2, *conv3, *norm3; /* the last two on the short cut, NULL where it is direct */
} block;

static rn_tensor *block_forward(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    const block *b = user;
    rn_tensor *h = rn_relu(rn_call(b->norm1, rn_call(b->conv1, x[0])));
    h = rn_call(b->norm2, rn_call(b->conv2, h));
    rn_tensor *shortcut = b->conv3 ? rn_call(b->norm3, rn_call(b->conv3, x[0])) : x[0];
    return rn_relu(rn_add(h, shortcut));
}

/* Lives as long as the program: a bench makes few networks. */
static block blocks[64];
static int n_blocks;

static rn_link *residual(int64_t in, int64_t out, int64_t stride)
{
    rn_chain *c = rn_chain_new();
    block *b = &blocks[n_blocks++ % 64];
    *b = (block){ 0 };
    b->conv1 = rn_chain_add(c, "conv1",
                            rn_conv2d_link(out, 3, .stride = { stride, stride }, .pad = { 1, 1 }, .no_bias = true));
    b->norm1 = rn_chain_add(c, "norm1", norm());
    b->conv2 = rn_chain_add(c, "conv2", rn_conv2d_link(out, 3, .pad = { 1, 1 }, .no_bias = true));
    b->norm2 = rn_chain_add(c, "norm2", norm());
    if (stride != 1 || in != out) {
        b->conv3 = rn_chain_add(c, "conv3", rn_conv2d_link(out, 1, .stride = { stride, stride }, .no_bias = true));
        b->norm3 = rn_chain_add(c, "norm3", norm());
    }
    rn_chain_set_forward(c, block_forward, b);
    return c;
}

static rn_link *resnet(const int64_t *widths, int stages, int depth, int64_t stem)
{
    rn_chain *c = rn_sequential(rn_conv2d_link(stem, 3, .pad = { 1, 1 }, .no_bias = true), norm(), op("relu", NULL));
    int64_t in = stem;
    for (int s = 0; s < stages; s++)
        for (int d = 0; d < depth; d++) {
            char name[16];
            snprintf(name, sizeof name, "block%d_%d", s, d);
            rn_chain_add(c, name, residual(in, widths[s], s && d == 0 ? 2 : 1));
            in = widths[s];
        }
    rn_chain_add(c, "pool", op("global_average_pool", NULL));
    rn_chain_add(c, "fc", rn_linear_link(10));
    return c;
}

static rn_link *resnet20(void)
{
    return resnet((const int64_t[]){ 16, 32, 64 }, 3, 3, 16);
}

static rn_link *resnet18(void)
{
    return resnet((const int64_t[]){ 64, 128, 256, 512 }, 4, 2, 64);
}

static rn_link *vgg11(void)
{
    static const int plan[] = { 64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0 };
    rn_chain *c = rn_sequential(rn_conv2d_link(64, 3, .pad = { 1, 1 }), norm(), op("relu", NULL));
    for (size_t i = 1; i < RN_COUNTOF(plan); i++) {
        char name[16];
        snprintf(name, sizeof name, "layer%zu", i);
        if (plan[i] == 0)
            rn_chain_add(c, name, op("max_pool2d", "kernel=2"));
        else
            rn_chain_add(c, name, rn_sequential(rn_conv2d_link(plan[i], 3, .pad = { 1, 1 }), norm(), op("relu", NULL)));
    }
    rn_chain_add(c, "fc", rn_linear_link(10));
    return c;
}

/* ---- language models ---- */

/* Embedding, two LSTM layers of 650, dropout 0.5 (Zaremba, Sutskever & Vinyals 2014). */
static rn_link *lstm(void)
{
    return rn_sequential(rn_embedding_link(10000, 650), rn_dropout_link(),
                         rn_lstm_link(650, .layers = 2, .dropout = 0.5), rn_dropout_link(),
                         rn_linear_link(10000, .last_axis = true));
}

typedef struct {
    rn_link *chain, *tokens, *body, *norm, *head;
    int positions; /* slot of the chain */
    int64_t length, width;
} gpt_model;

static rn_tensor *gpt_forward(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    const gpt_model *m = user;
    rn_tensor *h = rn_call(m->tokens, x[0]);
    rn_tensor *positions = rn_link_slot_get(m->chain, m->positions, h, RN_SHAPE(m->length, m->width));
    h = rn_add(h, rn_slice(positions, RN_RANGES(RN_TO(rn_tensor_dim(x[0], 1)))));
    h = rn_call(m->norm, rn_call(m->body, h));
    if (m->head) return rn_call(m->head, h);
    return rn_matmul(h, rn_link_param(m->tokens, "W"), .trans_b = true);
}

static gpt_model gpts[4];
static int n_gpts;

static rn_link *gpt_new(int64_t symbols, int64_t length, int64_t width, int64_t heads, int layers, bool tied)
{
    rn_chain *c = rn_chain_new();
    gpt_model *m = &gpts[n_gpts++ % 4];
    *m = (gpt_model){ .chain = c, .length = length, .width = width };
    m->positions = rn_link_add_slot(c, "positions", rn_init_normal(0.02), 0);
    m->tokens = rn_chain_add(c, "tokens", rn_embedding_link(symbols, width, .w_init = rn_init_normal(0.02)));
    rn_chain *body = rn_sequential_at(RN_HERE, NULL, 0);
    for (int i = 0; i < layers; i++) {
        char name[16];
        snprintf(name, sizeof name, "block%d", i);
        rn_chain_add(body, name, rn_transformer_block_link(heads, .causal = true));
    }
    m->body = rn_chain_add(c, "body", body);
    m->norm = rn_chain_add(c, "norm", rn_layer_norm_link());
    m->head = tied ? NULL : rn_chain_add(c, "head", rn_linear_link(symbols, .last_axis = true, .no_bias = true));
    rn_chain_set_forward(c, gpt_forward, m);
    return c;
}

static rn_link *gpt(void)
{
    return gpt_new(65, 256, 384, 6, 6, false);
}

static rn_link *gpt2(void)
{
    return gpt_new(50257, 1024, 768, 12, 12, true);
}

const bench_network bench_networks[] = {
    { "mlptiny", mlp_tiny, 8, { 1, { 4 } }, 0, 0, "sgd", 0.01, "ex", 8 },
    { "mlp100", mlp100, 32, { 1, { 784 } }, 0, 10, "sgd", 0.01, "ex", 32 },
    { "mlp1000-sgd", mlp1000, 100, { 1, { 784 } }, 0, 10, "sgd", 0.01, "ex", 100 },
    { "mlp1000-adam", mlp1000, 100, { 1, { 784 } }, 0, 10, "adam", 1e-3, "ex", 100 },
    { "lenet", lenet, 64, { 3, { 1, 28, 28 } }, 0, 10, "momentum_sgd", 0.01, "img", 64 },
    { "resnet20", resnet20, 128, { 3, { 3, 32, 32 } }, 0, 10, "momentum_sgd", 0.01, "img", 128 },
    { "resnet18", resnet18, 128, { 3, { 3, 32, 32 } }, 0, 10, "momentum_sgd", 0.01, "img", 128 },
    { "vgg11", vgg11, 64, { 3, { 3, 32, 32 } }, 0, 10, "momentum_sgd", 0.01, "img", 64 },
    { "lstm", lstm, 20, { 1, { 35 } }, 10000, 10000, "sgd", 1.0, "tok", 700 },
    { "gpt", gpt, 8, { 1, { 256 } }, 65, 65, "adamw", 1e-3, "tok", 2048 },
    { "gpt2", gpt2, 4, { 1, { 64 } }, 50257, 50257, "adamw", 1e-4, "tok", 256 },
    { 0 },
};

/* "mlp1000" stands for the first of those that differ in their optimizer. */
static const bench_network *find(const char *name, size_t length)
{
    for (const bench_network *b = bench_networks; b->name; b++)
        if (strncmp(b->name, name, length) == 0 && (!b->name[length] || b->name[length] == '-')) return b;
    return NULL;
}

/* ---- work ---- */

static rn_tensor *integers(int64_t count, int64_t below)
{
    int32_t *v = malloc((size_t)count * sizeof *v);
    for (int64_t i = 0; v && i < count; i++) v[i] = (int32_t)((uint64_t)(i * 2654435761u) % (uint64_t)below);
    rn_tensor *t = rn_array(RN_I32, RN_SHAPE(count), v);
    free(v);
    return t;
}

static bool make_batch(bench_job *j, int64_t batch)
{
    const bench_network *net = j->net;
    rn_shape shape = { .rank = net->input.rank + 1, .dim = { batch } };
    int64_t per = 1;
    for (int i = 0; i < net->input.rank; i++) per *= shape.dim[i + 1] = net->input.dim[i];
    RN_SCOPE
    {
        rn_tensor *x = net->symbols ? rn_reshape(integers(batch * per, net->symbols), shape) : rn_normal(shape);
        j->x = rn_keep(j->bf16 && !net->symbols ? rn_cast(x, RN_BF16) : x);
        j->t = rn_keep(net->symbols   ? integers(batch * per, net->classes)
                       : net->classes ? integers(batch, net->classes)
                                      : rn_normal(RN_SHAPE(batch, 1)));
        rn_eval(j->x, j->t);
    }
    return rn_ok();
}

static rn_optimizer *make_optimizer(const bench_job *j)
{
    char rate[32];
    snprintf(rate, sizeof rate, "%g", j->net->rate);
    const rn_setting settings[] = { { strncmp(j->net->optimizer, "adam", 4) == 0 ? "alpha" : "rate", rate },
                                    { "master_weights", "true" } };
    return rn_optimizer_make(j->net->optimizer, j->model, settings, j->bf16 ? 2 : 1);
}

static rn_tensor *loss_of(const bench_job *j, rn_tensor *y, rn_tensor *t)
{
    if (!j->net->classes) return rn_mean_squared_error(y, t);
    if (j->net->symbols) y = rn_reshape(y, RN_SHAPE(-1, j->net->classes));
    return rn_softmax_cross_entropy(y, t);
}

static bool train(void *user, rn_tensor *const *in, rn_tensor **out)
{
    const bench_job *j = user;
    RN_PRECISION(j->mixed ? RN_BF16 : RN_F32)
    out[0] = loss_of(j, rn_call(j->model, in[0]), in[1]);
    return rn_update(j->optimizer, out[0]);
}

bool bench_job_open(bench_job *j, const char *name, int64_t batch)
{
    const char *dash = strrchr(name, '-');
    *j = (bench_job){ .bf16 = dash && strcmp(dash, "-bf16") == 0, .mixed = dash && strcmp(dash, "-mixed") == 0 };
    j->net = find(name, j->bf16 || j->mixed ? (size_t)(dash - name) : strlen(name));
    if (!j->net) return rn_fail(RN_ERR_ARG, NULL, "there is no case \"%s\"", name);
    rn_seed(0);
    j->model = j->net->make();
    if (j->bf16) rn_link_set_dtype(j->model, RN_BF16);
    j->optimizer = make_optimizer(j);
    if (!make_batch(j, batch ? batch : j->net->batch)) return false;
    RN_SCOPE
    rn_call(j->model, j->x); /* makes the parameters */
    rn_link_count(j->model, &j->parameters);
    if (!getenv("BENCH_RECORD")) j->step = rn_step_new(train, j, .inputs = 2, .outputs = 1);
    return rn_ok();
}

void bench_job_close(bench_job *j)
{
    rn_step_free(j->step);
    rn_drop(j->x);
    rn_drop(j->t);
    rn_optimizer_free(j->optimizer);
    rn_link_free(j->model);
}

double bench_job_step(const bench_job *j)
{
    double value = 0;
    RN_SCOPE
    {
        rn_tensor *in[] = { j->x, j->t }, *loss = NULL;
        if (j->step)
            rn_step_run(j->step, in, &loss);
        else {
            RN_SCOPE
            {
                if (train((void *)j, in, &loss)) rn_keep(loss);
            }
        }
        value = rn_item(loss);
        if (!j->step) rn_drop(loss);
    }
    return value;
}
