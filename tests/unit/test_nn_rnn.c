/* Recurrent links: steps and sequences agree, state is kept, carried, cut off and forgotten. */
#include "test.h"

static void check_same(rn_tensor *a, rn_tensor *b, double tolerance)
{
    const float *x = rn_data_f32(a), *y = rn_data_f32(b);
    CHECK_OK();
    CHECK_EQ_I64(rn_tensor_count(a), rn_tensor_count(b));
    for (int64_t i = 0; i < rn_tensor_count(a); i++) CHECK_NEAR(x[i], y[i], tolerance);
}

static const char *const texts[] = { "lstm out=4 layers=2", "gru out=4", "rnn out=4 activation=relu layers=2" };

RN_TEST(steps_give_what_the_sequence_gives)
{
    for (int k = 0; k < 3; k++) {
        rn_seed(3);
        rn_link *link = rn_link_parse(texts[k]);
        RN_SCOPE
        {
            rn_tensor *x = rn_normal(RN_SHAPE(2, 5, 3)), *y = rn_call(link, x);
            CHECK(rn_link_state(link, "h") == NULL);
            for (int t = 0; t < 5; t++) {
                rn_tensor *h = rn_call(link, rn_slice(x, RN_RANGES(RN_ALL, RN_AT(t))));
                check_same(h, rn_slice(y, RN_RANGES(RN_ALL, RN_AT(t))), 1e-6);
            }
            CHECK(rn_link_state(link, "h") != NULL);
            rn_link_reset(link);
            CHECK(rn_link_state(link, "h") == NULL);
            check_same(rn_call(link, rn_slice(x, RN_RANGES(RN_ALL, RN_AT(0)))),
                       rn_slice(y, RN_RANGES(RN_ALL, RN_AT(0))), 1e-6);
        }
        rn_link_free(link);
    }
}

RN_TEST(a_carried_state_joins_pieces_of_a_sequence)
{
    rn_seed(4);
    rn_link *whole = rn_lstm_link(4, .layers = 2), *pieces = NULL;
    RN_SCOPE
    {
        rn_tensor *x = rn_normal(RN_SHAPE(2, 6, 3)), *y = rn_call(whole, x);
        pieces = rn_lstm_link(4, .layers = 2, .carry = true);
        rn_call(pieces, x);
        rn_link_reset(pieces);
        CHECK(rn_link_copy_params(pieces, whole));
        rn_tensor *a = rn_call(pieces, rn_slice(x, RN_RANGES(RN_ALL, RN_TO(4))));
        rn_tensor *b = rn_call(pieces, rn_slice(x, RN_RANGES(RN_ALL, RN_FROM(4))));
        check_same(rn_concat(RN_LIST(a, b), .axis = 1), y, 1e-6);
        /* a gradient of the second piece does not reach back into the first */
        rn_tensor *z = rn_require_grad(rn_array(RN_F32, RN_SHAPE(2, 2, 3), NULL), true), *g = NULL;
        rn_call(pieces, z);
        rn_grad(RN_LIST(rn_sum(rn_call(pieces, rn_array(RN_F32, RN_SHAPE(2, 2, 3), NULL)))), RN_LIST(z), .grads = &g);
        CHECK_OK();
        CHECK(g == NULL);
    }
    rn_link_free(whole);
    rn_link_free(pieces);
}

RN_TEST(steps_keep_their_history_until_it_is_cut)
{
    rn_seed(4);
    rn_link *gru = rn_gru_link(4);
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(1, 2), 1, -1), true), *g = NULL;
        rn_call(gru, x);
        rn_tensor *h = rn_call(gru, rn_ones(RN_SHAPE(1, 2)));
        CHECK(rn_grad(RN_LIST(rn_sum(h)), RN_LIST(x), .grads = &g));
        CHECK(g != NULL);
        rn_link_reset(gru);
        rn_call(gru, x);
        CHECK(rn_link_detach(gru));
        h = rn_call(gru, rn_ones(RN_SHAPE(1, 2)));
        CHECK(rn_grad(RN_LIST(rn_sum(h)), RN_LIST(x), .grads = &g));
        CHECK(g == NULL);
        CHECK_OK();
    }
    rn_link_free(gru);
}

