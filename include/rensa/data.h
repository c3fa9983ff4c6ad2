/* Data sets, what is made of them, and iterators that hand out batches.
 *
 * A data set is a number of examples with the same named, typed columns: "x" f32 [1, 28, 28] and "t" i32 []. Data sets
 * are made from files or memory, and from other data sets (subset, split, concatenation, augmentation, …). They never
 * change, may be read by any number of threads, and give the same example for the same (epoch, index) each time.
 *
 * Lifetimes: what rn_dataset_… returns is owned: give it back with rn_dataset_free. What is made from a data set, and
 * an iterator over it, holds a reference of its own. rn_dataset_pass hands yours on instead, so that calls can be
 * nested:
 *
 *     rn_dataset *d = rn_dataset_subset(rn_dataset_pass(rn_dataset_mnist(RN_TRAIN)), 0, 1000);
 *
 * As everywhere, NULL in gives NULL out, and while an error is pending nothing is done. */
#ifndef RENSA_DATA_H
#define RENSA_DATA_H

#include <rensa/base.h>
#include <rensa/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_dataset rn_dataset;

typedef enum rn_part { RN_TRAIN, RN_TEST, RN_VALID } rn_part;

/* One column of a data set. Class names are borrowed from the data set. */
typedef struct rn_column {
    const char *name;
    rn_dtype dtype;
    rn_shape shape;             /* of one example; a batch has the number of examples in front */
    const char *const *classes; /* names of the values 0 … class_count - 1; NULL where they have none */
    int64_t class_count;        /* 0: the column does not hold class numbers */
} rn_column;

/* ---- what a data set is ---- */

/** Gives back a reference. NULL is fine. Thread-safe: yes. */
RN_API void rn_dataset_free(rn_dataset *ds);
/** Leaves your reference in ds for the next call that is given ds and holds it (what is made from data sets, and
 * iterators), which then adds none of its own; if that call fails it gives the reference back. So do not free ds
 * yourself, nor pass it to anything else before. Each call leaves one reference. NULL is fine. Returns ds. */
RN_API rn_dataset *rn_dataset_pass(rn_dataset *ds);
/** Number of examples; 0 for NULL. Thread-safe: yes, as the following. */
RN_API int64_t rn_dataset_count(const rn_dataset *ds);
/** Number of columns; 0 for NULL. */
RN_API int rn_dataset_column_count(const rn_dataset *ds);
/** The i-th column, NULL if there is none. Borrowed from ds. */
RN_API const rn_column *rn_dataset_column(const rn_dataset *ds, int i);
/** Position of the column with this name, -1 if there is none. */
RN_API int rn_dataset_find_column(const rn_dataset *ds, const char *name);
/** Bytes of one example of a column. */
RN_API int64_t rn_column_bytes(const rn_column *column);
/** Where the examples come from, for people: "drawn digits", "idx /data/mnist/…". Borrowed from ds. */
RN_API const char *rn_dataset_source(const rn_dataset *ds);

/** Reads example `index`, as in epoch 0, into to[column_count], each with room for rn_column_bytes; NULL there leaves a
 *  column out. Errors: ARG for an index out of range, and what the source reports. Thread-safe: yes. */
RN_API bool rn_dataset_read_at(const rn_site *site, rn_dataset *ds, int64_t index, void *const *to);
#define rn_dataset_read(ds, index, ...) rn_dataset_read_at(RN_HERE, ds, index, __VA_ARGS__)
/** Examples first … first + count - 1 of a column as one tensor [count, …]. Scoped. Errors: as rn_dataset_read. */
RN_API rn_tensor *rn_dataset_rows_at(const rn_site *site, rn_dataset *ds, const char *column, int64_t first,
                                     int64_t count);
#define rn_dataset_rows(ds, column, first, count) rn_dataset_rows_at(RN_HERE, ds, column, first, count)

/* ---- data sets of your own ---- */

/* One example to be written. */
typedef struct rn_example {
    int64_t index;   /* 0 … count - 1 */
    int64_t epoch;   /* pass of the iterator, 0 first: what is drawn at random depends on (seed, epoch, index) only */
    void *const *to; /* one buffer per column, aligned for its element type */
} rn_example;

/** Writes one example. Called from several threads at once. On failure: rn_fail and false. */
typedef bool rn_example_fn(void *user, const rn_example *example);

