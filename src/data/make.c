/* Making a data set: source, parts, records, statistics, dataset.json, and the folder's name at last. */
#include "data/made.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <rensa/io.h>
#include <rensa/tensor.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/nowhere.h"

enum { PARTS = 3, DEFECTS_MAX = 1000, CLASSES_MAX = 1 << 16 };

typedef struct defect {
    char *what;
    char *file;
} defect;

typedef struct making {
    const rni_make_args *a;
    char *folder; /* temporary */
    rn_dataset *part[PARTS];
    int64_t count[PARTS], done, total, skipped;
    double shown;
    defect *defect;
    int64_t n_defects, cap_defects;
} making;

static bool tell(making *m, const char *what, bool last)
{
    const double now = rni_now();
    if (!m->a->progress || (!last && now - m->shown < 0.2)) return true;
    m->shown = now;
    return m->a->progress(m->a->user, what, m->done, m->total) || rni_fail(RN_ERR_STATE, NULL, "data make", "stopped");
}

/* ---- folders ---- */

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s, (void)kind, (void)at;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool make_folders(making *m)
{
    rni_str s = { 0 };
    char *above = rni_path_folder(m->a->out);
    bool ok = above && rni_folder_make(above);
    if (ok && rni_file_exists(m->a->out)) {
        ok = rni_fail(RN_ERR_STATE, NULL, "data make", "\"%s\" exists", m->a->out);
        rni_error_add("hint", "remove it, or choose another name");
    }
    rni_str_addf(&s, "%s/.%s.tmp-%ld", above ? above : ".", rni_path_base(m->a->out), (long)getpid());
    if (ok && !s.failed && mkdir(s.at, 0777) != 0)
        ok = rni_fail(RN_ERR_IO, NULL, "data make", "\"%s\" cannot be made: %s", s.at, strerror(errno));
    rni_free(above);
    if (!ok || s.failed) {
        rni_str_free(&s);
        return false;
    }
    m->folder = s.at;
    return true;
}

/* ---- sources ---- */

/* Classes of a column of whole numbers from 0 on; 0 where it holds something else. */
static int64_t classes_of(const rn_array_column *c, int64_t count)
{
    double most = -1;
    if (c->shape.rank != 0 || strcmp(c->name, "t") != 0 || rn_dtype_is_float(c->dtype) || c->dtype == RN_BOOL) return 0;
    for (int64_t i = 0; i < count; i++) {
        const double v = rni_load(c->dtype, (const char *)c->data + i * rn_dtype_bytes(c->dtype));
        if (v < 0 || v >= CLASSES_MAX) return 0;
        most = v > most ? v : most;
    }
    return (int64_t)most + 1;
}

static bool npz_column(const rn_dict *d, int64_t i, int64_t count, rn_array_column *c)
{
    rn_tensor *x = rn_dict_tensor_at(d, i);
    const rn_shape *s = rn_tensor_shape(x);
    *c = (rn_array_column){ .name = rn_dict_name_at(d, i), .dtype = rn_tensor_dtype(x), .data = rn_data(x) };
    if (s->rank == 0 || s->dim[0] != count) {
        rni_fail(RN_ERR_SHAPE, NULL, "data make", "the array \"%s\" has not as many rows as the first", c->name);
        rni_error_add("expect", "%lld", (long long)count);
        return false;
    }
    c->shape.rank = s->rank - 1;
    memcpy(c->shape.dim, s->dim + 1, (size_t)c->shape.rank * sizeof *s->dim);
    c->class_count = c->data ? classes_of(c, count) : 0;
    return c->data != NULL;
}

/* The array "x", or the first, comes first. */
static rn_dataset *open_npz(const char *path)
{
    rn_dict *d = rn_npz_load(path);
    rn_array_column column[RNI_COLUMNS_MAX];
    const int64_t n = rn_dict_count(d);
    rn_dataset *ds = NULL;
    if (d && (n < 1 || n > RNI_COLUMNS_MAX))
        rni_fail(RN_ERR_FORMAT, NULL, "data make", "%lld arrays; from 1 to %d make a data set", (long long)n,
                 RNI_COLUMNS_MAX);
    int k = 0;
    int64_t count = 0;
    for (int pass = 0; rn_ok() && pass < 2; pass++)
        for (int64_t i = 0; rn_ok() && i < n; i++) {
            if ((strcmp(rn_dict_name_at(d, i), "x") == 0) != (pass == 0)) continue;
            const rn_shape *s = rn_tensor_shape(rn_dict_tensor_at(d, i));
            if (k == 0) count = s->rank ? s->dim[0] : 0;
            if (npz_column(d, i, count, &column[k])) k++;
        }
    if (rn_ok())
        ds = rn_dataset_arrays_at(&(rn_dataset_arrays_args){ .count = count, .columns = column, .column_count = k });
    if (!ds) rni_error_add("file", "%s", path);
    rn_dict_free(d);
    return ds;
}

