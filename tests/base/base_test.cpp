#include "weir/base/bytes.hpp"
#include "weir/base/error.hpp"
#include "weir/base/request_id.hpp"
#include "weir/base/secret.hpp"
#include "weir/base/time.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace weir {
namespace {

const std::vector<errc> all_codes = {errc::malformed_json,     errc::invalid_field,
                                     errc::body_too_large,     errc::model_not_found,
                                     errc::over_budget,        errc::malformed_http,
                                     errc::head_too_large,     errc::not_found,
                                     errc::method_not_allowed, errc::invalid_key,
                                     errc::forbidden_origin,   errc::unsupported_media,
                                     errc::request_timeout,    errc::unsupported_image,
                                     errc::unsupported_file,   errc::unsupported_tool,
                                     errc::no_candidate,       errc::upstream_connect,
                                     errc::upstream_status,    errc::upstream_protocol,
                                     errc::upstream_timeout,   errc::nothing_left,
                                     errc::internal,           errc::overloaded,
                                     errc::draining,           errc::ledger,
                                     errc::bad_config,         errc::file};

TEST(error, each_code_has_a_word_of_its_own) {
    std::set<std::string_view> words;
    for (const errc e : all_codes) {
        EXPECT_NE(code_name(e), "unknown") << static_cast<int>(e);
        EXPECT_TRUE(words.insert(code_name(e)).second) << code_name(e);
    }
    EXPECT_EQ(code_name(errc::model_not_found), "model_not_found");
    EXPECT_EQ(code_name(static_cast<errc>(999)), "unknown");
}

TEST(error, a_code_converts_to_an_error_code_of_weir) {
    const error_code code = errc::draining;
    EXPECT_EQ(&code.category(), &weir_category());
    EXPECT_EQ(code.message(), "draining");
    EXPECT_STREQ(code.category().name(), "weir");
}

TEST(error, faults_say_whose_they_are) {
    const result<int> client = client_fault(errc::invalid_field, "must be a string", "model");
    const result<int> upstream = upstream_fault(errc::upstream_connect, "refused");
    const result<int> own = weir_fault(errc::internal, "oops");
    EXPECT_EQ(client.error().from, origin::client);
    EXPECT_EQ(client.error().field, "model");
    EXPECT_EQ(upstream.error().from, origin::upstream);
    EXPECT_EQ(own.error().from, origin::weir);
}

TEST(padded_text, the_padding_is_readable_and_not_part_of_the_text) {
    const padded_text text("abc");
    const padded_view view = text;
    EXPECT_EQ(view.text(), "abc");
    EXPECT_EQ(view.data()[view.size() + padded_view::padding - 1], '\0');
}

struct time_case {
    const char* text;
    std::int64_t ms;  // -1: refused
};

TEST(time, rfc_3339_is_read_and_nothing_else) {
    const std::vector<time_case> cases = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-09-10T04:00:00Z", 1789012800000},
        {"2026-09-10T12:00:00+08:00", 1789012800000},
        {"2026-09-09T23:30:00-04:30", 1789012800000},
        {"2026-09-10t04:00:00z", 1789012800000},
        {"2026-09-10T04:00:00.5Z", 1789012800500},
        {"2026-09-10T04:00:00.123456789Z", 1789012800123},
        {"2026-09-10", 1788998400000},
        {"2024-02-29", 1709164800000},
        {"2026-02-29", -1},
        {"2026-13-01", -1},
        {"2026-00-10", -1},
        {"2026-09-10T", -1},
        {"2026-09-10T04:00Z", -1},
        {"2026-09-10T04:00:00", -1},
        {"2026-09-10T24:00:00Z", -1},
        {"2026-09-10T04:60:00Z", -1},
        {"2026-09-10T04:00:60Z", -1},
        {"2026-09-10T04:00:00.Z", -1},
        {"2026-09-10T04:00:00+0800", -1},
        {"2026-09-10T04:00:00+24:00", -1},
        {"2026-09-10T04:00:00Z ", -1},
        {"2026-09-10 04:00:00Z", -1},
        {" 2026-09-10", -1},
        {"26-09-10", -1},
        {"+026-09-10", -1},
        {"", -1},
    };
    for (const auto& c : cases) {
        const auto read = parse_rfc3339(c.text);
        EXPECT_EQ(read ? unix_ms(*read) : -1, c.ms) << '"' << c.text << '"';
    }
}

