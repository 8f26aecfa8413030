// What each agent is, and what the scripted model has it do. `steps` are its tool calls, in the agent's own tools: no
// two alike, and the second and the last show the line, since a task of two calls ends there. `direct` makes of a body
// what DeepSeek would take, for the run without weir; where it is missing, DeepSeek takes what the agent sends.

// The address at weir, the path of the simulator, and where thinking stands in the history.
const chat = { dialect: "chat", target: "/v1/chat/completions", path: "/chat/completions" };
const responses = { dialect: "responses", target: "/v1/responses", path: "/responses" };
const messages = { dialect: "messages", target: "/v1/messages?beta=true", path: "/anthropic/v1/messages" };

// The names under which each is run: the dearer model once for every dialect, with an agent that is quick.
const usual = ["auto", "deepseek-v4-flash"];
const all = [...usual, "deepseek-v4-pro"];

// Puts into each message of a body what `change` gives for it.
const withMessages = (change) => (body) => ({
  ...body,
  messages: body.messages.map((message) => ({ ...message, ...change(message) })),
});

const claude = {
  ...messages,
  models: all,
  title: "Claude Code",
  package: "@anthropic-ai/claude-code",
  // Two versions are installed, and npm's own folder of programs has room for one.
  command: "claude",
  program: "@anthropic-ai/claude-code/bin/claude.exe",
  steps: (folder, line) => [
    { name: "Write", arguments: { file_path: `${folder}/hello.txt`, content: `${line}\n` } },
    { name: "Bash", arguments: { command: "cat hello.txt", description: "Show the file" } },
    { name: "Read", arguments: { file_path: `${folder}/hello.txt` } },
    { name: "Bash", arguments: { command: "head -n 1 hello.txt", description: "Show the first line" } },
  ],
  mended: ["user_id"],
  direct: ({ metadata, ...body }) => ({ ...body, metadata: { user_id: metadata.user_id.replace(/[^\w-]/g, "_") } }),
};

export const agents = {
  opencode: {
    ...chat,
    models: usual,
    title: "opencode",
    env: { OPENCODE_DISABLE_MODELS_FETCH: "true" },
    package: "opencode-ai",
    steps: (folder, line) => [
      { name: "write", arguments: { filePath: "hello.txt", content: `${line}\n` } },
      { name: "bash", arguments: { command: "cat hello.txt", description: "Show the file" } },
      { name: "read", arguments: { filePath: `${folder}/hello.txt` } },
      { name: "bash", arguments: { command: "head -n 1 hello.txt", description: "Show the first line" } },
    ],
    // Requests beside the conversation: one asks for a title.
    others: 1,
    mended: [],
  },
  codex: {
    ...responses,
    models: all,
    title: "Codex",
    package: "@openai/codex",
    // Its own sandbox wants namespaces that it may not have where it already runs in some.
    replace: { "workspace-write": "danger-full-access" },
    steps: (folder, line) => [
      { name: "exec_command", arguments: { cmd: `echo '${line}' > hello.txt` } },
      { name: "exec_command", arguments: { cmd: "cat hello.txt" } },
      { name: "exec_command", arguments: { cmd: "wc -l hello.txt" } },
      { name: "exec_command", arguments: { cmd: "head -n 1 hello.txt" } },
    ],
    mended: [],
  },
  claude,
  "claude-api-key": {
    ...claude,
    title: "Claude Code with an API key",
    target: "/anthropic/v1/messages?beta=true",
    models: ["auto"],
    // Only its address and its field for the key are other ones.
    briefly: true,
  },
  // This version drops its thinking where the answer names another model than the one it asked for.
  "claude-2.1.197": {
    ...claude,
    title: "Claude Code 2.1.197",
    package: "claude-code-2.1.197",
    block: "claude",
    program: "claude-code-2.1.197/bin/claude.exe",
    probes: ["HEAD / 200"],
    models: ["auto"],
    directModel: "deepseek-v4-flash",
  },
  qwen: {
    ...chat,
    models: usual,
    title: "Qwen Code",
    package: "@qwen-code/qwen-code",
    steps: (folder, line) => [
      { name: "write_file", arguments: { file_path: `${folder}/hello.txt`, content: `${line}\n` } },
      // Where a line has to be shown, its shell will not do: that loses what a command prints just before it ends.
      { name: "read_file", arguments: { file_path: `${folder}/hello.txt` } },
      { name: "run_shell_command", arguments: { command: "wc -l hello.txt", is_background: false } },
      { name: "read_file", arguments: { file_path: `${folder}/hello.txt`, limit: 1 } },
    ],
    mended: [],
  },
  cline: {
    ...chat,
    models: usual,
    title: "Cline",
    package: "cline",
    steps: (folder, line) => [
      { name: "editor", arguments: { path: `${folder}/hello.txt`, new_text: `${line}\n` } },
      { name: "run_commands", arguments: { commands: ["cat hello.txt"] } },
      { name: "read_files", arguments: { files: [{ path: `${folder}/hello.txt` }] } },
      { name: "run_commands", arguments: { commands: ["head -n 1 hello.txt"] } },
    ],
    mended: [],
  },
  continue: {
    ...chat,
    models: usual,
    title: "Continue",
    package: "@continuedev/cli",
    steps: (folder, line) => [
      { name: "Write", arguments: { filepath: `${folder}/hello.txt`, content: `${line}\n` } },
      { name: "Bash", arguments: { command: "cat hello.txt" } },
      { name: "Read", arguments: { filepath: `${folder}/hello.txt` } },
      { name: "Bash", arguments: { command: "head -n 1 hello.txt" } },
    ],
    // It never sends back what the model thought.
    dropsThinking: true,
    mended: ["reasoning"],
    direct: withMessages(({ role }) => (role === "assistant" ? { reasoning_content: "" } : {})),
  },
  pi: {
    ...chat,
    models: all,
    title: "pi",
    package: "@mariozechner/pi-coding-agent",
    steps: (folder, line) => [
      { name: "write", arguments: { path: "hello.txt", content: `${line}\n` } },
      { name: "bash", arguments: { command: "cat hello.txt" } },
      { name: "read", arguments: { path: "hello.txt" } },
      { name: "bash", arguments: { command: "head -n 1 hello.txt" } },
    ],
    mended: ["developer_role", "effort_alias", "max_completion_tokens"],
    direct: ({ max_completion_tokens, ...body }) => ({
      ...withMessages(({ role }) => (role === "developer" ? { role: "system" } : {}))(body),
      max_tokens: max_completion_tokens,
      reasoning_effort: "high",
    }),
  },
};

// The simulator's script of one task, of so many tool calls. JSON is YAML too.
export function scriptOf(agent, folder, line, calls) {
  const steps = agent.steps(folder, line).slice(0, calls);
  const task = (n) => ({ ask_contains: "hello.txt", tools: true, after_tool_results: n });
  // Thoughts of one length, so that the sizes of what is sent hardly differ from run to run.
  const rules = steps.map((step, n) => ({ when: task(n), tool_calls: [step], reasoning_tokens: 100 }));
  rules.push({ when: task(steps.length), content: "hello.txt is there and has one line." });
  rules.push({ when: { tools: false }, content: "A file with one line" });
  return JSON.stringify({ rules }, null, 2);
}
