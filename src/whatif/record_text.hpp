#pragma once
// The text of a record, written and read value by value. JSON without white space, members in a fixed order,
// so that the reader is the writer's mirror and needs no tree.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::whatif {

class record_writer {
public:
    static constexpr std::size_t usual_bytes = 1024;

    record_writer() { text_.reserve(usual_bytes); }

    void raw(std::string_view text) { text_ += text; }
    void value(std::int64_t v);
    void value(double v);  // what is no finite number is written as 0
    void value(bool v) { text_ += v ? "true" : "false"; }
    void value(std::string_view v);
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

// Once something was not as it must be, nothing more is taken and ok() stays false.
class record_reader {
public:
    explicit record_reader(std::string_view text) noexcept : text_(text) {}

    bool ok() const noexcept { return ok_; }
    // Where reading is, or where it stopped.
    std::size_t place() const noexcept { return at_; }
    bool at_end() const noexcept { return at_ == text_.size(); }

    // True where the text goes on with this; then it is behind it.
    bool take_if(std::string_view expected) noexcept;
    void raw(std::string_view expected) noexcept { refuse_unless(take_if(expected)); }
    void value(std::int64_t& v) noexcept;
    void value(double& v) noexcept;
    void value(bool& v) noexcept;
    void value(std::string& v);
    void refuse_unless(bool good) noexcept { ok_ = ok_ && good; }

private:
    std::string_view rest() const noexcept { return text_.substr(at_); }
    bool take_escape(std::string& into);

    std::string_view text_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace weir::whatif
