/* The network is run once with a trace that keeps each layer's result; pictures are tiles of its channels, each value
 * from black (least) to white (most) of the layer. */
#include "report/layers.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "io/codec.h"

#include <rensa/ops.h>

#include "base/nowhere.h"

#include <math.h>
#include <string.h>

enum { BINS = 32, TILES = 64, SIDE_MAX = 512 /* pixels of a tile */, TOP = 5, LAYERS_MAX = 4096 };

typedef struct seen {
    char *path;
    const char *type;
    rn_tensor *y; /* kept */
    rn_link *link;
} seen;

typedef struct looking {
    const char *folder;
    seen *layer;
    int64_t n, capacity;
    bool failed;
    rni_json_writer *w;
} looking;

static void see(void *user, const char *path, const rni_step *s, rn_tensor *y)
{
    looking *l = user;
    if (l->failed || s->inner || l->n == LAYERS_MAX) return;
    seen *p = rni_grow(l->layer, l->n, &l->capacity, (int64_t)sizeof *p);
    l->failed = !p;
    if (!p) return;
    l->layer = p;
    const rn_link_type *type = s->link ? rn_link_type_of(s->link) : NULL;
    l->layer[l->n++] = (seen){ rni_strdup(path), s->op ? s->op->name : type ? type->name : "", rn_keep(y), s->link };
}

/* ---- pictures ---- */

static uint8_t shade(double v, double least, double most)
{
    const double x = most > least ? (v - least) / (most - least) : 0.5;
    return isfinite(x) ? (uint8_t)(x * 255 + 0.5) : 0;
}

/* Planes [n, h, w] beside and below one another, with a line between them. */
static bool write_tiles(const char *folder, const char *name, const double *v, int64_t n, int64_t h, int64_t w,
                        double least, double most)
{
    n = n < TILES ? n : TILES;
    const int64_t across = (int64_t)ceil(sqrt((double)n)), down = (n + across - 1) / across;
    rni_image image = { .width = across * (w + 1) - 1, .height = down * (h + 1) - 1, .channels = 1, .bits = 8 };
    uint8_t *pixels = rni_alloc(image.width * image.height);
    char *path = pixels ? rni_path_join(folder, name) : NULL;
    for (int64_t k = 0; path && k < n; k++)
        for (int64_t i = 0; i < h * w; i++)
            pixels[(k / across * (h + 1) + i / w) * image.width + k % across * (w + 1) + i % w] =
                shade(v[k * h * w + i], least, most);
    image.pixels = pixels;
    const bool ok = path && rni_png_write(path, &image);
    rni_free(pixels);
    rni_free(path);
    return ok;
}

typedef struct figures {
    double mean, std, least, most;
    int64_t bin[BINS];
} figures;

static figures figures_of(const double *v, int64_t n)
{
    figures f = { .least = INFINITY, .most = -INFINITY };
    double squares = 0;
    for (int64_t i = 0; i < n; i++) {
        f.mean += v[i] / (double)n;
        f.least = fmin(f.least, v[i]);
        f.most = fmax(f.most, v[i]);
    }
    for (int64_t i = 0; i < n; i++) {
        const double x = f.most > f.least ? (v[i] - f.least) / (f.most - f.least) * BINS : 0;
        squares += (v[i] - f.mean) * (v[i] - f.mean) / (double)n;
        if (isfinite(x)) f.bin[x < 0 ? 0 : x >= BINS ? BINS - 1 : (int)x]++;
    }
    f.std = sqrt(squares);
    return f;
}

static void put_shape(rni_json_writer *w, const rn_shape *s, int first)
{
    rni_json_write_key(w, "shape");
    rni_json_array_begin(w);
    for (int i = first; i < s->rank; i++) rni_json_write_int(w, s->dim[i]);
    rni_json_array_end(w);
}

static void put_figures(rni_json_writer *w, const figures *f)
{
    rni_json_put_number(w, "mean", f->mean);
    rni_json_put_number(w, "std", f->std);
    rni_json_put_number(w, "min", f->least);
    rni_json_put_number(w, "max", f->most);
    rni_json_write_key(w, "histogram");
    rni_json_array_begin(w);
    for (int i = 0; i < BINS; i++) rni_json_write_int(w, f->bin[i]);
    rni_json_array_end(w);
}

