#include "weir/net/handover.hpp"
#include "weir/net/memory_pipe.hpp"
#include "weir/net/stream.hpp"

#include "support/world.hpp"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

using test::world;
using namespace std::chrono_literals;

TEST(simulated_clock, wakes_a_timer_when_its_time_has_come) {
    world w;
    timer t(w.worker().get_executor(), w.clock());
    auto waited = w.start(t.wait_for(10s));
    w.pass(9'999ms);
    EXPECT_FALSE(waited.done());
    w.pass(1ms);
    ASSERT_TRUE(waited.done());
    EXPECT_TRUE(waited.value());
    EXPECT_EQ(w.clock().wall(), test::noon + 10s);
}

TEST(timer, says_when_it_was_cancelled) {
    world w;
    timer t(w.worker().get_executor(), w.clock());
    auto waited = w.start(t.wait_for(10s));
    t.cancel();
    w.poll();
    ASSERT_TRUE(waited.done());
    EXPECT_FALSE(waited.value());
}

TEST(deadline, fires_when_due_and_again_until_it_is_set_anew) {
    world w;
    deadline d;
    int fired = 0;
    d.join(w.worker().watch, [&] { ++fired; });
    d.in_ms(1'000);
    w.pass(900ms);
    EXPECT_EQ(fired, 0);
    w.pass(1s);
    EXPECT_GT(fired, 1);
    EXPECT_TRUE(d.fired());
    d.in_ms(500);
    EXPECT_FALSE(d.fired());
    d.off();
    const int so_far = fired;
    w.pass(10s);
    EXPECT_EQ(fired, so_far);
}

TEST(deadline, may_leave_while_others_stay) {
    world w;
    deadline kept;
    int fired = 0;
    kept.join(w.worker().watch, [&] { ++fired; });
    kept.in_ms(100);
    {
        deadline gone;
        gone.join(w.worker().watch, [&] { fired += 100; });
        gone.in_ms(100);
    }
    w.pass(1s);
    EXPECT_TRUE(fired > 0 && fired < 100) << fired;
}

TEST(stream, a_silent_peer_runs_into_the_deadline) {
    world w;
    auto [ours, theirs] = memory_end::make(w.worker().get_executor(), w.clock());
    stream s(std::move(ours), w.worker().watch);
    s.limit().in_ms(5'000);
    char room[8];
    auto read = w.start(s.read_some(room));
    w.pass(4'900ms);
    EXPECT_FALSE(read.done());
    w.pass(300ms);
    ASSERT_TRUE(read.done());
    ASSERT_FALSE(read.value());
    EXPECT_EQ(read.value().error(), asio::error::timed_out) << read.value().error().message();
}

TEST(stream, sees_the_peer_leave_behind_unread_bytes) {
    world w;
    auto [ours, theirs] = memory_end::make(w.worker().get_executor(), w.clock());
    stream s(std::move(ours), w.worker().watch);
    int left = 0;
    s.watch_peer([&] { ++left; });
    auto written = w.start(theirs.write("pipelined"));
    w.pass(1s);
    EXPECT_EQ(left, 0);
    theirs.close();
    w.pass(1s);
    EXPECT_EQ(left, 1);
}

TEST(stream, a_watch_that_was_stopped_is_silent) {
    world w;
    auto [ours, theirs] = memory_end::make(w.worker().get_executor(), w.clock());
    stream s(std::move(ours), w.worker().watch);
    int left = 0;
    s.watch_peer([&] { ++left; });
    s.stop_watching();
    theirs.close();
    w.pass(1s);
    EXPECT_EQ(left, 0);
}

TEST(memory_pipe, holds_a_writer_back_until_the_reader_reads) {
    world w;
    auto [a, b] = memory_end::make(w.worker().get_executor(), w.clock(), 4);
    auto written = w.start(a.write("123456"));
    EXPECT_FALSE(written.done());
    char room[8];
    auto read = w.start(b.read_some(room));
    ASSERT_TRUE(read.done());
    EXPECT_EQ(std::string_view(room, *read.value()), "1234");
    EXPECT_TRUE(written.done());
    a.shutdown_write();
    auto rest = w.start(b.read_some(room));
    EXPECT_EQ(std::string_view(room, *rest.value()), "56");
    auto end = w.start(b.read_some(room));
    EXPECT_EQ(end.value().error(), asio::error::eof);
}

TEST(handover, gives_a_value_from_another_thread) {
    world w;
    handover<int> h(w.worker());
    std::thread([give = h.giver()] { give(42); }).join();
    auto taken = w.start(h.take());
    ASSERT_TRUE(taken.done());
    EXPECT_EQ(taken.value(), 42);
}

TEST(body_pool, gives_the_same_memory_again_and_keeps_no_more_than_it_may) {
    body_pool pool(64 * 1024);
    const char* first = nullptr;
    {
        body_buffer b = pool.take(5'000);
        EXPECT_EQ(b.capacity(), 8'192u);
        b.append("abc", pool);
        first = b.text().data();
    }
    EXPECT_EQ(pool.kept_bytes(), 8'192u);
    EXPECT_EQ(pool.take(8'000).padded().size(), 0u);
    body_buffer again = pool.take(8'192);
    again.append("x", pool);
    EXPECT_EQ(again.text().data(), first);
    { body_buffer large = pool.take(1'000'000); }
    EXPECT_EQ(pool.kept_bytes(), 0u);
}

TEST(body_buffer, grows_and_keeps_what_it_has) {
    body_pool pool;
    body_buffer b;
    std::string all;
    for (int i = 0; i < 2'000; ++i) {
        b.append("0123456789", pool);
        all += "0123456789";
    }
    EXPECT_EQ(b.text(), all);
}

}  // namespace
}  // namespace weir::net
