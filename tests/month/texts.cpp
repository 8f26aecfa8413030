#include "texts.hpp"

#include "draw.hpp"

#include <algorithm>
#include <span>

namespace weir::month {

namespace {

using words = std::span<const std::string_view>;

std::string_view one_of(words list, std::uint64_t seed, std::uint64_t which) {
    return list[static_cast<std::size_t>(
        drawn({0, static_cast<std::int64_t>(list.size()) - 1}, seed, for_words, which))];
}

// Replaces each {} by the next of the words drawn from `list`, and each {#} by a number.
std::string filled(std::string_view pattern, words list, std::uint64_t seed) {
    std::string out;
    std::uint64_t which = 100;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern.substr(i, 2) == "{}") {
            out += one_of(list, seed, ++which);
            ++i;
        } else if (pattern.substr(i, 3) == "{#}") {
            out += std::to_string(drawn({3, 997}, seed, for_words, ++which));
            i += 2;
        } else {
            out += pattern[i];
        }
    }
    return out;
}

constexpr std::string_view things_en[] = {
    "a bicycle chain",   "a sourdough loaf",   "a small balcony",   "a team meeting",   "a wool jumper",
    "a travel budget",   "a first-aid kit",    "a rented flat",     "a used laptop",    "a garden shed",
    "a birthday speech", "a weekly timetable", "a children's book", "a coffee grinder", "a tenancy agreement",
    "a night train",     "a spreadsheet",      "a mountain hut",    "a vegetable box",  "a job interview"};
constexpr std::string_view things_zh[] = {"自行车链条", "酸面包", "小阳台",   "部门例会", "羊毛衫",
                                          "旅行预算",   "急救包", "出租房",   "二手电脑", "花园棚屋",
                                          "生日致辞",   "课程表", "儿童读物", "磨豆机",   "租房合同"};
constexpr std::string_view persons_en[] = {"the paraffin stove", "the ballpoint pen",  "the zip fastener",
                                           "the lawn mower",     "the folding ladder", "the steel ruler",
                                           "the pocket lamp",    "the tide table",     "the relief map"};
constexpr std::string_view persons_zh[] = {"圆珠笔", "拉链", "割草机", "折叠梯", "钢尺", "手电筒", "潮汐表"};
constexpr std::string_view sources[] = {
    "src/queue.cpp", "src/parser.py", "lib/session.ts",  "app/models.rb", "pkg/store/disk.go",
    "src/index.rs",  "web/cart.vue",  "core/clock.java", "api/routes.py", "cmd/server/main.go"};

constexpr std::string_view chat_easy_en[] = {"What should I look at when I buy {}? Keep it under {#} words.",
                                             "Give me {#} names for {}.",
                                             "How do I clean {} without damaging it? It is {#} weeks old.",
                                             "Write a friendly note of {#} words about {}.",
                                             "What is the difference between {} and {}?",
                                             "Is it worth repairing {} for {#} yuan?"};
constexpr std::string_view chat_hard_en[] = {
    "Analyze whether {} at {#} a month is cheaper over {#} months than buying, with interest of 4 percent.",
    "I have {#} euros, two constraints about {} and three about {}. What plan meets all of them, and why no "
    "other?",
    "Calculate the load that {} can carry if the beam is {#} cm long, and say which assumption matters most.",
    "Weigh the arguments of both sides about {} and find where each of them contradicts itself. Case {#}."};
constexpr std::string_view chat_easy_zh[] = {"买{}的时候要注意什么？请不超过{#}字。", "给{}起{#}个名字。",
                                             "{}用了{#}周，怎么清洁才不会坏？", "写一段关于{}的{#}字短文。",
                                             "{}和{}有什么区别？"};
constexpr std::string_view chat_hard_zh[] = {
    "分析一下：{}每月{#}元，租{#}个月和直接购买相比哪个划算？利率百分之四。",
    "预算{#}元，关于{}有两个限制，关于{}有三个限制，哪个方案都满足？为什么别的不行？",
    "{}两种说法各自的漏洞在哪里？第{#}个案例，请逐条说明。"};
constexpr std::string_view knowledge_en[] = {
    "Who invented {}, and in which town? Question {#}.", "Which year was {} first sold? Question {#}.",
    "Name the engineer behind {} and the firm of the time. Question {#}.",
    "When was {} patented? Question {#}."};
constexpr std::string_view knowledge_zh[] = {"谁发明了{}？第{#}题。", "{}是哪一年开始销售的？第{#}题。",
                                             "第{#}题：{}最早由哪家工厂生产？"};
constexpr std::string_view document_en[] = {
    "Summarize the following text in {#} words:", "Translate the following text into French, section {#}:",
    "Extract every amount from the following text for file {#}:",
    "What does the following text say about duty {#}, and what does it leave out?"};
constexpr std::string_view document_zh[] = {"请用{#}字总结以下内容：", "请把以下内容翻译成英文，第{#}节：",
                                            "以下内容里第{#}项义务是怎么规定的，遗漏了什么？"};
