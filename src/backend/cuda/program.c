/* Texts become functions: looked for in the process, then on disk, then compiled. */
#include "backend/cuda/program.h"

#include "backend/emit/store.h"
#include "base/hash.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Exact: sums and products are not joined, as in plain C; numbers below the normal ones become zero, as there. */
static const char *const options[] = { NULL, "--device-as-default-execution-space", "--fmad=false", "--ftz=true" };
enum { OPTIONS = sizeof options / sizeof *options };

struct rni_cuda_code {
    rni_cuda_code *next;
    rni_hash key;
    char entry[32];
    void *module, *function;
};

static char *read_file(const char *path, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    struct stat s;
    char *data = NULL;
    if (f && fstat(fileno(f), &s) == 0 && (data = malloc((size_t)s.st_size + 1)) != NULL)
        *bytes = fread(data, 1, (size_t)s.st_size, f);
    if (f) fclose(f);
    return data;
}

/* Where the image of a text is kept; false if nothing can be. */
static bool path_of(rni_hash key, char *folder, size_t size, char *path, size_t path_size)
{
    rni_text why = { 0 };
    const bool ok = rni_store_open(folder, size, &why);
    free(why.at);
    if (ok)
        snprintf(path, path_size, "%s/%016llx%016llx.cubin", folder, (unsigned long long)key.a,
                 (unsigned long long)key.b);
    return ok;
}

/* What cannot be kept is compiled again the next time. */
static void keep(const char *folder, const char *path, const char *image, size_t bytes)
{
    char work[PATH_MAX], made[PATH_MAX + 16];
    if (!rni_store_work(folder, work, sizeof work)) return;
    snprintf(made, sizeof made, "%s/image", work);
    FILE *f = fopen(made, "wb");
    const bool written = f && fwrite(image, 1, bytes, f) == bytes;
    if (f && fclose(f) == 0 && written && rni_store_keep(made, path)) rni_store_trim(folder);
    rni_store_clean(work);
}

static void say_log(rn_kernel_call *call, const rni_cuda_nvrtc *n, void *program)
{
    size_t bytes = 0;
    n->log_size(program, &bytes);
    char *log = calloc(bytes + 1, 1);
    if (log) n->log(program, log);
    const char *error = log ? strstr(log, "error") : NULL;
    call->fail(call, RN_ERR_DEVICE, "NVRTC does not compile its kernel: %.600s", error ? error : log ? log : "");
    free(log);
}

static char *compile(rn_kernel_call *call, const rni_cuda *d, const char *text, size_t *bytes)
{
    const rni_cuda_nvrtc *n = d->nvrtc;
    char architecture[64];
    const char *words[OPTIONS];
    void *program = NULL;
    char *image = NULL;
    snprintf(architecture, sizeof architecture, "--gpu-architecture=sm_%d", d->arch);
    memcpy(words, options, sizeof words);
    words[0] = architecture;
    if (n->create(&program, text, "rensa.cu", 0, NULL, NULL)) {
        call->fail(call, RN_ERR_DEVICE, "NVRTC takes no program");
        return NULL;
    }
    if (n->compile(program, OPTIONS, words))
        say_log(call, n, program);
    else if (n->image_size(program, bytes) || (image = malloc(*bytes + 1)) == NULL || n->image(program, image))
        call->fail(call, RN_ERR_DEVICE, "NVRTC gives no image");
    n->destroy(&program);
    return image;
}

static char *image_of(rn_kernel_call *call, const rni_cuda *d, rni_hash key, const char *text)
{
    char folder[PATH_MAX / 2], path[PATH_MAX];
    size_t bytes = 0;
    const bool kept = path_of(key, folder, sizeof folder, path, sizeof path);
    char *image = kept && rni_store_look(path) == RNI_STORED_GOOD ? read_file(path, &bytes) : NULL;
    if (image) return image;
    image = compile(call, d, text, &bytes);
    if (image && kept) keep(folder, path, image, bytes);
    return image;
}

static rni_hash key_of(const rni_cuda *d, const char *text)
{
    char version[64];
    int major = 0, minor = 0;
    d->nvrtc->version(&major, &minor);
    snprintf(version, sizeof version, "%d.%d sm_%d", major, minor, d->arch);
    rni_hash key = rni_hash_text(RNI_HASH_START, version);
    for (int i = 1; i < OPTIONS; i++) key = rni_hash_text(key, options[i]);
    return rni_hash_text(key, text);
}

static rni_cuda_code *load(rn_kernel_call *call, rni_cuda *d, rni_hash key, const char *text, const char *entry)
{
    char *image = image_of(call, d, key, text);
    rni_cuda_code *p = image ? calloc(1, sizeof *p) : NULL;
    bool ok = p && rni_cuda_did(d, d->cu->module_load(&p->module, image), "loading a kernel");
    ok = ok && rni_cuda_did(d, d->cu->module_function(&p->function, p->module, entry), "finding a kernel");
    free(image);
    if (ok) {
        p->key = key;
        snprintf(p->entry, sizeof p->entry, "%s", entry);
        return p;
    }
    if (p && p->module) d->cu->module_unload(p->module);
    free(p);
    return NULL;
}

void *rni_cuda_program(rn_kernel_call *call, const rni_text *text, const char *entry)
{
    rni_cuda *d = call->device;
    if (text->failed || !rni_cuda_enter(d)) {
        call->fail(call, text->failed ? RN_ERR_NOMEM : RN_ERR_DEVICE, "no memory, or no context");
        return NULL;
    }
    const rni_hash key = key_of(d, text->at);
    pthread_mutex_lock(&d->lock);
    rni_cuda_code *p = d->programs;
    while (p && (p->key.a != key.a || p->key.b != key.b || strcmp(p->entry, entry) != 0)) p = p->next;
    if (!p && (p = load(call, d, key, text->at, entry)) != NULL) {
        p->next = d->programs;
        d->programs = p;
    }
    pthread_mutex_unlock(&d->lock);
    if (!p) call->fail(call, RN_ERR_DEVICE, "its kernel cannot be loaded");
    return p ? p->function : NULL;
}

void rni_cuda_programs_free(rni_cuda *d)
{
    while (d->programs) {
        rni_cuda_code *p = d->programs;
        d->programs = p->next;
        d->cu->module_unload(p->module);
        free(p);
    }
}

bool rni_cuda_launch(rn_kernel_call *call, void *function, int64_t blocks, int64_t blocks_y, unsigned threads,
                     void *arguments)
{
    rni_cuda *d = call->device;
    char text[200];
    void *parameters[] = { arguments };
    if (!rni_cuda_enter(d)) return call->fail(call, RN_ERR_DEVICE, "the device's context is gone");
    const int code =
        d->cu->launch(function, (unsigned)blocks, (unsigned)blocks_y, 1, threads, 1, 1, 0, d->stream, parameters, NULL);
    if (!code) return true;
    rni_cuda_describe_code(d->cu, code, text, sizeof text);
    return call->fail(call, RN_ERR_DEVICE, "its kernel is not launched: %s", text);
}

const char *rni_cuda_float_name(rn_dtype d)
{
    return d == RN_F16 ? "f16" : d == RN_BF16 ? "bf16" : d == RN_F32 ? "f32" : d == RN_F64 ? "f64" : NULL;
}
