/* lstm, gru, rnn: recurrent links over one step or a whole sequence, with the state that they keep in between.
 *
 * Each layer and direction is a child without a call of its own, l0, l0r, l1, …, that holds the weights in the order in
 * which the functions over sequences take them. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"
#include "nn/nn.h"

#include <rensa/ops.h>
#include <string.h>

enum { WEIGHTS_MAX = 4, CELLS_MAX = 256 };

typedef struct {
    rn_tensor *x, *h, *c, *lengths; /* x [T, N, D] */
    rn_list ws;
    rn_tensor *y, *h_n, *c_n; /* results */
} sequence;

typedef struct {
    const char *name;
    int gates, biases;
    bool has_c;
    rn_tensor *(*run)(const rn_lstm_link_args *a, sequence *s);
} unit;

static rn_tensor *run_lstm(const rn_lstm_link_args *a, sequence *s)
{
    return rn_lstm_sequence(s->x, s->h, s->c, s->lengths, s->ws, .h_n = &s->h_n, .c_n = &s->c_n,
                            .bidirectional = a->bidirectional, .dropout = a->dropout, .no_bias = a->no_bias);
}

static rn_tensor *run_gru(const rn_lstm_link_args *a, sequence *s)
{
    return rn_gru_sequence(s->x, s->h, s->lengths, s->ws, .h_n = &s->h_n, .bidirectional = a->bidirectional,
                           .dropout = a->dropout, .no_bias = a->no_bias);
}

static rn_tensor *run_rnn(const rn_lstm_link_args *a, sequence *s)
{
    return rn_rnn_sequence(s->x, s->h, s->lengths, s->ws, .h_n = &s->h_n, .bidirectional = a->bidirectional,
                           .dropout = a->dropout, .no_bias = a->no_bias, .activation = a->activation);
}

static const unit units[] = { { "lstm", 4, 1, true, run_lstm },
                              { "gru", 3, 2, false, run_gru },
                              { "rnn", 1, 1, false, run_rnn } };

static const unit *unit_of(const rn_link *link)
{
    const unit *u = units;
    while (strcmp(u->name, link->type->name) != 0) u++;
    return u;
}

/* ---- making ---- */

/* Zero, but 1 for the forget gate of an LSTM, so that it remembers at first (Gers, Schmidhuber & Cummins 2000). */
static rn_init bias_init(const rn_link *link, const unit *u)
{
    const rn_lstm_link_args *a = rn_link_args(link);
    rn_init init = { .name = "zero" };
    if (!u->has_c || a->no_forget_bias) return init;
    rn_tensor *values = rn_array(RN_F32, RN_SHAPE(4 * a->out), NULL);
    float *v = values ? rni_alloc(rn_tensor_bytes(values)) : NULL;
    for (int64_t i = a->out; v && i < 2 * a->out; i++) v[i] = 1;
    init.values = v ? rn_array(RN_F32, RN_SHAPE(4 * a->out), v) : NULL;
    rni_free(v);
    return init;
}

static bool add_cell(rn_link *link, const unit *u, int64_t layer, bool backward)
{
    const rn_lstm_link_args *a = rn_link_args(link);
    char name[32];
    snprintf(name, sizeof name, "l%lld%s", (long long)layer, backward ? "r" : "");
    rn_link *cell = rn_chain_add(link, name, rni_link_alloc(RNI_CHAIN, &link->site));
    if (!cell || rn_link_add_slot(cell, "Wx", a->w_init, 0) < 0 || rn_link_add_slot(cell, "Wh", a->h_init, 0) < 0)
        return false;
    if (a->no_bias) return true;
    const int scope = rn_scope_begin();
    const rn_init init = bias_init(link, u);
    const bool ok = rn_ok() && rn_link_add_slot(cell, "b", init, 0) >= 0 &&
                    (u->biases < 2 || rn_link_add_slot(cell, "bh", (rn_init){ .name = "zero" }, 0) >= 0);
    rn_scope_end(scope);
    return ok;
}

static bool setup(rn_link *link)
{
    const rn_lstm_link_args *a = rn_link_args(link);
    const unit *u = unit_of(link);
    for (int64_t l = 0; l < a->layers; l++)
        for (int d = 0; d <= a->bidirectional; d++)
            if (!add_cell(link, u, l, d)) return false;
    return true;
}

/* ---- calling ---- */

