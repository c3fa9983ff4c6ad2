/* Models that are used and not trained: a frozen step for each thread. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/step.h"
#include "nn/nn.h"

#include <pthread.h>

/* Of one thread and one number of inputs. */
typedef struct part {
    rn_predictor *whole;
    const rni_thread *thread;
    int inputs;
    rn_step *step;
    struct part *next;
} part;

typedef struct {
    rni_slot *slot;   /* held */
    rn_tensor *value; /* held, so that no update writes over it */
} kept;

struct rn_predictor {
    rn_link *model;
    kept *kept;
    int64_t n_kept, cap_kept;
    part *parts;
    pthread_mutex_t lock; /* of the list of parts */
    pthread_mutex_t recording;
};

static bool keep_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    (void)path;
    rn_predictor *p = user;
    kept *k = rni_grow(p->kept, p->n_kept, &p->cap_kept, (int64_t)sizeof *k);
    if (!k) return false;
    p->kept = k;
    rn_tensor *value = slot->cell ? rni_value_of(slot->cell) : NULL;
    if (value) rni_tensor_keep(value);
    __atomic_fetch_add(&slot->refs, 1, __ATOMIC_RELAXED);
    p->kept[p->n_kept++] = (kept){ slot, value };
    return true;
}

rn_predictor *rn_predictor_new_at(const rn_site *site, rn_link *model)
{
    if (!rn_ok()) {
        rni_error_trail(site, "predictor");
        return NULL;
    }
    if (!rni_given(model, site, "predictor", "model") || !rn_eval_all()) return NULL;
    rn_predictor *p = rni_alloc((int64_t)sizeof *p);
    if (!p) return NULL;
    p->model = rn_link_keep(model);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->recording, NULL);
    if (rni_slots_visit(model, keep_slot, p)) return p;
    rn_predictor_free(p);
    return NULL;
}

void rn_predictor_free(rn_predictor *p)
{
    if (!p) return;
    while (p->parts) {
        part *q = p->parts;
        p->parts = q->next;
        rn_step_free(q->step);
        rni_free(q);
    }
    for (int64_t i = 0; i < p->n_kept; i++) {
        if (p->kept[i].value) rni_tensor_drop(p->kept[i].value);
        rni_slot_free(p->kept[i].slot);
    }
    rni_free(p->kept);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->recording);
    rn_link_free(p->model);
    rni_free(p);
}

static bool is_unchanged(const rn_predictor *p, const rn_site *site)
{
    for (int64_t i = 0; i < p->n_kept; i++) {
        const rni_slot *s = p->kept[i].slot;
        if (s->cell && p->kept[i].value == rni_value_of(s->cell)) continue;
        rni_fail(RN_ERR_STATE, site, "predict", "the parameter %s %s", s->name,
                 s->cell ? "has another value than when the predictor was made" : "is not there yet");
        rni_error_add("hint", s->cell ? "make a predictor anew after training"
                                      : "parameters come into being with the first call of the model");
        return false;
    }
    return true;
}

static bool call_model(void *user, rn_tensor *const *in, rn_tensor **out)
{
    const part *q = user;
    rn_predictor *p = q->whole;
    pthread_mutex_lock(&p->recording);
    RN_TEST_MODE
    out[0] = rn_call_n(p->model, ((rn_list){ (rn_tensor **)(uintptr_t)in, q->inputs }));
    pthread_mutex_unlock(&p->recording);
    return out[0] != NULL;
}

/* This thread's part of p; made at its first call. */
static part *find_part(rn_predictor *p, int inputs, const rn_site *site)
{
    const rni_thread *t = rni_thread_self();
    pthread_mutex_lock(&p->lock);
    part *q = p->parts;
    while (q && (q->thread != t || q->inputs != inputs)) q = q->next;
    if (!q && (q = rni_alloc((int64_t)sizeof *q)) != NULL) {
        *q = (part){ .whole = p, .thread = t, .inputs = inputs };
        q->step = rni_step_frozen(&(rn_step_args){
            .fn = call_model, .user = q, .inputs = inputs, .outputs = 1, .site = rni_site_copy(site) });
        if (q->step) {
            q->next = p->parts;
            p->parts = q;
        } else {
            rni_free(q);
            q = NULL;
        }
    }
    pthread_mutex_unlock(&p->lock);
    return q;
}

rn_tensor *rn_predict_at(const rn_site *site, rn_predictor *p, rn_list xs)
{
    if (!rn_ok()) {
        rni_error_trail(site, "predict");
        return NULL;
    }
    if (!rni_given(p, site, "predict", "predictor")) return NULL;
    if (xs.n < 1 || xs.n > RN_INPUTS_MAX || !xs.at) {
        rni_fail(RN_ERR_ARG, site, "predict", "called with %lld tensors", (long long)xs.n);
        return NULL;
    }
    for (int64_t i = 0; i < xs.n; i++)
        if (!rni_is_tensor(xs.at[i], site, "predict")) return NULL;
    if (!is_unchanged(p, site)) return NULL;
    part *q = find_part(p, (int)xs.n, site);
    rn_tensor *y = NULL;
    return q && rn_step_run_at(site, q->step, xs.at, &y) ? y : NULL;
}
