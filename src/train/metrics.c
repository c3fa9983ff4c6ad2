/* Weighted means of what batches report. Values are tensors until the step that made them is over. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

#include <math.h>
#include <string.h>

rni_mean *rni_metrics_find(rn_metrics *m, const char *name, bool create)
{
    for (int64_t i = 0; i < m->count; i++)
        if (strcmp(m->mean[i].name, name) == 0) return &m->mean[i];
    if (!create) return NULL;
    rni_mean *p = rni_grow(m->mean, m->count, &m->capacity, (int64_t)sizeof *p);
    char *copy = p ? rni_strdup(name) : NULL;
    if (p) m->mean = p;
    if (!copy) return NULL;
    m->mean[m->count] = (rni_mean){ .name = copy };
    return &m->mean[m->count++];
}

bool rn_metric_at(const rn_site *site, rn_metrics *m, const char *name, rn_tensor *value, double weight)
{
    if (!rn_ok()) {
        rni_error_trail(site, "metric");
        return false;
    }
    if (!rni_is_tensor(value, site, "metric")) return false;
    if (rn_tensor_count(value) != 1)
        return rni_fail(RN_ERR_SHAPE, site, "metric", "%s: a metric is a single number", name);
    rni_mean *p = rni_metrics_find(m, name, true);
    if (!p) return false;
    rn_drop(p->pending);
    p->pending = rn_keep(value);
    p->weight_pending = weight;
    return true;
}

void rni_metrics_forget(rn_metrics *m)
{
    for (int64_t i = 0; i < m->count; i++) {
        rn_drop(m->mean[i].pending);
        m->mean[i].pending = NULL;
    }
}

bool rni_metrics_collect(rn_metrics *m)
{
    for (int64_t i = 0; i < m->count; i++) {
        rni_mean *p = &m->mean[i];
        if (!p->pending) continue;
        p->sum += rn_item(p->pending) * p->weight_pending;
        p->weight += p->weight_pending;
    }
    rni_metrics_forget(m);
    return rn_ok();
}

void rni_metrics_reset(rn_metrics *m)
{
    for (int64_t i = 0; i < m->count; i++) m->mean[i].sum = m->mean[i].weight = 0;
}

void rni_metrics_free(rn_metrics *m)
{
    rni_metrics_forget(m);
    for (int64_t i = 0; i < m->count; i++) rni_free(m->mean[i].name);
    rni_free(m->mean);
    *m = (rn_metrics){ 0 };
}

void rni_metrics_loss(rn_metrics *m, rn_tensor *loss, const rn_batch *b, const rn_site *site)
{
    const rni_mean *own = rni_metrics_find(m, "loss", false);
    if (loss && (!own || !own->pending)) rn_metric_at(site, m, "loss", loss, (double)b->count);
}

bool rn_evaluate_at(const rn_site *site, rn_iterator *batches, rn_loss_fn *loss, void *loss_user, rn_mean_fn *each,
                    void *each_user)
{
    if (!rn_ok()) {
        rni_error_trail(site, "evaluate");
        return false;
    }
    if (!batches || !loss || !each)
        return rni_fail(RN_ERR_ARG, site, "evaluate", "%s NULL",
                        !batches ? "the batches are"
                        : !loss  ? "the loss is"
                                 : "the function for the means is");
    rn_metrics m = { 0 };
    const bool training = rn_train_mode(false), grad = rn_grad_mode(false);
    const rn_iterator_state before = rn_iterator_get_state(batches);
    bool ok = rn_iterator_reset(batches);
    for (int64_t left = rn_iterator_epoch_batches(batches); ok && left > 0; left--) {
        const rn_batch *b = rn_next_at(site, batches);
        if (b) RN_SCOPE
            {
                rn_tensor *l = loss(loss_user, b, &m);
                if (rni_explained(l != NULL, site, "evaluate", "the loss")) rni_metrics_loss(&m, l, b, site);
            }
        ok = b && rni_metrics_collect(&m);
    }
    ok = ok && rn_ok();
    rni_error_copy *error = rni_error_take();
    rn_iterator_set_state_at(site, batches, &before);
    rni_error_give(error);
    rn_train_mode(training);
    rn_grad_mode(grad);
    for (int64_t i = 0; ok && i < m.count; i++)
        if (m.mean[i].weight > 0) each(each_user, m.mean[i].name, m.mean[i].sum / m.mean[i].weight, m.mean[i].weight);
    rni_metrics_free(&m);
    return ok;
}
