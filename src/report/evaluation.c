/* Evaluation: batches go by once; what the figures need is counted on the way. Scores of a class are counted in bins of
 * their log-odds, fine enough for areas under curves however sure the network is. */
#include "report/evaluation_p.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { CLASSES_MAX = 2048, COLUMNS_MAX = 1024 /* probabilities in a row of the table */ };

/* ---- the table ---- */

static void add_class(rni_evaluation *e, int64_t k)
{
    rni_str *s = &e->row;
    const char *name = e->target->classes && k >= 0 && k < e->target->class_count ? e->target->classes[k] : NULL;
    if (!name)
        rni_str_addf(s, "%lld", (long long)k);
    else if (!strpbrk(name, ",\"\n\r"))
        rni_str_add(s, name);
    else {
        rni_str_add(s, "\"");
        for (; *name; name++) rni_str_addf(s, *name == '"' ? "\"\"" : "%c", *name);
        rni_str_add(s, "\"");
    }
}

static bool flush(rni_evaluation *e)
{
    const bool ok = !e->row.failed && rni_out_write(&e->table, e->row.at, e->row.length);
    if (e->row.at) e->row.at[e->row.length = 0] = '\0';
    return ok;
}

static bool write_head(rni_evaluation *e)
{
    rni_str_add(&e->row, e->classes ? "example,target,prediction,correct,probability,loss"
                                    : "example,target,prediction,residual");
    for (int64_t k = 0; k < e->classes && k < COLUMNS_MAX; k++) {
        rni_str_add(&e->row, ",");
        add_class(e, k);
    }
    rni_str_add(&e->row, "\n");
    return flush(e);
}

/* ---- classes ---- */

static int odds_bin(double p)
{
    const double odds = p <= 0 ? -16 : p >= 1 ? 16 : log(p / (1 - p));
    const int bin = (int)((odds + 16) * (RNI_ODDS / 32.0));
    return bin < 0 ? 0 : bin >= RNI_ODDS ? RNI_ODDS - 1 : bin;
}

/* The surest ones, in order. */
static void note_mistake(rni_evaluation *e, const rni_mistake *m)
{
    int at = e->n_mistakes;
    if (at == RNI_MISTAKES && m->probability <= e->mistake[--at].probability) return;
    if (e->n_mistakes < RNI_MISTAKES) e->n_mistakes++;
    for (; at > 0 && e->mistake[at - 1].probability < m->probability; at--) e->mistake[at] = e->mistake[at - 1];
    e->mistake[at] = *m;
}

static void count_known(rni_evaluation *e, int64_t example, const double *p, int64_t truth, int64_t said)
{
    int64_t above = 0;
    const int bin = (int)(p[said] * RNI_LIKELY);
    for (int64_t k = 0; k < e->classes; k++) above += p[k] > p[truth] || (p[k] == p[truth] && k < truth);
    for (int64_t r = above; r < RNI_RANKS; r++) e->rank[r]++;
    e->confusion[truth * e->classes + said]++;
    e->likely[said == truth][bin < 0 ? 0 : bin >= RNI_LIKELY ? RNI_LIKELY - 1 : bin]++;
    e->log_loss -= log(fmax(p[truth], 1e-300));
    if (said != truth) note_mistake(e, &(rni_mistake){ example, (int32_t)truth, (int32_t)said, p[said] });
}

static bool count_classified(rni_evaluation *e, int64_t example, const double *p, int64_t truth)
{
    int64_t said = 0;
    for (int64_t k = 1; k < e->classes; k++)
        if (p[k] > p[said]) said = k;
    const bool known = truth >= 0 && truth < e->classes;
    e->examples++;
    rni_str_addf(&e->row, "%lld,", (long long)example);
    if (known) {
        count_known(e, example, p, truth, said);
        for (int64_t k = 0; k < e->classes; k++) e->odds[(k * 2 + (k == truth)) * RNI_ODDS + odds_bin(p[k])]++;
        add_class(e, truth);
    }
    rni_str_add(&e->row, ",");
    add_class(e, said);
    rni_str_addf(&e->row, ",%d,%.6g,", known && said == truth, p[said]);
    if (known) rni_str_addf(&e->row, "%.6g", -log(fmax(p[truth], 1e-300)));
    for (int64_t k = 0; k < e->classes && k < COLUMNS_MAX; k++) rni_str_addf(&e->row, ",%.6g", p[k]);
    rni_str_add(&e->row, "\n");
    return flush(e);
}

/* ---- numbers ---- */

static bool count_number(rni_evaluation *e, int64_t example, double t, double y)
{
    const double r = y - t;
    e->sum_t += t;
    e->sum_tt += t * t;
    e->sum_r += r;
    e->sum_rr += r * r;
    e->sum_abs += fabs(r);
    e->max_abs = fmax(e->max_abs, fabs(r));
    e->elements++;
    if (e->n_scatter < RNI_SCATTER) {
        e->scatter[e->n_scatter][0] = t;
        e->scatter[e->n_scatter++][1] = y;
    }
    rni_str_addf(&e->row, "%lld,%.9g,%.9g,%.6g\n", (long long)example, t, y, r);
    return flush(e);
}

