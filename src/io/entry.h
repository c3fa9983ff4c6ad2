/* Entering a public function of this folder: a pending error goes through, and errors inside name the caller's line. */
#ifndef RNI_IO_ENTRY_H
#define RNI_IO_ENTRY_H

#include "base/error.h"

typedef struct rni_entry {
    const rn_site *before;
} rni_entry;

/* False where an error is pending, or the path is missing. rni_leave in any case. */
static inline bool rni_enter(rni_entry *e, const rn_site *site, const char *what, const char *path)
{
    e->before = rni_site_current();
    if (!rn_ok()) {
        rni_error_trail(site, what);
        return false;
    }
    if (!e->before) rni_site_enter(site);
    return (path && path[0]) || rni_fail(RN_ERR_ARG, site, what, "a path is missing");
}

static inline void rni_leave(const rni_entry *e)
{
    rni_site_enter(e->before);
}

#endif
