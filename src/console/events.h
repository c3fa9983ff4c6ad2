/* What happens, told to all pages at once. */
#ifndef RNI_CONSOLE_EVENTS_H
#define RNI_CONSOLE_EVENTS_H

#include "console/http.h"

typedef struct rni_events rni_events;

rni_events *rni_events_open(void);
/* Ends all streams; they are freed by their answers. */
void rni_events_end(rni_events *e); /* NULL is fine */
void rni_events_close(rni_events *e);
int rni_events_listeners(rni_events *e);
/* Tells a JSON object of one line. Never waits for readers: who is too slow misses events and is told to ask anew. */
void rni_events_tell(rni_events *e, const char *json);
/* {"type": type, key: value}; `key` may be NULL. */
void rni_events_tell_of(rni_events *e, const char *type, const char *key, const char *value);
/* Answers with the stream. */
bool rni_events_answer(rni_request *q);

#endif