static rn_dataset *open_pictures(const making *m, const char *path)
{
    const rni_make_args *a = m->a;
    return rn_dataset_images_at(&(rn_dataset_images_args){ .path = path,
                                                           .width = a->width,
                                                           .height = a->height,
                                                           .channels = a->channels,
                                                           .fit = a->fit,
                                                           .filter = a->filter,
                                                           .dtype = RN_U8 });
}

/* With bytes for pictures where the source has them. */
static rn_dataset *open_table_or_known(const making *m, const char *path, rn_part part)
{
    const rni_make_args *a = m->a;
    if (rni_path_has_extension(path, ".npz")) return open_npz(path);
    if (a->target || a->classify)
        return rn_dataset_csv_at(&(rn_dataset_csv_args){ .path = path, .target = a->target, .classify = a->classify });
    if (a->labels && rni_path_has_extension(path, ".csv"))
        return rn_dataset_nnc_at(&(rn_dataset_nnc_args){ .path = path, .labels = a->labels });
    rn_dataset *ds = NULL;
    for (int bytes = 1; bytes >= 0 && !ds; bytes--) {
        const rn_dtype dtype = bytes ? RN_U8 : RN_DTYPE_NONE;
        if (bytes && rni_path_has_extension(path, ".csv")) continue;
        rn_error_clear();
        ds = a->labels ? rn_dataset_idx_at(&(rn_dataset_idx_args){ .path = path, .labels = a->labels, .dtype = dtype })
                       : rn_dataset_open_at(
                             &(rn_dataset_open_args){ .name = path, .part = part, .dtype = dtype, .seed = a->seed });
        if (!ds && rn_error_last()->status != RN_ERR_DTYPE) break;
    }
    return ds;
}

static rn_dataset *open_whole(const making *m, const char *path, rn_part part)
{
    const bool list = rni_path_has_extension(path, ".txt") && rni_file_bytes(path) >= 0;
    return rni_folder_exists(path) || list ? open_pictures(m, path) : open_table_or_known(m, path, part);
}

static bool is_known(const char *name)
{
    for (int i = 0; rn_dataset_known(i); i++)
        if (strcmp(rn_dataset_known(i)->name, name) == 0) return true;
    return false;
}

/* The parts that a source has itself: those of known sets, and sub-folders called train, test and valid. */
static bool open_parts(making *m, const char *path, bool *found)
{
    const bool known = is_known(path);
    *found = known;
    if (known) {
        m->part[RN_TRAIN] = open_whole(m, path, RN_TRAIN);
        if (m->part[RN_TRAIN]) m->part[RN_TEST] = open_whole(m, path, RN_TEST);
        return rn_ok();
    }
    for (int i = 0; i < PARTS && rn_ok() && rni_folder_exists(path); i++) {
        char *inside = rni_path_join(path, rni_part_name((rn_part)i));
        if (inside && rni_folder_exists(inside)) {
            if (i == RN_TRAIN) *found = true;
            if (*found) m->part[i] = open_pictures(m, inside);
        }
        rni_free(inside);
    }
    return rn_ok();
}

