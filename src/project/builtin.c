/* Built-in projects by name. */
#include "project/builtin.h"

#include "project/project.h"

#include <string.h>

const char *rni_builtin_at(int i, const char **text)
{
    for (int k = 0; k < i; k++)
        if (!rni_builtins[k].name) return NULL;
    if (text) *text = rni_builtins[i].text;
    return rni_builtins[i].name;
}

const char *rni_builtin_find(const char *name)
{
    for (const rni_builtin *b = rni_builtins; b->name; b++)
        if (strcmp(b->name, name) == 0) return b->text;
    return NULL;
}
