/* Files of arrays: NumPy's NPY and NPZ, safetensors; named collections of tensors, which is what they hold; pictures.
 *
 * Files are written whole or not at all, and read with suspicion: what they claim is checked against their size before
 * memory is taken. Errors name the file.
 * Thread-safe: per object; different threads may read and write different files. */
#ifndef RENSA_IO_H
#define RENSA_IO_H

#include <rensa/base.h>
#include <rensa/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- named collections ---- */

/* Tensors by name, in the order in which the names came, and texts by name (metadata). It keeps its tensors: they live
 * as long as it does. */
typedef struct rn_dict rn_dict;

/** An empty collection. Owned: rn_dict_free. NULL on a lack of memory. */
RN_API rn_dict *rn_dict_new(void);
/** Frees the collection and drops its tensors. NULL is fine. */
RN_API void rn_dict_free(rn_dict *d);
/** Puts t under `name`, in the place of what was there. Errors: ARG for an empty name; NULL tensors flow through as
 * false. */
RN_API bool rn_dict_set_at(const rn_site *site, rn_dict *d, const char *name, rn_tensor *t);
#define rn_dict_set(d, name, t) rn_dict_set_at(RN_HERE, d, name, t)
/** The tensor called `name`. Borrowed. Errors: ARG names what is missing and the nearest name there is. */
RN_API rn_tensor *rn_dict_get_at(const rn_site *site, const rn_dict *d, const char *name);
#define rn_dict_get(d, name) rn_dict_get_at(RN_HERE, d, name)
/** As rn_dict_get, but a name that is missing is no error: NULL. */
RN_API rn_tensor *rn_dict_find(const rn_dict *d, const char *name);
/** Number of tensors; 0 for NULL. */
RN_API int64_t rn_dict_count(const rn_dict *d);
RN_API const char *rn_dict_name_at(const rn_dict *d, int64_t i);  /**< borrowed; NULL for an i out of range */
RN_API rn_tensor *rn_dict_tensor_at(const rn_dict *d, int64_t i); /**< borrowed; NULL for an i out of range */

/** Puts a text under `name` (UTF-8), in the place of what was there. It is copied. */
RN_API bool rn_dict_set_text_at(const rn_site *site, rn_dict *d, const char *name, const char *text);
#define rn_dict_set_text(d, name, text) rn_dict_set_text_at(RN_HERE, d, name, text)
RN_API const char *rn_dict_text(const rn_dict *d, const char *name); /**< borrowed; NULL where there is none */
/** Number of texts; 0 for NULL. */
RN_API int64_t rn_dict_text_count(const rn_dict *d);
RN_API const char *rn_dict_text_name_at(const rn_dict *d, int64_t i); /**< borrowed; NULL for an i out of range */

/* ---- NumPy's files ---- */

/** Reads a .npy file (versions 1 to 3, either byte order, C or Fortran order). uint16, uint32 and uint64 become i32,
 * i64 and i64. Scoped. Errors: IO; FORMAT; UNSUPPORTED for structured, text, complex, date and object arrays. */
RN_API rn_tensor *rn_npy_load_at(const rn_site *site, const char *path);
#define rn_npy_load(path) rn_npy_load_at(RN_HERE, path)
/** Writes a .npy file (version 1, C order). Errors: IO; UNSUPPORTED for bf16, which NumPy does not have. */
RN_API bool rn_npy_save_at(const rn_site *site, const char *path, rn_tensor *t);
#define rn_npy_save(path, t) rn_npy_save_at(RN_HERE, path, t)

/** Reads an .npz archive, stored or deflated. Members that are not arrays are left out, with a log line. Owned:
 *  rn_dict_free. Errors: as rn_npy_load; they name the member. */
RN_API rn_dict *rn_npz_load_at(const rn_site *site, const char *path);
#define rn_npz_load(path) rn_npz_load_at(RN_HERE, path)

