#pragma once
// What reached a scripted upstream that gives everybody the same answer.

#include "support/sockets.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

struct seen_request {
    std::mutex mutex;
    std::vector<http_message> all;

    scripted_upstream::script answering(const std::string& answer) {
        return [this, answer](wire& w, int) {
            for (;;) {
                http_message m = read_message(w);
                if (m.head.empty()) return;
                {
                    const std::lock_guard lock(mutex);
                    all.push_back(std::move(m));
                }
                w.send(answer);
            }
        };
    }
    http_message last() {
        const std::lock_guard lock(mutex);
        return all.empty() ? http_message{} : all.back();
    }
    std::size_t count() {
        const std::lock_guard lock(mutex);
        return all.size();
    }
};

}  // namespace weir::test
