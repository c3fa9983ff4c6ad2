/* evaluate: means over another data set, once an epoch. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

typedef struct {
    rn_trainer *trainer;
    rn_iterator *batches;
    rn_loss_fn *loss;
    void *user;
    char prefix[48];
} evaluator;

void *rni_ext_evaluate_make(const rn_trainer_use_args *a)
{
    if (!a->batches) {
        rni_fail(RN_ERR_ARG, &a->site, "trainer_use", "evaluate needs .batches");
        return NULL;
    }
    evaluator *e = rni_alloc((int64_t)sizeof *e);
    if (!e) return NULL;
    e->trainer = a->trainer;
    e->batches = a->batches;
    e->loss = a->loss ? a->loss : a->trainer->loss;
    e->user = a->loss ? a->user : a->trainer->user;
    snprintf(e->prefix, sizeof e->prefix, "%s", a->prefix ? a->prefix : "test_");
    return e;
}

static void report(void *user, const char *name, double mean, double weight)
{
    (void)weight;
    const evaluator *e = user;
    char full[160];
    snprintf(full, sizeof full, "%s%s", e->prefix, name);
    rn_trainer_report(e->trainer, full, mean);
}

static bool run(rn_trainer *t, void *self)
{
    evaluator *e = self;
    return rn_evaluate_at(t->site, e->batches, e->loss, e->user, report, e) && rn_ok();
}

const rn_extension rni_ext_evaluate = {
    .name = "evaluate",
    .brief = "means over another data set, once an epoch",
    .priority = 300,
    .every = { 1, RN_UNIT_EPOCH },
    .run = run,
    .free = rni_free,
};
