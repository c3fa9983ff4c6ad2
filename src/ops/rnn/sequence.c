/* rnn_sequence, gru_sequence, lstm_sequence: stacks of recurrent layers over whole sequences, in one or both
 * directions.
 *
 * The input's part of the gates of all steps is one product; the rest of a layer is one composite (lstm_layer and the
 * like). Shorter sequences of a batch are given by their lengths: past its end a sequence's state stays, and its output
 * is 0. */
#include "ops/rnn/rnn_p.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"

#include <rensa/ops.h>

typedef struct {
    bool bidirectional, no_bias;
    double dropout;
    int activation; /* of rnn_sequence: tanh, relu */
} sequence_opt;

typedef struct {
    int64_t steps;
} mask_opt;

/* A kind of unit. Weights of each layer and direction: w, u, then b and, for a gru, the state's own b. */
typedef struct {
    const rn_op *layer;
    int gates, states, biases;
} unit;

extern const rn_op rn_ops_sequence[];
enum { RNN, GRU, LSTM, MASK };

static const unit units[] = { [RNN] = { rn_ops_rnn_layer, 1, 1, 1 },
                              [GRU] = { rn_ops_gru_layer, 3, 1, 2 },
                              [LSTM] = { rn_ops_lstm_layer, 4, 2, 1 } };

/* A call, taken apart. Inputs are x, the states, lengths, then the weights. */
typedef struct {
    rn_call_info *call;
    const unit *unit;
    const sequence_opt *o;
    rn_infer f;
    int directions, per_cell, first_weight;
    int64_t layers, width;
    rn_tensor *mask;
    rn_tensor **last; /* [state][layer][direction] */
} sequence;

/* ---- checks ---- */

static bool bad_weight(sequence *s, int64_t place, const char *what, rn_shape want)
{
    static const char *const names[] = { "w, of the input,", "u, of the state,", "b", "b of the state" };
    char shape[RNI_SHAPE_TEXT], have[RNI_SHAPE_TEXT];
    const int64_t cell = place / s->per_cell;
    rn_refuse(&s->f, RN_ERR_SHAPE, what, NULL);
    rni_error_add("expect", "ws[%lld]: %s of layer %lld%s is %s", (long long)place, names[place % s->per_cell],
                  (long long)(cell / s->directions), cell % s->directions ? ", backward," : "",
                  rni_shape_text(&want, shape));
    rni_error_add("actual", "ws[%lld] %s", (long long)place,
                  rni_shape_text(rn_tensor_shape(s->call->in[s->first_weight + place]), have));
    return false;
}

static bool check_weights(sequence *s)
{
    const int64_t n = s->call->n_in - s->first_weight, per_layer = (int64_t)s->per_cell * s->directions;
    if (n < per_layer || n % per_layer) {
        rn_refuse(&s->f, RN_ERR_ARG, "ws does not hold whole layers", NULL);
        rni_error_add("expect", "%d tensors for each layer%s: w, u%s", (int)per_layer,
                      s->directions > 1 ? " (two directions)" : "",
                      s->o->no_bias          ? ""
                      : s->unit->biases == 2 ? ", b, b of the state"
                                             : ", b");
        rni_error_add("actual", "%lld tensors", (long long)n);
        return false;
    }
    s->layers = n / per_layer;
    rn_tensor *const *ws = s->call->in + s->first_weight;
    if (rn_tensor_rank(ws[1]) != 2)
        return bad_weight(s, 1, "a weight does not fit",
                          RN_SHAPE(s->unit->gates * rn_tensor_dim(ws[1], -1), rn_tensor_dim(ws[1], -1)));
    s->width = rn_tensor_dim(ws[1], 1);
    int64_t rows, joined;
    if (!rni_mul_i64(s->width, s->unit->gates, &rows) || !rni_mul_i64(s->width, s->directions, &joined))
        return rn_refuse(&s->f, RN_ERR_SHAPE, "too many elements", "a product of sizes below 2 ** 63");
    for (int64_t i = 0; i < n; i++) {
        const int64_t from = i < per_layer ? s->f.shape[0]->dim[2] : joined;
        const int64_t k = i % s->per_cell;
        const rn_shape want = k == 0 ? RN_SHAPE(rows, from) : k == 1 ? RN_SHAPE(rows, s->width) : RN_SHAPE(rows);
        if (!rni_shape_equal(rn_tensor_shape(ws[i]), &want)) return bad_weight(s, i, "a weight does not fit", want);
        if (rn_tensor_dtype(ws[i]) != s->f.dtype[0])
            return rn_refuse(&s->f, RN_ERR_DTYPE, "types differ", "weights and states of the type of x");
    }
    return true;
}

