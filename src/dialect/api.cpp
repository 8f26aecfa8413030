#include "weir/dialect/api.hpp"

#include "weir/dialect/error_body.hpp"

#include "answer_json.hpp"
#include "chat_body.hpp"
#include "completions_body.hpp"
#include "error_shapes.hpp"
#include "messages_body.hpp"
#include "responses_body.hpp"

namespace weir::dialect {
namespace {

constexpr std::string_view done_word = "[DONE]";

// Answers and errors of Completions are those of Chat Completions, but for `text` instead of a message.
template <class body_type>
class openai_api : public api {
public:
    std::string_view terminal() const noexcept override { return done_word; }
    result<body_index> read_body(json_walk& in) const override { return body_type(in).read(); }
    bool read_document(std::string_view json, answer_facts& facts, answer_turn* turn) const override {
        return read_chat_document(json, facts, turn);
    }
    std::string error_body(const fault& f) const override { return dialect::error_body(f); }
    std::string error_event(const fault& f, const answer_facts&) const override {
        return dialect::error_event(f);
    }
};

class chat_api final : public openai_api<chat_body> {
public:
    api_kind kind() const noexcept override { return api_kind::chat; }
    std::string_view name() const noexcept override { return "chat"; }
    std::string_view conversation() const noexcept override { return "messages"; }
};

class completions_api final : public openai_api<completions_body> {
public:
    api_kind kind() const noexcept override { return api_kind::completions; }
    std::string_view name() const noexcept override { return "completions"; }
    std::string_view conversation() const noexcept override { return "prompt"; }
};

class responses_api final : public api {
public:
    api_kind kind() const noexcept override { return api_kind::responses; }
    std::string_view name() const noexcept override { return "responses"; }
    std::string_view conversation() const noexcept override { return "input"; }
    std::string_view terminal() const noexcept override { return "response.completed"; }
    result<body_index> read_body(json_walk& in) const override { return responses_body(in).read(); }
    bool read_document(std::string_view json, answer_facts& facts, answer_turn* turn) const override {
        return read_responses_document(json, facts, turn);
    }
    std::string error_body(const fault& f) const override { return dialect::error_body(f); }
    std::string error_event(const fault& f, const answer_facts& so_far) const override {
        return responses_error_event(f, so_far);
    }
};

class messages_api final : public api {
public:
    api_kind kind() const noexcept override { return api_kind::messages; }
    std::string_view name() const noexcept override { return "messages"; }
    std::string_view conversation() const noexcept override { return "messages"; }
    std::string_view terminal() const noexcept override { return "message_stop"; }
    result<body_index> read_body(json_walk& in) const override { return messages_body(in).read(); }
    bool read_document(std::string_view json, answer_facts& facts, answer_turn* turn) const override {
        return read_messages_document(json, facts, turn);
    }
    std::string error_body(const fault& f) const override { return messages_error_body(f); }
    std::string error_event(const fault& f, const answer_facts&) const override {
        return messages_error_event(f);
    }
};

}  // namespace

const api& api_of(api_kind kind) noexcept {
    static const chat_api chat;
    static const responses_api responses;
    static const messages_api messages;
    static const completions_api completions;
    switch (kind) {
        case api_kind::chat:
            return chat;
        case api_kind::responses:
            return responses;
        case api_kind::messages:
            return messages;
        case api_kind::completions:
            return completions;
    }
    return chat;
}

}  // namespace weir::dialect
