#pragma once
// The life of one chat request: admit, read, classify and route, forward, relay, settle. run() is the table
// of contents; the last phase runs once whatever happened before.

#include "weir/dialect/edits.hpp"
#include "weir/frontend/exchange.hpp"
#include "weir/metering/row.hpp"
#include "weir/proxy/admission.hpp"
#include "weir/proxy/context.hpp"
#include "weir/proxy/judge.hpp"
#include "weir/proxy/settle.hpp"
#include "weir/upstream/attempt.hpp"

#include <memory>
#include <optional>
#include <string>

namespace weir::proxy {

class chat_request {
public:
    chat_request(context& here, frontend::exchange& client);

    net::task<void> run();

private:
    // Each phase ends with nothing, or with the fault that the client is told.
    using phase = net::task<result<void>>;

    result<void> enter();
    phase read();
    result<void> route();
    phase forward();
    phase relay(upstream::attempt& from, const net::answer_head& head);
    phase relay_events(upstream::attempt& from, const net::answer_head& head);
    phase relay_whole(upstream::attempt& from, const net::answer_head& head);
    // An answer too long to hold: what was held so far, and the rest as it comes.
    phase relay_onward(upstream::attempt& from, const net::answer_head& head, net::body_buffer held);
    net::task<void> refuse(const fault& why);
    void settle(const fault* why);

    fault client_gone();
    // The first payload byte goes out: no other attempt from here, so the body is not needed any more.
    void commit();
    net::task<void> commit_row();
    void note_outcome(const fault* why);
    void finish_row();
    net::mono_time next_due(bool has_output) const;
    frontend::field_list own_fields() const;
    frontend::field_list answer_fields(const net::answer_head& head) const;
    upstream::outgoing compose(const dialect::edit_list& edits, const upstream::settings& to) const;

    context& here_;
    frontend::exchange& client_;
    const config::settings& settings_;
    metering::row row_;
    bool admitted_ = false;
    caller who_;
    std::optional<judgement> judged_;
    net::body_buffer body_;
    answer_end end_;
    std::optional<metering::slot_ref> slot_;
    net::mono_time read_at_{};
    net::mono_time sent_at_{};
    bool client_left_ = false;
    bool settled_ = false;
};

}  // namespace weir::proxy
