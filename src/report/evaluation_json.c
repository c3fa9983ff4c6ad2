/* The figures of an evaluation. */
#include "base/alloc.h"
#include "report/evaluation_p.h"

#include <math.h>
#include <string.h>

enum { CURVES_MAX = 64 /* classes with curves of their own */, POINTS = 100 /* of a curve */, RESIDUALS = 41 };

typedef struct score {
    double examples, said, right, precision, recall, f, roc, pr;
} score;

static score score_of(const rni_evaluation *e, int64_t k)
{
    score s = { .right = (double)e->confusion[k * e->classes + k] };
    for (int64_t i = 0; i < e->classes; i++) {
        s.examples += (double)e->confusion[k * e->classes + i];
        s.said += (double)e->confusion[i * e->classes + k];
    }
    s.precision = s.said > 0 ? s.right / s.said : 0;
    s.recall = s.examples > 0 ? s.right / s.examples : 0;
    s.f = s.precision + s.recall > 0 ? 2 * s.precision * s.recall / (s.precision + s.recall) : 0;
    return s;
}

/* From the surest bin down: share of others that are taken along, share of the class that is found, share of what is
 * taken that is right. Adds up the areas; `w` (may be NULL) gets points of x, y and threshold. */
static void follow(const rni_evaluation *e, int64_t k, score *s, rni_json_writer *w, bool roc)
{
    const int64_t *others = e->odds + k * 2 * RNI_ODDS, *own = others + RNI_ODDS;
    double all_own = 0, all_others = 0, found = 0, wrong = 0, x = 0, y = 0, last = -1;
    for (int i = 0; i < RNI_ODDS; i++) {
        all_own += (double)own[i];
        all_others += (double)others[i];
    }
    for (int i = RNI_ODDS - 1; i >= 0; i--) {
        if (own[i] + others[i] == 0) continue;
        found += (double)own[i];
        wrong += (double)others[i];
        const double fpr = all_others > 0 ? wrong / all_others : 0, tpr = all_own > 0 ? found / all_own : 0;
        const double precision = found / (found + wrong), along = roc ? fpr + tpr : tpr + 1 - precision;
        s->roc += (fpr - x) * (tpr + y) / 2;
        s->pr += (tpr - y) * precision;
        x = fpr;
        y = tpr;
        if (!w || (fabs(along - last) < 2.0 / POINTS && found + wrong < all_own + all_others)) continue;
        last = along;
        rni_json_array_begin(w);
        rni_json_write_number(w, roc ? fpr : tpr);
        rni_json_write_number(w, roc ? tpr : precision);
        rni_json_write_number(w, 1 / (1 + exp(16 - (double)i * 32 / RNI_ODDS)));
        rni_json_array_end(w);
    }
}

static void write_curve(const rni_evaluation *e, int64_t k, rni_json_writer *w, const char *key, bool roc)
{
    score unused = { 0 };
    rni_json_write_key(w, key);
    rni_json_array_begin(w);
    follow(e, k, &unused, w, roc);
    rni_json_array_end(w);
}

static void write_class(const rni_evaluation *e, int64_t k, rni_json_writer *w, score *sum)
{
    char name[32];
    score s = score_of(e, k);
    follow(e, k, &s, NULL, true);
    snprintf(name, sizeof name, "%lld", (long long)k);
    rni_json_flat_begin(w);
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", e->target->classes && k < e->target->class_count ? e->target->classes[k] : name);
    rni_json_put_int(w, "examples", (int64_t)s.examples);
    rni_json_put_int(w, "predicted", (int64_t)s.said);
    rni_json_put_number(w, "precision", s.precision);
    rni_json_put_number(w, "recall", s.recall);
    rni_json_put_number(w, "f", s.f);
    rni_json_put_number(w, "roc_auc", s.roc);
    rni_json_put_number(w, "average_precision", s.pr);
    if (e->classes <= CURVES_MAX) {
        write_curve(e, k, w, "roc", true);
        write_curve(e, k, w, "pr", false);
    }
    rni_json_object_end(w);
    rni_json_flat_end(w);
    sum->examples += s.examples;
    sum->right += s.right;
    sum->precision += s.precision;
    sum->recall += s.recall;
    sum->f += s.f;
    sum->roc += s.roc;
    sum->pr += s.pr;
}

static void write_counts(rni_json_writer *w, const char *key, const int64_t *at, int64_t n)
{
    if (key) rni_json_write_key(w, key);
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (int64_t i = 0; i < n; i++) rni_json_write_int(w, at[i]);
    rni_json_array_end(w);
    rni_json_flat_end(w);
}

