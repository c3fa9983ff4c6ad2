/* Chains: links with names, inside one another. */
#include "base/alloc.h"
#include "base/error.h"
#include "nn/nn.h"

#include <string.h>

rn_chain *rn_chain_new(void)
{
    rn_link *l = rni_link_alloc(RNI_CHAIN, NULL);
    if (l) rni_link_draw(l);
    return l;
}

static bool contains(const rn_link *tree, const rn_link *link)
{
    if (tree == link) return true;
    for (int64_t i = 0; i < tree->n_children; i++)
        if (contains(tree->child[i].link, link)) return true;
    return false;
}

static bool check_add(const rn_site *site, rn_chain *chain, const char *name, rn_link *link)
{
    if (!rn_ok()) {
        rni_error_trail(site, "chain_add");
        return false;
    }
    if (!chain || !link) return rni_fail(RN_ERR_ARG, site, "chain_add", "the %s is NULL", chain ? "link" : "chain");
    if (!name || !*name || strchr(name, '/')) {
        rni_fail(RN_ERR_ARG, site, "chain_add", "\"%s\" cannot be the name of a link", name ? name : "");
        rni_error_add("expect", "a name without '/', which separates names");
        return false;
    }
    if (rni_link_direct(chain, name, (int64_t)strlen(name)))
        return rni_fail(RN_ERR_ARG, site, "chain_add", "the name \"%s\" is taken", name);
    for (int64_t i = 0; i < chain->n_slots; i++)
        if (chain->slot[i] && strcmp(chain->slot[i]->name, name) == 0)
            return rni_fail(RN_ERR_ARG, site, "chain_add", "a parameter has the name \"%s\"", name);
    return true;
}

rn_link *rn_chain_add_at(const rn_site *site, rn_chain *chain, const char *name, rn_link *link)
{
    rni_child *p = NULL;
    char *copy = NULL, *own = NULL;
    if (rn_ok() && link && link->parent && link->refs == 1) {
        /* the chain that holds it is the only holder: this call has nothing to take over */
        rni_fail(RN_ERR_ARG, site, "chain_add", "the link is in a chain already, as \"%s\"", link->name);
        rni_error_add("hint", "rn_chain_add(chain, name, rn_link_keep(link)) lets two chains share it");
        return NULL;
    }
    if (!check_add(site, chain, name, link)) goto fail;
    if (contains(link, chain)) {
        rni_fail(RN_ERR_ARG, site, "chain_add", "a chain cannot be inside itself");
        if (link->refs == 1) return NULL; /* what holds the chain goes on doing so */
        goto fail;
    }
    p = rni_grow(chain->child, chain->n_children, &chain->cap_children, (int64_t)sizeof *p);
    if (!p) goto fail;
    chain->child = p;
    copy = rni_strdup(name);
    own = rni_strdup(name);
    if (!copy || !own) goto fail;
    chain->child[chain->n_children++] = (rni_child){ copy, link };
    if (!link->parent) {
        link->parent = chain;
        rni_free(link->name);
        link->name = own;
    } else
        rni_free(own);
    rni_nn_changed();
    return link;
fail:
    rni_free(copy);
    rni_free(own);
    rn_link_free(link);
    return NULL;
}

rn_chain *rn_chain_get_at(const rn_site *site, rn_chain *chain, const char *name)
{
    if (!rn_ok()) {
        rni_error_trail(site, "chain_get");
        return NULL;
    }
    if (!chain || !name) {
        rni_fail(RN_ERR_ARG, site, "chain_get", "the %s is NULL", chain ? "name" : "chain");
        return NULL;
    }
    rn_link *l = rni_link_direct(chain, name, (int64_t)strlen(name));
    if (!l) return rn_chain_add_at(site, chain, name, rni_link_alloc(RNI_CHAIN, site));
    if (l->kind == RNI_CHAIN || l->kind == RNI_SEQUENTIAL) return l;
    rni_fail(RN_ERR_ARG, site, "chain_get", "the link \"%s\" is not a chain", name);
    return NULL;
}

bool rn_chain_set_forward(rn_chain *chain, rn_segment_fn *fn, void *user)
{
    if (!rn_ok()) return false;
    if (!chain || chain->kind != RNI_CHAIN)
        return rni_fail(RN_ERR_ARG, NULL, "chain_set_forward", "only a chain can be told how it is called");
    chain->fn = fn;
    chain->user = user;
    return true;
}

rn_chain *rn_sequential_at(const rn_site *site, rn_link *const *links, int64_t n)
{
    if (n > 0 && !rni_given(links, site, "sequential", "links")) return NULL;
    rn_link *l = rni_link_alloc(RNI_SEQUENTIAL, site);
    if (l) rni_link_draw(l);
    bool ok = l != NULL;
    for (int64_t i = 0; i < n; i++) {
        char name[24];
        snprintf(name, sizeof name, "%lld", (long long)i);
        if (ok)
            ok = rn_chain_add_at(site, l, name, links[i]) != NULL;
        else
            rn_link_free(links[i]);
    }
    if (ok) return l;
    rn_link_free(l);
    return NULL;
}
