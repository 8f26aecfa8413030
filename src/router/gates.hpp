#pragma once
// What cannot answer a request, whatever the policy says.

#include "weir/classifier/features.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/router/routing.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::router {

enum class strike : std::uint8_t {
    none,
    images,  // the tier reads no images
    files,   // the tier reads no files
    tools,   // a tool is offered that other tiers run themselves, and this one does not
    context  // the input is longer than the tier's context
};

// One for each tier, the first that holds.
// images: V4 Pro answers an image with a placeholder and status 200, so nobody would notice (source:
// DeepSeek, models). files and tools: only Flash has them (source: DeepSeek, news of 2026-11-13); a type of
// tool that no tier lists is nobody's business here. context: token counts are estimates from characters. A
// tier is struck where the estimate of the input alone is over its context by a fifth or more; nearer than
// that the upstream, which counts exactly, is left to say so.
std::vector<strike> struck_tiers(const routing& routes, const dialect::body_index& index,
                                 const classifier::features& f);

// The tier to take where `wanted` may be struck: itself, else the next dearer that is left, else the dearest
// that is left. nullopt: none is left.
std::optional<std::size_t> best_left(const std::vector<strike>& struck, std::size_t wanted);

// tool_choice names a tool or wants any: refused in thinking mode. Source: DeepSeek API, thinking mode.
bool forces_tool(const dialect::body_index& index) noexcept;

}  // namespace weir::router
