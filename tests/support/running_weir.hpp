#pragma once
// weir itself, in this process, on ports that the system picks, before an upstream that the test scripts.

#include "weir/config/settings.hpp"
#include "weir/metering/ledger.hpp"
#include "weir/metering/report.hpp"
#include "weir/proxy/server.hpp"

#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace weir::test {

class scratch_folder {
public:
    scratch_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

// The shipped configuration before `upstream`, one worker, its ledger in `folder`.
inline config::settings shipped_settings(const std::filesystem::path& folder, std::uint16_t upstream_port) {
    config::overrides over;
    over.listen = "127.0.0.1:0";
    over.admin_listen = "127.0.0.1:0";
    over.upstream = "http://127.0.0.1:" + std::to_string(upstream_port);
    over.ledger = (folder / "weir.db").string();
    const auto environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "DEEPSEEK_API_KEY") return "sk-upstream-secret";
        return std::nullopt;
    };
    auto loaded = config::load(WEIR_SOURCE_DIR "/config/weir.yaml", environment, over);
    if (!loaded) {
        for (const auto& p : loaded.error()) ADD_FAILURE() << config::to_text(p);
        std::abort();
    }
    loaded->front.workers = 1;
    return std::move(*loaded);
}

class running_weir {
public:
    using change = std::function<void(config::settings&)>;

    explicit running_weir(
        scripted_upstream::script script, const change& changed = [](config::settings&) {})
        : upstream_(std::make_unique<scripted_upstream>(std::move(script))) {
        config::settings s = shipped_settings(folder_.path(), upstream_->port());
        s.log = config::log_format::json;
        changed(s);
        ledger_ = s.ledger.file;
        auto opened = proxy::server::open(std::move(s));
        if (!opened) {
            ADD_FAILURE() << opened.error().detail;
            std::abort();
        }
        server_ = std::move(*opened);
        server_->start();
    }
    ~running_weir() { stop(); }

    wire connect() const { return wire::to(server_->port()); }
    wire connect_admin() const { return wire::to(server_->admin_port()); }
    scripted_upstream& upstream() { return *upstream_; }
    void stop_upstream() { upstream_.reset(); }
    proxy::server& server() { return *server_; }

    http_message ask(const std::string& request) const {
        wire w = connect();
        w.send(request);
        return read_message(w);
    }

    // The settled row of the request that `answer` belongs to.
    std::string row_of(const http_message& answer) const {
        return ask("GET /v1/requests/" + answer.field("x-weir-request-id") +
                   " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .body;
    }

    // Ends weir and sums up its ledger.
    metering::report_line stop_and_report() {
        stop();
        const auto lines = metering::make_report(ledger_, {});
        if (!lines || lines->empty()) {
            ADD_FAILURE() << (lines ? "no lines" : lines.error().detail);
            return {};
        }
        return lines->back();
    }
    void stop() {
        if (server_) server_->stop([](std::chrono::milliseconds) { return true; });
    }

private:
    scratch_folder folder_;
    std::unique_ptr<scripted_upstream> upstream_;
    std::filesystem::path ledger_;
    std::unique_ptr<proxy::server> server_;
};

inline std::string post(const std::string& body, const std::string& fields = "",
                        const std::string& path = "/v1/chat/completions") {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string get(const std::string& path, const std::string& method = "GET",
                       const std::string& fields = "") {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

inline const std::string hello =
    R"({"model":"auto","messages":[{"role":"user","content":"What is a weir?"}]})";
inline const std::string hello_stream =
    R"({"model":"auto","messages":[{"role":"user","content":"What is a weir?"}],"stream":true})";

inline const std::string usage_json =
    R"("usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_cache_hit_tokens":4,)"
    R"("prompt_cache_miss_tokens":6,"completion_tokens_details":{"reasoning_tokens":2}})";

inline const std::string answer_json =
    R"({"id":"c1","object":"chat.completion","model":"deepseek-v4-flash","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"A low dam."},"finish_reason":"stop"}],)" +
    usage_json + "}";

inline std::string event(const std::string& delta, const std::string& more = R"("finish_reason":null)") {
    return R"(data: {"id":"c1","object":"chat.completion.chunk","model":"deepseek-v4-flash",)"
           R"("choices":[{"index":0,"delta":)" +
           delta + "," + more + "}]}\n\n";
}

inline const std::string last_event = R"(data: {"id":"c1","model":"deepseek-v4-flash",)"
                                      R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}],)" +
                                      usage_json + "}\n\n";
inline const std::string done_event = "data: [DONE]\n\n";

}  // namespace weir::test
