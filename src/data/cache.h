/* The two kinds of cache. */
#ifndef RNI_DATA_CACHE_H
#define RNI_DATA_CACHE_H

#include "data/data.h"

/* Bytes of an example without padding, and where its columns begin; -1 if that overflows. */
int64_t rni_record_bytes(const rn_dataset *ds, int64_t at[RNI_COLUMNS_MAX]);
/* Copies the columns that are wanted out of a record. */
void rni_record_copy(const rn_dataset *ds, const int64_t at[RNI_COLUMNS_MAX], const char *record, void *const *to);
/* A cache in a file; takes ds over. */
rn_dataset *rni_cache_file(rn_dataset *ds, const rn_dataset_cache_args *args);

#endif
