/* Kernels compiled at run time: texts are handed in, functions come out some time later, or never. One thread waits for
 * the compiler; whoever handed in a text does not. Results do not depend on any of it.
 *
 * Thread-safe: yes. */
#ifndef RNI_BACKEND_EMIT_COMPILED_H
#define RNI_BACKEND_EMIT_COMPILED_H

#include "backend/emit/emit.h"

/* Between a device's opening and closing. The host (may be NULL) is where log lines go. With the last device, a
 * compiler that is running ends, and all that was wanted and is not ready yet is forgotten. */
void rni_compile_begin(const rn_host *host);
void rni_compile_end(void);
/* Whether texts may still become functions: there is a compiler, as far as is known. */
bool rni_compile_on(void);

/* A text that is being compiled or was; equal texts share one. */
typedef struct rni_compiled rni_compiled;
/* Text: lines `ops`, then `text`, which defines the function `symbol`. `flags` are separated by blanks; `name` is for
 * log lines. NULL if nothing can be compiled. */
rni_compiled *rni_compiled_want(const char *name, const char *const *ops, const rni_text *text, const char *symbol,
                                const char *flags);
/* The function's address. NULL: not yet, or never. */
void *rni_compiled_function(const rni_compiled *c);
/* Waits until it is known whether there will be one. */
void rni_compiled_wait(const rni_compiled *c);
/* Gives it back; the function is not called any more. NULL is fine. */
void rni_compiled_drop(rni_compiled *c);

#endif
