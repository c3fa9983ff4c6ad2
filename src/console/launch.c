/* The command of a run stands in its job.json, so that it can be given by hand, too; the server runs it under `rensa
 * supervise`, which holds the lock of the folder from the moment on that it is started. */
#include "console/launch.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/name.h"
#include "project/project.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS_MAX = 160, HELD = 3 };

/* ---- making ---- */

static const char *const words[] = { "oak",   "elm",  "fir",  "ash",   "yew",   "pine",  "fern", "moss",  "reed",
                                     "rose",  "iris", "lily", "plum",  "pear",  "fig",   "kiwi", "fox",   "owl",
                                     "elk",   "hare", "lynx", "wolf",  "bear",  "crow",  "dove", "heron", "swan",
                                     "wren",  "carp", "pike", "seal",  "crab",  "rain",  "snow", "wind",  "cloud",
                                     "storm", "dawn", "dusk", "moon",  "star",  "comet", "lake", "hill",  "dune",
                                     "reef",  "cape", "cove", "jade",  "amber", "opal",  "ruby", "onyx",  "iron",
                                     "tin",   "salt", "clay", "slate", "sand",  "flint" };

typedef struct highest {
    int64_t number;
} highest;

static bool note_number(void *user, const char *name)
{
    highest *h = user;
    const char *run = strstr(name, "-runs-"); /* in the bin */
    const int64_t n = strtoll(run ? run + 6 : name, NULL, 10);
    if ((run || !strchr(name, ':')) && n < 1000000000 && n > h->number) h->number = n;
    return true;
}

/* A number that no run has or had: neither in the index, nor in the folder, nor in the bin. */
static int64_t next_number(const rni_console *c, rni_db *db)
{
    static const char sql[] = "SELECT max(number) FROM runs WHERE number<1000000000";
    highest h = { 0 };
    sqlite3_stmt *s = rni_db_ask(db, sql, "");
    if (rni_db_next(s)) h.number = sqlite3_column_int64(s, 0);
    rni_db_done(s);
    rni_work_list(c, "bin", note_number, &h);
    return h.number + 1;
}

static char *make_folder(rni_console *c, rni_db *db, char id[RNI_RUN_ID])
{
    char *runs = rni_work_path(c, "runs");
    bool ok = runs && rni_folder_make(runs);
    rni_free(runs);
    int64_t number = next_number(c, db);
    for (int tries = 0; ok && tries < 1000; tries++, number++) {
        snprintf(id, RNI_RUN_ID, "%06lld-%s", (long long)number, words[(uint64_t)number * 37 % RN_COUNTOF(words)]);
        char *path = rni_work_path(c, "runs/%s", id);
        if (!path || mkdir(path, 0700) == 0) return path;
        ok = errno == EEXIST || rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be made: %s", path, strerror(errno));
        rni_free(path);
    }
    return NULL;
}

static void put_training(rni_json_writer *w, const char *id, const rni_new_run *r)
{
    rni_str path = { 0 };
    rni_json_write_string(w, "rensa");
    rni_json_write_string(w, "train");
    rni_str_addf(&path, "runs/%s/asked.json", id);
    rni_json_write_string(w, path.at);
    rni_str_free(&path);
    rni_str_addf(&path, "runs/%s", id);
    rni_json_write_string(w, "--out");
    rni_json_write_string(w, path.at);
    rni_str_free(&path);
    rni_json_write_string(w, "--force");
    rni_json_write_string(w, "--quiet");
    if (r->from) {
        rni_json_write_string(w, "--resume");
        rni_json_write_string(w, r->from);
    }
    for (int64_t i = 0; i < r->n; i++) {
        rni_str_addf(&path, "%s=%s", r->key[i], r->value[i]);
        rni_json_write_string(w, "--set");
        rni_json_write_string(w, path.at);
        rni_str_free(&path);
    }
}

static void put_tool(rni_json_writer *w, const char *id, const rni_new_run *r)
{
    for (int64_t i = 0; i < r->n_words; i++) {
        const char *at = strstr(r->word[i], "@/");
        rni_str s = { 0 };
        rni_str_add_n(&s, r->word[i], at ? at - r->word[i] : (int64_t)strlen(r->word[i]));
        if (at) rni_str_addf(&s, "runs/%s/%s", id, at + 2);
        rni_json_write_string(w, s.at ? s.at : "");
        rni_str_free(&s);
    }
}

