// What each agent is, and what the scripted model has it do. `steps` are its two tool calls, in the agent's own tools.

// The address at weir, the path of the simulator, and where thinking stands in the history.
const chat = { dialect: "chat", target: "/v1/chat/completions", path: "/chat/completions" };
const responses = { dialect: "responses", target: "/v1/responses", path: "/responses" };
const messages = { dialect: "messages", target: "/v1/messages?beta=true", path: "/anthropic/v1/messages" };

// The names under which each is run: the dearer model once for every dialect, with an agent that is quick.
const usual = ["auto", "deepseek-v4-flash"];
const all = [...usual, "deepseek-v4-pro"];

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
  ],
  requests: 3,
  mended: ["user_id"],
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
    ],
    // One more asks for a title.
    requests: 4,
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
    ],
    requests: 3,
    mended: [],
  },
  claude,
  "claude-api-key": {
    ...claude,
    title: "Claude Code with an API key",
    target: "/anthropic/v1/messages?beta=true",
    models: ["auto"],
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
  },
  qwen: {
    ...chat,
    models: usual,
    title: "Qwen Code",
    package: "@qwen-code/qwen-code",
    steps: (folder, line) => [
      { name: "write_file", arguments: { file_path: `${folder}/hello.txt`, content: `${line}\n` } },
      { name: "run_shell_command", arguments: { command: "cat hello.txt", is_background: false } },
    ],
    requests: 3,
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
    ],
    requests: 3,
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
    ],
    requests: 3,
    // It never sends back what the model thought.
    dropsThinking: true,
    mended: ["reasoning"],
  },
  pi: {
    ...chat,
    models: all,
    title: "pi",
    package: "@mariozechner/pi-coding-agent",
    steps: (folder, line) => [
      { name: "write", arguments: { path: "hello.txt", content: `${line}\n` } },
      { name: "bash", arguments: { command: "cat hello.txt" } },
    ],
    requests: 3,
    mended: ["developer_role", "effort_alias", "max_completion_tokens"],
  },
};

// The simulator's script of one task. JSON is YAML too.
export function scriptOf(agent, folder, line) {
  const steps = agent.steps(folder, line);
  const task = (n) => ({ ask_contains: "hello.txt", tools: true, after_tool_results: n });
  // Thoughts of one length, so that the sizes of what is sent hardly differ from run to run.
  const rules = steps.map((step, n) => ({ when: task(n), tool_calls: [step], reasoning_tokens: 100 }));
  rules.push({ when: task(steps.length), content: "hello.txt is there and has one line." });
  rules.push({ when: { tools: false }, content: "A file with one line" });
  return JSON.stringify({ rules }, null, 2);
}
