/* The codes of programs that compute in f64. */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/ops_f64.h"

#include "backend/cpu/kernels/codes.inc.c"

#define SPECIAL_MOD code_MOD
#define TABLE RNI_ISA_NAME(rni_codes_f64)
#include "backend/cpu/kernels/codes_table.inc.c"
