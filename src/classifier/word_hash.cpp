#include "weir/classifier/word_hash.hpp"

#include "ngrams.hpp"

#include <cassert>
#include <cmath>

namespace weir::classifier {

word_buckets buckets_of(std::string_view text, unsigned bits) {
    assert(bits >= 1 && bits <= word_bits_max);
    word_buckets made;
    const std::size_t count =
        for_each_bucket(text, bits, [&](std::uint32_t bucket) { made.buckets.push_back(bucket); });
    if (count > 0) made.value = 1 / std::sqrt(static_cast<double>(count));
    return made;
}

}  // namespace weir::classifier
