/* Sources of data sets, by name, type and options of the project file. What is done to them afterwards is in steps.c.
 */
#include "project/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/shape.h"
#include "data/data.h"
#include "data/made.h"
#include "data/picture.h"
#include "data/text.h"
#include "project/schema.h"
#include "project/sketch.h"
#include "project/steps.h"

#include <rensa/tensor.h>
#include <string.h>

bool rni_source_is_path(const char *source)
{
    const rn_known_dataset *k;
    for (int i = 0; (k = rn_dataset_known(i)) != NULL; i++)
        if (strcmp(k->name, source) == 0) return false;
    return !rni_text_is_known(source);
}

char *rni_source_path(const rni_project *p, const char *source)
{
    if (source[0] == '/' || rni_file_exists(source)) return rni_strdup(source);
    char *folder = rni_path_folder(rni_json_source(p->json));
    char *path = folder ? rni_path_join(folder, source) : NULL;
    rni_free(folder);
    if (!path || rni_file_exists(path)) return path;
    rni_free(path);
    return rni_strdup(source);
}

/* ---- texts of options ---- */

static const char *text_of(const rni_data *d, const char *key)
{
    return rni_json_string(rni_json_get(d->json, key));
}

static int64_t int_of(const rni_data *d, const char *key)
{
    return rni_json_int(rni_json_get(d->json, key));
}

static bool bool_of(const rni_data *d, const char *key)
{
    return rni_json_bool(rni_json_get(d->json, key));
}

static const char *source_of(const rni_data *d)
{
    const char *own = rni_json_string(d->json);
    return own ? own : text_of(d, "source");
}

/* Number of the option's text in a list that ends with NULL; 0 where it is left out, -1 with an error. */
static int choice_of(const rni_data *d, const char *key, const char *const *choices)
{
    const char *text = text_of(d, key);
    if (!text) return 0;
    rni_str list = { 0 };
    for (int i = 0; choices[i]; i++) {
        if (strcmp(choices[i], text) == 0) {
            rni_str_free(&list);
            return i;
        }
        rni_str_addf(&list, "%s%s", i ? ", " : "", choices[i]);
    }
    rni_json_fail(rni_json_get(d->json, key), RN_ERR_ARG, "\"%s\" cannot be \"%s\"", key, text);
    if (list.at) rni_error_add("expect", "%s", list.at);
    rni_str_free(&list);
    return -1;
}

/* ---- kinds of sources ---- */

typedef struct opening {
    rni_datas *all;
    rni_data *d;
    const char *path;
    rn_site site;
} opening;

static rn_dataset *open_images(const opening *o)
{
    const int fit = choice_of(o->d, "fit", rni_fit_names), filter = choice_of(o->d, "filter", rni_filter_names);
    if (fit < 0 || filter < 0) return NULL;
    return rn_dataset_images_at(&(rn_dataset_images_args){ .path = o->path,
                                                           .site = o->site,
                                                           .width = int_of(o->d, "width"),
                                                           .height = int_of(o->d, "height"),
                                                           .channels = int_of(o->d, "channels"),
                                                           .fit = (rn_fit)fit,
                                                           .filter = (rn_filter)filter });
}

/* The categories of a table are those of the one that is trained with. */
static rn_dataset *csv_like(const opening *o)
{
    const rni_data *first = &o->all->at[0];
    return first != o->d && first->state == 2 && rn_dataset_feature(first->whole, 0) ? first->whole : NULL;
}

/* The arguments of a table; `number` holds the text of a target given as a number. */
static bool read_csv_args(const rni_data *d, const char *path, char number[32], rn_dataset_csv_args *out)
{
    static const char *const missing[] = { "error", "mean", "median", "zero", "skip", NULL };
    static const char *const header[] = { "auto", "yes", "no", NULL };
    const int m = choice_of(d, "missing", missing), h = choice_of(d, "header", header);
    const rni_json *target = rni_json_get(d->json, "target");
    const char *separator = text_of(d, "separator");
    snprintf(number, 32, "%lld", (long long)rni_json_int(target));
    if (m < 0 || h < 0) return false;
    if (separator && strlen(separator) != 1)
        return rni_json_fail(rni_json_get(d->json, "separator"), RN_ERR_ARG, "the separator is not one character");
    *out = (rn_dataset_csv_args){ .path = path,
                                  .site = { rni_json_source(d->json), d->name, rni_json_line(d->json), 0 },
                                  .target = rni_json_is_int(target) ? number : rni_json_string(target),
                                  .inputs = text_of(d, "columns"),
                                  .ignore = text_of(d, "ignore"),
                                  .classify = bool_of(d, "classify"),
                                  .ordinal = bool_of(d, "ordinal"),
                                  .missing = (rn_missing)m,
                                  .header = (rn_header)h,
                                  .separator = separator ? separator[0] : 0 };
    return true;
}

