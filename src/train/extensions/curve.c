/* curve: the means over the epochs as a picture, curve.svg, drawn anew each time. One chart per quantity: "train_loss"
 * and "test_loss" share the one called loss. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "train/chart.h"

#include <math.h>
#include <string.h>

enum { QUANTITIES_MAX = 8, SERIES_MAX = 6 };

typedef struct {
    char name[128];
} file_extension;

static const char *quantity(const char *name)
{
    const char *under = strchr(name, '_');
    return under ? under + 1 : name;
}

static double value_in(const rni_log_row *r, const char *name)
{
    for (int64_t i = 0; i < r->count; i++)
        if (strcmp(r->name[i], name) == 0) return r->value[i];
    return NAN;
}

/* Chart number `at` shows the series whose names end in `what`. */
static bool add_chart(rni_str *svg, const rn_trainer *t, const char *what, int at)
{
    const rni_log_row *last = &t->history[t->n_history - 1];
    const int64_t n = t->n_history;
    double *data = rni_alloc(n * (SERIES_MAX + 1) * (int64_t)sizeof *data);
    if (!data) return false;
    rni_series series[SERIES_MAX];
    int count = 0;
    for (int64_t i = 0; i < n; i++) data[i] = t->history[i].epoch;
    for (int64_t k = 0; k < last->count && count < SERIES_MAX; k++) {
        if (strcmp(quantity(last->name[k]), what) != 0) continue;
        double *y = data + n * (count + 1);
        for (int64_t i = 0; i < n; i++) y[i] = value_in(&t->history[i], last->name[k]);
        series[count++] = (rni_series){ last->name[k], n, data, y };
    }
    rni_chart(svg, what, series, count, at * 260.0, 760, 260);
    rni_free(data);
    return true;
}

static bool run(rn_trainer *t, void *self)
{
    const file_extension *e = self;
    if (!rni_trainer_record(t)) return false;
    const rni_log_row *last = &t->history[t->n_history - 1];
    const char *names[QUANTITIES_MAX];
    int n = 0;
    for (int64_t k = 0; k < last->count && n < QUANTITIES_MAX; k++) {
        bool known = false;
        for (int i = 0; i < n; i++) known |= strcmp(names[i], quantity(last->name[k])) == 0;
        if (!known) names[n++] = quantity(last->name[k]);
    }
    rni_str svg = { 0 };
    rni_str_addf(
        &svg,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 760 %d' font-family='sans-serif' font-size='12'>\n"
        "<rect width='760' height='%d' fill='white'/>\n",
        n * 260 + 20, n * 260 + 20);
    bool ok = true;
    for (int i = 0; ok && i < n; i++) ok = add_chart(&svg, t, names[i], i);
    rni_str_addf(&svg, "<text x='64' y='%d' fill='#666'>epoch</text>\n</svg>\n", n * 260 + 10);
    char *path = ok && !svg.failed ? rni_trainer_path(t, e->name[0] ? e->name : "curve.svg") : NULL;
    ok = path && rni_file_write(path, svg.at, svg.length);
    rni_free(path);
    rni_str_free(&svg);
    return ok;
}

const rn_extension rni_ext_curve = {
    .name = "curve",
    .brief = "the means over the epochs as a picture, curve.svg",
    .priority = 100,
    .every = { 1, RN_UNIT_EPOCH },
    .run = run,
    .free = rni_free,
};
