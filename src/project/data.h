/* The data sets of a project: opened when somebody asks for them. */
#ifndef RNI_PROJECT_DATA_H
#define RNI_PROJECT_DATA_H

#include "project/project.h"

#include <rensa/data.h>

typedef struct rni_data {
    const char *name;
    const rni_json *json; /* a text (its source) or an object */
    rn_part part;
    bool part_given;
    int state;            /* 0: closed, 1: being opened, 2: open */
    bool broken;          /* cannot be opened: the error has been gathered */
    rn_dataset *whole;    /* the source before it was divided or limited */
    rn_dataset *base;     /* the part of it that is asked for */
    rn_dataset *raw;      /* just before it is normalised; NULL where it is not */
    rn_dataset *set;      /* after all steps */
    rn_text *text;        /* NULL unless it is one */
    bool streams;         /* is read in order, each batch going on where the one before ended */
    int64_t stream_count; /* side by side: the size of its batches */
} rni_data;

struct rni_sketches;

typedef struct rni_data_args {
    int64_t batch; /* of streams */
    int64_t limit; /* examples of each at most; 0: all */
    uint64_t seed; /* of steps that say none */
    rn_download_fn *progress;
    void *user;
    bool offline;                  /* nothing is downloaded */
    struct rni_sketches *sketches; /* only columns and counts are asked for, and may be those of earlier times */
} rni_data_args;

typedef struct rni_datas {
    const rni_project *project;
    rni_data_args args;
    rni_data *at;
    int64_t n;
} rni_datas;

/* The names that the project has; nothing is opened yet. Errors: ARG with the place in the file. */
rni_datas *rni_datas_new(const rni_project *p, const rni_data_args *args);
void rni_datas_free(rni_datas *all); /* NULL is fine */
/* Opens the one called `name` and those that it needs. Borrowed. Errors: ARG with the nearest name, and what opening
 * reports, with the place in the file. */
rni_data *rni_datas_open(rni_datas *all, const char *name, const rni_json *where);
/* As the steps of `like` make it, without those that are for training only: for examples to be predicted. Takes `set`
 * over. Owned. */
rn_dataset *rni_datas_apply(rni_datas *all, rni_data *like, rn_dataset *set);

/* Opens a table with the columns and categories of this one, with or without targets. NULL with an error. Owned. */
rn_dataset *rni_data_table(const rni_data *d, const char *path);
/* Pictures brought to the form of column x, [n, ...]; scoped. */
rn_tensor *rni_data_pictures(const rni_datas *all, const rni_data *d, const char *const *paths, int64_t n);
/* Number of classes of column t; of its elements where it has none; of the vocabulary of a text. 0 where there is no t.
 */
int64_t rni_data_classes(const rni_data *d, const char *target);
/* Whether the source is a file or folder and not a known name. */
bool rni_source_is_path(const char *source);
/* The path as the working folder or else the project's folder has it; rni_free. */
char *rni_source_path(const rni_project *p, const char *source);

#endif
