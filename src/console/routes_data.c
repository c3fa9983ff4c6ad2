/* Data sets: a folder each, made by processes of their own; and the known ones. */
#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/file.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/name.h"
#include "console/route.h"
#include "console/view.h"
#include "io/codec.h"
#include "project/project.h"

#include <stdlib.h>
#include <string.h>

static rni_json *load(const rni_console *c, const char *name)
{
    char *path = rni_work_path(c, "data/%s/dataset.json", name);
    rni_json *v = path && rni_file_bytes(path) >= 0 ? rni_json_load(path, 16 << 20) : NULL;
    rni_free(path);
    return v;
}

/* Of the members of dataset.json those that a list needs. */
static bool list_one(void *user, const char *name)
{
    static const char *const large[] = { "columns", "warnings", "defects" };
    rni_request *q = user;
    rni_json *v = load(q->console, name);
    rn_error_clear(); /* a damaged one is left out */
    if (!v) return true;
    rni_json_object_begin(&q->w);
    rni_json_put_string(&q->w, "name", name);
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        const char *key = rni_json_key_at(v, i);
        bool skip = strcmp(key, "name") == 0;
        for (size_t k = 0; k < RN_COUNTOF(large); k++) skip = skip || strcmp(key, large[k]) == 0;
        if (skip) continue;
        rni_json_write_key(&q->w, key);
        rni_json_write_any(&q->w, rni_json_at(v, i));
    }
    rni_json_object_end(&q->w);
    rni_json_free(v);
    return true;
}

static bool list(rni_request *q)
{
    const rn_known_dataset *k;
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "data");
    rni_json_array_begin(&q->w);
    const bool ok = rni_work_list(q->console, "data", list_one, q);
    rni_json_array_end(&q->w);
    rni_json_write_key(&q->w, "known");
    rni_json_array_begin(&q->w);
    for (int i = 0; (k = rn_dataset_known(i)) != NULL; i++) {
        rni_json_object_begin(&q->w);
        rni_json_put_string(&q->w, "name", k->name);
        rni_json_put_string(&q->w, "brief", k->brief);
        rni_json_put_string(&q->w, "origin", k->origin);
        rni_json_object_end(&q->w);
    }
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    return ok;
}

static bool get(rni_request *q)
{
    const char *name = q->parameter[0];
    RNI_TRY(rni_name_check(name, "data set"));
    char *path = rni_work_path(q->console, "data/%s/dataset.json", name);
    const bool ok = path && rni_answer_file(q, path, NULL, "such data set");
    rni_free(path);
    return ok;
}

static bool delete_data(rni_request *q)
{
    RNI_TRY(rni_name_check(q->parameter[0], "data set") && rni_bin_take(q, "data", q->parameter[0]));
    rni_view_forget(q->console, q->parameter[0]);
    rni_events_tell_of(q->console->events, "data", "name", q->parameter[0]);
    q->status = 204;
    return true;
}

/* ---- looking at examples ---- */

static rni_view *view_of(rni_request *q)
{
    static const char *const parts[] = { "train", "test", "valid" };
    const char *part = rni_query_text(q, "part");
    int k = 0;
    while (part && k < 3 && strcmp(parts[k], part) != 0) k++;
    if (k < 3) return rni_view_take(q, q->parameter[0], (rn_part)k);
    rni_refuse(q, 400, "the part is train, test or valid, not \"%.40s\"", part);
    return NULL;
}

static bool statistics(rni_request *q)
{
    rni_view *v = view_of(q);
    const bool ok = v && rni_view_summary(q->console, v, &q->out);
    rni_view_give(q->console, v);
    return ok;
}

enum { CELLS = 64, COLUMNS = 64 };

static void put_cells(rni_json_writer *w, const rn_column *c, const void *values)
{
    int64_t n = rn_column_bytes(c) / rn_dtype_bytes(c->dtype);
    if (n == 1) {
        rni_json_write_number(w, rni_load(c->dtype, values));
        return;
    }
    rni_json_array_begin(w);
    for (int64_t i = 0; i < n && i < CELLS; i++)
        rni_json_write_number(w, rni_load(c->dtype, (const char *)values + i * rn_dtype_bytes(c->dtype)));
    rni_json_array_end(w);
}

