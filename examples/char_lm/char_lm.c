/* Language models by character, and text that they make up: an LSTM and a small GPT.
 *
 *     char_lm [lstm | gpt] [--small] [FILE]
 *
 * FILE is any text; left out, it is Tiny Shakespeare, from $RENSA_DATA, the user's cache or a download. */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH = 64 }; /* characters of an example */

typedef struct {
    rn_chain *chain;
    int64_t symbols, units, layers;
    bool gpt;
} model;

static rn_tensor *lstm(const model *m, rn_tensor *x)
{
    rn_tensor *h = rn_embedding(m->chain, "embed", x, m->symbols, m->units);
    return rn_lstm_layer(m->chain, "lstm", h, m->units, .layers = m->layers, .dropout = 0.1, .carry = true);
}

static rn_tensor *gpt(const model *m, rn_tensor *x)
{
    rn_tensor *place = rn_arange(0, (double)rn_tensor_dim(x, 1), .dtype = RN_I32);
    rn_tensor *h = rn_add(rn_embedding(m->chain, "embed", x, m->symbols, m->units, .w_init = rn_init_normal(0.02)),
                          rn_embedding(m->chain, "place", place, LENGTH, m->units, .w_init = rn_init_normal(0.02)));
    h = rn_dropout(h, 0.1);
    for (int i = 0; i < m->layers; i++) {
        char name[32];
        snprintf(name, sizeof name, "block%d", i);
        h = rn_transformer_layer(m->chain, name, h, 4, .causal = true, .dropout = 0.1);
    }
    return rn_layer_normalization(m->chain, "norm", h);
}

/* x [N, T] -> scores of the characters that follow [N * T, symbols] */
static rn_tensor *forward(const model *m, rn_tensor *x)
{
    rn_tensor *h = m->gpt ? gpt(m, x) : lstm(m, x);
    return rn_reshape(rn_affine(m->chain, "out", h, m->symbols, .last_axis = true), RN_SHAPE(-1, m->symbols));
}

static rn_tensor *loss_of(const model *m, const rn_batch *b)
{
    return rn_softmax_cross_entropy(forward(m, b->x), rn_reshape(b->t, RN_SHAPE(-1)));
}

static double evaluate(const model *m, rn_iterator *batches)
{
    double sum = 0, all = 0;
    rn_link_reset(m->chain); /* what the LSTM remembers */
    for (rn_batch *b; (b = rn_next(batches)) != NULL;) RN_TEST_MODE RN_SCOPE
        {
            sum += rn_item(loss_of(m, b)) * (double)b->count;
            all += (double)b->count;
        }
    rn_link_reset(m->chain);
    return sum / all;
}

/* Draws characters, each from what the model makes of those before. */
static void sample(const model *m, const rn_vocab *vocab, int64_t count)
{
    int32_t seen[LENGTH] = { 0 };
    rn_link_reset(m->chain);
    for (int64_t i = 0, n = 1; i < count && rn_ok(); i++) {
        RN_TEST_MODE RN_SCOPE
        {
            /* the LSTM remembers, the transformer is shown the last characters again */
            rn_tensor *x =
                m->gpt ? rn_array(RN_I32, RN_SHAPE(1, n), seen) : rn_array(RN_I32, RN_SHAPE(1, 1), &seen[n - 1]);
            rn_tensor *last = rn_slice(forward(m, x), RN_RANGES(RN_AT(-1)));
            const int32_t next = (int32_t)rn_item(rn_argmax(rn_gumbel_softmax(last, 0)));
            if (n == LENGTH) memmove(seen, seen + 1, (size_t)--n * sizeof *seen);
            seen[n++] = next;
            if (rn_ok()) fputs(rn_vocab_token(vocab, next), stdout);
        }
    }
    puts("");
}

int main(int argc, char **argv)
{
    bool small = false;
    const char *usage = "char_lm [lstm | gpt] [--small] [FILE]", *word[2];
    const int n = arguments(argc, argv, usage, &small, 2, word);
    const bool gpt = n > 0 && strcmp(word[0], "gpt") == 0, named = gpt || (n > 0 && strcmp(word[0], "lstm") == 0);
    const char *file = n > named ? word[named] : NULL;
    if (n == 2 && !named) refuse(word[1], usage);
    model m = { .chain = rn_chain_new(), .gpt = gpt };

    rn_text *whole = file ? rn_text_load(file) : NULL; /* a tenth of it is for validation */
    const int64_t cut = rn_text_count(whole) - rn_text_count(whole) / 10;
    rn_text *train = file ? rn_text_slice(whole, 0, cut) : rn_text_known("tinyshakespeare", RN_TRAIN);
    rn_text *valid =
        file ? rn_text_slice(whole, cut, rn_text_count(whole) - cut) : rn_text_known("tinyshakespeare", RN_VALID);
    m.symbols = rn_vocab_count(rn_text_vocab(train));
    m.units = small ? 64 : m.gpt ? 128 : 256;
    m.layers = small ? 1 : m.gpt ? 4 : 2;
    const int64_t batch = small ? 16 : m.gpt ? 32 : 64, steps = small ? 100 : 5000, every = small ? 50 : 500;
    printf("%lld characters, %lld different ones\n", (long long)rn_text_count(train), (long long)m.symbols);

    rn_seed(1);
    /* the LSTM goes on reading where it ended, so its batches follow one another; others begin anywhere */
    rn_dataset *data = m.gpt ? rn_text_windows(train, LENGTH, .random = true) : rn_text_streams(train, LENGTH, batch);
    rn_dataset *valid_data = rn_text_streams(valid, LENGTH, 16);
    rn_iterator *batches = rn_iterator_new(data, batch, .repeat = true, .drop_last = true);
    rn_iterator *valid_batches = rn_iterator_new(valid_data, 16);
    rn_optimizer *adam = rn_adamw(m.chain, .alpha = small ? 5e-3 : 2e-3);
    rn_hook_clip_norm(adam, 1);
    rn_optimizer_set_schedule(adam, rn_schedule_cosine(.until = (double)steps, .end = 0.05));

    double sum = 0;
    rn_batch *b = NULL;
    for (int64_t step = 1; step <= steps && (b = rn_next(batches)) != NULL; step++) {
        rn_tensor *loss;
        RN_SCOPE
        {
            loss = rn_keep(loss_of(&m, b));
            rn_update(adam, loss);
        }
        sum += rn_item(loss);
        rn_drop(loss);
        if (step % every != 0) continue;
        printf("step %lld: train loss %.4f\n", (long long)step, sum / (double)every);
        sum = 0;
    }
    printf("validation loss %.4f nats per character\n\n", evaluate(&m, valid_batches));
    sample(&m, rn_text_vocab(train), small ? 40 : 1000);

    rn_optimizer_free(adam);
    rn_iterator_free(valid_batches);
    rn_iterator_free(batches);
    rn_dataset_free(valid_data);
    rn_dataset_free(data);
    rn_text_free(valid);
    rn_text_free(train);
    rn_text_free(whole);
    rn_link_free(m.chain);
    return rn_report_error(stderr);
}
