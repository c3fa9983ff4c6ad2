/* The row of the CPU back end: memory, devices with a chosen instruction set, the list of kernels. */
#include "backend/cpu/cpu.h"

#include "backend/cpu/along.h"
#include "backend/cpu/attention.h"
#include "backend/cpu/conv.h"
#include "backend/cpu/conv_few.h"
#include "backend/cpu/conv_narrow.h"
#include "backend/cpu/copy.h"
#include "backend/cpu/cumulative.h"
#include "backend/cpu/limits.h"
#include "backend/cpu/matmul.h"
#include "backend/cpu/norm.h"
#include "backend/cpu/pool.h"
#include "backend/cpu/softmax.h"
#include "backend/cpu/sort.h"
#include "backend/cpu/take.h"
#include "backend/cpu/winograd.h"
#include "backend/emit/compiled.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    THREADS_MAX = 4096,
    LARGE_PAGE = 2 << 20 /* bytes */
};

/* Written once, when the library has loaded this object. */
static const rn_host *library;

static void attach(const rn_host *given)
{
    library = given;
}

static int count(void)
{
    return 1;
}

static void describe(int index, char *buf, size_t size)
{
    (void)index;
    snprintf(buf, size, "the host's processor, %s, %d threads", rni_isa_find("")->name, omp_get_max_threads());
}

static bool set_threads(rni_cpu *cpu, const char *text, char *why, size_t why_size)
{
    char *end;
    const long n = strtol(text, &end, 10);
    if (end == text || *end || n < 1 || n > THREADS_MAX) {
        snprintf(why, why_size, "threads=%s is no number from 1 to %d", text, THREADS_MAX);
        return false;
    }
    cpu->threads = (int)n;
    return true;
}

static bool set_winograd(rni_cpu *cpu, const char *text, char *why, size_t why_size)
{
    if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0) {
        snprintf(why, why_size, "winograd=%s is neither 0 nor 1", text);
        return false;
    }
    cpu->winograd = *text == '1' ? RNI_CPU_ALWAYS : RNI_CPU_NEVER;
    return true;
}

/* What follows the colon of the device's name: numbers of devices, names of instruction sets, "threads=2",
 * "winograd=0", "compiled". */
static bool set_detail(rni_cpu *cpu, const char *detail, char *why, size_t why_size)
{
    for (const char *s = detail; *s;) {
        const size_t n = strcspn(s, ",");
        char part[32];
        snprintf(part, sizeof part, "%.*s", (int)n, s);
        if (strncmp(part, "threads=", 8) == 0) {
            if (!set_threads(cpu, part + 8, why, why_size)) return false;
        } else if (strncmp(part, "winograd=", 9) == 0) {
            if (!set_winograd(cpu, part + 9, why, why_size)) return false;
        } else if (strcmp(part, "compiled") == 0) {
            cpu->compiled = true;
        } else if (strspn(part, "0123456789") != n && !(cpu->isa = rni_isa_find(part))) {
            snprintf(why, why_size, "\"%s\" is no instruction set of this processor (the best is %s)", part,
                     rni_isa_at(0));
            return false;
        }
        s += n + (s[n] == ',');
    }
    return true;
}

static void *open_device(int index, const char *detail, char *why, size_t why_size)
{
    const char *isa = getenv("RENSA_CPU_ISA"), *winograd = getenv("RENSA_CPU_WINOGRAD");
    rni_cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu) {
        snprintf(why, why_size, "no memory");
        return NULL;
    }
    cpu->isa = rni_isa_find("");
    if (index != 0)
        snprintf(why, why_size, "there is one device, cpu:0");
    else if ((!isa || set_detail(cpu, isa, why, why_size)) &&
             (!winograd || !*winograd || set_winograd(cpu, winograd, why, why_size)) &&
             set_detail(cpu, detail, why, why_size)) {
        rni_compile_begin(library);
        return cpu;
    }
    free(cpu);
    return NULL;
}

static void close_device(void *device)
{
    rni_compile_end();
    free(device);
}

static bool is_long(int64_t bytes)
{
    return bytes >= 2 * LARGE_PAGE;
}

static size_t whole_pages(int64_t bytes)
{
    const int64_t page = sysconf(_SC_PAGESIZE);
    return (size_t)((bytes + page - 1) / page * page);
}

/* Long arrays lie in large pages where the system has such: fewer addresses to look up. They are mapped one by one: cut
 * out of the heap, what is left between them would stay resident. */
