// What a conversation is, from one recorded request to the next.
#include "whatif/support.hpp"

#include <gtest/gtest.h>

namespace weir::whatif {
namespace {

using namespace testing;
using router::shipped_routing;

// As a restart leaves it: the record of the next request says that nothing was known.
TEST(course, a_conversation_that_the_server_had_forgotten_is_new_again) {
    const auto book = test::own_prices();
    router::routing routes = shipped_routing();
    routes.policies.front().session.on = true;
    made_request remembered{after_calls(1), {900, 100, 50, 0}, "other"};
    remembered.seen = router::session_view{};
    remembered.seen->warm_tokens = {900, 0};
    diary d(routes, book);
    d.add({after_calls(3), {0, 1'000, 50, 0}}).add(remembered).add({after_calls(1), {0, 1'000, 50, 0}});
    const auto same = replay(d.rows(), routes, book);
    EXPECT_EQ(same.actual.requests, (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(same.moved, 0);
    EXPECT_EQ(same.replayed.cost, same.actual.cost);
    // What the upstream had read is still warm.
    d.rows().back().tokens = {900, 100, 50, 0};
    const auto all_pro = replay(d.rows(), routing_always(pro), book);
    EXPECT_EQ(all_pro.replayed.cost,
              sum({pricing::cost({0, 1'000, 50, 0}, pro_prices), pricing::cost({0, 1'000, 50, 0}, pro_prices),
                   pricing::cost({1'000, 0, 50, 0}, pro_prices)}));
}

// An agent and the one that it started, under one header.
TEST(course, two_conversations_under_one_header_have_each_their_own_cell) {
    const auto book = test::own_prices();
    router::routing before = routing_always(flash);
    before.policies.front().session.on = true;
    router::routing after = shipped_routing();
    after.policies.front().session.on = true;
    made_request next{after_calls(1), {1'000, 100, 50, 0}};
    next.seen = router::session_view{};
    next.seen->warm_tokens = {1'000, 0};
    diary d(before, book);
    d.add({after_calls(3), {0, 1'000, 50, 0}}).add({after_calls(0), {0, 500, 50, 0}}).add(next);
    for (const std::size_t i : {0U, 1U, 2U}) d.rows()[i].made_of.conversation = i == 1 ? "started" : "agent";
    const auto r = replay(d.rows(), after, book);
    EXPECT_EQ(r.replayed.requests, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(r.replayed.cost,
              sum({pricing::cost({0, 1'000, 50, 0}, pro_prices), pricing::cost({0, 500, 50, 0}, flash_prices),
                   pricing::cost({1'000, 100, 50, 0}, pro_prices)}));
    EXPECT_EQ(replay(d.rows(), before, book).moved, 0);
}

// A request that weir refused for want of a slot is remembered, and is no row.
TEST(course, a_memory_that_no_row_explains_is_as_it_was_recorded) {
    const auto book = test::own_prices();
    router::routing routes = shipped_routing();
    routes.policies.front().session.on = true;
    made_request remembered{after_calls(1), {0, 1'000, 50, 0}};
    remembered.seen = router::session_view{};
    remembered.seen->tier = pro;
    diary d(routes, book);
    d.add({after_calls(1), {0, 1'000, 50, 0}, "c", "pinned-flash"}).add(remembered);
    const auto r = replay(d.rows(), routes, book);
    EXPECT_EQ(r.actual.requests, (std::vector<std::int64_t>{1, 1}));
    EXPECT_EQ(r.moved, 0);
}

// The server remembers nothing of pins, so their records say nothing of its memory.
TEST(course, a_conversation_that_was_pinned_is_carried_along_where_it_is_not) {
    const auto book = test::own_prices();
    router::routing before = shipped_routing();
    before.policies.front().session.on = true;
    made_request remembered{after_calls(1), {900, 100, 50, 0}, "other"};
    remembered.seen = router::session_view{};
    diary d(before, book);
    d.add(remembered).add({after_calls(3), {0, 1'000, 50, 0}, "c", "pinned-flash"});
    d.add({after_calls(1), {1'000, 100, 50, 0}});
    router::routing after = before;
    after.pins.clear();
    after.routed.emplace_back("pinned-flash");
    EXPECT_EQ(replay(d.rows(), before, book).moved, 0);
    EXPECT_EQ(replay(d.rows(), after, book).replayed.requests, (std::vector<std::int64_t>{1, 2}));
}

}  // namespace
}  // namespace weir::whatif
