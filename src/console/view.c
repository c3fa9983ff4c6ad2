/* Two data sets stay open. Whoever comes while one is being opened waits; reading needs no lock. */
#include "console/view.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/name.h"

#include <string.h>

enum { KEPT = 2, PLACES = 16, LOOKED_AT = 20000, CLASSES = 2000 };

struct rni_views {
    pthread_mutex_t lock;
    rni_view *at[PLACES];
};

rni_views *rni_views_open(void)
{
    rni_views *all = rni_alloc((int64_t)sizeof *all);
    if (all) pthread_mutex_init(&all->lock, NULL);
    return all;
}

static void free_view(rni_view *v)
{
    rn_dataset_free(v->set);
    rni_free(v->label);
    rni_str_free(&v->summary);
    rni_free(v);
}

void rni_views_close(rni_views *all)
{
    if (!all) return;
    for (int i = 0; i < PLACES; i++)
        if (all->at[i]) free_view(all->at[i]);
    pthread_mutex_destroy(&all->lock);
    rni_free(all);
}

static bool is_known(const char *name)
{
    const rn_known_dataset *k;
    for (int i = 0; (k = rn_dataset_known(i)) != NULL; i++)
        if (strcmp(k->name, name) == 0) return true;
    return false;
}

static rn_dataset *open_set(rni_request *q, const char *name, rn_part part)
{
    RNI_TRY(rni_name_check(name, "data set"));
    char *path = rni_work_path(q->console, "data/%s", name);
    rn_dataset *set = NULL;
    const bool ours = path && rni_folder_exists(path);
    if (path && !ours && !is_known(name))
        rni_refuse(q, 404, "there is no data set \"%s\"", name);
    else if (path)
        set = rn_dataset_open_at(&(rn_dataset_open_args){
            .name = ours ? path : name, .part = part, .site = RN_SITE(rn_dataset_open_args), .offline = true });
    rni_free(path);
    return set;
}

static rni_view *open_view(rni_request *q, const char *name, rn_part part)
{
    rni_view *v = rni_alloc((int64_t)sizeof *v);
    if (!v) return NULL;
    snprintf(v->name, sizeof v->name, "%s", name);
    v->part = part;
    v->target = -1;
    v->set = open_set(q, name, part);
    for (int i = 0; v->set && i < rn_dataset_column_count(v->set) && v->target < 0; i++)
        if (rn_dataset_column(v->set, i)->class_count > 0) v->target = i;
    if (v->set) return v;
    free_view(v);
    return NULL;
}

/* Closes those that nobody uses, the longest unused first, until few are left. With the lock. */
static void make_room(rni_views *all)
{
    for (;;) {
        int n = 0, oldest = -1;
        for (int i = 0; i < PLACES; i++) {
            const rni_view *v = all->at[i];
            n += v != NULL;
            if (v && v->users == 0 && (oldest < 0 || v->used < all->at[oldest]->used)) oldest = i;
        }
        if (n < KEPT || oldest < 0) return;
        free_view(all->at[oldest]);
        all->at[oldest] = NULL;
    }
}

/* With the lock. */
static rni_view *find_or_open(rni_request *q, rni_views *all, const char *name, rn_part part)
{
    for (int i = 0; i < PLACES; i++)
        if (all->at[i] && all->at[i]->part == part && strcmp(all->at[i]->name, name) == 0) return all->at[i];
    make_room(all);
    for (int i = 0; i < PLACES; i++)
        if (!all->at[i]) return all->at[i] = open_view(q, name, part);
    rni_refuse(q, 503, "too many data sets are being looked at");
    return NULL;
}

rni_view *rni_view_take(rni_request *q, const char *name, rn_part part)
{
    rni_views *all = q->console->views;
    pthread_mutex_lock(&all->lock);
    rni_view *v = find_or_open(q, all, name, part);
    if (v) v->users++;
    pthread_mutex_unlock(&all->lock);
    return v;
}

void rni_view_give(rni_console *c, rni_view *v)
{
    if (!v) return;
    pthread_mutex_lock(&c->views->lock);
    v->users--;
    v->used = rni_now();
    pthread_mutex_unlock(&c->views->lock);
}

void rni_view_forget(rni_console *c, const char *name)
{
    rni_views *all = c->views;
    pthread_mutex_lock(&all->lock);
    for (int i = 0; i < PLACES; i++) {
        rni_view *v = all->at[i];
        if (!v || strcmp(v->name, name) != 0) continue;
        v->name[0] = '\0'; /* nobody finds it any more */
        if (v->users == 0) {
            free_view(v);
            all->at[i] = NULL;
        }
    }
    pthread_mutex_unlock(&all->lock);
}

