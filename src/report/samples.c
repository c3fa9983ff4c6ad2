/* The part of a report that is about data sets: what they are, and pictures of them. */
#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/shape.h"
#include "data/data.h"
#include "io/codec.h"
#include "report/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 40, SCANNED = 4000, SIDE_MAX = 1024 };

/* Whether a column holds pictures: [channels, height, width]. */
static bool is_picture(const rn_column *c)
{
    const rn_shape *s = &c->shape;
    return s->rank == 3 && (s->dim[0] == 1 || s->dim[0] == 3) && s->dim[1] > 1 && s->dim[2] > 1 &&
           s->dim[1] <= SIDE_MAX && s->dim[2] <= SIDE_MAX;
}

/* As a PNG, stretched so that its least value is black and its largest white unless all lie from 0 to 1. */
static bool encode(const rn_column *c, const void *values, void **png, int64_t *bytes)
{
    const int64_t channels = c->shape.dim[0], plane = c->shape.dim[1] * c->shape.dim[2], n = channels * plane;
    const int64_t size = rn_dtype_bytes(c->dtype);
    double low = 0, high = c->dtype == RN_U8 ? 255 : 1;
    for (int64_t i = 0; i < n; i++) {
        const double v = rni_load(c->dtype, (const char *)values + i * size);
        low = fmin(low, v);
        high = fmax(high, v);
    }
    uint8_t *pixels = rni_alloc(n);
    if (!pixels) return false;
    for (int64_t i = 0; i < n; i++) {
        const double v = rni_load(c->dtype, (const char *)values + i * size);
        pixels[i % plane * channels + i / plane] = isfinite(v) ? (uint8_t)lround(255 * (v - low) / (high - low)) : 0;
    }
    const rni_image image = {
        .width = c->shape.dim[2], .height = c->shape.dim[1], .channels = (int)channels, .bits = 8, .pixels = pixels
    };
    const bool ok = rni_png_encode(&image, png, bytes);
    rni_free(pixels);
    return ok;
}

typedef struct sampling {
    rn_dataset *set;
    const rn_column *x, *t; /* t: NULL where there are no classes */
    int xi, ti;
    int64_t each;    /* at most so many of a class */
    int64_t *counts; /* of each class so far */
} sampling;

static bool add_sample(rni_document *r, sampling *s, void *const *to, rni_shots *shots)
{
    const int64_t class = s->t ? (int64_t)rni_load(s->t->dtype, to[s->ti]) : -1;
    if (s->t && (class < 0 || class >= s->t->class_count || s->counts[class] >= s->each)) return true;
    rni_shot *shot = &shots->at[shots->n];
    if (!encode(s->x, to[s->xi], &shot->png, &shot->bytes) || !rni_document_own(r, shot->png)) return false;
    if (s->t) s->counts[class]++;
    shot->width = s->x->shape.dim[2];
    shot->height = s->x->shape.dim[1];
    shot->caption = s->t && s->t->classes ? rni_document_text(r, "%s", s->t->classes[class])
                    : s->t                ? rni_document_text(r, "%lld", (long long)class)
                                          : "";
    shots->n++;
    return true;
}

static int by_caption(const void *a, const void *b)
{
    const rni_shot *x = a, *y = b;
    return strcmp(x->caption ? x->caption : "", y->caption ? y->caption : "");
}

/* Pictures of all classes, of the first that come. */
static bool take_samples(rni_document *r, sampling *s, rni_shots *shots)
{
    const int64_t classes = s->t ? s->t->class_count : 0, count = rn_dataset_count(s->set);
    void *to[RNI_COLUMNS_MAX];
    void *block = rni_dataset_buffers(s->set, to);
    shots->at = rni_document_alloc(r, SAMPLES * (int64_t)sizeof *shots->at);
    s->counts = rni_document_alloc(r, (classes + 1) * (int64_t)sizeof *s->counts);
    s->each = classes > 0 && classes < SAMPLES ? SAMPLES / classes : 1;
    bool ok = block && shots->at && s->counts;
    for (int64_t i = 0; ok && i < count && i < SCANNED && shots->n < SAMPLES; i++)
        ok = rn_dataset_read(s->set, i, to) && add_sample(r, s, to, shots);
    rni_free(block);
    if (ok && s->t) qsort(shots->at, (size_t)shots->n, sizeof *shots->at, by_caption);
    return ok;
}