static bool check_input(const rn_link *link, const rn_tensor *x)
{
    const rn_lstm_link_args *a = rn_link_args(link);
    const int rank = rn_tensor_rank(x);
    if (rank != 2 && rank != 3) return rni_link_refuse(link, x, "[N, in] for a step, or [N, T, in] for a sequence");
    if (rank == 2 && a->bidirectional) return rni_link_refuse(link, x, "a sequence [N, T, in], for both directions");
    return !a->in || rn_tensor_dim(x, -1) == a->in ||
           rni_link_refuse(link, x, "%lld features in the last axis", (long long)a->in);
}

/* The weights of all layers and directions, in their order. Returns how many, -1 with an error pending. */
static int64_t weights(rn_link *link, const rn_tensor *x, rn_tensor **ws)
{
    const rn_lstm_link_args *a = rn_link_args(link);
    const int64_t rows = unit_of(link)->gates * a->out, directions = a->bidirectional ? 2 : 1;
    int64_t n = 0;
    for (int64_t k = 0; k < link->n_children; k++) {
        rn_link *cell = link->child[k].link;
        const int64_t in = k < directions ? rn_tensor_dim(x, -1) : directions * a->out;
        ws[n++] = rn_link_slot_get(cell, 0, x, RN_SHAPE(rows, in));
        ws[n++] = rn_link_slot_get(cell, 1, x, RN_SHAPE(rows, a->out));
        for (int b = 2; b < cell->n_slots; b++) ws[n++] = rn_link_slot_get(cell, b, x, RN_SHAPE(rows));
    }
    return rn_ok() ? n : -1;
}

/* The kept state must be of as many sequences as x. */
static bool take_state(rn_link *link, const char *name, int64_t n, rn_tensor **to)
{
    *to = rn_link_state(link, name);
    if (!*to || rn_tensor_dim(*to, 1) == n) return true;
    rni_fail(RN_ERR_SHAPE, NULL, link->type->name, "the kept state is of another number of sequences than x");
    rni_error_add("expect", "%lld", (long long)rn_tensor_dim(*to, 1));
    rni_error_add("actual", "%lld", (long long)n);
    rni_error_add("hint", "rn_link_reset forgets the state");
    return false;
}

/* A carried state is cut off from its history: gradients stay within the sequence. */
static bool keep_state(rn_link *link, const char *name, rn_tensor *state, bool cut)
{
    if (cut) state = rn_detach(state);
    return state && rn_link_set_state(link, name, state);
}

static bool run(rn_link *link, sequence *s, bool step)
{
    const rn_lstm_link_args *a = rn_link_args(link);
    const unit *u = unit_of(link);
    const bool keeps = step || a->carry;
    rn_tensor *ws[CELLS_MAX * WEIGHTS_MAX];
    const int64_t n = weights(link, s->x, ws), sequences = rn_tensor_dim(s->x, 1);
    if (n < 0) return false;
    s->ws = (rn_list){ ws, n };
    if (keeps && !take_state(link, "h", sequences, &s->h)) return false;
    if (keeps && u->has_c && !take_state(link, "c", sequences, &s->c)) return false;
    s->y = u->run(a, s);
    if (!s->y || !keeps) return s->y != NULL;
    return keep_state(link, "h", s->h_n, !step) && (!u->has_c || keep_state(link, "c", s->c_n, !step));
}

static rn_tensor *forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_lstm_link_args *a = rn_link_args(link);
    if (!check_input(link, in[0])) return NULL;
    const rn_shape s = *rn_tensor_shape(in[0]);
    const bool step = s.rank == 2;
    sequence q = { .x = in[0], .lengths = in[1] };
    if (step)
        q.x = rn_reshape(q.x, RN_SHAPE(1, s.dim[0], s.dim[1]));
    else if (!a->time_major)
        q.x = rn_transpose(q.x, .axes = RN_AXES(1, 0, 2));
    if (!run(link, &q, step)) return NULL;
    if (step) return rn_reshape(q.y, RN_SHAPE(s.dim[0], a->out));
    return a->time_major ? q.y : rn_transpose(q.y, .axes = RN_AXES(1, 0, 2));
}

/* ---- the rows ---- */

