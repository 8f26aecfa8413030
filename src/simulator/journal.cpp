#include "weir/simulator/journal.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::simulator {
namespace {

using nlohmann::ordered_json;

std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t taken = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < taken ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            text += k <= taken ? letters[(group >> (18 - 6 * k)) & 0x3f] : '=';
        }
    }
    return text;
}

// The text as a JSON string; nothing where it is not UTF-8.
std::string literal(std::string_view text) {
    try {
        return ordered_json(text).dump();
    } catch (const ordered_json::exception&) {
        return {};
    }
}

std::string usage_json(const weir::usage& used) {
    return "{\"prompt_cache_hit_tokens\":" + std::to_string(used.hit) +
           ",\"prompt_cache_miss_tokens\":" + std::to_string(used.miss) +
           ",\"completion_tokens\":" + std::to_string(used.output) +
           ",\"reasoning_tokens\":" + std::to_string(used.reasoning) + "}";
}

}  // namespace

std::string journal_line(const request& asked, const answer& said) {
    std::string line = "{\"n\":" + std::to_string(said.number) + ",\"path\":" + literal(asked.path);
    if (const std::string body = literal(asked.body); !body.empty())
        line += ",\"body\":" + body;
    else
        line += ",\"body_base64\":\"" + base64(asked.body) + "\"";
    line += ",\"model\":" + literal(said.model) + ",\"served_model\":" + literal(said.served_model) +
            ",\"status\":" + std::to_string(said.status) +
            ",\"usage\":" + (said.used ? usage_json(*said.used) : "null");
    return line + "}\n";
}

result<std::unique_ptr<journal>> journal::open(const std::filesystem::path& file) {
    std::FILE* opened = std::fopen(file.c_str(), "wbe");
    if (!opened) return weir_fault(errc::file, file.string() + ": " + std::generic_category().message(errno));
    return std::unique_ptr<journal>(new journal(opened));
}

bool journal::write(const std::string& line) {
    const std::lock_guard held(mutex_);
    return std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
           std::fflush(file_.get()) == 0;
}

}  // namespace weir::simulator
