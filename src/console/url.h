/* Addresses of requests: "/api/runs/000012-oak?count=20" taken apart, strictly. */
#ifndef RNI_CONSOLE_URL_H
#define RNI_CONSOLE_URL_H

#include <rensa/base.h>

enum { RNI_URL_BYTES = 4096, RNI_URL_SEGMENTS = 12, RNI_URL_QUERY = 24 };

typedef struct rni_url {
    char *storage;
    int n_segments, n_query;
    const char *segment[RNI_URL_SEGMENTS]; /* decoded: UTF-8 without control characters and '/'; no "." and ".." */
    struct {
        const char *name, *value;
    } query[RNI_URL_QUERY];
} rni_url;

/* Takes the raw text after the host apart. Errors: FORMAT says what is wrong with it. Free it also then. */
bool rni_url_parse(const char *raw, rni_url *out);
void rni_url_free(rni_url *url);
/* The value under this name in the query, NULL where there is none. */
const char *rni_url_query(const rni_url *url, const char *name);

#endif
