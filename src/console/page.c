/* Files with a hash in their names never change and are kept by browsers; the others are asked for by their ETag. */
#include "console/page.h"

#include "base/file.h"
#include "base/sha256.h"
#include "console/access.h"

#include <string.h>

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        { ".html", "text/html; charset=utf-8" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".css", "text/css; charset=utf-8" },
        { ".svg", "image/svg+xml" },
        { ".png", "image/png" },
        { ".ico", "image/x-icon" },
        { ".woff2", "font/woff2" },
        { ".json", "application/json; charset=utf-8" },
        { ".txt", "text/plain; charset=utf-8" },
        { ".map", "application/json; charset=utf-8" },
        { ".webmanifest", "application/manifest+json" },
    };
    for (size_t i = 0; i < RN_COUNTOF(types); i++)
        if (rni_path_has_extension(path, types[i][0])) return types[i][1];
    return "application/octet-stream";
}

/* "name-1a2b3c4d.js", "name.IKCJDVOJ.css": before the extension eight or more letters and digits, not all small
 * letters. */
static bool is_hashed(const char *path)
{
    const char *base = rni_path_base(path), *dot = strrchr(base, '.');
    int n = 0, small = 0;
    for (const char *s = dot; s && s > base; s--, n++) {
        const char c = s[-1];
        if (c == '-' || c == '.') return n >= 8 && small < n;
        small += c >= 'a' && c <= 'z';
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')) return false;
    }
    return false;
}

static const rni_page_file *find(const char *path)
{
    for (const rni_page_file *f = rni_page_files; f->path; f++)
        if (strcmp(f->path, path) == 0) return f;
    return NULL;
}

static bool answer_with(rni_request *q, const rni_page_file *f)
{
    const char *accepted = rni_request_header(q, "Accept-Encoding"), *known = rni_request_header(q, "If-None-Match");
    const bool packed = f->gz_at && accepted && strstr(accepted, "gzip");
    char hash[RNI_SHA256_TEXT], tag[24];
    snprintf(tag, sizeof tag, "\"%.16s%s\"", rni_sha256_of(f->at, f->end - f->at, hash), packed ? "z" : "");
    rni_answer_header(q, "ETag", "%s", tag);
    rni_answer_header(q, "Vary", "Accept-Encoding");
    rni_answer_header(q, "Cache-Control", "%s",
                      is_hashed(f->path) ? "public, max-age=31536000, immutable" : "no-cache");
    if (known && strstr(known, tag)) {
        q->status = 304;
        return true;
    }
    q->type = type_of(f->path);
    q->bytes = packed ? f->gz_at : f->at;
    q->n_bytes = packed ? f->gz_end - f->gz_at : f->end - f->at;
    if (packed) rni_answer_header(q, "Content-Encoding", "gzip");
    return true;
}

/* The first visit: the cookie is set, and the token leaves the address. From here on requests come from our own page,
 * as a strict cookie wants it; a redirect would not. */
static bool answer_login(rni_request *q, const char *token)
{
    if (!rni_access_login(q, token)) return false;
    q->type = "text/html; charset=utf-8";
    rni_str_add(&q->out, "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=\"0;url=/\">"
                         "<title>Rensa</title><a href=\"/\">Rensa</a>\n");
    return true;
}

bool rni_page_answer(rni_request *q)
{
    const char *token = rni_url_query(&q->url, "token");
    if (token && q->url.n_segments == 0) return answer_login(q, token);
    rni_str path = { 0 };
    for (int i = 0; i < q->url.n_segments; i++) rni_str_addf(&path, "/%s", q->url.segment[i]);
    const char *last = q->url.n_segments ? q->url.segment[q->url.n_segments - 1] : "";
    const rni_page_file *f = path.at ? find(path.at) : NULL;
    /* addresses inside the page name places, not files */
    const bool place = q->url.n_segments == 0 || strcmp(q->url.segment[0], "p") == 0 || !strchr(last, '.');
    if (!f && place) f = find("/index.html");
    rni_str_free(&path);
    if (!f) return rni_refuse(q, 404, "the page has no such file");
    return answer_with(q, f);
}
