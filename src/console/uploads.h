/* Uploads: files and folders that come in pieces, each written as it arrives. */
#ifndef RNI_CONSOLE_UPLOADS_H
#define RNI_CONSOLE_UPLOADS_H

#include "console/http.h"

enum { RNI_UPLOAD_DAYS = 2 };

/* Removes uploads that nobody went on with. */
void rni_uploads_clean(rni_console *c);

#endif