static void *map(int64_t bytes)
{
    const size_t size = whole_pages(bytes);
    char *from = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (from == MAP_FAILED) return NULL;
    const size_t before = -(uintptr_t)from & (LARGE_PAGE - 1);
    if (before > 0) munmap(from, before);
    if (before < LARGE_PAGE) munmap(from + before + size, LARGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    madvise(from + before, size / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#endif
    return from + before;
}

void *rni_cpu_alloc(int64_t bytes)
{
    return is_long(bytes) ? map(bytes) : aligned_alloc(64, (size_t)rni_cpu_round_up(bytes, 64));
}

void rni_cpu_free(void *p, int64_t bytes)
{
    if (p && is_long(bytes))
        munmap(p, whole_pages(bytes));
    else
        free(p);
}

static void *alloc(void *device, int64_t bytes)
{
    (void)device;
    return rni_cpu_alloc(bytes);
}

static void release(void *device, void *p, int64_t bytes)
{
    (void)device;
    rni_cpu_free(p, bytes);
}

static bool copy_in(void *device, void *to, const void *host, int64_t bytes)
{
    (void)device;
    memcpy(to, host, (size_t)bytes);
    return true;
}

static bool copy_out(void *device, void *host, const void *from, int64_t bytes)
{
    return copy_in(device, host, from, bytes);
}

static bool sync_device(void *device)
{
    (void)device;
    return true;
}

#define MATMUL(name, why_not, flag)                                                                                    \
    {                                                                                                                  \
        .op = name, .refuse = why_not, .prepare = rni_cpu_matmul_prepare, .run = rni_cpu_matmul_run,                   \
        .release = rni_cpu_matmul_release, .flags = flag                                                               \
    }

/* Operands as they lie, and copies of any others. */
#define ATTENTION(name, type, function, order)                                                                         \
    { .op = name,                                                                                                      \
      .refuse = rni_cpu_##type##_refuse_strided,                                                                       \
      .arrange = order,                                                                                                \
      .prepare = rni_cpu_##type##_prepare,                                                                             \
      .run = function,                                                                                                 \
      .release = free,                                                                                                 \
      .flags = RN_KERNEL_STRIDED },                                                                                    \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_##type##_refuse, .prepare = rni_cpu_##type##_prepare, .run = function,           \
        .release = free                                                                                                \
    }

#define SORT(name)                                                                                                     \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_sort_refuse, .prepare = rni_cpu_sort_prepare, .run = rni_cpu_sort_run,           \
        .release = free                                                                                                \
    }

#define WINOGRAD(name, more)                                                                                           \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_winograd_refuse, .arrange = rni_cpu_conv_arrange,                                \
        .prepare = rni_cpu_winograd_prepare, .run = rni_cpu_winograd_run, .release = rni_cpu_winograd_release,         \
        .flags = more                                                                                                  \
    }
#define DIRECT(name)                                                                                                   \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_conv_refuse, .prepare = rni_cpu_conv_prepare, .run = rni_cpu_conv_run,           \
        .release = rni_cpu_conv_release, .arrange = rni_cpu_conv_arrange                                               \
    }

#define POOL(name)                                                                                                     \
    { .op = name,                                                                                                      \
      .refuse = rni_cpu_pool_last_refuse,                                                                              \
      .arrange = rni_cpu_pool_last_arrange,                                                                            \
      .prepare = rni_cpu_pool_last_prepare,                                                                            \
      .run = rni_cpu_pool_last_run,                                                                                    \
      .release = free },                                                                                               \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_pool_refuse, .prepare = rni_cpu_pool_prepare, .run = rni_cpu_pool_run,           \
        .release = free                                                                                                \
    }

#define SOFTMAX(name)                                                                                                  \
    {                                                                                                                  \
        .op = name, .prepare = rni_cpu_softmax_prepare, .run = rni_cpu_softmax_run, .release = free,                   \
        .flags = RN_KERNEL_IN_PLACE                                                                                    \
    }

#define BATCH_NORM(name, function)                                                                                     \
    { .op = name,                                                                                                      \
      .refuse = rni_cpu_batch_norm_last_refuse,                                                                        \
      .arrange = rni_cpu_batch_norm_last_arrange,                                                                      \
      .prepare = rni_cpu_batch_norm_last_prepare,                                                                      \
      .run = rni_cpu_batch_norm_last_run,                                                                              \
      .flags = RN_KERNEL_IN_PLACE | RN_KERNEL_FOLLOWED },                                                              \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_batch_norm_refuse, .prepare = rni_cpu_batch_norm_prepare, .run = function,       \
        .flags = RN_KERNEL_IN_PLACE                                                                                    \
    }

#define LAYER_NORM(name, function)                                                                                     \
    {                                                                                                                  \
        .op = name, .prepare = function##_prepare, .run = function##_run, .release = free, .flags = RN_KERNEL_IN_PLACE \
    }
#define TAKE_GRAD(name, flag)                                                                                          \
    {                                                                                                                  \
        .op = name, .refuse = rni_cpu_take_grad_refuse, .prepare = rni_cpu_take_grad_prepare,                          \
        .run = rni_cpu_take_grad_run, .flags = flag                                                                    \
    }

