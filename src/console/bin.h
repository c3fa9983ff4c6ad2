/* Deleted things: moved to bin/, given back or removed for good after a month. */
#ifndef RNI_CONSOLE_BIN_H
#define RNI_CONSOLE_BIN_H

#include "console/http.h"

enum { RNI_BIN_DAYS = 30 };

/* Moves the folder PLACE/NAME ("projects", "digits") into the bin. Errors: 404. */
bool rni_bin_take(rni_request *q, const char *place, const char *name);
/* Moves it back, under another name where that is taken; *place and name say where to. Errors: 404. */
bool rni_bin_restore(rni_request *q, const char *id, char place[16], char name[256]);
/* Lets it be removed. Errors: 404. */
bool rni_bin_drop(rni_request *q, const char *id);
bool rni_bin_write(rni_console *c, rni_json_writer *w);
/* Moves a folder out of sight, to be removed when there is time; false without an error if that cannot be. */
bool rni_bin_hide(const rni_console *c, const char *path);
/* Removes what was dropped or is too old; takes as long as it takes. */
void rni_bin_clean(rni_console *c);
#endif
