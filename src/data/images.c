/* Pictures in files as a data set: a folder with a sub-folder per class, or a list of paths with labels. Only the names
 * are read when it is opened; a picture is decoded, by whichever thread reads ahead, when it is asked for. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "data/data.h"
#include "data/names.h"
#include "data/picture.h"
#include "data/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_MAX = 65536 };

typedef struct entry {
    int64_t path; /* in the pool */
    int32_t label;
} entry;

typedef struct image_set {
    rni_picture_form form;
    bool exact; /* no size was asked for: all must be of the first one's */
    rn_dtype dtype;
    rni_str pool;
    entry *entries;
    int64_t count, capacity;
    rni_names classes;
    int64_t class_count;
    bool named;
} image_set;

static void images_free(void *user)
{
    image_set *s = user;
    rni_str_free(&s->pool);
    rni_free(s->entries);
    rni_names_free(&s->classes);
    rni_free(s);
}

/* ---- reading one ---- */

static bool check_size(const image_set *s, const char *path)
{
    int64_t width, height;
    if (!s->exact) return true;
    if (!rni_picture_size(path, &width, &height)) return false;
    if (width == s->form.width && height == s->form.height) return true;
    rni_fail(RN_ERR_FORMAT, NULL, "dataset_images", "the pictures are not all of the same size");
    rni_error_add("expect", "%lld x %lld, as the first one", (long long)s->form.width, (long long)s->form.height);
    rni_error_add("actual", "%lld x %lld", (long long)width, (long long)height);
    rni_error_add("hint", "with .width and .height all are brought to one size");
    rni_error_add("file", "%s", path);
    return false;
}

static bool read_bytes(const image_set *s, const char *path, uint8_t *to)
{
    const int64_t n = s->form.channels * s->form.height * s->form.width;
    float *planes = rni_alloc_raw(n * (int64_t)sizeof *planes);
    const bool ok = planes && rni_picture_read(path, &s->form, planes);
    for (int64_t i = 0; ok && i < n; i++) to[i] = (uint8_t)(planes[i] * 255 + 0.5f);
    rni_free(planes);
    return ok;
}

static bool images_get(void *user, const rn_example *e)
{
    const image_set *s = user;
    const entry *en = &s->entries[e->index];
    const char *path = s->pool.at + en->path;
    if (e->to[1]) memcpy(e->to[1], &en->label, sizeof en->label);
    if (!e->to[0]) return true;
    if (!check_size(s, path)) return false;
    return s->dtype == RN_U8 ? read_bytes(s, path, e->to[0]) : rni_picture_read(path, &s->form, e->to[0]);
}

/* ---- folders ---- */

static bool add_entry(image_set *s, const char *folder, const char *name, int64_t n, int32_t label)
{
    void *entries = rni_grow(s->entries, s->count, &s->capacity, (int64_t)sizeof *s->entries);
    if (!entries) return false;
    s->entries = entries;
    s->entries[s->count++] = (entry){ s->pool.length, label };
    if (folder && name[0] != '/') rni_str_addf(&s->pool, "%s/", folder);
    rni_str_add_n(&s->pool, name, n);
    rni_str_add_n(&s->pool, "", 1);
    return !s->pool.failed;
}

static bool is_picture(const char *name)
{
    return rni_path_has_extension(name, ".png") || rni_path_has_extension(name, ".jpg") ||
           rni_path_has_extension(name, ".jpeg");
}