static rn_dataset *open_csv(const opening *o)
{
    rn_dataset_csv_args a;
    char number[32];
    if (!read_csv_args(o->d, o->path, number, &a)) return NULL;
    a.like = csv_like(o);
    return rn_dataset_csv_at(&a);
}

static rn_dataset *open_nnc(const opening *o)
{
    return rn_dataset_nnc_at(&(rn_dataset_nnc_args){
        .path = o->path, .site = o->site, .labels = text_of(o->d, "labels"), .raw = bool_of(o->d, "raw") });
}

static rn_dataset *open_idx(const opening *o)
{
    char *labels = text_of(o->d, "labels") ? rni_source_path(o->all->project, text_of(o->d, "labels")) : NULL;
    rn_dataset *ds = rn_ok() ? rn_dataset_idx_at(&(rn_dataset_idx_args){
                                   .path = o->path, .site = o->site, .labels = labels, .flat = bool_of(o->d, "flat") })
                             : NULL;
    rni_free(labels);
    return ds;
}

/* ---- texts ---- */

/* The first nine tenths are to be trained on, the rest is for evaluation, unless no part is asked for. */
static rn_text *part_of_text(const opening *o, rn_text *whole)
{
    if (!whole || !o->d->part_given) return whole;
    const int64_t n = rn_text_count(whole), train = n - n / 10;
    const bool first = o->d->part == RN_TRAIN;
    rn_text *t = rn_text_slice_at(&o->site, whole, first ? 0 : train, first ? train : n - train);
    rn_text_free(whole);
    return t;
}

static rn_text *load_text(const opening *o)
{
    static const char *const by[] = { "char", "word", NULL };
    const char *source = source_of(o->d);
    const rni_data *first = &o->all->at[0];
    const int k = choice_of(o->d, "by", by);
    if (k < 0) return NULL;
    if (rni_text_is_known(source))
        return rn_text_known_at(source, &(rn_known_args){ .part = o->d->part,
                                                          .site = o->site,
                                                          .offline = o->all->args.offline,
                                                          .progress = o->all->args.progress,
                                                          .user = o->all->args.user });
    rn_vocab *vocab = first != o->d && first->state == 2 && first->text ? rn_text_vocab(first->text) : NULL;
    return part_of_text(o, rn_text_load_at(&(rn_text_load_args){
                               .path = o->path, .site = o->site, .by = (rn_token)k, .vocab = vocab }));
}

static rn_dataset *open_text(const opening *o)
{
    const int64_t length = rni_json_get(o->d->json, "length") ? int_of(o->d, "length") : 64;
    rn_text *t = o->d->text = load_text(o);
    o->d->streams = bool_of(o->d, "streams");
    if (!t) return NULL;
    if (o->d->streams) {
        const int64_t batch = o->all->args.batch > 0 ? o->all->args.batch : 1;
        /* what is evaluated may be too short for as many streams as are trained */
        const int64_t fit = rn_text_count(t) / (length + 1);
        o->d->stream_count = fit > 0 && fit < batch ? fit : batch;
        return rn_text_streams_at(&o->site, t, length, o->d->stream_count);
    }
    return rn_text_windows_at(&(rn_text_windows_args){ .text = t,
                                                       .length = length,
                                                       .site = o->site,
                                                       .stride = int_of(o->d, "stride"),
                                                       .random = bool_of(o->d, "random"),
                                                       .seed = (uint64_t)int_of(o->d, "seed") });
}

/* ---- which kind ---- */

