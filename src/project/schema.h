/* What may stand in the objects of a project file: tables that the reader checks by and the writer orders by. */
#ifndef RNI_PROJECT_SCHEMA_H
#define RNI_PROJECT_SCHEMA_H

#include "base/json.h"

enum {
    RNI_IS_TEXT = 1,
    RNI_IS_NUMBER = 2,
    RNI_IS_COUNT = 4, /* a whole number from 0 on */
    RNI_IS_BOOL = 8,
    RNI_IS_OBJECT = 16,
    RNI_IS_ARRAY = 32,
    RNI_IS_VALUE = 64,      /* an option's value: number, text, truth, list */
    RNI_IS_EXPRESSION = 128 /* a text that begins with '=' */
};

typedef struct rni_member {
    const char *name;
    unsigned kinds;
    const char *help;
} rni_member;

/* Ended by a row without a name. */
extern const rni_member rni_members_project[], rni_members_network[], rni_members_layer[], rni_members_data[],
    rni_members_step[], rni_members_training[], rni_members_optimizer[], rni_members_schedule[], rni_members_hook[],
    rni_members_monitor[], rni_members_stopping[], rni_members_best[], rni_members_snapshot[], rni_members_function[],
    rni_members_loss_scale[];

/* The i-th kind of value that it may have: "text", "number", "count", "bool", "object", "array", "expression"; NULL
 * past the last. */
const char *rni_member_kind(const rni_member *m, int i);
const rni_member *rni_member_find(const rni_member *table, const char *name);
/* Is v an object with known members only, each of an allowed kind? `what` names it: "layer". `open`: further members
 * are options, which somebody else checks. Errors name the place and the nearest member; where they are gathered, they
 * are those of all members. */
bool rni_members_check(const rni_json *v, const rni_member *table, const char *what, bool open);
/* Adds the nearest that next(user, i) knows to an error, or all of them where none is near and they are few. */
void rni_add_nearest(const char *name, const char *(*next)(void *user, int i), void *user);
/* Raises "there is no <what> "name"" at v, and adds the nearest. Returns false. */
bool rni_unknown(const rni_json *v, const char *what, const char *name, const char *(*next)(void *user, int i),
                 void *user);

#endif
