/* What the parts of the console share. */
#ifndef RNI_CONSOLE_CONSOLE_P_H
#define RNI_CONSOLE_CONSOLE_P_H

#include "console/access.h"
#include "console/console.h"
#include "console/http.h"
#include "console/database.h"

#include <pthread.h>

struct rni_console {
    char *folder; /* full path of the work folder */
    int lock;     /* on it, while the server lives */
    rni_access *access;
    struct rni_users *users; /* NULL: the token is all */
    rni_database *store;
    struct rni_events *events;
    struct rni_keeper *keeper;
    struct rni_system *system;
    struct rni_known_machine *machine;
    struct rni_views *views;       /* data sets that somebody looks at */
    struct rni_sketches *sketches; /* data sets that projects under edit name */
    rni_http *http;
    pthread_mutex_t projects_lock; /* changes of project files */
    pthread_mutex_t runs_lock;     /* changes of job.json and of what the index says of it */
    char address[128];
};

#endif