RN_TEST(states_can_be_seen_and_given)
{
    rn_link *rnn = rn_rnn_link(1, .no_bias = true);
    RN_SCOPE
    {
        CHECK(rn_link_set_param(rnn, "l0/Wx", rn_full(RN_SHAPE(1, 1), 2)));
        CHECK(rn_link_set_param(rnn, "l0/Wh", rn_full(RN_SHAPE(1, 1), 3)));
        CHECK(rn_link_set_state(rnn, "h", rn_full(RN_SHAPE(1, 1, 1), 0.1)));
        CHECK_NEAR(rn_item(rn_call(rnn, rn_full(RN_SHAPE(1, 1), 0.2))), tanh(0.4 + 0.3), 1e-6);
        CHECK_NEAR(rn_item(rn_link_state(rnn, "h")), tanh(0.7), 1e-6);
        CHECK(rn_call(rnn, rn_zeros(RN_SHAPE(2, 1))) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "rn_link_reset forgets the state");
    }
    rn_link_free(rnn);
}

RN_TEST(an_lstm_starts_out_remembering)
{
    rn_chain *model = rn_chain_new();
    rn_link *lstm = rn_chain_add(model, "lstm", rn_lstm_link(3)),
            *plain = rn_chain_add(model, "plain", rn_lstm_link(3, .no_forget_bias = true));
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(1, 2), .dtype = RN_F64);
        rn_call(lstm, x);
        rn_call(plain, x);
        const double *b = rn_data(rn_link_param(model, "lstm/l0/b"));
        const double *c = rn_data(rn_link_param(model, "plain/l0/b"));
        CHECK_OK();
        for (int i = 0; i < 12; i++) {
            CHECK_NEAR(b[i], i / 3 == 1, 0);
            CHECK_NEAR(c[i], 0, 0);
        }
    }
    rn_link_free(model);
}

RN_TEST(shorter_sequences_end_earlier)
{
    rn_seed(1);
    rn_link *gru = rn_gru_link(2, .bidirectional = true);
    RN_SCOPE
    {
        rn_tensor *x = rn_normal(RN_SHAPE(2, 4, 3)), *lengths = rn_array_i32(RN_SHAPE(2), 4, 2);
        rn_tensor *y = rn_call(gru, x, lengths), *full = rn_call(gru, x);
        rn_tensor *cut = rn_call(gru, rn_slice(x, RN_RANGES(RN_AT(1), RN_TO(2))));
        CHECK(cut == NULL); /* [T, in] is one step of T sequences, which has no other direction */
        CHECK_ERROR(RN_ERR_SHAPE, "for both directions");
        cut = rn_call(gru, rn_slice(x, RN_RANGES(RN_FROM(1), RN_TO(2))));
        check_same(rn_slice(y, RN_RANGES(RN_AT(0))), rn_slice(full, RN_RANGES(RN_AT(0))), 1e-6);
        check_same(rn_slice(y, RN_RANGES(RN_FROM(1), RN_TO(2))), cut, 1e-6);
        CHECK_NEAR(rn_item(rn_sum(rn_abs(rn_slice(y, RN_RANGES(RN_AT(1), RN_FROM(2)))))), 0, 0);
    }
    rn_link_free(gru);
    CHECK_OK();
}

RN_TEST(a_counter_is_learned_by_truncated_backpropagation)
{
    rn_seed(6);
    rn_chain *model = rn_chain_new();
    rn_optimizer *o = rn_adam(model, .alpha = 0.01);
    rn_link *lstm = rn_chain_add(model, "lstm", rn_lstm_link(12, .carry = true));
    rn_link *out = rn_chain_add(model, "out", rn_linear_link(1, .last_axis = true));
    double last = 1;
    int64_t tensors = 0;
    for (int i = 0; i < 400; i++) {
        RN_SCOPE
        {
            /* parity of the ones so far, in pieces of four steps */
            float x[32], t[32];
            static int parity[8];
            rn_tensor *bits = rn_uniform(RN_SHAPE(8, 4, 1));
            const float *u = rn_data_f32(bits);
            for (int n = 0; n < 8; n++) {
                if (i % 2 == 0) parity[n] = 0;
                for (int k = 0; k < 4; k++) {
                    x[n * 4 + k] = u[n * 4 + k] < 0.5f;
                    parity[n] ^= (int)x[n * 4 + k];
                    t[n * 4 + k] = (float)parity[n];
                }
            }
            if (i % 2 == 0) rn_link_reset(model);
            rn_tensor *y = rn_call(out, rn_call(lstm, rn_array(RN_F32, RN_SHAPE(8, 4, 1), x)));
            rn_tensor *d = rn_sub(y, rn_array(RN_F32, RN_SHAPE(8, 4, 1), t)), *loss = rn_mean(rn_mul(d, d));
            CHECK(rn_update(o, loss));
            last = rn_item(loss);
        }
        if (i == 51) tensors = rn_live_tensors();
        if (i == 251) CHECK_EQ_I64(rn_live_tensors(), tensors);
    }
    CHECK_OK();
    CHECK_NEAR(last, 0, 0.1);
    rn_optimizer_free(o);
    rn_link_free(model);
}