static void add_pictures(rni_source_run *run, rni_section *section, rni_data *d)
{
    sampling s = { .set = d->raw ? d->raw : d->set };
    s.xi = rn_dataset_find_column(s.set, "x");
    s.ti = rn_dataset_find_column(s.set, "t");
    if (s.xi < 0 || !is_picture(rn_dataset_column(s.set, s.xi))) return;
    s.x = rn_dataset_column(s.set, s.xi);
    if (s.ti >= 0 && rn_dataset_column(s.set, s.ti)->class_count > 0) s.t = rn_dataset_column(s.set, s.ti);
    rni_shots shots = { 0 };
    if (!take_samples(run->report, &s, &shots)) {
        rn_error_clear(); /* a report without pictures is better than none */
        return;
    }
    rni_document_block *b = rni_document_add(run->report, section, RNI_BLOCK_SHOTS, d->name);
    if (b) b->shots = shots;
}

static const char *columns_text(rni_document *r, const rn_dataset *set)
{
    rni_str s = { 0 };
    for (int i = 0; i < rn_dataset_column_count(set) && i < 8; i++) {
        const rn_column *c = rn_dataset_column(set, i);
        char shape[RNI_SHAPE_TEXT];
        rni_str_addf(&s, "%s%s %s %s", i ? ", " : "", c->name, rn_dtype_name(c->dtype),
                     rni_shape_text(&c->shape, shape));
        if (c->class_count) rni_str_addf(&s, " of %lld classes", (long long)c->class_count);
    }
    const char *text = rni_document_text(r, "%s", s.at ? s.at : "");
    rni_str_free(&s);
    return text;
}

/* The source that the run has read under this name; NULL where it does not say. */
static const char *trained_on(const rni_source_run *run, const char *name)
{
    return rni_json_string(rni_json_get(rni_json_get(rni_json_get(run->result, "data"), name), "source"));
}

void rni_document_data(rni_source_run *run)
{
    static const char *const heads[] = { "data set", "source", "examples", "columns" };
    rni_document *r = run->report;
    const rni_json *training = rni_json_get(run->project->json, "training"), *seed = rni_json_get(training, "seed");
    const rni_data_args args = { .batch = 1,
                                 .limit = rni_json_int(rni_json_get(training, "limit")),
                                 .seed = (uint64_t)rni_json_int(seed) };
    rni_datas *all = rni_datas_new(run->project, &args);
    if (!all) return;
    rni_section *section = rni_document_section(r, "Data");
    rni_table *t = rni_document_table(r, section, NULL, all->n + 1, RN_COUNTOF(heads));
    for (int64_t c = 0; c < (int64_t)RN_COUNTOF(heads); c++) rni_document_cell(r, t, 0, c, "%s", heads[c]);
    for (int64_t i = 0; i < all->n; i++) {
        t = &section->block[0].table;
        const rni_data *d = rni_datas_open(all, all->at[i].name, all->at[i].json);
        rni_document_cell(r, t, i + 1, 0, "%s", all->at[i].name);
        if (!d) {
            const rn_error *e = rn_error_last();
            rni_document_cell(r, t, i + 1, 1, "%s", e ? e->message : "");
            rn_error_clear();
            continue;
        }
        const char *source = rn_dataset_source(d->whole ? d->whole : d->set), *was = trained_on(run, d->name);
        rni_document_cell(r, t, i + 1, 1, "%s", was ? was : source ? source : "");
        if (d->set && (!was || strcmp(was, source) == 0)) {
            rni_document_cell(r, t, i + 1, 2, "%s", rni_document_count(r, (double)rn_dataset_count(d->set)));
            rni_document_cell(r, t, i + 1, 3, "%s", columns_text(r, d->set));
            add_pictures(run, section, &all->at[i]);
        }
    }
    rni_datas_free(all);
}