static rn_dataset *open_other(const opening *o)
{
    const char *source = source_of(o->d);
    const bool known = !rni_source_is_path(source);
    return rn_dataset_open_at(
        &(rn_dataset_open_args){ .name = known ? source : o->path,
                                 .part = known || rni_folder_exists(o->path) ? o->d->part : RN_TRAIN,
                                 .site = o->site,
                                 .flat = bool_of(o->d, "flat"),
                                 .seed = (uint64_t)int_of(o->d, "seed"),
                                 .offline = o->all->args.offline,
                                 .progress = o->all->args.progress,
                                 .user = o->all->args.user });
}

typedef struct kind {
    const char *name;
    rn_dataset *(*open)(const opening *o);
    const char *members[12]; /* that only this kind has */
} kind;

static const kind kinds[] = {
    { "csv", open_csv, { "target", "columns", "ignore", "classify", "ordinal", "missing", "header", "separator" } },
    { "images", open_images, { "width", "height", "channels", "fit", "filter" } },
    { "nnc", open_nnc, { "raw" } },
    { "idx", open_idx, { NULL } },
    { "text", open_text, { "length", "by", "streams", "stride", "random" } },
};

static const char *kind_name(void *user, int i)
{
    (void)user;
    return i < (int)RN_COUNTOF(kinds) ? kinds[i].name : NULL;
}

/* The kind that is asked for, or to which an option belongs; NULL: the name says it. */
static bool find_kind(const rni_data *d, const kind **out)
{
    const rni_json *type = rni_json_get(d->json, "type");
    *out = rni_text_is_known(source_of(d)) ? &kinds[RN_COUNTOF(kinds) - 1] : NULL;
    for (size_t i = 0; type && i < RN_COUNTOF(kinds); i++)
        if (strcmp(kinds[i].name, rni_json_string(type)) == 0) *out = &kinds[i];
    if (type && !*out) return rni_unknown(type, "kind of data called", rni_json_string(type), kind_name, NULL);
    for (size_t i = 0; i < RN_COUNTOF(kinds); i++)
        for (int k = 0; kinds[i].members[k]; k++) {
            const rni_json *v = rni_json_get(d->json, kinds[i].members[k]);
            if (!v || *out == &kinds[i]) continue;
            if (*out || !rni_source_is_path(source_of(d)))
                return rni_json_fail(v, RN_ERR_ARG, "\"%s\" belongs to data of the kind \"%s\"", rni_json_key(v),
                                     kinds[i].name);
            *out = &kinds[i];
        }
    return true;
}

/* Whether a folder has that part itself. */
static bool has_part(const char *folder, rn_part part)
{
    if (rni_made_exists(folder)) return rni_made_has(folder, part);
    char *inside = rni_path_join(folder, rni_part_name(part));
    const bool has = inside && rni_folder_exists(inside);
    rni_free(inside);
    return has;
}

/* Files, and folders without parts, are divided: four fifths to train with, the rest for evaluation. */
static rn_dataset *divide(const opening *o, rn_dataset *ds)
{
    const char *source = source_of(o->d);
    if (!ds || !o->d->part_given || o->d->text || !rni_source_is_path(source)) return ds;
    if (rni_folder_exists(o->path) && has_part(o->path, rni_made_exists(o->path) ? RN_TEST : RN_TRAIN)) return ds;
    rn_dataset *parts[2] = { 0 };
    rn_dataset_split_at(&(rn_dataset_split_args){ .ds = ds,
                                                  .fractions = (const double[]){ 0.8, 0.2 },
                                                  .count = 2,
                                                  .parts = parts,
                                                  .site = o->site,
                                                  .seed = (uint64_t)int_of(o->d, "seed") });
    rn_dataset_free(ds);
    const int keep = o->d->part != RN_TRAIN;
    rn_dataset_free(parts[!keep]);
    return parts[keep];
}

