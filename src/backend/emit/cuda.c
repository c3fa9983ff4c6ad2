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

static void add_lines(rni_text *t, const char *const *lines)
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
static void add_same(rni_text *t, const rni_cuda_map *m)
{
    const rn_program *p = m->program;
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
                          "        at = 0;\n        rest = i;\n"
                          "        for (int k = %d; k >= 0; k--) {\n"
                          "            at += rest %% a.dim[k] * a.stride[%d][k];\n"
                          "            rest /= a.dim[k];\n        }\n",
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
    rni_text_addf(t, "%s#define RNI_REAL %d\n", prelude, p->compute == RN_F64 ? 64 : p->compute == RN_I64 ? 0 : 32);
    add_lines(t, rni_emit_ops(p->compute));
    add_lines(t, rni_emit_device);
    add_arguments(t, m);
    rni_text_addf(t,
                  "RNI_KERNEL void %s(const %s_args a)\n{\n"
                  "    const int64_t step = (int64_t)gridDim.x * blockDim.x;\n    int64_t at, rest;\n",
                  m->name, m->name);
    add_same(t, m);
    rni_text_addf(t, "    (void)at, (void)rest;\n"
                     "    for (int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x; i < a.n; i += step) {\n");
    add_loads(t, m);
    for (int k = 0; k < p->n_instr; k++) add_instr(t, p, &p->instr[k]);
    for (int o = 0; o < p->n_out; o++)
        rni_text_addf(t, "        store_%s(a.out[%d], i, r%d);\n", type_names[m->out[o]], o, p->out[o]);
    rni_text_addf(t, "    }\n}\n");
    return !t->failed;
}
