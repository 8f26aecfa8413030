#include "weir/classifier/measures.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weir::classifier {
namespace {

const std::vector<judged> four = {{.1, false}, {.4, false}, {.35, true}, {.8, true}};

TEST(measures, auroc_of_known_small_sets) {
    struct known {
        std::vector<judged> rows;
        double auroc;
    };
    for (const auto& [rows, expected] : std::vector<known>{
             {four, .75},
             {{{0, false}, {1, true}}, 1},
             {{{1, false}, {0, true}}, 0},
             {{{.5, false}, {.5, true}}, .5},
             {{{.5, false}, {.5, true}, {.5, true}, {.1, false}}, .75},
             {{{3, true}, {2, false}, {2, true}, {1, false}, {1, false}}, 11.0 / 12},
         }) {
        const auto got = auroc(rows);
        ASSERT_TRUE(got);
        EXPECT_NEAR(*got, expected, 1e-12) << rows.size() << " rows";
    }
}

TEST(measures, rows_of_one_kind_have_no_auroc_and_no_recall) {
    const std::vector<judged> cheap = {{.1, false}, {.9, false}};
    EXPECT_FALSE(auroc(cheap));
    EXPECT_FALSE(auroc({}));
    EXPECT_FALSE(auroc(std::vector<judged>{{.5, true}}));
    EXPECT_FALSE(pro_recall(cheap, .5));
    EXPECT_FALSE(pro_recall({}, .5));
}

TEST(measures, accuracy_counts_the_threshold_itself_as_dear) {
    EXPECT_DOUBLE_EQ(accuracy(four, .5), .75);
    EXPECT_DOUBLE_EQ(accuracy(four, .8), .75);
    EXPECT_DOUBLE_EQ(accuracy(four, .81), .5);
    EXPECT_DOUBLE_EQ(accuracy(four, 0), .5);
    EXPECT_DOUBLE_EQ(accuracy({}, .5), 0);
}

TEST(measures, brier_is_the_mean_square_of_the_error) {
    EXPECT_NEAR(brier(four), (.01 + .16 + .4225 + .04) / 4, 1e-12);
    EXPECT_DOUBLE_EQ(brier(std::vector<judged>{{1, true}, {0, false}}), 0);
    EXPECT_DOUBLE_EQ(brier({}), 0);
}

TEST(measures, calibration_error_compares_scores_with_outcomes_bin_by_bin) {
    EXPECT_DOUBLE_EQ(calibration_error(std::vector<judged>{{1, true}, {0, false}}), 0);
    EXPECT_DOUBLE_EQ(calibration_error(std::vector<judged>{{1, false}, {0, true}}), 1);
    // .7 said of four, three of which were so; .2 said of one
    const std::vector<judged> rows = {{.7, true}, {.7, true}, {.7, true}, {.7, false}, {.2, false}};
    EXPECT_NEAR(calibration_error(rows), (4 * .05 + .2) / 5, 1e-12);
    // in one bin the errors cancel out in part
    EXPECT_NEAR(calibration_error(rows, 1), 0, 1e-12);
    EXPECT_DOUBLE_EQ(calibration_error({}), 0);
}

TEST(measures, recall_of_the_dear_at_a_share_of_the_cheap) {
    struct known {
        double share, recall;
    };
    for (const auto& [share, recall] :
         std::vector<known>{{0, 1}, {.25, 1}, {.5, .5}, {.75, .5}, {1, 0}, {.875, .25}, {-1, 1}, {2, 0}}) {
        EXPECT_NEAR(pro_recall(four, share).value_or(-1), recall, 1e-12) << share;
    }
    // all alike: no better than drawing lots
    const std::vector<judged> same(10, {.5, true});
    EXPECT_NEAR(pro_recall(same, .7).value_or(-1), .3, 1e-12);
}

TEST(measures, risk_falls_with_coverage_where_confidence_means_something) {
    const std::vector<decided_row> rows = {{.9, true}, {.8, true}, {.3, false}, {.2, true}};
    const auto points = risk_coverage(rows, 4);
    ASSERT_EQ(points.size(), 4U);
    const std::vector<double> accuracies = {1, 1, 2.0 / 3, .75};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_DOUBLE_EQ(points[i].coverage, static_cast<double>(i + 1) / 4) << i;
        EXPECT_DOUBLE_EQ(points[i].accuracy, accuracies[i]) << i;
        EXPECT_DOUBLE_EQ(points[i].confidence, rows[i].confidence) << i;
    }
}

TEST(measures, rows_of_the_same_confidence_stand_with_their_mean) {
    for (const auto& rows : {std::vector<decided_row>{{1, true}, {1, false}, {1, true}, {1, false}},
                             std::vector<decided_row>{{1, false}, {1, false}, {1, true}, {1, true}}}) {
        for (const risk_point& point : risk_coverage(rows, 4)) EXPECT_DOUBLE_EQ(point.accuracy, .5);
    }
    EXPECT_TRUE(risk_coverage({}, 4).empty());
    EXPECT_EQ(risk_coverage(std::vector<decided_row>{{1, true}}, 4).size(), 1U);
}

}  // namespace
}  // namespace weir::classifier
