/* Text from language models, a token at a time. Models with recurrent state that goes on (streams) are fed one token
 * after the other; the others get a window of the length that they were trained with, in which what comes later is not
 * looked at. */
#include "cli/predict.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

typedef struct writer {
    rni_session *session;
    rni_watch *watch;
    const rn_vocab *vocab;
    int64_t classes, window;
    int32_t *ids; /* the whole text */
    int64_t count;
    double *scores;
    rni_rng random;
    double temperature;
} writer;

/* Scores of the token after ids[first … first + n - 1], which are at place n - 1 of a window of `size`. */
static bool run(writer *w, int64_t first, int64_t n, int64_t size)
{
    int32_t *row = rni_alloc(size * (int64_t)sizeof *row);
    bool ok = false;
    if (!row) return false;
    memcpy(row, w->ids + first, (size_t)n * sizeof *row);
    RN_TEST_MODE RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_I32, RN_SHAPE(1, size), row);
        const rn_batch b = { .x = x,
                             .t = x,
                             .count = 1,
                             .column_count = 2,
                             .columns = (rn_tensor *const[]){ x, x },
                             .dataset = w->watch->data->set };
        rn_tensor *y = rni_goal_output(&w->watch->goal, &b);
        const int64_t rows = y ? rn_tensor_count(y) / w->classes : 0;
        if (y && (rows < n || rn_tensor_count(y) % w->classes))
            rni_fail(RN_ERR_SHAPE, NULL, NULL, "the network does not give a score per token of the vocabulary");
        else if (y) {
            rn_tensor *last = rn_slice(rn_reshape(y, RN_SHAPE(rows, w->classes)), RN_RANGES(RN_AT(n - 1)));
            ok = last && rn_copy_to(last, RN_F64, w->scores, w->classes * (int64_t)sizeof *w->scores);
        }
    }
    rni_free(row);
    return ok;
}

static int32_t draw(writer *w)
{
    int64_t best = 0;
    for (int64_t k = 1; k < w->classes; k++)
        if (w->scores[k] > w->scores[best]) best = k;
    if (w->temperature <= 0) return (int32_t)best;
    const double most = w->scores[best];
    double sum = 0;
    for (int64_t k = 0; k < w->classes; k++) sum += w->scores[k] = exp((w->scores[k] - most) / w->temperature);
    double at = rni_rng_uniform(&w->random) * sum;
    for (int64_t k = 0; k < w->classes; k++)
        if ((at -= w->scores[k]) < 0) return (int32_t)k;
    return (int32_t)best;
}

static bool next_scores(writer *w, bool first)
{
    if (w->watch->data->streams) {
        const int64_t n = first ? w->count : 1;
        return run(w, w->count - n, n, n);
    }
    const int64_t n = w->count < w->window ? w->count : w->window;
    return run(w, w->count - n, n, w->window);
}

static void print_token(const writer *w, int32_t id)
{
    char text[64];
    rn_vocab_decode(w->vocab, &id, 1, text, sizeof text);
    fputs(text, stdout);
    if (rn_vocab_by(w->vocab) == RN_BY_WORD && text[0] != '\n') putchar(' ');
    fflush(stdout);
}

bool cli_generate(rni_session *s, rni_watch *w, const cli_predict_args *a)
{
    writer t = { .session = s, .watch = w, .vocab = rn_text_vocab(w->data->text), .temperature = a->temperature };
    const char *prompt = *a->prompt ? a->prompt : rn_vocab_id(t.vocab, "\n") >= 0 ? "\n" : rn_vocab_token(t.vocab, 0);
    const int64_t room = rn_vocab_encode(t.vocab, prompt, NULL, 0);
    if (room < 1) return rn_ok() && rni_fail(RN_ERR_ARG, NULL, NULL, "the prompt is empty");
    t.classes = rn_vocab_count(t.vocab);
    t.window = rn_dataset_column(w->data->set, 0)->shape.dim[0];
    t.random = (rni_rng){ (uint64_t)a->seed, 0x74657874, 0 };
    t.ids = rni_alloc((room + a->length) * (int64_t)sizeof *t.ids);
    t.scores = rni_alloc(t.classes * (int64_t)sizeof *t.scores);
    bool ok = t.ids && t.scores;
    if (ok) t.count = rn_vocab_encode(t.vocab, prompt, t.ids, room);
    rn_link_reset(s->model->root);
    fputs(a->prompt, stdout);
    for (int64_t i = 0; ok && i < a->length; i++) {
        ok = next_scores(&t, i == 0);
        if (!ok) break;
        const int32_t id = draw(&t);
        t.ids[t.count++] = id;
        print_token(&t, id);
    }
    puts("");
    rni_free(t.ids);
    rni_free(t.scores);
    return ok;
}