static bool check_states(sequence *s)
{
    const rn_shape want = RN_SHAPE(s->layers * s->directions, s->f.shape[0]->dim[1], s->width);
    for (int i = 1; i <= s->unit->states; i++) {
        if (!s->f.in[i]) continue;
        if (!rni_shape_equal(s->f.shape[i], &want)) {
            char shape[RNI_SHAPE_TEXT];
            rn_refuse(&s->f, RN_ERR_SHAPE, "a first state does not fit", "[layers * directions, x.shape[1], units]");
            rn_infer_hint("it would be %s", rni_shape_text(&want, shape));
            return false;
        }
        if (s->f.dtype[i] != s->f.dtype[0])
            return rn_refuse(&s->f, RN_ERR_DTYPE, "types differ", "weights and states of the type of x");
    }
    return true;
}

static bool make_mask(sequence *s)
{
    const int i = s->first_weight - 1;
    rn_tensor *lengths = s->call->in[i];
    if (!lengths) return true;
    if (s->f.shape[i]->rank != 1 || s->f.shape[i]->dim[0] != s->f.shape[0]->dim[1])
        return rn_refuse(&s->f, RN_ERR_SHAPE, "lengths must be one for each sequence", "lengths.shape == x.shape[1:2]");
    if (rn_dtype_is_float(s->f.dtype[i]))
        return rn_refuse(&s->f, RN_ERR_DTYPE, "lengths are whole numbers", "lengths of an integer type");
    const mask_opt o = { .steps = s->f.shape[0]->dim[0] };
    rn_tensor *column = rn_reshape(lengths, RN_SHAPE(s->f.shape[i]->dim[0], 1));
    return column && rn_op_call(&rn_ops_sequence[MASK], rni_site_current(), &column, 1, &o, &s->mask);
}

/* ---- layers ---- */

static rn_tensor *first_state(sequence *s, int which, int64_t cell)
{
    rn_tensor *given = s->call->in[1 + which];
    if (given) return rn_slice(given, RN_RANGES(RN_AT(cell)));
    return rn_zeros(RN_SHAPE(s->f.shape[0]->dim[1], s->width), .dtype = s->f.dtype[0]);
}

/* One layer in one direction: states of all steps. */
static rn_tensor *run_cell(sequence *s, rn_tensor *x, int64_t layer, int direction)
{
    const int64_t cell = layer * s->directions + direction, cells = s->layers * s->directions;
    rn_tensor *const *w = s->call->in + s->first_weight + cell * s->per_cell;
    const rni_layer_opts o = { .reverse = direction == 1, .relu = s->o->activation == 1 };
    rn_tensor *in[5] = { rni_layer_project(x, w[0], s->o->no_bias ? NULL : w[2]), w[1] }, *out[3];
    int n = 2;
    for (int i = 0; i < s->unit->states; i++) in[n++] = first_state(s, i, cell);
    if (s->unit->biases == 2) in[n++] = s->o->no_bias ? NULL : w[3];
    if (s->mask) in[n++] = s->mask;
    if (!rn_ok() || !rn_op_call(s->unit->layer, rni_site_current(), in, n, &o, out)) return NULL;
    const int64_t steps = s->f.shape[0]->dim[0];
    for (int i = 0; i < s->unit->states; i++)
        s->last[i * cells + cell] = steps ? rn_slice(out[i], RN_RANGES(RN_AT(o.reverse ? 0 : steps - 1))) : in[2 + i];
    return out[0];
}

static bool run_layers(sequence *s)
{
    const int64_t cells = s->layers * s->directions;
    rn_tensor *y = s->call->in[0];
    for (int64_t l = 0; y && l < s->layers; l++) {
        if (l > 0 && s->o->dropout > 0) y = rn_dropout(y, s->o->dropout);
        rn_tensor *to[2] = { 0 };
        for (int d = 0; y && d < s->directions; d++) to[d] = run_cell(s, y, l, d);
        y = s->directions > 1 && to[1] ? rn_concat(RN_LIST(to[0], to[1]), .axis = 2) : to[0];
    }
    s->call->out[0] = rni_layer_keep(s->mask, y, NULL);
    for (int i = 0; i < s->unit->states && rn_ok(); i++)
        s->call->out[1 + i] = rn_stack(((rn_list){ s->last + i * cells, cells }));
    return rn_ok();
}