constexpr std::string_view rewrite_en[] = {
    "Refactor this module so that request {#} cannot block:",
    "Rewrite this class without inheritance, for change {#}:",
    "Migrate this script to the new client, version {#}:", "Add comments to this function, line {#} first:",
    "Why does this code return {#} twice?"};
constexpr std::string_view rewrite_zh[] = {"重构这段代码，让请求{#}不会阻塞：",
                                           "用迭代方式重写这段代码，编号{#}：",
                                           "这段代码为什么会返回两次{#}？"};
constexpr std::string_view proof_en[] = {
    "Prove that the sum of the first n odd cubes is n^2(2n^2-1), and that no k below {#} breaks it.",
    "Show that every graph with {#} vertices of degree three has a matching that misses at most two of them.",
    "{#} lamps stand in a circle and each step toggles a lamp and its right neighbour. From which states can "
    "all go out?",
    "Five people tell {#} statements and each lies exactly twice. Who holds the key?",
    "Derive the closed form of a(n+1) = 3a(n) - 2a(n-1) + {#}."};
constexpr std::string_view proof_zh[] = {"证明：前n个奇数的立方和等于n^2(2n^2-1)，并检验n={#}。",
                                         "{#}盏灯围成一圈，每次同时按下相邻两盏，哪些状态能全部熄灭？",
                                         "推导递推式a(n+1)=3a(n)-2a(n-1)+{#}的通项。"};
constexpr std::string_view agent_plain_en[] = {
    "Fix the failing check of ticket {#}.", "Make the button of page {#} work again.",
    "Why does job {#} time out? Repair it.", "Add the option of request {#}.",
    "Clean up what was left behind by change {#}."};
constexpr std::string_view agent_one_en[] = {"In {} the value {#} comes out wrong. Fix it.",
                                             "Add a check for {#} to {}.",
                                             "Rename the helper in {} as agreed in note {#}."};
constexpr std::string_view agent_wide_en[] = {
    "Move case {#} from {} to {} and update the callers.",
    "Replace call {#} across the project and keep the test suite green.",
    "The race between {} and {} from report {#}: find it and fix it.",
    "Rename entity {#} everywhere in the codebase."};
constexpr std::string_view agent_plain_zh[] = {"修复工单{#}里失败的检查。",
                                               "第{#}页的按钮又不能用了，请修好。",
                                               "任务{#}为什么超时？请解决。", "加上需求{#}里的选项。"};
constexpr std::string_view agent_one_zh[] = {"{} 里的数值{#}不对，请修正。", "给 {} 增加对{#}的检查。"};
constexpr std::string_view agent_wide_zh[] = {"把编号{#}的逻辑从 {} 移到 {}，并更新所有调用。",
                                              "在整个项目里替换接口{#}，并保证测试通过。"};
constexpr std::string_view batch_en[] = {"Classify the following email {#} as complaint, order or other:",
                                         "Extract name and amount from the following email {#}:",
                                         "Review this function, record {#}, and list its faults:"};
constexpr std::string_view batch_zh[] = {"把以下邮件{#}归类为投诉、订单或其他：",
                                         "请从以下邮件{#}提取姓名和金额：",
                                         "检查这段代码（记录{#}），列出问题："};
constexpr std::string_view sentences_en[] = {"The tenant keeps the stairs clear at all times. ",
                                             "A second meter was fitted in the cellar last spring. ",
                                             "Whoever leaves early says so in writing and names a day. ",
                                             "The sum of {#} is due on the third of the month. ",
                                             "Repairs below that are paid by the one who caused them. ",
                                             "The office keeps a copy and sends the other by post. "};
constexpr std::string_view sentences_zh[] = {"承租人应保持楼道畅通。", "去年春天地下室又装了一块电表。",
                                             "提前离开的人须书面说明日期。", "{#}元应在每月三日前付清。",
                                             "低于此数的修理费由责任人承担。"};
constexpr std::string_view code_lines[] = {
    "    total = total + rate * count[{#}]", "    if total > limit_{#}: break", "def step_{#}(state, item):",
    "    state.seen.append(item)",           "    return state.first or item",  "    log.debug('at {#}')"};

// The part that is pasted: prose, or code between fences.
std::string prose(std::int64_t chars, std::uint64_t seed, bool chinese) {
    const words list = chinese ? words(sentences_zh) : words(sentences_en);
    std::string out;
    for (std::uint64_t i = 0; static_cast<std::int64_t>(out.size()) < chars; ++i) {
        const std::uint64_t own = mixed(seed, for_length, i);
        out += filled(one_of(list, own, 0), list, own);
        if (i % 5 == 4) out += '\n';
    }
    return out;
}

std::string code(std::int64_t lines, std::uint64_t seed) {
    std::string out = "\n```\n";
    for (std::int64_t i = 0; i < lines; ++i) {
        const std::uint64_t own = mixed(seed, for_length, static_cast<std::uint64_t>(i));
        out += filled(one_of(code_lines, own, 0), code_lines, own) + '\n';
    }
    return out + "```";
}