/* Its columns, but for pictures, which are asked for one by one. */
static bool put_example(rni_request *q, const rni_view *v, int64_t index, void *const *room)
{
    RNI_TRY(rn_dataset_read(v->set, index, room));
    rni_json_object_begin(&q->w);
    rni_json_put_int(&q->w, "i", index);
    for (int i = 0; i < rn_dataset_column_count(v->set); i++) {
        if (!room[i]) continue;
        rni_json_write_key(&q->w, rn_dataset_column(v->set, i)->name);
        put_cells(&q->w, rn_dataset_column(v->set, i), room[i]);
    }
    rni_json_object_end(&q->w);
    return true;
}

static bool put_examples(rni_request *q, const rni_view *v, void *const *room)
{
    const int64_t offset = rni_query_int(q, "offset", 0), count = rni_query_int(q, "count", 50);
    const int64_t class = rni_query_int(q, "class", -1), all = rn_dataset_count(v->set);
    int64_t total = 0;
    bool ok = true;
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "examples");
    rni_json_array_begin(&q->w);
    for (int64_t i = class < 0 ? offset : 0; ok && i < all && (class >= 0 || i < offset + count); i++) {
        if (class >= 0 && v->label[i] != class) continue;
        if (class < 0 || (total >= offset && total < offset + count)) ok = put_example(q, v, i, room);
        total++;
    }
    rni_json_array_end(&q->w);
    rni_json_put_int(&q->w, "total", class < 0 ? all : total);
    rni_json_object_end(&q->w);
    return ok;
}

static bool examples(rni_request *q)
{
    void *room[COLUMNS] = { NULL };
    rni_view *v = view_of(q);
    bool ok = v && (!rni_query_text(q, "class") || rni_view_labels(q->console, v));
    for (int i = 0; ok && i < rn_dataset_column_count(v->set) && i < COLUMNS; i++) {
        const rn_column *c = rn_dataset_column(v->set, i);
        if (!rni_view_is_picture(c)) ok = (room[i] = rni_alloc(rn_column_bytes(c))) != NULL;
    }
    if (ok && rn_dataset_column_count(v->set) > COLUMNS)
        ok = rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "the data set has more than %d columns", COLUMNS);
    ok = ok && put_examples(q, v, room);
    for (int i = 0; i < COLUMNS; i++) rni_free(room[i]);
    rni_view_give(q->console, v);
    return ok;
}

/* ---- pictures ---- */

/* [channels, height, width] of any type becomes bytes with the channels innermost. Values beyond 0 … 1 are scaled. */
static void paint(const rn_column *c, const void *values, rni_image *to)
{
    const int64_t pixels = to->width * to->height, n = pixels * to->channels, size = rn_dtype_bytes(c->dtype);
    double low = 0, high = c->dtype == RN_U8 ? 255 : 1;
    for (int64_t i = 0; c->dtype != RN_U8 && i < n; i++) {
        const double v = rni_load(c->dtype, (const char *)values + i * size);
        if (v < low) low = v;
        if (v > high) high = v;
    }
    for (int64_t i = 0; i < n; i++) {
        const double v = (rni_load(c->dtype, (const char *)values + i * size) - low) / (high - low);
        ((uint8_t *)to->pixels)[i % pixels * to->channels + i / pixels] =
            (uint8_t)(v >= 0 && v <= 1 ? 255 * v + 0.5 : 0);
    }
}

static int find_picture(rni_request *q, const rni_view *v)
{
    const char *name = rni_query_text(q, "column");
    for (int i = 0; i < rn_dataset_column_count(v->set); i++) {
        const rn_column *c = rn_dataset_column(v->set, i);
        if (rni_view_is_picture(c) && (!name || strcmp(name, c->name) == 0)) return i;
    }
    rni_refuse(q, 404, "the data set has no such column of pictures");
    return -1;
}