/* Names in a folder that are not hidden, sorted, so that the order does not depend on the file system. */
static bool list_folder(const char *path, rni_names *out)
{
    DIR *d = opendir(path);
    if (!d) {
        rni_fail(RN_ERR_IO, NULL, "dataset_images", "cannot open the folder: %s", strerror(errno));
        rni_error_add("file", "%s", path);
        return false;
    }
    bool ok = true;
    for (const struct dirent *e; ok && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.') ok = rni_names_add(out, e->d_name, (int64_t)strlen(e->d_name)) >= 0;
    closedir(d);
    int64_t *new_of = ok && out->count ? rni_alloc(out->count * (int64_t)sizeof *new_of) : NULL;
    if (ok && out->count) ok = new_of && rni_names_sort(out, new_of);
    rni_free(new_of);
    return ok;
}

static bool add_class(image_set *s, const char *folder, const char *name)
{
    char *path = rni_path_join(folder, name);
    rni_names files = { 0 };
    bool ok = path != NULL;
    if (ok && rni_folder_exists(path)) {
        const int64_t label = rni_names_add(&s->classes, name, (int64_t)strlen(name));
        ok = label >= 0 && list_folder(path, &files);
        for (int64_t i = 0; ok && i < files.count; i++) {
            const char *file = rni_names_at(&files, i);
            if (is_picture(file)) ok = add_entry(s, path, file, (int64_t)strlen(file), (int32_t)label);
        }
    }
    rni_names_free(&files);
    rni_free(path);
    return ok;
}

/* A folder as MNIST comes in holds examples, though no pictures. */
static void hint_at_idx(const char *folder, const rni_names *files)
{
    static const char *const endings[] = { "-ubyte", "-ubyte.gz", ".idx", ".idx.gz" };
    for (int64_t i = 0; i < files->count; i++) {
        const char *name = rni_names_at(files, i);
        for (size_t k = 0; k < RN_COUNTOF(endings); k++) {
            if (!rni_path_has_extension(name, endings[k])) continue;
            rni_error_add("actual", "%s/%s, an IDX file", folder, name);
            rni_error_add("hint", "a project takes a file of images as \"source\" and that of labels as \"labels\"; "
                                  "the four files of MNIST are \"mnist\" if they lie in $RENSA_DATA/mnist");
            return;
        }
    }
}

static bool read_folder(image_set *s, const char *path)
{
    rni_names names = { 0 };
    bool ok = list_folder(path, &names);
    for (int64_t i = 0; ok && i < names.count; i++) ok = add_class(s, path, rni_names_at(&names, i));
    s->class_count = s->classes.count;
    s->named = true;
    if (ok && s->count == 0) {
        ok = rni_fail(RN_ERR_FORMAT, NULL, "dataset_images", "the folder has no pictures in sub-folders");
        rni_error_add("expect", "%s/CLASS/PICTURE.png (or .jpg)", path);
        hint_at_idx(path, &names);
    }
    rni_names_free(&names);
    return ok;
}

/* ---- lists ---- */

/* "path label": the label is what stands behind the last space, tab or comma. */
static bool read_line(image_set *s, const char *folder, const char *line, int64_t n, int64_t number, const char *source)
{
    while (n > 0 && strchr(" \t\r", line[n - 1])) n--;
    if (n == 0 || line[0] == '#') return true;
    int64_t at = n;
    while (at > 0 && !strchr(" \t,", line[at - 1])) at--;
    int64_t end = at;
    while (end > 0 && strchr(" \t,", line[end - 1])) end--;
    if (end == 0 || memchr(line, '\0', (size_t)n)) {
        rni_fail(RN_ERR_FORMAT, NULL, "dataset_images", "line %lld is not \"path label\"", (long long)number);
        rni_error_add("file", "%s:%lld", source, (long long)number);
        return false;
    }
    const int64_t label = rni_names_add(&s->classes, line + at, n - at);
    return label >= 0 && add_entry(s, folder, line, end, (int32_t)label);
}

/* Labels that are all numbers mean themselves; others are numbered in their order. */
static bool number_labels(image_set *s, const char *source)
{
    int64_t *new_of = rni_alloc((s->classes.count + 1) * (int64_t)sizeof *new_of);
    bool ok = new_of && rni_names_sort(&s->classes, new_of);
    bool numbers = ok;
    int64_t value = 0, highest = -1;
    for (int64_t i = 0; i < s->classes.count && numbers; i++) {
        const char *text = rni_names_at(&s->classes, i);
        numbers = rni_parse_i64(text, (int64_t)strlen(text), &value) && value >= 0;
        if (value > highest) highest = value;
    }
    s->named = !numbers;
    s->class_count = numbers ? highest + 1 : s->classes.count;
    if (ok && s->class_count > CLASSES_MAX) {
        ok = rni_fail(RN_ERR_FORMAT, NULL, "dataset_images", "there are %lld classes, more than %d",
                      (long long)s->class_count, CLASSES_MAX);
        rni_error_add("file", "%s", source);
    }
    for (int64_t i = 0; ok && i < s->count; i++) {
        const int64_t k = new_of[s->entries[i].label];
        const char *text = rni_names_at(&s->classes, k);
        value = k;
        if (numbers) rni_parse_i64(text, (int64_t)strlen(text), &value);
        s->entries[i].label = (int32_t)value;
    }
    rni_free(new_of);
    return ok;
}

static bool read_list(image_set *s, const char *path)
{
    void *bytes = NULL;
    int64_t n = 0, number = 0;
    char *folder = rni_path_folder(path);
    bool ok = folder && rni_read_unpacked(path, &bytes, &n);
    const char *line = bytes, *end = ok ? line + n : line;
    while (ok && line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        ok = read_line(s, folder, line, stop - line, ++number, path);
        line = stop + 1;
    }
    if (ok && s->count == 0) {
        ok = rni_fail(RN_ERR_FORMAT, NULL, "dataset_images", "the list is empty");
        rni_error_add("file", "%s", path);
    }
    rni_free(bytes);
    rni_free(folder);
    return ok && number_labels(s, path);
}

/* ---- opening ---- */

static bool check_args(const rn_dataset_images_args *a)
{
    const char *const op = "dataset_images";
    if (!a->path) return rni_fail(RN_ERR_ARG, &a->site, op, "the path is missing");
    if (a->width < 0 || a->height < 0 || !a->width != !a->height || a->width > 65535 || a->height > 65535)
        return rni_fail(RN_ERR_ARG, &a->site, op, "pictures cannot be made %lld x %lld", (long long)a->width,
                        (long long)a->height);
    if (a->channels != 0 && a->channels != 1 && a->channels != 3 && a->channels != 4)
        return rni_fail(RN_ERR_ARG, &a->site, op, "pictures have 1, 3 or 4 channels, not %lld", (long long)a->channels);
    if (a->dtype != RN_DTYPE_NONE && a->dtype != RN_F32 && a->dtype != RN_U8)
        return rni_fail(RN_ERR_DTYPE, &a->site, op, "pictures are f32 or u8, not %s", rn_dtype_name(a->dtype));
    if ((unsigned)a->fit > RN_FIT_PAD || (unsigned)a->filter > RN_FILTER_NEAREST)
        return rni_fail(RN_ERR_ARG, &a->site, op, "the fit or the filter is unknown");
    return true;
}

static bool open_set(image_set *s, const rn_dataset_images_args *a)
{
    s->form = (rni_picture_form){ a->channels ? a->channels : 3, a->height, a->width, a->fit, a->filter };
    s->dtype = a->dtype ? a->dtype : RN_F32;
    s->exact = a->width == 0;
    if (!(rni_folder_exists(a->path) ? read_folder(s, a->path) : read_list(s, a->path))) return false;
    if (!s->exact || rni_picture_size(s->pool.at + s->entries[0].path, &s->form.width, &s->form.height)) return true;
    rni_error_add("in", "%s", a->path);
    return false;
}

static rn_dataset *images_dataset(image_set *s, const rn_dataset_images_args *a)
{
    rni_str source = { 0 };
    const char **classes = s->named ? rni_names_list(&s->classes) : NULL;
    const rn_column columns[] = { { "x", s->dtype, RN_SHAPE(s->form.channels, s->form.height, s->form.width), NULL, 0 },
                                  { "t", RN_I32, RN_SCALAR, classes, s->class_count } };
    rn_dataset *ds = NULL;
    rni_str_addf(&source, "images %s", a->path);
    if (!source.failed && (classes || !s->named))
        ds = rn_dataset_new_at(&(rn_dataset_new_args){ .count = s->count,
                                                       .get = images_get,
                                                       .columns = columns,
                                                       .column_count = 2,
                                                       .site = a->site,
                                                       .user = s,
                                                       .free = images_free,
                                                       .source = source.at,
                                                       .partial = true });
    else
        images_free(s);
    rni_free(classes);
    rni_str_free(&source);
    return ds;
}

rn_dataset *rn_dataset_images_at(const rn_dataset_images_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (!rn_ok()) rni_error_trail(&a->site, "dataset_images");
    image_set *s = rn_ok() && check_args(a) ? rni_alloc((int64_t)sizeof *s) : NULL;
    if (!s) return NULL;
    const rn_site *before = rni_site_enter(&a->site);
    rn_dataset *ds = NULL;
    if (open_set(s, a))
        ds = images_dataset(s, a);
    else
        images_free(s);
    rni_site_enter(before);
    return ds;
}
