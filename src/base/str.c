/* Growing texts and the nearest of several names. */
#include "base/str.h"

#include "base/alloc.h"
#include "base/number.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool reserve(rni_str *s, int64_t more)
{
    if (s->failed) return false;
    if (s->length + more + 1 <= s->capacity) return true;
    int64_t capacity = s->capacity ? s->capacity * 2 : 64;
    if (capacity < s->length + more + 1) capacity = s->length + more + 1;
    char *p = rni_realloc(s->at, capacity);
    if (!p) {
        s->failed = true;
        return false;
    }
    s->at = p;
    s->capacity = capacity;
    return true;
}

void rni_str_add_n(rni_str *s, const char *text, int64_t n)
{
    if (!reserve(s, n)) return;
    memcpy(s->at + s->length, text, (size_t)n);
    s->length += n;
    s->at[s->length] = '\0';
}

void rni_str_add(rni_str *s, const char *text)
{
    rni_str_add_n(s, text, (int64_t)strlen(text));
}

void rni_str_addv(rni_str *s, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int n = rni_vformat(NULL, 0, fmt, args);
    if (n >= 0 && reserve(s, n)) {
        rni_vformat(s->at + s->length, (size_t)n + 1, fmt, again);
        s->length += n;
    }
    va_end(again);
}

void rni_str_addf(rni_str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    rni_str_addv(s, fmt, args);
    va_end(args);
}

void rni_str_free(rni_str *s)
{
    rni_free(s->at);
    *s = (rni_str){ 0 };
}

enum { NAME_MAX_LENGTH = 48 };

/* Optimal string alignment distance, ignoring case: insertions, deletions, changes, swaps of neighbours. */
static int edits(const char *a, int na, const char *b, int nb)
{
    int d[3][NAME_MAX_LENGTH + 1];
    for (int j = 0; j <= nb; j++) d[0][j] = j;
    for (int i = 1; i <= na; i++) {
        int *row = d[i % 3], *last = d[(i + 2) % 3], *before = d[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            const int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            int v = last[j - 1] + (x != y);
            if (last[j] + 1 < v) v = last[j] + 1;
            if (row[j - 1] + 1 < v) v = row[j - 1] + 1;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) && y == tolower((unsigned char)a[i - 2]) &&
                before[j - 2] + 1 < v)
                v = before[j - 2] + 1;
            row[j] = v;
        }
    }
    return d[na % 3][nb];
}

const char *rni_nearest(const char *name, const char *(*next)(void *user, int i), void *user)
{
    const size_t n = name ? strlen(name) : 0;
    if (n == 0 || n > NAME_MAX_LENGTH) return NULL;
    const char *best = NULL;
    int best_edits = (int)n / 3 + 2; /* a third of the letters wrong, and one more, is still a guess worth making */
    for (int i = 0;; i++) {
        const char *c = next(user, i);
        if (!c) return best;
        const size_t m = strlen(c);
        if (m == 0 || m > NAME_MAX_LENGTH) continue;
        const int e = edits(name, (int)n, c, (int)m);
        if (e < best_edits) {
            best_edits = e;
            best = c;
        }
    }
}
