/* From scalar programs to CUDA C. Registers of the program are variables of a thread. */
#include "backend/emit/cuda.h"

#include <inttypes.h>
#include <string.h>

/* What NVRTC lacks of the C library's headers, which the lines that follow include elsewhere. */
static const char prelude[] = "#ifdef __CUDACC_RTC__\n"
                              "typedef signed char int8_t;\n"
                              "typedef short int16_t;\n"
                              "typedef int int32_t;\n"
                              "typedef long long int64_t;\n"
                              "typedef unsigned char uint8_t;\n"
                              "typedef unsigned short uint16_t;\n"
                              "typedef unsigned int uint32_t;\n"
                              "typedef unsigned long long uint64_t;\n"
                              "#define UINT64_MAX 0xffffffffffffffffull\n"
                              "#define INFINITY __int_as_float(0x7f800000)\n"
                              "#define NAN __int_as_float(0x7fc00000)\n"
                              "#define M_2_SQRTPI 1.12837916709551257390\n"
                              "#define __FMA__ 1\n"
                              "#define __builtin_fmaf fmaf\n"
                              "#define __builtin_fma fma\n"
                              "static inline double lgamma_r(double a, int *sign)\n"
                              "{\n"
                              "    *sign = 1;\n"
                              "    return lgamma(a);\n"
                              "}\n"
                              "#define RNI_KERNEL extern \"C\" __global__\n"
                              "#else\n"
                              "#include <math.h>\n"
                              "#include <stdint.h>\n"
                              "#include <string.h>\n"
                              "#define RNI_KERNEL __global__\n"
                              "#endif\n";

static const char *const type_names[RN_DTYPE_COUNT] = {
    [RN_BOOL] = "bool", [RN_U8] = "u8",   [RN_I8] = "i8",     [RN_I16] = "i16", [RN_I32] = "i32",
    [RN_I64] = "i64",   [RN_F16] = "f16", [RN_BF16] = "bf16", [RN_F32] = "f32", [RN_F64] = "f64",
};

void rni_emit_cuda_lines(rni_text *t, const char *const *lines)
{
    static const char system_header[] = "#include <";
    for (; *lines; lines++)
        if (strncmp(*lines, system_header, sizeof system_header - 1) != 0) rni_text_addf(t, "%s", *lines);
}

/* Bits of numbers are written as whole numbers, which no locale changes and no compiler rounds. */
static void add_number(rni_text *t, rn_dtype compute, double number)
{
    uint64_t bits64;
    uint32_t bits32;
    const float f32 = (float)number;
    memcpy(&bits64, &number, sizeof bits64);
    memcpy(&bits32, &f32, sizeof bits32);
    if (compute == RN_F64)
        rni_text_addf(t, "rni_bits_f64(0x%" PRIx64 "u)", bits64);
    else if (compute == RN_I64)
        rni_text_addf(t, "(int64_t)0x%" PRIx64 "u", (uint64_t)rni_whole(number));
    else
        rni_text_addf(t, "rni_bits_f32(0x%" PRIx32 "u)", bits32);
}

void rni_emit_cuda_start(rni_text *t, rn_dtype compute, bool narrow)
{
    rni_text_addf(t, "%s#define RNI_REAL %d\n", prelude, compute == RN_F64 ? 64 : compute == RN_I64 ? 0 : 32);
    rni_emit_cuda_lines(t, rni_emit_ops(compute));
    rni_emit_cuda_lines(t, rni_emit_device);
    rni_text_addf(t, "typedef uint%d_t place; /* of an element */\n", narrow ? 32 : 64);
}

static int at_least_one(int n)
{
    return n > 1 ? n : 1;
}

static void add_arguments(rni_text *t, const rni_cuda_map *m)
{
    const rn_program *p = m->program;
    int strided = 0;
    for (int i = 0; i < p->n_in; i++) strided += m->in[i].access == RNI_ACCESS_STRIDED;
    rni_text_addf(t, "typedef struct %s_args {\n    int64_t n, dim[%d], stride[%d][%d];\n", m->name,
                  at_least_one(m->rank), at_least_one(strided), at_least_one(m->rank));
    rni_text_addf(t, "    const void *in[%d];\n    void *out[%d];\n    double scalar[%d];\n} %s_args;\n\n",
                  at_least_one(p->n_in), at_least_one(p->n_out), at_least_one(p->n_scalar), m->name);
}