typedef struct rn_dataset_new_args {
    int64_t count;
    rn_example_fn *get;
    const rn_column *columns; /* copied */
    int column_count;
    rn_site site;
    void *user;
    void (*free)(void *user); /* called once when the last reference goes, and if rn_dataset_new fails */
    const char *source;       /* text for rn_dataset_source, copied; left out: "program" */
    bool partial;             /* get copes with NULL in `to` for columns that nobody wants */
} rn_dataset_new_args;
/** A data set from a function that writes one example: rn_dataset_new(1000, get, columns, 2, .user = u). Owned.
 *  Errors: ARG for columns without name, of no type, of equal names, or none at all; SHAPE. Thread-safe: yes. */
RN_API rn_dataset *rn_dataset_new_at(const rn_dataset_new_args *args);
#define rn_dataset_new(...)                                                                                            \
    rn_dataset_new_at(&(rn_dataset_new_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_new_args) })

/* A column with all of its elements, example after example. */
typedef struct rn_array_column {
    const char *name;
    rn_dtype dtype;
    rn_shape shape;   /* of one example */
    const void *data; /* count * elements of shape */
    const char *const *classes;
    int64_t class_count;
} rn_array_column;

typedef struct rn_dataset_arrays_args {
    int64_t count;
    const rn_array_column *columns;
    int column_count;
    rn_site site;
    bool view; /* not copied: must stay as they are while the data set lives */
} rn_dataset_arrays_args;
/** Arrays in memory: rn_dataset_arrays(100, columns, 2). Owned. Errors: as rn_dataset_new; ARG for missing data. */
RN_API rn_dataset *rn_dataset_arrays_at(const rn_dataset_arrays_args *args);
#define rn_dataset_arrays(...)                                                                                         \
    rn_dataset_arrays_at(&(rn_dataset_arrays_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_arrays_args) })

/** The values of tensors [N, …] with equal N, copied; names[i] (NULL: "x", "t", "c2", …) names the i-th. Owned.
 *  Errors: SHAPE for scalars or unequal N. */
RN_API rn_dataset *rn_dataset_tensors_at(const rn_site *site, rn_list tensors, const char *const *names);
#define rn_dataset_tensors(tensors, names) rn_dataset_tensors_at(RN_HERE, tensors, names)

/* ---- known data sets ---- */

/** Called now and again during a download, in the calling thread; total is 0 while unknown. False stops it (STATE). */
typedef bool rn_download_fn(void *user, const char *file, int64_t done, int64_t total);

typedef struct rn_known_args {
    rn_part part;
    rn_site site;
    const char *source; /* "data", "cache", "download" or "drawn": only from there; left out: the first that has it */
    bool offline;       /* never download */
    rn_dtype dtype;     /* of x: RN_F32 (0 … 1) or RN_U8 (0 … 255); left out: RN_F32 */
    bool flat;          /* x [784] instead of [1, 28, 28] */
    uint64_t seed;      /* of drawn digits */
    rn_download_fn *progress;
    void *user; /* for progress */
} rn_known_args;

/** MNIST: x f32 [1, 28, 28], t i32 [] of 10 classes; 60,000 and 10,000 examples. Its files are looked for under
 *  $RENSA_DATA/mnist ("data") and in the user's cache ("cache"), else downloaded there ("download", SHA-256 checked;
 * base addresses from $RENSA_MIRRORS where set), else digits are drawn ("drawn"). rn_dataset_source begins with the
 * word that applies. Owned. Errors: IO, FORMAT, ARG for a part or source that it has not. Thread-safe: yes. */
RN_API rn_dataset *rn_dataset_mnist_at(const rn_known_args *args);
#define rn_dataset_mnist(...) rn_dataset_mnist_at(&(rn_known_args){ __VA_ARGS__, .site = RN_SITE(rn_known_args) })
/** Fashion-MNIST, as rn_dataset_mnist (folder fashion-mnist); there is no drawn one. */
RN_API rn_dataset *rn_dataset_fashion_mnist_at(const rn_known_args *args);
#define rn_dataset_fashion_mnist(...)                                                                                  \
    rn_dataset_fashion_mnist_at(&(rn_known_args){ __VA_ARGS__, .site = RN_SITE(rn_known_args) })
/** CIFAR-10: x f32 [3, 32, 32], t i32 [] of 10 named classes, from data_batch_1.bin … 5 (those that are there) and
 *  test_batch.bin under cifar10/ in $RENSA_DATA or the cache, else from the published archive, which is unpacked into
 *  the cache. */
RN_API rn_dataset *rn_dataset_cifar10_at(const rn_known_args *args);
#define rn_dataset_cifar10(...) rn_dataset_cifar10_at(&(rn_known_args){ __VA_ARGS__, .site = RN_SITE(rn_known_args) })

