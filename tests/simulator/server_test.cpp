// The simulator behind a real port of this machine.
#include "weir/simulator/server.hpp"

#include "box.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace weir::simulator {
namespace {

// A client that blocks; each answer asks for Connection: close unless told otherwise.
class client {
public:
    explicit client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // An answer that never ends fails the test instead of holding it.
        const timeval patience{.tv_sec = 10, .tv_usec = 0};
        EXPECT_EQ(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }
    ~client() { ::close(fd_); }
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    void say(const std::string& text) {
        EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }
    // Until `end` stands at the end of all that came, or the server closes.
    std::string hear(std::string_view end = {}) {
        std::string text;
        char bytes[4096];
        while (end.empty() || !text.ends_with(end)) {
            const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
            if (n <= 0) break;
            text.append(bytes, static_cast<std::size_t>(n));
        }
        return text;
    }

private:
    int fd_;
};

std::string post(const json& body, const std::string& more_fields = "Connection: close\r\n") {
    const std::string text = body.dump();
    return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk-any\r\n"
           "Content-Type: application/json\r\n" +
           more_fields + "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

std::unique_ptr<simulator_server> started(options with = {}) {
    auto opened = simulator_server::open(std::move(with));
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().detail);
    (*opened)->start();
    return std::move(*opened);
}

TEST(simulator_server, answers_a_chat_request) {
    const auto server = started();
    client c(server->port());
    c.say(post(chat("hi")));
    const std::string said = c.hear();
    EXPECT_TRUE(said.starts_with("HTTP/1.1 200 OK\r\n")) << said;
    const json body = json::parse(said.substr(said.find("\r\n\r\n") + 4), nullptr, false);
    EXPECT_EQ(body["object"], "chat.completion") << said;
    EXPECT_EQ(server->requests(), 1);
}

TEST(simulator_server, streams_in_chunks_and_keeps_the_connection) {
    const auto server = started();
    client c(server->port());
    for (int i = 0; i < 3; ++i) {
        c.say(post(chat("hi", {{"stream", true}}), ""));
        const std::string said = c.hear("\r\n0\r\n\r\n");
        EXPECT_NE(said.find("Transfer-Encoding: chunked"), std::string::npos) << said;
        EXPECT_NE(said.find("data: [DONE]\n\n"), std::string::npos) << said;
    }
    EXPECT_EQ(server->requests(), 3);
}

TEST(simulator_server, breaks_a_stream_without_an_end_of_chunks) {
    const auto server = started({.rules = script_of("default: {cut_after_events: 2}")});
    client c(server->port());
    c.say(post(chat("hi", {{"stream", true}}), ""));
    const std::string said = c.hear();
    EXPECT_NE(said.find("data: "), std::string::npos) << said;
    EXPECT_EQ(said.find("[DONE]"), std::string::npos);
    EXPECT_FALSE(said.ends_with("0\r\n\r\n"));
}

TEST(simulator_server, refuses_in_deepseeks_shape) {
    const auto server = started();
    const std::pair<const char*, const char*> table[]{
        {"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 404"},
        {"GET /chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 405"},
        {"GET /models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 401"},
        {"not http at all\r\n\r\n", "HTTP/1.1 400"}};
    for (const auto& [request_text, status] : table) {
        client c(server->port());
        c.say(request_text);
        const std::string said = c.hear();
        EXPECT_TRUE(said.starts_with(status)) << said;
        const json body = json::parse(said.substr(said.find("\r\n\r\n") + 4), nullptr, false);
        EXPECT_TRUE(body.contains("error")) << said;
    }
}

TEST(simulator_server, takes_queries_other_key_fields_and_deletes) {
    const auto server = started();
    const std::string body =
        R"({"model":"deepseek-flash","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})";
    const std::pair<std::string, const char*> table[]{
        {"POST /anthropic/v1/messages?beta=true HTTP/1.1\r\nHost: a\r\nx-api-key: k\r\nConnection: close\r\n"
         "Content-Length: " +
             std::to_string(body.size()) + "\r\n\r\n" + body,
         "HTTP/1.1 200"},
        {"DELETE /files/none HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\nConnection: close\r\n\r\n",
         "HTTP/1.1 404"},
        {"GET /files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\nConnection: close\r\n\r\n",
         "HTTP/1.1 200"}};
    for (const auto& [request_text, status] : table) {
        client c(server->port());
        c.say(request_text);
        const std::string said = c.hear();
        EXPECT_TRUE(said.starts_with(status)) << request_text << "\n" << said;
        EXPECT_NE(said.find("application/json"), std::string::npos) << said;
    }
    EXPECT_EQ(server->requests(), 3);
}

TEST(simulator_server, serves_several_threads_and_journals_each_request_once) {
    const std::string path = testing::TempDir() + "weir_simulator_server_test.jsonl";
    const auto server = started({.rules = default_script(), .journal = path, .workers = 2});
    std::vector<std::thread> clients;
    for (int t = 0; t < 8; ++t) {
        clients.emplace_back([&server] {
            client c(server->port());
            for (int i = 0; i < 10; ++i) {
                c.say(post(chat("hi", {{"stream", true}}), ""));
                EXPECT_NE(c.hear("\r\n0\r\n\r\n").find("[DONE]"), std::string::npos);
            }
        });
    }
    for (std::thread& t : clients) t.join();
    std::ifstream in(path);
    std::set<std::int64_t> numbers;
    for (std::string line; std::getline(in, line);)
        numbers.insert(json::parse(line)["n"].get<std::int64_t>());
    EXPECT_EQ(numbers.size(), 80U);
    EXPECT_EQ(server->requests(), 80);
    std::remove(path.c_str());
}

TEST(simulator_server, stops_while_answers_stall) {
    auto server = started({.rules = script_of("default: {stall_after_events: 1}")});
    client c(server->port());
    c.say(post(chat("hi", {{"stream", true}}), ""));
    EXPECT_FALSE(c.hear("\n\n\r\n").empty());
    server->stop();
    EXPECT_EQ(c.hear(), "") << "closed, with nothing more";
    server->stop();
}

TEST(simulator_server, an_address_that_cannot_be_listened_on_is_a_fault) {
    for (const char* host : {"not an address", "192.0.2.1"}) {
        const auto opened = simulator_server::open({.listen = {host, 0}});
        ASSERT_FALSE(opened.has_value()) << host;
        EXPECT_NE(opened.error().detail.find(host), std::string::npos) << opened.error().detail;
    }
    const auto no_journal = simulator_server::open({.journal = "no/such/folder/j.jsonl"});
    ASSERT_FALSE(no_journal.has_value());
    EXPECT_EQ(no_journal.error().code, errc::file);
}

}  // namespace
}  // namespace weir::simulator
