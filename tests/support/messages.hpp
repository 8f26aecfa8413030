#pragma once
// A question in Anthropic's words, and DeepSeek's answers to it.

#include <string>

namespace weir::test {

inline const std::string hello_messages =
    R"({"model":"claude-opus-4","max_tokens":900,"messages":[{"role":"user","content":"What is a weir?"}]})";
inline const std::string hello_messages_stream =
    R"({"model":"claude-opus-4","max_tokens":900,"messages":[{"role":"user","content":"What is a weir?"}],)"
    R"("stream":true})";

inline const std::string message_json =
    R"({"id":"m1","type":"message","role":"assistant","model":"deepseek-v4-flash",)"
    R"("content":[{"type":"text","text":"A low dam."}],"stop_reason":"end_turn",)"
    R"("usage":{"input_tokens":6,"cache_read_input_tokens":4,"output_tokens":5}})";

inline const std::string message_start =
    "event: message_start\n"
    R"(data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant",)"
    R"("model":"deepseek-v4-flash","content":[],"usage":{"input_tokens":6,"cache_read_input_tokens":4,)"
    R"("output_tokens":1}}})"
    "\n\n";

inline const std::string message_stream =
    message_start +
    "event: content_block_start\n"
    R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
    "\n\n"
    "event: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"A low dam."}})"
    "\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}})"
    "\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

}  // namespace weir::test