static rn_dataset *open_base(opening *o)
{
    const char *source = source_of(o->d);
    const kind *k;
    if (!find_kind(o->d, &k)) return NULL;
    char *path = rni_source_is_path(source) ? rni_source_path(o->all->project, source) : NULL;
    if (!rn_ok()) return NULL;
    o->path = path;
    const rn_part part = o->d->part;
    if (path && rni_folder_exists(path) && part != RN_TRAIN && !has_part(path, part) && !rni_made_has(path, RN_TEST))
        o->d->part = RN_TRAIN; /* a folder without parts is opened as a whole */
    rn_dataset *ds = k ? k->open(o) : open_other(o);
    o->d->part = part;
    o->d->whole = ds ? rni_dataset_hold(ds) : NULL;
    ds = divide(o, ds);
    rni_free(path);
    return ds;
}

static bool limit(const opening *o)
{
    const int64_t most = o->all->args.limit, side = o->d->stream_count;
    int64_t n = rn_dataset_count(o->d->base);
    if (most <= 0 || n <= most) return true;
    n = side && most >= side ? most / side * side : most; /* streams end together */
    rn_dataset *part = rn_dataset_subset_at(&o->site, o->d->base, 0, n);
    rn_dataset_free(o->d->base);
    o->d->base = part;
    return part != NULL;
}

static bool open_data(rni_datas *all, rni_data *d)
{
    if (all->args.sketches && rni_sketch_find(all->args.sketches, all, d)) return true;
    opening o = { .all = all, .d = d, .site = { rni_json_source(d->json), d->name, rni_json_line(d->json), 0 } };
    const rn_site *before = rni_site_enter(&o.site);
    d->base = open_base(&o);
    const bool ok = d->base && limit(&o);
    rni_site_enter(before);
    if (ok && rni_steps_run(all, d) &&
        (rn_dataset_count(d->set) > 0 || rni_fail(RN_ERR_ARG, NULL, NULL, "no example is left")))
        return !all->args.sketches || rni_sketch_add(all->args.sketches, all, d);
    if (ok && all->args.limit > 0)
        rni_error_add("limit", "only the first %lld examples were taken, before the steps", (long long)all->args.limit);
    char place[RNI_JSON_PLACE];
    rni_error_add("in", "%s, data set \"%s\"", rni_json_place(d->json, place), d->name);
    return false;
}

/* ---- the whole ---- */

static bool add(rni_datas *all, const char *name, const rni_json *v)
{
    rni_data *d = &all->at[all->n++];
    *d = (rni_data){ .name = name, .json = v };
    rni_part_by_name(name, &d->part);
    if (rni_json_type_of(v) == RNI_JSON_STRING) return true;
    if (!rni_members_check(v, rni_members_data, "data set", false)) return false;
    if (!rni_json_get(v, "source")) return rni_json_fail(v, RN_ERR_ARG, "the data set \"%s\" has no \"source\"", name);
    const rni_json *part = rni_json_get(v, "part");
    if (!part) return true;
    d->part_given = true;
    if (rni_part_by_name(rni_json_string(part), &d->part)) return true;
    rni_json_fail(part, RN_ERR_ARG, "there is no part \"%s\"", rni_json_string(part));
    rni_error_add("expect", "train, test or valid");
    return false;
}

static bool add_all(rni_datas *all, const rni_json *v)
{
    if (rni_json_type_of(v) == RNI_JSON_STRING) {
        const bool text = rni_text_is_known(rni_json_string(v));
        if (!add(all, "train", v) || !add(all, text ? "valid" : "test", v)) return false;
        for (int i = 0; i < 2; i++) all->at[i].part_given = true;
        return true;
    }
    for (int64_t i = 0; i < rni_json_count(v); i++)
        if (!add(all, rni_json_key_at(v, i), rni_json_at(v, i)) &&
            !(all->at[all->n - 1].broken = rni_excused(rni_json_at(v, i))))
            return false;
    return true;
}

rni_datas *rni_datas_new(const rni_project *p, const rni_data_args *args)
{
    const rni_json *v = rni_json_get(p->json, "data");
    const int64_t n = rni_json_type_of(v) == RNI_JSON_STRING ? 2 : rni_json_count(v);
    if (n == 0) {
        rni_json_fail(v ? v : p->json, RN_ERR_ARG, "the project has no data");
        rni_error_add("hint",
                      "\"data\": \"mnist\", or \"data\": {\"train\": {\"source\": ...}, \"test\": {\"source\": ...}}");
        return NULL;
    }
    rni_datas *all = rni_alloc((int64_t)sizeof *all);
    if (!all) return NULL;
    all->project = p;
    all->args = *args;
    all->at = rni_alloc(n * (int64_t)sizeof *all->at);
    if (all->at && add_all(all, v)) return all;
    rni_datas_free(all);
    return NULL;
}

