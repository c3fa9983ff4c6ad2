/* Sketches of data sets, a few sets of them: the last that were looked at. Threads share them. */
#include "project/sketch.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/hash.h"
#include "data/data.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

enum { SKETCHES_MAX = 64 };

typedef struct sketch {
    rni_hash key; /* of the project's data sets and the name of this one */
    rn_dataset *set;
    rn_text *text;
    bool streams;
    int64_t stream_count;
    uint64_t used; /* when it was looked at last */
} sketch;

struct rni_sketches {
    pthread_mutex_t lock;
    sketch at[SKETCHES_MAX];
    int n;
    uint64_t clock;
};

rni_sketches *rni_sketches_new(void)
{
    rni_sketches *all = rni_alloc((int64_t)sizeof *all);
    if (all) pthread_mutex_init(&all->lock, NULL);
    return all;
}

static void drop(sketch *s)
{
    rn_dataset_free(s->set);
    rn_text_free(s->text);
}

void rni_sketches_free(rni_sketches *all)
{
    if (!all) return;
    for (int i = 0; i < all->n; i++) drop(&all->at[i]);
    pthread_mutex_destroy(&all->lock);
    rni_free(all);
}

/* ---- keys ---- */

static rni_hash hash_file(rni_hash h, const rni_project *p, const char *source)
{
    struct stat info;
    char *path = source && rni_source_is_path(source) ? rni_source_path(p, source) : NULL;
    if (path && stat(path, &info) == 0) {
        h = rni_hash_u64(h, (uint64_t)info.st_mtim.tv_sec * 1000000000u + (uint64_t)info.st_mtim.tv_nsec);
        h = rni_hash_u64(h, (uint64_t)info.st_size);
    }
    rni_free(path);
    return h;
}

static rni_hash hash_value(rni_hash h, const rni_json *v)
{
    h = rni_hash_u64(h, (uint64_t)rni_json_type_of(v) << 32 | (uint64_t)rni_json_count(v));
    if (rni_json_key(v)) h = rni_hash_text(h, rni_json_key(v));
    if (rni_json_string(v)) h = rni_hash_text(h, rni_json_string(v));
    if (rni_json_number_text(v)) h = rni_hash_text(h, rni_json_number_text(v));
    if (rni_json_bool(v)) h = rni_hash_u64(h, 1);
    for (int64_t i = 0; i < rni_json_count(v); i++) h = hash_value(h, rni_json_at(v, i));
    return h;
}

/* A data set may be made from others, so all of them are part of the key. */
static rni_hash key_of(const rni_datas *datas, const rni_data *d)
{
    const rni_data_args *a = &datas->args;
    rni_hash h = rni_hash_text(RNI_HASH_START, rni_json_source(datas->project->json));
    h = rni_hash_u64(rni_hash_u64(rni_hash_u64(h, (uint64_t)a->batch), (uint64_t)a->limit), a->seed);
    h = hash_value(h, rni_json_get(datas->project->json, "data"));
    for (int64_t i = 0; i < datas->n; i++) {
        const rni_json *v = datas->at[i].json;
        h = hash_file(h, datas->project,
                      rni_json_string(v) ? rni_json_string(v) : rni_json_string(rni_json_get(v, "source")));
    }
    return rni_hash_text(h, d->name);
}

/* ---- finding and adding ---- */

static sketch *look(rni_sketches *all, rni_hash key)
{
    for (int i = 0; i < all->n; i++)
        if (all->at[i].key.a == key.a && all->at[i].key.b == key.b) return &all->at[i];
    return NULL;
}

static rn_text *hold_text(rn_text *t)
{
    return t ? rn_text_slice_at(NULL, t, 0, rn_text_count(t)) : NULL;
}

bool rni_sketch_find(rni_sketches *all, const rni_datas *datas, rni_data *d)
{
    const rni_hash key = key_of(datas, d);
    pthread_mutex_lock(&all->lock);
    sketch *s = look(all, key);
    if (s) {
        s->used = ++all->clock;
        d->set = rni_dataset_hold(s->set);
        d->text = hold_text(s->text);
        d->streams = s->streams;
        d->stream_count = s->stream_count;
    }
    pthread_mutex_unlock(&all->lock);
    return s && rn_ok();
}

static bool no_values(void *user, const rn_example *e)
{
    (void)user, (void)e;
    return rn_fail(RN_ERR_STATE, NULL, "a sketch of a data set has no values");
}

/* A place for a new one: that of the one that was not looked at for the longest time, where all are taken. */
static sketch *room(rni_sketches *all)
{
    if (all->n < SKETCHES_MAX) return &all->at[all->n++];
    sketch *s = all->at;
    for (int i = 1; i < all->n; i++)
        if (all->at[i].used < s->used) s = &all->at[i];
    drop(s);
    return s;
}

bool rni_sketch_add(rni_sketches *all, const rni_datas *datas, const rni_data *d)
{
    const rni_hash key = key_of(datas, d);
    rn_dataset *set = rn_dataset_new_at(&(rn_dataset_new_args){ .count = d->set->count,
                                                                .get = no_values,
                                                                .columns = d->set->columns,
                                                                .column_count = d->set->column_count,
                                                                .source = d->set->source });
    rn_text *text = hold_text(d->text);
    if (!set || (d->text && !text)) {
        rn_dataset_free(set);
        rn_text_free(text);
        return false;
    }
    pthread_mutex_lock(&all->lock);
    sketch *s = look(all, key);
    if (s)
        drop(s);
    else
        s = room(all);
    *s = (sketch){ key, set, text, d->streams, d->stream_count, ++all->clock };
    pthread_mutex_unlock(&all->lock);
    return true;
}