TEST(time, what_is_printed_is_read_back) {
    EXPECT_EQ(to_rfc3339(from_unix_ms(1789012800007)), "2026-09-10T04:00:00.007Z");
    EXPECT_EQ(to_rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59.999Z");
    for (std::int64_t ms = 0; ms < 4'000'000'000'000; ms += 86'399'999'777) {
        const std::string text = to_rfc3339(from_unix_ms(ms));
        EXPECT_EQ(parse_rfc3339(text), from_unix_ms(ms)) << text;
    }
}

constexpr wall_time some_time = from_unix_ms(1789012800000);

TEST(request_id, the_text_comes_back_as_the_id) {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{31}, INT64_MAX, std::int64_t{0x0123456789ABCDEF}}) {
        const std::string text = to_text(request_id{value});
        EXPECT_EQ(text.size(), 17u) << text;
        EXPECT_EQ(parse_request_id(text), request_id{value}) << text;
    }
    EXPECT_EQ(to_text(request_id{0}), "req_0000000000000");
    EXPECT_EQ(to_text(request_id{INT64_MAX}), "req_7ZZZZZZZZZZZZ");
}

TEST(request_id, texts_are_in_the_order_of_the_values) {
    EXPECT_LT(to_text(request_id{31}), to_text(request_id{32}));
    EXPECT_LT(to_text(request_id{1}), to_text(request_id{INT64_MAX}));
}

TEST(request_id, small_letters_and_lookalikes_are_read) {
    EXPECT_EQ(parse_request_id("req_7zzzzzzzzzzzz"), request_id{INT64_MAX});
    EXPECT_EQ(parse_request_id("req_00000000000oI"), request_id{1});
    EXPECT_EQ(parse_request_id("req_000000000000l"), request_id{1});
}

TEST(request_id, other_texts_are_refused) {
    for (const char* text :
         {"", "req_", "req_000000000000", "req_00000000000000", "rew_0000000000000", "req_8000000000000",
          "req_ZZZZZZZZZZZZZ", "req_000000000000U", "req_00000000000-1"}) {
        EXPECT_EQ(parse_request_id(text), std::nullopt) << text;
    }
}

TEST(request_id, the_time_is_in_it) {
    request_ids ids(63, 7);
    EXPECT_EQ(time_of(ids.next(some_time)), some_time);
}

TEST(request_id, ids_grow_with_time_and_differ_between_workers) {
    request_ids first(0, 65'535);
    request_ids second(1, 65'535);
    const request_id a = first.next(some_time);
    const request_id b = first.next(some_time + milliseconds{1});
    EXPECT_LT(a, b);
    EXPECT_NE(a, second.next(some_time));
}

TEST(request_id, more_ids_than_a_millisecond_holds_stay_different) {
    request_ids ids(3, 65'000);
    std::set<std::int64_t> seen;
    for (int i = 0; i < 200'000; ++i) ASSERT_TRUE(seen.insert(ids.next(some_time).value).second) << i;
    EXPECT_EQ(time_of(request_id{*seen.rbegin()}), some_time + milliseconds{3});
}

TEST(request_id, a_clock_that_jumps_back_makes_no_id_twice) {
    request_ids ids(3, 10);
    std::set<std::int64_t> seen;
    for (int i = 0; i < 1000; ++i) {
        const wall_time now = some_time - milliseconds{i % 7 * 1000};
        ASSERT_TRUE(seen.insert(ids.next(now).value).second) << i;
    }
}

TEST(request_id, the_last_time_given_out_is_kept_when_the_clock_jumps_back) {
    request_ids ids(3, 10);
    const request_id before = ids.next(some_time);
    EXPECT_EQ(time_of(ids.next(some_time - milliseconds{5000})), time_of(before));
}

TEST(request_id, a_clock_before_the_epoch_gives_ids_that_are_not_negative) {
    request_ids ids(0, 0);
    EXPECT_GE(ids.next(from_unix_ms(0)).value, 0);
}

TEST(secret, only_the_end_of_long_values_is_shown) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", ""},
        {"sk-short", "***"},
        {"fifteen-letters", "***"},
        {"sk-0123456789abcdef9f3a", "sk-...9f3a"},
        {"weirkey-0123456789abcd", "...abcd"},
        {"0123456789abcdef", "...cdef"},
    };
    for (const auto& [value, shown] : cases) {
        EXPECT_EQ(secret(value).masked(), shown) << value;
        EXPECT_EQ(secret(value).reveal(), value);
        EXPECT_EQ(secret(value).empty(), value.empty());
    }
}

}  // namespace
}  // namespace weir
