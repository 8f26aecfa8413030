#pragma once
// One request and its answer on a client's connection. The framing is weir's own: a handler gives payload
// bytes, this decides lengths, chunks and whether the connection goes on. What a handler writes is one system
// call each.

#include "weir/base/error.hpp"
#include "weir/base/limits.hpp"
#include "weir/net/body_buffer.hpp"
#include "weir/net/http_head.hpp"
#include "weir/net/stream.hpp"
#include "weir/net/timeouts.hpp"
#include "weir/net/worker.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::frontend {

using field_list = std::vector<std::pair<std::string, std::string>>;

// A whole answer. Content-Length, Date and Connection are added when it is written.
struct response {
    int status = 200;
    field_list fields;
    std::string body;
};

response json_response(int status, std::string body);

class exchange {
public:
    virtual ~exchange() = default;

    virtual const net::request_head& head() const noexcept = 0;
    virtual net::worker& worker() noexcept = 0;
    // When the head was whole.
    virtual net::mono_time began() const noexcept = 0;
    virtual wall_time began_wall() const noexcept = 0;
    // The address that the client connected to, as Host must say in keyless mode: "127.0.0.1:8787".
    virtual const std::string& local_authority() const noexcept = 0;

    // The request's body, at most `bytes_max`, padded for the JSON reader. Answers "Expect: 100-continue"
    // first. Faults: body_too_large, malformed_http, request_timeout; client left: malformed_http with an
    // empty detail.
    virtual net::task<result<net::body_buffer>> read_body(std::size_t bytes_max) = 0;

    // Writes a whole answer. False: the client is gone.
    virtual net::task<bool> respond(const response& answer) = 0;
    // The same with a body that lies elsewhere.
    virtual net::task<bool> respond(int status, const field_list& fields, std::string_view body) = 0;

    // A relayed answer: begin() fixes head and status, nothing is written until the first bytes; each write()
    // is one write of one chunk and returns when the client's socket took it; end() closes the framing.
    virtual void begin(int status, const field_list& fields) = 0;
    virtual net::task<bool> write(std::string_view payload) = 0;
    virtual net::task<bool> end(std::string_view last_payload = {}) = 0;
    // True once a byte of an answer was handed to the socket.
    virtual bool answered() const noexcept = 0;
    // The answer cannot be ended properly: the connection is closed without an end of framing.
    virtual void abandon() noexcept = 0;

    // Calls `left` once when the client closes or resets from now on, until stop_watching() or the end of the
    // exchange.
    virtual void watch_client(std::function<void()> left) = 0;
    virtual void stop_watching() noexcept = 0;
};

using handler = std::function<net::task<void>(exchange&)>;

}  // namespace weir::frontend
