/* What is counted while batches go by (evaluation.c), and written at the end (evaluation_json.c). */
#ifndef RNI_REPORT_EVALUATION_P_H
#define RNI_REPORT_EVALUATION_P_H

#include "base/file.h"
#include "report/evaluation.h"

enum {
    RNI_ODDS = 2048, /* bins of the log-odds of a class, from -16 to 16 */
    RNI_LIKELY = 20, /* bins of the probability of what is said */
    RNI_MISTAKES = 100,
    RNI_RANKS = 10,
    RNI_SCATTER = 2000
};

typedef struct rni_mistake {
    int64_t example;
    int32_t truth, said;
    double probability;
} rni_mistake;

typedef struct rni_evaluation {
    rni_session *session;
    rni_watch *watch;
    rni_out table;
    rni_str row;
    int64_t examples, classes; /* 0: regression, or nothing that can be compared */
    const rn_column *target;
    /* of classes */
    int64_t *confusion, *odds; /* [true][said]; [class][2][RNI_ODDS]: of others, and of examples of the class */
    int64_t rank[RNI_RANKS], likely[2][RNI_LIKELY];
    rni_mistake mistake[RNI_MISTAKES];
    int n_mistakes;
    double log_loss;
    /* of numbers */
    bool regression;
    double sum_t, sum_tt, sum_r, sum_rr, sum_abs, max_abs;
    int64_t elements, n_scatter;
    double (*scatter)[2];
    struct {
        char name[64];
        double value;
    } mean[32];
    int n_means;
} rni_evaluation;

/* evaluation.json beside the table. */
bool rni_evaluation_write_figures(const rni_evaluation *e, const char *model, const char *outputs);

#endif
