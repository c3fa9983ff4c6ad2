/* The members of a project file's objects. A table says what is known and in which order it is written. */
#include "project/schema.h"

#include "base/error.h"
#include "project/value.h"

#include <string.h>

#define COMMON                                                                                                         \
    { "description", RNI_IS_TEXT, "for people" },                                                                      \
    {                                                                                                                  \
        "editor", RNI_IS_OBJECT | RNI_IS_ARRAY | RNI_IS_VALUE,                                                         \
            "what an editor keeps, such as positions; not looked at"                                                   \
    }

const rni_member rni_members_project[] = {
    { "rensa", RNI_IS_COUNT, "version of this format: 1" },
    { "name", RNI_IS_TEXT, "of the project" },
    COMMON,
    { "data", RNI_IS_TEXT | RNI_IS_OBJECT,
      "data sets by name; a text stands for a training and a test set of that source" },
    { "network", RNI_IS_ARRAY | RNI_IS_OBJECT, "the network, where there is one" },
    { "networks", RNI_IS_OBJECT, "networks by name" },
    { "units", RNI_IS_OBJECT, "networks with arguments that serve as types of layers" },
    { "training", RNI_IS_OBJECT, "how to train" },
    { 0 },
};

const rni_member rni_members_network[] = {
    COMMON,
    { "arguments", RNI_IS_OBJECT, "names and default values for expressions; null: must be given" },
    { "inputs", RNI_IS_TEXT | RNI_IS_ARRAY,
      "names of the inputs (x); of a network that is trained: columns of the data set" },
    { "layers", RNI_IS_ARRAY, "in order" },
    { "output", RNI_IS_TEXT, "the layer whose result it is (the last)" },
    { 0 },
};

const rni_member rni_members_layer[] = {
    { "name", RNI_IS_TEXT, "of the layer (made from the type)" },
    { "type", RNI_IS_TEXT, "a link, a function, or a network or unit of this project" },
    COMMON,
    { "inputs", RNI_IS_TEXT | RNI_IS_ARRAY, "names of layers or of inputs of the network (the layer before)" },
    { "if", RNI_IS_BOOL | RNI_IS_EXPRESSION, "false: the layer hands its first input on" },
    { "repeat", RNI_IS_COUNT | RNI_IS_EXPRESSION,
      "so many layers one after the other, in whose options i is 0, 1, ..." },
    { "share", RNI_IS_TEXT, "layers with the same name here have the same parameters" },
    { "train", RNI_IS_BOOL, "false: the parameters stay as they are" },
    { "rate", RNI_IS_NUMBER, "factor on the learning rate" },
    { "decay", RNI_IS_BOOL, "false: weight decay leaves the parameters alone" },
    { "options", RNI_IS_OBJECT, "options whose names are taken by the members above" },
    { 0 },
};

const rni_member rni_members_data[] = {
    COMMON,
    { "source", RNI_IS_TEXT, "a known data set, a file or a folder" },
    { "type", RNI_IS_TEXT, "what the source is, where its name does not say it: images, csv, nnc, idx, text" },
    { "part", RNI_IS_TEXT, "train, test or valid; files and folders without parts are divided" },
    { "seed", RNI_IS_COUNT, "of drawn digits, divisions and random windows" },
    { "flat", RNI_IS_BOOL, "pictures of a known data set as vectors" },
    { "target", RNI_IS_TEXT | RNI_IS_NUMBER, "csv: columns to be predicted (the last)" },
    { "columns", RNI_IS_TEXT, "csv: columns of x (all others)" },
    { "ignore", RNI_IS_TEXT, "csv: columns that are left out" },
    { "classify", RNI_IS_BOOL, "csv: the target is a class, also where it is a number" },
    { "ordinal", RNI_IS_BOOL, "csv: categories become numbers instead of columns" },
    { "missing", RNI_IS_TEXT, "csv: error, mean, median, zero or skip" },
    { "header", RNI_IS_TEXT, "csv: auto, yes or no" },
    { "separator", RNI_IS_TEXT, "csv: one character" },
    { "labels", RNI_IS_TEXT, "nnc: variables that hold classes; idx: the file of labels" },
    { "raw", RNI_IS_BOOL, "nnc: pixels stay 0 ... 255" },
    { "width", RNI_IS_COUNT, "images: in pixels" },
    { "height", RNI_IS_COUNT, "images: in pixels" },
    { "channels", RNI_IS_COUNT, "images: 1, 3 or 4" },
    { "fit", RNI_IS_TEXT, "images: squash, crop or pad" },
    { "filter", RNI_IS_TEXT, "images: bilinear, bicubic, area or nearest" },
    { "length", RNI_IS_COUNT, "text: tokens of an example (64)" },
    { "by", RNI_IS_TEXT, "text: char or word" },
    { "streams", RNI_IS_BOOL, "text: read side by side, each batch going on where the last one ended" },
    { "stride", RNI_IS_COUNT, "text: tokens between the beginnings of examples (length)" },
    { "random", RNI_IS_BOOL, "text: examples begin anywhere" },
    { "steps", RNI_IS_ARRAY, "what is done to it, in order" },
    { 0 },
};

