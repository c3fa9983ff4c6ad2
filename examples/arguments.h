/* Arguments of the examples: `--small`, and words. */
#ifndef EXAMPLES_ARGUMENTS_H
#define EXAMPLES_ARGUMENTS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void refuse(const char *argument, const char *usage)
{
    fprintf(stderr, "unknown argument \"%s\"\nusage: %s\n", argument, usage);
    exit(2);
}

/* Reads `--small` (NULL: there is no such size) and up to `most` words into `word`, in any order; returns how many
 * words there are. With anything else the program ends and says `usage`. */
static inline int arguments(int argc, char **argv, const char *usage, bool *small, int most, const char **word)
{
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (small && strcmp(argv[i], "--small") == 0)
            *small = true;
        else if (strcmp(argv[i], "--help") == 0) {
            printf("usage: %s\n", usage);
            exit(0);
        } else if (argv[i][0] != '-' && n < most)
            word[n++] = argv[i];
        else
            refuse(argv[i], usage);
    }
    return n;
}

#endif
