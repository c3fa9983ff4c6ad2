/* Texts as examples for language models: windows anywhere in the text, or parts of it read side by side. An example is
 * a window of T tokens and the T tokens one further on. */
#include "data/data.h"
#include "data/text.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/rng.h"

#include <string.h>

typedef struct windows {
    rn_text *text; /* a slice of its own */
    int64_t length, stride;
    bool random;
    uint64_t seed;
    int64_t batch, part; /* side by side: number of parts and tokens of each; 0: windows */
} windows;

/* Set apart from other draws under the same seed. */
static const uint64_t window_streams = (uint64_t)0x77 << 56;

static int64_t start_of(const windows *w, const rn_example *e)
{
    if (w->batch) return e->index % w->batch * w->part + e->index / w->batch * w->length;
    if (!w->random) return e->index * w->stride;
    rni_rng r = { w->seed, window_streams ^ (uint64_t)e->epoch << 36 ^ (uint64_t)e->index, 0 };
    return (int64_t)rni_rng_below(&r, (uint64_t)(w->text->count - w->length));
}

static bool windows_get(void *user, const rn_example *e)
{
    const windows *w = user;
    const int32_t *ids = rn_text_ids(w->text) + start_of(w, e);
    for (int i = 0; i < 2; i++)
        if (e->to[i]) memcpy(e->to[i], ids + i, (size_t)w->length * sizeof *ids);
    return true;
}

static void windows_free(void *user)
{
    windows *w = user;
    rn_text_free(w->text);
    rni_free(w);
}

static rn_dataset *windows_dataset(const windows *from, rn_text *text, int64_t count, const rn_site *site)
{
    windows *w = rni_alloc((int64_t)sizeof *w);
    if (!w) return NULL;
    *w = *from;
    w->text = rn_text_slice_at(site, text, 0, text->count);
    if (!w->text) {
        windows_free(w);
        return NULL;
    }
    const rn_column columns[] = { { "x", RN_I32, RN_SHAPE(w->length), NULL, 0 },
                                  { "t", RN_I32, RN_SHAPE(w->length), NULL, 0 } };
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = count,
                                                     .get = windows_get,
                                                     .columns = columns,
                                                     .column_count = 2,
                                                     .site = rni_site_copy(site),
                                                     .user = w,
                                                     .free = windows_free,
                                                     .source = rn_text_source(text),
                                                     .partial = true });
}

static rn_dataset *too_short(const rn_text *text, int64_t need, const rn_site *site, const char *op)
{
    rni_fail(RN_ERR_ARG, site, op, "the text is too short");
    rni_error_add("expect", "at least %lld tokens", (long long)need);
    rni_error_add("actual", "%lld", (long long)text->count);
    return NULL;
}

rn_dataset *rn_text_windows_at(const rn_text_windows_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (!a->text || !rn_ok()) {
        rni_error_trail(&a->site, "text_windows");
        return NULL;
    }
    if (a->length < 1 || a->stride < 0) {
        rni_fail(RN_ERR_ARG, &a->site, "text_windows", "windows of %lld tokens every %lld are not possible",
                 (long long)a->length, (long long)a->stride);
        return NULL;
    }
    if (a->text->count - 1 < a->length) return too_short(a->text, a->length + 1, &a->site, "text_windows");
    const windows w = {
        .length = a->length, .stride = a->stride ? a->stride : a->length, .random = a->random, .seed = a->seed
    };
    return windows_dataset(&w, a->text, (a->text->count - 1 - w.length) / w.stride + 1, &a->site);
}

rn_dataset *rn_text_streams_at(const rn_site *site, rn_text *text, int64_t length, int64_t batch)
{
    if (!text || !rn_ok()) {
        rni_error_trail(site, "text_streams");
        return NULL;
    }
    int64_t need;
    if (length < 1 || batch < 1 || !rni_add_i64(length, 1, &need) || !rni_mul_i64(need, batch, &need)) {
        rni_fail(RN_ERR_ARG, site, "text_streams", "%lld streams of %lld tokens at a time are not possible",
                 (long long)batch, (long long)length);
        return NULL;
    }
    if (text->count < need) return too_short(text, need, site, "text_streams");
    const windows w = { .length = length, .batch = batch, .part = text->count / batch };
    return windows_dataset(&w, text, batch * ((w.part - 1) / length), site);
}
