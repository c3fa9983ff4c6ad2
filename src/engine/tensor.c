/* Tensors and scopes: creation, reference counts, and the end of both.
 *
 * Freeing walks the graph with a list of its own instead of recursion: a network unrolled over thousands of steps is a
 * chain of as many nodes. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/shape.h"
#include "engine/pass.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Thread_local rni_thread tls;

/* Counters and the key whose destructor ends a thread's state; written at first use. */
static struct {
    int64_t live, threads; /* tensors, and threads that may hold devices */
    pthread_once_t once;
    pthread_key_t key;
} g = { .once = PTHREAD_ONCE_INIT };

static void end_thread(void *p)
{
    rni_thread *t = p;
    if (!rn_ok()) rni_log(RN_LOG_WARN, "error", "nobody has asked for: %s", rn_error_last()->message);
    rn_scope_end(0);
    while (t->dirty) rni_dirty_remove(t->dirty);
    while (t->sinks) rni_sink_remove(t, t->sinks);
    rni_hooks_free(&t->hooks);
    rni_plan_cache_free(t->plans);
    rni_blocks_clear(&t->blocks);
    rni_free(t->handles);
    rni_free(t->scope);
    *t = (rni_thread){ 0 };
    __atomic_fetch_sub(&g.threads, 1, __ATOMIC_RELAXED);
}

static void make_key(void)
{
    pthread_key_create(&g.key, end_thread);
    atexit(rn_shutdown);
}

rni_thread *rni_thread_self(void)
{
    rni_thread *t = &tls;
    if (t->ready) return t;
    pthread_once(&g.once, make_key);
    pthread_setspecific(g.key, t);
    t->ready = true;
    t->pending_bytes_max = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    __atomic_fetch_add(&g.threads, 1, __ATOMIC_RELAXED);
    const char *env = getenv("RENSA_EAGER");
    t->eager = env && *env && strcmp(env, "0") != 0;
    env = getenv("RENSA_CHECK_NAN");
    t->nan_check = env && *env && strcmp(env, "0") != 0;
    env = getenv("RENSA_OFF");
    t->passes_off = env ? rni_passes_parse(env) : 0;
    env = getenv("RENSA_MEMORY_LIMIT");
    t->memory_limit = env ? rni_bytes_parse(env) : 0;
    return t;
}

void rn_shutdown(void)
{
    if (tls.ready) end_thread(&tls);
    if (__atomic_load_n(&g.live, __ATOMIC_RELAXED) == 0 && __atomic_load_n(&g.threads, __ATOMIC_RELAXED) == 0)
        rni_devices_close();
}

int64_t rn_live_tensors(void)
{
    return __atomic_load_n(&g.live, __ATOMIC_RELAXED);
}

/* ---- blocks ---- */

static int64_t round16(int64_t n)
{
    return (n + 15) & ~(int64_t)15;
}

rni_node *rni_node_new(int n_in, int n_out, int64_t opts_bytes)
{
    const int64_t head = round16((int64_t)sizeof(rni_node)), ins = round16(n_in * (int64_t)sizeof(rn_tensor *));
    const int64_t outs = round16(n_out * (int64_t)sizeof(rn_tensor));
    const int64_t bytes = head + outs + ins + opts_bytes;
    char *p = rni_block_new(&tls.blocks, bytes);
    if (!p) return NULL;
    rni_node *node = (rni_node *)p;
    node->bytes = bytes;
    node->n_in = n_in;
    node->n_out = n_out;
    node->out = (rn_tensor *)(p + head);
    node->in = (rn_tensor **)(p + head + outs);
    node->opts = opts_bytes ? p + head + outs + ins : NULL;
    for (int i = 0; i < n_out; i++) {
        rn_tensor *x = &node->out[i];
        x->tag = RNI_TENSOR_TAG;
        x->index = i;
        x->node = node;
        x->refs = 1;
    }
    node->live = n_out;
    __atomic_fetch_add(&g.live, n_out, __ATOMIC_RELAXED);
    return node;
}

rn_tensor *rni_leaf_new(rni_thread *t, rni_device *device, rn_dtype dtype, const rn_shape *shape, const rn_site *site)
{
    rni_node *node = rni_node_new(0, 1, 0);
    if (!node) return NULL;
    node->thread = t;
    node->device = device;
    if (site) node->site = *site;
    node->out->dtype = (uint8_t)dtype;
    node->out->shape = *shape;
    node->out->count = rni_shape_count(shape);
    return node->out;
}

