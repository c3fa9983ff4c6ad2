/* Drawn digits as a data set in MNIST's form. A digit is drawn when it is first asked for and kept as bytes from then
 * on, so that the second epoch costs no more than reading MNIST. */
#include "data/data.h"
#include "data/drawn.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

enum { ABSENT, BUSY, PRESENT };

typedef struct drawn_set {
    rn_dataset_drawn_args args;
    uint8_t *pixels; /* [count, 784] */
    uint8_t *labels; /* [count] */
    _Atomic unsigned char *state;
} drawn_set;

/* The digit into `pixels`, from memory where it is there. Two threads that want the same digit at the same time both
 * draw it, and one of them keeps it. */
static int digit_at(drawn_set *s, int64_t i, uint8_t *pixels)
{
    uint8_t *kept = s->pixels + i * RNI_DRAWN_PIXELS;
    if (atomic_load_explicit(&s->state[i], memory_order_acquire) == PRESENT) {
        memcpy(pixels, kept, RNI_DRAWN_PIXELS);
        return s->labels[i];
    }
    const int digit = rni_draw_digit(s->args.seed, (int)s->args.part, i, pixels);
    unsigned char absent = ABSENT;
    if (atomic_compare_exchange_strong(&s->state[i], &absent, BUSY)) {
        memcpy(kept, pixels, RNI_DRAWN_PIXELS);
        s->labels[i] = (uint8_t)digit;
        atomic_store_explicit(&s->state[i], PRESENT, memory_order_release);
    }
    return digit;
}

static bool drawn_get(void *user, const rn_example *e)
{
    drawn_set *s = user;
    uint8_t pixels[RNI_DRAWN_PIXELS];
    const int32_t digit = digit_at(s, e->index, pixels);
    if (e->to[0] && s->args.dtype == RN_U8) memcpy(e->to[0], pixels, sizeof pixels);
    if (e->to[0] && s->args.dtype == RN_F32) rni_unit_from_u8(e->to[0], pixels, RNI_DRAWN_PIXELS);
    if (e->to[1]) memcpy(e->to[1], &digit, sizeof digit);
    return true;
}

static void drawn_free(void *user)
{
    drawn_set *s = user;
    rni_free(s->pixels);
    rni_free(s->labels);
    rni_free((void *)s->state);
    rni_free(s);
}

static drawn_set *drawn_new(const rn_dataset_drawn_args *a)
{
    int64_t bytes;
    if (a->count < 0 || !rni_mul_i64(a->count, RNI_DRAWN_PIXELS, &bytes)) {
        rni_fail(RN_ERR_ARG, &a->site, "dataset_drawn", "%lld digits cannot be drawn", (long long)a->count);
        return NULL;
    }
    if (a->dtype != RN_F32 && a->dtype != RN_U8) {
        rni_fail(RN_ERR_DTYPE, &a->site, "dataset_drawn", "digits are not drawn as %s", rn_dtype_name(a->dtype));
        rni_error_add("expect", "f32 or u8");
        return NULL;
    }
    drawn_set *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    s->args = *a;
    s->pixels = rni_alloc(bytes);
    s->labels = rni_alloc(a->count);
    s->state = rni_alloc(a->count);
    if (s->pixels && s->labels && s->state) return s;
    drawn_free(s);
    return NULL;
}

rn_dataset *rn_dataset_drawn_at(const rn_dataset_drawn_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    static const char *const classes[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
    if (!rn_ok()) {
        rni_error_trail(&args->site, "dataset_drawn");
        return NULL;
    }
    if (!rni_part_check(args->part, &args->site, "dataset_drawn")) return NULL;
    rn_dataset_drawn_args a = *args;
    if (a.count == 0) a.count = a.part == RN_TRAIN ? 60000 : 10000;
    if (a.dtype == RN_DTYPE_NONE) a.dtype = RN_F32;
    drawn_set *s = drawn_new(&a);
    if (!s) return NULL;
    const rn_shape image = RN_SHAPE(1, RNI_DRAWN_SIDE, RNI_DRAWN_SIDE), flat = RN_SHAPE(RNI_DRAWN_PIXELS);
    const rn_column columns[] = { { "x", a.dtype, a.flat ? flat : image, NULL, 0 },
                                  { "t", RN_I32, RN_SCALAR, classes, (int64_t)RN_COUNTOF(classes) } };
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = a.count,
                                                     .get = drawn_get,
                                                     .columns = columns,
                                                     .column_count = 2,
                                                     .site = a.site,
                                                     .user = s,
                                                     .free = drawn_free,
                                                     .source = "drawn digits",
                                                     .partial = true });
}
