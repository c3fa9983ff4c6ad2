/* Values of options in project files, and the expressions that compute them. */
#ifndef RNI_PROJECT_VALUE_H
#define RNI_PROJECT_VALUE_H

#include "base/json.h"

typedef enum rni_value_kind {
    RNI_VALUE_NONE,
    RNI_VALUE_NUMBER,
    RNI_VALUE_BOOL,
    RNI_VALUE_TEXT,
    RNI_VALUE_LIST
} rni_value_kind;

#define RNI_VALUE_LIST_MAX 16

/* Texts are borrowed from where they stand and may have no NUL behind them. */
typedef struct rni_value {
    rni_value_kind kind;
    double number; /* of NUMBER, and BOOL as 0 or 1 */
    const char *text;
    int64_t bytes;
    int count; /* of LIST */
    double list[RNI_VALUE_LIST_MAX];
} rni_value;

typedef struct rni_variable {
    const char *name; /* borrowed */
    rni_value value;
} rni_variable;

/* What names mean inside an expression. */
typedef struct rni_variables {
    const rni_variable *at;
    int64_t count;
} rni_variables;

const char *rni_value_kind_name(rni_value_kind kind); /* "a number", … */

/* Computes an expression: numbers, names, 'texts', + - * / // % **, comparisons, && || !, a ? b : c, and the functions
 * min max floor ceil round abs sqrt log2. On failure `why` says what is wrong, and `at` (an offset in bytes) where. */
typedef struct rni_expr_error {
    char why[160];
    int64_t at;
} rni_expr_error;
bool rni_expr_compute(const char *text, const rni_variables *variables, rni_value *out, rni_expr_error *error);

/* The value of an option: a text that begins with '=' is an expression, arrays are lists of numbers. Errors name the
 * place in the file. */
bool rni_value_read(const rni_json *v, const rni_variables *variables, rni_value *out);
/* As the text that settings and options are made of: "0.5", "true", "1,2". */
void rni_value_text(const rni_value *v, rni_str *to);

#endif
