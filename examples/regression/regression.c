/* Regression on a table: one column of a CSV file out of the others.
 *
 *     regression [--small] [FILE [TARGET]]
 *
 * FILE, left out, is pendulum.csv beside this program's source (run it from the root of Rensa): period of a pendulum by
 * length, amplitude and place. Columns of texts become as many inputs as there are different texts. */
#include "../arguments.h"

#include <rensa.h>
#include <math.h>
#include <stdio.h>

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)m;
    return rn_mean_squared_error(rn_call(user, b->x), b->t);
}

static void show(rn_link *model, rn_dataset *test)
{
    const int64_t n = rn_dataset_count(test);
    RN_TEST_MODE RN_SCOPE
    {
        rn_tensor *t = rn_dataset_rows(test, "t", 0, n), *y = rn_call(model, rn_dataset_rows(test, "x", 0, n));
        const float *truth = rn_data_f32(t), *guess = rn_data_f32(y);
        for (int i = 0; truth && guess && i < 5 && i < n; i++)
            printf("  %10.4f predicted, %10.4f true\n", guess[i], truth[i]);
        printf("error (root of mean square) %.4f, R2 %.4f\n", sqrt(rn_item(rn_mean_squared_error(y, t))),
               rn_item(rn_r2_score(y, t)));
    }
}

int main(int argc, char **argv)
{
    bool small = false;
    const char *word[2] = { "examples/regression/pendulum.csv", NULL }; /* no target: the last column */
    arguments(argc, argv, "regression [--small] [FILE [TARGET]]", &small, 2, word);

    rn_dataset *table = rn_dataset_csv(word[0], .target = word[1], .missing = RN_MISSING_MEAN), *part[3];
    rn_dataset_split(table, (const double[]){ 0.7, 0.15, 0.15 }, 3, part, .seed = 1);
    printf("%s: %lld rows\n", rn_dataset_source(table), (long long)rn_dataset_count(table));
    for (int64_t i = 0; rn_dataset_feature(table, i); i++)
        printf("  input %lld: %s\n", (long long)i, rn_dataset_feature(table, i));
    rn_dataset *train = rn_dataset_normalize(part[0]);
    rn_dataset *valid = rn_dataset_normalize(part[1], .like = part[0]);
    rn_dataset *test = rn_dataset_normalize(part[2], .like = part[0]);

    rn_seed(1);
    rn_link *model = rn_mlp_link(RN_SHAPE(64, 64, 1), .activation = "tanh");
    rn_optimizer *adam = rn_adam(model, .alpha = 5e-3);
    rn_iterator *batches = rn_iterator_new(train, 32, .shuffle = true, .seed = 1, .repeat = true);
    rn_iterator *valid_batches = rn_iterator_new(valid, 256);
    rn_trainer *trainer = rn_trainer_new(model, adam, batches, loss, .user = model, .epochs = small ? 60 : 500);
    rn_trainer_use(trainer, "evaluate", .batches = valid_batches, .prefix = "valid_", .every = RN_EPOCHS(10));
    rn_trainer_use(trainer, "print", .every = RN_EPOCHS(10));
    rn_trainer_use(trainer, "early_stop", .monitor = "valid_loss", .every = RN_EPOCHS(10), .patience = 8);
    rn_trainer_run(trainer);
    show(model, test);

    rn_trainer_free(trainer);
    rn_iterator_free(valid_batches);
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(model);
    rn_dataset_free(test);
    rn_dataset_free(valid);
    rn_dataset_free(train);
    for (int i = 0; i < 3; i++) rn_dataset_free(part[i]);
    rn_dataset_free(table);
    return rn_report_error(stderr);
}
