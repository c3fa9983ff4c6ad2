/* bin/DATE-PLACE-NAME holds what.json and, under the name `thing`, what was deleted. What is dropped gets a hidden name
 * and is removed when there is time. */
#include "console/bin.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/name.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *where)
{
    (void)s;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

/* Without following links. */
static void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool write_what(const char *path, const char *place, const char *name)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "place", place);
    rni_json_put_string(&w, "name", name);
    rni_json_put_number(&w, "deleted", rni_wall_clock());
    rni_json_object_end(&w);
    const bool ok = !s.failed && rni_file_write(path, s.at, s.length);
    rni_str_free(&s);
    return ok;
}

/* A new folder in the bin; rni_free. */
static char *make_place(rni_request *q, const char *place, const char *name)
{
    const time_t now = time(NULL);
    struct tm t;
    char date[32];
    gmtime_r(&now, &t);
    strftime(date, sizeof date, "%Y%m%d-%H%M%S", &t);
    char *bin = rni_work_path(q->console, "bin");
    const bool ok = bin && rni_folder_make(bin);
    rni_free(bin);
    for (int i = 1; ok && i < 1000; i++) {
        char *path = rni_work_path(q->console, i == 1 ? "bin/%s-%s-%s" : "bin/%s-%s-%s-%d", date, place, name, i);
        if (!path || mkdir(path, 0700) == 0) return path;
        rni_free(path);
    }
    if (ok) rni_fail(RN_ERR_IO, NULL, NULL, "nothing can be put into the bin: %s", strerror(errno));
    return NULL;
}

bool rni_bin_take(rni_request *q, const char *place, const char *name)
{
    char *from = rni_work_path(q->console, "%s/%s", place, name);
    bool ok = from && (rni_folder_exists(from) || rni_refuse(q, 404, "there is no \"%s\"", name));
    char *to = ok ? make_place(q, place, name) : NULL;
    char *what = to ? rni_path_join(to, "what.json") : NULL, *thing = to ? rni_path_join(to, "thing") : NULL;
    ok = what && thing && write_what(what, place, name);
    if (ok && rename(from, thing) != 0)
        ok = rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be put into the bin: %s", name, strerror(errno));
    rni_free(thing);
    rni_free(what);
    rni_free(to);
    rni_free(from);
    return ok;
}

/* what.json of a thing that is whole; NULL without an error otherwise. */
static rni_json *read_what(const rni_console *c, const char *id)
{
    char *path = rni_work_path(c, "bin/%s/what.json", id), *thing = rni_work_path(c, "bin/%s/thing", id);
    rni_json *v = path && thing && rni_folder_exists(thing) ? rni_json_load(path, 1 << 16) : NULL;
    const char *place = rni_json_string(rni_json_get(v, "place")), *name = rni_json_string(rni_json_get(v, "name"));
    const bool known = place && name &&
                       (strcmp(place, "projects") == 0 || strcmp(place, "runs") == 0 || strcmp(place, "data") == 0) &&
                       rni_name_check(name, "thing");
    if (!known) {
        rn_error_clear();
        rni_json_free(v);
        v = NULL;
    }
    rni_free(thing);
    rni_free(path);
    return v;
}

static rni_json *find(rni_request *q, const char *id)
{
    rni_json *v = id[0] != '.' ? read_what(q->console, id) : NULL;
    if (!v) rni_refuse(q, 404, "there is no \"%s\" in the bin", id);
    return v;
}

bool rni_bin_restore(rni_request *q, const char *id, char place[16], char name[256])
{
    rni_json *v = find(q, id);
    if (!v) return false;
    snprintf(place, 16, "%s", rni_json_string(rni_json_get(v, "place")));
    const char *old = rni_json_string(rni_json_get(v, "name"));
    char *from = rni_work_path(q->console, "bin/%s/thing", id);
    bool done = false;
    for (int i = 1; from && !done && i < 100 && rn_ok(); i++) {
        snprintf(name, 256, i == 1 ? "%s" : "%s-%d", old, i);
        char *to = rni_work_path(q->console, "%s/%s", place, name);
        done = to && !rni_file_exists(to) && rename(from, to) == 0;
        rni_free(to);
    }
    if (!done) rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be taken out of the bin: %s", old, strerror(errno));
    rni_free(from);
    rni_json_free(v);
    char *rest = done ? rni_work_path(q->console, "bin/%s", id) : NULL;
    if (rest) remove_folder(rest);
    rni_free(rest);
    return done;
}

bool rni_bin_hide(const rni_console *c, const char *path)
{
    static _Atomic int64_t count;
    char *bin = rni_work_path(c, "bin"), *to = rni_work_path(c, "bin/.gone-%d-%lld", (int)getpid(), (long long)count++);
    const bool ok = bin && to && rni_folder_make(bin) && rename(path, to) == 0;
    rni_free(to);
    rni_free(bin);
    return ok;
}

static bool hide(const rni_console *c, const char *id)
{
    char *from = rni_work_path(c, "bin/%s", id);
    const bool ok = from && (rni_bin_hide(c, from) || rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be removed", id));
    rni_free(from);
    return ok;
}

bool rni_bin_drop(rni_request *q, const char *id)
{
    rni_json *v = find(q, id);
    rni_json_free(v);
    return v && hide(q->console, id);
}

/* ---- all of it ---- */

typedef struct listing {
    rni_console *console;
    rni_json_writer *w;
} listing;

static bool write_thing(void *user, const char *id)
{
    const listing *l = user;
    rni_json *v = read_what(l->console, id);
    if (!v) return true;
    const double deleted = rni_json_number(rni_json_get(v, "deleted"));
    rni_json_object_begin(l->w);
    rni_json_put_string(l->w, "id", id);
    rni_json_put_string(l->w, "place", rni_json_string(rni_json_get(v, "place")));
    rni_json_put_string(l->w, "name", rni_json_string(rni_json_get(v, "name")));
    rni_json_put_number(l->w, "deleted", deleted);
    rni_json_put_number(l->w, "removed", deleted + RNI_BIN_DAYS * 86400.0);
    rni_json_object_end(l->w);
    rni_json_free(v);
    return true;
}

bool rni_bin_write(rni_console *c, rni_json_writer *w)
{
    rni_json_array_begin(w);
    const bool ok = rni_work_list(c, "bin", write_thing, &(listing){ c, w });
    rni_json_array_end(w);
    return ok;
}

static bool drop_if_old(void *user, const char *id)
{
    rni_console *c = user;
    rni_json *v = read_what(c, id);
    if (v && rni_json_number(rni_json_get(v, "deleted")) + RNI_BIN_DAYS * 86400.0 < rni_wall_clock()) hide(c, id);
    rni_json_free(v);
    return true;
}

void rni_bin_clean(rni_console *c)
{
    rni_work_list(c, "bin", drop_if_old, c);
    char *bin = rni_work_path(c, "bin");
    DIR *d = bin ? opendir(bin) : NULL;
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) {
        if (f->d_name[0] != '.' || strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0) continue;
        char *path = rni_path_join(bin, f->d_name);
        if (path) remove_folder(path);
        rni_free(path);
    }
    if (d) closedir(d);
    rni_free(bin);
    rn_error_clear();
}
