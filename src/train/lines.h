/* Files of the run folder to which a line of JSON is added now and then, and which a resumed run goes on with. */
#ifndef RNI_TRAIN_LINES_H
#define RNI_TRAIN_LINES_H

#include "base/str.h"

typedef struct rni_lines {
    int fd; /* -1: not open */
    char *path;
} rni_lines;

/* Opens it for adding. Of what is there, the lines of iterations up to `iteration` stay: the others are made again. The
 * lines begin with {"iteration":N. Errors: IO. */
bool rni_lines_open(rni_lines *f, const char *path, int64_t iteration);
/* Adds a line, whole or not at all. */
bool rni_lines_add(rni_lines *f, const rni_str *line);
void rni_lines_close(rni_lines *f);

#endif
