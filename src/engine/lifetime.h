/* Which calls read which memory, and how much of it is alive: what passes know of memory before places are chosen. */
#ifndef RNI_ENGINE_LIFETIME_H
#define RNI_ENGINE_LIFETIME_H

#include "engine/graph.h"

/* Views are part of what they are views of, its root; calls are all nodes but views. Memory of results and of what is
 * given lasts for the whole run, so only what lies between counts, and results that cannot be written over a donated
 * value of their size. */
typedef struct {
    rni_graph *g;
    int32_t *root;                      /* of each value: the value whose memory it is */
    int32_t *left;                      /* of each root: calls that have yet to read it; results: one more */
    int32_t *reader;                    /* of each root with one left: that call (before: all of them, by xor) */
    int32_t *first_follower, *follower; /* of each call: those that read its results; n_nodes + 1 entries */
    int32_t *seen;                      /* of each root: last call, or mark, that came across it */
    int32_t mark;
    int64_t alive, here, most; /* here: while the last step ran */
} rni_lifetimes;

/* On failure nothing is to be freed. */
bool rni_lifetimes_begin(rni_lifetimes *l, rni_graph *g);
void rni_lifetimes_end(rni_lifetimes *l);
bool rni_lifetimes_is_view(const rni_lifetimes *l, int32_t k);
/* The call that makes the memory of value v; -1: none, v is given or left out. */
int32_t rni_lifetimes_maker(const rni_lifetimes *l, int32_t v);
/* Bytes that are alive after call k less those before it, if it ran now; input that comes from a call that has not run
 * yet and has no other reader counts as freed. */
int64_t rni_lifetimes_growth(rni_lifetimes *l, int32_t k);
/* Call k has run. */
void rni_lifetimes_read(rni_lifetimes *l, int32_t k);
/* The same, counting what is alive; whether that is more than ever before. */
bool rni_lifetimes_step(rni_lifetimes *l, int32_t k);
/* Bytes alive at most, if calls run in that order (NULL: that of the graph). l is used up. */
int64_t rni_lifetimes_peak(rni_lifetimes *l, const int32_t *order, int64_t n);

#endif
