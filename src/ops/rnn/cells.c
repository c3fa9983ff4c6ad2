/* One step of recurrent units, elementwise: each is one pass over its operands, and so is its gradient. */
#include "ops/rnn/rnn_p.h"

#include "base/error.h"

#include <rensa/ops.h>
#include <string.h>

extern const rn_op rn_ops_cells[];
enum { LSTM, LSTM_SUM, LSTM_GRAD, GRU, GRU_GRAD, TANH_PULL, RELU_PULL };

static bool call(int which, rn_tensor *const *in, int64_t n, rn_tensor **out)
{
    return rn_op_call(&rn_ops_cells[which], rni_site_current(), in, n, NULL, out);
}

bool rni_lstm_cell(rn_tensor *const *a, rn_tensor *const *b, rn_tensor *c, rn_tensor **y)
{
    if (!b) return call(LSTM, (rn_tensor *[]){ a[0], a[1], a[2], a[3], c }, 5, y);
    return call(LSTM_SUM, (rn_tensor *[]){ a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], c }, 9, y);
}

bool rni_lstm_cell_grad(rn_tensor *const *a, rn_tensor *c, rn_tensor *next, rn_tensor *gh, rn_tensor *gnext,
                        rn_tensor **d)
{
    return call(LSTM_GRAD, (rn_tensor *[]){ a[0], a[1], a[2], a[3], c, next, gh, gnext }, 8, d);
}

rn_tensor *rni_gru_cell(rn_tensor *const *a, rn_tensor *const *b, rn_tensor *h)
{
    rn_tensor *y = NULL;
    return call(GRU, (rn_tensor *[]){ a[0], a[1], a[2], b[0], b[1], b[2], h }, 7, &y) ? y : NULL;
}

bool rni_gru_cell_grad(rn_tensor *const *a, rn_tensor *const *b, rn_tensor *h, rn_tensor *gy, rn_tensor **d)
{
    return call(GRU_GRAD, (rn_tensor *[]){ a[0], a[1], a[2], b[0], b[1], b[2], h, gy }, 8, d);
}

rn_tensor *rni_rnn_pull(rn_tensor *y, rn_tensor *gy, bool relu)
{
    rn_tensor *g = NULL;
    return call(relu ? RELU_PULL : TANH_PULL, (rn_tensor *[]){ y, gy }, 2, &g) ? g : NULL;
}

static rn_tensor *or_zeros(rn_tensor *g, const rn_tensor *like)
{
    return g ? g : rn_zeros(*rn_tensor_shape(like), .dtype = rn_tensor_dtype(like));
}

/* A gate's gradient goes to both of its parts. */
static bool lstm_backward(rn_vjp *v)
{
    const bool sum = v->n_in == 9;
    rn_tensor *a[4], *d[5], *c = v->in[v->n_in - 1];
    for (int k = 0; k < 4; k++) a[k] = sum ? rn_add(v->in[k], v->in[4 + k]) : v->in[k];
    if (!rni_lstm_cell_grad(a, c, v->out[1], or_zeros(v->gout[0], v->out[0]), or_zeros(v->gout[1], v->out[1]), d))
        return false;
    for (int k = 0; k < v->n_in; k++)
        if (v->need[k]) v->gin[k] = k == v->n_in - 1 ? d[4] : d[k % 4];
    return true;
}

static bool gru_backward(rn_vjp *v)
{
    rn_tensor *d[5];
    if (!rni_gru_cell_grad(v->in, v->in + 3, v->in[6], v->gout[0], d)) return false;
    rn_tensor *const g[] = { d[0], d[1], d[2], d[0], d[1], d[3], d[4] };
    for (int k = 0; k < 7; k++)
        if (v->need[k]) v->gin[k] = g[k];
    return true;
}

const rn_op rn_ops_cells[] = {
    { .name = "lstm_cell",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "ai, af, ag, ao, c",
      .outputs = "h, next",
      .types = "float",
      .expr = "next = sigmoid(af) * c + sigmoid(ai) * tanh(ag); h = sigmoid(ao) * tanh(next)",
      .backward = lstm_backward,
      .doc = { .brief = "One step of a long short-term memory.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "ai:f32[2,3] af:f32[2,3] ag:f32[2,3] ao:f32[2,3] c:f32[2,3]" }, { 0 } } },
    { .name = "lstm_cell_sum",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "ai, af, ag, ao, bi, bf, bg, bo, c",
      .outputs = "h, next",
      .types = "float",
      .expr = "next = sigmoid(af + bf) * c + sigmoid(ai + bi) * tanh(ag + bg); h = sigmoid(ao + bo) * tanh(next)",
      .backward = lstm_backward,
      .doc = { .brief = "One step of a long short-term memory, gates given in two parts.", .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "ai:f32[3] af:f32[3] ag:f32[3] ao:f32[3] bi:f32[3] bf:f32[3] bg:f32[3] bo:f32[3] "
                                     "c:f32[3]" },
                             { 0 } } },
    { .name = "lstm_cell_grad",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "ai, af, ag, ao, c, next, dh, dn",
      .outputs = "di, df, dg, dq, dp",
      .types = "float",
      .expr = "si = sigmoid(ai); sf = sigmoid(af); tg = tanh(ag); so = sigmoid(ao); tn = tanh(next); "
              "t = dn + dh * so * (1 - tn * tn); di = t * tg * si * (1 - si); df = t * c * sf * (1 - sf); "
              "dg = t * si * (1 - tg * tg); dq = dh * tn * so * (1 - so); dp = t * sf",
      .doc = { .brief = "Gradient of lstm_cell.", .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "ai:f32[3] af:f32[3] ag:f32[3] ao:f32[3] c:f32[3] next:f32[3] dh:f32[3] dn:f32[3]" }, { 0 } } },
    { .name = "gru_cell",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "ar, az, an, br, bz, bn, h",
      .types = "float",
      .expr = "z = sigmoid(az + bz); c = tanh(an + sigmoid(ar + br) * bn); y = c + z * (h - c)",
      .backward = gru_backward,
      .doc = { .brief = "One step of a gated recurrent unit.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "ar:f32[3] az:f32[3] an:f32[3] br:f32[3] bz:f32[3] bn:f32[3] h:f32[3]" },
                                  { 0 } } },
    { .name = "gru_cell_grad",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "ar, az, an, br, bz, bn, h, dy",
      .outputs = "dr, dz, da, db, dp",
      .types = "float",
      .expr = "r = sigmoid(ar + br); z = sigmoid(az + bz); c = tanh(an + r * bn); dz = dy * (h - c) * z * (1 - z); "
              "da = dy * (1 - z) * (1 - c * c); db = da * r; dr = da * bn * r * (1 - r); dp = dy * z",
      .doc = { .brief = "Gradient of gru_cell.", .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "ar:f32[3] az:f32[3] an:f32[3] br:f32[3] bz:f32[3] bn:f32[3] h:f32[3] dy:f32[3]" },
                             { 0 } } },
    { .name = "rnn_pull_tanh",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "h, dh",
      .expr = "y = dh * (1 - h * h)",
      .doc = { .brief = "Gradient of tanh given its result.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "h:f32[3] dh:f32[3]" }, { 0 } } },
    { .name = "rnn_pull_relu",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "h, dh",
      .expr = "y = h > 0 ? dh : 0",
      .doc = { .brief = "Gradient of relu given its result.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "h:f32[3] dh:f32[3]", .kink = "h=0" }, { 0 } } },
    { 0 },
};
