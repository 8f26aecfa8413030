#include "expand.hpp"

#include <algorithm>
#include <optional>

namespace weir::config {
namespace {

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
    const auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && letter(name.front()) && std::ranges::all_of(name, part);
}

// `inside` is what stands between ${ and }.
std::expected<std::string, expansion_problem> look_up(std::string_view inside, const environment& env,
                                                      std::size_t& variables) {
    const std::size_t colon = inside.find(':');
    const std::string name{inside.substr(0, colon)};
    const std::string_view rest = colon == std::string_view::npos ? "" : inside.substr(colon + 1);
    const bool knows_what = colon == std::string_view::npos || rest.starts_with('-') || rest.starts_with('?');
    if (!is_name(name) || !knows_what) {
        return std::unexpected(expansion_problem{"`${" + std::string{inside} + "}` is no variable",
                                                 "write ${NAME}, ${NAME:-default} or ${NAME:?message}"});
    }
    const std::optional<std::string> value = env(name);
    if (value && (!value->empty() || rest.empty())) {
        ++variables;
        return *value;
    }
    if (rest.starts_with('-')) return std::string{rest.substr(1)};
    if (rest.size() > 1) {
        return std::unexpected(
            expansion_problem{"the variable " + name + " is not set", std::string{rest.substr(1)}});
    }
    return std::unexpected(expansion_problem{"the variable " + name + " is not set",
                                             "set it, or give a default: ${" + name + ":-...}"});
}

}  // namespace

std::expected<expansion, expansion_problem> expand(std::string_view text, const environment& env) {
    expansion made;
    while (!text.empty()) {
        const std::size_t dollar = text.find('$');
        made.text += text.substr(0, dollar);
        if (dollar == std::string_view::npos) break;
        text.remove_prefix(dollar + 1);
        if (text.starts_with('$')) {
            made.text += '$';
            text.remove_prefix(1);
        } else if (text.starts_with('{')) {
            const std::size_t end = text.find('}');
            if (end == std::string_view::npos) {
                return std::unexpected(expansion_problem{"`${` has no `}`", "write $$ for a dollar sign"});
            }
            auto value = look_up(text.substr(1, end - 1), env, made.variables);
            if (!value) return std::unexpected(std::move(value.error()));
            made.text += *value;
            text.remove_prefix(end + 1);
        } else {
            made.text += '$';
        }
    }
    return made;
}

}  // namespace weir::config
