/* Data sets by name: the table of known ones, and files and folders by what they are. */
#include "data/made.h"
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "data/csv.h"
#include "data/source.h"

#include <ctype.h>
#include <string.h>

static rn_dataset *open_drawn(const rn_known_args *a)
{
    static const char *const sources[] = { "drawn", NULL };
    if (!rni_source_check(a, sources, "drawn")) return NULL;
    return rn_dataset_drawn_at(&(rn_dataset_drawn_args){
        .part = a->part, .site = a->site, .seed = a->seed, .dtype = a->dtype, .flat = a->flat });
}

static const struct known_row {
    rn_known_dataset info;
    rn_dataset *(*open)(const rn_known_args *args);
} rows[] = {
    { { "mnist", "70,000 handwritten digits, 28 x 28 gray", "LeCun, Cortes, Burges; CC BY-SA 3.0" },
      rn_dataset_mnist_at },
    { { "fashion-mnist", "70,000 garments of 10 kinds, 28 x 28 gray", "Zalando SE; MIT" },
      rn_dataset_fashion_mnist_at },
    { { "cifar10", "60,000 photographs of 10 kinds, 32 x 32 RGB", "Krizhevsky 2009" }, rn_dataset_cifar10_at },
    { { "drawn", "70,000 digits drawn on the spot, in MNIST's form", "Rensa; MIT" }, open_drawn },
};

const rn_known_dataset *rn_dataset_known(int i)
{
    return i >= 0 && i < (int)RN_COUNTOF(rows) ? &rows[i].info : NULL;
}

static const char *known_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(rows) ? rows[i].info.name : NULL;
}

static const char *const part_names[] = { [RN_TRAIN] = "train", [RN_TEST] = "test", [RN_VALID] = "valid" };

const char *rni_part_name(rn_part part)
{
    return part_names[part];
}

bool rni_part_check(rn_part part, const rn_site *site, const char *op)
{
    if ((unsigned)part < RN_COUNTOF(part_names)) return true;
    rni_fail(RN_ERR_ARG, site, op, "there is no part %d", (int)part);
    rni_error_add("expect", "RN_TRAIN, RN_TEST or RN_VALID");
    return false;
}

bool rni_part_by_name(const char *name, rn_part *part)
{
    for (int i = 0; i < (int)RN_COUNTOF(part_names); i++) {
        if (strcmp(name, part_names[i]) != 0) continue;
        *part = (rn_part)i;
        return true;
    }
    return false;
}

/* A folder of pictures, or one with such folders called train, test and valid. */
static rn_dataset *open_folder(const rn_dataset_open_args *a)
{
    rn_dataset *ds = NULL;
    if (rni_made_exists(a->name)) return rni_made_open(a->name, a->part, &a->site);
    char *inside = rni_path_join(a->name, rni_part_name(a->part));
    const bool split = inside && rni_folder_exists(inside);
    if (inside && !split && a->part != RN_TRAIN) {
        rni_fail(RN_ERR_ARG, &a->site, "dataset_open", "the folder has no part \"%s\"", rni_part_name(a->part));
        rni_error_add("file", "%s", a->name);
    } else if (inside)
        ds = rn_dataset_images_at(
            &(rn_dataset_images_args){ .path = split ? inside : a->name, .site = a->site, .dtype = a->dtype });
    rni_free(inside);
    return ds;
}

/* Whether the first row is a header as Neural Network Console writes it: some cell has an index (NAME__0), or all have
 * a label (NAME:LABEL). */
