/* A list of different texts with a hash table over it. */
#include "data/names.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

static int64_t slot_of(const rni_names *s, const char *text, int64_t n)
{
    const uint64_t mask = (uint64_t)s->table_size - 1;
    uint64_t i = rni_hash_bytes(RNI_HASH_START, text, (size_t)n).a & mask;
    for (; s->table[i]; i = (i + 1) & mask) {
        const int64_t k = s->table[i] - 1;
        if (s->list[k].bytes == n && memcmp(s->pool.at + s->list[k].at, text, (size_t)n) == 0) break;
    }
    return (int64_t)i;
}

int64_t rni_names_find(const rni_names *names, const char *text, int64_t n)
{
    return names->table ? names->table[slot_of(names, text, n)] - 1 : -1;
}

static bool rehash(rni_names *s, int64_t size)
{
    int64_t *table = rni_alloc(size * (int64_t)sizeof *table);
    if (!table) return false;
    rni_free(s->table);
    s->table = table;
    s->table_size = size;
    for (int64_t i = 0; i < s->count; i++) s->table[slot_of(s, s->pool.at + s->list[i].at, s->list[i].bytes)] = i + 1;
    return true;
}

int64_t rni_names_add(rni_names *names, const char *text, int64_t n)
{
    if (2 * (names->count + 1) > names->table_size && !rehash(names, names->table_size ? 2 * names->table_size : 64))
        return -1;
    const int64_t slot = slot_of(names, text, n);
    if (names->table[slot]) return names->table[slot] - 1;
    void *list = rni_grow(names->list, names->count, &names->capacity, (int64_t)sizeof *names->list);
    if (!list) return -1;
    names->list = list;
    const int64_t at = names->pool.length;
    rni_str_add_n(&names->pool, text, n);
    rni_str_add_n(&names->pool, "", 1);
    if (names->pool.failed) return -1;
    names->list[names->count].at = at;
    names->list[names->count].bytes = n;
    names->table[slot] = ++names->count;
    return names->count - 1;
}

const char *rni_names_at(const rni_names *names, int64_t i)
{
    return names->pool.at + names->list[i].at;
}

typedef struct sort_key {
    const char *text;
    double number;
    int64_t i;
} sort_key;

static int by_number(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return strcmp(x->text, y->text);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const sort_key *)a)->text, ((const sort_key *)b)->text);
}

bool rni_names_sort(rni_names *names, int64_t *new_of)
{
    const int64_t n = names->count;
    sort_key *keys = rni_alloc(n * (int64_t)sizeof *keys);
    void *list = rni_alloc_raw(names->capacity * (int64_t)sizeof *names->list);
    bool numbers = true;
    if (keys && list) {
        for (int64_t i = 0; i < n; i++) {
            keys[i] = (sort_key){ rni_names_at(names, i), 0, i };
            numbers = numbers && rni_parse_f64(keys[i].text, names->list[i].bytes, &keys[i].number);
        }
        qsort(keys, (size_t)n, sizeof *keys, numbers ? by_number : by_text);
        memcpy(list, names->list, (size_t)n * sizeof *names->list);
        for (int64_t k = 0; k < n; k++) new_of[keys[k].i] = k;
        for (int64_t i = 0; i < n; i++)
            memcpy((char *)list + new_of[i] * (int64_t)sizeof *names->list, &names->list[i], sizeof *names->list);
        rni_free(names->list);
        names->list = list;
        memset(names->table, 0, (size_t)names->table_size * sizeof *names->table);
        for (int64_t i = 0; i < n; i++)
            names->table[slot_of(names, rni_names_at(names, i), names->list[i].bytes)] = i + 1;
    } else
        rni_free(list);
    rni_free(keys);
    return keys && list;
}

const char **rni_names_list(const rni_names *names)
{
    const char **list = rni_alloc(names->count * (int64_t)sizeof *list);
    for (int64_t i = 0; list && i < names->count; i++) list[i] = rni_names_at(names, i);
    return list;
}

void rni_names_free(rni_names *names)
{
    rni_str_free(&names->pool);
    rni_free(names->list);
    rni_free(names->table);
    *names = (rni_names){ 0 };
}
