/* What does training compute? bench_losses CASE FILE.npz writes the first parameters and the batch, and prints the
 * losses of five steps: bench/peers/verify lets PyTorch take the same steps. Nothing is dropped out. */
#include "bench.h"
#include "networks.h"

static bool add(void *user, const rn_param_info *info)
{
    return rn_dict_set(user, info->name, info->param);
}

static bool save(const bench_job *j, const char *path)
{
    rn_dict *d = rn_dict_new();
    const bool ok = d && rn_dict_set(d, "x", j->x) && rn_dict_set(d, "t", j->t) &&
                    rn_link_visit(j->model, RN_PARAMS, add, d) && rn_npz_save(path, d);
    rn_dict_free(d);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: bench_losses CASE FILE.npz\n");
        return 2;
    }
    bench_job j;
    if (bench_job_open(&j, argv[1], 0) && save(&j, argv[2])) {
        if (strcmp(argv[1], "lstm") == 0) rn_train_mode(false); /* the only case with dropout */
        for (int i = 0; i < 5 && rn_ok(); i++) printf("%.7g\n", bench_job_step(&j));
    }
    bench_job_close(&j);
    return rn_report_error(stderr);
}