typedef struct rn_dataset_drawn_args {
    rn_part part; /* the parts have no digit in common */
    rn_site site;
    int64_t count; /* left out: 60,000 to train with, 10,000 otherwise */
    uint64_t seed;
    rn_dtype dtype;
    bool flat;
} rn_dataset_drawn_args;
/** Digits drawn on the spot, in MNIST's form: strokes with random affine map, width and noise. Example i depends on
 *  (seed, part, i) only. Owned. Errors: ARG for a part that there is not. Thread-safe: yes. */
RN_API rn_dataset *rn_dataset_drawn_at(const rn_dataset_drawn_args *args);
#define rn_dataset_drawn(...)                                                                                          \
    rn_dataset_drawn_at(&(rn_dataset_drawn_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_drawn_args) })

typedef struct rn_dataset_open_args {
    const char *name; /* of a known data set, or a path */
    rn_part part;
    rn_site site;
    const char *source;
    bool offline;
    rn_dtype dtype;
    bool flat;
    uint64_t seed;
    rn_download_fn *progress;
    void *user;
} rn_dataset_open_args;
/** Opens what `name` says: a known data set ("mnist"), a folder of pictures, a CSV file (also with Neural Network
 *  Console's header), or an IDX file; paths have no parts. Owned. Errors: ARG with the nearest known name. */
RN_API rn_dataset *rn_dataset_open_at(const rn_dataset_open_args *args);
#define rn_dataset_open(...)                                                                                           \
    rn_dataset_open_at(&(rn_dataset_open_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_open_args) })

/* A row of the table of known data sets. */
typedef struct rn_known_dataset {
    const char *name, *brief, *origin; /* origin: who made it, and the licence as stated there */
} rn_known_dataset;
/** The i-th known data set, NULL after the last. */
RN_API const rn_known_dataset *rn_dataset_known(int i);

/* ---- files ---- */

typedef struct rn_dataset_idx_args {
    const char *path; /* IDX file, plain or .gz: [N, …] */
    rn_site site;
    const char *labels; /* IDX file [N] of class numbers; left out: no column t */
    rn_dtype dtype;     /* of x; left out: f32 (0 … 1) for bytes, else the file's */
    bool flat;          /* x of rank 1 */
} rn_dataset_idx_args;
/** IDX files (any of their element types): x, and t i32 []. Images [N, H, W] become [1, H, W]. Owned.
 *  Errors: IO; FORMAT for a size that does not agree with the header; DTYPE for a dtype other than f32 or the file's.
 */
RN_API rn_dataset *rn_dataset_idx_at(const rn_dataset_idx_args *args);
#define rn_dataset_idx(...)                                                                                            \
    rn_dataset_idx_at(&(rn_dataset_idx_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_idx_args) })

typedef enum rn_missing {
    RN_MISSING_ERROR,
    RN_MISSING_MEAN,
    RN_MISSING_MEDIAN,
    RN_MISSING_ZERO,
    RN_MISSING_SKIP
} rn_missing;
typedef enum rn_header { RN_HEADER_AUTO, RN_HEADER_YES, RN_HEADER_NO } rn_header;

typedef struct rn_dataset_csv_args {
    const char *path; /* plain or .gz */
    rn_site site;
    const char *target; /* columns of t, by name or number (0 first, negative from the end), separated by commas;
                           left out: the last; "" for none */
    const char *inputs; /* columns of x; left out: all that are neither targets nor ignored */
    const char *ignore; /* columns that are left out */
    bool classify;      /* t is a class also where it is written as a number */
    bool ordinal;       /* a text category in x becomes its number instead of as many columns as it has values */
    rn_missing missing; /* what an empty cell becomes; SKIP drops the row */
    rn_header header;   /* AUTO: there is one if no cell of the first row, but one of the second, is a number */
    char separator;     /* left out: ',' */
    rn_dataset *like;   /* another CSV data set: its categories and means are used, so that both mean the same; the
                         * columns of its targets may be left out */
} rn_dataset_csv_args;
/** A table: x f32 [D], and t: i32 [] of named classes if it is text or .classify, else f32 [K]. Quotes as in RFC 4180;
 *  categories are numbered in the order of their texts. Cells "", "?", "NA", "N/A", "nan" and "null" are missing.
 *  Owned. Errors: IO; FORMAT with the number of the row; ARG for columns that are not there. */
RN_API rn_dataset *rn_dataset_csv_at(const rn_dataset_csv_args *args);
#define rn_dataset_csv(...)                                                                                            \
    rn_dataset_csv_at(&(rn_dataset_csv_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_csv_args) })
