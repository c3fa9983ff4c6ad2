/* What the parts of the console share. */
#ifndef RNI_CONSOLE_CONSOLE_P_H
#define RNI_CONSOLE_CONSOLE_P_H

#include "console/access.h"
#include "console/console.h"
#include "console/http.h"

struct rni_console {
    char *folder; /* full path of the work folder */
    int lock;     /* on it, while the server lives */
    rni_access *access;
    rni_http *http;
    char address[128];
};

#endif
