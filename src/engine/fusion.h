/* Elementwise calls that are computed together: one program, whose numbers come from the options of several calls. */
#ifndef RNI_ENGINE_FUSION_H
#define RNI_ENGINE_FUSION_H

#include "engine/graph.h"

/* A call whose options are scalars of the program. */
typedef struct {
    const rn_op *op;
    void *opts; /* owned, of a part that was made by lowering; else they are those of the recorded node */
    int32_t recorded;
} rni_part;

typedef struct rni_fusion {
    char *name; /* "mul+add+relu" */
    rn_program *program;
    rni_part *part; /* those that have scalars, in the order that the program has them */
    int n_parts;
    int calls; /* how many it is */
    double *scalars;
    int shares; /* further calls that it belongs to */
} rni_fusion;

/* Replaces chains of elementwise calls of one shape by one call each; their values are the same, bit for bit. */
bool rni_fuse(rni_graph *g);
void rni_fusion_free(rni_fusion *f);
/* Fills f->scalars for a run of the given recorded nodes. */
void rni_fusion_scalars(rni_fusion *f, rni_node *const *recorded);

/* One program of several. Operands of part k are `from[i]`: an input of the whole (i >= 0), or result -1 - i of those
 * of earlier parts, counted through. `out` are results, counted in the same way. NULL with an error pending. */
typedef struct {
    const rn_program *program;
    const int32_t *from;
    const rn_dtype *rounded; /* f16 or bf16 of results that others read as they would be in memory; else another type */
} rni_join_part;
rn_program *rni_program_join(const rni_join_part *part, int n_parts, int n_in, const int32_t *out, int n_out,
                             const char *name);

#endif