/* What is the same for all elements. */
static void add_same(rni_text *t, const rn_program *p)
{
    for (int k = 0; k < p->n_reg; k++) rni_text_addf(t, "    T r%d = 0;\n", k);
    for (int k = 0; k < p->n_scalar; k++) rni_text_addf(t, "    r%d = (T)a.scalar[%d];\n", p->n_in + k, k);
    for (int k = 0; k < p->n_const; k++) {
        rni_text_addf(t, "    r%d = ", p->n_in + p->n_scalar + k);
        add_number(t, p->compute, p->constant[k]);
        rni_text_addf(t, ";\n");
    }
}

static void add_loads(rni_text *t, const rni_cuda_map *m)
{
    int strided = 0;
    for (int i = 0; i < m->program->n_in; i++) {
        const rni_operand *in = &m->in[i];
        const char *place = in->access == RNI_ACCESS_SAME ? "0" : in->access == RNI_ACCESS_DENSE ? "i" : "at";
        if (!in->dtype) continue;
        if (in->access == RNI_ACCESS_STRIDED)
            rni_text_addf(t,
                          "        at = 0;\n        rest = (place)i;\n"
                          "        for (int k = %d; k >= 0; k--) {\n"
                          "            at += (int64_t)(rest %% (place)a.dim[k]) * a.stride[%d][k];\n"
                          "            rest /= (place)a.dim[k];\n        }\n",
                          m->rank - 1, strided++);
        rni_text_addf(t, "        r%d = load_%s(a.in[%d], %s);\n", i, type_names[in->dtype], i, place);
    }
}

/* Functions that device.inc.c has in another form: op_<CODE> is for some arguments only. */
static bool has_other_form(const rn_program *p, rn_code code)
{
    return p->compute != RN_I64 && (code == RN_CODE_SIN || code == RN_CODE_COS || code == RN_CODE_TAN ||
                                    code == RN_CODE_MOD || code == RN_CODE_ROUND_F16 || code == RN_CODE_ROUND_BF16);
}

static void add_instr(rni_text *t, const rn_program *p, const rn_instr *in)
{
    const unsigned reg[3] = { in->a, in->b, in->c };
    rni_text_addf(t, "        r%u = ", in->dst);
    switch (in->code) {
    case RN_CODE_INDEX:
        rni_text_addf(t, "(T)i;\n");
        return;
    case RN_CODE_COUNT:
        rni_text_addf(t, "(T)a.n;\n");
        return;
    case RN_CODE_RANDOM:
        rni_text_addf(t, "random_at(a.scalar[%d], a.scalar[%d], i);\n", in->a - p->n_in, in->b - p->n_in);
        return;
    default:
        break;
    }
    rni_text_addf(t, "%s_%s(", has_other_form(p, (rn_code)in->code) ? "any" : "op", rni_code_names[in->code]);
    for (int k = 0; k < rni_code_arity[in->code]; k++) rni_text_addf(t, "%sr%u", k ? ", " : "", reg[k]);
    rni_text_addf(t, ");\n");
}

bool rni_emit_cuda(rni_text *t, const rni_cuda_map *m)
{
    const rn_program *p = m->program;
    if (p->raw) return false;
    rni_emit_cuda_start(t, p->compute, m->narrow);
    add_arguments(t, m);
    rni_text_addf(t,
                  "RNI_KERNEL void %s(const %s_args a)\n{\n"
                  "    const int64_t step = (int64_t)gridDim.x * blockDim.x;\n    int64_t at;\n    place rest;\n",
                  m->name, m->name);
    add_same(t, p);
    rni_text_addf(t, "    (void)at, (void)rest;\n"
                     "    for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x; i < a.n; i += step) {\n");
    add_loads(t, m);
    for (int k = 0; k < p->n_instr; k++) add_instr(t, p, &p->instr[k]);
    for (int o = 0; o < p->n_out; o++)
        rni_text_addf(t, "        store_%s(a.out[%d], i, r%d);\n", type_names[m->out[o]], o, p->out[o]);
    rni_text_addf(t, "    }\n}\n");
    return !t->failed;
}

