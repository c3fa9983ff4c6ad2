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
#include <stdlib.h>
#include <string.h>

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

static void *open_one(const char *folder, const char *name, rni_str *tried)
{
    rni_str path = { 0 };
    rni_str_addf(&path, "%s/librensa_%s.so", folder, name);
    if (path.failed) return NULL;
    void *handle = rni_file_exists(path.at) ? dlopen(path.at, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (handle)
        rni_log(RN_LOG_INFO, "base", "loaded %s", path.at);
    else if (rni_file_exists(path.at)) {
        const char *why = dlerror();
        rni_str_addf(tried, "%s%s: %s", tried->length ? "\n          " : "", path.at, why ? why : "unknown");
    } else
        rni_str_addf(tried, "%s%s: not there", tried->length ? "\n          " : "", path.at);
    rni_str_free(&path);
    return handle;
}

/* The folder of the object that this code was linked into. */
static char *own_folder(void)
{
    Dl_info info;
    static const char mark = 0;
    if (!dladdr(&mark, &info) || !info.dli_fname) return NULL;
    return rni_path_folder(info.dli_fname);
}

static void *open_anywhere(const char *name, rni_str *tried)
{
    const char *given = getenv("RENSA_LIBRARY");
    void *handle = given && given[0] ? open_one(given, name, tried) : NULL;
    if (!handle) {
        char *own = own_folder(), *beside = own ? rni_path_join(own, "rensa") : NULL;
        if (beside) handle = open_one(beside, name, tried);
        rni_free(beside);
        rni_free(own);
    }
#ifdef RENSA_LIBRARY_DIR
    if (!handle) handle = open_one(RENSA_LIBRARY_DIR, name, tried);
#endif
    return handle;
}

static void fail_load(const char *name, const rni_str *tried)
{
    rni_fail(RN_ERR_DEVICE, NULL, NULL, "librensa_%s.so, which this needs, cannot be loaded", name);
    rni_error_add("tried", "%s", tried->at ? tried->at : "");
    for (size_t i = 0; i < RN_COUNTOF(packages); i++)
        if (tried->at && strstr(tried->at, packages[i].library))
            rni_error_add("hint", "install the package %s", packages[i].package);
    if (!tried->at || !strstr(tried->at, "cannot open shared object"))
        rni_error_add("hint", "set RENSA_LIBRARY to the folder that holds it");
}

void *rni_extension_symbol(const char *name, const char *symbol)
{
    rni_str tried = { 0 };
    void *handle = open_anywhere(name, &tried), *address = handle ? dlsym(handle, symbol) : NULL;
    if (handle && !address)
        rni_fail(RN_ERR_DEVICE, NULL, NULL, "librensa_%s.so does not have the symbol %s", name, symbol);
    else if (!handle && rn_ok())
        fail_load(name, &tried);
    rni_str_free(&tried);
    return address;
}
