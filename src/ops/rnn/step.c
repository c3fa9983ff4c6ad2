/* lstm, gru, rnn: one step of a recurrent layer, given its gates before their activations. */
#include "ops/rnn/rnn_p.h"

#include "base/shape.h"

#include <rensa/lists.h>
#include <rensa/ops.h>
#include <string.h>

typedef struct {
    int order;
} step_opt;

/* In which order gates stand along axis 1: place[k] of the k-th gate of a cell. */
typedef struct {
    int place[4];
    bool interleaved; /* gates of a unit stand together */
} gate_order;

static const gate_order lstm_orders[] = { { { 0, 1, 2, 3 }, false },
                                          { { 0, 2, 3, 1 }, false },
                                          { { 1, 2, 0, 3 }, true } };
static const gate_order gru_orders[] = { { { 0, 1, 2 }, false }, { { 1, 0, 2 }, false } };

static bool cut(rn_tensor *x, const gate_order *order, int gates, rn_tensor **to)
{
    rn_tensor *part[4];
    if (order->interleaved) {
        rn_shape s = *rn_tensor_shape(x);
        memmove(&s.dim[3], &s.dim[2], (size_t)(s.rank - 2) * sizeof *s.dim);
        s.rank++;
        s.dim[1] /= gates;
        s.dim[2] = gates;
        if (!rn_separate(rn_reshape(x, s), part, gates, .axis = 2)) return false;
    } else if (!rn_split(x, part, gates, .axis = 1))
        return false;
    for (int k = 0; k < gates; k++) to[k] = part[order->place[k]];
    return true;
}

/* x [N, gates H, ...] and a state [N', H, ...] of input `state`. */
static bool check(rn_infer *f, int x, int gates, int state)
{
    const rn_shape *a = f->shape[x], *h = f->shape[state];
    if (!rn_want_float(f, x) || !rn_want_float(f, state)) return false;
    if (f->dtype[x] != f->dtype[state]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "one type for all inputs");
    bool fits = a->rank >= 2 && a->rank == h->rank && a->rank < RN_MAX_RANK && a->dim[1] == gates * h->dim[1];
    for (int i = 2; fits && i < a->rank; i++) fits = a->dim[i] == h->dim[i];
    if (fits) return true;
    static const char *const rules[] = { [1] = "x.shape[1] == h.shape[1], further axes equal",
                                         [3] = "x.shape[1] == y.shape[1] == 3 * h.shape[1], further axes equal",
                                         [4] = "x.shape[1] == 4 * c.shape[1], further axes equal" };
    return rn_refuse(f, RN_ERR_SHAPE, "gates and state do not fit", rules[gates]);
}

/* The first rows of c take part; the others, of sequences that have ended, stay as they are. */
static bool build_lstm(rn_call_info *call)
{
    rn_infer f;
    rn_infer_begin(&f, call, call->opts);
    if (!check(&f, 0, 4, 1)) return false;
    const int64_t n = f.shape[0]->dim[0], all = f.shape[1]->dim[0];
    if (n > all) return rn_refuse(&f, RN_ERR_SHAPE, "more rows than states", "x.shape[0] <= c.shape[0]");
    rn_tensor *part[2] = { call->in[1] }, *gate[4], *y[2];
    if (n < all && !rn_split(call->in[1], part, 2, .sizes = (const int64_t[]){ n, all - n })) return false;
    if (!cut(call->in[0], &lstm_orders[((const step_opt *)call->opts)->order], 4, gate) ||
        !rni_lstm_cell(gate, NULL, part[0], y))
        return false;
    call->out[0] = y[0];
    call->out[1] = n < all ? rn_concat(RN_LIST(y[1], part[1])) : y[1];
    return rn_ok();
}

static bool build_gru(rn_call_info *call)
{
    rn_infer f;
    rn_infer_begin(&f, call, call->opts);
    if (!check(&f, 0, 3, 2) || !check(&f, 1, 3, 2)) return false;
    if (!rni_shape_equal(f.shape[0], f.shape[1]) || f.shape[0]->dim[0] != f.shape[2]->dim[0])
        return rn_refuse(&f, RN_ERR_SHAPE, "rows differ in number", "x.shape[0] == y.shape[0] == h.shape[0]");
    const gate_order *order = &gru_orders[((const step_opt *)call->opts)->order];
    rn_tensor *a[3], *b[3];
    if (!cut(call->in[0], order, 3, a) || !cut(call->in[1], order, 3, b)) return false;
    call->out[0] = rni_gru_cell(a, b, call->in[2]);
    return call->out[0] != NULL;
}

static bool build_rnn(rn_call_info *call)
{
    rn_infer f;
    rn_infer_begin(&f, call, call->opts);
    if (!check(&f, 0, 1, 1)) return false;
    if (f.shape[0]->dim[0] != f.shape[1]->dim[0])
        return rn_refuse(&f, RN_ERR_SHAPE, "rows differ in number", "x.shape[0] == h.shape[0]");
    rn_tensor *a = rn_add(call->in[0], call->in[1]);
    call->out[0] = ((const step_opt *)call->opts)->order ? rn_relu(a) : rn_tanh(a);
    return call->out[0] != NULL;
}