typedef struct rn_npz_save_args {
    const char *path;
    const rn_dict *dict;
    rn_site site;
    bool compress; /* deflated; slower, and weights hardly shrink */
} rn_npz_save_args;
/** Writes an .npz archive; the same tensors give the same bytes. rn_npz_save(path, dict, .compress = true).
 *  Errors: IO; UNSUPPORTED for bf16 and for texts, which NPZ has no place for. */
RN_API bool rn_npz_save_at(const rn_npz_save_args *args);
#define rn_npz_save(...) rn_npz_save_at(&(rn_npz_save_args){ __VA_ARGS__, .site = RN_SITE(rn_npz_save_args) })

/* ---- safetensors ---- */

/** Reads a .safetensors file; its metadata become texts. Large tensors are not copied but stay mapped from the file,
 * which may be replaced or removed while they live, but not changed in place. Owned: rn_dict_free. Errors: IO; FORMAT
 * for headers whose offsets overlap, leave holes or lie outside; UNSUPPORTED for types that rensa does not have. */
RN_API rn_dict *rn_safetensors_load_at(const rn_site *site, const char *path);
#define rn_safetensors_load(path) rn_safetensors_load_at(RN_HERE, path)
/** Writes a .safetensors file with the texts as metadata; the same tensors and texts give the same bytes. Errors: IO.
 */
RN_API bool rn_safetensors_save_at(const rn_site *site, const char *path, const rn_dict *dict);
#define rn_safetensors_save(path, dict) rn_safetensors_save_at(RN_HERE, path, dict)

/* ---- pictures ---- */

typedef struct rn_image_save_args {
    const char *path;
    rn_tensor *t; /* [H, W], [C, H, W] or [N, C, H, W]; C: 1 gray, 2 with alpha, 3 RGB, 4 with alpha */
    rn_site site;
    int64_t columns; /* of a grid of N pictures; left out: as many as there are rows, or one more */
} rn_image_save_args;
/** Writes a PNG of a picture, or of a batch as a grid: floats and bool from 0 to 1, u8 from 0 to 255; what is beyond is
 *  cut off. rn_image_save("samples.png", y). Errors: IO; SHAPE, DTYPE for what is no picture. */
RN_API bool rn_image_save_at(const rn_image_save_args *args);
#define rn_image_save(...) rn_image_save_at(&(rn_image_save_args){ __VA_ARGS__, .site = RN_SITE(rn_image_save_args) })

/* ---- by what a file is ---- */

/** Reads an .npz or a .safetensors file, whichever it is by its contents. Owned. */
RN_API rn_dict *rn_dict_load_at(const rn_site *site, const char *path);
#define rn_dict_load(path) rn_dict_load_at(RN_HERE, path)
/** Writes the file that the name's extension asks for: ".npz" or ".safetensors". Errors: ARG for any other. */
RN_API bool rn_dict_save_at(const rn_site *site, const char *path, const rn_dict *dict);
#define rn_dict_save(path, dict) rn_dict_save_at(RN_HERE, path, dict)

/* One array inside a file, as the file describes it. */
typedef struct rn_file_item {
    const char *name; /* "" where the file has no names */
    const char *type; /* "f32", or the file's own name for a type that rensa does not have */
    rn_shape shape;   /* rank -1: it has more than RN_MAX_RANK axes */
    int64_t bytes;
} rn_file_item;

typedef struct rn_file_text {
    const char *name, *text;
} rn_file_text;

typedef struct rn_file_info {
    const char *path,
        *format; /* "npy", "npz", "safetensors", "png", "jpeg", "idx", "gzip", "zip", "json", "text", "unknown" */
    const char *summary; /* one line for people */
    int64_t bytes;       /* of the file */
    int64_t item_count, text_count;
    const rn_file_item *items;
    const rn_file_text *texts;
} rn_file_info;

/** What a file is, by its contents, and what it holds, without reading its arrays. Owned: rn_file_info_free. A file of
 * an unknown kind is no error. Errors: IO; FORMAT where it begins like a known kind but is damaged. */
RN_API rn_file_info *rn_file_info_load_at(const rn_site *site, const char *path);
#define rn_file_info_load(path) rn_file_info_load_at(RN_HERE, path)
RN_API void rn_file_info_free(rn_file_info *info); /**< NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
