/* log: a row of all means, once an epoch, as a line of JSON in log.jsonl; and the rows that the others show.
 *
 * After a resumption the file is written anew from the rows that the snapshot holds: what was logged after it is gone,
 * as those steps are made again. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char name[128];
} file_extension;

void *rni_ext_file_make(const rn_trainer_use_args *a)
{
    file_extension *e = rni_alloc((int64_t)sizeof *e);
    if (e && a->file) snprintf(e->name, sizeof e->name, "%s", a->file);
    return e;
}

static void write_record(rni_str *s, const rni_log_row *r)
{
    rni_json_writer w = { .to = s };
    rni_json_object_begin(&w);
    rni_json_put_int(&w, "iteration", r->iteration);
    rni_json_put_number(&w, "epoch", r->epoch);
    rni_json_put_number(&w, "seconds", r->seconds);
    for (int64_t i = 0; i < r->count; i++) {
        rni_json_put_number(&w, r->name[i], r->value[i]);
    }
    rni_json_object_end(&w);
    rni_str_add(s, "\n");
}

static bool start(rn_trainer *t, void *self)
{
    const file_extension *e = self;
    char *path = rni_trainer_path(t, e->name[0] ? e->name : "log.jsonl");
    if (!path) return false;
    rni_str s = { 0 };
    for (int64_t i = 0; i < t->n_history; i++) write_record(&s, &t->history[i]);
    const bool ok = !s.failed && rni_file_write(path, s.at ? s.at : "", s.length);
    rni_str_free(&s);
    rni_free(path);
    return ok;
}

static bool run(rn_trainer *t, void *self)
{
    const file_extension *e = self;
    if (!rni_trainer_record(t)) return false;
    char *path = rni_trainer_path(t, e->name[0] ? e->name : "log.jsonl");
    if (!path) return false;
    rni_str s = { 0 };
    write_record(&s, &t->history[t->n_history - 1]);
    const int64_t before = rni_file_bytes(path);
    FILE *f = fopen(path, "ab");
    bool ok = f && !s.failed && fwrite(s.at, 1, (size_t)s.length, f) == (size_t)s.length;
    if (f) ok = fclose(f) == 0 && ok;
    if (!ok && !s.failed) {
        rni_fail(RN_ERR_IO, NULL, "log", "cannot be written: %s", strerror(errno));
        rni_error_add("file", "%s", path);
        if (before >= 0) (void)!truncate(path, before); /* no half lines */
    }
    rni_str_free(&s);
    rni_free(path);
    return ok;
}

const rn_extension rni_ext_log = {
    .name = "log",
    .brief = "a row of all means, once an epoch, in log.jsonl",
    .priority = 200,
    .every = { 1, RN_UNIT_EPOCH },
    .start = start,
    .run = run,
    .free = rni_free,
};
