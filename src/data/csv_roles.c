/* Which columns of a table are inputs and which are targets: by name or by number. */
#include "data/csv.h"
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"

#include <string.h>

static const char *name_at(void *user, int i)
{
    const rni_csv_table *t = user;
    return i < t->column_count ? t->columns[i].name : NULL;
}

/* Names win over numbers, so that a column called "1" can be meant. */
static int64_t find_column(rni_csv_table *t, const char *name, int64_t n, const rn_site *site)
{
    int64_t number;
    const bool is_number = rni_parse_i64(name, n, &number);
    for (int64_t i = 0; i < t->column_count; i++)
        if ((int64_t)strlen(t->columns[i].name) == n && memcmp(t->columns[i].name, name, (size_t)n) == 0) return i;
    if (is_number && number < 0) number += t->column_count;
    if (is_number && number >= 0 && number < t->column_count) return number;
    rni_fail(RN_ERR_ARG, site, "dataset_csv", "the table has no column \"%.*s\"", (int)n, name);
    rni_error_add("actual", "%lld columns: %s … %s", (long long)t->column_count, t->columns[0].name,
                  t->columns[t->column_count - 1].name);
    char *copy = rni_strndup(name, n);
    const char *near = copy ? rni_nearest(copy, name_at, t) : NULL;
    if (near && t->header && !is_number) rni_error_add("hint", "did you mean \"%s\"?", near);
    if (!t->header) rni_error_add("hint", "the table has no header: columns go by number, from 0");
    rni_free(copy);
    return -1;
}

static bool assign(rni_csv_table *t, const char *list, rni_csv_role role, char *taken, const rn_site *site)
{
    const char *at;
    int64_t n;
    while (rni_next_name(&list, &at, &n)) {
        const int64_t i = find_column(t, at, n, site);
        if (i < 0) return false;
        if (taken[i])
            return rni_fail(RN_ERR_ARG, site, "dataset_csv",
                            "column \"%s\" is named twice among target, ignore and inputs", t->columns[i].name);
        taken[i] = 1;
        t->columns[i].role = role;
    }
    return true;
}

bool rni_csv_assign_roles(rni_csv_table *t, const rn_dataset_csv_args *a)
{
    char *taken = rni_alloc(t->column_count);
    bool ok = taken && assign(t, a->target ? a->target : "-1", RNI_CSV_TARGET, taken, &a->site) &&
              assign(t, a->ignore, RNI_CSV_UNUSED, taken, &a->site) &&
              assign(t, a->inputs, RNI_CSV_INPUT, taken, &a->site);
    for (int64_t i = 0; ok && !a->inputs && i < t->column_count; i++)
        if (!taken[i]) t->columns[i].role = RNI_CSV_INPUT;
    rni_free(taken);
    return ok;
}
