#include "weir/metering/inflight.hpp"

#include "support.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>

namespace weir::metering {
namespace {

using testing::begun_row;
using testing::content_of;
using testing::described;
using testing::temporary_folder;
using testing::write_file;

constexpr std::size_t header_bytes = 4096;
constexpr std::size_t bytes_of_a_slot = 512;

inflight_table opened(const std::filesystem::path& file, std::size_t partitions = 2, std::size_t slots = 8) {
    auto table = inflight_table::open(file, partitions, slots);
    if (!table) throw std::runtime_error(table.error().detail);
    return *std::move(table);
}

std::set<std::int64_t> ids_of(const std::vector<row>& rows) {
    std::set<std::int64_t> ids;
    for (const row& r : rows) ids.insert(r.id.value);
    return ids;
}

TEST(inflight_table, a_new_file_has_nothing_left_and_every_slot_free) {
    const temporary_folder folder;
    inflight_table table = opened(folder / "t", 3, 5);
    EXPECT_TRUE(table.left_over().empty());
    EXPECT_EQ(table.taken(), 0u);
    EXPECT_EQ(std::filesystem::file_size(folder / "t"), header_bytes + 3 * 5 * bytes_of_a_slot);
    EXPECT_FALSE(std::filesystem::exists(folder / "t.new"));
}

TEST(inflight_table, a_partition_gives_each_of_its_slots_once_and_then_none) {
    const temporary_folder folder;
    inflight_table table = opened(folder / "t", 2, 8);
    std::set<std::uint32_t> indexes;
    for (int i = 0; i < 8; ++i) {
        const auto slot = table.take(1, begun_row(i));
        ASSERT_TRUE(slot.has_value()) << i;
        EXPECT_EQ(slot->partition, 1u);
        indexes.insert(slot->index);
    }
    EXPECT_EQ(indexes.size(), 8u);
    EXPECT_EQ(table.taken(), 8u);
    EXPECT_FALSE(table.take(1, begun_row(9)).has_value());
    EXPECT_TRUE(table.take(0, begun_row(10)).has_value()) << "the other partition has its own slots";
}

TEST(inflight_table, a_freed_slot_can_be_taken_again_and_freeing_twice_lists_it_once) {
    const temporary_folder folder;
    inflight_table table = opened(folder / "t", 1, 2);
    const auto first = table.take(0, begun_row(1));
    const auto second = table.take(0, begun_row(2));
    table.free(*first);
    table.free(*first);
    EXPECT_EQ(table.taken(), 1u);
    EXPECT_TRUE(table.take(0, begun_row(3)).has_value());
    EXPECT_FALSE(table.take(0, begun_row(4)).has_value());
    table.free(*second);
    EXPECT_TRUE(table.take(0, begun_row(5)).has_value());
}

TEST(inflight_table, what_is_taken_comes_back_as_interrupted_rows_with_their_estimates) {
    const temporary_folder folder;
    const row begun = begun_row(77);
    {
        inflight_table table = opened(folder / "t");
        ASSERT_TRUE(table.take(0, begun).has_value());
        const auto freed = table.take(1, begun_row(78));
        table.free(*freed);
    }
    inflight_table again = opened(folder / "t");
    ASSERT_EQ(again.left_over().size(), 1u);
    row expected = begun;
    expected.how = outcome::interrupted;
    expected.estimated = true;
    expected.ended_ms = begun.started_ms;
    expected.suspect = false;
    expected.duration_us = 0;
    expected.first_byte_us = -1;
    expected.policy.clear();
    expected.finish_reason.clear();
    expected.status = expected.upstream_status = expected.attempts = 0;
    expected.answer_bytes = 0;
    EXPECT_EQ(described(again.left_over().front()), described(expected));
}

TEST(inflight_table, long_names_are_cut_between_characters_and_numbers_at_their_ends) {
    const temporary_folder folder;
    row begun = begun_row(1);
    begun.key_id = std::string(30, 'k') + "\xE7\xAE\x97" + "tail";  // the character would end at byte 33
    begun.model_sent = std::string(300, 'm');
    begun.currency = "EURO";
    begun.tokens = {-5, INT64_MAX, 7, 0};
    begun.score = 100'000;
    begun.baselines = {{"a", {1}}, {std::string(40, 'b'), {INT64_MIN}}, {"c", {INT64_MAX}}, {"d", {4}}};
    {
        inflight_table table = opened(folder / "t");
        ASSERT_TRUE(table.take(0, begun).has_value());
    }
    const inflight_table again = opened(folder / "t");
    ASSERT_EQ(again.left_over().size(), 1u);
    const row& r = again.left_over().front();
    EXPECT_EQ(r.key_id, std::string(30, 'k'));
    EXPECT_EQ(r.model_sent, std::string(31, 'm'));
    EXPECT_EQ(r.currency, "EUR");
    EXPECT_EQ(r.tokens.hit, 0);
    EXPECT_EQ(r.tokens.miss, 0xFFFF'FFFF);
    EXPECT_EQ(r.tokens.output, 7);
    EXPECT_EQ(r.score, 1000);
    ASSERT_EQ(r.baselines.size(), 3u);
    EXPECT_EQ(r.baselines[1].first, std::string(11, 'b'));
    EXPECT_EQ(r.baselines[1].second.value, INT64_MIN);
    EXPECT_EQ(r.baselines[2].second.value, INT64_MAX);
}

TEST(inflight_table, mends_that_do_not_fit_are_left_out_whole) {
    struct line {
        std::string said;
        std::string kept;
    };
    const std::string of_70(70, 'a');
    const std::string of_78(78, 'b');
    const std::string of_150(150, 'c');
    const std::vector<line> table = {
        {"", ""},
        {"user_id", "user_id"},
        {of_70 + ", " + of_78, of_70 + ", " + of_78},
        {of_70 + ", " + of_78 + "b", of_70},
        {of_150, of_150},
        {of_150 + ", user_id", of_150},
        {of_150 + "c", ""},
    };
    for (const auto& [said, kept] : table) {
        const temporary_folder folder;
        row begun = begun_row(1);
        begun.mended = said;
        ASSERT_TRUE(opened(folder / "t").take(0, begun).has_value());
        const inflight_table again = opened(folder / "t");
        ASSERT_EQ(again.left_over().size(), 1u);
        EXPECT_EQ(again.left_over().front().mended, kept) << said;
    }
}

TEST(inflight_table, a_forwarded_call_keeps_its_endpoint_and_its_fee) {
    const temporary_folder folder;
    row begun;
    begun.id = {5};
    begun.endpoint = "forward:/tools/search";
    begun.price_tariff = "fee";
    begun.cost = {5'000'000'000};
    ASSERT_TRUE(opened(folder / "t").take(0, begun).has_value());
    const inflight_table again = opened(folder / "t");
    ASSERT_EQ(again.left_over().size(), 1u);
    const row& r = again.left_over().front();
    EXPECT_EQ(r.endpoint, "forward:/tools/search");
    EXPECT_EQ(r.price_tariff, "fee");
    EXPECT_EQ(r.cost.value, 5'000'000'000);
    EXPECT_EQ(r.tier, "");
    EXPECT_EQ(r.model_sent, "");
}

TEST(inflight_table, every_tariff_comes_back_as_itself) {
    for (const std::string tariff : {"", "flat", "off_peak", "peak", "fee"}) {
        const temporary_folder folder;
        row begun = begun_row(1);
        begun.price_tariff = tariff;
        ASSERT_TRUE(opened(folder / "t").take(0, begun).has_value());
        const inflight_table again = opened(folder / "t");
        ASSERT_EQ(again.left_over().size(), 1u) << tariff;
        EXPECT_EQ(again.left_over().front().price_tariff, tariff);
    }
}

TEST(inflight_table, a_table_of_another_geometry_is_read_too) {
    const temporary_folder folder;
    {
        inflight_table table = opened(folder / "t", 4, 3);
        for (std::uint32_t p = 0; p < 4; ++p) {
            for (std::uint32_t i = 0; i < 3; ++i)
                ASSERT_TRUE(table.take(p, begun_row(p * 10 + i)).has_value());
        }
    }
    inflight_table again = opened(folder / "t", 1, 2);
    EXPECT_EQ(ids_of(again.left_over()),
              (std::set<std::int64_t>{0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32}));
    ASSERT_TRUE(again.forget_left_over().has_value());
    EXPECT_EQ(std::filesystem::file_size(folder / "t"), header_bytes + 2 * bytes_of_a_slot);
}

TEST(inflight_table, what_is_left_stays_until_it_is_forgotten) {
    const temporary_folder folder;
    {
        inflight_table table = opened(folder / "t");
        ASSERT_TRUE(table.take(0, begun_row(1)).has_value());
    }
    // Starts that end before the rows were committed: the old table is found each time.
    for (int start = 0; start < 3; ++start) {
        inflight_table again = opened(folder / "t");
        EXPECT_EQ(ids_of(again.left_over()), (std::set<std::int64_t>{1})) << "start " << start;
        EXPECT_FALSE(again.take(0, begun_row(2)).has_value()) << "a slot whose file has no name yet";
        EXPECT_TRUE(std::filesystem::exists(folder / "t.new"));
    }
    {
        inflight_table last = opened(folder / "t");
        ASSERT_TRUE(last.forget_left_over().has_value());
        EXPECT_TRUE(last.left_over().empty());
        EXPECT_FALSE(std::filesystem::exists(folder / "t.new"));
        EXPECT_TRUE(last.take(0, begun_row(3)).has_value());
    }
    EXPECT_EQ(ids_of(opened(folder / "t").left_over()), (std::set<std::int64_t>{3}));
}

TEST(inflight_table, slots_survive_sigkill) {
    const temporary_folder folder;
    constexpr int requests = 500;
    const ::pid_t child = ::fork();
    if (child == 0) {
        auto table = inflight_table::open(folder / "t", 1, 1000);
        if (!table) ::_exit(3);
        for (int i = 0; i < requests; ++i) {
            const auto slot = table->take(0, begun_row(i));
            if (!slot) ::_exit(4);
            if (i % 5 == 0) table->free(*slot);
        }
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;
    const inflight_table again = opened(folder / "t");
    EXPECT_EQ(ids_of(again.left_over()).size(), static_cast<std::size_t>(requests - requests / 5));
    EXPECT_EQ(again.damaged(), 0u);
}

// A file with four taken slots.
std::string filled_file(const std::filesystem::path& file) {
    {
        inflight_table table = opened(file, 1, 4);
        for (int i = 0; i < 4; ++i) EXPECT_TRUE(table.take(0, begun_row(i)).has_value());
    }
    return content_of(file);
}

TEST(inflight_table, a_foreign_or_damaged_file_is_a_fault_that_names_it) {
    const temporary_folder folder;
    const std::string good = filled_file(folder / "good");
    const auto with = [&good](std::size_t at, char byte) {
        std::string bytes = good;
        bytes[at] = byte;
        return bytes;
    };
    struct line {
        std::string_view what;
        std::string content;
    };
    const std::vector<line> table = {
        {"empty", ""},
        {"one byte", "W"},
        {"a header cut short", good.substr(0, header_bytes - 1)},
        {"a header alone", good.substr(0, header_bytes)},
        {"one byte missing", good.substr(0, good.size() - 1)},
        {"one byte more", good + '\0'},
        {"text", std::string(10'000, 'x')},
        {"zeros", std::string(10'000, '\0')},
        {"another magic number", with(0, 'V')},
        {"a later version", with(8, 3)},
        {"the first version with slots of the second", with(8, 1)},
        {"other slots", with(12, 1)},
        {"no partition", with(16, 0)},
        {"more partitions", with(17, 1)},
        {"huge partitions", with(19, '\x7F')},
        {"no slots", with(20, 0)},
        {"huge slots", with(23, '\x7F')},
        {"another checksum", with(24, static_cast<char>(good[24] ^ 1))},
    };
    for (const auto& [what, content] : table) {
        const std::filesystem::path file = folder / "bad";
        write_file(file, content);
        const auto opening = inflight_table::open(file, 1, 4);
        ASSERT_FALSE(opening.has_value()) << what;
        EXPECT_EQ(opening.error().code, errc::ledger) << what;
        EXPECT_NE(opening.error().detail.find(file.string()), std::string::npos) << opening.error().detail;
        EXPECT_EQ(content_of(file), content) << what << ": what is not understood is left as it is";
    }
}

TEST(inflight_table, a_half_written_slot_is_counted_and_the_others_are_read) {
    const temporary_folder folder;
    const std::string good = filled_file(folder / "t");
    std::string bytes = good;
    bytes[header_bytes + bytes_of_a_slot + 200] =
        static_cast<char>(bytes[header_bytes + bytes_of_a_slot + 200] ^ 1);
    write_file(folder / "t", bytes);
    const inflight_table again = opened(folder / "t");
    EXPECT_EQ(again.damaged(), 1u);
    EXPECT_EQ(again.left_over().size(), 3u);
}

TEST(inflight_table, no_bytes_in_the_slots_are_believed) {
    const temporary_folder folder;
    const std::string good = filled_file(folder / "good");
    std::mt19937 random(20261121);
    std::uniform_int_distribution<std::size_t> place(header_bytes, good.size() - 1);
    std::uniform_int_distribution<int> byte(0, 255);
    for (int round = 0; round < 50; ++round) {
        std::string bytes = good;
        for (int i = 0; i < 1 + 4 * round; ++i) bytes[place(random)] = static_cast<char>(byte(random));
        write_file(folder / "t", bytes);
        const auto table = inflight_table::open(folder / "t", 1, 4);
        ASSERT_TRUE(table.has_value()) << table.error().detail;
        EXPECT_LE(table->left_over().size() + table->damaged(), 4u);
        for (const row& r : table->left_over()) EXPECT_LT(r.id.value, 4) << "round " << round;
    }
}

TEST(inflight_table, a_place_that_cannot_hold_it_is_a_fault) {
    const temporary_folder folder;
    const auto missing = inflight_table::open(folder / "no/such/t", 1, 4);
    ASSERT_FALSE(missing.has_value());
    EXPECT_NE(missing.error().detail.find("no/such/t"), std::string::npos) << missing.error().detail;
    std::filesystem::create_directory(folder / "dir");
    EXPECT_FALSE(inflight_table::open(folder / "dir", 1, 4).has_value());
    for (const auto& [partitions, slots] : std::vector<std::pair<std::size_t, std::size_t>>{
             {0, 4}, {4, 0}, {1024, std::size_t{1} << 20U}, {SIZE_MAX, SIZE_MAX}}) {
        EXPECT_FALSE(inflight_table::open(folder / "t", partitions, slots).has_value())
            << partitions << ' ' << slots;
    }
}

TEST(inflight_table, workers_take_while_another_thread_frees) {
    const temporary_folder folder;
    inflight_table table = opened(folder / "t", 2, 16);
    constexpr int rounds = 2'000;
    // One cell for each slot on its way to the thread that frees; 0 is empty.
    std::array<std::array<std::atomic<std::uint32_t>, 16>, 2> handed{};
    std::atomic<int> workers_left{2};
    std::atomic<bool> twice{false};
    std::vector<std::thread> threads;
    for (std::uint32_t p = 0; p < 2; ++p) {
        threads.emplace_back([&, p] {
            const row begun = begun_row(p);
            for (int i = 0; i < rounds;) {
                const auto slot = table.take(p, begun);
                if (!slot) {
                    std::this_thread::yield();
                    continue;
                }
                if (handed[p][slot->index].exchange(1) != 0) twice = true;
                ++i;
            }
            --workers_left;
        });
    }
    const auto free_all = [&] {
        for (std::uint32_t p = 0; p < 2; ++p) {
            for (std::uint32_t i = 0; i < 16; ++i) {
                if (handed[p][i].exchange(0) != 0) table.free({p, i});
            }
        }
    };
    while (workers_left > 0) free_all();
    for (std::thread& t : threads) t.join();
    free_all();
    EXPECT_FALSE(twice) << "a slot was given out while it was taken";
    EXPECT_EQ(table.taken(), 0u);
    EXPECT_TRUE(opened(folder / "t").left_over().empty());
}

}  // namespace
}  // namespace weir::metering
