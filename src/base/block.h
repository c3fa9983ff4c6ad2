/* Small memory that comes and goes all the time: kept by size when it is freed, and given out again. */
#ifndef RNI_BASE_BLOCK_H
#define RNI_BASE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { RNI_BLOCK_UNIT = 64, RNI_BLOCK_CLASSES = 32 };

/* Of one thread. */
typedef struct {
    void *first[RNI_BLOCK_CLASSES]; /* chains of blocks of 1, 2, … units */
    int64_t bytes;                  /* kept in all */
} rni_blocks;

/* Zeroed memory; NULL with an error pending. */
void *rni_block_new(rni_blocks *kept, int64_t bytes);
/* Frees a block of that size; keeps it if `keep` says so. */
void rni_block_free(rni_blocks *kept, void *block, int64_t bytes, bool keep);
void rni_blocks_clear(rni_blocks *kept);

#endif