/* The only thing in a folder that is not hidden; NULL where there are others. rni_free. */
static char *only_thing(const char *folder)
{
    DIR *d = opendir(folder);
    char *only = NULL;
    int n = 0;
    for (const struct dirent *e; d && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.' && n++ == 0) only = rni_path_join(folder, e->d_name);
    if (d) closedir(d);
    if (n == 1) return only;
    rni_free(only);
    return NULL;
}

/* An archive often has all in one folder. */
static char *inner_folder(const char *path)
{
    char *now = rni_strdup(path);
    for (int depth = 0; now && depth < 8 && rni_folder_exists(now); depth++) {
        char *only = only_thing(now);
        if (!only) break;
        rni_free(now);
        now = only;
    }
    return now;
}

static char *locate(making *m, const char *from, int number)
{
    if (!rni_is_archive(from)) return rni_strdup(from);
    char name[32];
    snprintf(name, sizeof name, "unpacked-%d", number);
    char *folder = rni_path_join(m->folder, name);
    bool ok = folder && rni_folder_make(folder);
    m->done = m->total = 0;
    ok = ok && tell(m, "unpacking", true) &&
         rni_unpack(from, folder, m->a->unpacked_limit ? m->a->unpacked_limit : (int64_t)64 << 30);
    char *inner = ok ? inner_folder(folder) : NULL;
    rni_free(folder);
    return inner;
}

static bool split(making *m, rn_dataset *whole)
{
    const rni_make_args *a = m->a;
    const bool none = a->percent[0] == 0 && a->percent[1] == 0 && a->percent[2] == 0;
    double fractions[PARTS];
    int place[PARTS], n = 0;
    for (int i = 0; i < PARTS; i++) {
        const double p = none ? (i == RN_TRAIN ? 80 : i == RN_TEST ? 20 : 0) : a->percent[i];
        if (p <= 0) continue;
        fractions[n] = p / 100;
        place[n++] = i;
    }
    const rn_column *t = rn_dataset_column(whole, rn_dataset_find_column(whole, "t"));
    const bool strata = !a->unstratified && t && t->class_count > 0 && t->shape.rank == 0;
    rn_dataset *parts[PARTS] = { 0 };
    const bool ok = rn_dataset_split_at(&(rn_dataset_split_args){ .ds = whole,
                                                                  .fractions = fractions,
                                                                  .count = n,
                                                                  .parts = parts,
                                                                  .seed = a->seed,
                                                                  .strata = strata ? "t" : NULL });
    for (int i = 0; i < n; i++) m->part[place[i]] = parts[i];
    return ok;
}

static bool open_source(making *m)
{
    const rni_make_args *a = m->a;
    rn_dataset *whole[16] = { 0 };
    bool found = false, ok = a->from_count > 0 && a->from_count <= (int)RN_COUNTOF(whole);
    int n = 0;
    if (!ok) return rni_fail(RN_ERR_ARG, NULL, "data make", "from 1 to %d sources are needed", (int)RN_COUNTOF(whole));
    for (; ok && n < a->from_count && !found; n++) {
        char *path = locate(m, a->from[n], n);
        ok = path && (a->from_count > 1 || open_parts(m, path, &found));
        if (ok && !found) whole[n] = open_whole(m, path, RN_TRAIN);
        ok = ok && rn_ok();
        rni_free(path);
    }
    if (ok && !found) {
        rn_dataset *all = n == 1 ? rni_dataset_hold(whole[0]) : rn_dataset_concat_at(NULL, whole, n);
        ok = all && split(m, all);
        rn_dataset_free(all);
    }
    for (int i = 0; i < n; i++) rn_dataset_free(whole[i]);
    for (int i = RN_TEST; ok && found && i < PARTS; i++)
        ok = !m->part[i] || rni_columns_match(m->part[RN_TRAIN], m->part[i], NULL, "data make");
    return ok;
}

/* ---- records ---- */

/* The line "file  …" of an error. */
static char *file_of(const char *message)
{
    const char *at = strstr(message, "\n  file  ");
    if (!at) return rni_strdup("");
    at += 9 + strspn(at + 9, " ");
    return rni_strndup(at, (int64_t)strcspn(at, "\n"));
}

static bool note_defect(making *m, int64_t example)
{
    const rn_error *e = rn_error_last();
    char reason[512], where[64];
    if (!e || (e->status != RN_ERR_FORMAT && e->status != RN_ERR_IO && e->status != RN_ERR_UNSUPPORTED)) return false;
    if (!m->a->skip_damaged) {
        rni_error_add("hint", "--damaged skip leaves such examples out and lists them");
        return false;
    }
    rni_error_reason(reason, sizeof reason);
    char *file = file_of(e->message);
    rn_error_clear();
    m->skipped++;
    if (m->n_defects == DEFECTS_MAX) {
        rni_free(file);
        return true;
    }
    defect *p = rni_grow(m->defect, m->n_defects, &m->cap_defects, (int64_t)sizeof *p);
    snprintf(where, sizeof where, "example %lld", (long long)example);
    if (file && !*file) {
        rni_free(file);
        file = rni_strdup(where);
    }
    if (p) m->defect = p;
    if (!p || !file) {
        rni_free(file);
        return false;
    }
    m->defect[m->n_defects] = (defect){ rni_strdup(reason), file };
    return m->defect[m->n_defects++].what != NULL;
}

static bool write_part(making *m, int part)
{
    rn_dataset *ds = m->part[part];
    void *to[RNI_COLUMNS_MAX], *block = rni_dataset_buffers(ds, to);
    rni_out out = { 0 };
    char name[32];
    snprintf(name, sizeof name, "%s.examples", rni_part_name((rn_part)part));
    char *path = rni_path_join(m->folder, name);
    bool ok = block && path && rni_out_begin(&out, path);
    for (int64_t i = 0; ok && i < rn_dataset_count(ds); i++) {
        const bool read = rni_dataset_get(ds, &(rn_example){ i, 0, to });
        if (!read) ok = note_defect(m, i);
        for (int k = 0; ok && read && k < ds->column_count; k++)
            ok = rni_out_write(&out, to[k], rn_column_bytes(&ds->columns[k]));
        m->count[part] += read;
        m->done++;
        ok = ok && tell(m, "reading", false);
    }
    ok = ok && rni_out_commit(&out);
    if (!ok && path) rni_out_abort(&out);
    rni_free(path);
    rni_free(block);
    return ok;
}

static bool write_parts(making *m)
{
    m->done = m->total = 0;
    for (int i = 0; i < PARTS; i++) m->total += m->part[i] ? rn_dataset_count(m->part[i]) : 0;
    for (int i = 0; i < PARTS; i++)
        if (m->part[i] && !write_part(m, i)) return false;
    if (m->count[RN_TRAIN] > 0) return tell(m, "reading", true);
    rni_fail(RN_ERR_FORMAT, NULL, "data make", "no example to train with is left");
    if (m->n_defects) rni_error_add("first", "%s: %s", m->defect[0].file, m->defect[0].what);
    return false;
}

/* ---- dataset.json ---- */

static void write_columns(const making *m, rni_json_writer *w, const rn_stats *stats)
{
    const rn_dataset *ds = m->part[RN_TRAIN];
    rni_json_write_key(w, "columns");
    rni_json_array_begin(w);
    for (int i = 0; i < ds->column_count; i++) {
        const rn_column *c = &ds->columns[i];
        const bool bytes = c->dtype == RN_U8 && c->shape.rank > 0;
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", c->name);
        rni_json_put_string(w, "dtype", bytes ? "f32" : rn_dtype_name(c->dtype));
        if (bytes) rni_json_put_string(w, "stored", "u8");
        rni_json_write_key(w, "shape");
        rni_json_array_begin(w);
        for (int k = 0; k < c->shape.rank; k++) rni_json_write_int(w, c->shape.dim[k]);
        rni_json_array_end(w);
        if (c->class_count) rni_json_put_int(w, "class_count", c->class_count);
        if (c->classes && c->class_count <= CLASSES_MAX) {
            rni_json_write_key(w, "classes");
            rni_json_array_begin(w);
            for (int64_t k = 0; k < c->class_count; k++) rni_json_write_string(w, c->classes[k]);
            rni_json_array_end(w);
        }
        if (stats) {
            const rn_column_stats *s = &stats->columns[i];
            rni_json_put_number(w, "min", s->min);
            rni_json_put_number(w, "max", s->max);
            rni_json_put_number(w, "mean", s->mean);
            rni_json_put_number(w, "std", s->std);
            if (s->nonfinite) rni_json_put_int(w, "not_finite", s->nonfinite);
        }
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_histograms(rni_json_writer *w, const rn_stats *s)
{
    rni_json_write_key(w, "histogram");
    rni_json_object_begin(w);
    for (int i = 0; s && i < s->column_count; i++) {
        const rn_column_stats *c = &s->columns[i];
        if (!c->class_count) continue;
        rni_json_write_key(w, c->name);
        rni_json_array_begin(w);
        for (int64_t k = 0; k < c->class_count; k++) rni_json_write_int(w, c->histogram[k]);
        rni_json_array_end(w);
    }
    rni_json_object_end(w);
}

static void write_defects(const making *m, rni_json_writer *w)
{
    rni_json_put_int(w, "skipped", m->skipped);
    rni_json_write_key(w, "defects");
    rni_json_array_begin(w);
    for (int64_t i = 0; i < m->n_defects; i++) {
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_string(w, "file", m->defect[i].file);
        rni_json_put_string(w, "what", m->defect[i].what);
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_origin(const making *m, rni_json_writer *w)
{
    const rni_make_args *a = m->a;
    char date[32] = "";
    const time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc)) strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    rni_json_put_string(w, "created", date);
    rni_json_write_key(w, "from");
    rni_json_array_begin(w);
    for (int i = 0; i < a->from_count; i++) rni_json_write_string(w, a->from[i]);
    rni_json_array_end(w);
    rni_json_write_key(w, "options");
    rni_json_flat_begin(w);
    rni_json_object_begin(w);
    if (a->width) rni_json_put_int(w, "width", a->width);
    if (a->height) rni_json_put_int(w, "height", a->height);
    if (a->channels) rni_json_put_int(w, "channels", a->channels);
    rni_json_put_string(w, "fit", rni_fit_names[a->fit]);
    rni_json_put_string(w, "filter", rni_filter_names[a->filter]);
    rni_json_put_int(w, "seed", (int64_t)a->seed);
    rni_json_put_bool(w, "stratified", !a->unstratified);
    rni_json_object_end(w);
    rni_json_flat_end(w);
}

/* What the parts are is read from what was written. */
static bool describe(making *m)
{
    const uint16_t probe = 1;
    rni_str s = { 0 };
    rni_json_writer writer = { .to = &s, .indent = 1 }, *w = &writer;
    char *path = rni_path_join(m->folder, RNI_MADE_FILE);
    rn_stats *stats[PARTS] = { 0 };
    for (int i = 0; path && i < PARTS && rn_ok(); i++)
        if (m->part[i] && m->count[i] && rni_made_exists(m->folder)) {
            rn_dataset *made = rni_made_open(m->folder, (rn_part)i, NULL);
            stats[i] = made ? rn_dataset_stats(made, 0) : NULL;
            rn_dataset_free(made);
        }
    const bool counted = stats[RN_TRAIN] != NULL; /* the first time there is no dataset.json yet */
    rni_json_object_begin(w);
    rni_json_put_int(w, "rensa_data", 1);
    rni_json_put_string(w, "name", rni_path_base(m->a->out));
    write_origin(m, w);
    rni_json_put_int(w, "examples", m->count[0] + m->count[1] + m->count[2]);
    rni_json_put_string(w, "order", *(const unsigned char *)&probe ? "little" : "big");
    write_columns(m, w, stats[RN_TRAIN]);
    rni_json_write_key(w, "parts");
    rni_json_object_begin(w);
    for (int i = 0; i < PARTS; i++) {
        char name[32];
        if (!m->part[i] || !m->count[i]) continue;
        snprintf(name, sizeof name, "%s.examples", rni_part_name((rn_part)i));
        rni_json_write_key(w, rni_part_name((rn_part)i));
        rni_json_object_begin(w);
        rni_json_put_string(w, "file", name);
        rni_json_put_int(w, "examples", m->count[i]);
        if (counted) write_histograms(w, stats[i]);
        rni_json_object_end(w);
    }
    rni_json_object_end(w);
    write_defects(m, w);
    rni_json_object_end(w);
    rni_str_add(&s, "\n");
    const bool ok = rn_ok() && path && !s.failed && rni_file_write(path, s.at, s.length);
    for (int i = 0; i < PARTS; i++) rn_stats_free(stats[i]);
    rni_str_free(&s);
    rni_free(path);
    return ok;
}

/* ---- the whole ---- */

static void remove_unpacked(const making *m)
{
    for (int i = 0; i < m->a->from_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "unpacked-%d", i);
        char *path = rni_path_join(m->folder, name);
        if (path && rni_folder_exists(path)) remove_tree(path);
        rni_free(path);
    }
}

static bool finish(making *m)
{
    m->done = 0;
    if (!tell(m, "counting", true) || !describe(m)) return false;
    remove_unpacked(m);
    if (rename(m->folder, m->a->out) == 0) return true;
    return rni_fail(RN_ERR_IO, NULL, "data make", "\"%s\" cannot be renamed: %s", m->folder, strerror(errno));
}

bool rni_make(const rni_make_args *a)
{
    making m = { .a = a };
    bool ok = rn_ok() && make_folders(&m) && open_source(&m) && write_parts(&m) && describe(&m) && finish(&m);
    rni_error_copy *error = rni_error_take();
    for (int i = 0; i < PARTS; i++) rn_dataset_free(m.part[i]);
    for (int64_t i = 0; i < m.n_defects; i++) {
        rni_free(m.defect[i].what);
        rni_free(m.defect[i].file);
    }
    rni_free(m.defect);
    if (!ok && m.folder) remove_tree(m.folder);
    rni_free(m.folder);
    rni_error_give(error);
    return ok && rn_ok();
}
