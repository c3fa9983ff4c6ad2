/* Projects: a folder each, with the project file and its earlier states. */
#ifndef RNI_CONSOLE_PROJECTS_H
#define RNI_CONSOLE_PROJECTS_H

#include "console/http.h"

enum { RNI_PROJECT_BYTES = 8 << 20, RNI_REVISION = 17 };

typedef struct rni_text_file {
    char *at; /* rni_free */
    int64_t bytes;
    char revision[RNI_REVISION]; /* changes with the contents */
} rni_text_file;

/* The project file as it is. Errors: 404. */
bool rni_project_text(rni_request *q, const char *name, rni_text_file *out);
/* Writes it: where `revision` is that of the present one, or NULL and there is none yet. The one before is kept.
 * Errors: 412 with the present revision as ETag, 428. */
bool rni_project_save(rni_request *q, const char *name, const char *text, int64_t bytes, const char *revision,
                      char now[RNI_REVISION]);
bool rni_project_rename(rni_request *q, const char *name, const char *to);
bool rni_project_delete(rni_request *q, const char *name);
bool rni_projects_write(rni_request *q);
bool rni_history_write(rni_request *q, const char *name);
bool rni_history_text(rni_request *q, const char *name, const char *id, rni_text_file *out);

#endif
