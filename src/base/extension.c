/* Finding and loading librensa_<name>.so.
 *
 * The main library links to libc alone; what needs more lives in objects of its own, which are looked for where the
 * environment says, beside the running library, and where it was installed, in this order. */
#include "base/extension.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debian's package for a library that an extension cannot be loaded without. */
static const struct {
    const char *library, *package;
} packages[] = {
    { "libz.so", "zlib1g" },
    { "libzip.so", "libzip4" },
    { "libpng16", "libpng16-16" },
    { "libturbojpeg", "libturbojpeg0" },
    { "libopenblas", "libopenblas0-openmp" },
    { "libdnnl", "libdnnl2" },
    { "libgomp", "libgomp1" },
    { "libmpi.so", "libopenmpi3" },
    { "libhdf5", "libhdf5-103-1" },
};

/* OpenMP's threads spin where they wait for each other, for milliseconds unless told otherwise. On a machine that
 * others use, too, they so keep from running what they wait for. GCC's library reads how long when it is loaded; a bit
 * of spinning is better than none, as parallel loops follow each other closely. */
static void *load(const char *path)
{
    const bool ours = !getenv("GOMP_SPINCOUNT") && !getenv("OMP_WAIT_POLICY") && !setenv("GOMP_SPINCOUNT", "2000", 0);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (ours) unsetenv("GOMP_SPINCOUNT");
    return handle;
}

static void *open_one(const char *folder, const char *name, rni_str *tried)
{
    rni_str path = { 0 };
    rni_str_addf(&path, "%s/librensa_%s.so", folder, name);
    const bool there = !path.failed && rni_file_exists(path.at);
    void *handle = there ? load(path.at) : NULL;
    const char *why = there ? dlerror() : "not there";
    if (handle)
        rni_log(RN_LOG_INFO, "base", "loaded %s", path.at);
    else if (!path.failed)
        rni_str_addf(tried, "%s%s: %s", tried->length ? "\n          " : "", path.at, why ? why : "unknown");
    rni_str_free(&path);
    return handle;
}

/* The path of the object that this code was linked into; "" if it cannot be found out. The loader knows a program only
 * by the name that it was called by, hence the link that the kernel keeps. */
static void own_path(char *path, size_t size)
{
    Dl_info info;
    static const char mark = 0;
    path[0] = '\0';
    if (dladdr(&mark, &info) && info.dli_fname && strstr(info.dli_fname, ".so")) {
        snprintf(path, size, "%s", info.dli_fname);
        return;
    }
    const ssize_t n = readlink("/proc/self/exe", path, size - 1);
    path[n > 0 ? n : 0] = '\0';
}

static bool visit_below(const char *below, bool (*visit)(const char *folder, void *user), void *user)
{
    char path[PATH_MAX];
    own_path(path, sizeof path);
    char *own = path[0] ? rni_path_folder(path) : NULL, *folder = own ? rni_path_join(own, below) : NULL;
    const bool found = folder && rni_folder_exists(folder) && visit(folder, user);
    rni_free(folder);
    rni_free(own);
    return found;
}

bool rni_extension_folders(bool (*visit)(const char *folder, void *user), void *user)
{
    const char *list = getenv("RENSA_BACKEND_PATH"), *given = getenv("RENSA_LIBRARY");
    for (const char *s = list ? list : ""; *s;) {
        const size_t n = strcspn(s, ":");
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%.*s", (int)n, s);
        if (n && visit(folder, user)) return true;
        s += n + (s[n] == ':');
    }
    if (given && *given && visit(given, user)) return true;
    if (visit_below("rensa", visit, user) || visit_below("../lib/rensa", visit, user)) return true;
    return visit(RENSA_LIBRARY_DIR, user);
}

typedef struct {
    const char *name;
    void *handle;
    rni_str tried;
} search;

static bool try_folder(const char *folder, void *user)
{
    search *s = user;
    s->handle = open_one(folder, s->name, &s->tried);
    return s->handle != NULL;
}

static void fail_load(const char *name, const rni_str *tried)
{
    rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "librensa_%s.so, which this needs, cannot be loaded", name);
    rni_error_add("tried", "%s", tried->at ? tried->at : "");
    for (size_t i = 0; i < RN_COUNTOF(packages); i++)
        if (tried->at && strstr(tried->at, packages[i].library))
            rni_error_add("hint", "install the package %s", packages[i].package);
    if (!tried->at || !strstr(tried->at, "cannot open shared object"))
        rni_error_add("hint", "set RENSA_LIBRARY, or for a back end RENSA_BACKEND_PATH, to the folder that holds it");
}

void *rni_extension_symbol(const char *name, const char *symbol)
{
    search s = { .name = name };
    rni_extension_folders(try_folder, &s);
    void *address = s.handle ? dlsym(s.handle, symbol) : NULL;
    if (s.handle && !address)
        rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "librensa_%s.so does not have the symbol %s", name, symbol);
    else if (!s.handle && rn_ok())
        fail_load(name, &s.tried);
    rni_str_free(&s.tried);
    return address;
}
