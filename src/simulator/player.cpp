#include "player.hpp"

#include "routes.hpp"
#include "writers.hpp"

#include <chrono>
#include <utility>

namespace weir::simulator {
namespace {

using net::task;

// A silence without end is looked at now and then; nothing else depends on it.
constexpr std::int64_t stall_look_ms = 3'600'000;

frontend::response refuse(const fault& f) {
    const auto status = [&] {
        switch (f.code) {
            case errc::not_found:
                return 404;
            case errc::method_not_allowed:
                return 405;
            case errc::request_timeout:
                return 408;
            case errc::body_too_large:
                return 413;
            case errc::head_too_large:
                return 431;
            default:
                return f.from == origin::client ? 400 : 500;
        }
    }();
    return frontend::json_response(status, error_body(f.detail, "invalid_request_error"));
}

task<void> serve(frontend::exchange& ex, simulator& box, journal* lines, pauses& of) {
    auto body = co_await ex.read_body(request_bytes_max);
    if (!body) {
        // Without a detail the client has left, and nobody can be told.
        if (body.error().detail.empty())
            ex.abandon();
        else
            co_await ex.respond(refuse(body.error()));
        co_return;
    }
    const net::request_head& head = ex.head();
    // The front end answers HEAD with the head of GET.
    const auto method = head.method == net::http_method::head ? net::http_method::get : head.method;
    const request asked{net::name_of(method), head.path, head["Authorization"], body->text(),
                        head["x-api-key"]};
    answer said = box.respond(asked, ex.began_wall());
    if (lines) lines->write(journal_line(asked, said));
    body->release();
    co_await play(ex, std::move(said), of);
}

bool is_plain(const answer& said) {
    return said.length_known && said.delay_ms == 0 && said.steps.front().wait_ms == 0;
}

net::http_method method_named(std::string_view name) noexcept {
    for (const auto method : {net::http_method::get, net::http_method::post}) {
        if (net::name_of(method) == name) return method;
    }
    return net::http_method::del;
}

frontend::field_list fields_of(const answer& said) {
    frontend::field_list fields;
    for (const header_field& h : said.headers) fields.emplace_back(h.name, h.value);
    return fields;
}

}  // namespace

task<bool> pauses::wait(net::timer& timer, std::int64_t ms) {
    if (ended_) co_return false;
    waiting_.insert(&timer);
    co_await timer.wait_for(std::chrono::milliseconds{ms});
    waiting_.erase(&timer);
    co_return !ended_;
}

void pauses::end_all() noexcept {
    ended_ = true;
    for (net::timer* timer : waiting_) timer->cancel();
}

task<void> play(frontend::exchange& ex, answer said, pauses& of) {
    const frontend::field_list fields = fields_of(said);
    if (is_plain(said)) {
        co_await ex.respond(said.status, fields, said.steps.front().payload);
        if (said.close) ex.abandon();
        co_return;
    }
    net::timer pause(ex.worker().get_executor(), *ex.worker().time);
    bool there = true;
    ex.watch_client([&] {
        there = false;
        pause.cancel();
    });
    if (said.delay_ms > 0 && !co_await of.wait(pause, said.delay_ms)) there = false;
    ex.begin(said.status, fields);
    for (const step& s : said.steps) {
        if (there && s.wait_ms > 0 && !co_await of.wait(pause, s.wait_ms)) there = false;
        if (!there) break;
        there = co_await ex.write(s.payload);
    }
    while (there && said.end == ending::stall) {
        if (!co_await of.wait(pause, stall_look_ms)) there = false;
    }
    // The watch refers to this frame.
    ex.stop_watching();
    if (there && said.end == ending::complete) co_await ex.end();
    if (!there || said.close || said.end != ending::complete) ex.abandon();
}

frontend::site site_of(simulator& box, journal* lines, std::shared_ptr<pauses> of) {
    const frontend::handler handle = [&box, lines, of](frontend::exchange& ex) {
        return serve(ex, box, lines, *of);
    };
    frontend::site site;
    for (const route& r : routes()) {
        site.endpoints.push_back({method_named(r.method), std::string(r.path), handle});
    }
    site.refuse = [](const fault& f, std::string_view) { return refuse(f); };
    return site;
}

}  // namespace weir::simulator
