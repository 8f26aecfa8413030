#include "payload.hpp"

#include "weir/net/inflate.hpp"

#include <boost/beast/core/string.hpp>

namespace weir::proxy {

net::task<result<net::body_buffer>> read_payload(frontend::exchange& client,
                                                 const config::settings& settings) {
    const std::string_view coding = client.head()["Content-Encoding"];
    const bool packed = boost::beast::iequals(coding, "gzip");
    const bool plain = coding.empty() || boost::beast::iequals(coding, "identity");
    if (!plain && !(packed && settings.front.gzip_bodies)) {
        co_return client_fault(errc::unsupported_media, "bodies must not be compressed", "Content-Encoding");
    }
    auto body = co_await client.read_body(settings.bounds.request_bytes_max);
    if (!body || !packed) co_return body;
    co_return net::inflate_gzip(body->text(), settings.bounds.inflated_bytes_max, client.worker().bodies);
}

}  // namespace weir::proxy
