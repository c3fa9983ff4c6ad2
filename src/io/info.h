/* Telling what a file is: one row per kind, and what it uses to say what the file holds. */
#ifndef RNI_IO_INFO_H
#define RNI_IO_INFO_H

#include <rensa/io.h>

/* A file to look at: mapped, or unpacked in memory. */
typedef struct rni_probe {
    const char *path;
    const unsigned char *bytes;
    int64_t n;
} rni_probe;

typedef struct rni_info rni_info;

/* All copy their texts. False with an error pending on a lack of memory. */
bool rni_info_item(rni_info *info, const char *name, const char *type, const rn_shape *shape, int64_t bytes);
bool rni_info_text(rni_info *info, const char *name, const char *text);
bool rni_info_summary(rni_info *info, const char *fmt, ...) RN_PRINTF(2, 3);
/* Where a closer look finds a more special format than the row's name. */
bool rni_info_format(rni_info *info, const char *format);

typedef struct rni_file_kind {
    const char *name;
    bool (*is)(const rni_probe *p);
    bool (*describe)(const rni_probe *p, rni_info *info); /* raises FORMAT where the file is damaged */
} rni_file_kind;

/* The kind of what is in memory; never NULL. */
const rni_file_kind *rni_file_kind_of(const rni_probe *p);

#endif
