/* Argument structs read by their option rows: defaults, ranges, texts. For links, optimizers and schedules. */
#ifndef RNI_NN_ARGS_H
#define RNI_NN_ARGS_H

#include <rensa/nn.h>

/* Rows over an argument struct. Enumerations and texts are `const char *`, initialisers rn_init. */
#define RN_OPT_INIT(s, f, text, h) RNI_OPT(s, f, RN_OPT_TYPE_INIT, 0, 1, 0, 0, 0, text, h)
#define RNI_OPT_NAME(s, f, text, h) RNI_OPT(s, f, RN_OPT_TYPE_TEXT, 0, 64, 0, 0, 0, text, h)

/* Whose rows they are: `what` names the link type in errors. */
typedef struct {
    const char *what;
    const rn_opt *rows;
    int64_t size;
} rni_args_of;

/* Copies the caller's struct `from` into the zeroed `to`, with defaults filled in and ranges checked. `site->size` (0:
 * all) says how much of it the caller knew. What `to` then holds is given back with rni_args_free, also after a
 * failure. */
bool rni_args_take(const rni_args_of *a, const rn_site *site, const void *from, void *to);
void rni_args_free(const rni_args_of *a, void *args);
/* As rni_args_take of a struct of zeroes, then each setting by its text. */
bool rni_args_from_settings(const rni_args_of *a, const rn_site *site, const rn_setting *settings, int64_t n, void *to);
/* Whether two structs made by the functions above say the same; if not, `name` is the first option that differs. */
bool rni_args_equal(const rni_args_of *a, const void *x, const void *y, const char **name);
/* One option as text, for messages and tables. */
void rni_args_text(const rn_opt *o, const void *args, char *buf, size_t size);

#endif
