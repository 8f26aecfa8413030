// The promise that bytes pass untouched, tried on ten thousand made-up requests and streams of each API: all
// but the values that weir declares to change is the same, by SHA-256; and reading does not depend on how a
// stream is cut.

#include "weir/dialect/answer_edits.hpp"
#include "weir/dialect/api.hpp"
#include "weir/dialect/mends.hpp"

#include "random_bodies.hpp"
#include "random_streams.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace weir::dialect {
namespace {

constexpr std::uint64_t cases = 10'000;
constexpr std::size_t event_max = 64 * 1024;
constexpr const char* model_sent = "sent-model";
constexpr const char* model_asked = "the-model-asked";

class fidelity : public testing::TestWithParam<api_kind> {};

std::string sent(padded_view body, const body_index& index, bool mends) {
    mend_request about;
    if (mends) about.on = mend_set::all();
    about.model = model_sent;
    const mended_body made = plan_edits(body, index, about);
    std::string out;
    for (const std::string_view part : made.edits.apply(body.text())) out += part;
    return out;
}

void check_body(body_indexer& indexer, api_kind api, std::uint64_t seed) {
    test::dice d(seed);
    const bool mends = d.chance(70);
    const test::made_body made = test::body_maker(d, api, model_sent, mends).make();
    const std::string& body = made.text.before();
    const padded_text padded(body);
    const auto index = indexer.read(api, padded, limits{});
    ASSERT_TRUE(index) << index.error().field << " " << index.error().detail << "\n" << body;
    ASSERT_EQ(index->model_name, made.model) << body;
    ASSERT_EQ(index->stream, made.stream) << body;
    ASSERT_EQ(index->members.size(), made.members) << body;
    ASSERT_EQ(index->messages.size(), made.messages) << body;
    ASSERT_EQ(index->calls.size(), made.calls) << body;
    ASSERT_EQ(index->results.size(), made.results) << body;
    const std::string upstream = sent(padded, *index, mends);
    ASSERT_EQ(made.text.digest_after(upstream), made.text.digest_before()) << body << "\n became\n"
                                                                           << upstream;
    ASSERT_EQ(upstream, made.text.after()) << body;
}

TEST_P(fidelity, a_request_is_the_same_upstream_but_for_the_values_that_are_declared) {
    body_indexer indexer;
    for (std::uint64_t seed = 1; seed <= cases; ++seed) {
        check_body(indexer, GetParam(), seed);
        ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    }
}

// Lengths of pieces, from single bytes to all at once.
std::size_t piece_length(test::dice& d) { return 1 + d.below(d.pick<std::size_t>({1, 4, 40, 400, 4000})); }

struct told {
    answer_facts facts;
    answer_turn turn;
};

told read_split(api_kind api, std::string_view bytes, test::dice* d) {
    told out;
    out.turn.bytes_max = event_max;
    stream_reader reader(api_of(api), event_max, &out.turn);
    while (!bytes.empty()) {
        const std::size_t length = d ? std::min(piece_length(*d), bytes.size()) : bytes.size();
        reader.observe(bytes.substr(0, length));
        if (d && d->chance(10)) reader.facts();
        bytes.remove_prefix(length);
    }
    out.facts = reader.facts();
    return out;
}

void expect_told(const told& got, const test::made_stream& made) {
    const answer_facts& f = got.facts;
    ASSERT_TRUE(f.tokens) << made.bytes;
    ASSERT_EQ(*f.tokens, (usage{0, made.input, made.output, 0})) << made.bytes;
    ASSERT_FALSE(f.suspect || f.error || f.output_open) << made.bytes;
    ASSERT_TRUE(f.done) << made.bytes;
    ASSERT_EQ(f.served_model, "served");
    ASSERT_EQ(f.id, "a1");
    ASSERT_EQ(f.events, made.events) << made.bytes;
    ASSERT_EQ(f.has_output, f.has_output || !made.text.empty()) << made.bytes;
    ASSERT_EQ(got.turn.text, made.text) << made.bytes;
    ASSERT_EQ(got.turn.reasoning, made.reasoning) << made.bytes;
    ASSERT_EQ(got.turn.call_ids, made.call_ids) << made.bytes;
}

stream_edit edit_of(api_kind api) {
    return api == api_kind::messages ? stream_edit::name_model(model_asked, event_max)
                                     : stream_edit::drop_usage(event_max);
}

void expect_edited(api_kind api, const test::made_stream& made, test::dice& d) {
    stream_edit edit = edit_of(api);
    stream_reader behind(api_of(api), event_max);
    std::string out;
    for (std::size_t at = 0; at < made.bytes.size();) {
        const std::size_t length = std::min(piece_length(d), made.bytes.size() - at);
        const std::string_view passed = edit.pass(std::string_view(made.bytes).substr(at, length));
        behind.observe(passed);
        out += passed;
        at += length;
        const bool held = !edit.changed() && out.size() < at;
        ASSERT_TRUE(!held || behind.at_boundary()) << "half an event before " << at << " of\n" << made.bytes;
    }
    ASSERT_EQ(edit.rest(), "") << made.bytes;
    ASSERT_EQ(out, made.edited) << made.bytes;
    ASSERT_EQ(edit.changed(), made.bytes != made.edited);
}

void check_stream(api_kind api, std::uint64_t seed) {
    test::dice d(seed);
    const test::made_stream made = test::stream_maker(d, api, model_asked).make();
    expect_told(read_split(api, made.bytes, nullptr), made);
    if (testing::Test::HasFatalFailure()) return;
    expect_told(read_split(api, made.bytes, &d), made);
    if (testing::Test::HasFatalFailure()) return;
    expect_edited(api, made, d);
}

TEST_P(fidelity, an_answer_is_read_and_passed_the_same_however_it_is_cut) {
    for (std::uint64_t seed = 1; seed <= cases; ++seed) {
        check_stream(GetParam(), seed);
        ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    }
}

// The makers are only worth something if they make what they are meant to.
TEST_P(fidelity, the_cases_are_what_they_should_be) {
    std::size_t mended = 0, edited = 0, with_calls = 0, longest = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        test::dice d(seed);
        const test::made_body body = test::body_maker(d, GetParam(), model_sent, true).make();
        mended += body.text.after().find(model_sent) != std::string::npos;
        with_calls += body.calls > 0;
        longest = std::max(longest, body.text.before().size());
        const test::made_stream stream = test::stream_maker(d, GetParam(), model_asked).make();
        edited += stream.bytes != stream.edited;
    }
    EXPECT_EQ(mended, 500u);
    EXPECT_GT(longest, GetParam() == api_kind::completions ? 500u : 2000u);
    if (GetParam() != api_kind::completions) EXPECT_GT(with_calls, 100u);
    if (GetParam() == api_kind::responses) {
        EXPECT_EQ(edited, 0u);
    } else {
        EXPECT_GT(edited, 100u);
    }
}

INSTANTIATE_TEST_SUITE_P(each_api, fidelity,
                         testing::Values(api_kind::chat, api_kind::responses, api_kind::messages,
                                         api_kind::completions),
                         [](const auto& info) { return std::string(api_of(info.param).name()); });

}  // namespace
}  // namespace weir::dialect
