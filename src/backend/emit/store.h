/* Compiled objects on disk, in a folder that only the user writes to. Each ends with a checksum of itself, since
 * loading a damaged object would end the program. */
#ifndef RNI_BACKEND_EMIT_STORE_H
#define RNI_BACKEND_EMIT_STORE_H

#include "backend/emit/emit.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum rni_stored { RNI_STORED_NOT, RNI_STORED_GOOD, RNI_STORED_DAMAGED, RNI_STORED_FOREIGN } rni_stored;

/* Makes $XDG_CACHE_HOME/rensa/kernels (or below ~/.cache) and writes its path. False with a reason if it cannot be
 * written to, or if others can. */
bool rni_store_open(char *path, size_t size, rni_text *why);
/* What is at `path`. A good one is marked as used now. */
rni_stored rni_store_look(const char *path);
/* A folder of its own for making an object; false if there is no room. And its end, with all files in it. */
bool rni_store_work(const char *folder, char *path, size_t size);
void rni_store_clean(const char *work);
/* Adds the checksum to the object at `made` and moves it to `path`. */
bool rni_store_keep(const char *made, const char *path);
/* Removes what killed programs have left, and the objects that were not used for longest if there are too many. */
void rni_store_trim(const char *folder);

#endif