static bool has_nnc_header(const char *path)
{
    void *bytes = NULL;
    int64_t n = 0, indexed = 0, labelled = 0, named = 0;
    if (!rni_read_unpacked(path, &bytes, &n)) return false;
    rni_csv csv;
    rni_csv_begin(&csv, bytes, n, ',', path);
    const bool any = rni_csv_next(&csv) > 0;
    for (int64_t i = 0; any && i < csv.count; i++) {
        const rni_csv_cell *c = &csv.cells[i];
        if (c->n == 0 || c->at[0] == '#') continue;
        const char *end = c->at + c->n, *bar = memmem(c->at, (size_t)c->n, "__", 2);
        const bool letter = isalpha((unsigned char)c->at[0]);
        named++;
        labelled += letter && memchr(c->at, ':', (size_t)c->n) != NULL;
        indexed += letter && bar && bar + 2 < end && isdigit((unsigned char)bar[2]);
    }
    rn_error_clear(); /* what is wrong with the table is said by its reader */
    rni_csv_end(&csv);
    rni_free(bytes);
    return indexed > 0 || (named > 0 && labelled == named);
}

static rn_dataset *open_table(const rn_dataset_open_args *a)
{
    const bool nnc = has_nnc_header(a->name);
    if (!rn_ok()) return NULL;
    if (nnc) return rn_dataset_nnc_at(&(rn_dataset_nnc_args){ .path = a->name, .site = a->site });
    return rn_dataset_csv_at(&(rn_dataset_csv_args){ .path = a->name, .site = a->site });
}

static rn_dataset *open_list(const rn_dataset_open_args *a)
{
    return rn_dataset_images_at(&(rn_dataset_images_args){ .path = a->name, .site = a->site, .dtype = a->dtype });
}

static rn_dataset *open_idx(const rn_dataset_open_args *a)
{
    return rn_dataset_idx_at(
        &(rn_dataset_idx_args){ .path = a->name, .site = a->site, .dtype = a->dtype, .flat = a->flat });
}

static const struct {
    const char *ending;
    rn_dataset *(*open)(const rn_dataset_open_args *args);
} kinds[] = {
    { ".csv", open_table }, { ".csv.gz", open_table }, { ".txt", open_list },     { "-ubyte", open_idx },
    { ".idx", open_idx },   { ".idx.gz", open_idx },   { "-ubyte.gz", open_idx },
};

static rn_dataset *open_path(const rn_dataset_open_args *a)
{
    if (!rni_part_check(a->part, &a->site, "dataset_open")) return NULL;
    if (rni_folder_exists(a->name)) return open_folder(a);
    const bool there = rni_file_exists(a->name);
    for (size_t i = 0; there && i < RN_COUNTOF(kinds); i++) {
        if (!rni_path_has_extension(a->name, kinds[i].ending)) continue;
        if (a->part == RN_TRAIN) return kinds[i].open(a);
        rni_fail(RN_ERR_ARG, &a->site, "dataset_open", "a file has no parts");
        rni_error_add("file", "%s", a->name);
        return NULL;
    }
    rni_fail(there ? RN_ERR_UNSUPPORTED : RN_ERR_ARG, &a->site, "dataset_open",
             there ? "\"%s\" is no kind of file that examples are read from"
                   : "\"%s\" is neither a known data set nor a file",
             a->name);
    if (there) rni_error_add("expect", "a folder of pictures, .csv, a list of pictures (.txt) or IDX");
    const char *near = there ? NULL : rni_nearest(a->name, known_name, NULL);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return NULL;
}

rn_dataset *rn_dataset_open_at(const rn_dataset_open_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (rn_ok() && !a->name) rni_fail(RN_ERR_ARG, &a->site, "dataset_open", "the name is missing");
    if (!rn_ok()) {
        rni_error_trail(&a->site, "dataset_open");
        return NULL;
    }
    const rn_known_args known = { .part = a->part,
                                  .site = a->site,
                                  .source = a->source,
                                  .offline = a->offline,
                                  .dtype = a->dtype,
                                  .flat = a->flat,
                                  .seed = a->seed,
                                  .progress = a->progress,
                                  .user = a->user };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++)
        if (strcmp(rows[i].info.name, a->name) == 0) return rows[i].open(&known);
    return open_path(a);
}
