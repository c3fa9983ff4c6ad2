/* The text of CUDA kernels: compiled for the host, where it computes what plain C does, and by NVRTC where that is
 * installed, which needs no GPU. */
#include "cpu_call.h"

#include "backend/cuda/kernels.h"
#include "backend/emit/cuda.h"

#include <dlfcn.h>
#include <unistd.h>

enum { WORDS = 512, N = 3000 };

/* ---- on the host ---- */

/* What CUDA gives a kernel, and a loop in place of the grid. */
static const char before[] = "struct place { unsigned x; };\n"
                             "static struct place gridDim, blockDim, blockIdx, threadIdx;\n"
                             "#define __global__ static\n";
static const char after[] = "void run(const void *words)\n{\n"
                            "    kernel_args a;\n    memcpy(&a, words, sizeof a);\n"
                            "    gridDim.x = 3;\n    blockDim.x = 32;\n"
                            "    for (blockIdx.x = 0; blockIdx.x < gridDim.x; blockIdx.x++)\n"
                            "        for (threadIdx.x = 0; threadIdx.x < blockDim.x; threadIdx.x++) kernel(a);\n}\n";

typedef void run_fn(const void *words);

/* Compiles the text and loads it; NULL if there is no compiler. */
static run_fn *build(const rni_text *text)
{
    char folder[] = "/tmp/rensa-cuda-XXXXXX", path[64], command[400];
    if (system("cc --version >/dev/null 2>&1") != 0) return NULL;
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/k.c", folder);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fprintf(f, "%s%s%s", before, text->at, after);
    fclose(f);
    snprintf(command, sizeof command,
             "cc -std=gnu17 -O1 -march=native -w -fPIC -shared -ffp-contract=off -o %s/k.so %s -lm", folder, path);
    CHECK_EQ_I64(system(command), 0);
    snprintf(path, sizeof path, "%s/k.so", folder);
    void *const object = dlopen(path, RTLD_NOW | RTLD_LOCAL), *const symbol = object ? dlsym(object, "run") : NULL;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_EQ_I64(system(command), 0);
    CHECK(symbol != NULL);
    run_fn *run;
    memcpy(&run, &symbol, sizeof run);
    return run;
}

static rni_access access_of(const rn_view *v)
{
    bool same = true, dense = true;
    int64_t want = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        same = same && v->stride[i] == 0;
        dense = dense && v->stride[i] == want;
        want *= v->dim[i];
    }
    return dense ? RNI_ACCESS_DENSE : same ? RNI_ACCESS_SAME : RNI_ACCESS_STRIDED;
}

static void describe(const rn_kernel_call *c, rni_operand *in, rn_dtype *out)
{
    for (int i = 0; i < c->n_in; i++) in[i] = (rni_operand){ c->in[i].dtype, access_of(&c->in[i]) };
    for (int o = 0; o < c->n_out; o++) out[o] = c->out[o].dtype;
}

/* The struct that the kernel takes (cuda.h). */
static void pack(const rn_kernel_call *c, const rni_operand *in, uint64_t *words)
{
    const rn_view *y = &c->out[0];
    const int before_strides = y->rank ? y->rank : 1;
    int n = 0;
    words[n++] = (uint64_t)rni_view_count(y);
    for (int k = 0; k < before_strides; k++) words[n++] = y->rank ? (uint64_t)y->dim[k] : 1;
    const int strides_at = n;
    for (int i = 0; i < c->n_in; i++)
        for (int k = 0; k < y->rank && in[i].access == RNI_ACCESS_STRIDED; k++)
            words[n++] = (uint64_t)c->in[i].stride[k];
    if (n == strides_at) n += before_strides;
    for (int i = 0; i < c->n_in; i++) words[n++] = (uint64_t)(uintptr_t)c->in[i].data;
    if (c->n_in == 0) n++;
    for (int o = 0; o < c->n_out; o++) words[n++] = (uint64_t)(uintptr_t)c->out[o].data;
    for (int k = 0; k < c->map->n_scalar; k++) memcpy(&words[n++], &c->scalars[k], 8);
    CHECK(n < WORDS);
}

static void emit(rni_text *text, const rn_kernel_call *c, const rni_operand *in, const rn_dtype *out)
{
    const rni_cuda_map m = { "kernel", c->map, in, out, c->out[0].rank, true };
    CHECK(rni_emit_cuda(text, &m));
}

