/* Finding and loading back ends, and opening their devices.
 *
 * A back end that is not built in is an extension, librensa_<name>.so. Devices are opened once and shared. */
#include "backend/backend.h"

#include "backend/pool.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/extension.h"
#include "base/log.h"
#include "base/number.h"
#include "base/str.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BACKENDS_MAX = 16 };

/* Written under the lock when a back end is loaded or a device is opened. */
static struct {
    pthread_mutex_t lock;
    int count;
    const rn_backend *backend[BACKENDS_MAX];
    rni_device *devices;
    char listed[BACKENDS_MAX][32];
    int listed_count;
} g = { .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP }; /* recursive: "check:cpu" opens another one */

static rn_backend_fn *const built_in[] = { rn_backend_ref, rn_backend_null, rn_backend_check };

static bool list_folder(const char *folder, void *user)
{
    (void)user;
    DIR *d = opendir(folder);
    if (!d) return false;
    for (const struct dirent *f; (f = readdir(d)) != NULL;) {
        char name[32], symbol[8];
        if (sscanf(f->d_name, "librensa_%31[a-z0-9].%2s", name, symbol) != 2 || strcmp(symbol, "so") != 0) continue;
        bool known = strcmp(name, "io") == 0 || g.listed_count == BACKENDS_MAX; /* an extension that is no back end */
        for (int k = 0; k < g.listed_count; k++) known |= strcmp(g.listed[k], name) == 0;
        if (known) continue;
        memcpy(g.listed[g.listed_count++], name, sizeof name);
    }
    closedir(d);
    return false;
}

static const char *listed_locked(void *user, int i)
{
    (void)user;
    if (g.listed_count == 0) {
        for (int k = 0; k < (int)RN_COUNTOF(built_in); k++)
            snprintf(g.listed[g.listed_count++], sizeof g.listed[0], "%s", built_in[k]()->name);
        rni_extension_folders(list_folder, NULL);
    }
    return i >= 0 && i < g.listed_count ? g.listed[i] : NULL;
}

const char *rni_backend_at(int i)
{
    pthread_mutex_lock(&g.lock);
    const char *name = listed_locked(NULL, i);
    pthread_mutex_unlock(&g.lock);
    return name;
}

static void log_line(int level, const char *topic, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    va_start(args, fmt);
    rni_vformat(text, sizeof text, fmt, args);
    va_end(args);
    rni_log((rn_log_level)level, topic, "%s", text);
}

static const rn_backend *add(const rn_backend *b, const char *name, const rn_site *site)
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
    static const rn_host host = { .size = sizeof host, .log = log_line };
    if (b->size >= offsetof(rn_backend, attach) + sizeof b->attach && b->attach) b->attach(&host);
    return g.backend[g.count++] = b;
}

/* A name that resembles one that can be found, and is none. */
static const char *meant(const char *name)
{
    const char *near = rni_nearest(name, listed_locked, NULL);
    return near && strcmp(near, name) != 0 ? near : NULL;
}

static const rn_backend *load(const char *name, const rn_site *site)
{
    for (int i = 0; i < (int)RN_COUNTOF(built_in); i++)
        if (strcmp(built_in[i]()->name, name) == 0) return add(built_in[i](), name, site);
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != strlen(name) || !*name || strlen(name) > 31) {
        rni_fail(RN_ERR_ARG, site, "device", "\"%s\" is not the name of a device", name);
        return NULL;
    }
    const char *near = meant(name);
    if (near) {
        rni_fail(RN_ERR_DEVICE, site, "device", "there is no device \"%s\"", name);
        rni_error_add("hint", "did you mean \"%s\"?", near);
        return NULL;
    }
    char symbol[64];
    snprintf(symbol, sizeof symbol, "rn_backend_%s", name);
    void *found = rni_extension_symbol(name, symbol);
    if (!found) return NULL;
    rn_backend_fn *fn;
    memcpy(&fn, &found, sizeof fn);
    return add(fn(), name, site);
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
