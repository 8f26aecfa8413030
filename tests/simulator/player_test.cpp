// When a client gets what, in a time that only the test moves.
#include "../../src/simulator/player.hpp"

#include "box.hpp"
#include "support/world.hpp"

namespace weir::simulator {
namespace {

using namespace std::chrono_literals;
using net::task;

// Stands for a connection: notes what is written, and when.
class noted_exchange final : public frontend::exchange {
public:
    explicit noted_exchange(test::world& w) : world_(w), start_(w.clock().now()) {}

    const net::request_head& head() const noexcept override { return head_; }
    net::worker& worker() noexcept override { return world_.worker(); }
    net::mono_time began() const noexcept override { return start_; }
    wall_time began_wall() const noexcept override { return test::noon; }
    const std::string& local_authority() const noexcept override { return authority_; }
    task<result<net::body_buffer>> read_body(std::size_t bytes_max) override {
        if (unreadable) co_return std::unexpected(*unreadable);
        EXPECT_LE(body.size(), bytes_max);
        net::body_buffer read;
        read.append(body, world_.worker().bodies);
        co_return read;
    }
    task<bool> respond(const frontend::response& a) override {
        co_return co_await respond(a.status, a.fields, a.body);
    }
    task<bool> respond(int status, const frontend::field_list& fields, std::string_view text) override {
        begin(status, fields);
        note("respond", text);
        ended = true;
        co_return true;
    }
    void begin(int status, const frontend::field_list& fields) override {
        seen_status = status;
        seen_fields = fields;
    }
    task<bool> write(std::string_view payload) override {
        if (!payload.empty()) note("write", payload);
        co_return writable;
    }
    task<bool> end(std::string_view payload) override {
        note("end", payload);
        ended = true;
        co_return true;
    }
    bool answered() const noexcept override { return !log.empty(); }
    void abandon() noexcept override { abandoned = true; }
    void watch_client(std::function<void()> left) override { left_ = std::move(left); }
    void stop_watching() noexcept override { left_ = nullptr; }

    void leave() {
        ASSERT_TRUE(left_) << "nobody watches the client";
        left_();
    }
    std::string when() const {
        std::string text;
        for (const auto& [at_ms, what] : times_) text += what + "@" + std::to_string(at_ms) + " ";
        return text;
    }

    net::request_head head_;
    std::string body;
    std::optional<fault> unreadable;
    bool writable = true;
    bool ended = false;
    bool abandoned = false;
    int seen_status = 0;
    frontend::field_list seen_fields;
    std::string log;  // the whole payload

private:
    void note(std::string what, std::string_view payload) {
        log += payload;
        const auto at = std::chrono::duration_cast<milliseconds>(world_.clock().now() - start_);
        times_.emplace_back(at.count(), std::move(what));
    }

    test::world& world_;
    net::mono_time start_;
    std::string authority_ = "127.0.0.1:1";
    std::function<void()> left_;
    std::vector<std::pair<std::int64_t, std::string>> times_;
};

class player_test : public testing::Test {
protected:
    // Serves one streamed chat request under `actions_text`.
    void serve(const std::string& actions_text, const json& more = {{"stream", true}}) {
        box_ = std::make_unique<simulator>(script_of("default: {" + actions_text + "}"));
        site_ = site_of(*box_, nullptr, pauses_);
        ex_.head_.method = net::http_method::post;
        ex_.head_.path = "/chat/completions";
        ex_.head_.lines.set("Authorization", "Bearer sk-test");
        ex_.body = chat("hi", more).dump();
        w_.worker().spawn(run());
        w_.poll();
    }
    task<void> run() {
        const auto found =
            frontend::find_endpoint(site_.endpoints, net::http_method::post, "/chat/completions");
        co_await (*found)->handle(ex_);
        done_ = true;
    }

