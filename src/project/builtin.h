/* The projects that the program brings, written by the build from src/project/nets. */
#ifndef RNI_PROJECT_BUILTIN_H
#define RNI_PROJECT_BUILTIN_H

typedef struct rni_builtin {
    const char *name, *text;
} rni_builtin;
extern const rni_builtin rni_builtins[];

#endif
