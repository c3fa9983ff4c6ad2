/* Opening NVIDIA's libraries and looking up what is used of them. */
#include "backend/cuda/api.h"

#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY = 400, FOLDERS = 16 };

typedef struct {
    const char *what;         /* for messages */
    const char *const *names; /* best first, ended by NULL */
    const char *const *symbols;
    void **table;
    int count;
} library;

/* What is found is found once; so is what is not. */
typedef struct {
    bool tried, found;
    char why[WHY];
} result;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define SYMBOL(field, symbol, parameters, arguments) #symbol,
static const char *const driver_symbols[] = { RNI_CUDA_DRIVER_LIST(SYMBOL) };
static const char *const nvrtc_symbols[] = { RNI_CUDA_NVRTC_LIST(SYMBOL) };
static const char *const driver_names[] = { "libcuda.so.1", NULL };
static const char *const nvrtc_names[] = { "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", NULL };

static void *open_in(const char *folder, size_t n, const char *name)
{
    char path[PATH_MAX];
    const int length = snprintf(path, sizeof path, "%.*s%s%s", (int)n, folder, n ? "/" : "", name);
    return length > 0 && (size_t)length < sizeof path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

static void *open_any(const char *folder, size_t n, const char *const *names)
{
    for (; *names; names++) {
        void *object = open_in(folder, n, *names);
        if (object) return object;
    }
    return NULL;
}

static void *open_given(const char *const *names)
{
    const char *folders = secure_getenv("RENSA_CUDA_PATH");
    for (const char *s = folders ? folders : ""; *s;) {
        const size_t n = strcspn(s, ":");
        void *object = n ? open_any(s, n, names) : NULL;
        if (object) return object;
        s += n + (s[n] == ':');
    }
    return NULL;
}

/* Where the toolkit is usually put; the newest comes last by its name. */
static void *open_toolkit(const char *const *names)
{
    char path[PATH_MAX];
    const char *home = secure_getenv("CUDA_HOME");
    void *object = NULL;
    if (home && home[0] == '/' && snprintf(path, sizeof path, "%s/lib64", home) < (int)sizeof path)
        object = open_any(path, strlen(path), names);
    glob_t found;
    if (object || glob("/usr/local/cuda*/lib64", 0, NULL, &found) != 0) return object;
    for (size_t i = found.gl_pathc; i-- > 0 && !object;)
        object = open_any(found.gl_pathv[i], strlen(found.gl_pathv[i]), names);
    globfree(&found);
    return object;
}

static void look_up(const library *l, result *r)
{
    void *object = open_given(l->names);
    if (!object) object = open_any("", 0, l->names);
    if (!object) object = open_toolkit(l->names);
    if (!object) {
        snprintf(r->why, sizeof r->why, "%s is not installed (%s)", l->what, l->names[0]);
        return;
    }
    for (int i = 0; i < l->count; i++) {
        l->table[i] = dlsym(object, l->symbols[i]);
        if (l->table[i]) continue;
        snprintf(r->why, sizeof r->why, "%s is too old: it has no %s", l->what, l->symbols[i]);
        dlclose(object);
        return;
    }
    r->found = true;
}

static bool find(const library *l, result *r, char *why, size_t size)
{
    pthread_mutex_lock(&lock);
    if (!r->tried) look_up(l, r);
    r->tried = true;
    pthread_mutex_unlock(&lock);
    if (!r->found && size) snprintf(why, size, "%s", r->why);
    return r->found;
}

/* Tables are filled word by word: pointers to functions have the size of pointers to data here. */
_Static_assert(sizeof(rni_cuda_driver) == sizeof driver_symbols, "one word for each function");
_Static_assert(sizeof(rni_cuda_nvrtc) == sizeof nvrtc_symbols, "one word for each function");

const rni_cuda_driver *rni_cuda_driver_get(char *why, size_t size)
{
    static union {
        rni_cuda_driver functions;
        void *table[sizeof(rni_cuda_driver) / sizeof(void *)];
    } driver;
    static result r;
    const library l = { "NVIDIA's driver", driver_names, driver_symbols, driver.table,
                        (int)(sizeof driver.table / sizeof *driver.table) };
    return find(&l, &r, why, size) ? &driver.functions : NULL;
}

const rni_cuda_nvrtc *rni_cuda_nvrtc_get(char *why, size_t size)
{
    static union {
        rni_cuda_nvrtc functions;
        void *table[sizeof(rni_cuda_nvrtc) / sizeof(void *)];
    } nvrtc;
    static result r;
    const library l = { "NVRTC, which compiles kernels,", nvrtc_names, nvrtc_symbols, nvrtc.table,
                        (int)(sizeof nvrtc.table / sizeof *nvrtc.table) };
    return find(&l, &r, why, size) ? &nvrtc.functions : NULL;
}

void rni_cuda_describe_code(const rni_cuda_driver *cu, int code, char *text, size_t size)
{
    const char *name = NULL, *meaning = NULL;
    cu->error_name(code, &name);
    cu->error_string(code, &meaning);
    snprintf(text, size, "%s: %s", name ? name : "an unknown error", meaning ? meaning : "no text");
}

int rni_cuda_count(char *why, size_t size)
{
    const rni_cuda_driver *cu = rni_cuda_driver_get(why, size);
    int version = 0, count = 0;
    char text[200];
    if (!cu) return 0;
    int code = cu->init(0);
    if (!code) code = cu->driver_version(&version);
    if (!code) code = cu->device_count(&count);
    if (code) {
        rni_cuda_describe_code(cu, code, text, sizeof text);
        snprintf(why, size, "NVIDIA's driver finds no GPU that can be used: %s", text);
    } else if (version < RNI_CUDA_DRIVER_LEAST) {
        snprintf(why, size, "NVIDIA's driver is too old: it is for CUDA %d.%d, needed is %d.%d", version / 1000,
                 version % 1000 / 10, RNI_CUDA_DRIVER_LEAST / 1000, RNI_CUDA_DRIVER_LEAST % 1000 / 10);
        return 0;
    } else if (count == 0)
        snprintf(why, size, "NVIDIA's driver finds no GPU");
    return code ? 0 : count;
}