static const rn_kernel kernels[] = {
    { .op = "map",
      .refuse = rni_cpu_map_refuse,
      .prepare = rni_cpu_map_prepare,
      .run = rni_cpu_map_run,
      .release = rni_cpu_map_release,
      .flags = RN_KERNEL_STRIDED | RN_KERNEL_IN_PLACE | RN_KERNEL_FOLLOWS },
    MATMUL("matmul", rni_cpu_matmul_refuse_strided, RN_KERNEL_STRIDED | RN_KERNEL_FOLLOWED),
    MATMUL("matmul", rni_cpu_matmul_refuse, RN_KERNEL_FOLLOWED),
    MATMUL("linear", rni_cpu_matmul_refuse, RN_KERNEL_FOLLOWED),
    WINOGRAD("conv", RN_KERNEL_FOLLOWED),
    { .op = "conv",
      .refuse = rni_cpu_conv_few_refuse,
      .arrange = rni_cpu_conv_arrange,
      .prepare = rni_cpu_conv_few_prepare,
      .run = rni_cpu_conv_few_run,
      .release = rni_cpu_conv_few_release },
    DIRECT("conv"),
    WINOGRAD("conv_grad_x", RN_KERNEL_FOLLOWED),
    { .op = "conv_grad_x",
      .refuse = rni_cpu_conv_narrow_refuse,
      .arrange = rni_cpu_conv_arrange,
      .prepare = rni_cpu_conv_narrow_prepare,
      .run = rni_cpu_conv_narrow_run,
      .release = free },
    DIRECT("conv_grad_x"),
    WINOGRAD("conv_grad_w", 0),
    DIRECT("conv_grad_w"),
    POOL("max_pool"),
    POOL("max_pool_grad"),
    POOL("max_pool_take"),
    POOL("average_pool"),
    POOL("average_pool_grad"),
    ATTENTION("attention", attention_bf16, rni_cpu_attention_bf16_run, rni_cpu_attention_arrange),
    ATTENTION("attention", attention, rni_cpu_attention_run, rni_cpu_attention_arrange),
    ATTENTION("attention_grad", attention_bf16, rni_cpu_attention_bf16_grad_run, NULL),
    ATTENTION("attention_grad", attention, rni_cpu_attention_grad_run, NULL),
    SOFTMAX("softmax"),
    SOFTMAX("softmax_grad"),
    SOFTMAX("log_softmax"),
    SOFTMAX("log_softmax_grad"),
    SOFTMAX("softmax_nll"),
    SOFTMAX("softmax_nll_grad"),
    BATCH_NORM("batch_norm", rni_cpu_batch_norm_run),
    BATCH_NORM("batch_norm_again", rni_cpu_batch_norm_run),
    BATCH_NORM("batch_norm_grad", rni_cpu_batch_norm_grad_run),
    LAYER_NORM("layer_norm", rni_cpu_layer_norm),
    LAYER_NORM("layer_norm_grad", rni_cpu_layer_norm_grad),
    LAYER_NORM("rms_norm", rni_cpu_layer_norm),
    LAYER_NORM("rms_norm_grad", rni_cpu_layer_norm_grad),
    { .op = "take", .prepare = rni_cpu_take_prepare, .run = rni_cpu_take_run },
    { .op = "take_along_axis", .refuse = rni_cpu_take_along_refuse, .run = rni_cpu_take_along_run },
    { .op = "embed", .prepare = rni_cpu_take_prepare, .run = rni_cpu_take_run },
    TAKE_GRAD("take_grad", 0),
    TAKE_GRAD("embed_grad", 0),
    TAKE_GRAD("take_grad_onto", RN_KERNEL_IN_PLACE),
    TAKE_GRAD("embed_grad_onto", RN_KERNEL_IN_PLACE),
    SORT("sort"),
    SORT("topk"),
    { .op = "cumsum", .refuse = rni_cpu_cumulative_refuse, .run = rni_cpu_cumulative_run },
    { .op = "cumprod", .refuse = rni_cpu_cumulative_refuse, .run = rni_cpu_cumulative_run },
    { .op = "concat", .run = rni_cpu_concat_run, .flags = RN_KERNEL_STRIDED },
    { .op = "pad", .refuse = rni_cpu_pad_refuse, .run = rni_cpu_pad_run, .flags = RN_KERNEL_STRIDED },
    { .op = "as_strided_grad",
      .refuse = rni_cpu_as_strided_grad_refuse,
      .run = rni_cpu_as_strided_grad_run,
      .flags = RN_KERNEL_STRIDED },
    { .op = "reduce",
      .refuse = rni_cpu_reduce_refuse,
      .prepare = rni_cpu_reduce_prepare,
      .run = rni_cpu_reduce_run,
      .release = rni_cpu_reduce_release,
      .flags = RN_KERNEL_STRIDED },
    { 0 },
};

RN_API const rn_backend *rn_backend_cpu(void);
const rn_backend *rn_backend_cpu(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "cpu",
        .doc = "the host's processor, all cores",
        .host_memory = true,
        .count = count,
        .describe = describe,
        .open = open_device,
        .close = close_device,
        .alloc = alloc,
        .free = release,
        .copy_in = copy_in,
        .copy_out = copy_out,
        .sync = sync_device,
        .kernels = kernels,
        .flags = RN_BACKEND_JOINS,
        .attach = attach,
        .measure = rni_cpu_measure,
    };
    return &row;
}
