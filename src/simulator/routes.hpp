#pragma once
// What the simulator serves: paths, and for those that lead to a model the dialect that is spoken there.

#include "readers.hpp"
#include "writers.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

// How one dialect is read and written.
struct dialect_face {
    dialect kind;
    allowed<model_request> (*read)(const nlohmann::json& body, const catalogue& offered);
    std::string (*body)(const spoken& answer);
    std::vector<std::string> (*events)(const spoken& answer);
    std::string (*error_event)(const spoken& answer, const std::string& message, std::size_t index);
    std::string_view keep_alive;  // what a stream says while it has nothing to say
    bool takes_api_key;           // x-api-key counts as the key
};

enum class service : std::uint8_t {
    model,      // an answer of a model, in the dialect of `face`
    models,     // the list of them
    balance,    // of the account
    search,     // the search tool, without a model
    fetch,      // the fetch tool, without a model
    files,      // the list, or one more
    file,       // one of them, by the last segment of the path
    beta_only,  // refused: it is there under /beta alone
};

struct route {
    std::string_view method;
    std::string_view path;  // exact; a final "/*" stands for one more segment
    service what;
    const dialect_face* face = nullptr;  // where what == model
};

std::span<const route> routes() noexcept;

// 404 where there is no such path, 405 where it takes another method.
allowed<const route*> find_route(std::string_view method, std::string_view path);

}  // namespace weir::simulator