static void write_mistakes(const rni_evaluation *e, rni_json_writer *w)
{
    rni_json_write_key(w, "mistakes");
    rni_json_array_begin(w);
    for (int i = 0; i < e->n_mistakes; i++) {
        const rni_mistake *m = &e->mistake[i];
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_int(w, "example", m->example);
        rni_json_put_int(w, "target", m->truth);
        rni_json_put_int(w, "prediction", m->said);
        rni_json_put_number(w, "probability", m->probability);
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_classification(const rni_evaluation *e, rni_json_writer *w)
{
    const double n = (double)e->classes;
    score sum = { 0 };
    rni_json_write_key(w, "classes");
    rni_json_array_begin(w);
    for (int64_t k = 0; k < e->classes; k++) write_class(e, k, w, &sum);
    rni_json_array_end(w);
    const double all = sum.examples > 0 ? sum.examples : 1;
    rni_json_put_number(w, "accuracy", sum.right / all);
    rni_json_put_number(w, "precision", sum.precision / n);
    rni_json_put_number(w, "recall", sum.recall / n);
    rni_json_put_number(w, "f", sum.f / n);
    rni_json_put_number(w, "roc_auc", sum.roc / n);
    rni_json_put_number(w, "average_precision", sum.pr / n);
    rni_json_put_number(w, "log_loss", e->log_loss / all);
    rni_json_write_key(w, "top_k");
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (int64_t r = 0; r < RNI_RANKS && r < e->classes; r++) rni_json_write_number(w, (double)e->rank[r] / all);
    rni_json_array_end(w);
    rni_json_flat_end(w);
    rni_json_write_key(w, "confusion");
    rni_json_array_begin(w);
    for (int64_t k = 0; k < e->classes; k++) write_counts(w, NULL, e->confusion + k * e->classes, e->classes);
    rni_json_array_end(w);
    rni_json_write_key(w, "likelihood");
    rni_json_object_begin(w);
    write_counts(w, "correct", e->likely[1], RNI_LIKELY);
    write_counts(w, "wrong", e->likely[0], RNI_LIKELY);
    rni_json_object_end(w);
    write_mistakes(e, w);
}

static void write_regression(const rni_evaluation *e, rni_json_writer *w)
{
    const double n = e->elements ? (double)e->elements : 1, spread = e->sum_tt - e->sum_t * e->sum_t / n;
    int64_t bins[RESIDUALS] = { 0 };
    rni_json_put_number(w, "mean_absolute_error", e->sum_abs / n);
    rni_json_put_number(w, "root_mean_squared_error", sqrt(e->sum_rr / n));
    rni_json_put_number(w, "max_absolute_error", e->max_abs);
    rni_json_put_number(w, "bias", e->sum_r / n);
    rni_json_put_number(w, "r2", spread > 0 ? 1 - e->sum_rr / spread : 0);
    rni_json_write_key(w, "scatter");
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (int64_t i = 0; i < e->n_scatter; i++) {
        const double r = e->scatter[i][1] - e->scatter[i][0];
        const int bin = e->max_abs > 0 ? (int)((r / e->max_abs + 1) / 2 * RESIDUALS) : RESIDUALS / 2;
        bins[bin < 0 ? 0 : bin >= RESIDUALS ? RESIDUALS - 1 : bin]++;
        rni_json_array_begin(w);
        rni_json_write_number(w, e->scatter[i][0]);
        rni_json_write_number(w, e->scatter[i][1]);
        rni_json_array_end(w);
    }
    rni_json_array_end(w);
    rni_json_flat_end(w);
    write_counts(w, "residuals", bins, RESIDUALS);
}

bool rni_evaluation_write_figures(const rni_evaluation *e, const char *model, const char *outputs)
{
    rni_str s = { 0 };
    rni_json_writer writer = { .to = &s, .indent = 1 }, *w = &writer;
    char *folder = rni_path_folder(outputs), *path = folder ? rni_path_join(folder, "evaluation.json") : NULL;
    rni_json_object_begin(w);
    rni_json_put_string(w, "kind", e->classes ? "classification" : e->regression ? "regression" : "other");
    rni_json_put_string(w, "model", model);
    rni_json_put_string(w, "monitor", e->watch->name);
    rni_json_put_string(w, "data", rn_dataset_source(e->watch->data->set));
    rni_json_put_string(w, "outputs", rni_path_base(outputs));
    rni_json_put_int(w, "examples", e->examples);
    rni_json_write_key(w, "means");
    rni_json_object_begin(w);
    for (int i = 0; i < e->n_means; i++) rni_json_put_number(w, e->mean[i].name, e->mean[i].value);
    rni_json_object_end(w);
    if (e->classes) write_classification(e, w);
    if (e->regression) write_regression(e, w);
    rni_json_object_end(w);
    rni_str_add(&s, "\n");
    const bool ok = path && !s.failed && rni_file_write(path, s.at, s.length);
    rni_str_free(&s);
    rni_free(folder);
    rni_free(path);
    return ok;
}
