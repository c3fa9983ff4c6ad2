/* Texts that grow, and what all of them begin with. */
#include "backend/emit/emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *const rni_code_names[RN_CODE_NUMBER] = {
#define X(name, n) [RN_CODE_##name] = #name,
    RNI_CODE_LIST(X)
#undef X
};

const unsigned char rni_code_arity[RN_CODE_NUMBER] = {
#define X(name, n) [RN_CODE_##name] = n,
    RNI_CODE_LIST(X)
#undef X
};

void rni_text_addf(rni_text *t, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n >= 0 && t->length + (size_t)n >= t->room && !t->failed) {
        const size_t room = 2 * (t->length + (size_t)n) + 256;
        char *at = realloc(t->at, room);
        t->failed = !at;
        t->at = at ? at : t->at;
        t->room = at ? room : t->room;
    }
    if (n >= 0 && !t->failed) t->length += (size_t)vsnprintf(t->at + t->length, t->room - t->length, fmt, again);
    va_end(again);
}

const char *const *rni_emit_ops(rn_dtype compute)
{
    return compute == RN_F64 ? rni_emit_ops_f64 : compute == RN_I64 ? rni_emit_ops_i64 : rni_emit_ops_f32;
}