static bool build(rn_call_info *call)
{
    const sequence_opt *o = call->opts;
    const unit *kind = &units[call->op - rn_ops_sequence];
    sequence s = { .call = call,
                   .unit = kind,
                   .o = o,
                   .directions = o->bidirectional ? 2 : 1,
                   .per_cell = 2 + (o->no_bias ? 0 : kind->biases),
                   .first_weight = 2 + kind->states };
    rn_infer_begin(&s.f, call, o);
    if (!rn_want_rank(&s.f, 0, 3) || !rn_want_float(&s.f, 0) || !check_weights(&s) || !check_states(&s) ||
        !make_mask(&s))
        return false;
    s.last = rni_alloc(kind->states * s.layers * s.directions * (int64_t)sizeof *s.last);
    const bool ok = s.last && run_layers(&s);
    rni_free(s.last);
    return ok;
}

static bool infer_mask(rn_infer *f)
{
    if (!rn_want_rank(f, 0, 2)) return false;
    if (f->shape[0]->dim[1] != 1) return rn_refuse(f, RN_ERR_SHAPE, "one length per sequence", "lengths.shape[1] == 1");
    return rn_out(f, 0, RN_BOOL, RN_SHAPE(((const mask_opt *)f->opts)->steps, f->shape[0]->dim[0], 1));
}

/* ---- the rows ---- */

#define OPTIONS(...)                                                                                                   \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_BOOL(sequence_opt, bidirectional,                                                                       \
                    "each layer also from the end to the beginning; results side by side"),                            \
            RN_OPT_F64(sequence_opt, dropout, 0, 0, 1, "part of the values dropped between layers in training"),       \
            RN_OPT_BOOL(sequence_opt, no_bias, "ws has no b"), __VA_ARGS__                                             \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define SHAPES(state)                                                                                                  \
    "x [T, N, D]   " state " [layers * directions, N, H] or left out (zeros)   lengths [N] or left out   ->   "        \
    "y [T, N, directions * H], last states like the first"
#define TYPES "f16, bf16, f32, f64; all the same; lengths of an integer type"
#define ERRORS                                                                                                         \
    "SHAPE if a weight or state does not fit (named by layer and direction); ARG if ws does not hold whole layers; "   \
    "DTYPE "                                                                                                           \
    "on mixed types. Lengths are clipped to 0 ... T; past its length a sequence's state stays and y is 0"

