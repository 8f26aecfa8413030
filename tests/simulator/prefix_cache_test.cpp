#include "../../src/simulator/prefix_cache.hpp"

#include <gtest/gtest.h>

namespace weir::simulator {
namespace {

using chain = std::vector<std::uint64_t>;

TEST(prefix_cache, gives_the_longest_stored_beginning) {
    prefix_cache cache{100};
    EXPECT_EQ(cache.leading(chain{1, 2, 3}), 0U);
    cache.store(chain{1, 2, 3});
    EXPECT_EQ(cache.leading(chain{1, 2, 3}), 3U);
    EXPECT_EQ(cache.leading(chain{1, 2, 9, 8}), 2U);
    EXPECT_EQ(cache.leading(chain{7, 8}), 0U);
}

TEST(prefix_cache, never_holds_more_than_its_bound) {
    prefix_cache cache{10};
    for (std::uint64_t i = 0; i < 1000; i += 3) {
        cache.store(chain{i, i + 1, i + 2});
        EXPECT_LE(cache.size(), 10U);
    }
}

TEST(prefix_cache, drops_what_was_not_used_for_longest) {
    prefix_cache cache{4};
    cache.store(chain{1, 2});
    cache.store(chain{3, 4});
    cache.store(chain{1, 2});
    cache.store(chain{5, 6});
    EXPECT_EQ(cache.leading(chain{1, 2}), 2U);
    EXPECT_EQ(cache.leading(chain{3, 4}), 0U);
}

TEST(prefix_cache, keeps_the_beginning_of_a_chain_that_is_too_long) {
    prefix_cache cache{2};
    cache.store(chain{1, 2, 3, 4});
    EXPECT_EQ(cache.leading(chain{1, 2, 3, 4}), 2U);
}

}  // namespace
}  // namespace weir::simulator