/* ---- batches ---- */

static bool count_example(rni_evaluation *e, int64_t example, double *y, int64_t n, rn_dtype type, const char *target)
{
    if (e->classes) {
        double two[2];
        rni_goal_probabilities(&e->watch->goal, y, n);
        if (n == 1) {
            two[0] = 1 - y[0];
            two[1] = y[0];
        }
        return count_classified(e, example, n == 1 ? two : y, (int64_t)rni_load(type, target));
    }
    for (int64_t k = 0; k < n; k++)
        if (!count_number(e, example, rni_load(type, target + k * rn_dtype_bytes(type)), y[k])) return false;
    e->examples++;
    return true;
}

static bool see(void *user, const rn_batch *b, rn_tensor *y)
{
    rni_evaluation *e = user;
    if (!e->classes && !e->regression) {
        e->examples += b->count;
        return true;
    }
    rn_tensor *t = rn_batch_get(b, e->watch->goal.target);
    const char *targets = t ? rn_data(t) : NULL;
    const int64_t count = rn_tensor_count(y), n = count / b->count;
    const rn_dtype type = t ? rn_tensor_dtype(t) : RN_F32;
    const int64_t bytes = targets ? rn_tensor_count(t) / b->count * rn_dtype_bytes(type) : 0;
    double *values = targets ? rni_alloc((count + 1) * (int64_t)sizeof *values) : NULL;
    bool ok = values && rn_copy_to(y, RN_F64, values, count * (int64_t)sizeof *values);
    for (int64_t i = 0; ok && i < b->count; i++)
        ok = count_example(e, b->index[i], values + i * n, n, type, targets + i * bytes);
    rni_free(values);
    return ok;
}

static void take_mean(void *user, const char *name, double mean, double weight)
{
    (void)weight;
    rni_evaluation *e = user;
    if (e->n_means == (int)RN_COUNTOF(e->mean)) return;
    snprintf(e->mean[e->n_means].name, sizeof e->mean[0].name, "%s", name);
    e->mean[e->n_means++].value = mean;
}

/* Numbers of an output for one example, -1 where they do not belong to examples one by one. */
static int64_t output_width(rni_watch *w)
{
    int64_t n = -1;
    RN_TEST_MODE RN_SCOPE
    {
        rn_batch *b = rn_next(w->batches);
        rn_tensor *y = b ? rni_goal_output(&w->goal, b) : NULL;
        if (y && rn_tensor_rank(y) > 0 && rn_tensor_dim(y, 0) == b->count && b->count)
            n = rn_tensor_count(y) / b->count;
    }
    return rn_iterator_reset(w->batches) ? n : -1;
}

static bool choose_kind(rni_evaluation *e)
{
    const rn_dataset *set = e->watch->data->set;
    const char *loss = e->watch->goal.loss.op->name;
    e->target = rn_dataset_column(set, rn_dataset_find_column(set, e->watch->goal.target));
    const int64_t n = output_width(e->watch);
    if (!rn_ok()) return false;
    if (n < 1 || !e->target || e->watch->data->text) return true;
    int64_t m = 1;
    for (int i = 0; i < e->target->shape.rank; i++) m *= e->target->shape.dim[i];
    const bool whole = !rn_dtype_is_float(e->target->dtype);
    if (m == 1 && whole && n == 1 && strncmp(loss, "sigmoid", 7) == 0) e->classes = 2;
    if (m == 1 && whole && n > 1 && n <= CLASSES_MAX) e->classes = n;
    e->regression = !e->classes && !whole && n == m;
    if (e->regression) e->scatter = rni_alloc(RNI_SCATTER * (int64_t)sizeof *e->scatter);
    if (e->classes) {
        e->confusion = rni_alloc(e->classes * e->classes * (int64_t)sizeof *e->confusion);
        e->odds = rni_alloc(e->classes * 2 * RNI_ODDS * (int64_t)sizeof *e->odds);
    }
    return rn_ok();
}

static bool evaluate(rni_evaluation *e, const char *outputs)
{
    if (!choose_kind(e) || !rni_out_begin(&e->table, outputs)) return false;
    bool ok = write_head(e);
    e->watch->goal.see = see;
    e->watch->goal.see_user = e;
    ok = ok && rni_watch_run(e->session, e->watch, take_mean, e);
    e->watch->goal.see = NULL;
    ok = ok && rni_out_commit(&e->table);
    if (!ok) rni_out_abort(&e->table);
    return ok;
}

bool rni_evaluation_write(rni_session *s, rni_watch *w, const char *model, const char *outputs)
{
    rni_evaluation *e = rni_alloc((int64_t)sizeof *e);
    if (!e) return false;
    e->session = s;
    e->watch = w;
    const bool ok = evaluate(e, outputs) && rni_evaluation_write_figures(e, model, outputs);
    rni_str_free(&e->row);
    rni_free(e->confusion);
    rni_free(e->odds);
    rni_free(e->scatter);
    rni_free(e);
    return ok;
}
