/* Steps of augmentation: a row per kind, with its options and the function that does it. */
#ifndef RNI_DATA_AUGMENT_H
#define RNI_DATA_AUGMENT_H

#include "base/rng.h"

#include <rensa/data.h>

/* A picture on its way through the steps. A step changes it in place, or writes into `spare` and exchanges the two. */
typedef struct rni_planes {
    int64_t c, h, w;
    float *at, *spare; /* [c, h, w]; each has room for the largest size on the way */
} rni_planes;

typedef struct rni_augment_option {
    const char *name;
    int offset, count;      /* of doubles in rn_augment */
    double usual, min, max; /* usual: what 0 means */
} rni_augment_option;

enum { RNI_AUGMENT_OPTIONS = 6 };

typedef struct rni_augment_kind {
    const char *name;
    rni_augment_option option[RNI_AUGMENT_OPTIONS];
    /* Fills in defaults that depend on other options and checks what depends on the picture: sets h and w to what comes
     * out. NULL where there is nothing of the kind. */
    bool (*prepare)(rn_augment *step, rni_planes *size, const rn_site *site);
    void (*apply)(const rn_augment *step, rni_rng *rng, rni_planes *p);
} rni_augment_kind;

#define RNI_AUGMENT_OPTION(field, usual, min, max)                                                                     \
    {                                                                                                                  \
#field, (int)offsetof(rn_augment, field), (int)(sizeof(((rn_augment *)0)->field) / sizeof(double)), usual,     \
            min, max                                                                                                   \
    }

/* The rows; each file ends its own with a row without a name. */
extern const rni_augment_kind rni_augment_moves[], rni_augment_tones[];

static inline double rni_augment_between(rni_rng *rng, double low, double high)
{
    return low + (high - low) * rni_rng_uniform(rng);
}

#endif
