/* Evaluation functions. */
#include "values.h"

static rn_tensor *scores(void)
{
    const float v[] = { 5, 1, 0, 1, 2, 2, 0, 1, 9, 3, 2, 1 };
    return rn_array(RN_F32, RN_SHAPE(4, 3), v);
}

RN_TEST(accuracy_counts_what_is_not_ignored)
{
    RN_SCOPE
    {
        rn_tensor *y = scores(), *t = rn_array_i32(RN_SHAPE(4), 0, 2, 2, -1);
        VALUES_NEAR(1e-7, rn_accuracy(y, t), 2.0 / 3);
        VALUES(rn_accuracy(y, t, .ignore_label = 2), 0.5);
        VALUES(rn_accuracy(y, t, .ignore_zero = true), (float)(1.0 / 3));
        VALUES(rn_accuracy(y, rn_full(RN_SHAPE(4), -1, .dtype = RN_I32)), 0);
        CHECK_EQ_I64(rn_tensor_dtype(rn_accuracy(y, t)), RN_F32);
        CHECK(!rn_requires_grad(rn_accuracy(rn_require_grad(y, true), t)));
        CHECK(rn_accuracy(y, rn_zeros(RN_SHAPE(3), .dtype = RN_I32)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "y f32[4, 3];  t i32[3]");
    }
    CHECK_OK();
}

RN_TEST(the_best_class_alone_is_what_accuracy_counts_also_among_equal_scores)
{
    RN_SCOPE
    {
        rn_tensor *same = rn_zeros(RN_SHAPE(6, 3)), *t = rn_array_i32(RN_SHAPE(6), 0, 1, 2, 0, 1, 2);
        VALUES(rn_accuracy(same, t), (float)(1.0 / 3));
        VALUES(rn_top_n_accuracy(same, t, 1), (float)(1.0 / 3));
        VALUES(rn_top_n_accuracy(same, t, 2), (float)(2.0 / 3));
        VALUES(rn_top_n_accuracy(same, t, 9), 1);
        rn_tensor *y = rn_top_n_accuracy(same, rn_array_i32(RN_SHAPE(6), 0, 1, 2, 3, 0, 0), 1);
        CHECK(isnan(rn_item(y)));
        CHECK_ERROR(RN_ERR_ARG, "label 3 at [3] of t is out of range");
    }
}

RN_TEST(what_is_confused_with_what)
{
    RN_SCOPE
    {
        rn_tensor *y = scores(), *t = rn_array_i32(RN_SHAPE(4), 0, 2, 2, 1), *recall, *fbeta, *support;
        VALUES(rn_confusion_matrix(y, t), 1, 0, 0, 1, 0, 0, 0, 1, 1);
        rn_tensor *precision = rn_classification_summary(y, t, .recall = &recall, .fbeta = &fbeta, .support = &support);
        VALUES(precision, 0.5, 0, 1);
        VALUES(recall, 1, 0, 0.5);
        VALUES_NEAR(1e-7, fbeta, 2.0 / 3, 0, 2.0 / 3);
        VALUES(support, 1, 1, 2);
        VALUES_NEAR(1e-7, rn_f1_score(y, t), 2.0 / 3, 0, 2.0 / 3);
        VALUES(rn_precision(y, t), 0.5, 0, 1);
        VALUES(rn_recall(y, t), 1, 0, 0.5);
    }
    CHECK_OK();
}

RN_TEST(binary_accuracy_and_r2)
{
    RN_SCOPE
    {
        rn_tensor *y = F64(-1, 0, 3, 2), *t = rn_array_i32(RN_SHAPE(4), 0, 1, 0, -1);
        VALUES_NEAR(1e-7, rn_binary_accuracy(y, t), 2.0 / 3);
        rn_tensor *x = F64(1, 2, 3, 4);
        VALUES(rn_r2_score(x, x), 1);
        VALUES(rn_r2_score(F64(2.5, 2.5, 2.5, 2.5), x), 0);
        VALUES(rn_r2_score(x, F64(2, 2, 2, 2)), 0);
        CHECK(!rn_requires_grad(rn_r2_score(x, x)));
    }
    CHECK_OK();
}