const rni_member rni_members_step[] = {
    { "type", RNI_IS_TEXT, "subset, split, pick, concat, normalize, cache, or a kind of augmentation" },
    COMMON,
    { "column", RNI_IS_TEXT, "that it works on (x)" },
    { "columns", RNI_IS_TEXT, "pick: names" },
    { "first", RNI_IS_COUNT, "subset" },
    { "count", RNI_IS_COUNT, "subset" },
    { "fractions", RNI_IS_ARRAY, "split: of the whole" },
    { "take", RNI_IS_COUNT, "split: which part, 0 first" },
    { "in_order", RNI_IS_BOOL, "split: not shuffled" },
    { "strata", RNI_IS_TEXT, "split: a column of classes that are to be equally frequent" },
    { "seed", RNI_IS_COUNT, "split, augmentation" },
    { "data", RNI_IS_TEXT, "concat: the data set that is appended" },
    { "like", RNI_IS_TEXT, "normalize: the data set whose means are used (train)" },
    { "whole", RNI_IS_BOOL, "normalize: one mean and deviation for all" },
    { "bytes", RNI_IS_COUNT, "cache: at most" },
    { 0 },
};

const rni_member rni_members_training[] = {
    COMMON,
    { "network", RNI_IS_TEXT, "the one that is trained (the first)" },
    { "data", RNI_IS_TEXT, "the data set (train)" },
    { "loss", RNI_IS_TEXT | RNI_IS_OBJECT, "a function of output and target, or of the output alone" },
    { "target", RNI_IS_TEXT, "the column that the loss compares with (t)" },
    { "metrics", RNI_IS_TEXT | RNI_IS_ARRAY, "further functions of output and target" },
    { "batch", RNI_IS_COUNT, "examples per step (100)" },
    { "epochs", RNI_IS_COUNT, "passes over the data (10)" },
    { "iterations", RNI_IS_COUNT, "ends after so many steps" },
    { "seconds", RNI_IS_NUMBER, "ends after this time" },
    { "seed", RNI_IS_COUNT, "of initial values, order and noise" },
    { "limit", RNI_IS_COUNT, "only so many examples of each data set, before its steps" },
    { "precision", RNI_IS_TEXT, "of products: float32, bfloat16 or float16 (float32)" },
    { "loss_scale", RNI_IS_NUMBER | RNI_IS_OBJECT, "a factor of the loss, fixed or changing (changing for float16)" },
    { "device", RNI_IS_TEXT, "cpu, ref, ... (RENSA_DEVICE, else cpu)" },
    { "threads", RNI_IS_COUNT, "for computing (OMP_NUM_THREADS, else all)" },
    { "shuffle", RNI_IS_BOOL, "anew in each epoch (true, but for text in streams)" },
    { "accumulate", RNI_IS_COUNT, "batches per update" },
    { "weights", RNI_IS_TEXT, "a model file to begin from" },
    { "optimizer", RNI_IS_TEXT | RNI_IS_OBJECT, "its type, rate, hooks and schedule (adam)" },
    { "optimizers", RNI_IS_ARRAY, "several, run one after the other in each step" },
    { "monitors", RNI_IS_ARRAY, "networks on data sets, once an epoch (all other data sets)" },
    { "early_stopping", RNI_IS_BOOL | RNI_IS_OBJECT, "ends when there is no more improvement" },
    { "save_best", RNI_IS_BOOL | RNI_IS_OBJECT, "keeps the best model (true)" },
    { "snapshot", RNI_IS_OBJECT, "how often, and how many are kept" },
    { "graph", RNI_IS_BOOL, "the recorded calls of the first step as graph.dot (false)" },
    { "watch", RNI_IS_BOOL, "parameters and gradients of each epoch in tensors.jsonl (false)" },
    { 0 },
};