static bool write_job(const rni_console *c, const char *id, const rni_new_run *r)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "kind", r->kind);
    rni_json_put_string(&w, "state", "queued");
    rni_json_put_string(&w, "name", r->name ? r->name : "");
    rni_json_put_string(&w, "project", r->project);
    rni_json_put_number(&w, "created", rni_wall_clock());
    rni_json_put_int(&w, "priority", r->priority);
    rni_json_put_string(&w, "slot", r->slot);
    char group[RNI_RUN_ID + 8];
    snprintf(group, sizeof group, "sweep-%.6s", id);
    rni_json_put_string(&w, "group", r->group_begins ? group : r->group ? r->group : "");
    rni_json_put_string(&w, "parent", r->parent ? r->parent : "");
    rni_json_put_string(&w, "notes", r->notes ? r->notes : "");
    rni_json_write_key(&w, "tags");
    if (r->tags)
        rni_json_write_any(&w, r->tags);
    else
        rni_json_write_digits(&w, "[]");
    rni_json_write_key(&w, "set");
    rni_json_object_begin(&w);
    for (int64_t i = 0; i < r->n; i++) {
        rni_json_write_key(&w, r->key[i]);
        rni_json_write_digits(&w, r->value[i]);
    }
    rni_json_object_end(&w);
    if (r->answers) rni_json_put_bool(&w, "answers", true);
    rni_json_write_key(&w, "command");
    rni_json_array_begin(&w);
    if (r->n_words)
        put_tool(&w, id, r);
    else
        put_training(&w, id, r);
    rni_json_array_end(&w);
    rni_json_object_end(&w);
    rni_str_add(&s, "\n");
    char *path = rni_work_path(c, "runs/%s/job.json", id);
    const bool ok = path && !s.failed && rni_file_write(path, s.at, s.length);
    rni_free(path);
    rni_str_free(&s);
    return ok;
}

bool rni_run_make(rni_console *c, rni_db *db, const rni_new_run *r, char id[RNI_RUN_ID])
{
    char *folder = make_folder(c, db, id), *path = folder ? rni_path_join(folder, "asked.json") : NULL;
    /* job.json last: a folder without it is no run yet */
    const bool ok = path && (!r->text || rni_file_write(path, r->text, r->bytes)) && write_job(c, id, r) &&
                    rni_run_index(c, db, id);
    if (!ok && folder) {
        if (path) unlink(path);
        rmdir(folder);
    }
    rni_free(path);
    rni_free(folder);
    return ok;
}

/* ---- starting ---- */

typedef struct command {
    char *word[WORDS_MAX];
    int n;
    bool ok;
} command;

static void add(command *k, const char *fmt, ...) RN_PRINTF(2, 3);
static void add(command *k, const char *fmt, ...)
{
    rni_str s = { 0 };
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&s, fmt, args);
    va_end(args);
    k->ok = k->ok && !s.failed && k->n + 1 < WORDS_MAX;
    if (k->ok)
        k->word[k->n++] = s.at;
    else
        rni_str_free(&s);
}

static bool has_file(const rni_console *c, const char *id, const char *name)
{
    char *path = rni_work_path(c, "runs/%s/%s", id, name);
    const bool has = path && rni_file_bytes(path) >= 0;
    rni_free(path);
    return has;
}

/* The GPU of a run that has one; -1. */
static int gpu_of(const rni_console *c, const char *id)
{
    rni_job j;
    const rni_json *gpu = rni_job_read(c, NULL, id, &j) ? rni_json_get(j.json, "gpu") : NULL;
    const int number = gpu ? (int)rni_json_int(gpu) : -1;
    rni_job_free(&j);
    return number;
}

