#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace weir::cli {

namespace {

constexpr std::size_t bar_columns = 30;

}  // namespace

progress_bar::progress_bar(std::string what)
    : what_(std::move(what)), terminal_(::isatty(STDERR_FILENO) == 1) {}

progress_bar::~progress_bar() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void progress_bar::show(std::size_t done, std::size_t of) {
    if (!terminal_ || of == 0) return;
    const std::size_t percent = std::min(done, of) * 100 / of;
    if (shown_ && percent == percent_) return;
    shown_ = true;
    percent_ = percent;
    const std::size_t full = bar_columns * percent / 100;
    std::cerr << '\r' << what_ << " [" << std::string(full, '=') << std::string(bar_columns - full, ' ')
              << "] " << percent << " %\x1b[K" << std::flush;
}

}  // namespace weir::cli
