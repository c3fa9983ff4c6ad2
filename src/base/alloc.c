/* malloc with a count, an error instead of NULL in silence, and failure on demand for the tests. */
#include "base/alloc.h"

#include "base/error.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Counters over all threads; fail_in is written by tests only. */
static struct {
    atomic_llong live, calls, fail_in;
} g;

bool rni_alloc_should_fail(void)
{
    if (atomic_load_explicit(&g.fail_in, memory_order_relaxed) == 0) return false;
    return atomic_fetch_sub(&g.fail_in, 1) == 1;
}

static void *done(void *p, int64_t bytes)
{
    if (p) {
        atomic_fetch_add_explicit(&g.live, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&g.calls, 1, memory_order_relaxed);
    } else
        rni_fail(RN_ERR_NOMEM, NULL, NULL, "out of memory: %lld bytes are not to be had", (long long)bytes);
    return p;
}

void *rni_alloc(int64_t bytes)
{
    const bool no = bytes < 0 || rni_alloc_should_fail();
    return done(no ? NULL : calloc(1, bytes ? (size_t)bytes : 1), bytes);
}

void *rni_alloc_raw(int64_t bytes)
{
    const bool no = bytes < 0 || rni_alloc_should_fail();
    return done(no ? NULL : malloc(bytes ? (size_t)bytes : 1), bytes);
}

void *rni_realloc(void *p, int64_t bytes)
{
    if (!p) return rni_alloc_raw(bytes);
    const bool no = bytes < 0 || rni_alloc_should_fail();
    void *q = no ? NULL : realloc(p, bytes ? (size_t)bytes : 1);
    if (!q) rni_fail(RN_ERR_NOMEM, NULL, NULL, "out of memory: %lld bytes are not to be had", (long long)bytes);
    return q;
}

void rni_free(void *p)
{
    if (!p) return;
    atomic_fetch_sub_explicit(&g.live, 1, memory_order_relaxed);
    free(p);
}

void rni_alloc_set_aside(int64_t blocks)
{
    atomic_fetch_sub_explicit(&g.live, blocks, memory_order_relaxed);
}

bool rni_alloc_again(int64_t bytes)
{
    return done(rni_alloc_should_fail() ? NULL : &g, bytes) != NULL;
}

char *rni_strndup(const char *s, int64_t n)
{
    char *p = rni_alloc_raw(n + 1);
    if (!p) return NULL;
    memcpy(p, s, (size_t)n);
    p[n] = '\0';
    return p;
}

char *rni_strdup(const char *s)
{
    return rni_strndup(s, (int64_t)strlen(s));
}

void *rni_grow(void *array, int64_t count, int64_t *capacity, int64_t element_bytes)
{
    if (count < *capacity) return array;
    const int64_t more = *capacity ? *capacity * 2 : 16;
    void *p = rni_realloc(array, more * element_bytes);
    if (p) *capacity = more;
    return p;
}

bool rni_mul_i64(int64_t a, int64_t b, int64_t *out)
{
    return a >= 0 && b >= 0 && !__builtin_mul_overflow(a, b, out);
}

bool rni_add_i64(int64_t a, int64_t b, int64_t *out)
{
    return a >= 0 && b >= 0 && !__builtin_add_overflow(a, b, out);
}

int64_t rni_alloc_live(void)
{
    return atomic_load(&g.live);
}

int64_t rni_alloc_calls(void)
{
    return atomic_load(&g.calls);
}

void rni_alloc_fail_after(int64_t n)
{
    atomic_store(&g.fail_in, n);
}
