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

const bench_network *bench_network_find(const char *name);

#endif
