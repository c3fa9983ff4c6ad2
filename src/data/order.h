/* The order of examples, as a function of a seed and a number. */
#ifndef RNI_DATA_ORDER_H
#define RNI_DATA_ORDER_H

#include <stdint.h>

/* 0 … n - 1 in random order. */
void rni_shuffled(int64_t *order, int64_t n, uint64_t seed, uint64_t stream);
/* The numbers that are there, in random order. */
void rni_shuffle(int64_t *order, int64_t n, uint64_t seed, uint64_t stream);

#endif