const rn_op rn_ops_step[] = {
    { .name = "lstm",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, c",
      .outputs = "h, c_next",
      .build = build_lstm,
      .opts =
          (const rn_opt[]){
              RN_OPT_ENUM(step_opt, order, "ifgo,iofg,aifo",
                          "how the gates stand in x: input, forget, new value (g) and output in blocks of H; "
                          "iofg: as ONNX; aifo: as Chainer's lstm, a being g, the four of a unit together"),
              { 0 } },
      .opts_size = sizeof(step_opt),
      .nnp = "LSTMCell",
      .doc = { .brief = "One step of a long short-term memory, given its gates before their activations.",
               .formula = "c_next = sigmoid(f) * c + sigmoid(i) * tanh(g), h = sigmoid(o) * tanh(c_next)",
               .shapes = "x [N, 4 H, ...]   c [M, H, ...] with M >= N   ->   h [N, H, ...], c_next [M, H, ...]; rows "
                         "of c past N stay",
               .types = "f16, bf16 (computed in f32), f32, f64; both the same",
               .errors = "SHAPE if x has not four gates for each unit of c; DTYPE on mixed types",
               .source = "Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,12] c:f32[2,3]" },
                                  { .in = "x:f64[2,12] c:f64[4,3]", .with = "order=iofg" },
                                  { .in = "x:f32[2,8,3] c:f32[2,2,3]", .with = "order=aifo" },
                                  { .in = "x:f16[2,8] c:f16[2,2]" },
                                  { .in = "x:f32[0,12] c:f32[0,3]" },
                                  { .in = "x:f32[2,12] c:f32[2,4]", .fails = "4 * c.shape[1]" },
                                  { .in = "x:f32[3,12] c:f32[2,3]", .fails = "x.shape[0] <= c.shape[0]" },
                                  { .in = "x:f32[2,12] c:f64[2,3]", .fails = "types differ" },
                                  { 0 } } },
    { .name = "gru",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, y, h",
      .outputs = "h_next",
      .build = build_gru,
      .opts =
          (const rn_opt[]){
              RN_OPT_ENUM(step_opt, order, "rzn,zrn",
                          "how the gates stand in x and y, in blocks of H: reset, update, new value; zrn: as "
                          "ONNX"),
              { 0 } },
      .opts_size = sizeof(step_opt),
      .doc = { .brief = "One step of a gated recurrent unit, given its gates before their activations, as parts from "
                        "the input "
                        "and from the state.",
               .formula =
                   "z = sigmoid(z_x + z_y), n = tanh(n_x + sigmoid(r_x + r_y) * n_y), h_next = (1 - z) * n + z * h",
               .shapes = "x, y [N, 3 H, ...]   h [N, H, ...]   ->   h_next like h; x = W v + b, y = U h + b'",
               .types = "f16, bf16 (computed in f32), f32, f64; all the same",
               .errors = "SHAPE if x and y have not three gates for each unit of h; DTYPE on mixed types",
               .source = "Cho et al. 2014, arXiv:1406.1078, with the reset gate after the product",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,9] y:f32[2,9] h:f32[2,3]" },
                                  { .in = "x:f64[2,6,2] y:f64[2,6,2] h:f64[2,2,2]", .with = "order=zrn" },
                                  { .in = "x:f32[0,9] y:f32[0,9] h:f32[0,3]" },
                                  { .in = "x:f32[2,9] y:f32[2,6] h:f32[2,3]", .fails = "3 * h.shape[1]" },
                                  { .in = "x:f32[2,9] y:f32[3,9] h:f32[2,3]", .fails = "rows differ in number" },
                                  { 0 } } },
    { .name = "rnn",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, h",
      .outputs = "h_next",
      .build = build_rnn,
      .opts = (const rn_opt[]){ { "activation", RN_OPT_TYPE_ENUM, 0, (int)offsetof(step_opt, order), 1, 0, 0, 0,
                                  "tanh,relu", "activation" },
                                { 0 } },
      .opts_size = sizeof(step_opt),
      .doc = { .brief = "One step of a plain recurrent layer, given the parts from the input and from the state.",
               .formula = "h_next = tanh(x + h)",
               .shapes = "x, h [N, H, ...] -> h_next the same; x = W v + b, h = U (state before)",
               .types = "f16, bf16, f32, f64; both the same",
               .errors = "SHAPE if the two differ; DTYPE on mixed types",
               .source = "Elman 1990",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3] h:f32[2,3]" },
                                  { .in = "x:f64[2,3] h:f64[2,3]", .with = "activation=relu" },
                                  { .in = "x:f32[2,3] h:f32[2,4]", .fails = "x.shape[1] == h.shape[1]" },
                                  { 0 } } },
    { 0 },
};
