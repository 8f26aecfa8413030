#include "weir/net/inflate.hpp"

#include "support/gzip.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir::net {
namespace {

using test::gzip;

result<std::string> inflated(const std::string& packed, std::size_t bytes_max) {
    body_pool pool;
    auto body = inflate_gzip(packed, bytes_max, pool);
    if (!body) return std::unexpected(body.error());
    return std::string(body->text());
}

TEST(inflate, gives_back_what_was_packed) {
    for (const std::size_t size : {0U, 1U, 1000U, 300'000U}) {
        std::string text;
        for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 7919) + ',';
        text.resize(size);
        const auto body = inflated(gzip(text), 1'000'000);
        ASSERT_TRUE(body) << size << ": " << body.error().detail;
        EXPECT_EQ(*body, text);
    }
}

TEST(inflate, reads_several_members_as_one_body) {
    const auto body = inflated(gzip("{\"model\":") + gzip("\"auto\"}"), 100);
    ASSERT_TRUE(body) << body.error().detail;
    EXPECT_EQ(*body, R"({"model":"auto"})");
}

TEST(inflate, a_body_that_inflates_past_its_bound_is_refused_and_one_at_the_bound_is_not) {
    const std::string bomb = gzip(std::string(10'000'000, 'a'));
    EXPECT_LT(bomb.size(), 20'000U);
    const auto over = inflated(bomb, 9'999'999);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, errc::body_too_large) << over.error().detail;
    EXPECT_TRUE(inflated(bomb, 10'000'000));
}

TEST(inflate, what_is_no_gzip_or_is_damaged_is_refused) {
    const std::string good = gzip("hello, hello, hello");
    std::string wrong_sum = good;
    wrong_sum[wrong_sum.size() - 6] ^= 1;
    for (const std::string& packed : {std::string(), std::string("{}"), good.substr(0, good.size() - 1),
                                      good.substr(0, 10), wrong_sum, good + "rest"}) {
        const auto body = inflated(packed, 1000);
        ASSERT_FALSE(body) << packed.size();
        EXPECT_EQ(body.error().code, errc::malformed_http) << body.error().detail;
    }
}

}  // namespace
}  // namespace weir::net