/* ---- what is worked out once ---- */

static bool read_labels(rni_view *v)
{
    const rn_column *t = rn_dataset_column(v->set, v->target);
    const int64_t n = rn_dataset_count(v->set);
    int64_t bytes, value[2];
    void *to[64] = { NULL };
    if (rn_column_bytes(t) > (int64_t)sizeof value || rn_dataset_column_count(v->set) > (int)RN_COUNTOF(to) ||
        !rni_mul_i64(n, (int64_t)sizeof *v->label, &bytes))
        return rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "the examples have no single class each");
    int32_t *label = rni_alloc(bytes);
    to[v->target] = value;
    bool ok = label != NULL;
    for (int64_t i = 0; ok && i < n; i++) {
        ok = rn_dataset_read(v->set, i, to);
        if (ok) label[i] = (int32_t)rni_load(t->dtype, value);
    }
    if (ok)
        v->label = label;
    else
        rni_free(label);
    return ok;
}

bool rni_view_labels(rni_console *c, rni_view *v)
{
    if (v->target < 0) return rni_fail(RN_ERR_ARG, NULL, NULL, "the examples have no classes");
    pthread_mutex_lock(&c->views->lock);
    const bool ok = v->label || read_labels(v);
    pthread_mutex_unlock(&c->views->lock);
    return ok;
}

bool rni_view_is_picture(const rn_column *c)
{
    const rn_shape *s = &c->shape;
    const int64_t channels = s->rank == 3 ? s->dim[0] : s->rank == 2 ? 1 : 0;
    return (channels == 1 || channels == 3 || channels == 4) && s->dim[s->rank - 1] > 1 && s->dim[s->rank - 2] > 1;
}

static void put_shape(rni_json_writer *w, const rn_shape *s)
{
    rni_json_write_key(w, "shape");
    rni_json_array_begin(w);
    for (int i = 0; i < s->rank; i++) rni_json_write_int(w, s->dim[i]);
    rni_json_array_end(w);
}

static void put_column(rni_json_writer *w, const rn_column *c, const rn_column_stats *s)
{
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", c->name);
    rni_json_put_string(w, "dtype", rn_dtype_name(c->dtype));
    put_shape(w, &c->shape);
    rni_json_put_bool(w, "picture", rni_view_is_picture(c));
    rni_json_put_int(w, "class_count", c->class_count);
    rni_json_put_number(w, "min", s->min);
    rni_json_put_number(w, "max", s->max);
    rni_json_put_number(w, "mean", s->mean);
    rni_json_put_number(w, "std", s->std);
    rni_json_put_int(w, "nonfinite", s->nonfinite);
    rni_json_write_key(w, "classes");
    rni_json_array_begin(w);
    for (int64_t i = 0; c->classes && i < c->class_count && i < CLASSES; i++) rni_json_write_string(w, c->classes[i]);
    rni_json_array_end(w);
    rni_json_write_key(w, "histogram");
    rni_json_array_begin(w);
    for (int64_t i = 0; s->histogram && i < s->class_count && i < CLASSES; i++) rni_json_write_int(w, s->histogram[i]);
    rni_json_array_end(w);
    rni_json_object_end(w);
}

static bool summarise(rni_view *v)
{
    rn_stats *s = rn_dataset_stats(v->set, LOOKED_AT);
    rni_json_writer w = { .to = &v->summary };
    if (!s) return false;
    rni_json_object_begin(&w);
    rni_json_put_int(&w, "count", rn_dataset_count(v->set));
    rni_json_put_int(&w, "looked_at", s->examples);
    rni_json_put_string(&w, "source", rn_dataset_source(v->set));
    rni_json_write_key(&w, "columns");
    rni_json_array_begin(&w);
    for (int i = 0; i < s->column_count; i++) put_column(&w, rn_dataset_column(v->set, i), &s->columns[i]);
    rni_json_array_end(&w);
    rni_json_object_end(&w);
    rn_stats_free(s);
    return !v->summary.failed;
}

bool rni_view_summary(rni_console *c, rni_view *v, rni_str *to)
{
    pthread_mutex_lock(&c->views->lock);
    const bool ok = v->summary.length || summarise(v);
    if (ok) rni_str_add_n(to, v->summary.at, v->summary.length);
    pthread_mutex_unlock(&c->views->lock);
    return ok;
}