const rn_op rn_ops_sequence[] = {
    [RNN] = { .name = "rnn_sequence",
              .kind = RN_FUNCTION,
              .flags = RN_OP_NARROW,
              .inputs = "x, h?, lengths?, ws*",
              .outputs = "y, h_n",
              .build = build,
              .opts = OPTIONS(RN_OPT_ENUM(sequence_opt, activation, "tanh,relu", "activation"), ),
              .opts_size = sizeof(sequence_opt),
              .onnx = "RNN",
              .nnp = "RNN",
              .doc = { .brief = "Plain recurrent layers over whole sequences.",
                       .formula =
                           "h[t] = tanh(w x[t] + b + u h[t - 1]), ws = w, u, b for each layer and direction, with "
                           "w [H, D], u [H, H], b [H]",
                       .shapes = SHAPES("h"),
                       .types = TYPES,
                       .errors = ERRORS,
                       .source = "Elman 1990",
                       .since = "0.1" },
              .cases = (const rn_case[]){ { .in = "x:f32[3,2,4] h:f32[1,2,3] ws:f32[3,4] ws:f32[3,3] ws:f32[3]" },
                                          { .in = "x:f64[3,2,4] lengths:i32[2]{=3,1} ws:f64[3,4] ws:f64[3,3]",
                                            .with = "no_bias=true activation=relu",
                                            .no_grad = true },
                                          { .in = "x:f32[3,2,4] ws:f32[3,4] ws:f32[3,3]", .fails = "whole layers" },
                                          { .in = "x:f32[3,2,4] ws:f32[3,5] ws:f32[3,3] ws:f32[3]",
                                            .fails = "ws[0]: w, of the input, of layer 0 is [3, 4]" },
                                          { 0 } } },
    [GRU] = { .name = "gru_sequence",
              .kind = RN_FUNCTION,
              .flags = RN_OP_NARROW,
              .inputs = "x, h?, lengths?, ws*",
              .outputs = "y, h_n",
              .build = build,
              .opts = OPTIONS(),
              .opts_size = sizeof(sequence_opt),
              .onnx = "GRU",
              .nnp = "GRU",
              .doc = { .brief = "Gated recurrent units over whole sequences.",
                       .formula = "as gru, with gates r, z, n; ws = w, u, b, b' for each layer and direction, with "
                                  "w [3 H, D], u [3 H, H], b and b' (of u) [3 H]",
                       .shapes = SHAPES("h"),
                       .types = TYPES,
                       .errors = ERRORS,
                       .source = "Cho et al. 2014, arXiv:1406.1078, with the reset gate after the product",
                       .since = "0.1" },
              .cases =
                  (const rn_case[]){ { .in = "x:f32[3,2,4] h:f32[1,2,2] ws:f32[6,4] ws:f32[6,2] ws:f32[6] ws:f32[6]" },
                                     { .in = "x:f64[3,2,4] lengths:i64[2]{=2,3} ws:f64[6,4] ws:f64[6,2] ws:f64[6,4] "
                                             "ws:f64[6,2]",
                                       .with = "no_bias=true bidirectional=true" },
                                     { .in = "x:f32[3,2,4] h:f32[1,2,3] ws:f32[6,4] ws:f32[6,2] ws:f32[6] ws:f32[6]",
                                       .fails = "a first state does not fit" },
                                     { 0 } } },
    [LSTM] = { .name = "lstm_sequence",
               .kind = RN_FUNCTION,
               .flags = RN_OP_NARROW,
               .inputs = "x, h?, c?, lengths?, ws*",
               .outputs = "y, h_n, c_n",
               .build = build,
               .opts = OPTIONS(),
               .opts_size = sizeof(sequence_opt),
               .onnx = "LSTM",
               .nnp = "LSTM",
               .doc = { .brief = "Long short-term memories over whole sequences.",
                        .formula = "as lstm, with gates i, f, g, o; ws = w, u, b for each layer and direction, with "
                                   "w [4 H, D], u [4 H, H], b [4 H]",
                        .shapes = SHAPES("h, c"),
                        .types = TYPES,
                        .errors = ERRORS,
                        .source = "Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000",
                        .since = "0.1" },
               .cases =
                   (const rn_case[]){
                       { .in = "x:f32[3,2,4] h:f32[1,2,2] c:f32[1,2,2] ws:f32[8,4] ws:f32[8,2] ws:f32[8]" },
                       { .in = "x:f32[3,2,4] ws:f32[8,4] ws:f32[8,2] ws:f32[8] ws:f32[8,2] ws:f32[8,2] "
                               "ws:f32[8]" },
                       { .in = "x:f64[3,2,4] lengths:i32[2]{=3,1} ws:f64[8,4] ws:f64[8,2] ws:f64[8] "
                               "ws:f64[8,4] ws:f64[8,2] ws:f64[8]",
                         .with = "bidirectional=true" },
                       { .in = "x:f32[3,2,4] ws:f32[8,4] ws:f32[8,2] ws:f32[8,2] ws:f32[8,2]",
                         .with = "no_bias=true dropout=0.5",
                         .random = true },
                       { .in = "x:bf16[3,2,4] ws:bf16[8,4] ws:bf16[8,2] ws:bf16[8]" },
                       { .in = "x:f32[0,2,4] ws:f32[8,4] ws:f32[8,2] ws:f32[8]" },
                       { .in = "x:f32[3,0,4] ws:f32[8,4] ws:f32[8,2] ws:f32[8]" },
                       { .in = "x:f32[3,2,4] lengths:f32[2] ws:f32[8,4] ws:f32[8,2] ws:f32[8]",
                         .fails = "whole numbers" },
                       { .in = "x:f32[2,4] ws:f32[8,4] ws:f32[8,2] ws:f32[8]", .fails = "rank of x == 3" },
                       { 0 } } },
    [MASK] = { .name = "sequence_mask",
               .kind = RN_MAP,
               .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
               .inputs = "lengths",
               .expr = "y = i < lengths * (n / steps)",
               .infer = infer_mask,
               .opts = (const rn_opt[]){ RN_OPT_I64(mask_opt, steps, 0, 0, 0x1p53, "steps"), { 0 } },
               .opts_size = sizeof(mask_opt),
               .doc = { .brief = "Whether a step is inside a sequence.", .since = "0.1" },
               .cases = (const rn_case[]){ { .in = "lengths:i32[2,1]{=3,1}", .with = "steps=3" }, { 0 } } },
    { 0 },
};
