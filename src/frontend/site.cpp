#include "weir/frontend/site.hpp"

#include <algorithm>

namespace weir::frontend {

namespace {

bool matches(std::string_view pattern, std::string_view path) noexcept {
    if (!pattern.ends_with("/*")) return pattern == path;
    pattern.remove_suffix(1);
    if (!path.starts_with(pattern) || path.size() == pattern.size()) return false;
    return path.find('/', pattern.size()) == std::string_view::npos;
}

bool serves(const endpoint& e, net::http_method method) noexcept {
    return e.method == method || (method == net::http_method::head && e.method == net::http_method::get);
}

}  // namespace

result<const endpoint*> find_endpoint(const std::vector<endpoint>& table, net::http_method method,
                                      std::string_view path) {
    bool path_known = false;
    for (const endpoint& e : table) {
        if (!matches(e.path, path)) continue;
        if (serves(e, method)) return &e;
        path_known = true;
    }
    if (path_known) {
        return client_fault(errc::method_not_allowed,
                            "this endpoint does not take " + std::string(name_of(method)));
    }
    return client_fault(errc::not_found, "there is no such endpoint");
}

std::string allowed_methods(const std::vector<endpoint>& table, std::string_view path) {
    std::string text;
    const auto add = [&](std::string_view name) { text.append(text.empty() ? "" : ", ").append(name); };
    for (const endpoint& e : table) {
        if (!matches(e.path, path)) continue;
        add(name_of(e.method));
        if (e.method == net::http_method::get) add("HEAD");
    }
    return text;
}

}  // namespace weir::frontend