/* Runs the text of the call and plain C, and compares within `ulps`. */
static void check_host(const char *what, rn_kernel_call *c, double ulps)
{
    rni_operand in[8];
    rn_dtype out[RN_CODE_NUMBER];
    uint64_t words[WORDS] = { 0 };
    rni_text text = { 0 };
    describe(c, in, out);
    emit(&text, c, in, out);
    run_fn *run = build(&text);
    free(text.at);
    if (!run) SKIP("no C compiler");
    pack(c, in, words);
    run(words);
    rn_view *const own = c->out, ref[RN_CODE_NUMBER];
    for (int o = 0; o < c->n_out; o++) ref[o] = view_new(own[o].dtype, own[o].rank, own[o].dim);
    c->out = ref;
    rni_ref_map(c);
    c->out = own;
    for (int o = 0; o < c->n_out; o++) {
        const int bytes = rn_dtype_bytes(own[o].dtype);
        for (int64_t i = 0; i < rni_view_count(&own[o]); i++) {
            const double x = rni_load(own[o].dtype, (char *)own[o].data + i * bytes);
            const double y = rni_load(own[o].dtype, (char *)ref[o].data + i * bytes);
            const double off = own[o].dtype == RN_F64             ? ulps_f64(x, y)
                               : own[o].dtype == RN_F32           ? ulps_f32((float)x, y)
                               : x == y || (isnan(x) && isnan(y)) ? 0
                                                                  : 1e9;
            if (off > ulps && !(fabs(x - y) < 1e-12))
                test_failed(__FILE__, __LINE__, "%s: result %d, element %lld: %.17g, plain C %.17g (%.3g ulp)", what, o,
                            (long long)i, x, y, off);
        }
        free(ref[o].data);
    }
}

/* ---- every code ---- */

typedef struct {
    rn_instr instr[RN_CODE_NUMBER];
    uint16_t reg[RN_CODE_NUMBER];
    rn_program p;
} all_codes;

static const double constants[] = { 0.5 }, scalars[] = { 12345, 77 };

/* All codes of the type over three inputs, each a result; whole numbers have no real functions, nor FMA and RANDOM. */
static void make_all(all_codes *q, rn_dtype type)
{
    *q = (all_codes){ 0 };
    q->p = (rn_program){ .name = "codes",
                         .n_in = 3,
                         .n_scalar = 2,
                         .n_const = 1,
                         .n_reg = 6,
                         .compute = type,
                         .instr = q->instr,
                         .constant = constants,
                         .out = q->reg,
                         .uses_index = true };
    for (int code = 0; code <= RN_CODE_ROUND_BF16; code++) {
        const bool is_real = (code >= RN_CODE_SQRT && code <= RN_CODE_SIGMOID) || code == RN_CODE_ATAN2 ||
                             code == RN_CODE_FMA || code >= RN_CODE_RANDOM;
        if (type == RN_I64 && is_real) continue;
        const uint16_t dst = (uint16_t)q->p.n_reg++;
        const bool random = code == RN_CODE_RANDOM;
        q->instr[q->p.n_instr++] = (rn_instr){ (uint8_t)code, dst, random ? 3 : 0, random ? 4 : 1, 2 };
        q->reg[q->p.n_out++] = dst;
    }
}

static void make_call(all_codes *q, rn_dtype type, rn_view *v, rn_kernel_call *c)
{
    const int64_t dim[] = { N };
    rni_rng r = { .seed = 9 };
    make_all(q, type);
    for (int i = 0; i < 3 + q->p.n_out; i++) v[i] = view_new(type, 1, dim);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < N; k++) {
            const double any = type == RN_I64 ? random_below(&r, 200) - 100 : 8 * rni_rng_uniform(&r) + 0.1;
            rni_store(type, (char *)v[i].data + k * rn_dtype_bytes(type), any / (i == 0 && type != RN_I64 ? 8 : 1));
        }
    *c = (rn_kernel_call){ .op = "codes",
                           .n_in = 3,
                           .n_out = q->p.n_out,
                           .in = v,
                           .out = v + 3,
                           .map = &q->p,
                           .scalars = scalars,
                           .groups = 1 };
}

static const rn_dtype computes[] = { RN_F32, RN_F64, RN_I64 };

RN_TEST(the_text_computes_every_code_as_plain_c_does)
{
    static const double ulps[] = { 4, 40, 0 };
    static all_codes q;
    static rn_view v[3 + RN_CODE_NUMBER];
    for (int t = 0; t < 3; t++) {
        rn_kernel_call c;
        make_call(&q, computes[t], v, &c);
        check_host(rn_dtype_name(computes[t]), &c, ulps[t]);
        for (int i = 0; i < 3 + q.p.n_out; i++) free(v[i].data);
    }
}

/* ---- types, strides ---- */

enum { TYPES = 7 };

/* What programs read and write, by what they compute in. */
static const rn_dtype types[][TYPES] = { { RN_F16, RN_BF16, RN_F32, RN_BOOL, RN_U8, RN_I8, RN_I16 },
                                         { RN_F64, RN_F32, RN_F16, RN_BF16, RN_I32, RN_I64, RN_BOOL },
                                         { RN_BOOL, RN_U8, RN_I8, RN_I16, RN_I32, RN_I64, RN_I64 } };

