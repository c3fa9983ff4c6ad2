/* Loadable parts of the library: librensa_<name>.so. */
#ifndef RNI_BASE_EXTENSION_H
#define RNI_BASE_EXTENSION_H

/* The address of `symbol` in librensa_<name>.so, looked for in $RENSA_LIBRARY, in the folder rensa/ beside the library
 * itself, and where it was installed. NULL with an error (DEVICE) that names the places, the reasons and, where a
 * library is missing, the package that has it. What is loaded stays. Thread-safe: yes. */
void *rni_extension_symbol(const char *name, const char *symbol);

#endif
