#include "weir/metering/client_keys.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::metering {
namespace {

// FIPS 180-2, appendix B.
constexpr std::string_view hash_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view hash_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(client_keys, the_hash_is_sha_256) {
    EXPECT_EQ(hash_key("abc"), parse_key_hash(hash_of_abc));
    EXPECT_EQ(hash_key(""), parse_key_hash(hash_of_nothing));
    EXPECT_EQ(hash_key({}), parse_key_hash(hash_of_nothing));
}

TEST(client_keys, a_hash_is_64_hexadecimal_digits_of_either_case_and_nothing_else) {
    std::string upper(hash_of_abc);
    for (char& c : upper) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    EXPECT_EQ(parse_key_hash(upper), hash_key("abc"));
    const std::string good(hash_of_abc);
    const std::vector<std::string> table = {"",
                                            good.substr(1),
                                            good + "0",
                                            good + " ",
                                            "g" + good.substr(1),
                                            "0x" + good.substr(2),
                                            " " + good,
                                            good.substr(0, 63) + "\n",
                                            good.substr(0, 63) + "-"};
    for (const std::string& text : table)
        EXPECT_FALSE(parse_key_hash(text).has_value()) << '"' << text << '"';
}

TEST(client_keys, only_a_listed_key_is_found_and_as_its_own_entry) {
    client_key second{"second", hash_key("wk-2"), true};
    second.override_effort = true;
    second.error_cost_usd_milli = 2'500;
    second.traffic_class = "batch";
    const client_keys keys({{"first", hash_key("wk-1"), false}, second, {"third", hash_key("wk-3"), false}});
    EXPECT_FALSE(keys.keyless());
    for (const auto& [presented, id] : std::vector<std::pair<std::string, std::string>>{
             {"wk-1", "first"}, {"wk-2", "second"}, {"wk-3", "third"}}) {
        const client_key* const found = keys.find(presented);
        ASSERT_NE(found, nullptr) << presented;
        EXPECT_EQ(found->id, id);
        EXPECT_EQ(found->may_route, id == "second");
        EXPECT_EQ(found->override_effort, id == "second");
        EXPECT_EQ(found->error_cost_usd_milli, id == "second" ? 2'500 : 0);
        EXPECT_EQ(found->traffic_class, id == "second" ? "batch" : "");
    }
    for (const std::string presented : {"", "wk-", "wk-11", "WK-1", "wk-1 ", "first"}) {
        EXPECT_EQ(keys.find(presented), nullptr) << '"' << presented << '"';
    }
    EXPECT_EQ(keys.find(hash_of_abc), nullptr);
}

TEST(client_keys, without_a_list_nobody_is_found) {
    const client_keys keys;
    EXPECT_TRUE(keys.keyless());
    EXPECT_EQ(keys.find(""), nullptr);
    EXPECT_EQ(keys.find("wk-1"), nullptr);
}

}  // namespace
}  // namespace weir::metering