RN_TEST(the_text_reads_and_writes_every_type)
{
    static const double numbers[] = { 0,        1,         -1,    2.5,   -2.5, 127.5,   255.5,        256,
                                      1000,     -1000,     65504, 65520, 1e5,  3e9,     -3e9,         1e19,
                                      INFINITY, -INFINITY, NAN,   1e-7,  6e-8, 1.0 / 3, 1.00048828125 };
    static const rn_instr none[1];
    const int64_t dim[] = { 100 };
    for (int t = 0; t < 3; t++)
        for (int turn = 0; turn < TYPES; turn++) {
            rn_view v[2 * TYPES];
            uint16_t reg[TYPES];
            for (int k = 0; k < TYPES; k++) {
                v[k] = view_new(types[t][k], 1, dim);
                v[TYPES + k] = view_new(types[t][(k + turn) % TYPES], 1, dim);
                reg[k] = (uint16_t)k;
                for (int i = 0; i < 100; i++)
                    rni_store(v[k].dtype, (char *)v[k].data + i * rn_dtype_bytes(v[k].dtype),
                              numbers[(i + k) % (int)RN_COUNTOF(numbers)]);
            }
            const rn_program p = { .name = "types",
                                   .n_in = TYPES,
                                   .n_reg = TYPES,
                                   .n_out = TYPES,
                                   .instr = none,
                                   .out = reg,
                                   .compute = computes[t] };
            rn_kernel_call c = map_call(&p, v, v + TYPES, NULL);
            check_host(rn_dtype_name(computes[t]), &c, 0);
            for (int i = 0; i < 2 * TYPES; i++) free(v[i].data);
        }
}

RN_TEST(the_text_follows_strides)
{
    static const rn_instr instr[] = { { RN_CODE_SUB, 3, 0, 1, 0 }, { RN_CODE_ADD, 3, 3, 2, 0 } };
    static const uint16_t reg[] = { 3 };
    const rn_program p = { .name = "strides",
                           .n_in = 3,
                           .n_reg = 4,
                           .n_instr = 2,
                           .n_out = 1,
                           .instr = instr,
                           .out = reg,
                           .compute = RN_F32 };
    rni_rng r = { .seed = 31 };
    for (int turn = test_turns(6); turn > 0; turn--) {
        const int64_t dim[] = { 1 + random_below(&r, 5), 1 + random_below(&r, 40), 1 + random_below(&r, 9) };
        rn_view v[4];
        char *memory[3];
        for (int i = 0; i < 3; i++) v[i] = random_view(&r, i == 2 ? RN_BF16 : RN_F32, 3, dim, &memory[i]);
        v[3] = view_new(RN_F16, 3, dim);
        rn_kernel_call c = map_call(&p, v, v + 3, NULL);
        check_host("strides", &c, 0);
        for (int i = 0; i < 3; i++) free(memory[i]);
        free(v[3].data);
    }
}

RN_TEST(programs_that_read_by_position_have_no_text)
{
    const rn_program p = { .name = "load", .n_in = 1, .n_reg = 1, .raw = 1 };
    const rni_cuda_map m = { .name = "kernel", .program = &p };
    rni_text text = { 0 };
    CHECK(!rni_emit_cuda(&text, &m) && !text.at);
}

/* ---- NVRTC ---- */

typedef struct {
    int (*create)(void **program, const char *text, const char *name, int n, const char *const *headers,
                  const char *const *names);
    int (*compile)(void *program, int n, const char *const *options);
    int (*log_size)(void *program, size_t *size);
    int (*log)(void *program, char *log);
    int (*destroy)(void **program);
} nvrtc;

static bool load_nvrtc(nvrtc *n)
{
    static const char *const files[] = { "libnvrtc.so.13", "libnvrtc.so", "libnvrtc.so.12",
                                         "/usr/local/cuda/lib64/libnvrtc.so",
                                         "/usr/local/cuda-13.0/lib64/libnvrtc.so" };
    static const char *const symbols[] = { "nvrtcCreateProgram", "nvrtcCompileProgram", "nvrtcGetProgramLogSize",
                                           "nvrtcGetProgramLog", "nvrtcDestroyProgram" };
    void *object = NULL, *found[5];
    for (size_t i = 0; i < RN_COUNTOF(files) && !object; i++) object = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
    for (int i = 0; i < 5 && object; i++)
        if (!(found[i] = dlsym(object, symbols[i]))) return false;
    if (object) memcpy(n, found, sizeof *n);
    return object != NULL;
}

