/* The system's C compiler: found once, asked for its version, run on one file. */
#ifndef RNI_BACKEND_EMIT_COMPILER_H
#define RNI_BACKEND_EMIT_COMPILER_H

#include "backend/emit/emit.h"
#include "backend/emit/process.h"

#include <stdbool.h>

enum { RNI_COMPILER_WORDS = 16 };

typedef struct rni_compiler {
    char *words[RNI_COMPILER_WORDS]; /* the path, and words that follow it in RENSA_CC; ends with NULL */
    char **env;                      /* as it was when the compiler was looked for */
    char version[256];               /* first line of what it says about itself */
} rni_compiler;

/* $RENSA_CC, else cc, gcc or clang in $PATH. False with a reason; *off: RENSA_CC is set and empty, and nothing is to be
 * said. Free in both cases. */
bool rni_compiler_find(rni_compiler *c, bool *off, rni_text *why);
void rni_compiler_free(rni_compiler *c);
/* Fills c->version. */
bool rni_compiler_ask(rni_compiler *c, int stop, rni_text *why);
/* Makes an object of the file `source` in `folder`, where all of the compiler's own files go, too. `flags` are
 * separated by blanks. */
rni_process_end rni_compiler_run(const rni_compiler *c, int stop, const char *folder, const char *source,
                                 const char *object, const char *flags, char *output, size_t size);

#endif