    test::world w_;
    std::shared_ptr<pauses> pauses_ = std::make_shared<pauses>();
    std::unique_ptr<simulator> box_;
    frontend::site site_;
    noted_exchange ex_{w_};
    bool done_ = false;
};

TEST_F(player_test, without_a_script_all_is_said_at_once) {
    serve("");
    EXPECT_TRUE(done_);
    EXPECT_EQ(ex_.seen_status, 200);
    EXPECT_EQ(ex_.when(), "write@0 end@0 ");
    EXPECT_TRUE(read_stream(ex_.log).done) << ex_.log;
    EXPECT_FALSE(ex_.abandoned);
}

TEST_F(player_test, a_whole_answer_is_one_response) {
    serve("", json::object());
    EXPECT_EQ(ex_.when(), "respond@0 ");
    EXPECT_EQ(json::parse(ex_.log)["object"], "chat.completion");
    EXPECT_EQ(json::parse(ex_.log)["created"], unix_ms(test::noon) / 1000);
}

TEST_F(player_test, pauses_are_kept_to_the_millisecond) {
    serve("delay_ms: 5, first_token_ms: 25, keep_alive_every_ms: 10, token_ms: 3, events: 2");
    EXPECT_EQ(ex_.when(), "");
    w_.pass(1s);
    EXPECT_TRUE(done_);
    EXPECT_EQ(ex_.when(), "write@5 write@15 write@25 write@30 write@33 write@36 write@39 write@42 end@42 ");
}

TEST_F(player_test, a_cut_ends_without_an_end) {
    serve("cut_after_events: 3, token_ms: 1");
    w_.pass(1s);
    EXPECT_TRUE(done_);
    EXPECT_TRUE(ex_.abandoned);
    EXPECT_FALSE(ex_.ended);
    EXPECT_EQ(ex_.when(), "write@0 write@1 write@2 ");
}

TEST_F(player_test, a_stall_lasts_until_the_client_leaves) {
    serve("stall_after_events: 1");
    w_.pass(10h);
    EXPECT_FALSE(done_);
    ex_.leave();
    w_.poll();
    EXPECT_TRUE(done_);
    EXPECT_TRUE(ex_.abandoned);
    EXPECT_FALSE(ex_.ended);
}

TEST_F(player_test, nothing_is_written_to_a_client_that_left_in_a_pause) {
    serve("token_ms: 100");
    w_.pass(150ms);
    const std::string before = ex_.when();
    EXPECT_EQ(before, "write@0 write@100 ");
    ex_.leave();
    w_.pass(1h);
    EXPECT_TRUE(done_);
    EXPECT_EQ(ex_.when(), before);
}

TEST_F(player_test, a_failed_write_is_the_last) {
    ex_.writable = false;
    serve("token_ms: 1");
    w_.pass(1s);
    EXPECT_TRUE(done_);
    EXPECT_EQ(ex_.when(), "write@0 ");
    EXPECT_TRUE(ex_.abandoned);
}

TEST_F(player_test, shutdown_ends_every_pause) {
    serve("first_token_ms: 3600000");
    pauses_->end_all();
    w_.poll();
    EXPECT_TRUE(done_);
    EXPECT_EQ(ex_.log, "");
    EXPECT_TRUE(ex_.abandoned);
}

TEST_F(player_test, a_connection_can_be_closed_after_a_complete_answer) {
    for (const bool stream : {false, true}) {
        ex_.abandoned = false;
        serve("connection_close: true", {{"stream", stream}});
        EXPECT_TRUE(ex_.ended);
        EXPECT_TRUE(ex_.abandoned);
    }
}

TEST_F(player_test, a_body_that_is_too_long_is_refused_in_deepseeks_shape) {
    ex_.unreadable = fault{errc::body_too_large, origin::client, "too long", {}};
    serve("");
    EXPECT_EQ(ex_.seen_status, 413);
    EXPECT_EQ(json::parse(ex_.log)["error"]["message"], "too long");
}

}  // namespace
}  // namespace weir::simulator