/** What column i of x stands for: "ocean_proximity=INLAND". Borrowed; NULL for other data sets and out of range. */
RN_API const char *rn_dataset_feature(const rn_dataset *ds, int64_t i);

typedef struct rn_dataset_nnc_args {
    const char *path;
    rn_site site;
    const char *labels; /* variables (separated by commas) that hold class numbers: i32 [] instead of f32 [1] */
    bool raw;           /* pixels stay 0 … 255 (0 … 65535 with 16 bits) instead of 0 … 1 */
} rn_dataset_nnc_args;
/** A table in the form of Neural Network Console: headers NAME[__INDEX][:LABEL], one column per variable. A cell is a
 *  number, or the path (from the folder of the table) of a picture [C, H, W], a CSV [rows, columns] or a .npy file; all
 *  cells of a variable have the same shape. "# …" heads a comment. Owned. Errors: IO; FORMAT with the row. */
RN_API rn_dataset *rn_dataset_nnc_at(const rn_dataset_nnc_args *args);
#define rn_dataset_nnc(...)                                                                                            \
    rn_dataset_nnc_at(&(rn_dataset_nnc_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_nnc_args) })

typedef enum rn_fit {
    RN_FIT_SQUASH, /* both sides scaled to fit */
    RN_FIT_CROP,   /* scaled until it covers, the middle is kept */
    RN_FIT_PAD     /* scaled until it fits in, the rest is black */
} rn_fit;
typedef enum rn_filter { RN_FILTER_BILINEAR, RN_FILTER_BICUBIC, RN_FILTER_AREA, RN_FILTER_NEAREST } rn_filter;

typedef struct rn_dataset_images_args {
    const char *path; /* a folder with a sub-folder per class, or a text file of lines "path label" */
    rn_site site;
    int64_t width, height; /* left out: those of the first picture, and all must agree */
    int64_t channels;      /* 1 gray, 3 RGB, 4 with alpha; left out: 3 */
    rn_fit fit;
    rn_filter filter; /* all but NEAREST weigh every pixel when shrinking */
    rn_dtype dtype;   /* RN_F32 (0 … 1) or RN_U8; left out: RN_F32 */
} rn_dataset_images_args;
/** Pictures (PNG, JPEG): x [C, H, W] and t i32 []. Classes are the sub-folders, or the labels of the list, in the order
 *  of their names; labels that are all numbers are taken as they are. Transparent pixels are laid over white. Pictures
 *  are decoded when read. Owned. Errors: IO, FORMAT, both with the file. */
RN_API rn_dataset *rn_dataset_images_at(const rn_dataset_images_args *args);
#define rn_dataset_images(...)                                                                                         \
    rn_dataset_images_at(&(rn_dataset_images_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_images_args) })

/* ---- text ---- */

typedef struct rn_vocab rn_vocab; /* numbered tokens; reference-counted, immutable, thread-safe */
typedef struct rn_text rn_text;   /* a sequence of token numbers with its vocabulary */

typedef enum rn_token { RN_BY_CHAR, RN_BY_WORD } rn_token;

/** A vocabulary of these tokens (copied), e.g. as a model file holds them. Owned. Errors: ARG for equal tokens. */
RN_API rn_vocab *rn_vocab_new_at(const rn_site *site, rn_token by, const char *const *tokens, int64_t count);
#define rn_vocab_new(by, tokens, count) rn_vocab_new_at(RN_HERE, by, tokens, count)
/** Gives back a reference; the tokens go with the last one, which a text may hold. NULL is fine. */
RN_API void rn_vocab_free(rn_vocab *v);
/** Whether the tokens are characters or words; RN_BY_CHAR for NULL. */
RN_API rn_token rn_vocab_by(const rn_vocab *v);
/** Number of tokens; 0 for NULL. */
RN_API int64_t rn_vocab_count(const rn_vocab *v);
/** Text of a token, NULL out of range. Borrowed. A byte that is not UTF-8 is a token of its own, "\xNN". */
RN_API const char *rn_vocab_token(const rn_vocab *v, int64_t id);
/** Number of a token, -1 if it has none. */
RN_API int64_t rn_vocab_id(const rn_vocab *v, const char *token);
/** Numbers of the tokens of `text` into ids (room for `room`; NULL only counts). Returns how many there are, -1 on an
 *  error: ARG for a token that is not in the vocabulary, unless that has "<unk>". */