struct in_both {
    words en;
    words zh;
    words of(bool chinese) const { return chinese ? zh : en; }
};

// Whether a hard task reads like one, or an easy one does.
bool reads_hard(const task& t) { return happens(t.difficulty > 550 ? 650 : 150, t.seed, for_telling); }

std::string agent_text(const task& t, bool chinese) {
    const in_both wide{agent_wide_en, agent_wide_zh}, one{agent_one_en, agent_one_zh},
        plain{agent_plain_en, agent_plain_zh};
    const bool names_one = happens(400, t.seed, for_telling, 1);
    const in_both& from = reads_hard(t) ? wide : names_one ? one : plain;
    return filled(one_of(from.of(chinese), t.seed, 1), sources, t.seed);
}

std::string batch_text(const task& t, bool chinese) {
    const words from = chinese ? words(batch_zh) : words(batch_en);
    const std::string lead = filled(one_of(from, t.seed, 1), from, t.seed);
    // The last of the list is about code.
    const bool about_code = lead.starts_with(from.back().substr(0, 6));
    if (about_code) return lead + code(drawn({8, 40}, t.seed, for_length), t.seed);
    return lead + "\n\n" + prose(drawn({300, 1500}, t.seed, for_length), t.seed, chinese);
}

}  // namespace

std::string text_of(const task& t, bool chinese) {
    const in_both things{things_en, things_zh}, persons{persons_en, persons_zh};
    const auto ask = [&](const in_both& patterns, const in_both& list) {
        return filled(one_of(patterns.of(chinese), t.seed, 1), list.of(chinese), t.seed);
    };
    switch (t.what) {
        case kind::knowledge:
            return ask({knowledge_en, knowledge_zh}, persons);
        case kind::document:
            return ask({document_en, document_zh}, things) + "\n\n" +
                   prose(drawn({1500, 16000}, t.seed, for_length), t.seed, chinese);
        case kind::rewrite:
            return ask({rewrite_en, rewrite_zh}, things) +
                   code(drawn({40, 200 + t.difficulty / 2}, t.seed, for_length), t.seed);
        case kind::proof:
            return ask({proof_en, proof_zh}, things);
        case kind::agent:
            return agent_text(t, chinese);
        case kind::batch:
            return batch_text(t, chinese);
        case kind::chat:
        case kind::housekeeping:
            break;
    }
    return reads_hard(t) ? ask({chat_hard_en, chat_hard_zh}, things)
                         : ask({chat_easy_en, chat_easy_zh}, things);
}

std::string_view agent_system() noexcept {
    static const std::string text =
        "You work in a folder of source code with the tools that you are given. "
        "Look before you edit, run the checks after it, and say in the end what changed.\n" +
        prose(5000, 7, false);
    return text;
}

std::string_view batch_system() noexcept { return "Answer with one line of JSON and nothing else."; }

std::string_view title_system() noexcept {
    return "You are a title generator. Answer with a title of at most six words for this conversation.";
}

const std::string& agent_tools() {
    static const std::string json = [] {
        constexpr std::string_view names[] = {"read_file",  "list_files", "search",     "edit_file",
                                              "write_file", "run",        "fetch_page", "ask"};
        std::string out = "[";
        for (const std::string_view name : names) {
            out += out.size() > 1 ? "," : "";
            out += R"({"type":"function","function":{"name":")" + std::string(name) + R"(","description":")" +
                   filler(60, mixed(name.size(), for_words), false) +
                   R"(","parameters":{"type":"object","properties":{"path":{"type":"string"},)"
                   R"("text":{"type":"string"}},"required":["path"]}}})";
        }
        return out + "]";
    }();
    return json;
}

spoken_call call_of(const task& t, std::size_t step, std::uint64_t which, bool failed) {
    constexpr std::string_view names[] = {"read_file", "search", "edit_file", "run"};
    const std::uint64_t own = mixed(t.seed, for_step, step * 64 + which);
    spoken_call c;
    c.name = one_of(names, own, 2);
    c.arguments = R"({"path":")" + std::string(one_of(sources, own, 3)) + R"(","text":")" +
                  std::to_string(own % 100'000) + R"("})";
    c.result = (failed ? "exit code: 1\n" : "exit code: 0\n") +
               prose(drawn({120, 1800}, own, for_length), own, false);
    return c;
}

std::string filler(std::int64_t tokens, std::uint64_t seed, bool chinese) {
    // 0.3 tokens a Latin character, 0.6 a Chinese one of three bytes.
    const std::int64_t bytes = chinese ? tokens * 5 : tokens * 10 / 3;
    const words list = chinese ? words(sentences_zh) : words(sentences_en);
    std::string out;
    for (std::uint64_t i = 0; static_cast<std::int64_t>(out.size()) < bytes; ++i) {
        const std::uint64_t own = mixed(seed, for_visible, i);
        out += filled(one_of(list, own, 0), list, own);
    }
    return out;
}

}  // namespace weir::month