/* A result that nobody holds any more can come back as long as another one of its node is held: gradients do that. */
void rni_tensor_keep(rn_tensor *x)
{
    if (__atomic_fetch_add(&x->refs, 1, __ATOMIC_RELAXED) == 0) __atomic_fetch_add(&x->node->live, 1, __ATOMIC_RELAXED);
}

void rni_sink_add(rni_thread *t, rn_tensor *x)
{
    x->flags |= RNI_T_SINK;
    x->sink_prev = NULL;
    x->sink_next = t->sinks;
    if (t->sinks) t->sinks->sink_prev = x;
    t->sinks = x;
}

void rni_sink_remove(rni_thread *t, rn_tensor *x)
{
    if (!(x->flags & RNI_T_SINK)) return;
    x->flags &= (uint8_t)~RNI_T_SINK;
    if (x->sink_prev)
        x->sink_prev->sink_next = x->sink_next;
    else if (t->sinks == x)
        t->sinks = x->sink_next;
    if (x->sink_next) x->sink_next->sink_prev = x->sink_prev;
    x->sink_next = x->sink_prev = NULL;
}

void rni_dirty_add(rni_thread *t, rn_tensor *cell)
{
    rni_cell *c = cell->cell;
    if (c->dirty_in) return;
    c->dirty_in = t;
    c->dirty_prev = NULL;
    c->dirty_next = t->dirty;
    if (t->dirty) t->dirty->cell->dirty_prev = cell;
    t->dirty = cell;
}

void rni_dirty_remove(rn_tensor *cell)
{
    rni_cell *c = cell->cell;
    if (!c->dirty_in) return;
    if (c->dirty_prev)
        c->dirty_prev->cell->dirty_next = c->dirty_next;
    else
        c->dirty_in->dirty = c->dirty_next;
    if (c->dirty_next) c->dirty_next->cell->dirty_prev = c->dirty_prev;
    c->dirty_in = NULL;
    c->dirty_next = c->dirty_prev = NULL;
}

/* The blocks to be freed are chained through `device`, which a dead node no longer needs. */
typedef struct {
    rni_node *first;
} graveyard;

static void release_tensor(rn_tensor *x, graveyard *dead);

void rni_cell_drop(rni_cell *c)
{
    if (c && __atomic_fetch_sub(&c->refs, 1, __ATOMIC_ACQ_REL) == 1) rni_free(c);
}

static void end_cell(rn_tensor *x, graveyard *dead)
{
    rni_cell *c = x->cell;
    rni_dirty_remove(x);
    x->cell = NULL;
    c->self = NULL;
    release_tensor(c->value, dead);
    c->value = NULL;
    rni_cell_drop(c);
    release_tensor(x->grad, dead);
    x->grad = NULL;
}

/* Values and gradients of cells are no cells: this calls itself once at the most. */
static void release_tensor(rn_tensor *x, graveyard *dead)
{
    if (!x || __atomic_fetch_sub(&x->refs, 1, __ATOMIC_ACQ_REL) != 1) return;
    rni_node *node = x->node;
    rni_sink_remove(node->thread, x);
    if (x->cell) end_cell(x, dead);
    rni_buffer_drop(x->buffer);
    x->buffer = NULL;
    if (__atomic_fetch_sub(&node->live, 1, __ATOMIC_ACQ_REL) != 1) return;
    node->device = (rni_device *)dead->first;
    dead->first = node;
}

static void bury(graveyard *dead)
{
    while (dead->first) {
        rni_node *node = dead->first;
        dead->first = (rni_node *)node->device;
        for (int i = 0; i < node->n_in; i++) release_tensor(node->in[i], dead);
        for (int i = 0; i < node->n_out; i++) {
            rn_tensor *x = &node->out[i];
            rni_cell_drop(x->version_of);
            rni_free(x->name);
            x->tag = 0;
        }
        __atomic_fetch_sub(&g.live, node->n_out, __ATOMIC_RELAXED);
        rni_block_free(&tls.blocks, node, node->bytes, tls.ready);
    }
}

void rni_tensor_drop(rn_tensor *x)
{
    graveyard dead = { 0 };
    release_tensor(x, &dead);
    bury(&dead);
}

void rni_node_cut(rni_node *node)
{
    if (node->recording_cut) return;
    node->recording_cut = true;
    graveyard dead = { 0 };
    for (int i = 0; i < node->n_in; i++) {
        release_tensor(node->in[i], &dead);
        node->in[i] = NULL;
    }
    bury(&dead);
}

