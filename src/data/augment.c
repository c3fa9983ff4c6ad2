/* Augmentation: a list of steps applied to a picture column when an example is read.
 *
 * Each step draws from its own part of a Philox stream that belongs to (seed, epoch, index): the picture does not
 * depend on threads, and adding a step leaves what the others draw as it was. */
#include "data/augment.h"
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"

#include <stddef.h>
#include <string.h>

enum { STEPS_MAX = 64 };

typedef struct augment {
    rn_dataset *ds;
    int column, count;
    uint64_t seed;
    int64_t c, h, w; /* of the picture that comes in */
    int64_t room;    /* floats of the largest picture on the way */
    int64_t out;     /* floats of the picture that comes out */
    struct {
        rn_augment step;
        const rni_augment_kind *kind;
    } steps[];
} augment;

/* Set apart from other draws under the same seed. */
static const uint64_t augment_streams = (uint64_t)0xa6 << 56;

static const rni_augment_kind *const tables[] = { rni_augment_moves, rni_augment_tones };

static const rni_augment_kind *kind_at(int i)
{
    for (size_t t = 0; t < RN_COUNTOF(tables); t++)
        for (const rni_augment_kind *k = tables[t]; k->name; k++)
            if (i-- == 0) return k;
    return NULL;
}

static const char *kind_name(void *user, int i)
{
    (void)user;
    const rni_augment_kind *k = kind_at(i);
    return k ? k->name : NULL;
}

static const char *option_name(void *user, int i)
{
    const rni_augment_kind *k = user;
    return i < RNI_AUGMENT_OPTIONS ? k->option[i].name : NULL;
}

static const rni_augment_kind *find_kind(const char *name, const rn_site *site)
{
    for (int i = 0; kind_at(i); i++)
        if (name && strcmp(kind_at(i)->name, name) == 0) return kind_at(i);
    rni_fail(RN_ERR_ARG, site, "augment", "there is no step \"%s\"", name ? name : "");
    const char *near = rni_nearest(name, kind_name, NULL);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return NULL;
}

static double *option_of(rn_augment *step, const rni_augment_option *o)
{
    return (double *)((char *)step + o->offset);
}

bool rn_augment_set(rn_augment *step, const char *option, double value)
{
    if (!rn_ok()) return false;
    RNI_TRY(rni_given(step, NULL, "augment_set", "step") && rni_given(option, NULL, "augment_set", "option"));
    const rni_augment_kind *k = find_kind(step->name, NULL);
    if (!k) return false;
    for (int i = 0; i < RNI_AUGMENT_OPTIONS && k->option[i].name; i++)
        if (strcmp(k->option[i].name, option) == 0) {
            for (int n = 0; n < k->option[i].count; n++) option_of(step, &k->option[i])[n] = value;
            return true;
        }
    rni_fail(RN_ERR_ARG, NULL, "augment_set", "%s has no option \"%s\"", k->name, option);
    const char *near = rni_nearest(option, option_name, (void *)(uintptr_t)k);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return false;
}

/* Options in range, 0 replaced by the default; options that the step does not have are a mistake. */
static bool check_options(rn_augment *step, const rni_augment_kind *k, const rn_site *site)
{
    rn_augment rest = *step;
    for (int i = 0; i < RNI_AUGMENT_OPTIONS && k->option[i].name; i++) {
        const rni_augment_option *o = &k->option[i];
        double *v = option_of(step, o);
        for (int n = 0; n < o->count; n++) {
            if (v[n] == 0) v[n] = o->usual;
            if (!(v[n] >= o->min && v[n] <= o->max)) {
                rni_fail(RN_ERR_ARG, site, "dataset_augment", "%s: %s is %g", k->name, o->name, v[n]);
                rni_error_add("expect", "%g to %g", o->min, o->max);
                return false;
            }
            option_of(&rest, o)[n] = 0;
        }
    }
    const double *all = (const double *)(const void *)((const char *)&rest + offsetof(rn_augment, height));
    for (size_t n = 0; n < (sizeof rest - offsetof(rn_augment, height)) / sizeof(double); n++)
        if (all[n] != 0) {
            rni_fail(RN_ERR_ARG, site, "dataset_augment", "%s was given an option that it does not have", k->name);
            return false;
        }
    return true;
}

static bool read_steps(augment *a, const rn_dataset_augment_args *args)
{
    rni_planes size = { a->c, a->h, a->w, NULL, NULL };
    a->room = a->c * a->h * a->w;
    for (int i = 0; i < args->count; i++) {
        rn_augment *step = &a->steps[i].step;
        *step = args->steps[i];
        const rni_augment_kind *k = find_kind(step->name, &args->site);
        if (!k || !check_options(step, k, &args->site) || (k->prepare && !k->prepare(step, &size, &args->site)))
            return false;
        step->name = k->name;
        a->steps[i].kind = k;
        if (size.c * size.h * size.w > a->room) a->room = size.c * size.h * size.w;
    }
    a->out = size.c * size.h * size.w;
    a->count = args->count;
    a->h = size.h; /* for the shape of the column; the picture's own size is that of the column below */
    a->w = size.w;
    return true;
}