static bool encode(rni_request *q, const rni_view *v, int column, int64_t index)
{
    const rn_column *c = rn_dataset_column(v->set, column);
    const rn_shape *s = &c->shape;
    rni_image image = { .width = s->dim[s->rank - 1],
                        .height = s->dim[s->rank - 2],
                        .channels = s->rank == 3 ? (int)s->dim[0] : 1,
                        .bits = 8 };
    void *to[COLUMNS] = { NULL }, *values = rni_alloc(rn_column_bytes(c)), *png = NULL;
    int64_t n = 0;
    image.pixels = rni_alloc(image.width * image.height * image.channels);
    if (column < COLUMNS) to[column] = values;
    bool ok =
        values && image.pixels && rn_dataset_column_count(v->set) <= COLUMNS && rn_dataset_read(v->set, index, to);
    if (ok) paint(c, values, &image);
    ok = ok && rni_png_encode(&image, &png, &n);
    if (ok) rni_str_add_n(&q->out, png, n);
    rni_free(png);
    rni_free(values);
    rni_free(image.pixels);
    return ok;
}

static bool picture(rni_request *q)
{
    const char *number = q->parameter[1];
    if (strspn(number, "0123456789") != strlen(number) || strlen(number) > 15)
        return rni_refuse(q, 404, "there is no such example");
    rni_view *v = view_of(q);
    const int64_t index = strtoll(number, NULL, 10);
    bool ok = v && (index < rn_dataset_count(v->set) || rni_refuse(q, 404, "there is no such example"));
    const int column = ok ? find_picture(q, v) : -1;
    ok = column >= 0 && encode(q, v, column, index);
    rni_view_give(q->console, v);
    if (!ok) return false;
    q->type = "image/png";
    rni_answer_header(q, "Cache-Control", "private, max-age=300");
    return true;
}

#define PART                                                                                                           \
    {                                                                                                                  \
        "part", "train (if left out), test or valid", RNI_FIELD_TEXT, .max = 8                                         \
    }

static const rni_field part_query[] = { PART, { 0 } };

static const rni_field examples_query[] = {
    PART,
    { "offset", "first one", RNI_FIELD_INT, .max = 1e12 },
    { "count", "50, if left out", RNI_FIELD_INT, .max = 1000 },
    { "class", "only those of this class, by number", RNI_FIELD_INT, .max = 1e9 },
    { 0 },
};

static const rni_field picture_query[] = {
    PART,
    { "column", "the first of pictures, if left out", RNI_FIELD_TEXT, .max = 200 },
    { 0 },
};

const rni_route rni_routes_data[] = {
    { "GET", "/data", "All data sets of the work folder, and the known ones",
      "{data: [{name, …}], known: [{name, brief, origin}]}", "rensa data list", RNI_ROLE_VIEWER, list },
    { "GET", "/data/{data}", "A data set: columns, classes, counts, statistics", "dataset.json",
      "cat data/DATA/dataset.json", RNI_ROLE_VIEWER, get },
    { "GET", "/data/{data}/statistics",
      "Columns of a data set (of the work folder, or known), with statistics and classes",
      "{count, looked_at, source, columns: [{name, dtype, shape, picture, class_count, classes, histogram, min, max, "
      "mean, std}]}",
      "rensa data show DATA", RNI_ROLE_VIEWER, statistics, .query = part_query },
    { "GET", "/data/{data}/examples", "Examples, without their pictures",
      "{examples: [{i, COLUMN: value or list}], total}", "rensa data show DATA --samples 20", RNI_ROLE_VIEWER, examples,
      .query = examples_query },
    { "GET", "/data/{data}/picture/{example}", "The picture of an example", "a PNG", NULL, RNI_ROLE_VIEWER, picture,
      .query = picture_query },
    { "DELETE", "/data/{data}", "Moves a data set into the bin", NULL, NULL, RNI_ROLE_USER, delete_data },
    { 0 },
};
