/* Finding and loading back ends, and opening their devices.
 *
 * A back end that is not built in is looked for as librensa_<name>.so in the folders of $RENSA_BACKEND_PATH and in the
 * library's own folder. Devices are opened once and shared. */
#include "backend/backend.h"

#include "backend/pool.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/str.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKENDS_MAX = 16, PATH_LENGTH = 1024 };

/* Written under the lock when a back end is loaded or a device is opened. */
static struct {
    pthread_mutex_t lock;
    int count;
    const rn_backend *backend[BACKENDS_MAX];
    void *object[BACKENDS_MAX];
    rni_device *devices;
    char folder[PATH_LENGTH];
    char listed[BACKENDS_MAX][32];
    int listed_count;
} g = { .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP }; /* recursive: "check:cpu" opens another one */

static rn_backend_fn *const built_in[] = { rn_backend_ref, rn_backend_null, rn_backend_check };

const char *rni_library_folder(void)
{
    if (g.folder[0]) return g.folder;
    char found[PATH_LENGTH] = RENSA_LIBRARY_DIR;
    const char *env = getenv("RENSA_LIBRARY");
    Dl_info info;
    if (env && *env)
        snprintf(found, sizeof found, "%s", env);
    else if (dladdr(&g, &info) && info.dli_fname) {
        const char *slash = strrchr(info.dli_fname, '/');
        char beside[PATH_LENGTH];
        snprintf(beside, sizeof beside, "%.*s/rensa", slash ? (int)(slash - info.dli_fname) : 1,
                 slash ? info.dli_fname : ".");
        if (access(beside, R_OK) == 0)
            snprintf(found, sizeof found, "%s", beside);
        else {
            /* a program with the library inside it, in a bin/ beside lib/ */
            snprintf(beside, sizeof beside, "%.*s/../lib/rensa", slash ? (int)(slash - info.dli_fname) : 1,
                     slash ? info.dli_fname : ".");
            if (access(beside, R_OK) == 0) snprintf(found, sizeof found, "%s", beside);
        }
    }
    memcpy(g.folder, found, sizeof found);
    return g.folder;
}

/* Calls visit for each folder where back ends may be; stops when it returns true. */
static bool each_folder(bool (*visit)(const char *folder, void *user), void *user)
{
    const char *path = getenv("RENSA_BACKEND_PATH");
    for (const char *s = path ? path : ""; *s;) {
        const size_t n = strcspn(s, ":");
        char folder[PATH_LENGTH];
        snprintf(folder, sizeof folder, "%.*s", (int)n, s);
        if (n && visit(folder, user)) return true;
        s += n + (s[n] == ':');
    }
    return visit(rni_library_folder(), user);
}

static bool list_folder(const char *folder, void *user)
{
    (void)user;
    DIR *d = opendir(folder);
    if (!d) return false;
    for (const struct dirent *f; (f = readdir(d)) != NULL;) {
        char name[32], symbol[8];
        if (sscanf(f->d_name, "librensa_%31[a-z0-9].%2s", name, symbol) != 2 || strcmp(symbol, "so") != 0) continue;
        if (strcmp(name, "io") == 0 || g.listed_count == BACKENDS_MAX) continue; /* an extension that is no back end */
        memcpy(g.listed[g.listed_count++], name, sizeof name);
    }
    closedir(d);
    return false;
}

const char *rni_backend_at(int i)
{
    pthread_mutex_lock(&g.lock);
    if (g.listed_count == 0) {
        for (int k = 0; k < (int)RN_COUNTOF(built_in); k++)
            snprintf(g.listed[g.listed_count++], sizeof g.listed[0], "%s", built_in[k]()->name);
        each_folder(list_folder, NULL);
    }
    const char *name = i >= 0 && i < g.listed_count ? g.listed[i] : NULL;
    pthread_mutex_unlock(&g.lock);
    return name;
}

static const rn_backend *add(const rn_backend *b, void *object, const char *name, const rn_site *site)
{
    if (!b || b->abi_version != RN_BACKEND_ABI || b->size < offsetof(rn_backend, kernels) + sizeof b->kernels) {
        rni_fail(RN_ERR_DEVICE, site, "device", "back end %s was made for another version of Rensa", name);
        if (b) rni_error_add("expect", "ABI version %d", RN_BACKEND_ABI);
        if (b) rni_error_add("actual", "ABI version %d", b->abi_version);
        return NULL;
    }
    if (g.count == BACKENDS_MAX) {
        rni_fail(RN_ERR_DEVICE, site, "device", "more than %d back ends", BACKENDS_MAX);
        return NULL;
    }
    g.object[g.count] = object;
    return g.backend[g.count++] = b;
}

typedef struct {
    const char *name;
    void *object;
    rni_str tried;
} search;

