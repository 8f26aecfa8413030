#pragma once
// exchange over a connection: reading the body, framing the answer.

#include "weir/net/chunked.hpp"

#include "connection.hpp"

#include <string>

namespace weir::frontend {

class connection_exchange final : public exchange {
public:
    connection_exchange(connection& c, net::request_head head);

    const net::request_head& head() const noexcept override { return head_; }
    net::worker& worker() noexcept override { return connection_.around_.on; }
    net::mono_time began() const noexcept override { return began_; }
    wall_time began_wall() const noexcept override { return began_wall_; }
    const std::string& local_authority() const noexcept override { return connection_.local_authority_; }

    net::task<result<net::body_buffer>> read_body(std::size_t bytes_max) override;
    net::task<bool> respond(const response& answer) override;
    net::task<bool> respond(int status, const field_list& fields, std::string_view body) override;
    void begin(int status, const field_list& fields) override;
    net::task<bool> write(std::string_view payload) override;
    net::task<bool> end(std::string_view last_payload) override;
    bool answered() const noexcept override { return answered_; }
    void abandon() noexcept override { broken_ = true; }
    void watch_client(std::function<void()> left) override {
        connection_.stream_.watch_peer(std::move(left));
    }
    void stop_watching() noexcept override { connection_.stream_.stop_watching(); }

    // After the handler: drops what little of the body nobody read. False: the connection cannot go on.
    net::task<bool> finish();

private:
    // Unread bodies up to this size are read and dropped, so that the connection can go on.
    static constexpr std::size_t dropped_bytes_max = 256 * 1024;

    net::task<result<net::body_buffer>> read_sized(std::size_t length);
    net::task<result<net::body_buffer>> read_chunks(std::size_t bytes_max);
    net::task<bool> send_continue();
    field_list with_common(const field_list& fields) const;
    // The connection can take another request once this answer is written.
    bool goes_on() const noexcept;
    net::task<bool> send(std::span<const net::asio::const_buffer> buffers);
    net::task<bool> send_chunk(std::string_view payload, bool last);

    connection& connection_;
    net::request_head head_;
    net::mono_time began_;
    wall_time began_wall_;
    bool body_read_ = false;
    bool body_broken_ = false;
    bool continued_ = false;
    bool answered_ = false;
    bool ended_ = false;
    bool broken_ = false;
    bool keep_alive_ = false;   // as the answer's head said
    bool chunked_ = false;      // the relayed answer's framing
    std::string pending_head_;  // of a relayed answer, until its first bytes
};

}  // namespace weir::frontend
