#pragma once
// What every request that is metered has in common: it is admitted, served, refused in its client's words
// where it fails, and settled once whatever happened before.

#include "weir/dialect/api.hpp"
#include "weir/frontend/exchange.hpp"
#include "weir/metering/row.hpp"
#include "weir/proxy/admission.hpp"
#include "weir/proxy/context.hpp"

#include "relay.hpp"

#include <optional>
#include <string>

namespace weir::proxy {

class metered_request : protected relay_owner {
public:
    net::task<void> run();

protected:
    // Each phase ends with nothing, or with the fault that the client is told.
    using phase = net::task<result<void>>;

    metered_request(context& here, frontend::exchange& client, const dialect::api& api, std::string endpoint,
                    entrance by);
    ~metered_request() = default;

    // Everything between admission and settling.
    virtual phase serve() = 0;
    // The row's tokens and money, once the answer has ended.
    virtual void price_row() = 0;
    // Fields of weir's own for any answer.
    virtual frontend::field_list own_fields() const;

    frontend::field_list answer_fields(const net::answer_head& head) const override;
    void committed() override;
    net::task<void> before_end() override;
    net::task<std::optional<result<void>>> replaced() override;

    // The client's body, freed of its coding.
    phase read_body();
    // Asks the upstream and relays its answer; the slot is taken before the first byte goes out.
    phase relay_answer(upstream::pool& pool, const upstream::outgoing& request, relay_plan plan);
    // When a row ends.
    void end_row(metering::row& row) const;
    result<void> take_slot();
    // Settles an attempt whose answer is not sent, with the slot that was taken for it; the next attempt
    // takes one of its own. False: the row could not be committed.
    net::task<bool> settle_attempt(metering::row attempt);
    // Fields that prove who asks, for this upstream.
    frontend::field_list credentials(const upstream::settings& to) const;

    context& here_;
    frontend::exchange& client_;
    const dialect::api& api_;
    const config::settings& settings_;
    metering::row row_;
    caller who_;
    relayed answer_;
    bool metered_ = true;  // the ledger gets a row
    bool billed_ = false;  // upstream may have begun to think: it answered 2xx, or was asked and then left
    net::body_buffer body_;
    net::mono_time read_at_{};

private:
    result<void> enter();
    net::task<void> refuse(const fault& why);
    void settle(const fault* why);
    void note_outcome(const fault* why);
    void finish_row();
    bool broke_off(const std::string& finish_reason) const;
    static fault client_gone();

    entrance by_;
    bool admitted_ = false;
    bool settled_ = false;
    std::optional<metering::slot_ref> slot_;
};

}  // namespace weir::proxy
