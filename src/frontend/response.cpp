#include "response.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <chrono>
#include <cstdio>

namespace weir::frontend {

response json_response(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

std::string_view reason_phrase(int status) noexcept {
    const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
    if (known == boost::beast::http::status::unknown) return "Unknown";
    return boost::beast::http::obsolete_reason(known);
}

std::string http_date(wall_time t) {
    static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(t - day)};
    std::array<char, 64> text;
    const int n =
        std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                      days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(n)};
}

namespace {

void append_field(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).append(": ");
    for (const char c : value) {
        const auto u = static_cast<unsigned char>(c);
        to.push_back((u < 0x20 && c != '\t') || u == 0x7f ? ' ' : c);
    }
    to.append("\r\n");
}

// Formatting a date costs more than the rest of a head; one a second is enough.
const std::string& date_of(wall_time now) {
    thread_local std::chrono::sys_seconds at{};
    thread_local std::string text;
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second != at || text.empty()) {
        at = second;
        text = http_date(now);
    }
    return text;
}

}  // namespace

std::string render_head(int status, const field_list& fields, wall_time now, body_framing framing,
                        std::size_t body_bytes, bool keep_alive, unsigned client_minor) {
    std::string head;
    head.reserve(512);
    head.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_phrase(status));
    head.append("\r\n");
    for (const auto& [name, value] : fields) append_field(head, name, value);
    append_field(head, "Date", date_of(now));
    if (framing == body_framing::chunked) append_field(head, "Transfer-Encoding", "chunked");
    // RFC 9110 8.6: no length where there can be no body.
    const bool bodiless = status == 204 || status == 304;
    if (framing == body_framing::length && !bodiless)
        append_field(head, "Content-Length", std::to_string(body_bytes));
    if (!keep_alive) {
        append_field(head, "Connection", "close");
    } else if (client_minor == 0) {
        append_field(head, "Connection", "keep-alive");
    }
    head.append("\r\n");
    return head;
}

}  // namespace weir::frontend
