/* People with passwords, for `rensa serve --users`: kept in users.json of the work folder. */
#ifndef RNI_CONSOLE_USERS_H
#define RNI_CONSOLE_USERS_H

#include "console/http.h"

typedef struct rni_users rni_users;

/* Owned. Errors: IO, FORMAT of a damaged file, which is not replaced. */
rni_users *rni_users_open(const char *folder);
void rni_users_close(rni_users *u); /* NULL is fine */
/* Adds a person, or changes role and password (either may be NULL then). Errors: ARG. */
bool rni_users_set(rni_users *u, const char *name, const char *role, const char *password);
bool rni_users_remove(rni_request *q, rni_users *u, const char *name);
void rni_users_write(rni_users *u, rni_json_writer *w);
/* Takes as long for names that there are not. Errors: 401; 429 after several failures. */
bool rni_users_login(rni_request *q, rni_users *u, const char *name, const char *password);
/* Role of a person and a text that changes with the password; false where there is no such person. */
bool rni_users_find(rni_users *u, const char *name, rni_role *role, char mark[33]);

#endif
