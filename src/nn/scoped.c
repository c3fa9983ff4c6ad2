/* The scoped short form: links found by name in a chain, made at their first use.
 *
 * The argument structs of these calls end with the fields of the link's own argument struct, which therefore begins
 * after the chain, the name and the input. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "nn/nn.h"

#include <string.h>

typedef struct {
    rn_chain *scope;
    const char *name;
    rn_tensor *x;
} head;

#define CHECK_LAYOUT(scoped, link)                                                                                     \
    _Static_assert(offsetof(scoped, site) == sizeof(head) + offsetof(link, site) &&                                    \
                       sizeof(scoped) == sizeof(head) + sizeof(link),                                                  \
                   "the fields follow the head as they stand in the link's own struct")
CHECK_LAYOUT(rn_affine_args, rn_linear_link_args);
CHECK_LAYOUT(rn_convolution_args, rn_conv2d_link_args);
CHECK_LAYOUT(rn_deconvolution_args, rn_deconv2d_link_args);
CHECK_LAYOUT(rn_depthwise_convolution_args, rn_depthwise_conv2d_link_args);
CHECK_LAYOUT(rn_batch_normalization_args, rn_batch_norm_link_args);
CHECK_LAYOUT(rn_layer_normalization_args, rn_layer_norm_link_args);
CHECK_LAYOUT(rn_group_normalization_args, rn_group_norm_link_args);
CHECK_LAYOUT(rn_embedding_args, rn_embedding_link_args);
CHECK_LAYOUT(rn_recurrent_args, rn_lstm_link_args);
CHECK_LAYOUT(rn_self_attention_args, rn_attention_link_args);
CHECK_LAYOUT(rn_transformer_layer_args, rn_transformer_link_args);
CHECK_LAYOUT(rn_parametric_relu_args, rn_prelu_link_args);

/* What the caller gave, with zeroes for the line it was given on and for what its program does not know. */
static void *copy_given(const rn_link_type *type, const void *args, const rn_site *site, int64_t site_at)
{
    char *p = rni_alloc((int64_t)type->args_size);
    if (!p) return NULL;
    const size_t known = (size_t)site->size < type->args_size ? (size_t)site->size : type->args_size;
    memcpy(p, args, known);
    memset(p + site_at, 0, sizeof *site);
    return p;
}

static bool differs(rn_link *link, const rn_link_type *type, const void *args, const rn_site *site, const char *name)
{
    char have[128], want[128];
    const rni_args_of a = rni_link_args_of(type);
    void *now = rni_alloc(a.size);
    const char *option = NULL;
    if (now && rni_args_take(&a, site, args, now) && !rni_args_equal(&a, link->args, now, &option)) {
        const rn_opt *o = type->opts;
        while (strcmp(o->name, option) != 0) o++;
        rni_args_text(o, link->args, have, sizeof have);
        rni_args_text(o, now, want, sizeof want);
        rni_fail(RN_ERR_ARG, site, type->name, "\"%s\" has been made with another %s", name, option);
        rni_error_add("expect", "%s = %s, as at %s:%d", option, have,
                      link->site.file ? rni_path_base(link->site.file) : "?", link->site.line);
        rni_error_add("actual", "%s = %s", option, want);
    }
    rni_args_free(&a, now);
    rni_free(now);
    return !rn_ok();
}

static rn_link *make(const rn_link_type *type, rn_chain *scope, const char *name, const void *args, const rn_site *site,
                     int64_t site_at)
{
    rn_link *link = rni_link_inner(type, site, args);
    if (!link) return NULL;
    link->given = copy_given(type, args, site, site_at);
    if (link->given) return rn_chain_add_at(site, scope, name, link);
    rn_link_free(link);
    return NULL;
}

static rn_link *find_or_make(const rn_link_type *type, rn_chain *scope, const char *name, const void *args,
                             const rn_site *site, int64_t site_at)
{
    rn_link *link = rni_link_direct(scope, name, (int64_t)strlen(name));
    if (!link) return make(type, scope, name, args, site, site_at);
    if (link->type != type) {
        rni_fail(RN_ERR_ARG, site, type->name, "\"%s\" is the name of another link, a %s", name,
                 link->type ? link->type->name : "chain");
        return NULL;
    }
    /* The bytes are nearly always the same ones. Where they are not, say a text at another address, the options decide.
     */
    const char *a = link->given, *b = args;
    const size_t after = (size_t)site_at + sizeof *site;
    const bool same = a && site->size == (int)type->args_size && memcmp(a, b, (size_t)site_at) == 0 &&
                      memcmp(a + after, b + after, type->args_size - after) == 0;
    return same || !differs(link, type, args, site, name) ? link : NULL;
}

/* "block1/conv1" names a link in a chain of the chain. */
static rn_chain *enter(rn_chain *scope, const char **name, const rn_site *site)
{
    const char *slash;
    while (scope && (slash = strchr(*name, '/')) != NULL) {
        char part[128];
        const int64_t n = slash - *name;
        if (n >= (int64_t)sizeof part) {
            rni_fail(RN_ERR_ARG, site, "scope", "the name \"%s\" is too long", *name);
            return NULL;
        }
        memcpy(part, *name, (size_t)n);
        part[n] = '\0';
        scope = rn_chain_get_at(site, scope, part);
        *name = slash + 1;
    }
    return scope;
}

static rn_tensor *call(const rn_link_type *type, const void *scoped, size_t site_at, const char *what)
{
    const head *h = scoped;
    const char *args = (const char *)scoped + sizeof *h;
    rn_site site;
    memcpy(&site, (const char *)scoped + site_at, sizeof site);
    site.size -= (int)sizeof *h;
    if (!rn_ok()) {
        rni_error_trail(&site, type->name);
        return NULL;
    }
    if (!rni_given(h->scope, &site, what, "scope") || !rni_given(h->name, &site, what, "name")) return NULL;
    if (!rni_given(h->x, &site, what, "x")) return NULL;
    const char *name = h->name;
    rn_chain *scope = enter(h->scope, &name, &site);
    if (!scope) return NULL;
    rn_link *link = find_or_make(type, scope, name, args, &site, (int64_t)(site_at - sizeof *h));
    return link ? rn_call_at(&site, link, (rn_list){ &h->x, 1 }) : NULL;
}

#define RNI_SCOPED_LIST(X)                                                                                             \
    X(affine, affine, linear)                                                                                          \
    X(convolution, convolution, conv2d)                                                                                \
    X(deconvolution, deconvolution, deconv2d)                                                                          \
    X(depthwise_convolution, depthwise_convolution, depthwise_conv2d)                                                  \
    X(batch_normalization, batch_normalization, batch_norm)                                                            \
    X(layer_normalization, layer_normalization, layer_norm)                                                            \
    X(group_normalization, group_normalization, group_norm)                                                            \
    X(embedding, embedding, embedding)                                                                                 \
    X(lstm_layer, recurrent, lstm)                                                                                     \
    X(gru_layer, recurrent, gru)                                                                                       \
    X(self_attention, self_attention, multi_head_attention)                                                            \
    X(transformer_layer, transformer_layer, transformer_block)                                                         \
    X(parametric_relu, parametric_relu, prelu)

#define X(name, struct_name, type_name)                                                                                \
    rn_tensor *rn_##name##_at(const rn_##struct_name##_args *args)                                                     \
    {                                                                                                                  \
        if (!rni_args(args, __func__)) return NULL;                                                                    \
        return call(&rni_link_##type_name, args, offsetof(rn_##struct_name##_args, site), #name);                      \
    }
RNI_SCOPED_LIST(X)
#undef X
