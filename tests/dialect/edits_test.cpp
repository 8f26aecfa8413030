#include "weir/dialect/edits.hpp"

#include "mends_support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir::dialect {
namespace {

using test::joined;

TEST(edits, no_edit_leaves_the_body_as_one_view) {
    const std::string body = "{}";
    const edit_list edits;
    const auto parts = edits.apply(body);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(parts[0].data(), body.data());
    EXPECT_TRUE(edits.apply("").empty());
}

TEST(edits, edits_may_come_in_any_order) {
    edit_list edits;
    edits.add({6, 1}, "Z");
    edits.add({0, 1}, "A");
    edits.add({3, 0}, "-in-");
    edits.add({7, 0}, "!");
    edits.add({4, 1}, "");
    EXPECT_EQ(joined(edits, "0123456"), "A12-in-35Z!");
}

TEST(edits, what_is_inserted_may_stand_before_what_goes) {
    edit_list edits;
    edits.add({2, 0}, "a");
    edits.add({2, 0}, "b");
    edits.add({2, 2}, "");
    EXPECT_EQ(joined(edits, "012345"), "01ab45");
}

TEST(edits, bytes_that_do_not_change_are_views_into_the_body) {
    const std::string body = "0123456789";
    edit_list edits;
    edits.add({4, 2}, "xyz");
    const auto parts = edits.apply(body);
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[0].data(), body.data());
    EXPECT_EQ(parts[2].data(), body.data() + 6);
}

}  // namespace
}  // namespace weir::dialect
