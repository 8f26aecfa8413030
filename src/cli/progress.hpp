#pragma once
// A bar on stderr for commands that take seconds, where somebody looks: on a terminal.

#include <cstddef>
#include <string>

namespace weir::cli {

class progress_bar {
public:
    explicit progress_bar(std::string what);
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;
    ~progress_bar();  // wipes the line

    // Draws only where a percent has changed.
    void show(std::size_t done, std::size_t of);

private:
    std::string what_;
    bool shown_ = false;
    bool terminal_ = false;
    std::size_t percent_ = 0;
};

}  // namespace weir::cli
