#pragma once
// An endpoint of the upstream that passes as it is: files, tools, the balance. Only what the configuration
// lists.

#include "metered_request.hpp"

namespace weir::proxy {

class forwarding final : public metered_request {
public:
    enum class purpose : std::uint8_t {
        listed,  // by the configuration
        balance  // GET /user/balance: only keys that may see it, and no row
    };

    // `what` lives as long as the program.
    forwarding(context& here, frontend::exchange& client, const upstream::forwarded& what,
               const dialect::api& api, purpose why = purpose::listed);

private:
    phase serve() override;
    void price_row() override;
    void charge();
    void complete() override {}

    // Faults: not_allowed, malformed_http, unsupported_media.
    result<void> check() const;
    // The path upstream; a fault where the client's own segment is more than a plain name.
    result<std::string> path() const;

    const upstream::forwarded& what_;
    purpose why_;
};

}  // namespace weir::proxy
