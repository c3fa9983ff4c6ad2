/* Copies what a step reads to the host, computes there, and copies back what it writes. */
#include "engine/staged.h"

#include "base/alloc.h"

/* The bytes that a view touches, from its first element: *before lie in front of that. */
static int64_t span(const rn_view *v, int64_t *before)
{
    const int64_t size = rn_dtype_bytes(v->dtype);
    int64_t after = size;
    *before = 0;
    for (int i = 0; i < v->rank; i++) {
        if (v->dim[i] == 0) return 0;
        const int64_t reach = (v->dim[i] - 1) * v->stride[i] * size;
        *(reach < 0 ? before : &after) += reach < 0 ? -reach : reach;
    }
    return *before + after;
}

static void *on_host(const rni_step *s, int i, void **memory)
{
    const rn_view *v = &s->call.in[i];
    int64_t before;
    const int64_t bytes = v->dtype ? span(v, &before) : 0;
    if (bytes == 0) return NULL;
    *memory = rni_alloc_raw(bytes);
    if (!*memory) return NULL;
    if (i < s->call.n_in && !rni_copy_out(s->device, *memory, (const char *)v->data - before, bytes, &s->site))
        return NULL;
    return (char *)*memory + before;
}

static bool take_back(const rni_step *s, int i, void *to, const void *memory)
{
    int64_t before;
    const int64_t bytes = span(&s->call.in[i], &before);
    return bytes == 0 || rni_copy_in(s->device, (char *)to - before, memory, bytes, &s->site);
}

bool rni_staged_run(rni_step *s)
{
    rn_kernel_call *c = &s->call;
    const int n = c->n_in + c->n_out;
    void **memory = rni_alloc((2 * n + 1) * (int64_t)sizeof *memory), **own = memory + n;
    bool ok = memory != NULL;
    for (int i = 0; i < n && memory; i++) own[i] = c->in[i].data;
    for (int i = 0; i < n && ok; i++) {
        c->in[i].data = on_host(s, i, &memory[i]);
        ok = c->in[i].data || rn_ok();
    }
    ok = ok && s->kernel->run(c) && s->failure.status == RN_OK;
    for (int i = 0; i < n && memory; i++) {
        c->in[i].data = own[i];
        if (ok && i >= c->n_in) ok = take_back(s, i, own[i], memory[i]);
        rni_free(memory[i]);
    }
    rni_free(memory);
    return ok;
}
