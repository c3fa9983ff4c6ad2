/* HTTP: requests and answers, one thread per connection. What is answered is said by rows (route.h). */
#ifndef RNI_CONSOLE_HTTP_H
#define RNI_CONSOLE_HTTP_H

#include "base/json.h"
#include "console/url.h"

#include <sys/types.h>

typedef struct rni_console rni_console;
typedef struct rni_route rni_route;
typedef struct rni_http rni_http;

typedef enum rni_role { RNI_ROLE_NOBODY, RNI_ROLE_VIEWER, RNI_ROLE_USER, RNI_ROLE_OWNER } rni_role;

/* Writes at most `size` bytes; 0 waits no longer and is asked again, -1 ends. May block: the thread is its own. */
typedef int64_t rni_stream_fn(void *user, char *to, int64_t size);

typedef struct rni_request {
    rni_console *console;
    const rni_route *route; /* NULL: a file of the page */
    void *connection;
    const char *method;
    rni_url url;
    bool url_ok;
    const char *parameter[4]; /* the segments that stand for {…} in the row's path */
    rni_role role;
    char user[208];

    char *body;                                                  /* NUL-terminated; NULL where there is none */
    int64_t body_bytes, body_capacity, body_seen, body_expected; /* expected: -1 where it was not said */
    rni_json *json;                                              /* of a body that the row describes */
    void *state;                                                 /* of a row that receives its body in pieces */
    double begun;

    int status; /* 0 becomes 200 */
    const char *type;
    rni_str out;
    rni_json_writer w; /* into out */
    const void *bytes; /* instead of out: contents that stay */
    int64_t n_bytes;
    int fd; /* instead of both: a file, closed by the answer; -1 */
    rni_stream_fn *stream;
    void (*stream_free)(void *user);
    void *stream_user;
    struct {
        const char *name;
        char value[640];
    } header[8];
    int n_headers;
    bool started, refused;
} rni_request;

rni_http *rni_http_open(rni_console *console, int port);
void rni_http_close(rni_http *http); /* NULL is fine */
int rni_http_port(const rni_http *http);

/* A header of the request, NULL where there is none. */
const char *rni_request_header(const rni_request *q, const char *name);
/* A header of the answer. */
void rni_answer_header(rni_request *q, const char *name, const char *fmt, ...) RN_PRINTF(3, 4);
/* Raises an error that is answered with this status. Returns false. */
bool rni_refuse(rni_request *q, int status, const char *fmt, ...) RN_PRINTF(3, 4);
/* Answers with the contents of a file that exists; `type` names them. Errors: 404, naming `what`. */
bool rni_answer_file(rni_request *q, const char *path, const char *type, const char *what);
/* A whole number of the query within the row's limits, `fallback` where it is not given; checked before the row runs.
 */
int64_t rni_query_int(const rni_request *q, const char *name, int64_t fallback);
const char *rni_query_text(const rni_request *q, const char *name); /* NULL */

#endif