RN_API int64_t rn_vocab_encode_at(const rn_site *site, const rn_vocab *v, const char *text, int32_t *ids, int64_t room);
#define rn_vocab_encode(v, text, ids, room) rn_vocab_encode_at(RN_HERE, v, text, ids, room)
/** The text of tokens (words with spaces between them, "<eos>" as a new line) into buf; returns its length as snprintf
 *  does, -1 on an error. */
RN_API int64_t rn_vocab_decode(const rn_vocab *v, const int32_t *ids, int64_t count, char *buf, int64_t size);

typedef struct rn_text_load_args {
    const char *path; /* UTF-8, plain or .gz */
    rn_site site;
    rn_token by;     /* characters (code points, numbered in their order), or words between spaces with "<eos>" for each
                        new line, numbered in the order of appearance */
    rn_vocab *vocab; /* left out: made from the text */
    bool raw_lines;  /* words: no "<eos>" */
} rn_text_load_args;
/** Reads a text. Owned. Errors: IO; FORMAT for a token that is not in .vocab. */
RN_API rn_text *rn_text_load_at(const rn_text_load_args *args);
#define rn_text_load(...) rn_text_load_at(&(rn_text_load_args){ __VA_ARGS__, .site = RN_SITE(rn_text_load_args) })
/** A known text: "tinyshakespeare" (by character; the last tenth is RN_VALID and RN_TEST) or "ptb" (by word), found as
 *  rn_dataset_mnist finds its files. Owned. args->dtype, flat and seed are not used. */
RN_API rn_text *rn_text_known_at(const char *name, const rn_known_args *args);
#define rn_text_known(name, ...) rn_text_known_at(name, &(rn_known_args){ __VA_ARGS__, .site = RN_SITE(rn_known_args) })
/** Gives a text back. Slices of it and data sets made from it go on. NULL is fine. */
RN_API void rn_text_free(rn_text *text);
RN_API int64_t rn_text_count(const rn_text *text);      /**< tokens */
RN_API const int32_t *rn_text_ids(const rn_text *text); /**< borrowed */
RN_API rn_vocab *rn_text_vocab(const rn_text *text);    /**< borrowed */
RN_API const char *rn_text_source(const rn_text *text); /**< borrowed; as rn_dataset_source */
/** Tokens first … first + count - 1 as a text of their own, not copied. Owned. Errors: ARG. */
RN_API rn_text *rn_text_slice_at(const rn_site *site, rn_text *text, int64_t first, int64_t count);
#define rn_text_slice(text, first, count) rn_text_slice_at(RN_HERE, text, first, count)

typedef struct rn_text_windows_args {
    rn_text *text;  /* held */
    int64_t length; /* T, tokens of a window */
    rn_site site;
    int64_t stride; /* between the beginnings of windows; left out: T */
    bool random;    /* begin anywhere, drawn from (seed, epoch, index) */
    uint64_t seed;
} rn_text_windows_args;
/** Windows of a text, for language models: x i32 [T], and t i32 [T], the tokens that follow. Owned.
 *  Errors: ARG for a text of fewer than T + 1 tokens. */
RN_API rn_dataset *rn_text_windows_at(const rn_text_windows_args *args);
#define rn_text_windows(...)                                                                                           \
    rn_text_windows_at(&(rn_text_windows_args){ __VA_ARGS__, .site = RN_SITE(rn_text_windows_args) })
/** The text cut into `batch` equal parts that are read side by side, for truncated backpropagation through time: read
 * in order, with this batch size, row b of each batch goes on where row b of the one before ended (Zaremba et al. 2014,
 *  arXiv:1409.2329). x, t i32 [T]. Owned. Errors: ARG for a text that is too short. */
RN_API rn_dataset *rn_text_streams_at(const rn_site *site, rn_text *text, int64_t length, int64_t batch);
#define rn_text_streams(text, length, batch) rn_text_streams_at(RN_HERE, text, length, batch)

/* ---- data sets from data sets ---- */

/** One after the other. Columns must have the same names, types, shapes and classes (SHAPE, DTYPE, ARG). Owned. */
RN_API rn_dataset *rn_dataset_concat_at(const rn_site *site, rn_dataset *const *parts, int count);
#define rn_dataset_concat(...)                                                                                         \
    rn_dataset_concat_at(RN_HERE, (rn_dataset *const[]){ __VA_ARGS__ },                                                \
                         (int)(sizeof((rn_dataset *[]){ __VA_ARGS__ }) / sizeof(rn_dataset *)))