const rni_member rni_members_optimizer[] = {
    { "name", RNI_IS_TEXT, "of its loss in the log" },
    { "type", RNI_IS_TEXT, "sgd, momentum_sgd, adam, ..." },
    COMMON,
    { "rate", RNI_IS_NUMBER, "learning rate" },
    { "network", RNI_IS_TEXT, "whose loss is made smaller" },
    { "loss", RNI_IS_TEXT | RNI_IS_OBJECT, "as in training" },
    { "target", RNI_IS_TEXT, "as in training" },
    { "parameters", RNI_IS_TEXT | RNI_IS_ARRAY, "patterns of those that it changes (*)" },
    { "every", RNI_IS_COUNT, "only each so-manieth step" },
    { "schedule", RNI_IS_TEXT | RNI_IS_OBJECT, "of the rate" },
    { "hooks", RNI_IS_ARRAY, "what is done to gradients" },
    { 0 },
};

const rni_member rni_members_loss_scale[] = {
    { "scale", RNI_IS_NUMBER, "the first (65536)" },
    { "factor", RNI_IS_NUMBER, "by which it grows and falls (2)" },
    { "interval", RNI_IS_COUNT, "steps without overflow after which it grows (2000)" },
    { "fixed", RNI_IS_BOOL, "it neither grows nor falls (false)" },
    COMMON,
    { 0 },
};

const rni_member rni_members_schedule[] = {
    { "type", RNI_IS_TEXT, "constant, step, multistep, exponential, polynomial, inverse, cosine, warmup" },
    COMMON,
    { "then", RNI_IS_TEXT | RNI_IS_OBJECT, "warmup: the schedule that follows" },
    { 0 },
};

const rni_member rni_members_hook[] = {
    { "type", RNI_IS_TEXT, "weight_decay, lasso, clip_norm, clip_value, noise, lars" },
    COMMON,
    { 0 },
};

const rni_member rni_members_function[] = {
    { "type", RNI_IS_TEXT, "a function" },
    { "name", RNI_IS_TEXT, "in the log" },
    COMMON,
    { 0 },
};

const rni_member rni_members_monitor[] = {
    { "name", RNI_IS_TEXT, "in the log (the data set's)" },
    COMMON,
    { "data", RNI_IS_TEXT, "the data set" },
    { "network", RNI_IS_TEXT, "the network (the one that is trained)" },
    { "loss", RNI_IS_TEXT | RNI_IS_OBJECT, "as in training" },
    { "target", RNI_IS_TEXT, "as in training" },
    { "metrics", RNI_IS_TEXT | RNI_IS_ARRAY, "as in training" },
    { "every", RNI_IS_NUMBER, "epochs (1)" },
    { 0 },
};

const rni_member rni_members_stopping[] = {
    { "monitor", RNI_IS_TEXT, "the mean to watch: test_loss, valid_accuracy, ..." },
    { "patience", RNI_IS_COUNT, "epochs without improvement (5)" },
    { "maximize", RNI_IS_BOOL, "larger is better (known for accuracy)" },
    COMMON,
    { 0 },
};

const rni_member rni_members_best[] = {
    { "monitor", RNI_IS_TEXT, "the mean to watch" },
    { "maximize", RNI_IS_BOOL, "larger is better (known for accuracy)" },
    COMMON,
    { 0 },
};

const rni_member rni_members_snapshot[] = {
    { "every", RNI_IS_NUMBER, "so often (1)" },
    { "unit", RNI_IS_TEXT, "epoch, iteration or second" },
    { "keep", RNI_IS_COUNT, "so many (2)" },
    COMMON,
    { 0 },
};

const rni_member *rni_member_find(const rni_member *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0) return table;
    return NULL;
}

