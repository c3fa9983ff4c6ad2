/* The networks that training and inference are timed on; those of bench/peers/peer.py. */
#ifndef RENSA_BENCH_NETWORKS_H
#define RENSA_BENCH_NETWORKS_H

#include <rensa.h>

typedef struct {
    const char *name;
    rn_link *(*make)(void);
    int64_t batch;
    rn_shape input; /* of one example; integers below `symbols` where that is not 0 */
    int64_t symbols;
    int64_t classes;       /* of the target; 0: one number and the mean squared error */
    const char *optimizer; /* sgd, momentum, adam, adamw */
    double rate;
    const char *unit;
    double units; /* per step */
} bench_network;

extern const bench_network bench_networks[];

/* A network with its optimizer and one batch. */
typedef struct {
    const bench_network *net;
    bool bf16;  /* parameters and data; updates in f32 copies */
    bool mixed; /* RN_PRECISION(RN_BF16) */
    rn_link *model;
    rn_optimizer *optimizer;
    rn_tensor *x, *t;
    rn_step *step;
    int64_t parameters; /* numbers that train */
} bench_job;

/* The case called `name`, "lenet", "lenet-bf16" or "lenet-mixed", with that many examples (0: as the network says).
 * Close it also after a failure. */
bool bench_job_open(bench_job *j, const char *name, int64_t batch);
void bench_job_close(bench_job *j);
/* A step, and a look at the loss; NaN on an error. With BENCH_RECORD in the environment each step is recorded. */
double bench_job_step(const bench_job *j);

#endif
