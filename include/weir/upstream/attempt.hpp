#pragma once
// One request to an upstream and its answer. The head is weir's own; payload bytes come out as they came in,
// freed of their framing.

#include "weir/base/error.hpp"
#include "weir/net/chunked.hpp"
#include "weir/net/http_head.hpp"
#include "weir/upstream/pool.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::upstream {

struct outgoing {
    std::string_view method = "POST";
    std::string_view path;  // behind settings::base_path
    std::vector<std::pair<std::string, std::string>>
        fields;                          // Host, Accept-Encoding and Content-Length are added
    std::vector<std::string_view> body;  // pieces, sent in order
};

class attempt {
public:
    explicit attempt(pool& from);
    ~attempt();
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    // Sends the request and reads the head of the final answer; 1xx are swallowed. A pooled connection that
    // turns out to be closed before any byte of an answer is replaced once by a fresh one. Faults:
    // upstream_connect, upstream_timeout, upstream_protocol.
    net::task<result<net::answer_head>> open(const outgoing& request);

    // The next payload bytes, valid until the next call; empty at the end of the answer. Waits until `due` at
    // most. Faults: upstream_timeout, upstream_protocol ("cut short" included).
    net::task<result<std::string_view>> read_some(net::mono_time due);

    // Ends whatever is under way, at any time: the client left. The connection is closed, so upstream stops.
    void cancel() noexcept;

    // A byte of the request may have reached the upstream, so it may have been billed.
    bool sent() const noexcept { return sent_; }
    bool done() const noexcept { return done_; }

private:
    enum class framing : std::uint8_t { none, length, chunked, until_close };
    // What one try on one connection came to.
    struct tried {
        result<net::answer_head> head;
        bool stale = false;  // closed by the peer before a byte of an answer
    };

    net::task<tried> exchange(const std::string& head, const outgoing& request);
    net::task<tried> read_head();
    std::string render(const outgoing& request) const;
    // `to_head`: the request was HEAD, whose answer has no body whatever lengths it names. RFC 9112 6.3.
    void frame(const net::answer_head& head, bool to_head) noexcept;
    result<std::string_view> take_payload(std::size_t raw);
    void finish();

    pool& pool_;
    connector connector_;
    std::unique_ptr<net::stream> connection_;
    std::unique_ptr<char[]> buffer_;
    std::size_t pending_ = 0;  // bytes in buffer_ that came with the head
    framing framing_ = framing::none;
    std::uint64_t left_ = 0;
    net::chunk_decoder chunks_;
    bool reusable_ = false;
    bool sent_ = false;
    bool done_ = false;
    bool cancelled_ = false;
};

}  // namespace weir::upstream
