/* Reading whole files that may be packed with gzip. What is in them is the business of the formats. */
#include "data/source.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "io/codec.h"

bool rni_read_unpacked(const char *path, void **bytes, int64_t *n)
{
    void *raw = NULL;
    int64_t raw_n = 0;
    if (!rni_file_read(path, INT64_MAX - 1, &raw, &raw_n)) return false;
    if (!rni_is_gzip(raw, raw_n)) {
        *bytes = raw;
        *n = raw_n;
        return true;
    }
    const bool ok = rni_gunzip(raw, raw_n, 0, bytes, n);
    rni_free(raw);
    if (!ok) rni_error_add("file", "%s", path);
    return ok;
}