/** Examples first … first + count - 1. Owned. Errors: ARG. */
RN_API rn_dataset *rn_dataset_subset_at(const rn_site *site, rn_dataset *ds, int64_t first, int64_t count);
#define rn_dataset_subset(ds, first, count) rn_dataset_subset_at(RN_HERE, ds, first, count)
/** The examples index[0], …, index[count - 1] (copied), in this order, also several times. Owned. Errors: ARG. */
RN_API rn_dataset *rn_dataset_select_at(const rn_site *site, rn_dataset *ds, const int64_t *index, int64_t count);
#define rn_dataset_select(ds, index, count) rn_dataset_select_at(RN_HERE, ds, index, count)

typedef struct rn_dataset_split_args {
    rn_dataset *ds;
    const double *fractions; /* of the whole, at most 1 together: (const double[]){ 0.9, 0.1 } */
    int count;
    rn_dataset **parts; /* out: `count` data sets, owned; all NULL on an error */
    rn_site site;
    uint64_t seed;
    bool in_order;      /* not shuffled: the parts are ranges */
    const char *strata; /* a column of classes that are to be as frequent in each part as in the whole */
} rn_dataset_split_args;
/** Splits into parts without common examples. Errors: ARG for fractions that are negative or too many. */
RN_API bool rn_dataset_split_at(const rn_dataset_split_args *args);
#define rn_dataset_split(...)                                                                                          \
    rn_dataset_split_at(&(rn_dataset_split_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_split_args) })

/** The columns with these names (separated by commas), in this order. Owned. Errors: ARG with the nearest name. */
RN_API rn_dataset *rn_dataset_pick_at(const rn_site *site, rn_dataset *ds, const char *names);
#define rn_dataset_pick(ds, names) rn_dataset_pick_at(RN_HERE, ds, names)

/** Writes a new example from one that was read (from[i]: column i of the data set below). Several threads at once. */
typedef bool rn_transform_fn(void *user, const rn_example *example, const void *const *from);

typedef struct rn_dataset_transform_args {
    rn_dataset *ds;
    rn_transform_fn *fn;
    rn_site site;
    const rn_column *columns; /* what fn writes; left out: the same columns */
    int column_count;
    void *user;
    void (*free)(void *user); /* called once when the last reference goes, and if rn_dataset_transform fails */
} rn_dataset_transform_args;
/** Each example passed through a function when it is read. Owned. */
RN_API rn_dataset *rn_dataset_transform_at(const rn_dataset_transform_args *args);
#define rn_dataset_transform(...)                                                                                      \
    rn_dataset_transform_at(&(rn_dataset_transform_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_transform_args) })

typedef struct rn_dataset_normalize_args {
    rn_dataset *ds;
    rn_site site;
    rn_dataset *like;   /* whose means and deviations are used (the training part); left out: ds */
    const char *column; /* f32; left out: "x" */
    bool whole;         /* one mean and deviation for the column instead of one per channel (rank 3) or element */
} rn_dataset_normalize_args;
/** (x - mean) / std of a column; what is constant becomes 0. Reads `like` once. Owned. Errors: ARG, DTYPE. */
RN_API rn_dataset *rn_dataset_normalize_at(const rn_dataset_normalize_args *args);
#define rn_dataset_normalize(...)                                                                                      \
    rn_dataset_normalize_at(&(rn_dataset_normalize_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_normalize_args) })

typedef struct rn_dataset_cache_args {
    rn_dataset *ds;
    rn_site site;
    int64_t bytes; /* of memory at most; left out: 1 GiB. What is beyond is read anew each time */
    const char
        *file; /* keep the examples in this file instead, across runs; a name without '/' is put in the user's cache */
    const char *key; /* with file: what the contents depend on; another key there makes them anew */
} rn_dataset_cache_args;
/** Keeps examples once they were read (those of epoch 0: put augmentation above the cache, not below). With .file all
 *  are read now, unless the file is there. Owned. Errors: IO. */
RN_API rn_dataset *rn_dataset_cache_at(const rn_dataset_cache_args *args);
#define rn_dataset_cache(...)                                                                                          \
    rn_dataset_cache_at(&(rn_dataset_cache_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_cache_args) })

/* ---- augmentation ---- */

/* One step of augmentation: a name and options, of which 0 means the default. RN_STEP_CROP(.pad = 4) and so on. */
typedef struct rn_augment {
    const char *name;
    double height, width, pad;                    /* crop */
    double x, y;                                  /* flip, shift */
    double degrees;                               /* rotate */
    double low, high;                             /* scale, erase */
    double brightness, contrast, saturation, hue; /* colour */
    double p;                                     /* flip, erase: probability */
    double mean[4], std[4];                       /* normalize: per channel; one value serves all */
    double sigma;                                 /* noise */
    double centre;                                /* crop: 1 takes the middle, for evaluation */
    double fill;                                  /* value of what comes from outside the picture */
} rn_augment;

