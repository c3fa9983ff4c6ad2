/* Names that people give, and paths inside the work folder made of them. */
#ifndef RNI_CONSOLE_NAME_H
#define RNI_CONSOLE_NAME_H

#include "console/http.h"

enum { RNI_NAME_BYTES = 200 };

/* Whether it can be the name of a folder: 1 … 64 letters of any script, digits, '.', '_', '-' and inner blanks; no
 * point first. Errors: ARG. `what` is what has that name. */
bool rni_name_check(const char *name, const char *what);
/* A path below the work folder, of checked names; rni_free. NULL with an error. */
char *rni_work_path(const rni_console *c, const char *fmt, ...) RN_PRINTF(2, 3);
/* Calls see(user, name) for what is in a folder of the work folder, hidden things left out, until it returns false. */
bool rni_work_list(const rni_console *c, const char *folder, bool (*see)(void *user, const char *name), void *user);
/* Seconds since 1970. */
double rni_wall_clock(void);

#endif
