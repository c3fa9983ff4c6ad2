/* MNIST and Fashion-MNIST: four IDX files each, found or downloaded; where MNIST's are not to be had, digits are drawn.
 *
 * The checksums are those of the packed files as published. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "data/data.h"
#include "data/idx.h"
#include "data/source.h"

#include <string.h>

enum { CLASSES = 10 };

typedef struct mnist_like {
    rni_known_set set;
    rni_known_file files[2][2]; /* train and test: images, labels */
    const char *classes[CLASSES];
    bool drawn; /* can be replaced by drawn digits */
} mnist_like;

static const mnist_like mnist = {
    .set = { "mnist",
             "mnist",
             { "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/",
               "https://raw.githubusercontent.com/fgnt/mnist/master/" } },
    .files = { { { "train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                   9912422 },
                 { "train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                   28881 } },
               { { "t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                   1648877 },
                 { "t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                   4542 } } },
    .classes = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" },
    .drawn = true,
};

static const mnist_like fashion_mnist = {
    .set = { "fashion-mnist",
             "fashion-mnist",
             { "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
               "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/" } },
    .files = { { { "train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                   26421880 },
                 { "train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                   29515 } },
               { { "t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                   4422102 },
                 { "t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                   5148 } } },
    .classes = { "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
                 "Ankle boot" },
};

static rn_dataset *load(const mnist_like *m, const rni_found *found, const rn_known_args *a)
{
    rni_idx x = { 0 }, t = { 0 };
    if (!rni_idx_load(found->path[0], &x)) return NULL;
    if (x.dtype != RN_U8 || x.shape.rank != 3 || x.shape.dim[1] != 28 || x.shape.dim[2] != 28) {
        rni_fail(RN_ERR_FORMAT, NULL, m->set.name, "these are not images of 28 x 28 bytes");
        rni_error_add("file", "%s", found->path[0]);
    } else if (rni_idx_load(found->path[1], &t)) {
        return rni_idx_dataset(&x, &t,
                               &(rni_idx_options){ .dtype = a->dtype,
                                                   .flat = a->flat,
                                                   .classes = m->classes,
                                                   .class_count = CLASSES,
                                                   .source = found->source,
                                                   .labels = found->path[1] },
                               &a->site);
    }
    rni_idx_free(&x);
    return NULL;
}

static rn_dataset *draw(const mnist_like *m, const rn_known_args *a, const char *why)
{
    static uint64_t said; /* the parts of a set are opened one after the other, and are missing for the same reason */
    const uint64_t reason = why ? rni_hash_text(rni_hash_text(RNI_HASH_START, m->set.name), why).a : 0;
    if (why && __atomic_exchange_n(&said, reason, __ATOMIC_RELAXED) != reason)
        rni_log(RN_LOG_WARN, "data", "drawn digits stand for %s: %s", m->set.name, why);
    else
        rni_log(RN_LOG_INFO, "data", "drawn digits stand for %s%s", m->set.name, why ? "" : ", as asked for");
    return rn_dataset_drawn_at(&(rn_dataset_drawn_args){
        .part = a->part, .site = a->site, .seed = a->seed, .dtype = a->dtype, .flat = a->flat });
}

static rn_dataset *open_set(const mnist_like *m, const rn_known_args *a)
{
    static const char *const sources[] = { "data", "cache", "download", "drawn", NULL };
    static const char *const real_sources[] = { "data", "cache", "download", NULL };
    if (!rni_source_check(a, m->drawn ? sources : real_sources, m->set.name)) return NULL;
    if (a->part != RN_TRAIN && a->part != RN_TEST) {
        rni_fail(RN_ERR_ARG, &a->site, m->set.name, "there is no such part");
        rni_error_add("expect", "train or test");
        rni_error_add("hint",
                      "a part for validation is split off the training set: rn_dataset_split, or the step \"split\"");
        return NULL;
    }
    rni_found found = { 0 };
    char *why = NULL;
    rn_dataset *ds = NULL;
    const rni_find_result r = rni_find_files(&m->set, m->files[a->part], 2, a, &found, &why);
    if (r == RNI_FOUND)
        ds = load(m, &found, a);
    else if (r == RNI_NOT_FOUND && m->drawn && rni_source_allowed(a, "drawn"))
        ds = draw(m, a, a->source ? NULL : why);
    else if (r == RNI_NOT_FOUND) {
        rni_fail(RN_ERR_IO, &a->site, m->set.name, "its files are not to be had");
        rni_error_add("actual", "%s", why);
        rni_error_add("hint", "put them into $RENSA_DATA/%s", m->set.folder);
    }
    rni_found_free(&found);
    rni_free(why);
    return ds;
}

static rn_dataset *open_at_site(const mnist_like *m, const rn_known_args *a)
{
    if (!rn_ok()) {
        rni_error_trail(&a->site, m->set.name);
        return NULL;
    }
    const rn_site *before = rni_site_enter(&a->site);
    rn_dataset *ds = open_set(m, a);
    rni_site_enter(before);
    return ds;
}

rn_dataset *rn_dataset_mnist_at(const rn_known_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return open_at_site(&mnist, args);
}

rn_dataset *rn_dataset_fashion_mnist_at(const rn_known_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return open_at_site(&fashion_mnist, args);
}
