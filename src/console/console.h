/* The console: a server for one work folder. Other modules include this header. */
#ifndef RNI_CONSOLE_CONSOLE_H
#define RNI_CONSOLE_CONSOLE_H

#include <rensa/error.h>

typedef struct rni_console rni_console;

typedef struct rni_console_args {
    const char *folder;       /* made where it does not exist */
    int port;                 /* 0: any free one */
    const char *const *hosts; /* further names of this host; ends with NULL; may be NULL */
    bool users;               /* people with passwords, besides the token */
    bool rebuild;             /* makes the index anew */
    int slots[2];             /* runs at a time, on the CPU and on GPUs (-1: one per GPU) */
} rni_console_args;

/* Starts answering. Owned. Errors: STATE where another server works in the folder, IO. */
rni_console *rni_console_open(const rni_console_args *args);
/* Ends the streams and waits for requests; jobs go on. NULL is fine. */
void rni_console_close(rni_console *console);
/* "http://127.0.0.1:7370/?token=…"; borrowed. */
const char *rni_console_address(const rni_console *console);

#endif
