/* Loadable parts of the library: librensa_<name>.so. */
#ifndef RNI_BASE_EXTENSION_H
#define RNI_BASE_EXTENSION_H

#include <stdbool.h>

/* Calls visit for each folder where loadable parts may be, best first, until it returns true: those of
 * $RENSA_BACKEND_PATH (separated by ':'), $RENSA_LIBRARY, rensa/ beside the library (or beside the folder of a program
 * that it is linked into: ../lib/rensa), and where it was installed. Returns what the last visit returned. */
bool rni_extension_folders(bool (*visit)(const char *folder, void *user), void *user);

/* The address of `symbol` in librensa_<name>.so, looked for in those folders. NULL with an error (UNSUPPORTED) that
 * names the places, the reasons and, where a library is missing, the package that has it. What is loaded stays.
 * Thread-safe: yes. */
void *rni_extension_symbol(const char *name, const char *symbol);

#endif