/* The text for the architecture; frees it. */
static void check_nvrtc(const nvrtc *n, const char *what, rni_text *text, const char *architecture)
{
    char option[64];
    const char *const options[] = { option, "--device-as-default-execution-space", "--fmad=false", "--ftz=true" };
    void *program;
    size_t size = 0;
    snprintf(option, sizeof option, "--gpu-architecture=%s", architecture);
    CHECK_EQ_I64(n->create(&program, text->at, "kernel.cu", 0, NULL, NULL), 0);
    const int failed = n->compile(program, (int)RN_COUNTOF(options), options);
    CHECK_EQ_I64(n->log_size(program, &size), 0);
    char *log = calloc(size + 1, 1);
    CHECK_EQ_I64(n->log(program, log), 0);
    const char *first = strstr(log, "error");
    if (failed) test_failed(__FILE__, __LINE__, "%s, %s: %.500s", what, architecture, first ? first : log);
    n->destroy(&program);
    free(log);
    free(text->at);
}

static const char *const architectures[] = { "sm_80", "sm_90a", "sm_100" };

RN_TEST(nvrtc_compiles_the_text)
{
    static all_codes q;
    static rn_view v[3 + RN_CODE_NUMBER];
    nvrtc n = { 0 };
    if (!load_nvrtc(&n)) SKIP("NVRTC is not installed");
    for (int t = 0; t < 3; t++) {
        rn_kernel_call c;
        rni_operand in[3];
        rn_dtype out[RN_CODE_NUMBER];
        rni_text text = { 0 };
        make_call(&q, computes[t], v, &c);
        describe(&c, in, out);
        in[1].access = RNI_ACCESS_STRIDED;
        in[2] = (rni_operand){ RN_F16, RNI_ACCESS_SAME };
        out[0] = RN_BF16;
        emit(&text, &c, in, out);
        check_nvrtc(&n, rn_dtype_name(computes[t]), &text, architectures[t]);
        for (int i = 0; i < 3 + q.p.n_out; i++) free(v[i].data);
    }
}

RN_TEST(nvrtc_compiles_reductions)
{
    static const rn_instr square = { RN_CODE_MUL, 1, 0, 0, 0 }, mean = { RN_CODE_DIV, 2, 0, 1, 0 };
    static const uint16_t out = 1, post_out = 2;
    nvrtc n = { 0 };
    if (!load_nvrtc(&n)) SKIP("NVRTC is not installed");
    for (int k = 0; k < 9; k++) {
        rni_text text = { 0 };
        const rn_dtype type = computes[k % 3];
        const rn_program map = {
            .n_in = 1, .n_reg = 2, .n_instr = 1, .n_out = 1, .instr = &square, .out = &out, .compute = type
        };
        const rn_program post = { .n_in = 1,
                                  .n_scalar = 1,
                                  .n_reg = 3,
                                  .n_instr = 1,
                                  .n_out = 1,
                                  .instr = &mean,
                                  .out = &post_out,
                                  .compute = type };
        rni_emit_cuda_reduce(&text, &(rni_cuda_reduce){ .name = "kernel",
                                                        .map = &map,
                                                        .post = k % 2 ? &post : NULL,
                                                        .join = (rn_join)(1 + k % 6),
                                                        .in = type,
                                                        .out = k % 6 > 3 ? RN_I64 : type,
                                                        .kept = k % 3,
                                                        .joined = 1 + k % 2,
                                                        .narrow = k % 2,
                                                        .across = k % 2 });
        check_nvrtc(&n, "a reduction", &text, architectures[k / 3]);
    }
}

RN_TEST(nvrtc_compiles_products)
{
    static const char *const floats[] = { "f16", "bf16", "f32", "f64" };
    nvrtc n = { 0 };
    if (!load_nvrtc(&n)) SKIP("NVRTC is not installed");
    for (int k = 0; k < 4; k++) {
        rni_text text = { 0 };
        rni_emit_cuda_start(&text, k == 3 ? RN_F64 : RN_F32, false);
        rni_text_addf(&text, "#define LOAD load_%s\n#define STORE store_%s\n#define MULTIPLY_ADD fma\n", floats[k],
                      floats[k]);
        rni_emit_cuda_lines(&text, rni_cuda_matmul_text);
        check_nvrtc(&n, floats[k], &text, architectures[k % 3]);
    }
}

RN_TEST(nvrtc_compiles_softmax)
{
    static const char *const kinds[] = { "SOFTMAX", "SOFTMAX_GRAD", "LOG_SOFTMAX", "LOG_SOFTMAX_GRAD" };
    nvrtc n = { 0 };
    if (!load_nvrtc(&n)) SKIP("NVRTC is not installed");
    for (int k = 0; k < 4; k++) {
        rni_text text = { 0 };
        rni_emit_cuda_start(&text, RN_F32, false);
        rni_text_addf(&text, "#define LOAD load_f16\n#define STORE store_f16\n#define KIND %s\n", kinds[k]);
        rni_emit_cuda_lines(&text, rni_cuda_softmax_text);
        check_nvrtc(&n, kinds[k], &text, architectures[k % 3]);
    }
}
