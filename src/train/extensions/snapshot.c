/* snapshot: all that an exact resumption needs, once an epoch and at the end; the newest few are kept. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int64_t keep, last;
} keeper;

void *rni_ext_snapshot_make(const rn_trainer_use_args *a)
{
    keeper *k = rni_alloc((int64_t)sizeof *k);
    if (!k) return NULL;
    k->keep = a->keep > 0 ? a->keep : 2;
    k->last = -1;
    return k;
}

/* Iteration in the name of a snapshot, -1 for other files. */
static int64_t iteration_of(const char *name)
{
    long long n;
    int end = 0;
    if (sscanf(name, "snapshot_%lld.safetensors%n", &n, &end) != 1 || end == 0 || name[end]) return -1;
    return n;
}

bool rn_snapshot_latest(const char *folder, char *buf, int64_t size)
{
    if (!folder || (size > 0 && !buf))
        return rni_fail(RN_ERR_ARG, NULL, "snapshot_latest", "the %s is NULL", folder ? "buffer" : "folder");
    DIR *d = opendir(folder);
    if (!d) return false;
    int64_t best = -1, length = 0;
    for (const struct dirent *f; (f = readdir(d)) != NULL;) {
        const int64_t n = iteration_of(f->d_name);
        if (n <= best) continue;
        best = n;
        length = snprintf(buf, (size_t)size, "%s/%s", folder, f->d_name);
    }
    closedir(d);
    if (size > 0 && length >= size)
        return rni_fail(RN_ERR_ARG, NULL, "snapshot_latest", "the path of %lld bytes does not fit into %lld",
                        (long long)length + 1, (long long)size);
    return best >= 0;
}

/* Removes all snapshots up to the newest `keep`. Those of another run in the same folder that are newer stay. */
static void prune(const char *folder, int64_t keep, int64_t now)
{
    for (;;) {
        DIR *d = opendir(folder);
        if (!d) return;
        int64_t count = 0, oldest = INT64_MAX;
        char name[300] = "";
        for (const struct dirent *f; (f = readdir(d)) != NULL;) {
            const int64_t n = iteration_of(f->d_name);
            if (n < 0 || n > now) continue;
            count++;
            if (n >= oldest) continue;
            oldest = n;
            snprintf(name, sizeof name, "%s", f->d_name);
        }
        closedir(d);
        char *path = count > keep ? rni_path_join(folder, name) : NULL;
        if (!path) return;
        const bool gone = unlink(path) == 0;
        rni_free(path);
        if (!gone) return;
    }
}

static bool run(rn_trainer *t, void *self)
{
    keeper *k = self;
    if (k->last == t->iteration) return true;
    char name[64];
    snprintf(name, sizeof name, "snapshot_%08lld.safetensors", (long long)t->iteration);
    char *path = rni_trainer_path(t, name);
    const bool ok = path && rn_trainer_save_at(t->site, t, path);
    rni_free(path);
    if (!ok) return false;
    k->last = t->iteration;
    prune(t->out, k->keep, t->iteration);
    return true;
}

/* After an error the state may be half a step: the snapshots that are there are better. */
static bool finish(rn_trainer *t, void *self)
{
    return t->failed || t->iteration == 0 || run(t, self);
}

const rn_extension rni_ext_snapshot = {
    .name = "snapshot",
    .brief = "all that an exact resumption needs, once an epoch and when training is stopped",
    .priority = -100,
    .every = { 1, RN_UNIT_EPOCH },
    .run = run,
    .finish = finish,
    .free = rni_free,
};