/* ---- reductions ---- */

/* W: what is joined. Values with place -1 are none. */
static const char joins[] = "typedef struct { W v; int64_t place; } joined;\n"
                            "static inline joined join(joined a, joined b)\n{\n"
                            "    if (b.place < 0) return a;\n"
                            "    if (a.place < 0) return b;\n"
                            "#if RNI_JOIN == 1 && RNI_REAL\n    a.v += b.v;\n"
                            "#elif RNI_JOIN == 1\n    a.v = (W)((uint64_t)a.v + (uint64_t)b.v);\n"
                            "#elif RNI_JOIN == 2 && RNI_REAL\n    a.v *= b.v;\n"
                            "#elif RNI_JOIN == 2\n    a.v = (W)((uint64_t)a.v * (uint64_t)b.v);\n"
                            "#else\n"
                            "    const bool first = a.place < b.place;\n"
                            "    if (a.v != a.v) return b.v != b.v && !first ? b : a;\n"
                            "    if (b.v != b.v) return b;\n"
                            "    if (a.v == b.v) return first ? a : b;\n"
                            "    if (RNI_JOIN == 3 || RNI_JOIN == 5 ? b.v > a.v : b.v < a.v) return b;\n"
                            "#endif\n    return a;\n}\n\n";

static void add_reduce_types(rni_text *t, const rni_cuda_reduce *r)
{
    const bool is_sum = r->join == RN_JOIN_ADD || r->join == RN_JOIN_MUL;
    rni_text_addf(t,
                  "typedef %s W;\n#define RNI_JOIN %d\n#define ACROSS %d\n%s"
                  "typedef struct %s_args {\n"
                  "    int64_t outputs, n, each, kept_dim[%d], kept_stride[%d], dim[%d], stride[%d], parts;\n"
                  "    const void *in;\n    void *out;\n    joined *part;\n    double scalar[%d];\n} %s_args;\n\n",
                  is_sum && r->map->compute == RN_F32 ? "double" : "T", (int)r->join,
                  r->across ? RNI_CUDA_REDUCE_ACROSS : 1, joins, r->name, at_least_one(r->kept), at_least_one(r->kept),
                  at_least_one(r->joined), at_least_one(r->joined), at_least_one(r->map->n_scalar), r->name);
}

/* Element i of a result whose first one is at x. */
static void add_element(rni_text *t, const rni_cuda_reduce *r)
{
    const rn_program *p = r->map;
    rni_text_addf(t, "static inline W element(const %s_args a, int64_t x, int64_t i)\n{\n    place rest = (place)i;\n",
                  r->name);
    add_same(t, p);
    rni_text_addf(t,
                  "    for (int k = %d; k > 0; k--) {\n"
                  "        x += (int64_t)(rest %% (place)a.dim[k]) * a.stride[k];\n"
                  "        rest /= (place)a.dim[k];\n    }\n"
                  "    x += (int64_t)rest * a.stride[0];\n    r0 = load_%s(a.in, x);\n",
                  at_least_one(r->joined) - 1, type_names[r->in]);
    for (int k = 0; k < p->n_instr; k++) add_instr(t, p, &p->instr[k]);
    rni_text_addf(t, "    return (W)r%d;\n}\n\n", p->out[0]);
}