/* Names the candidates, if they are few. */
static void add_known(const char *(*next)(void *user, int i), void *user)
{
    char list[300] = "";
    int at = 0;
    const char *name;
    for (int i = 0; at < (int)sizeof list && (name = next(user, i)) != NULL; i++)
        if (*name) at += snprintf(list + at, sizeof list - (size_t)at, "%s%s", at ? ", " : "", name);
    if (at > 0 && at < (int)sizeof list) rni_error_add("expect", "%s", list);
}

void rni_add_nearest(const char *name, const char *(*next)(void *user, int i), void *user)
{
    const char *near = rni_nearest(name, next, user);
    if (near && strcmp(near, name) != 0)
        rni_error_add("hint", "did you mean \"%s\"?", near);
    else
        add_known(next, user);
}

bool rni_unknown(const rni_json *v, const char *what, const char *name, const char *(*next)(void *user, int i),
                 void *user)
{
    rni_json_fail(v, RN_ERR_ARG, "there is no %s \"%.100s\"", what, name);
    rni_add_nearest(name, next, user);
    return false;
}

static const char *member_name(void *user, int i)
{
    return ((const rni_member *)user)[i].name;
}

static bool is_kind(const rni_json *v, unsigned kinds)
{
    const char *text = rni_json_string(v);
    switch (rni_json_type_of(v)) {
    case RNI_JSON_STRING:
        return (kinds & (RNI_IS_TEXT | RNI_IS_VALUE)) || ((kinds & RNI_IS_EXPRESSION) && text[0] == '=');
    case RNI_JSON_NUMBER:
        return (kinds & (RNI_IS_NUMBER | RNI_IS_VALUE)) ||
               ((kinds & RNI_IS_COUNT) && rni_json_is_int(v) && rni_json_int(v) >= 0);
    case RNI_JSON_BOOL:
        return kinds & (RNI_IS_BOOL | RNI_IS_VALUE);
    case RNI_JSON_ARRAY:
        return kinds & (RNI_IS_ARRAY | RNI_IS_VALUE);
    case RNI_JSON_OBJECT:
        return kinds & RNI_IS_OBJECT;
    default:
        return false;
    }
}

static const struct {
    unsigned kind;
    const char *name, *text;
} kinds[] = {
    { RNI_IS_TEXT, "text", "a text" },
    { RNI_IS_NUMBER, "number", "a number" },
    { RNI_IS_COUNT, "count", "a whole number from 0 on" },
    { RNI_IS_BOOL, "bool", "true or false" },
    { RNI_IS_OBJECT, "object", "an object" },
    { RNI_IS_ARRAY, "array", "an array" },
    { RNI_IS_EXPRESSION, "expression", "an expression" },
};

const char *rni_member_kind(const rni_member *m, int i)
{
    for (size_t k = 0; k < RN_COUNTOF(kinds); k++)
        if (m->kinds & kinds[k].kind && i-- == 0) return kinds[k].name;
    return NULL;
}

static bool wrong_kind(const rni_json *v, const rni_member *m)
{
    char expect[160] = "";
    for (size_t i = 0, at = 0; i < RN_COUNTOF(kinds); i++)
        if (m->kinds & kinds[i].kind)
            at += (size_t)snprintf(expect + at, sizeof expect - at, "%s%s", at ? " or " : "", kinds[i].text);
    rni_json_fail(v, RN_ERR_ARG, "\"%s\" cannot be %s", m->name,
                  rni_json_type_of(v) == RNI_JSON_NUMBER ? "this number" : rni_json_type_name(rni_json_type_of(v)));
    rni_error_add("expect", "%s", expect);
    rni_error_add("hint", "%s: %s", m->name, m->help);
    return false;
}

bool rni_members_check(const rni_json *v, const rni_member *table, const char *what, bool open)
{
    if (!rni_json_expect(v, RNI_JSON_OBJECT)) return false;
    bool all = true;
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        const rni_json *value = rni_json_at(v, i);
        const char *key = rni_json_key_at(v, i);
        const rni_member *m = rni_member_find(table, key);
        if (!m && open) continue;
        char text[64];
        snprintf(text, sizeof text, "member of a %s called", what);
        const bool ok = m ? is_kind(value, m->kinds) || wrong_kind(value, m)
                          : rni_unknown(value, text, key, member_name, (void *)(uintptr_t)table);
        if (!ok && !rni_excused(value)) return false;
        all &= ok;
    }
    return all;
}