static bool try_folder(const char *folder, void *user)
{
    search *s = user;
    char path[PATH_LENGTH + 64];
    snprintf(path, sizeof path, "%s/librensa_%s.so", folder, s->name);
    s->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!s->object) rni_str_addf(&s->tried, "\n            %s", dlerror());
    return s->object != NULL;
}

static const rn_backend *load(const char *name, const rn_site *site)
{
    for (int i = 0; i < (int)RN_COUNTOF(built_in); i++)
        if (strcmp(built_in[i]()->name, name) == 0) return add(built_in[i](), NULL, name, site);
    search s = { .name = name };
    const rn_backend *b = NULL;
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != strlen(name) || !*name)
        rni_fail(RN_ERR_ARG, site, "device", "\"%s\" is not the name of a device", name);
    else if (!each_folder(try_folder, &s)) {
        rni_fail(RN_ERR_DEVICE, site, "device", "back end \"%s\" cannot be loaded", name);
        rni_error_add("actual", "%s", s.tried.at ? s.tried.at : "no folder to look in");
    } else {
        char symbol[64];
        snprintf(symbol, sizeof symbol, "rn_backend_%s", name);
        rn_backend_fn *fn = NULL;
        void *found = dlsym(s.object, symbol);
        memcpy(&fn, &found, sizeof fn);
        if (fn)
            b = add(fn(), s.object, name, site);
        else
            rni_fail(RN_ERR_DEVICE, site, "device", "librensa_%s.so has no %s", name, symbol);
    }
    rni_str_free(&s.tried);
    return b;
}

static const rn_backend *find_locked(const char *name, const rn_site *site)
{
    for (int i = 0; i < g.count; i++)
        if (strcmp(g.backend[i]->name, name) == 0) return g.backend[i];
    return load(name, site);
}

const rn_backend *rni_backend_find(const char *name, const rn_site *site)
{
    pthread_mutex_lock(&g.lock);
    const rn_backend *b = find_locked(name, site);
    pthread_mutex_unlock(&g.lock);
    return b;
}

static rni_device *open_locked(const char *name, const rn_site *site)
{
    for (rni_device *d = g.devices; d; d = d->next)
        if (strcmp(d->name, name) == 0) return d;
    char back[32];
    const char *colon = strchr(name, ':');
    snprintf(back, sizeof back, "%.*s", colon ? (int)(colon - name) : 31, name);
    const char *detail = colon ? colon + 1 : "";
    const rn_backend *b = find_locked(back, site);
    if (!b) return NULL;
    const int index = strspn(detail, "0123456789") == strlen(detail) ? (int)strtol(detail, NULL, 10) : 0;
    char why[512] = "";
    void *handle = b->open(index, detail, why, sizeof why);
    if (!handle) {
        rni_fail(RN_ERR_DEVICE, site, "device", "\"%s\" cannot be opened: %s", name, why);
        return NULL;
    }
    rni_device *d = rni_alloc((int64_t)sizeof *d);
    if (d) d->pool = rni_pool_new();
    if (!d || !d->pool) {
        b->close(handle);
        rni_free(d);
        return NULL;
    }
    d->backend = b;
    d->index = index;
    d->handle = handle;
    snprintf(d->name, sizeof d->name, "%s", name);
    d->next = g.devices;
    g.devices = d;
    return d;
}

rni_device *rni_device_open(const char *name, const rn_site *site)
{
    pthread_mutex_lock(&g.lock);
    rni_device *d = open_locked(name, site);
    pthread_mutex_unlock(&g.lock);
    return d;
}

rni_device *rni_device_ref(void)
{
    return rni_device_open("ref", NULL);
}

void rni_devices_close(void)
{
    pthread_mutex_lock(&g.lock);
    while (g.devices) {
        rni_device *d = g.devices;
        g.devices = d->next;
        rni_pool_free(d->pool, d);
        d->backend->close(d->handle);
        rni_free(d);
    }
    pthread_mutex_unlock(&g.lock);
}

bool rni_copy_in(rni_device *device, void *to, const void *host, int64_t bytes, const rn_site *site)
{
    if (bytes == 0 || device->backend->copy_in(device->handle, to, host, bytes)) return true;
    return rni_fail(RN_ERR_DEVICE, site, "copy", "copying %lld bytes to %s failed", (long long)bytes, device->name);
}

bool rni_copy_out(rni_device *device, void *host, const void *from, int64_t bytes, const rn_site *site)
{
    if (bytes == 0 || device->backend->copy_out(device->handle, host, from, bytes)) return true;
    return rni_fail(RN_ERR_DEVICE, site, "copy", "copying %lld bytes from %s failed", (long long)bytes, device->name);
}
