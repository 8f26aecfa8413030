#include "routes.hpp"

#include <array>

namespace weir::simulator {
namespace {

constexpr std::string_view comment = ": keep-alive\n\n";
constexpr std::string_view ping = "event: ping\ndata: {\"type\":\"ping\"}\n\n";

constexpr dialect_face chat{dialect::chat,    read_chat, chat_body, chat_events,
                            chat_error_event, comment,   false};
constexpr dialect_face beta_chat{dialect::chat,    read_beta_chat, chat_body, chat_events,
                                 chat_error_event, comment,        false};
constexpr dialect_face responses{dialect::responses,    read_responses, responses_body, responses_events,
                                 responses_error_event, comment,        false};
constexpr dialect_face messages{dialect::messages,    read_messages, messages_body, messages_events,
                                messages_error_event, ping,          true};
constexpr dialect_face completions{dialect::completions,
                                   read_completions,
                                   completions_body,
                                   completions_events,
                                   chat_error_event,
                                   comment,
                                   false};

constexpr std::array table{
    route{"POST", "/chat/completions", service::model, &chat},
    route{"POST", "/v1/chat/completions", service::model, &chat},
    route{"POST", "/beta/chat/completions", service::model, &beta_chat},
    route{"POST", "/responses", service::model, &responses},
    route{"POST", "/v1/responses", service::model, &responses},
    route{"POST", "/anthropic/v1/messages", service::model, &messages},
    route{"POST", "/beta/completions", service::model, &completions},
    route{"POST", "/completions", service::beta_only},
    route{"POST", "/v1/completions", service::beta_only},
    route{"GET", "/models", service::models},
    route{"GET", "/v1/models", service::models},
    route{"GET", "/user/balance", service::balance},
    route{"POST", "/v1/tools/search", service::search},
    route{"POST", "/v1/tools/fetch", service::fetch},
    route{"GET", "/files", service::files},
    route{"POST", "/files", service::files},
    route{"GET", "/files/*", service::file},
    route{"DELETE", "/files/*", service::file},
};

bool leads_to(const route& r, std::string_view path) noexcept {
    std::string_view pattern = r.path;
    if (!pattern.ends_with("/*")) return pattern == path;
    pattern.remove_suffix(1);
    return path.size() > pattern.size() && path.starts_with(pattern) &&
           path.find('/', pattern.size()) == path.npos;
}

}  // namespace

std::span<const route> routes() noexcept { return table; }

allowed<const route*> find_route(std::string_view method, std::string_view path) {
    bool path_known = false;
    for (const route& r : table) {
        if (!leads_to(r, path)) continue;
        if (r.method == method) return &r;
        path_known = true;
    }
    if (path_known) return std::unexpected(refusal{405, "Method Not Allowed"});
    return std::unexpected(refusal{404, "Not Found"});
}

}  // namespace weir::simulator
