/* einsum: sums of products of tensors, their axes named by letters. Always two tensors are contracted at a time (see
 * contract.c), of several those first whose product is smallest. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"
#include "ops/linalg/contract.h"

#include <math.h>

#include <ctype.h>
#include <string.h>

enum { LETTERS = 52, DOTS = -1, OPERANDS = 16, TEXT = 128 };

typedef struct {
    char equation[TEXT];
} einsum_opt;

/* The axes that a term names; "..." is DOTS, and becomes names of its own. */
typedef struct {
    int label[TEXT], n;
    bool dots;
} term;

typedef struct {
    const rn_call_info *c;
    const char *at;
    rni_operand operand[OPERANDS];
    int n;
    int n_dots; /* axes that "..." stands for, at most */
    int seen[RNI_LABELS];
    uint64_t keep;
    int out[RN_MAX_RANK], n_out;
} einsum;

static bool refuse(einsum *e, rn_status status, const char *what, const char *rule)
{
    rni_refuse_call(e->c, status, what, rule);
    rn_infer_hint("the equation is \"%s\"", ((const einsum_opt *)e->c->opts)->equation);
    return false;
}

/* Letters in the order of their codes, as an output that is not given has them. */
static int number_of(char c)
{
    return c >= 'a' ? c - 'a' + 26 : c - 'A';
}

static bool read_term(einsum *e, term *t)
{
    *t = (term){ 0 };
    for (;; e->at++) {
        const char c = *e->at;
        if (c == ' ') continue;
        if (c == ',' || c == '-' || c == '\0') return true;
        if (isalpha((unsigned char)c))
            t->label[t->n++] = number_of(c);
        else if (strncmp(e->at, "...", 3) == 0 && !t->dots) {
            t->label[t->n++] = DOTS;
            t->dots = true;
            e->at += 2;
        } else
            return refuse(e, RN_ERR_ARG, "the equation is malformed",
                          "letters, one ... a term, , between terms and -> before the result");
    }
}

/* The names of `n` axes that "..." stands for; they are aligned at the last. */
static int dots_label(int i, int n)
{
    return LETTERS + RN_MAX_RANK - n + i;
}

/* A diagonal for each name that the term has twice. */
static bool take_diagonals(einsum *e, rni_operand *a, int *rank)
{
    for (int i = 0; i < *rank; i++)
        for (int k = i + 1; k < *rank; k++) {
            if (a->label[i] != a->label[k]) continue;
            if (rn_tensor_dim(a->x, i) != rn_tensor_dim(a->x, k))
                return refuse(e, RN_ERR_SHAPE, "axes of one name have different sizes", "sizes are equal, or 1");
            const int label = a->label[i];
            a->x = rn_diagonal(a->x, .axis1 = i, .axis2 = k);
            memmove(a->label + k, a->label + k + 1, (size_t)(*rank - k - 1) * sizeof *a->label);
            memmove(a->label + i, a->label + i + 1, (size_t)(*rank - i - 2) * sizeof *a->label);
            a->label[*rank - 2] = label; /* the diagonal is the last axis */
            --*rank;
            return take_diagonals(e, a, rank);
        }
    return a->x != NULL;
}

static bool read_operand(einsum *e, rn_tensor *x)
{
    term t;
    if (!read_term(e, &t)) return false;
    rni_operand *a = &e->operand[e->n++];
    int rank = rn_tensor_rank(x), n = 0;
    const int dots = rank - (t.n - t.dots);
    if (dots < 0 || (dots > 0 && !t.dots))
        return refuse(e, RN_ERR_SHAPE, "a term names another number of axes than its tensor has",
                      "a letter for each axis, or ... for the others");
    if (dots > e->n_dots) e->n_dots = dots;
    for (int i = 0; i < t.n; i++) {
        if (t.label[i] != DOTS) a->label[n++] = t.label[i];
        for (int k = 0; t.label[i] == DOTS && k < dots; k++) a->label[n++] = dots_label(k, dots);
    }
    for (int i = 0; i < rank; i++) e->seen[a->label[i]]++;
    a->x = x;
    return take_diagonals(e, a, &rank);
}

static bool keep_label(einsum *e, int label)
{
    if (e->n_out == RN_MAX_RANK) return refuse(e, RN_ERR_SHAPE, "the result has more than 8 axes", "at most 8");
    if (!e->seen[label]) return refuse(e, RN_ERR_ARG, "the result has a name that no term has", "letters of the terms");
    if (e->keep >> label & 1) return refuse(e, RN_ERR_ARG, "the result has a name twice", "each letter once");
    e->keep |= (uint64_t)1 << label;
    e->out[e->n_out++] = label;
    return true;
}

