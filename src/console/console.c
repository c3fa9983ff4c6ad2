/* Opening and closing: the work folder with its lock, the token, the server. */
#include "console/console_p.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/events.h"
#include "console/keeper.h"
#include "console/machine.h"
#include "console/system.h"
#include "console/users.h"
#include "console/view.h"
#include "project/sketch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes the folder, kept from others, and takes it. */
static bool take_folder(rni_console *c, const char *folder)
{
    char full[PATH_MAX];
    const bool existed = rni_folder_exists(folder);
    RNI_TRY(rni_folder_make(folder));
    if (!existed && chmod(folder, 0700) != 0)
        return rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be kept from others: %s", folder, strerror(errno));
    if (!realpath(folder, full)) return rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\": %s", folder, strerror(errno));
    /* what projects name is found from here, in the server as in the processes of runs */
    if (chdir(full) != 0) return rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\": %s", full, strerror(errno));
    c->folder = rni_strdup(full);
    char *path = c->folder ? rni_path_join(c->folder, ".lock") : NULL;
    c->lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    rni_free(path);
    if (!rn_ok()) return false;
    if (c->lock < 0) return rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be written to: %s", full, strerror(errno));
    if (flock(c->lock, LOCK_EX | LOCK_NB) == 0) return true;
    rni_fail(RN_ERR_STATE, NULL, NULL, "another server works in \"%s\"", full);
    rni_error_add("hint", "--dir names another folder");
    return false;
}

static bool open_parts(rni_console *c, const rni_console_args *args)
{
    bool fresh = false;
    char *path = rni_path_join(c->folder, "rensa.db");
    if (path) c->store = rni_database_open(path, args->rebuild, &fresh);
    rni_free(path);
    if (rn_ok() && args->users && !(c->users = rni_users_open(c->folder))) return false;
    return c->store && (c->events = rni_events_open()) != NULL && (c->system = rni_system_open()) != NULL &&
           (c->machine = rni_machine_open()) != NULL && (c->sketches = rni_sketches_new()) != NULL &&
           (c->views = rni_views_open()) != NULL && (c->keeper = rni_keeper_open(c, args->slots, fresh)) != NULL &&
           (c->http = rni_http_open(c, args->port)) != NULL && rni_keeper_start(c->keeper);
}

rni_console *rni_console_open(const rni_console_args *args)
{
    rni_console *c = rni_alloc((int64_t)sizeof *c);
    if (!c) return NULL;
    c->lock = -1;
    pthread_mutex_init(&c->projects_lock, NULL);
    pthread_mutex_init(&c->runs_lock, NULL);
    bool ok = take_folder(c, args->folder) && (c->access = rni_access_open(c->folder, args->hosts)) != NULL;
    if (ok) rni_access_set_port(c->access, args->port);
    ok = ok && open_parts(c, args);
    if (!ok) {
        rni_console_close(c);
        return NULL;
    }
    rni_access_set_port(c->access, rni_http_port(c->http));
    snprintf(c->address, sizeof c->address, "http://127.0.0.1:%d/?token=%s", rni_http_port(c->http),
             rni_access_token(c->access));
    return c;
}

void rni_console_close(rni_console *c)
{
    if (!c) return;
    rni_events_end(c->events);
    rni_http_close(c->http); /* nobody asks from here on */
    rni_keeper_close(c->keeper);
    rni_system_close(c->system);
    rni_machine_close(c->machine);
    rni_sketches_free(c->sketches);
    rni_views_close(c->views);
    rni_events_close(c->events);
    rni_database_close(c->store);
    rni_users_close(c->users);
    rni_access_close(c->access);
    if (c->lock >= 0) close(c->lock);
    pthread_mutex_destroy(&c->projects_lock);
    pthread_mutex_destroy(&c->runs_lock);
    rni_free(c->folder);
    rni_free(c);
}

const char *rni_console_address(const rni_console *c)
{
    return c->address;
}
