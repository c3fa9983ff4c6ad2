/* Finding and running the compiler. Nothing goes through a shell. */
#include "backend/emit/compiler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ASK_SECONDS = 10, COMPILE_SECONDS = 30, WORDS_MAX = 64 };

extern char **environ;

static bool can_run(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && access(path, X_OK) == 0;
}

/* The path of a program as a shell would find it. NULL if there is none. */
static char *find_program(const char *name)
{
    if (strchr(name, '/')) return can_run(name) ? strdup(name) : NULL;
    const char *s = getenv("PATH");
    for (size_t n; s && *s; s += n + (s[n] == ':')) {
        n = strcspn(s, ":");
        char path[4096];
        const int length = snprintf(path, sizeof path, "%.*s/%s", (int)n, s, name);
        if (n && length < (int)sizeof path && can_run(path)) return strdup(path);
    }
    return NULL;
}

/* Takes a text apart at blanks, in place; at most `most` words. */
static int split(char *text, char **words, int most)
{
    int n = 0;
    for (char *rest, *word = strtok_r(text, " ", &rest); word && n < most; word = strtok_r(NULL, " ", &rest))
        words[n++] = word;
    return n;
}

static bool take_words(rni_compiler *c, const char *text)
{
    char *copy = strdup(text), *words[RNI_COMPILER_WORDS];
    const int n = copy ? split(copy, words, RNI_COMPILER_WORDS - 1) : 0;
    if (n) c->words[0] = find_program(words[0]);
    for (int i = 1; i < n && c->words[0]; i++) c->words[i] = strdup(words[i]);
    free(copy);
    return c->words[0] != NULL;
}

/* Messages in English, whatever the program's language. */
static bool copy_environment(rni_compiler *c)
{
    size_t n = 0, k = 0;
    while (environ && environ[n]) n++;
    c->env = calloc(n + 3, sizeof *c->env);
    for (size_t i = 0; c->env && i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "TMPDIR=", 7) != 0)
            c->env[k++] = strdup(environ[i]);
    if (c->env) c->env[k] = strdup("LC_ALL=C");
    return c->env && c->env[k];
}

bool rni_compiler_find(rni_compiler *c, bool *off, rni_text *why)
{
    static const char *const names[] = { "cc", "gcc", "clang" };
    const char *given = secure_getenv("RENSA_CC");
    *c = (rni_compiler){ 0 };
    *off = given && !*given;
    if (*off) return false;
    if (!copy_environment(c)) {
        rni_text_addf(why, "no memory");
        return false;
    }
    if (given) {
        if (take_words(c, given)) return true;
        rni_text_addf(why, "RENSA_CC is \"%s\", which cannot be run", given);
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (take_words(c, names[i])) return true;
    rni_text_addf(why, "there is no C compiler (cc, gcc, clang) in PATH");
    return false;
}

void rni_compiler_free(rni_compiler *c)
{
    for (int i = 0; i < RNI_COMPILER_WORDS; i++) free(c->words[i]);
    for (char **e = c->env; e && *e; e++) free(*e);
    free(c->env);
    *c = (rni_compiler){ 0 };
}

bool rni_compiler_ask(rni_compiler *c, int stop, rni_text *why)
{
    char *argv[RNI_COMPILER_WORDS + 2], option[] = "--version";
    int n = 0;
    for (; c->words[n]; n++) argv[n] = c->words[n];
    argv[n++] = option;
    argv[n] = NULL;
    const rni_process p = { argv, c->env, stop, ASK_SECONDS, c->version, sizeof c->version };
    const rni_process_end end = rni_process_run(&p);
    c->version[strcspn(c->version, "\n")] = '\0';
    if (end != RNI_PROCESS_STOPPED && (end != RNI_PROCESS_DONE || !c->version[0]))
        rni_text_addf(why, "%s --version fails", c->words[0]);
    return end == RNI_PROCESS_DONE && c->version[0];
}

rni_process_end rni_compiler_run(const rni_compiler *c, int stop, const char *folder, const char *source,
                                 const char *object, const char *flags, char *output, size_t size)
{
    char *argv[RNI_COMPILER_WORDS + WORDS_MAX + 5], *words = strdup(flags), *file = strdup(source),
                                                    *to = strdup(object), out[] = "-o", math[] = "-lm";
    size_t vars = 0;
    while (c->env[vars]) vars++;
    char **env = calloc(vars + 2, sizeof *env), folder_var[4096];
    rni_process_end end = RNI_PROCESS_NOT_STARTED;
    if (env && words && file && to && snprintf(folder_var, sizeof folder_var, "TMPDIR=%s", folder) < 4096) {
        int n = 0;
        for (; c->words[n]; n++) argv[n] = c->words[n];
        n += split(words, argv + n, WORDS_MAX);
        char *const last[] = { out, to, file, math, NULL };
        memcpy(argv + n, last, sizeof last);
        memcpy(env, c->env, vars * sizeof *env);
        env[vars] = folder_var;
        const rni_process p = { argv, env, stop, COMPILE_SECONDS, output, size };
        end = rni_process_run(&p);
    }
    free(words);
    free(file);
    free(to);
    free(env);
    return end;
}