/* A window of height x width (left out: the size that came in) from anywhere in the picture and `pad` pixels around. */
#define RN_STEP_CROP(...) ((rn_augment){ .name = "crop", __VA_ARGS__ })
/* Mirrored with probability p (0.5): left-right with .x = 1 (the default), top-bottom with .y = 1. */
#define RN_STEP_FLIP(...) ((rn_augment){ .name = "flip", __VA_ARGS__ })
/* Moved by up to x and y pixels (2 and 2 where neither is given), each way. */
#define RN_STEP_SHIFT(...) ((rn_augment){ .name = "shift", __VA_ARGS__ })
/* Turned by up to `degrees` (15), each way, around the middle. */
#define RN_STEP_ROTATE(...) ((rn_augment){ .name = "rotate", __VA_ARGS__ })
/* Made larger by a factor from low (0.9) to high (1.1), around the middle. */
#define RN_STEP_SCALE(...) ((rn_augment){ .name = "scale", __VA_ARGS__ })
/* Brightness, contrast and saturation by factors from 1 - v to 1 + v, hue by up to v turns; left out: as it is. */
#define RN_STEP_COLOUR(...) ((rn_augment){ .name = "colour", __VA_ARGS__ })
/* With probability p (0.5) a rectangle of low (0.02) to high (0.33) of the area is filled (Zhong et al. 2017). */
#define RN_STEP_ERASE(...) ((rn_augment){ .name = "erase", __VA_ARGS__ })
/* (value - mean) / std per channel. */
#define RN_STEP_NORMALIZE(...) ((rn_augment){ .name = "normalize", __VA_ARGS__ })
/* Plus normal noise of deviation sigma (0.05). */
#define RN_STEP_NOISE(...) ((rn_augment){ .name = "noise", __VA_ARGS__ })

typedef struct rn_dataset_augment_args {
    rn_dataset *ds;
    const rn_augment *steps; /* copied; RN_STEPS(RN_STEP_CROP(.pad = 4), RN_STEP_FLIP(.p = 0.5)) */
    int count;
    rn_site site;
    const char *column; /* f32 [C, H, W]; left out: "x" */
    uint64_t seed;
} rn_dataset_augment_args;
#define RN_STEPS(...)                                                                                                  \
    (const rn_augment[]){ __VA_ARGS__ }, (int)(sizeof((rn_augment[]){ __VA_ARGS__ }) / sizeof(rn_augment))
/** Pictures changed at random when they are read: rn_dataset_augment(ds, RN_STEPS(RN_STEP_FLIP(.x = 1)), .seed = 1).
 *  What is done to an example depends on (seed, epoch, index) only. Owned. Errors: ARG for options out of range, SHAPE,
 *  DTYPE. */
RN_API rn_dataset *rn_dataset_augment_at(const rn_dataset_augment_args *args);
#define rn_dataset_augment(...)                                                                                        \
    rn_dataset_augment_at(&(rn_dataset_augment_args){ __VA_ARGS__, .site = RN_SITE(rn_dataset_augment_args) })
/** Sets an option of a step by name, as files do: step->name first, then ("pad", 4). Vectors: ("mean", …) sets all.
 *  Errors: ARG with the nearest option. */
RN_API bool rn_augment_set(rn_augment *step, const char *option, double value);

/* ---- statistics ---- */

typedef struct rn_column_stats {
    const char *name;
    double min, max, mean, std; /* over all finite elements; std divides by their number */
    int64_t elements;           /* finite ones */
    int64_t nonfinite;          /* NaN and infinities */
    int64_t group_count;        /* channels of rank-3 columns, elements of rank-1 columns, else 1 */
    const double *group_mean, *group_std;
    int64_t class_count; /* 0 where the column holds no classes */
    const int64_t *histogram;
} rn_column_stats;

typedef struct rn_stats {
    int64_t examples;
    int column_count;
    const rn_column_stats *columns;
} rn_stats;
/** Reads the first `limit` examples (0: all) once. Owned. Errors: what reading reports. */
RN_API rn_stats *rn_dataset_stats_at(const rn_site *site, rn_dataset *ds, int64_t limit);
#define rn_dataset_stats(ds, limit) rn_dataset_stats_at(RN_HERE, ds, limit)
/** Gives statistics back, with all that they point to. NULL is fine. */
RN_API void rn_stats_free(rn_stats *stats);

/* ---- iterators ---- */

typedef struct rn_iterator rn_iterator;