/* The first GPU that no run has. */
static int free_gpu(const rni_console *c, rni_db *db)
{
    uint64_t taken = 0;
    int number = 0;
    sqlite3_stmt *s = rni_db_ask(db, "SELECT id FROM runs WHERE slot='gpu' AND state IN ('running','stopping')", "");
    while (rni_db_next(s)) {
        const int n = gpu_of(c, (const char *)sqlite3_column_text(s, 0));
        if (n >= 0 && n < 64) taken |= 1ull << n;
    }
    rni_db_done(s);
    while (number < 63 && taken >> number & 1) number++;
    return number;
}

static void make_command(const rni_console *c, const rni_job *j, int sharing, int gpu, command *k)
{
    k->ok = true;
    add(k, "%s", "rensa");
    add(k, "%s", "supervise");
    add(k, "%s", "--held");
    if (rni_json_bool(rni_json_get(j->json, "answers"))) add(k, "%s", "--answer=answer.json");
    add(k, "runs/%s", j->id);
    add(k, "%s", "--");
    if (has_file(c, j->id, "project.json")) { /* was begun before */
        add(k, "%s", "rensa");
        add(k, "%s", "train");
        add(k, "%s", "--resume");
        add(k, "runs/%s", j->id);
        add(k, "%s", "--quiet");
        const rni_json *epochs = rni_json_get(j->json, "epochs");
        if (epochs) add(k, "--epochs=%lld", (long long)rni_json_int(epochs));
        if (gpu >= 0) add(k, "--device=cuda:%d", gpu);
        return;
    }
    const bool train = strcmp(j->kind, "train") == 0;
    for (int64_t i = 0; i < rni_json_count(j->command); i++) {
        const char *word = rni_json_string(rni_json_at(j->command, i));
        add(k, "%s", word ? word : "");
    }
    if (gpu >= 0) add(k, "--device=cuda:%d", gpu);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (train && sharing > 1) add(k, "--threads=%ld", cores / sharing > 0 ? cores / sharing : 1);
}

static bool spawn(const rni_console *c, command *k, int lock)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    pid_t pid;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int bad = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    bad |= posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    bad |= posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    bad |= posix_spawn_file_actions_adddup2(&files, lock, HELD);
    bad |= posix_spawn_file_actions_addchdir_np(&files, c->folder);
    bad |= posix_spawnattr_setsigmask(&attr, &none) | posix_spawnattr_setsigdefault(&attr, &all);
    bad |= posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    if (!bad) bad = posix_spawn(&pid, "/proc/self/exe", &files, &attr, k->word, environ);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return !bad || rni_fail(RN_ERR_IO, NULL, NULL, "no process can be started: %s", strerror(bad));
}

/* The lock of the folder, held; its number is not the one that it gets in the process. -1 with an error. */
static int take_lock(const rni_console *c, const char *id)
{
    char *path = rni_work_path(c, "runs/%s/lock", id), *old = rni_work_path(c, "runs/%s/exit.json", id);
    const int fd = path && old ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    int held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 10) : -1;
    if (held >= 0) {
        unlink(old);
        futimens(held, NULL); /* the moment of the start */
    } else
        rni_fail(RN_ERR_IO, NULL, NULL, "the folder of the run cannot be taken: %s", strerror(errno));
    if (fd >= 0) close(fd);
    rni_free(old);
    rni_free(path);
    return held;
}

bool rni_launch(rni_console *c, rni_db *db, const char *id, int sharing)
{
    rni_job j;
    command k = { 0 };
    bool ok = rni_job_read(c, NULL, id, &j) && strcmp(j.state, "queued") == 0;
    const int lock = ok ? take_lock(c, id) : -1, gpu = ok && strcmp(j.slot, "gpu") == 0 ? free_gpu(c, db) : -1;
    char number[16];
    snprintf(number, sizeof number, "%d", gpu);
    const rni_job_change started[] = { { "state", "\"started\"" }, { "gpu", gpu >= 0 ? number : NULL } };
    ok = lock >= 0;
    if (ok) make_command(c, &j, sharing, gpu, &k);
    ok = ok && k.ok && rni_job_change_write(c, &j, started, (int64_t)RN_COUNTOF(started)) && spawn(c, &k, lock);
    if (lock >= 0) close(lock);
    for (int i = 0; i < k.n; i++) rni_free(k.word[i]);
    rni_job_free(&j);
    return ok;
}
