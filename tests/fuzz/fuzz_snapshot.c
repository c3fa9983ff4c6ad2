/* Snapshots: a trainer goes on from a file that is not what it should be, or says why it cannot. */
#include "fuzz.h"

#include "base/alloc.h"

#include <string.h>
#include <unistd.h>

typedef struct training {
    rn_dataset *data;
    rn_link *model;
    rn_optimizer *optimizer;
    rn_iterator *batches, *again;
    rn_trainer *trainer;
} training;

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_tensor *y = rn_call(user, b->x);
    rn_metric(m, "size", rn_mean(y), (double)b->count);
    return rn_softmax_cross_entropy(y, b->t);
}

static training begin(void)
{
    static const float x[] = { 1, 2, 3, 4, 5, 6 };
    static const int32_t t[] = { 0, 1, 1, 0, 0, 1 };
    const rn_array_column columns[] = { { .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(1), .data = x },
                                        { .name = "t", .dtype = RN_I32, .data = t, .class_count = 2 } };
    training r = { .data = rn_dataset_arrays(6, columns, 2) };
    rn_seed(1);
    r.model = rn_mlp_link(RN_SHAPE(2, 2));
    r.optimizer = rn_adam(r.model);
    r.batches = rn_iterator_new(r.data, 4, .shuffle = true, .repeat = true);
    r.again = rn_iterator_new(r.data, 6);
    r.trainer = rn_trainer_new(r.model, r.optimizer, r.batches, loss, .user = r.model, .iterations = 3);
    rn_trainer_use(r.trainer, "evaluate", .batches = r.again, .every = RN_ITERATIONS(2));
    rn_trainer_use(r.trainer, "early_stop", .monitor = "train_loss");
    return r;
}

static void end(training *r)
{
    rn_trainer_free(r->trainer);
    rn_iterator_free(r->again);
    rn_iterator_free(r->batches);
    rn_optimizer_free(r->optimizer);
    rn_link_free(r->model);
    rn_dataset_free(r->data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t tensors = rn_live_tensors();
    training r = begin();
    const bool ok = rn_trainer_resume(r.trainer, fuzz_file(data, (int64_t)n));
    fuzz_settle(ok);
    if (ok) {
        rn_trainer_run(r.trainer);
        rn_error_clear();
    }
    end(&r);
    if (rn_live_tensors() != tensors) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static char bytes[1 << 16];
    char path[64];
    for (int i = 0; i < 2; i++) {
        training r = begin();
        if (i) rn_trainer_run(r.trainer);
        snprintf(path, sizeof path, "/tmp/rensa-fuzz-%ld", (long)getpid());
        if (!rn_trainer_save(r.trainer, path)) abort();
        end(&r);
        FILE *f = fopen(path, "rb");
        if (!f) abort();
        const size_t n = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        unlink(path);
        fuzz_add(bytes, (int64_t)n);
    }
}
