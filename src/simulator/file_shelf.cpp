#include "file_shelf.hpp"

#include "writers.hpp"

#include <algorithm>
#include <cstdio>

namespace weir::simulator {
namespace {

std::unexpected<refusal> no_such_file(std::string_view id) {
    return std::unexpected(refusal{404, "No such File object: " + std::string(id)});
}

}  // namespace

std::string file_shelf::json_of(const entry& file) {
    return "{\"id\":" + json_string(file.id) +
           ",\"object\":\"file\",\"bytes\":" + std::to_string(file.bytes) +
           ",\"created_at\":" + std::to_string(file.created_s) +
           ",\"filename\":\"upload\",\"purpose\":\"user_data\",\"status\":\"processed\"}";
}

allowed<std::string> file_shelf::add(std::size_t bytes, wall_time now) {
    if (bytes == 0) return std::unexpected(refusal{400, "The file is empty."});
    const std::lock_guard held(mutex_);
    if (files_.size() == files_max) return std::unexpected(refusal{400, "Too many files: at most 1000."});
    char id[32];
    std::snprintf(id, sizeof id, "file-%024llx", static_cast<unsigned long long>(++added_));
    files_.push_back({id, bytes, unix_ms(now) / 1000});
    return json_of(files_.back());
}

std::string file_shelf::list() const {
    const std::lock_guard held(mutex_);
    std::string data;
    for (const entry& file : files_) data += (data.empty() ? "" : ",") + json_of(file);
    return "{\"object\":\"list\",\"data\":[" + data + "],\"has_more\":false}";
}

allowed<std::string> file_shelf::show(std::string_view id) const {
    const std::lock_guard held(mutex_);
    const auto found = std::ranges::find(files_, id, &entry::id);
    if (found == files_.end()) return no_such_file(id);
    return json_of(*found);
}

allowed<std::string> file_shelf::remove(std::string_view id) {
    const std::lock_guard held(mutex_);
    const auto found = std::ranges::find(files_, id, &entry::id);
    if (found == files_.end()) return no_such_file(id);
    files_.erase(found);
    return "{\"id\":" + json_string(id) + ",\"object\":\"file\",\"deleted\":true}";
}

}  // namespace weir::simulator
