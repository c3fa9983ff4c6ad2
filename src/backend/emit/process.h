/* Running another program from a process with threads: started by posix_spawn, ended when it takes too long or is no
 * longer wanted, with all that it has started itself. */
#ifndef RNI_BACKEND_EMIT_PROCESS_H
#define RNI_BACKEND_EMIT_PROCESS_H

#include <stddef.h>

typedef struct rni_process {
    char *const *argv; /* argv[0] is a path; ends with NULL */
    char *const *env;
    int stop;    /* ends it when this descriptor can be read */
    int seconds; /* longest time */
    char *output;
    size_t output_size; /* what it wrote, with a NUL, is cut to this */
} rni_process;

typedef enum rni_process_end {
    RNI_PROCESS_DONE, /* with status 0, or one that cannot be known */
    RNI_PROCESS_FAILED,
    RNI_PROCESS_LATE,
    RNI_PROCESS_STOPPED,
    RNI_PROCESS_NOT_STARTED
} rni_process_end;

rni_process_end rni_process_run(const rni_process *p);

#endif
