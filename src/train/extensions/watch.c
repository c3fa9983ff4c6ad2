/* best and early_stop: both watch one mean for improvement. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

typedef struct {
    char monitor[96], file[128], why[192];
    bool maximize, known;
    double best;
    int64_t patience, since;
} watcher;

void *rni_ext_watch_make(const rn_trainer_use_args *a)
{
    watcher *w = rni_alloc((int64_t)sizeof *w);
    if (!w) return NULL;
    if (a->monitor) snprintf(w->monitor, sizeof w->monitor, "%s", a->monitor);
    if (a->file) snprintf(w->file, sizeof w->file, "%s", a->file);
    w->maximize = a->maximize;
    w->patience = a->patience > 0 ? a->patience : 5;
    return w;
}

static bool improved(const rn_trainer *t, watcher *w)
{
    bool maximize = w->maximize;
    const double v = rn_trainer_value(t, rni_monitor(t, w->monitor[0] ? w->monitor : NULL, &maximize));
    const bool better = !isnan(v) && (!w->known || (maximize ? v > w->best : v < w->best));
    if (better) {
        w->best = v;
        w->known = true;
        w->since = 0;
    } else
        w->since++;
    return better;
}

/* Three numbers in one text. */
static bool save(void *self, const char *name, rn_dict *to)
{
    const watcher *w = self;
    char text[128], best[RNI_NUMBER_TEXT], key[128];
    snprintf(text, sizeof text, "%d %s %lld", w->known, rni_format_f64(w->best, best), (long long)w->since);
    snprintf(key, sizeof key, "extension/%s", name);
    return rn_dict_set_text(to, key, text);
}

static bool load(void *self, const char *name, const rn_dict *from)
{
    watcher *w = self;
    char key[128], best[RNI_NUMBER_TEXT];
    snprintf(key, sizeof key, "extension/%s", name);
    const char *text = rn_dict_text(from, key);
    int known;
    long long since;
    if (!text) return true; /* the run that was saved had no such extension */
    if (sscanf(text, "%d %31s %lld", &known, best, &since) != 3 ||
        !rni_parse_f64(best, (int64_t)strlen(best), &w->best))
        return rni_fail(RN_ERR_FORMAT, NULL, "resume", "the state of %s cannot be read: \"%s\"", name, text);
    w->known = known;
    w->since = since;
    return true;
}

static bool run_best(rn_trainer *t, void *self)
{
    watcher *w = self;
    if (!improved(t, w)) return true;
    char *path = rni_trainer_path(t, w->file[0] ? w->file : "best.safetensors");
    const bool ok = path && rn_model_save_at(t->site, t->model, path);
    rni_free(path);
    return ok;
}

/* Asked at the start, too: a run that ended so, and is resumed with the same patience, is over. */
static bool end_in_vain(rn_trainer *t, void *self)
{
    watcher *w = self;
    if (!w->known || w->since < w->patience) return true;
    bool maximize = false;
    snprintf(w->why, sizeof w->why, "no improvement of %s in %lld evaluations",
             rni_monitor(t, w->monitor[0] ? w->monitor : NULL, &maximize), (long long)w->since);
    rn_trainer_end(t, w->why);
    return true;
}

static bool run_stop(rn_trainer *t, void *self)
{
    return improved(t, self) || end_in_vain(t, self);
}

const rn_extension rni_ext_best = {
    .name = "best",
    .brief = "the model with the best mean so far, best.safetensors",
    .priority = 90,
    .every = { 1, RN_UNIT_EPOCH },
    .run = run_best,
    .free = rni_free,
    .save = save,
    .load = load,
};

const rn_extension rni_ext_early_stop = {
    .name = "early_stop",
    .brief = "ends training when a mean has not improved for so many evaluations",
    .priority = 80,
    .every = { 1, RN_UNIT_EPOCH },
    .start = end_in_vain,
    .run = run_stop,
    .free = rni_free,
    .save = save,
    .load = load,
};
