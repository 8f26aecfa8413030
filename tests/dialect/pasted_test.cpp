// What of a human text is pasted, and what is the request.

#include "weir/dialect/ask.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weir::dialect {
namespace {

using nlohmann::json;
using test::indexed_body;

ask asked_text(const std::string& text) {
    const json message{{"role", "user"}, {"content", text}};
    const json body{{"model", "auto"}, {"messages", json::array({message})}};
    return indexed_body(body.dump()).ask_with(test::shipped_rules());
}

struct paste_case {
    const char* what;
    std::string text;
    std::string request;
};

const std::string prose = [] {
    std::string out;
    for (int i = 0; i < 30; ++i) out += "Prove and refactor every file of the whole codebase now.\n";
    return out;
}();

const std::string log_lines = [] {
    std::string out;
    for (int i = 0; i < 12; ++i) out += "tests/io/test_" + std::to_string(i) + ".py::test_port PASSED\n";
    return out;
}();

TEST(pasted, what_is_quoted_is_no_part_of_the_request) {
    const std::string list = "1. Prove Zorn's lemma.\n2. Refactor all.\n   And more.\n\n3. Port it.";
    const std::vector<paste_case> cases = {
        {"a fence", "What is this?\n```py\nprove()\n```\nThanks", "What is this?\nThanks"},
        {"tildes with a fence inside", "Look\n~~~~\n```\nx\n~~~\n~~~~\nend", "Look\nend"},
        {"a fence that is never closed", "Look\n```\nx\ny", "Look"},
        {"code in a line", "use ```x``` here", "use ```x``` here"},
        {"quotes", "> prove it\n> now\nWhat does he mean?", "What does he mean?"},
        {"an element over lines", "Count the words.\n<document>\nprove\n</document>", "Count the words."},
        {"an element in one line", "Say <b>prove</b>", "Say <b>prove</b>"},
        {"an element that is the request", "<context>\nx\n</context>\n<user_query>\nprove it\n</user_query>",
         "<user_query>\nprove it\n</user_query>"},
        {"nothing but an element", "<pr_description>\nfix it\n</pr_description>",
         "<pr_description>\nfix it\n</pr_description>"},
        {"an indented block", "Explain:\n\n    prove(x)\n\n    port(y)\nplease", "Explain:\n\n\nplease"},
        {"a text that is indented as a whole", "    Refactor it.\n\n    Do it now.",
         "Refactor it.\n\n    Do it now."},
        {"a document after a colon", "Fix spelling only:\n\n" + prose, "Fix spelling only:"},
        {"a document after a wide colon", "\xE7\xBF\xBB\xE8\xAF\x91\xEF\xBC\x9A\n\n" + prose,
         "\xE7\xBF\xBB\xE8\xAF\x91\xEF\xBC\x9A"},
        {"a document with a heading", "Translate. Keep the Markdown.\n\n# Title\n" + prose,
         "Translate. Keep the Markdown."},
        {"a document with front matter", "Translate it.\n\n---\na: b\n---\n" + prose, "Translate it."},
        {"a document that is pointed at", "Summarise the text below\n\n" + prose, "Summarise the text below"},
        {"a document before the instruction",
         "# Title\n\n" + prose + "\n---\nGive a title for the text above.",
         "Give a title for the text above."},
        {"a cut document before the instruction",
         prose + "\n```\ncut\n\n---\nGive a title for the text above.", "Give a title for the text above."},
        {"a list that is pointed at", "How many questions are in this list?\n\n" + list,
         "How many questions are in this list?"},
        {"a list right below", "Sort these items:\n- prove\n- port", "Sort these items:"},
        {"steps of the request", "Make the following changes:\n\n1. Refactor a\n2. Port b",
         "Make the following changes:\n\n1. Refactor a\n2. Port b"},
        {"a short text after a colon", "Task:\n\nProve it.", "Task:\n\nProve it."},
        {"a listing before the question", log_lines + "Did any fail?", "Did any fail?"},
        {"a listing after the question", "Did any fail?\n\n" + log_lines, "Did any fail?"},
        {"too few lines for a listing", "Did any fail?\na/b.py: ok, x\nc/d.py: ok, y",
         "Did any fail?\na/b.py: ok, x\nc/d.py: ok, y"},
        {"a document broken by a machine, then a line", prose + "\nWhich verb comes first?",
         "Which verb comes first?"},
        {"a long request of its own", "I have a problem.\n\n" + prose,
         "I have a problem.\n\n" + prose.substr(0, prose.size() - 1)},
    };
    for (const auto& c : cases) EXPECT_EQ(asked_text(c.text).request, c.request) << c.what;
}

TEST(pasted, share_and_lines_are_counted) {
    const ask a = asked_text("1234\n```\n123\n```");
    EXPECT_EQ(a.pasted_lines, 3u);
    EXPECT_EQ(a.pasted_per_mille, 12u * 1000 / 17);
    EXPECT_EQ(asked_text("plain").pasted_per_mille, 0u);
    EXPECT_EQ(asked_text("```\nall\n```").pasted_per_mille, 1000u);
    EXPECT_EQ(asked_text("").pasted_lines, 0u);
    EXPECT_GE(asked_text("Rewrite:\n\n```\n" + prose + "```").pasted_per_mille, 900u);
}
}  // namespace
}  // namespace weir::dialect
