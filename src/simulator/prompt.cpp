#include "prompt.hpp"

namespace weir::simulator {
namespace {

// What a model without eyes is shown instead of an image; the request itself is not refused.
// Source: https://github.com/zackees/clud/issues/1200
constexpr std::string_view image_placeholder = "[Unsupported Image]";

char mark_of(role r) noexcept {
    switch (r) {
        case role::system:
            return 's';
        case role::user:
            return 'u';
        case role::assistant:
            return 'a';
        case role::tool:
            return 't';
        case role::latest_reminder:
            return 'l';
    }
    return '?';
}

void render_parts(token_chain& chain, const message& m, bool sees_images) {
    for (const part& p : m.parts) {
        if (!p.is_image)
            chain.add_text(p.text);
        else if (sees_images)
            chain.add_image(p.text, image_tokens);
        else
            chain.add_text(image_placeholder);
    }
}

std::string joined_text(const message& m) {
    std::string text;
    for (const part& p : m.parts) text += p.text;
    return text;
}

void render_said(token_chain& chain, const std::string* thought, const std::string& content) {
    if (thought) {
        chain.add_mark('<');
        chain.add_text(*thought);
    }
    chain.add_mark('>');
    chain.add_text(content);
}

void render_end(token_chain& chain, const std::vector<tool_call>& calls) {
    for (const tool_call& call : calls) {
        chain.add_mark('c');
        chain.add_text(call.name);
        chain.add_mark('(');
        chain.add_text(call.arguments);
    }
    chain.add_mark('e');
}

bool is_continued(const model_request& asked) noexcept {
    return !asked.messages.empty() && asked.messages.back().continued;
}

}  // namespace

void render_answer(token_chain& chain, const model_request& asked, const std::string* thought,
                   const std::string& content, const std::vector<tool_call>& calls) {
    if (is_continued(asked))
        chain.add_text(content);
    else
        render_said(chain, thought, content);
    render_end(chain, calls);
}

token_chain render_prompt(const model_request& asked, std::int64_t unit_tokens) {
    // Nothing is shared between models or between tenants.
    token_chain chain{unit_tokens, hash_of(asked.user_id, mixed(hash_of(asked.model->cache)))};
    // The effort stands at the very beginning, so that another effort is another prefix from token 0 on.
    chain.add_mark('b');
    chain.add_text(asked.thinking() ? asked.effort->name : "-");
    if (asked.fim) {
        chain.add_mark('p');
        chain.add_text(asked.fim->prompt);
        chain.add_mark('x');
        chain.add_text(asked.fim->suffix);
    }
    for (const tool& t : asked.tools) {
        chain.add_mark('f');
        chain.add_text(t.rendered);
    }
    // Thoughts of earlier turns stay in the context only where tools are offered.
    const bool keeps_thoughts = asked.thinking() && asked.offers_tools() && asked.replays_thoughts;
    for (const message& m : asked.messages) {
        chain.add_mark(mark_of(m.from));
        if (m.from != role::assistant) {
            render_parts(chain, m, asked.model->images);
            continue;
        }
        render_said(chain, keeps_thoughts && m.reasoning ? &*m.reasoning : nullptr, joined_text(m));
        if (!m.continued) render_end(chain, m.calls);
    }
    if (!is_continued(asked)) chain.add_mark('a');
    return chain;
}

}  // namespace weir::simulator