void rni_node_keep(rni_node *node)
{
    __atomic_fetch_add(&node->live, 1, __ATOMIC_RELAXED);
}

void rni_node_drop(rni_node *node)
{
    const int32_t live = __atomic_fetch_sub(&node->live, 1, __ATOMIC_ACQ_REL);
    rn_assert(live > 0);
    if (live != 1) return;
    graveyard dead = { .first = node };
    node->device = NULL;
    bury(&dead);
}

bool rni_is_tensor(const rn_tensor *x, const rn_site *site, const char *what)
{
    if (x && x->tag == RNI_TENSOR_TAG) return true;
    if (rn_ok())
        rni_fail(RN_ERR_ARG, site, what, x ? "not a tensor, or one that has ended" : "the tensor is NULL");
    else
        rni_error_trail(site, what);
    return false;
}

/* ---- scopes ---- */

rn_tensor *rni_scoped(rni_thread *t, rn_tensor *x)
{
    rn_tensor **p = rni_grow(t->handles, t->n_handles, &t->cap_handles, (int64_t)sizeof *p);
    if (!p) {
        rni_tensor_drop(x);
        return NULL;
    }
    t->handles = p;
    t->handles[t->n_handles++] = x;
    return x;
}

int rn_scope_begin(void)
{
    rni_thread *t = rni_thread_self();
    int64_t *p = rni_grow(t->scope, t->n_scopes, &t->cap_scopes, (int64_t)sizeof *p);
    if (!p) return (int)t->n_scopes + 1; /* the block runs in the scope around it; the error is pending */
    t->scope = p;
    t->scope[t->n_scopes++] = t->n_handles;
    return (int)t->n_scopes;
}

/* Level 0 is the root scope of the thread. */
int rn_scope_end(int level)
{
    rni_thread *t = &tls;
    if (level > t->n_scopes || level < 0) return -1;
    const int64_t first = level > 0 ? t->scope[level - 1] : 0;
    graveyard dead = { 0 };
    while (t->n_handles > first) release_tensor(t->handles[--t->n_handles], &dead);
    t->n_scopes = level > 0 ? level - 1 : 0;
    bury(&dead);
    rni_hooks_leave(&t->hooks, level);
    if (t->n_scopes == 0 && !rn_ok())
        rni_log(RN_LOG_INFO, "error", "pending at the end of a scope: %s", rn_error_last()->message);
    return -1;
}

rn_tensor *rn_scope_return(int level, rn_tensor *x)
{
    x = rn_keep(x);
    rn_scope_end(level);
    return x ? rni_scoped(rni_thread_self(), x) : NULL;
}

rn_tensor *rn_keep(rn_tensor *x)
{
    if (!x || !rni_is_tensor(x, NULL, "keep")) return NULL;
    rni_tensor_keep(x);
    return x;
}

void rn_drop(rn_tensor *x)
{
    if (x && rni_is_tensor(x, NULL, "drop")) rni_tensor_drop(x);
}

/* ---- what a tensor is ---- */

const rn_shape *rn_tensor_shape(const rn_tensor *x)
{
    static const rn_shape scalar = { 0 };
    return x ? &x->shape : &scalar;
}

rn_dtype rn_tensor_dtype(const rn_tensor *x)
{
    return x ? (rn_dtype)x->dtype : RN_DTYPE_NONE;
}

int rn_tensor_rank(const rn_tensor *x)
{
    return x ? x->shape.rank : 0;
}

int64_t rn_tensor_dim(const rn_tensor *x, int axis)
{
    const int a = x ? rni_axis(axis, x->shape.rank) : -1;
    return a < 0 ? 0 : x->shape.dim[a];
}

int64_t rn_tensor_count(const rn_tensor *x)
{
    return x ? x->count : 0;
}

int64_t rn_tensor_bytes(const rn_tensor *x)
{
    return x ? rni_tensor_nbytes(x) : 0;
}

const char *rn_tensor_name(const rn_tensor *x)
{
    if (!x) return NULL;
    if (x->name || !x->version_of || !x->version_of->self) return x->name;
    return x->version_of->self->name;
}

bool rn_tensor_set_name(rn_tensor *x, const char *name)
{
    if (!rni_is_tensor(x, NULL, "set_name")) return false;
    char *copy = name ? rni_strdup(name) : NULL;
    if (name && !copy) return false;
    rni_free(x->name);
    x->name = copy;
    return true;
}
