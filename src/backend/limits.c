/* Limits of devices: asked of the back end, kept in a file per processor, device and number of threads. */
#include "backend/limits.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"

#include <stdio.h>

static const char *const keys[] = { "f32_1",      "f32_all", "bf16_1",    "bf16_all", "memory_1",
                                    "memory_all", "cache_1", "cache_all", "shared_1", "shared_all" };

static double *field(rn_limits *l, size_t i)
{
    double *const fields[] = { &l->f32[0],    &l->f32[1],   &l->bf16[0],  &l->bf16[1],   &l->memory[0],
                               &l->memory[1], &l->cache[0], &l->cache[1], &l->shared[0], &l->shared[1] };
    return fields[i];
}

/* The processor's name, as Linux tells it. */
static void processor(char *buf, size_t size)
{
    snprintf(buf, size, "unknown processor");
    char *at = NULL;
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (f && !at && fgets(line, sizeof line, f)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon) continue;
        at = line + (colon + 1 - line);
        at += strspn(at, " \t");
        at[strcspn(at, "\n")] = '\0';
        snprintf(buf, size, "%s", at);
    }
    if (f) fclose(f);
}

static void name_of(const rni_device *d, char *buf, size_t size)
{
    char cpu[128], text[256] = "";
    processor(cpu, sizeof cpu);
    if (d->backend->describe) d->backend->describe(d->index, text, sizeof text);
    snprintf(buf, size, "%s, %s: %s", cpu, d->name, text);
}

/* Of the cache; rni_free. */
static char *file_of(const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "limits-%016llx.json", (unsigned long long)rni_hash_text(RNI_HASH_START, name).a);
    return rni_cache_path(file);
}

/* From the file, where it is there and what it should be. */
static bool recall(const char *path, const char *name, rn_limits *out)
{
    if (rni_file_bytes(path) < 0) return false;
    rni_json *j = rni_json_load(path, 1 << 16);
    const char *of = rni_json_string(rni_json_get(j, "machine"));
    bool ok = of && strcmp(of, name) == 0;
    *out = (rn_limits){ .size = sizeof *out,
                        .threads = (int)rni_json_int(rni_json_get(j, "threads")),
                        .cached = rni_json_int(rni_json_get(j, "cached")),
                        .shared_cached = rni_json_int(rni_json_get(j, "shared_cached")) };
    for (size_t i = 0; i < RN_COUNTOF(keys); i++) {
        *field(out, i) = rni_json_number(rni_json_get(j, keys[i]));
        ok = ok && rni_json_type_of(rni_json_get(j, keys[i])) == RNI_JSON_NUMBER && *field(out, i) >= 0;
    }
    rni_json_free(j);
    rn_error_clear();
    ok = ok && out->threads > 0 && out->f32[0] > 0 && out->memory[0] > 0;
    if (!ok) rni_log(RN_LOG_INFO, "base", "\"%s\" does not hold limits of this machine: measured again", path);
    return ok;
}

static void keep(const char *path, const char *name, rn_limits *l)
{
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "machine", name);
    rni_json_put_int(&w, "threads", l->threads);
    rni_json_put_int(&w, "cached", l->cached);
    rni_json_put_int(&w, "shared_cached", l->shared_cached);
    for (size_t i = 0; i < RN_COUNTOF(keys); i++) {
        rni_json_put_number(&w, keys[i], *field(l, i));
    }
    rni_json_object_end(&w);
    rni_str_add(&text, "\n");
    char *folder = rni_path_folder(path);
    if (!folder || !rni_folder_make(folder) || text.failed || !rni_file_write(path, text.at, text.length))
        rni_log(RN_LOG_INFO, "base", "the limits of this machine cannot be kept: %s",
                rn_error_last() ? rn_error_last()->message : "");
    rn_error_clear();
    rni_free(folder);
    rni_str_free(&text);
}

bool rni_limits_of(rni_device *d, bool again, rn_limits *out, char *name, size_t size)
{
    const rn_backend *b = d->backend;
    name_of(d, name, size);
    *out = (rn_limits){ .size = sizeof *out };
    if (!rn_ok() || b->size < offsetof(rn_backend, measure) + sizeof b->measure || !b->measure) return false;
    char *path = file_of(name);
    if (!path) rn_error_clear(); /* no home: nothing is kept */
    bool ok = path && !again && recall(path, name, out);
    if (!ok) {
        ok = b->measure(d->handle, out);
        if (ok && path) keep(path, name, out);
    }
    rni_free(path);
    return ok;
}
