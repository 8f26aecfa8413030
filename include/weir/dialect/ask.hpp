#pragma once
// What the human asked, last: the text that counts for routing, without what agents wrap around it.

#include "weir/base/bytes.hpp"
#include "weir/dialect/body_index.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::dialect {

// How clients write what no human wrote. Data: config/clients.yaml, where each list bears the name of its
// field (those of housekeeping: `housekeeping: {system, ask, with_tools}`). Only failure_marks and
// session_ignored_lines mind upper and lower case.
struct ask_rules {
    std::vector<std::string> preambles;            // a whole message that begins with one is the client's
    std::vector<std::string> nudges;               // "continue": a message of these alone is no new turn
    std::vector<std::string> envelopes;            // tags whose element is not the human's: "system-reminder"
    std::vector<std::string> request_elements;     // tags whose element is the request itself: "user_query"
    std::vector<std::string> paste_leads;          // phrases that point at pasted text: "the text above"
    std::vector<std::string> housekeeping_system;  // in the first 2 KiB of system text, without tools
    std::vector<std::string> housekeeping_ask;     // the human text begins with one, without tools
    std::vector<std::string> housekeeping_with_tools;  // the human text begins with one, whatever is offered
    std::vector<std::string> failure_marks;            // a tool result that contains one of these failed
    std::vector<std::string> file_extensions;          // without the dot: what makes a word a file name
    std::vector<std::string> not_files;  // words that look like file names and are none: "node.js"
    // Lines of system text that begin so differ from request to request: no part of a conversation's
    // identity. As written, and without characters that JSON escapes.
    std::vector<std::string> session_ignored_lines;
};
// In preambles, paste_leads and housekeeping_*, `*` stands for up to 60 bytes of one line: "generate*title".
// In failure_marks, a first `^` stands for the start of a line, a last `#` for a whole number other than 0:
// "^Traceback", "exit code: #".

enum class turn : std::uint8_t {
    human,  // nothing of the assistant or of a tool comes after the latest human text
    tool,   // the assistant works: its own messages, results of tools or a nudge come after that text
    // A title, a summary, a commit message: nobody waits for quality. Also any completion, and a request for
    // one token, which is a look whether somebody is there or fills a cache.
    housekeeping
};

struct ask {
    turn kind = turn::human;
    std::size_t message = 0;  // index of the message that the text is from; messages.size() if there is none
    std::string text;         // latest human text without envelopes; UTF-8
    std::string request;      // the same without fences, quotes and pasted blocks
    std::uint32_t pasted_lines = 0;      // lines that are fence, quote or pasted document
    std::uint32_t pasted_per_mille = 0;  // their share of the text, in characters
    std::uint32_t files_named = 0;       // different names with a known extension in `request`; URLs are none
    std::uint32_t calls = 0;             // tool calls since that text (calls, not rounds)
    std::uint32_t rounds = 0;            // messages of the assistant since that text
    // Turns of the human in the body: messages of the user in a row are one, preambles and nudges are none.
    std::uint32_t human_turns = 0;
    // Different file names in what the assistant wrote since that text, its calls' arguments among it: how
    // far an edit is spread. The last 32 KiB are read.
    std::uint32_t files_touched = 0;
    // Of the last six calls since that text: how often the most frequent one was made.
    std::uint32_t same_call_of_last_6 = 0;
    // Of the last six results since that text: how many carry a failure mark.
    std::uint32_t failed_results_of_last_6 = 0;
};

// `body` is the one that was indexed. Linear in the length of the text.
//
// Latest human text: of the last `user` message that has text outside envelopes; text parts of an array are
// joined by a line break, results of tools among them left out. A message of images or files alone is a turn
// without a text. An answer that the client began, for the model to go on with, is no work of the
// assistant's. A nudge after an earlier text is not the latest: the work that it asks to go on with is that
// text's, and so is what the work has shown so far. Pasted are, line by line:
//   - fenced blocks (``` or ~~~), fences included, and lines that begin with `>`;
//   - elements that span lines, <document> to </document>, unless they are request_elements;
//   - blocks indented by four blanks or a tab after a blank line, as Markdown has them;
//   - the rest of the text after a lead, a first paragraph of at most 400 characters, where the rest has at
//     least 1,000 characters and the lead ends with a colon, holds one of paste_leads, or a document begins
//     after it (`---` or a heading); where the lead holds one of paste_leads, a list right after it is pasted
//     at any length;
//   - all before a last paragraph of at most 400 characters, where that is at least 1,000 characters and the
//     paragraph holds one of paste_leads or comes after a `---` line;
//   - all before a last paragraph of one line of at most 160 characters, where that is at least 1,500
//     characters in 20 lines or more that were broken by a machine, at 100 characters or before;
//   - listings, logs among them: twelve lines or more without an empty one, half of which have the same first
//     marks of punctuation.
// Where nothing would be left, none but fences and quotes are taken for pastes. Of a text of more
// than 1 MiB the first and the last half are read so, and the lines between them are pasted. A failed result
// is one that the client calls so, or is judged by the first and the last 8 KiB of its text.
ask ask_of(padded_view body, const body_index& index, const ask_rules& rules);

}  // namespace weir::dialect
