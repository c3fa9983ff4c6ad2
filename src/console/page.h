/* The files of the page, which the program holds (web/dist at build time). */
#ifndef RNI_CONSOLE_PAGE_H
#define RNI_CONSOLE_PAGE_H

#include "console/http.h"

/* Written by the build (cmake/console.cmake). */
typedef struct rni_page_file {
    const char *path; /* "/index.html" */
    const unsigned char *at, *end, *gz_at, *gz_end;
} rni_page_file;
extern const rni_page_file rni_page_files[];

/* Answers with the file, or with index.html for addresses of places inside the page. */
bool rni_page_answer(rni_request *q);

#endif
