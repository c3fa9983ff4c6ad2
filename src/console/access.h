/* Who may do what: the token of the printed address, cookies, and where requests may come from. */
#ifndef RNI_CONSOLE_ACCESS_H
#define RNI_CONSOLE_ACCESS_H

#include "console/http.h"

typedef struct rni_access rni_access;

/* Reads the token of the work folder, or makes one. `hosts` (ends with NULL; may be NULL) are further names under which
 * the server is reached. Owned. */
rni_access *rni_access_open(const char *folder, const char *const *hosts);
void rni_access_close(rni_access *a); /* NULL is fine */
void rni_access_set_port(rni_access *a, int port);
const char *rni_access_token(const rni_access *a);
/* Whether the request came to this host, and from its page or from no page. Errors: 403, 421. */
bool rni_access_check_origin(rni_request *q);
/* Finds out who asks, and whether that suffices for the row. Errors: 401, 403. */
bool rni_access_check_role(rni_request *q);
/* Compares in constant time; adds the cookie to the answer. */
bool rni_access_login(rni_request *q, const char *token);
/* The same for a person of --users. Errors: 401, 409, 429. */
bool rni_access_login_user(rni_request *q, const char *name, const char *password);
void rni_access_logout(rni_request *q);

#endif