static void run_steps(const augment *a, const rn_example *e, rni_planes *p)
{
    for (int i = 0; i < a->count; i++) {
        rni_rng rng = { a->seed, augment_streams ^ (uint64_t)e->epoch << 36 ^ (uint64_t)e->index, (uint64_t)i << 32 };
        a->steps[i].kind->apply(&a->steps[i].step, &rng, p);
    }
}

static bool augment_get(void *user, const rn_example *e)
{
    const augment *a = user;
    if (!e->to[a->column]) return rni_dataset_get(a->ds, e);
    float *block = rni_alloc_raw(2 * a->room * (int64_t)sizeof *block);
    if (!block) return false;
    const rn_shape *s = &a->ds->columns[a->column].shape;
    rni_planes p = { a->c, s->dim[s->rank - 2], s->dim[s->rank - 1], block, block + a->room };
    void *to[RNI_COLUMNS_MAX];
    for (int i = 0; i < a->ds->column_count; i++) to[i] = i == a->column ? p.at : e->to[i];
    const bool ok = rni_dataset_get(a->ds, &(rn_example){ e->index, e->epoch, to });
    if (ok) {
        run_steps(a, e, &p);
        memcpy(e->to[a->column], p.at, (size_t)a->out * sizeof *p.at);
    }
    rni_free(block);
    return ok;
}

static void augment_free(void *user)
{
    augment *a = user;
    rn_dataset_free(a->ds);
    rni_free(a);
}

static bool check_column(augment *a, const rn_dataset_augment_args *args)
{
    a->column = rni_column_require(a->ds, args->column ? args->column : "x", &args->site, "dataset_augment");
    if (a->column < 0) return false;
    const rn_column *c = &a->ds->columns[a->column];
    char text[RNI_SHAPE_TEXT];
    if (c->dtype != RN_F32)
        return rni_fail(RN_ERR_DTYPE, &args->site, "dataset_augment", "column \"%s\" is %s, and only f32 is augmented",
                        c->name, rn_dtype_name(c->dtype));
    if (c->shape.rank != 2 && c->shape.rank != 3) {
        rni_fail(RN_ERR_SHAPE, &args->site, "dataset_augment", "column \"%s\" does not hold pictures", c->name);
        rni_error_add("expect", "[C, H, W] or [H, W]");
        rni_error_add("actual", "%s", rni_shape_text(&c->shape, text));
        return false;
    }
    a->c = c->shape.rank == 3 ? c->shape.dim[0] : 1;
    a->h = c->shape.dim[c->shape.rank - 2];
    a->w = c->shape.dim[c->shape.rank - 1];
    return true;
}

static augment *augment_new(rn_dataset *ds, const rn_dataset_augment_args *args)
{
    if (args->count < 0 || args->count > STEPS_MAX || (args->count > 0 && !args->steps)) {
        rni_fail(RN_ERR_ARG, &args->site, "dataset_augment", "there can be 0 to %d steps, not %d", STEPS_MAX,
                 args->count);
        rn_dataset_free(ds);
        return NULL;
    }
    augment *a = rni_alloc((int64_t)sizeof *a + args->count * (int64_t)sizeof a->steps[0]);
    if (!a) {
        rn_dataset_free(ds);
        return NULL;
    }
    a->ds = ds;
    a->seed = args->seed;
    if (check_column(a, args) && read_steps(a, args)) return a;
    augment_free(a);
    return NULL;
}

rn_dataset *rn_dataset_augment_at(const rn_dataset_augment_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    rn_dataset *ds = rni_dataset_hold(args->ds);
    if (!rni_dataset_ready(ds, &args->site, "dataset_augment")) {
        rn_dataset_free(ds);
        return NULL;
    }
    augment *a = augment_new(ds, args);
    if (!a) return NULL;
    rn_column columns[RNI_COLUMNS_MAX];
    memcpy(columns, ds->columns, (size_t)ds->column_count * sizeof *columns);
    rn_shape *s = &columns[a->column].shape;
    s->dim[s->rank - 2] = a->h;
    s->dim[s->rank - 1] = a->w;
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = ds->count,
                                                     .get = augment_get,
                                                     .columns = columns,
                                                     .column_count = ds->column_count,
                                                     .site = args->site,
                                                     .user = a,
                                                     .free = augment_free,
                                                     .source = ds->source,
                                                     .partial = true });
}
