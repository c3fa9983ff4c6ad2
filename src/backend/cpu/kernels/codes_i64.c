/* The codes of programs that compute in whole numbers. */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/ops_i64.h"

/* clang-format off */
#define LIST(X) \
    X(COPY, 1) X(NEG, 1) X(ABS, 1) X(SIGN, 1) X(FLOOR, 1) X(CEIL, 1) X(ROUND, 1) X(TRUNC, 1) X(ISNAN, 1) \
    X(ISINF, 1) X(NOT, 1) X(BITNOT, 1) X(ADD, 2) X(SUB, 2) X(MUL, 2) X(DIV, 2) X(MOD, 2) X(FMOD, 2) \
    X(FLOORDIV, 2) X(POW, 2) X(MIN, 2) X(MAX, 2) X(LT, 2) X(LE, 2) X(EQ, 2) X(NE, 2) X(AND, 2) X(OR, 2) \
    X(BITAND, 2) X(BITOR, 2) X(BITXOR, 2) X(SHL, 2) X(SHR, 2) X(FMA, 3) X(SELECT, 3)
/* clang-format on */
#include "backend/cpu/kernels/codes.inc.c"

rni_code_fn *const RNI_ISA_NAME(rni_codes_i64)[RN_CODE_NUMBER] = {
#define X(name, arity) [RN_CODE_##name] = code_##name,
    LIST(X)
#undef X
};
