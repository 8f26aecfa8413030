#pragma once
// Bytes that a JSON parser may read past: a view whose memory goes on for `padding` readable bytes.

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

class padded_view {
public:
    static constexpr std::size_t padding = 64;  // what simdjson's widest kernel reads beyond the end

    // data[0, size + padding) is readable
    padded_view(const char* data, std::size_t size) noexcept : data_(data), size_(size) {}

    const char* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    std::string_view text() const noexcept { return {data_, size_}; }

private:
    const char* data_;
    std::size_t size_;
};

// Text that owns its padding; for files, tests and tools.
class padded_text {
public:
    explicit padded_text(std::string_view text) : text_(text), size_(text.size()) {
        text_.append(padded_view::padding, '\0');
    }
    operator padded_view() const noexcept { return {text_.data(), size_}; }
    std::string_view text() const noexcept { return {text_.data(), size_}; }

private:
    std::string text_;
    std::size_t size_;
};

}  // namespace weir
