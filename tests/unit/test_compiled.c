/* The thread that compiles: how it begins, is stopped, what it leaves; and other threads and processes beside it. */
#include "test.h"

#include "backend/emit/compiled.h"
#include "backend/emit/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Lines of the log, and a folder of its own. */
static struct {
    char folder[64], said[4096];
    int lines;
} g;

static void listen(int level, const char *topic, const char *fmt, ...)
{
    (void)level, (void)topic;
    va_list args;
    va_start(args, fmt);
    vsnprintf(g.said, sizeof g.said, fmt, args);
    va_end(args);
    g.lines++;
}

static const rn_host host = { .size = sizeof host, .log = listen };

static void begin(void)
{
    snprintf(g.folder, sizeof g.folder, "/tmp/rensa-compiled-XXXXXX");
    CHECK(mkdtemp(g.folder) != NULL);
    setenv("XDG_CACHE_HOME", g.folder, 1);
    unsetenv("RENSA_CC");
    g.said[0] = '\0';
    g.lines = 0;
    rni_compile_begin(&host);
}

static void end(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", g.folder);
    CHECK_EQ_I64(system(command), 0);
}

static void script(const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/compiler", g.folder);
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fprintf(f, "#!/bin/sh\n%s\n", text);
    fclose(f);
    CHECK_EQ_I64(chmod(path, 0700), 0);
    setenv("RENSA_CC", path, 1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static rni_compiled *want(const char *function)
{
    static const char *const ops[] = { "/* a text */\n", NULL };
    rni_text text = { 0 };
    rni_text_addf(&text, "%s\n", function);
    rni_compiled *c = rni_compiled_want("answer", ops, &text, "answer", "");
    free(text.at);
    return c;
}

static int count_files(const char *below, const char *with)
{
    char path[128];
    int n = 0;
    snprintf(path, sizeof path, "%s%s", g.folder, below);
    DIR *d = opendir(path);
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) n += strstr(f->d_name, with) != NULL;
    if (d) closedir(d);
    return n;
}

RN_TEST(equal_texts_are_compiled_once_and_kept)
{
    begin();
    rni_compiled *a = want("int answer(void) { return 41; }"), *b = want("int answer(void) { return 41; }"),
                 *other = want("int answer(void) { return 43; }");
    if (!a) SKIP(g.said);
    CHECK(a == b && a != other);
    rni_compiled_wait(a);
    rni_compiled_wait(other);
    int (*fn[2])(void);
    void *const found[2] = { rni_compiled_function(a), rni_compiled_function(other) };
    CHECK(found[0] && found[1]);
    memcpy(fn, found, sizeof fn);
    CHECK_EQ_I64(fn[0](), 41);
    CHECK_EQ_I64(fn[1](), 43);
    CHECK_EQ_I64(g.lines, 2);
    CHECK_EQ_I64(count_files("/rensa/kernels", ".so"), 2);
    CHECK_EQ_I64(count_files("/rensa/kernels", "work."), 0);
    rni_compiled_drop(a);
    rni_compiled_drop(b);
    rni_compiled_drop(other);
    a = want("int answer(void) { return 41; }");
    rni_compiled_wait(a);
    CHECK(rni_compiled_function(a) != NULL);
    CHECK_EQ_I64(g.lines, 2); /* from the folder */
    rni_compiled_drop(a);
    rni_compile_end();
    end();
}

/* As at the end of a process: nobody waits for the compiler, and nothing of it is left. */
RN_TEST(closing_the_last_device_ends_the_compiler)
{
    begin();
    script("case $* in *--version*) echo slow 1.0 ;; *) : >\"$TMPDIR/left\"; echo $$ >${0}.pid; sleep 50 ;; esac");
    rni_compiled *c = want("int answer(void) { return 1; }"), *waiting = want("int answer(void) { return 2; }");
    CHECK(c && waiting);
    for (int i = 0; i < 500 && count_files("", "compiler.pid") == 0; i++) usleep(10000);
    CHECK_EQ_I64(count_files("/rensa/kernels", "work."), 1);
    usleep(50000);
    const double start = now();
    rni_compile_end();
    CHECK(now() - start < 5);
    CHECK_EQ_I64(count_files("/rensa/kernels", "work."), 0);
    CHECK_EQ_I64(g.lines, 0);
    rni_compiled_wait(waiting);
    CHECK(!rni_compiled_function(c) && !rni_compiled_function(waiting));
    char path[128];
    int pid = 0;
    snprintf(path, sizeof path, "%s/compiler.pid", g.folder);
    FILE *f = fopen(path, "r");
    CHECK(f && fscanf(f, "%d", &pid) == 1);
    fclose(f);
    CHECK(kill(pid, 0) != 0);
    rni_compiled_drop(c);
    rni_compiled_drop(waiting);
    end();
}

RN_TEST(a_forked_process_neither_compiles_nor_waits)
{
    begin();
    script("case $* in *--version*) echo slow 1.0 ;; *) sleep 50 ;; esac");
    rni_compiled *c = want("int answer(void) { return 3; }");
    CHECK(c != NULL);
    const pid_t child = fork();
    if (child == 0) {
        const bool off = !rni_compile_on() && !want("int answer(void) { return 4; }");
        rni_compiled_drop(c);
        rni_compile_end();
        _exit(off ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    rni_compile_end();
    rni_compiled_drop(c);
    end();
}

RN_TEST(a_program_that_takes_too_long_is_ended)
{
    char shell[] = "/bin/sh", option[] = "-c", text[] = "echo begun; sleep 50", output[64];
    char *const argv[] = { shell, option, text, NULL }, *const env[] = { NULL };
    int never[2];
    CHECK_EQ_I64(pipe2(never, O_CLOEXEC), 0);
    rni_process p = { argv, env, never[0], 1, output, sizeof output };
    const double start = now();
    CHECK_EQ_I64(rni_process_run(&p), RNI_PROCESS_LATE);
    CHECK(now() - start < 20);
    CHECK_EQ_STR(output, "begun\n");
    snprintf(text, sizeof text, "exit 3");
    CHECK_EQ_I64(rni_process_run(&p), RNI_PROCESS_FAILED);
    snprintf(shell, sizeof shell, "/bin/n");
    CHECK_EQ_I64(rni_process_run(&p), RNI_PROCESS_NOT_STARTED);
    close(never[0]);
    close(never[1]);
}

/* Last, since it lasts. */
RN_TEST(z_a_failure_switches_compiling_off_with_one_line)
{
    begin();
    script("case $* in *--version*) echo one 1.0 ;; *) echo error: no >&2; exit 1 ;; esac");
    rni_compiled *a = want("int answer(void) { return 5; }"), *b = want("int answer(void) { return 6; }");
    rni_compiled_wait(a);
    rni_compiled_wait(b);
    CHECK(!rni_compiled_function(a) && !rni_compiled_function(b));
    CHECK(!rni_compile_on() && !want("int answer(void) { return 7; }"));
    CHECK_EQ_I64(g.lines, 1);
    CHECK(strstr(g.said, "error: no") != NULL);
    rni_compiled_drop(a);
    rni_compiled_drop(b);
    rni_compile_end();
    end();
}