static bool keep_dots(einsum *e)
{
    for (int i = 0; i < e->n_dots; i++)
        if (!keep_label(e, dots_label(i, e->n_dots))) return false;
    return true;
}

/* Behind "->"; without it "..." and the names that occur once, in alphabetical order. */
static bool read_result(einsum *e)
{
    if (*e->at == '\0') {
        if (!keep_dots(e)) return false;
        for (int k = 0; k < LETTERS; k++)
            if (e->seen[k] == 1 && !keep_label(e, k)) return false;
        return true;
    }
    term t;
    if (strncmp(e->at, "->", 2) != 0)
        return refuse(e, RN_ERR_ARG, "the equation has another number of terms than tensors",
                      "one term for each tensor");
    e->at += 2;
    if (!read_term(e, &t)) return false;
    if (*e->at) return refuse(e, RN_ERR_ARG, "the equation goes on behind the result", "one result");
    for (int i = 0; i < t.n; i++)
        if (!(t.label[i] == DOTS ? keep_dots(e) : keep_label(e, t.label[i]))) return false;
    return true;
}

static bool check_sizes(einsum *e)
{
    int64_t size[RNI_LABELS];
    for (int k = 0; k < RNI_LABELS; k++) size[k] = 1;
    for (int j = 0; j < e->n; j++)
        for (int i = 0; i < rn_tensor_rank(e->operand[j].x); i++) {
            int64_t *have = &size[e->operand[j].label[i]];
            const int64_t n = rn_tensor_dim(e->operand[j].x, i);
            if (n != 1 && *have != 1 && n != *have) {
                refuse(e, RN_ERR_SHAPE, "axes of one name have different sizes", "sizes are equal, or 1");
                rn_infer_hint("%lld and %lld", (long long)*have, (long long)n);
                return false;
            }
            if (n != 1) *have = n;
        }
    return true;
}

/* Names that are still needed when operands i and j have become one. */
static uint64_t needed(const einsum *e, int i, int j)
{
    uint64_t mask = e->keep;
    for (int k = 0; k < e->n; k++)
        if (k != i && k != j) mask |= rni_labels(&e->operand[k]);
    return mask;
}

static double product_size(const einsum *e, int i, int j)
{
    const uint64_t keep = needed(e, i, j);
    double size = 1;
    uint64_t counted = 0;
    for (int side = 0; side < 2; side++) {
        const rni_operand *a = &e->operand[side ? j : i];
        for (int k = 0; k < rn_tensor_rank(a->x); k++) {
            const uint64_t bit = (uint64_t)1 << a->label[k];
            if (bit & keep && !(bit & counted)) size *= (double)rn_tensor_dim(a->x, k);
            counted |= bit;
        }
    }
    return size;
}

static bool contract_smallest(einsum *e)
{
    int first = 0, second = 1;
    double least = INFINITY;
    for (int i = 0; i < e->n; i++)
        for (int j = i + 1; j < e->n; j++) {
            const double size = product_size(e, i, j);
            if (size >= least) continue;
            least = size;
            first = i;
            second = j;
        }
    if (!rni_contract(e->c, &e->operand[first], &e->operand[second], needed(e, first, second))) return false;
    e->operand[second] = e->operand[--e->n];
    return true;
}

static bool build(rn_call_info *c)
{
    einsum e = { .c = c, .at = ((const einsum_opt *)c->opts)->equation };
    if (c->n_in > OPERANDS) return refuse(&e, RN_ERR_ARG, "more than 16 tensors", "at most 16");
    for (int i = 0; i < c->n_in; i++) {
        if (rn_tensor_dtype(c->in[i]) != rn_tensor_dtype(c->in[0]))
            return refuse(&e, RN_ERR_DTYPE, "the tensors are of different types", "all of one type");
        if (i && *e.at++ != ',')
            return refuse(&e, RN_ERR_ARG, "the equation has another number of terms than tensors",
                          "one term for each tensor");
        if (!read_operand(&e, c->in[i])) return false;
    }
    if (!read_result(&e) || !check_sizes(&e)) return false;
    while (e.n > 1)
        if (!contract_smallest(&e)) return false;
    rni_operand *y = &e.operand[0];
    if (!rni_sum_labels(y, rni_labels(y) & ~e.keep)) return false;
    return (c->out[0] = rni_in_order(y, e.out)) != NULL;
}

