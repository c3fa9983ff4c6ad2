/* How long does a training step take? bench_train CASE [SECONDS]; without arguments all cases. OMP_NUM_THREADS sets the
 * threads. A step is what a program writes: forward, loss, update, and the loss looked at after the scope. */
#include "bench.h"
#include "networks.h"

typedef struct {
    const bench_network *net;
    rn_link *model;
    rn_optimizer *optimizer;
    rn_tensor *x, *t;
} state;

static rn_tensor *loss_of(const state *s, rn_tensor *y)
{
    if (!s->net->classes) return rn_mean_squared_error(y, s->t);
    if (s->net->symbols) y = rn_reshape(y, RN_SHAPE(-1, s->net->classes));
    return rn_softmax_cross_entropy(y, s->t);
}

static bool step(void *user)
{
    const state *s = user;
    rn_tensor *loss = NULL;
    RN_SCOPE
    {
        loss = rn_keep(loss_of(s, rn_call(s->model, s->x)));
        rn_update(s->optimizer, loss);
    }
    rn_item(loss);
    rn_drop(loss);
    return rn_ok();
}

static rn_tensor *integers(int64_t count, int64_t below)
{
    int32_t *v = malloc((size_t)count * sizeof *v);
    for (int64_t i = 0; i < count; i++) v[i] = (int32_t)((uint64_t)(i * 2654435761u) % (uint64_t)below);
    rn_tensor *t = rn_array(RN_I32, RN_SHAPE(count), v);
    free(v);
    return t;
}

static int run(const bench_network *net, double seconds)
{
    rn_seed(0);
    state s = { .net = net, .model = net->make() };
    const rn_setting rate = { "rate", "0.01" }, alpha = { "alpha", "0.001" };
    char text[32];
    snprintf(text, sizeof text, "%g", net->rate);
    rn_setting setting = strncmp(net->optimizer, "adam", 4) == 0 ? alpha : rate;
    setting.text = text;
    s.optimizer = rn_optimizer_make(net->optimizer, s.model, &setting, 1);
    RN_SCOPE
    {
        rn_shape shape = { .rank = net->input.rank + 1 };
        int64_t per = 1;
        shape.dim[0] = net->batch;
        for (int i = 0; i < net->input.rank; i++) per *= shape.dim[i + 1] = net->input.dim[i];
        s.x = rn_keep(net->symbols ? rn_reshape(integers(net->batch * per, net->symbols), shape) : rn_normal(shape));
        s.t = rn_keep(net->symbols   ? integers(net->batch * per, net->classes)
                      : net->classes ? integers(net->batch, net->classes)
                                     : rn_normal(RN_SHAPE(net->batch, 1)));
        rn_eval(s.x, s.t);
    }
    const bench_result r = bench_run(step, &s, 3, seconds);
    if (r.median > 0)
        bench_print(net->name, r, net->units, net->unit);
    else
        rn_report_error(stderr);
    rn_drop(s.x);
    rn_drop(s.t);
    rn_optimizer_free(s.optimizer);
    rn_link_free(s.model);
    return r.median > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    const double seconds = argc > 2 ? strtod(argv[2], NULL) : 4;
    if (argc > 1) {
        const bench_network *net = bench_network_find(argv[1]);
        if (net) return run(net, seconds);
        fprintf(stderr, "bench_train: there is no case \"%s\"\n", argv[1]);
        return 2;
    }
    int failed = 0;
    for (const bench_network *net = bench_networks; net->name; net++) failed |= run(net, seconds);
    return failed;
}
