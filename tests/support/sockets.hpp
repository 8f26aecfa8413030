#pragma once
// Both ends of real connections on loopback, blocking: an upstream that does just what a test says, and a
// client that reads byte by byte. Every wait is bounded, so a test that goes wrong ends.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace weir::test {

inline constexpr std::chrono::seconds patience{20};

// A connected socket.
class wire {
public:
    explicit wire(int fd) : fd_(fd) {
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    wire(wire&& other) noexcept : fd_(std::exchange(other.fd_, -1)), text_(std::move(other.text_)) {}
    wire& operator=(wire&&) = delete;
    ~wire() { close(); }

    static wire to(std::uint16_t port) {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in a = loopback(port);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) ::perror("connect");
        return wire(fd);
    }
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(port);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return a;
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    // Everything read so far and not taken yet, once it holds `needle`; or what there was when the peer
    // ended.
    std::string read_through(std::string_view needle) {
        std::size_t at;
        while ((at = text_.find(needle)) == std::string::npos) {
            if (!read_more()) return std::exchange(text_, {});
        }
        std::string out = text_.substr(0, at + needle.size());
        text_.erase(0, at + needle.size());
        return out;
    }
    std::string read_bytes(std::size_t n) {
        while (text_.size() < n && read_more()) {}
        std::string out = text_.substr(0, n);
        text_.erase(0, out.size());
        return out;
    }
    std::string read_to_end() {
        while (read_more()) {}
        return std::exchange(text_, {});
    }
    // Waits for the peer's end; false: it did not come in time.
    bool wait_end(std::chrono::milliseconds within) {
        const auto until = std::chrono::steady_clock::now() + within;
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            pollfd p{fd_, POLLIN, 0};
            if (left.count() <= 0 || ::poll(&p, 1, static_cast<int>(left.count())) <= 0) return false;
            char bytes[1024];
            if (::recv(fd_, bytes, sizeof bytes, 0) <= 0) return true;
        }
    }
    int fd() const noexcept { return fd_; }
    void shutdown() { ::shutdown(fd_, SHUT_RDWR); }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void reset() {
        const linger hard{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close();
    }

private:
    bool read_more() {
        pollfd p{fd_, POLLIN, 0};
        if (::poll(&p, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) <= 0) return false;
        char bytes[16 * 1024];
        const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
        if (n <= 0) return false;
        text_.append(bytes, static_cast<std::size_t>(n));
        return true;
    }

    int fd_;
    std::string text_;
};

struct http_message {
    std::string head;  // with its blank line
    std::string body;

    std::string field(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const std::size_t begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    int status() const { return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0; }
};

// Reads one message; bodies by Content-Length, or chunked until the last chunk (the chunks' framing is
// removed).
inline http_message read_message(wire& from) {
    http_message m{from.read_through("\r\n\r\n"), {}};
    if (const std::string length = m.field("Content-Length"); !length.empty()) {
        m.body = from.read_bytes(std::stoul(length));
    } else if (m.head.find("Transfer-Encoding: chunked") != std::string::npos) {
        for (;;) {
            const std::string line = from.read_through("\r\n");
            const std::size_t size = line.empty() ? 0 : std::stoul(line, nullptr, 16);
            const std::string chunk = from.read_bytes(size + 2);
            if (size == 0) break;
            m.body += chunk.substr(0, size);
        }
    }
    return m;
}

// Serves each connection in a thread of its own with what the test says.
class scripted_upstream {
public:
    using script = std::function<void(wire&, int connection)>;

    explicit scripted_upstream(script s) : script_(std::move(s)) {
        listening_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in a = wire::loopback(0);
        ::bind(listening_, reinterpret_cast<sockaddr*>(&a), sizeof a);
        ::listen(listening_, 64);
        socklen_t size = sizeof a;
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&a), &size);
        port_ = ntohs(a.sin_port);
        accepting_ = std::thread([this] { accept_all(); });
    }
    ~scripted_upstream() {
        ::shutdown(listening_, SHUT_RDWR);
        accepting_.join();
        ::close(listening_);
        {
            const std::lock_guard lock(mutex_);
            for (wire& w : wires_) w.shutdown();
        }
        for (std::thread& t : serving_) t.join();
    }

    std::uint16_t port() const noexcept { return port_; }
    int connections() const noexcept { return connections_; }

private:
    void accept_all() {
        for (;;) {
            const int fd = ::accept(listening_, nullptr, nullptr);
            if (fd < 0) return;
            const std::lock_guard lock(mutex_);
            wire& w = wires_.emplace_back(fd);
            const int number = connections_++;
            serving_.emplace_back([this, &w, number] {
                script_(w, number);
                w.shutdown();
            });
        }
    }

    script script_;
    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::mutex mutex_;
    std::list<wire> wires_;
    std::vector<std::thread> serving_;
    std::thread accepting_;
};

// A value that one thread waits for and another sets.
class gate {
public:
    void open() {
        const std::lock_guard lock(mutex_);
        ++permits_;
        changed_.notify_all();
    }
    // Whether pass() would go through at once.
    bool is_open() {
        const std::lock_guard lock(mutex_);
        return permits_ > 0;
    }
    // False: nobody opened it in time.
    bool pass() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [&] { return permits_ > 0; })) return false;
        --permits_;
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int permits_ = 0;
};

inline std::string with_length(const std::string& status, const std::string& body,
                               const std::string& fields = "Content-Type: application/json\r\n") {
    return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

inline std::string chunk(const std::string& payload) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", payload.size());
    return size + payload + "\r\n";
}

inline const std::string stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace weir::test