static double *values_of(rn_tensor *t)
{
    const int64_t n = rn_tensor_count(t);
    double *v = rni_alloc((n + 1) * (int64_t)sizeof *v);
    if (v && rn_copy_to(t, RN_F64, v, n * (int64_t)sizeof *v)) return v;
    rni_free(v);
    return NULL;
}

/* Shape, figures and, where they can be drawn, a picture of a tensor whose first `skip` sizes are left out. Vectors are
 * laid out as a square. */
static bool write_tensor(looking *l, rn_tensor *t, int skip, const char *picture)
{
    const rn_shape *s = rn_tensor_shape(t);
    const int rank = s->rank - skip;
    const int64_t n = rn_tensor_count(t);
    double *v = values_of(t);
    if (!v) return false;
    const figures f = figures_of(v, n);
    put_shape(l->w, s, skip);
    put_figures(l->w, &f);
    bool ok = true, drawn = n > 1;
    int64_t h = rank >= 2 ? s->dim[s->rank - 2] : 1, w = rank >= 2 ? s->dim[s->rank - 1] : n;
    if (rank == 1) { /* the last row may be short */
        w = (int64_t)ceil(sqrt((double)n));
        h = n / w ? n / w : 1;
    }
    drawn = drawn && rank >= 1 && h <= SIDE_MAX && w <= SIDE_MAX && h * w <= n && h * w > 0;
    if (drawn) {
        ok = write_tiles(l->folder, picture, v, n / (h * w), h, w, f.least, f.most);
        rni_json_put_string(l->w, "picture", picture);
    }
    rni_free(v);
    return ok;
}

/* ---- layers ---- */

static bool write_layer(looking *l, int64_t i)
{
    const seen *s = &l->layer[i];
    char name[64];
    rni_json_flat_begin(l->w);
    rni_json_object_begin(l->w);
    rni_json_put_string(l->w, "path", s->path);
    rni_json_put_string(l->w, "type", s->type);
    snprintf(name, sizeof name, "layer-%03lld.png", (long long)i);
    bool ok = write_tensor(l, s->y, 1, name);
    rn_tensor *weights = s->link ? rn_link_param(s->link, "W") : NULL;
    if (ok && weights) {
        snprintf(name, sizeof name, "weights-%03lld.png", (long long)i);
        rni_json_write_key(l->w, "weights");
        rni_json_object_begin(l->w);
        ok = write_tensor(l, weights, 0, name);
        rni_json_object_end(l->w);
    }
    rni_json_object_end(l->w);
    rni_json_flat_end(l->w);
    return ok;
}

/* ---- where it looked ---- */

/* Channels of the last layer of pictures, weighed by the mean gradient of the class's score. */
static bool write_cam(looking *l, rn_tensor *y, int64_t class, const rn_column *x)
{
    int64_t at = l->n - 1;
    while (at >= 0 && (rn_tensor_rank(l->layer[at].y) != 4 || rn_tensor_dim(l->layer[at].y, 2) < 2)) at--;
    if (at < 0 || x->shape.rank != 3) return true;
    rn_tensor *a = l->layer[at].y, *g = NULL;
    const int64_t c = rn_tensor_dim(a, 1), h = rn_tensor_dim(a, 2), w = rn_tensor_dim(a, 3), n = h * w;
    rn_tensor *score = rn_take(rn_reshape(y, RN_SHAPE(rn_tensor_count(y))), rn_array_i32(RN_SHAPE(1), (int32_t) class));
    if (!rn_grad(RN_LIST(rn_sum(score)), RN_LIST(a), .grads = &g) || !g) return rn_ok();
    double *value = values_of(a), *slope = value ? values_of(g) : NULL,
           *cam = slope ? rni_alloc(n * (int64_t)sizeof *cam) : NULL;
    double most = 0;
    for (int64_t k = 0; cam && k < c; k++) {
        double weight = 0;
        for (int64_t i = 0; i < n; i++) weight += slope[k * n + i] / (double)n;
        for (int64_t i = 0; i < n; i++) cam[i] += weight * value[k * n + i];
    }
    for (int64_t i = 0; cam && i < n; i++) most = fmax(most, cam[i] = fmax(cam[i], 0));
    const bool ok = cam && write_tiles(l->folder, "gradcam.png", cam, 1, h, w, 0, most > 0 ? most : 1);
    if (ok) {
        rni_json_write_key(l->w, "gradcam");
        rni_json_object_begin(l->w);
        rni_json_put_string(l->w, "picture", "gradcam.png");
        rni_json_put_string(l->w, "layer", l->layer[at].path);
        rni_json_put_int(l->w, "class", class);
        rni_json_object_end(l->w);
    }
    rni_free(value);
    rni_free(slope);
    rni_free(cam);
    return ok;
}

