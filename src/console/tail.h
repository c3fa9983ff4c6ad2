/* Reads on in the files to which a run writes its progress. */
#ifndef RNI_CONSOLE_TAIL_H
#define RNI_CONSOLE_TAIL_H

#include "console/http.h"
#include "console/database.h"

/* Takes what log.jsonl and steps.jsonl have got since the last time, at most some megabytes; the curves in the index
 * grow, and pages are told. *more: there is still more. *first becomes true when a file is seen for the first time. */
bool rni_tail(rni_console *c, rni_db *db, const char *id, bool *more, bool *first);

#endif