void rni_datas_free(rni_datas *all)
{
    if (!all) return;
    for (int64_t i = 0; i < all->n; i++) {
        rn_dataset_free(all->at[i].whole);
        rn_dataset_free(all->at[i].base);
        rn_dataset_free(all->at[i].raw);
        rn_dataset_free(all->at[i].set);
        rn_text_free(all->at[i].text);
    }
    rni_free(all->at);
    rni_free(all);
}

static const char *data_name(void *user, int i)
{
    const rni_datas *all = user;
    return i < all->n ? all->at[i].name : NULL;
}

rni_data *rni_datas_open(rni_datas *all, const char *name, const rni_json *where)
{
    if (!rn_ok()) return NULL;
    rni_data *d = NULL;
    for (int64_t i = 0; i < all->n && !d; i++)
        if (strcmp(all->at[i].name, name) == 0) d = &all->at[i];
    if (!d) {
        rni_unknown(where, "data set", name, data_name, all);
        return NULL;
    }
    if (d->state == 1) {
        rni_json_fail(where, RN_ERR_ARG, "the data set \"%s\" is made from itself", name);
        return NULL;
    }
    if (d->state == 2) return d;
    d->state = 1;
    if (d->broken || !open_data(all, d)) {
        const rni_json *source = rni_json_get(d->json, "source");
        d->broken = rni_excused(source ? source : d->json);
        d->state = 0;
        return NULL;
    }
    d->state = 2;
    return d;
}

int64_t rni_data_classes(const rni_data *d, const char *target)
{
    if (d->text) return rn_vocab_count(rn_text_vocab(d->text));
    const rn_column *t = rn_dataset_column(d->set, rn_dataset_find_column(d->set, target));
    if (!t) return 0;
    int64_t n = t->class_count ? t->class_count : 1;
    for (int i = 0; !t->class_count && i < t->shape.rank; i++) n *= t->shape.dim[i];
    return n;
}

rn_dataset *rni_data_table(const rni_data *d, const char *path)
{
    rn_dataset_csv_args a;
    char number[32];
    if (!rn_dataset_feature(d->whole, 0)) {
        rni_fail(RN_ERR_ARG, NULL, NULL, "the network was not trained with a table");
        rni_error_add("file", "%s", path);
        return NULL;
    }
    if (!read_csv_args(d, path, number, &a)) return NULL;
    a.like = d->whole;
    return rn_dataset_csv_at(&a);
}

rn_tensor *rni_data_pictures(const rni_datas *datas, const rni_data *d, const char *const *paths, int64_t n)
{
    const rn_column *x = rn_dataset_column(d->base, 0);
    if (x->shape.rank != 3 || x->dtype != RN_F32) {
        rni_fail(RN_ERR_ARG, NULL, NULL, "the network does not take pictures");
        if (n > 0) rni_error_add("file", "%s", paths[0]);
        return NULL;
    }
    rni_picture_form form = { x->shape.dim[0], x->shape.dim[1], x->shape.dim[2],
                              (rn_fit)choice_of(d, "fit", rni_fit_names),
                              (rn_filter)choice_of(d, "filter", rni_filter_names) };
    char *source = rni_source_path(datas->project, source_of(d));
    if (source) rni_made_form(source, &form.fit, &form.filter);
    rni_free(source);
    const int64_t each = rni_shape_count(&x->shape);
    int64_t bytes;
    float *all = rni_mul_i64(each * (int64_t)sizeof *all, n, &bytes) ? rni_alloc(bytes) : NULL;
    bool ok = all != NULL;
    for (int64_t i = 0; ok && i < n; i++) ok = rni_picture_read(paths[i], &form, all + i * each);
    rn_tensor *t = ok ? rn_array(RN_F32, RN_SHAPE(n, x->shape.dim[0], x->shape.dim[1], x->shape.dim[2]), all) : NULL;
    rni_free(all);
    return t;
}
