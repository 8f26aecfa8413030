#include "weir/whatif/plot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <regex>
#include <string>
#include <vector>

namespace weir::whatif {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

plot a_line(std::vector<plot_point> points) {
    return {"Title", "across", "up", {{"a line", std::move(points)}}, {}};
}

// The texts at the ticks, in the order of the axes: x first.
std::vector<std::string> ticks_of(const std::string& svg) {
    std::vector<std::string> found;
    const std::regex tick(">(-?[0-9]+ %)<");
    for (auto at = std::sregex_iterator(svg.begin(), svg.end(), tick); at != std::sregex_iterator(); ++at) {
        found.push_back((*at)[1]);
    }
    return found;
}

// Every element that is opened is closed, in order.
bool well_formed(const std::string& svg) {
    std::vector<std::string> open;
    const std::regex tag("<(/?)([a-z]+)[^<>]*?(/?)>");
    for (auto at = std::sregex_iterator(svg.begin(), svg.end(), tag); at != std::sregex_iterator(); ++at) {
        const std::string name = (*at)[2];
        if ((*at)[1] == "/") {
            if (open.empty() || open.back() != name) return false;
            open.pop_back();
        } else if ((*at)[3] != "/") {
            open.push_back(name);
        }
    }
    return open.empty();
}

TEST(plot, points_lie_where_the_axes_say) {
    const std::string svg = to_svg(a_line({{0, 0}, {0.5, 0.25}, {1, 1}}));
    EXPECT_TRUE(well_formed(svg)) << svg;
    EXPECT_THAT(svg, HasSubstr("points=\"70.0,398.0 385.0,319.5 700.0,84.0\""));
    const auto ticks = ticks_of(svg);
    ASSERT_EQ(ticks.size(), 22U) << ::testing::PrintToString(ticks);
    EXPECT_EQ(ticks.front(), "0 %");
    EXPECT_EQ(ticks[10], "100 %");
    EXPECT_EQ(ticks[13], "20 %");
}

TEST(plot, an_axis_grows_by_tens_of_percent_for_what_lies_outside) {
    const std::string svg = to_svg(a_line({{0, -0.12}, {1, 0.9}}));
    const auto ticks = ticks_of(svg);
    ASSERT_GT(ticks.size(), 12U);
    EXPECT_EQ(ticks[11], "-20 %") << svg;
    EXPECT_TRUE(well_formed(svg));
    EXPECT_LE(ticks.size(), 22U);
}

TEST(plot, what_is_no_number_is_left_out_and_what_is_far_off_is_cut) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    constexpr double endless = std::numeric_limits<double>::infinity();
    const std::string svg = to_svg(a_line({{0, 0}, {none, 0.5}, {0.5, endless}, {1, 1e300}}));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
    EXPECT_THAT(svg, HasSubstr("points=\"70.0,398.0 700.0,84.0\""));
    EXPECT_THAT(svg, HasSubstr(">1000 %<"));
}

TEST(plot, texts_are_escaped) {
    plot p = a_line({{0, 0}});
    p.title = "<script>&\"\x01";
    p.mark = plot_mark{{0.2, 0.2}, "a<b"};
    const std::string svg = to_svg(p);
    EXPECT_THAT(svg, HasSubstr("&lt;script&gt;&amp;&quot; "));
    EXPECT_THAT(svg, HasSubstr("a&lt;b"));
    EXPECT_THAT(svg, Not(HasSubstr("<script")));
    EXPECT_TRUE(well_formed(svg)) << svg;
}

TEST(plot, is_readable_in_the_dark_and_without_colours) {
    plot p = a_line({{0, 0}, {1, 1}});
    p.series.push_back({"another", {{0, 1}, {1, 0}}});
    const std::string svg = to_svg(p);
    EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_THAT(svg, HasSubstr("stroke-dasharray"));
    EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-label=\"Title\""));
    EXPECT_THAT(svg, HasSubstr(">a line</text>"));
    EXPECT_THAT(svg, HasSubstr(">another</text>"));
    EXPECT_THAT(svg, HasSubstr(">across</text>"));
    EXPECT_THAT(svg, HasSubstr(">up</text>"));
}

TEST(plot, without_points_it_is_two_axes) {
    const std::string svg = to_svg({"Nothing", "x", "y", {}, {}});
    EXPECT_TRUE(well_formed(svg));
    EXPECT_EQ(ticks_of(svg).size(), 22U);
    EXPECT_THAT(svg, Not(HasSubstr("<polyline")));
}

}  // namespace
}  // namespace weir::whatif