/* Writes result y. */
static void add_finish(rni_text *t, const rni_cuda_reduce *r)
{
    const bool is_place = r->join == RN_JOIN_ARGMAX || r->join == RN_JOIN_ARGMIN;
    static const char *const none[] = { [RN_JOIN_ADD] = "0",        [RN_JOIN_MUL] = "1",    [RN_JOIN_MAX] = "-INFINITY",
                                        [RN_JOIN_MIN] = "INFINITY", [RN_JOIN_ARGMAX] = "0", [RN_JOIN_ARGMIN] = "0" };
    static const char *const none_i64[] = {
        [RN_JOIN_MAX] = "(T)0x8000000000000000u", [RN_JOIN_MIN] = "(T)0x7fffffffffffffffu"
    };
    const bool whole = r->map->compute == RN_I64 && (r->join == RN_JOIN_MAX || r->join == RN_JOIN_MIN);
    rni_text_addf(t, "static inline void finish(const %s_args a, int64_t y, joined j)\n{\n    const int64_t i = 0;\n",
                  r->name);
    if (is_place) {
        rni_text_addf(t, "    (void)i;\n    ((int64_t *)a.out)[y] = j.place < 0 ? 0 : j.place;\n}\n\n");
        return;
    }
    rni_text_addf(t, "    const T v = j.place < 0 ? (T)%s : (T)j.v;\n    (void)i;\n",
                  whole ? none_i64[r->join] : none[r->join]);
    if (r->post) {
        const rn_program *p = r->post;
        for (int k = 0; k < p->n_reg; k++) rni_text_addf(t, "    T r%d = 0;\n", k);
        rni_text_addf(t, "    r0 = v;\n");
        for (int k = 0; k < p->n_scalar; k++) rni_text_addf(t, "    r%d = (T)a.n;\n", p->n_in + k);
        for (int k = 0; k < p->n_const; k++) {
            rni_text_addf(t, "    r%d = ", p->n_in + p->n_scalar + k);
            add_number(t, p->compute, p->constant[k]);
            rni_text_addf(t, ";\n");
        }
        for (int k = 0; k < p->n_instr; k++) add_instr(t, p, &p->instr[k]);
        rni_text_addf(t, "    store_%s(a.out, y, r%d);\n}\n\n", type_names[r->out], p->out[0]);
    } else
        rni_text_addf(t, "    store_%s(a.out, y, v);\n}\n\n", type_names[r->out]);
}

void rni_emit_cuda_reduce(rni_text *t, const rni_cuda_reduce *r)
{
    rni_emit_cuda_start(t, r->map->compute, r->narrow);
    add_reduce_types(t, r);
    add_element(t, r);
    add_finish(t, r);
    rni_text_addf(t,
                  "RNI_KERNEL void %s(const %s_args a)\n{\n"
                  "    __shared__ joined of[%d];\n"
                  "    const int me = (int)threadIdx.x, along = me / ACROSS;\n"
                  "    const int64_t y = (int64_t)blockIdx.x * ACROSS + me %% ACROSS;\n"
                  "    const int64_t first = (int64_t)blockIdx.y * a.each;\n"
                  "    const int64_t last = first + a.each < a.n ? first + a.each : a.n;\n"
                  "    joined j = { 0, -1 };\n    int64_t x = 0;\n    place rest = (place)y;\n"
                  "    for (int k = %d; k >= 0; k--) {\n"
                  "        x += (int64_t)(rest %% (place)a.kept_dim[k]) * a.kept_stride[k];\n"
                  "        rest /= (place)a.kept_dim[k];\n    }\n"
                  "    for (int64_t i = first + along; y < a.outputs && i < last; i += %d / ACROSS) {\n"
                  "        const joined e = { element(a, x, i), i };\n        j = join(j, e);\n    }\n"
                  "    of[me] = j;\n"
                  "    for (int half = %d; half >= ACROSS; half /= 2) {\n        __syncthreads();\n"
                  "        if (me < half) of[me] = join(of[me], of[me + half]);\n    }\n"
                  "    if (me >= ACROSS || y >= a.outputs) return;\n"
                  "    if (gridDim.y == 1)\n        finish(a, y, of[me]);\n"
                  "    else\n        a.part[(int64_t)blockIdx.y * a.outputs + y] = of[me];\n}\n\n",
                  r->name, r->name, RNI_CUDA_REDUCE_THREADS, at_least_one(r->kept) - 1, RNI_CUDA_REDUCE_THREADS,
                  RNI_CUDA_REDUCE_THREADS / 2);
    rni_text_addf(t,
                  "RNI_KERNEL void %s_parts(const %s_args a)\n{\n"
                  "    const int64_t y = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;\n"
                  "    joined j = { 0, -1 };\n    if (y >= a.outputs) return;\n"
                  "    for (int64_t k = 0; k < a.parts; k++) j = join(j, a.part[k * a.outputs + y]);\n"
                  "    finish(a, y, j);\n}\n",
                  r->name, r->name);
}