#define RNN rn_lstm_link_args
#define ROWS(...)                                                                                                      \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_REQ_I64(RNN, out, 1, 1 << 28, "features of the state"),                                                     \
            RN_OPT_I64(RNN, layers, 1, 1, CELLS_MAX / 2, "layers, each on the results of the one before"),             \
            RN_OPT_BOOL(RNN, bidirectional, "also from the end to the beginning; results side by side"),               \
            RN_OPT_F64(RNN, dropout, 0, 0, 1, "share of values dropped between layers while training"),                \
            RN_OPT_BOOL(RNN, carry, "a sequence starts from the state that the one before left"),                      \
            RN_OPT_BOOL(RNN, time_major, "x is [T, N, in]"),                                                           \
            RN_OPT_I64(RNN, in, 0, 0, 1e15, "features of x; 0: found at the first call"),                              \
            RN_OPT_BOOL(RNN, no_bias, "without b"),                                                                    \
            __VA_ARGS__ RN_OPT_INIT(RNN, w_init, "lecun_normal", "first values of Wx"),                                \
            RN_OPT_INIT(RNN, h_init, "lecun_normal", "first values of Wh"),                                            \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define SHAPES(g, more)                                                                                                \
    "one step: x [N, in] -> h [N, out], the state is kept; a sequence: x [N, T, in], lengths [N] -> "                  \
    "y [N, T, out] (2 out if bidirectional);  children l0, l0r, l1, …: Wx [" g "out, in], Wh [" g "out, out], "        \
    "b [" g "out]" more
#define ERRORS "SHAPE if x has other features than at the first call, or the kept state other rows than x"
#define COMMON .inputs = "x, lengths?", .args_size = sizeof(RNN), .setup = setup, .forward = forward

const rn_link_type rni_link_lstm = {
    .name = "lstm",
    .topic = "rnn",
    COMMON,
    .opts = ROWS(RN_OPT_BOOL(RNN, no_forget_bias, "the bias of the forget gate starts at 0 instead of 1"), ),
    .doc = { .brief = "Long short-term memory, one step at a time or whole sequences.",
             .formula =
                 "c = sigmoid(f) * c + sigmoid(i) * tanh(g), h = sigmoid(o) * tanh(c), [i f g o] = x Wx' + h Wh' + b",
             .shapes = SHAPES("4 ", ""),
             .errors = ERRORS,
             .source = "Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "out=4", "f32[2,4]", NULL },
                                     { "x:f32[2,5,3]", "out=4", "f32[2,5,4]", NULL },
                                     { "x:f32[2,5,3]", "out=4 layers=2 bidirectional=true", "f32[2,5,8]", NULL },
                                     { "x:f32[5,2,3] lengths:i32[2]{=5,2}", "out=4 time_major=true no_bias=true",
                                       "f32[5,2,4]", NULL },
                                     { "x:f32[2,3]", "out=4 bidirectional=true", NULL, "for both directions" },
                                     { "x:f32[2,3]", "out=4 in=5", NULL, "5 features" },
                                     { "x:f32[3]", "out=4", NULL, "[N, in] for a step" },
                                     { 0 } },
};

const rn_link_type rni_link_gru = {
    .name = "gru",
    .topic = "rnn",
    COMMON,
    .opts = ROWS(),
    .doc = { .brief = "Gated recurrent unit, one step at a time or whole sequences.",
             .formula = "h = (1 - z) * n + z * h, n = tanh(nx + sigmoid(r) * nh), with r, z and n from x Wx' + b and "
                        "h Wh' + bh",
             .shapes = SHAPES("3 ", ", bh [3 out]"),
             .errors = ERRORS,
             .source = "Cho et al. 2014, arXiv:1406.1078",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "out=4", "f32[2,4]", NULL },
                                     { "x:f32[2,5,3]", "out=4 layers=2", "f32[2,5,4]", NULL },
                                     { "x:f32[2,5,3]", "out=4 bidirectional=true no_bias=true", "f32[2,5,8]", NULL },
                                     { 0 } },
};

const rn_link_type rni_link_rnn = {
    .name = "rnn",
    .topic = "rnn",
    COMMON,
    .opts = ROWS(RN_OPT_ENUM(RNN, activation, "tanh,relu", "activation"), ),
    .doc = { .brief = "Plain recurrent layer, one step at a time or whole sequences.",
             .formula = "h = tanh(x Wx' + h Wh' + b)",
             .shapes = SHAPES("", ""),
             .errors = ERRORS,
             .source = "Elman 1990",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "out=4", "f32[2,4]", NULL },
                                     { "x:f32[2,5,3]", "out=4 activation=relu", "f32[2,5,4]", NULL },
                                     { "x:f32[2,5,3]", "out=4 activation=tan", NULL, "one of tanh,relu" },
                                     { 0 } },
};

rn_link *rn_lstm_link_at(const rn_lstm_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_lstm, args);
}

rn_link *rn_gru_link_at(const rn_gru_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_gru, args);
}

rn_link *rn_rnn_link_at(const rn_rnn_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_rnn, args);
}
