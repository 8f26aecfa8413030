#include "schedule.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::simulator {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t joined_bytes_max = 16 * 1024;  // of events that need no write of their own
constexpr std::string_view noise = "\x00\x01\xff\xfe<<not what was promised>>\x80\x81\r\n\x00}{]["sv;

// A whole body in two halves, so that it can break in its middle as a stream does.
std::vector<std::string> halved(std::string whole) {
    const std::size_t middle = whole.size() / 2;
    std::vector<std::string> halves{whole.substr(0, middle), whole.substr(middle)};
    return halves;
}

void spoil(std::vector<std::string>& pieces, const actions& act, bool stream) {
    if (act.garbage) {
        pieces.assign(1, std::string(noise));
        return;
    }
    if (act.bad_json) {
        std::string& piece = pieces[std::min<std::size_t>(stream ? 1 : 0, pieces.size() - 1)];
        // Its own object is left open: "...}" becomes "...]".
        const std::size_t last = piece.find_last_of('}');
        if (last != piece.npos) piece[last] = ']';
    }
    if (act.truncate_json) {
        const bool has_done = stream && pieces.size() > 1 && pieces.back().starts_with("data: [DONE]");
        if (has_done) pieces.pop_back();
        pieces.back().resize(pieces.back().size() / 2);
    }
}

// The first break that comes, of those that the script names.
struct breach {
    std::size_t before_piece = 0;
    ending how = ending::cut;
};

std::optional<breach> first_breach(const actions& act) {
    std::optional<breach> first;
    const auto consider = [&](const std::optional<std::int64_t>& after, ending how) {
        if (!after) return;
        const auto piece = static_cast<std::size_t>(*after);
        if (!first || piece < first->before_piece) first = breach{piece, how};
    };
    consider(act.cut_after_events, ending::cut);
    consider(act.stall_after_events, ending::stall);
    return first;
}

// The pause until the first token. A keep-alive goes out at once and then at each interval, as the head does.
void wait_for_first_token(answer& into, const actions& act, std::string_view keep_alive) {
    if (act.first_token_ms <= 0) return;
    std::int64_t left = act.first_token_ms;
    if (act.keep_alive_every_ms > 0) {
        into.steps.push_back({0, std::string(keep_alive)});
        for (; left > act.keep_alive_every_ms; left -= act.keep_alive_every_ms) {
            into.steps.push_back({act.keep_alive_every_ms, std::string(keep_alive)});
        }
    }
    into.steps.push_back({left, {}});
}

void add_piece(answer& into, std::string piece, std::int64_t wait_ms, const actions& act, bool may_join) {
    if (act.chunk_bytes > 0) {
        const auto size = static_cast<std::size_t>(act.chunk_bytes);
        for (std::size_t at = 0; at < piece.size(); at += size) {
            into.steps.push_back({at == 0 ? wait_ms : 0, piece.substr(at, size)});
        }
        return;
    }
    if (may_join && wait_ms == 0 && !into.steps.empty() && !into.steps.back().payload.empty() &&
        into.steps.back().payload.size() + piece.size() <= joined_bytes_max) {
        into.steps.back().payload += piece;
        return;
    }
    into.steps.push_back({wait_ms, std::move(piece)});
}

void cut_at(answer& into, std::size_t bytes) {
    std::size_t sent = 0;
    for (std::size_t i = 0; i < into.steps.size(); ++i) {
        std::string& payload = into.steps[i].payload;
        if (sent + payload.size() >= bytes) {
            payload.resize(bytes - sent);
            into.steps.resize(i + 1);
            into.end = ending::cut;
            return;
        }
        sent += payload.size();
    }
}

}  // namespace

void schedule(answer& into, std::vector<std::string> pieces, const actions& act, bool stream,
              std::string_view keep_alive) {
    into.delay_ms = act.delay_ms;
    into.close = act.connection_close;
    spoil(pieces, act, stream);
    const auto broken = first_breach(act);
    if (broken && !stream && !act.garbage) pieces = halved(std::move(pieces.front()));
    wait_for_first_token(into, act, keep_alive);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (broken && i == broken->before_piece) {
            into.end = broken->how;
            break;
        }
        const bool may_join = i > 0 && !act.separate_events;
        add_piece(into, std::move(pieces[i]), stream && i > 0 ? act.token_ms : 0, act, may_join);
    }
    if (act.cut_after_bytes) cut_at(into, static_cast<std::size_t>(*act.cut_after_bytes));
    into.length_known = !stream && into.end == ending::complete && into.steps.size() == 1;
}

}  // namespace weir::simulator
