// The labelled requests, where they are at hand: what this folder reads out of each adversarial kind.

#include "support.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

namespace weir::dialect {
namespace {

constexpr const char* rows_file = WEIR_SOURCE_DIR "/../shared/routing-data/train.jsonl";

struct tally {
    int rows = 0;
    int human = 0;
    int tool = 0;
    int housekeeping = 0;
    int half_pasted = 0;
    int same_3 = 0;
    int failed_3 = 0;
    int over_2_calls = 0;
    int over_1_file = 0;
};

std::ostream& operator<<(std::ostream& out, const tally& t) {
    return out << "rows " << t.rows << ": human " << t.human << ", tool " << t.tool << ", housekeeping "
               << t.housekeeping << "; pasted >= half " << t.half_pasted << ", same call >= 3 " << t.same_3
               << ", failed >= 3 " << t.failed_3 << ", calls > 2 " << t.over_2_calls << ", files > 1 "
               << t.over_1_file;
}

void add(tally& t, const ask& a) {
    ++t.rows;
    t.human += a.kind == turn::human;
    t.tool += a.kind == turn::tool;
    t.housekeeping += a.kind == turn::housekeeping;
    t.half_pasted += a.pasted_per_mille >= 500;
    t.same_3 += a.same_call_of_last_6 >= 3;
    t.failed_3 += a.failed_results_of_last_6 >= 3;
    t.over_2_calls += a.calls > 2;
    t.over_1_file += a.files_named > 1;
}

std::map<std::string, tally> tally_rows() {
    std::map<std::string, tally> by_source;
    std::ifstream file(rows_file);
    for (std::string line; std::getline(file, line);) {
        const auto row = nlohmann::json::parse(line);
        const test::indexed_body body(row["request"].dump());
        add(by_source[row["source"]], body.ask_with(test::shipped_rules()));
    }
    return by_source;
}

TEST(labelled_rows, each_adversarial_kind_is_read_as_what_it_is) {
    if (!std::filesystem::exists(rows_file)) GTEST_SKIP() << "no labelled rows beside this tree";
    auto by_source = tally_rows();
    for (const auto& [source, t] : by_source) std::cout << source << ": " << t << '\n';
    for (const auto& [source, t] : by_source) {
        EXPECT_EQ(t.housekeeping, source == "adv/housekeeping" ? t.rows : 0) << source << ": " << t;
    }
    EXPECT_EQ(by_source["adv/stuck-loop"].same_3, by_source["adv/stuck-loop"].rows);
    EXPECT_EQ(by_source["adv/stuck-loop"].failed_3, by_source["adv/stuck-loop"].rows);
    EXPECT_EQ(by_source["adv/deep-but-trivial"].over_2_calls, 0);
    EXPECT_EQ(by_source["adv/deep-but-trivial"].human, by_source["adv/deep-but-trivial"].rows);
    for (const char* source : {"adv/long-trivial", "adv/quoted-keywords", "adv/quoted-code"}) {
        EXPECT_EQ(by_source[source].half_pasted, by_source[source].rows) << source;
    }
    EXPECT_EQ(by_source["adv/short-hard"].half_pasted, 0);
}

}  // namespace
}  // namespace weir::dialect
