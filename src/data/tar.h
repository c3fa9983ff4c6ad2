/* Members of a tar archive in memory. */
#ifndef RNI_DATA_TAR_H
#define RNI_DATA_TAR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rni_tar {
    const char *bytes, *source;
    int64_t n, position;
    /* Of the member that was read last. */
    char name[512];
    const char *data;
    int64_t bytes_of_data;
} rni_tar;

/* The next ordinary file: 1, 0 at the end, -1 with an error pending. Begin with bytes, n and source set. */
int rni_tar_next(rni_tar *tar);

#endif