/* ---- what it says ---- */

static bool write_top(looking *l, const rni_watch *w, rn_tensor *y, int64_t *first)
{
    const rn_dataset *set = w->data->set;
    const rn_column *t = rn_dataset_column(set, rn_dataset_find_column(set, w->goal.target));
    const int64_t n = rn_tensor_count(y);
    double *p = values_of(y);
    if (!p) return false;
    rni_goal_probabilities(&w->goal, p, n);
    rni_json_write_key(l->w, "top");
    rni_json_array_begin(l->w);
    for (int r = 0; r < TOP && r < n; r++) {
        int64_t best = 0;
        for (int64_t k = 1; k < n; k++)
            if (p[k] > p[best]) best = k;
        if (r == 0) *first = best;
        char name[32];
        snprintf(name, sizeof name, "%lld", (long long)best);
        rni_json_flat_begin(l->w);
        rni_json_object_begin(l->w);
        rni_json_put_int(l->w, "class", best);
        rni_json_put_string(l->w, "name", t && t->classes && best < t->class_count ? t->classes[best] : name);
        rni_json_put_number(l->w, "probability", p[best]);
        rni_json_object_end(l->w);
        rni_json_flat_end(l->w);
        p[best] = -INFINITY;
    }
    rni_json_array_end(l->w);
    rni_free(p);
    return true;
}

static bool look(looking *l, rni_session *s, rni_watch *w, rn_dataset *set)
{
    rn_iterator *it = rn_iterator_new(set, 1);
    rn_batch *b = it ? rn_next(it) : NULL;
    bool ok = b != NULL;
    const bool training = rn_train_mode(false); /* with history, for the gradient */
    RN_SCOPE
    {
        s->model->trace = see;
        s->model->trace_user = l;
        rn_tensor *y = ok ? rni_goal_output(&w->goal, b) : NULL;
        s->model->trace = NULL;
        int64_t first = 0;
        ok = y && !l->failed && write_top(l, w, y, &first) && write_cam(l, y, first, rn_dataset_column(set, 0));
        rni_json_write_key(l->w, "layers");
        rni_json_array_begin(l->w);
        for (int64_t i = 0; ok && i < l->n; i++) ok = write_layer(l, i);
        rni_json_array_end(l->w);
    }
    rn_train_mode(training);
    rn_iterator_free(it);
    return ok && rn_ok();
}

bool rni_layers_write(rni_session *s, rni_watch *w, rn_dataset *set, const char *folder)
{
    rni_str text = { 0 };
    rni_json_writer writer = { .to = &text, .indent = 1 };
    looking l = { .folder = folder, .w = &writer };
    bool ok = rni_folder_make(folder);
    rni_json_object_begin(&writer);
    ok = ok && look(&l, s, w, set);
    rni_json_object_end(&writer);
    rni_str_add(&text, "\n");
    char *path = ok ? rni_path_join(folder, "layers.json") : NULL;
    ok = path && !text.failed && rni_file_write(path, text.at, text.length);
    for (int64_t i = 0; i < l.n; i++) {
        rn_drop(l.layer[i].y);
        rni_free(l.layer[i].path);
    }
    rni_free(l.layer);
    rni_free(path);
    rni_str_free(&text);
    return ok;
}
