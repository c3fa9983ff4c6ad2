/* NVRTC without NVRTC, in place of libnvrtc.so: the system's C compiler makes an object of the text, with emulate.h
 * before it, for fake_driver.c to run. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAILED = 6, LOG = 4096 };

typedef struct program {
    char *text, *image, log[LOG];
    size_t bytes;
} program;

int nvrtcVersion(int *major, int *minor)
{
    *major = 13;
    *minor = 0;
    return 0;
}

int nvrtcCreateProgram(void **at, const char *text, const char *name, int n, const char *const *headers,
                       const char *const *names)
{
    (void)name, (void)n, (void)headers, (void)names;
    program *p = calloc(1, sizeof *p);
    if (!p) return 1;
    p->text = strdup(text);
    *at = p;
    return 0;
}

/* After the text: for each kernel, "RNI_KERNEL void NAME(const TYPE a)", what the driver looks for. */
static void write_kernels(FILE *f, const char *text)
{
    const bool barriers = strstr(text, "__syncthreads()") || strstr(text, "__shfl_") || strstr(text, "__syncwarp()");
    for (const char *at = text; (at = strstr(at, "RNI_KERNEL void ")) != NULL; at++) {
        char name[80], type[80];
        if (sscanf(at, "RNI_KERNEL void %79[a-zA-Z0-9_](const %79[a-zA-Z0-9_] a)", name, type) == 2)
            fprintf(f, "EMULATED(%s, %s, %d)\n", name, type, barriers);
    }
}

static bool write_text(const char *path, const program *p)
{
    FILE *f = fopen(path, "w");
    if (!f) return false;
    fprintf(f, "#include \"%s\"\n%s\n", FAKE_EMULATE, p->text);
    write_kernels(f, p->text);
    return fclose(f) == 0;
}

static char *read_all(const char *path, size_t before, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    struct stat s;
    if (!f || fstat(fileno(f), &s) != 0) return NULL;
    char *data = malloc(before + (size_t)s.st_size + 1);
    *bytes = fread(data + before, 1, (size_t)s.st_size, f);
    data[before + *bytes] = '\0';
    fclose(f);
    return data;
}

/* Macros among the options are the compiler's, too. */
static void add_macros(char *command, size_t size, int n, const char *const *options)
{
    for (int i = 0; i < n; i++)
        if (strncmp(options[i], "-D", 2) == 0)
            snprintf(command + strlen(command), size - strlen(command), " '%s'", options[i]);
}

static bool compile_in(const char *folder, program *p, int n, const char *const *options)
{
    char path[120], command[2000];
    size_t bytes;
    snprintf(path, sizeof path, "%s/k.c", folder);
    if (!write_text(path, p)) return false;
    snprintf(command, sizeof command,
             "cc -std=gnu17 -O0 -march=native -w -fPIC -shared -ffp-contract=off -fno-strict-aliasing -o %s/k.so %s",
             folder, path);
    add_macros(command, sizeof command, n, options);
    snprintf(command + strlen(command), sizeof command - strlen(command), " -lm 2>%s/log", folder);
    const bool ok = system(command) == 0;
    snprintf(path, sizeof path, "%s/%s", folder, ok ? "k.so" : "log");
    char *data = read_all(path, 16, &bytes);
    if (ok && data) {
        const uint64_t size = bytes;
        memcpy(data, "FAKECUDA", 8);
        memcpy(data + 8, &size, 8);
        p->image = data;
        p->bytes = bytes + 16;
        return true;
    }
    snprintf(p->log, sizeof p->log, "%s", data ? data + 16 : "no compiler");
    free(data);
    return false;
}

int nvrtcCompileProgram(void *at, int n, const char *const *options)
{
    char folder[] = "/tmp/rensa-nvrtc-XXXXXX", command[100];
    if (!mkdtemp(folder)) return FAILED;
    const bool ok = compile_in(folder, at, n, options);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && ok ? 0 : FAILED;
}

int nvrtcGetProgramLogSize(void *at, size_t *bytes)
{
    *bytes = strlen(((program *)at)->log) + 1;
    return 0;
}

int nvrtcGetProgramLog(void *at, char *log)
{
    memcpy(log, ((program *)at)->log, strlen(((program *)at)->log) + 1);
    return 0;
}

int nvrtcGetCUBINSize(void *at, size_t *bytes)
{
    *bytes = ((program *)at)->bytes;
    return 0;
}

int nvrtcGetCUBIN(void *at, char *image)
{
    memcpy(image, ((program *)at)->image, ((program *)at)->bytes);
    return 0;
}

int nvrtcDestroyProgram(void **at)
{
    program *p = *at;
    free(p->text);
    free(p->image);
    free(p);
    *at = NULL;
    return 0;
}