const rn_op rn_op_einsum = {
    .name = "einsum",
    .kind = RN_FUNCTION,
    .flags = RN_OP_NARROW,
    .inputs = "xs*",
    .build = build,
    .opts = (const rn_opt[]){ RN_REQ_TEXT(einsum_opt, equation, TEXT, "names of axes, as in \"ij,jk->ik\""), { 0 } },
    .opts_size = sizeof(einsum_opt),
    .onnx = "Einsum",
    .nnp = "Einsum",
    .doc = { .brief = "Einstein's summation: a sum of products over all names that the result does not have.",
             .formula = "\"ij,jk->ik\": y[i, k] = sum_j a[i, j] * b[j, k]",
             .shapes =
                 "one letter for each axis of each tensor; a letter twice in a term takes the diagonal; ... stands "
                 "for all other axes, which broadcast. Without -> the result has ... and, in alphabetical order, "
                 "the letters that occur once",
             .types = "all the same",
             .errors = "ARG if the equation is malformed or does not fit to the tensors; SHAPE if sizes of one name "
                       "differ and none is 1; DTYPE on mixed types",
             .source = "contracted pair by pair as products of matrices",
             .since = "0.1" },
    .cases =
        (const rn_case[]){ { .in = "xs:f32[3,4] xs:f32[4,5]", .with = "equation=ij,jk->ik" },
                           { .in = "xs:f32[3,4] xs:f32[4,5]", .with = "equation=ij,jk" },
                           { .in = "xs:f64[2,3,4] xs:f64[2,5,4]", .with = "equation=bij,bkj->bik" },
                           { .in = "xs:f32[2,3,4]", .with = "equation=bij->jb" },
                           { .in = "xs:f32[3,3]", .with = "equation=ii" },
                           { .in = "xs:f64[3,2,3]", .with = "equation=iji->ij" },
                           { .in = "xs:f64[2,2,2]", .with = "equation=iii->i" },
                           { .in = "xs:f32[3] xs:f32[4]", .with = "equation=i,j" },
                           { .in = "xs:f32[3,4] xs:f32[3,4]", .with = "equation=ij,ij->" },
                           { .in = "xs:f32[3,4] xs:f32[3,4]", .with = "equation=ij,ij->ji" },
                           { .in = "xs:f64[2,3,4] xs:f64[4,2]", .with = "equation=aBc,cd->aBd" },
                           { .in = "xs:f64[5,2,3] xs:f64[1,3,4]", .with = "equation=...ij,...jk->...ik" },
                           { .in = "xs:f64[2,3] xs:f64[4,2,3]", .with = "equation=...i,...i" },
                           { .in = "xs:f64[2,3] xs:f64[3,4] xs:f64[4,5]", .with = "equation=ij,jk,kl->il" },
                           { .in = "xs:f64[2,3] xs:f64[2,4] xs:f64[3,4]", .with = "equation=ij,ik,jk->i" },
                           { .in = "xs:f64[2,1] xs:f64[3,4]", .with = "equation=ij,jk->ik" },
                           { .in = "xs:f32[0,3] xs:f32[3,2]", .with = "equation=ij,jk->ik" },
                           { .in = "xs:f32[2,0] xs:f32[0,3]", .with = "equation=ij,jk->ik" },
                           { .in = "xs:f32[] xs:f32[3]", .with = "equation=,i->i" },
                           { .in = "xs:i32[2,3] xs:i32[3]", .with = "equation=ij,j->i" },
                           { .in = "xs:f32[2,3] xs:f32[4,5]", .with = "equation=ij,jk", .fails = "different sizes" },
                           { .in = "xs:f32[2,3]", .with = "equation=ii", .fails = "different sizes" },
                           { .in = "xs:f32[2,3]", .with = "equation=ijk", .fails = "another number of axes" },
                           { .in = "xs:f32[2,3]", .with = "equation=ij,jk", .fails = "number of terms" },
                           { .in = "xs:f32[2,3]", .with = "equation=ij->k", .fails = "no term has" },
                           { .in = "xs:f32[2,3]", .with = "equation=ij->ii", .fails = "twice" },
                           { .in = "xs:f32[2,3]", .with = "equation=i1", .fails = "malformed" },
                           { .in = "xs:f32[2] xs:f64[2]", .with = "equation=i,i", .fails = "different types" },
                           { 0 } },
};