typedef struct rn_batch {
    rn_tensor *x, *t;     /* the first two columns, [count, …]; t is NULL if there is one column only */
    int64_t count;        /* examples */
    int64_t epoch;        /* that they belong to, 0 first */
    const int64_t *index; /* of the examples in the data set */
    int column_count;
    rn_tensor *const *columns;
    rn_dataset *dataset; /* borrowed */
} rn_batch;

typedef struct rn_iterator_new_args {
    rn_dataset *ds;
    int64_t batch_size;
    rn_site site;
    bool shuffle; /* anew in each epoch; the order depends on (seed, epoch) only */
    uint64_t seed;
    int64_t epochs;   /* passes until rn_next returns NULL; left out: 1 */
    bool repeat;      /* never returns NULL but on an error */
    bool drop_last;   /* leaves out the last batch of an epoch if it is not full */
    int threads;      /* that read ahead; left out: 2, or 1 on a machine with one processor */
    int prefetch;     /* batches read ahead; left out: 4 */
    bool synchronous; /* no threads: read in rn_next */
} rn_iterator_new_args;
/** Batches of a data set, read ahead by threads: rn_iterator_new(ds, 64, .shuffle = true). Where reading one takes less
 *  time than waking a thread, rn_next reads. The batches and their order are the same for any number of threads. Owned;
 *  holds ds. Errors: ARG for a batch size below 1, or a data set from which not one batch can be made. Thread-safe: per
 *  object. */
RN_API rn_iterator *rn_iterator_new_at(const rn_iterator_new_args *args);
#define rn_iterator_new(...)                                                                                           \
    rn_iterator_new_at(&(rn_iterator_new_args){ __VA_ARGS__, .site = RN_SITE(rn_iterator_new_args) })
/** Stops the threads. Tensors of batches that are still in use elsewhere stay valid. NULL is fine. */
RN_API void rn_iterator_free(rn_iterator *it);
/** The next batch; NULL after the last of .epochs passes (the call after that goes on with the next pass), and on an
 *  error, also one that a reading thread met: then the batch is left out. Borrowed: valid until the next call, reset or
 *  free; its tensors as well, unless kept (rn_keep) or used in a graph. A batch never spans two epochs; the last of an
 *  epoch may be smaller. */
RN_API rn_batch *rn_next_at(const rn_site *site, rn_iterator *it);
#define rn_next(it) rn_next_at(RN_HERE, it)
/** Column of a batch by name; NULL with an error (ARG) if there is none. Borrowed from the batch. */
RN_API rn_tensor *rn_batch_get_at(const rn_site *site, const rn_batch *batch, const char *name);
#define rn_batch_get(batch, name) rn_batch_get_at(RN_HERE, batch, name)

RN_API rn_dataset *rn_iterator_dataset(const rn_iterator *it);   /**< borrowed */
RN_API int64_t rn_iterator_batch_size(const rn_iterator *it);    /**< at most the number of examples */
RN_API int64_t rn_iterator_epoch_batches(const rn_iterator *it); /**< batches in one epoch */
RN_API int64_t rn_iterator_epoch(const rn_iterator *it);         /**< epochs that were handed out completely */
RN_API double rn_iterator_epoch_detail(const rn_iterator *it);   /**< the same with the fraction of the present one */
RN_API bool rn_iterator_is_new_epoch(const rn_iterator *it);     /**< whether the last batch completed an epoch */
/** Back to the beginning of epoch 0. */
RN_API bool rn_iterator_reset(rn_iterator *it);

/* Where an iterator stands: what comes next depends on these numbers and the data set only. Files store them by name.
 */
typedef struct rn_iterator_state {
    int64_t epoch;    /* completed */
    int64_t position; /* examples of the present epoch that were handed out */
    int64_t count;    /* examples of the data set, to see that it is the same */
    uint64_t seed;
    bool shuffle;
    bool ended; /* NULL was returned for the end of these epochs */
} rn_iterator_state;
/** Where the iterator stands after the last batch that was handed out, for rn_iterator_set_state; zeros for NULL. */
RN_API rn_iterator_state rn_iterator_get_state(const rn_iterator *it);
/** Continues from a saved state, as if the batches before it had been handed out. Errors: STATE if the data set has
 *  another number of examples or the order was made otherwise; ARG. */
RN_API bool rn_iterator_set_state_at(const rn_site *site, rn_iterator *it, const rn_iterator_state *state);
#define rn_iterator_set_state(it, state) rn_iterator_set_state_at(RN_HERE, it, state)

#ifdef __cplusplus
}
#endif
#endif
