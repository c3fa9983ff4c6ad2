/* A back end outside of Rensa's tree: it computes in the host's memory, knows two kernels, and leaves everything else
 * to plain C. Build against the installed headers only, put the object where RENSA_BACKEND_PATH points, and
 *
 *     RENSA_BACKEND_PATH=$PWD RENSA_DEVICE=sample RENSA_LOG=dispatch:info your-program
 *
 * `rensa selftest --device sample` is the acceptance test of a back end. */
#include <rensa/backend.h>
#include <rensa/kernels.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the device: memory and copies ---- */

static int count(void)
{
    return 1;
}

static void describe(int index, char *buf, size_t size)
{
    (void)index;
    snprintf(buf, size, "an example: the host, one thread");
}

static void *open_device(int index, const char *detail, char *why, size_t why_size)
{
    static int device;
    (void)detail;
    if (index == 0) return &device;
    snprintf(why, why_size, "there is only sample:0");
    return NULL;
}

static void close_device(void *device)
{
    (void)device;
}

static void *alloc(void *device, int64_t bytes)
{
    (void)device;
    return aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64);
}

static void release(void *device, void *p, int64_t bytes)
{
    (void)device, (void)bytes;
    free(p);
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

/* ---- elementwise functions: a program of few instructions over equal shapes of f32 ---- */

enum { REGISTERS = 64 };

static int64_t elements(const rn_view *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++) n *= v->dim[i];
    return n;
}

static bool contiguous(const rn_view *v)
{
    int64_t want = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        if (v->dim[i] != 1 && v->stride[i] != want) return false;
        want *= v->dim[i];
    }
    return true;
}

static bool known(uint8_t code)
{
    return code == RN_CODE_ADD || code == RN_CODE_SUB || code == RN_CODE_MUL || code == RN_CODE_NEG ||
           code == RN_CODE_FMA || code == RN_CODE_MAX || code == RN_CODE_LT || code == RN_CODE_SELECT;
}

static const char *refuse_map(const rn_kernel_call *c)
{
    if (c->groups != 1 || c->n_out != 1) return "several results";
    if (c->map->compute != RN_F32 || c->map->n_reg > REGISTERS) return "only f32, and short programs";
    for (int i = 0; i < c->map->n_instr; i++)
        if (!known(c->map->instr[i].code)) return "an operation that this back end lacks";
    if (c->out[0].dtype != RN_F32) return "only f32";
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].dtype != RN_F32 || !contiguous(&c->in[i])) return "only contiguous f32";
    return NULL;
}

static float apply(uint8_t code, float a, float b, float c)
{
    switch (code) {
    case RN_CODE_ADD:
        return a + b;
    case RN_CODE_SUB:
        return a - b;
    case RN_CODE_MUL:
        return a * b;
    case RN_CODE_NEG:
        return -a;
    case RN_CODE_FMA:
        return a * b + c;
    case RN_CODE_MAX:
        return a != a || b != b ? (a != a ? a : b) : a > b ? a : b;
    case RN_CODE_LT:
        return a < b;
    default:
        return a != 0 ? b : c;
    }
}

static bool run_map(rn_kernel_call *c)
{
    const rn_program *p = c->map;
    float reg[REGISTERS], *y = c->out[0].data;
    for (int k = 0; k < p->n_scalar; k++) reg[p->n_in + k] = (float)c->scalars[k];
    for (int k = 0; k < p->n_const; k++) reg[p->n_in + p->n_scalar + k] = (float)p->constant[k];
    const int64_t n = elements(&c->out[0]);
    for (int64_t i = 0; i < n; i++) {
        for (int k = 0; k < p->n_in; k++) reg[k] = ((const float *)c->in[k].data)[i];
        for (int k = 0; k < p->n_instr; k++) {
            const rn_instr *in = &p->instr[k];
            reg[in->dst] = apply(in->code, reg[in->a], reg[in->b], reg[in->c]);
        }
        y[i] = reg[p->out[0]];
    }
    return true;
}

/* ---- products of two matrices ---- */

static const char *refuse_matmul(const rn_kernel_call *c)
{
    const rn_matmul_opts *o = c->opts;
    if (c->in[0].dtype != RN_F32) return "only f32";
    if (c->in[0].rank != 2 || c->in[1].rank != 2) return "no batches";
    return o->trans_a || o->trans_b ? "no transposed operands" : NULL;
}

static bool run_matmul(rn_kernel_call *c)
{
    const float *a = c->in[0].data, *b = c->in[1].data; /* [M, K], [K, N] */
    float *y = c->out[0].data;                          /* [M, N] */
    const int64_t m = c->in[0].dim[0], k = c->in[0].dim[1], n = c->in[1].dim[1];
    memset(y, 0, (size_t)(m * n) * sizeof *y);
    for (int64_t i = 0; i < m; i++)
        for (int64_t l = 0; l < k; l++)
            for (int64_t j = 0; j < n; j++) y[i * n + j] += a[i * k + l] * b[l * n + j];
    return true;
}

static const rn_kernel kernels[] = {
    { .op = "map", .refuse = refuse_map, .run = run_map, .flags = RN_KERNEL_IN_PLACE },
    { .op = "matmul", .refuse = refuse_matmul, .run = run_matmul },
    { 0 },
};

RN_API const rn_backend *rn_backend_sample(void);
const rn_backend *rn_backend_sample(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "sample",
        .doc = "an example of a back end",
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
    };
    return &row;
}
