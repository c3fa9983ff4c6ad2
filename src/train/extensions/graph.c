/* graph: the recorded calls of the first step as a picture, graph.dot. */
#include "train/trainer.h"

#include "base/alloc.h"

static bool start(rn_trainer *t, void *self)
{
    const char *name = self;
    rni_free(t->graph);
    return (t->graph = rni_trainer_path(t, *name ? name : "graph.dot")) != NULL;
}

const rn_extension rni_ext_graph = {
    .name = "graph",
    .brief = "the recorded calls of the first step, graph.dot",
    .priority = 50,
    .every = { 1, RN_UNIT_EPOCH },
    .start = start,
    .free = rni_free,
};
