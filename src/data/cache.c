/* Examples kept in memory once they were read: the first so many of the data set, which for shuffled epochs serves as
 * well as any other choice and needs no bookkeeping. Memory is taken in chunks when something is put into them. */
#include "data/cache.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

enum { ABSENT, BUSY, PRESENT, CHUNK_BYTES = 1 << 20 };

typedef struct cache {
    rn_dataset *ds;
    int64_t at[RNI_COLUMNS_MAX];
    int64_t record, kept, per_chunk, chunk_count; /* bytes; examples; examples; chunks */
    _Atomic(char *) *chunks;
    _Atomic unsigned char *state; /* [kept] */
} cache;

int64_t rni_record_bytes(const rn_dataset *ds, int64_t at[RNI_COLUMNS_MAX])
{
    int64_t sum = 0;
    for (int i = 0; i < ds->column_count; i++) {
        at[i] = sum;
        if (!rni_add_i64(sum, rn_column_bytes(&ds->columns[i]), &sum)) return -1;
    }
    return sum;
}

void rni_record_copy(const rn_dataset *ds, const int64_t at[RNI_COLUMNS_MAX], const char *record, void *const *to)
{
    for (int i = 0; i < ds->column_count; i++) {
        const int64_t bytes = rn_column_bytes(&ds->columns[i]);
        if (to[i] && bytes) memcpy(to[i], record + at[i], (size_t)bytes);
    }
}

/* The chunk, made by whichever thread comes first. */
static char *chunk_at(cache *c, int64_t i)
{
    char *chunk = atomic_load_explicit(&c->chunks[i], memory_order_acquire);
    if (chunk) return chunk;
    char *mine = rni_alloc_raw(c->per_chunk * c->record);
    if (!mine) return NULL;
    if (atomic_compare_exchange_strong(&c->chunks[i], &chunk, mine)) return mine;
    rni_free(mine);
    return chunk;
}

/* Reads the example and keeps it, unless another thread is doing so. */
static bool read_and_keep(cache *c, int64_t i, void *const *to)
{
    char *record = rni_alloc_raw(c->record);
    void *columns[RNI_COLUMNS_MAX];
    for (int k = 0; record && k < c->ds->column_count; k++) columns[k] = record + c->at[k];
    bool ok = record && rni_dataset_get(c->ds, &(rn_example){ i, 0, columns });
    if (ok) {
        rni_record_copy(c->ds, c->at, record, to);
        unsigned char absent = ABSENT;
        if (atomic_compare_exchange_strong(&c->state[i], &absent, BUSY)) {
            char *chunk = chunk_at(c, i / c->per_chunk);
            if (chunk && c->record) memcpy(chunk + i % c->per_chunk * c->record, record, (size_t)c->record);
            atomic_store_explicit(&c->state[i], chunk ? PRESENT : ABSENT, memory_order_release);
            ok = chunk != NULL;
        }
    }
    rni_free(record);
    return ok;
}

static bool cache_get(void *user, const rn_example *e)
{
    cache *c = user;
    const int64_t i = e->index;
    if (i >= c->kept) return rni_dataset_get(c->ds, &(rn_example){ i, 0, e->to });
    if (atomic_load_explicit(&c->state[i], memory_order_acquire) != PRESENT) return read_and_keep(c, i, e->to);
    const char *chunk = atomic_load_explicit(&c->chunks[i / c->per_chunk], memory_order_acquire);
    rni_record_copy(c->ds, c->at, chunk + i % c->per_chunk * c->record, e->to);
    return true;
}

static void cache_free(void *user)
{
    cache *c = user;
    for (int64_t i = 0; c->chunks && i < c->chunk_count; i++) rni_free(atomic_load(&c->chunks[i]));
    rni_free((void *)c->chunks);
    rni_free((void *)c->state);
    rn_dataset_free(c->ds);
    rni_free(c);
}

static rn_dataset *cache_memory(rn_dataset *ds, const rn_dataset_cache_args *a)
{
    cache *c = rni_alloc((int64_t)sizeof *c);
    if (!c) {
        rn_dataset_free(ds);
        return NULL;
    }
    c->ds = ds;
    c->record = rni_record_bytes(ds, c->at);
    const int64_t limit = a->bytes ? a->bytes : (int64_t)1 << 30, size = c->record > 0 ? c->record : 1;
    c->kept = limit / size < ds->count ? limit / size : ds->count;
    c->per_chunk = CHUNK_BYTES / size > 0 ? CHUNK_BYTES / size : 1;
    if (c->per_chunk > c->kept) c->per_chunk = c->kept > 0 ? c->kept : 1;
    c->chunk_count = (c->kept + c->per_chunk - 1) / c->per_chunk;
    c->chunks = rni_alloc(c->chunk_count * (int64_t)sizeof *c->chunks);
    c->state = rni_alloc(c->kept);
    if (!c->chunks || !c->state) {
        cache_free(c);
        return NULL;
    }
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = ds->count,
                                                     .get = cache_get,
                                                     .columns = ds->columns,
                                                     .column_count = ds->column_count,
                                                     .site = a->site,
                                                     .user = c,
                                                     .free = cache_free,
                                                     .source = ds->source,
                                                     .partial = true });
}

rn_dataset *rn_dataset_cache_at(const rn_dataset_cache_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_dataset *ds = rni_dataset_hold(a->ds);
    if (rni_dataset_ready(ds, &a->site, "dataset_cache")) {
        if (a->bytes >= 0) return a->file ? rni_cache_file(ds, a) : cache_memory(ds, a);
        rni_fail(RN_ERR_ARG, &a->site, "dataset_cache", "%lld bytes cannot be kept", (long long)a->bytes);
    }
    rn_dataset_free(ds);
    return NULL;
}
