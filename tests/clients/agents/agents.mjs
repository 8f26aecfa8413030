// What each agent is, and what the scripted model has it do: `write` and `shell` are calls of the agent's own tools.
// `direct` puts right in a body what DeepSeek would refuse of this agent, where weir does not stand between them.

// The address at weir, the path of the simulator, and where thinking stands in the history.
const chat = { dialect: "chat", target: "/v1/chat/completions", path: "/chat/completions" };
const responses = { dialect: "responses", target: "/v1/responses", path: "/responses" };
const messages = { dialect: "messages", target: "/v1/messages?beta=true", path: "/anthropic/v1/messages" };

// The names under which each is run: the dearer model once for every dialect, with an agent that is quick.
const usual = ["auto", "deepseek-v4-flash"];
const all = [...usual, "deepseek-v4-pro"];

const withMessages = (body, change) => ({ ...body, messages: body.messages.map(change) });

const claude = {
  ...messages,
  models: all,
  title: "Claude Code",
  package: "@anthropic-ai/claude-code",
  // Two versions are installed, and npm's own folder of programs has room for one.
  command: "claude",
  program: "@anthropic-ai/claude-code/bin/claude.exe",
  write: (folder, content) => ({ name: "Write", arguments: { file_path: `${folder}/hello.txt`, content } }),
  shell: (command) => ({ name: "Bash", arguments: { command, description: "Look at the file" } }),
  requests: 3,
  mended: ["user_id"],
  direct: (body) => ({ ...body, metadata: { user_id: "direct" } }),
};

export const agents = {
  opencode: {
    ...chat,
    models: usual,
    title: "opencode",
    env: { OPENCODE_DISABLE_MODELS_FETCH: "true" },
    package: "opencode-ai",
    write: (folder, content) => ({ name: "write", arguments: { filePath: "hello.txt", content } }),
    shell: (command) => ({ name: "bash", arguments: { command, description: "Look at the file" } }),
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
    write: (folder, content) => ({ name: "exec_command", arguments: { cmd: `printf '${content}' > hello.txt` } }),
    shell: (cmd) => ({ name: "exec_command", arguments: { cmd } }),
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
    write: (folder, content) => ({ name: "write_file", arguments: { file_path: `${folder}/hello.txt`, content } }),
    shell: (command) => ({ name: "run_shell_command", arguments: { command, is_background: false } }),
    requests: 3,
    mended: [],
  },
  cline: {
    ...chat,
    models: usual,
    title: "Cline",
    package: "cline",
    write: (folder, new_text) => ({ name: "editor", arguments: { path: `${folder}/hello.txt`, new_text } }),
    shell: (command) => ({ name: "run_commands", arguments: { commands: [command] } }),
    requests: 3,
    mended: [],
  },
  continue: {
    ...chat,
    models: usual,
    title: "Continue",
    package: "@continuedev/cli",
    write: (folder, content) => ({ name: "Write", arguments: { filepath: `${folder}/hello.txt`, content } }),
    shell: (command) => ({ name: "Bash", arguments: { command } }),
    requests: 3,
    // It never sends back what the model thought.
    dropsThinking: true,
    mended: ["reasoning"],
    direct: (body) => withMessages(body, (message) =>
      message.role === "assistant" ? { ...message, reasoning_content: "" } : message),
  },
  pi: {
    ...chat,
    models: all,
    title: "pi",
    package: "@mariozechner/pi-coding-agent",
    write: (folder, content) => ({ name: "write", arguments: { path: "hello.txt", content } }),
    shell: (command) => ({ name: "bash", arguments: { command } }),
    requests: 3,
    mended: ["developer_role", "effort_alias", "max_completion_tokens"],
    direct: (body) => ({
      ...withMessages(body, (message) => (message.role === "developer" ? { ...message, role: "system" } : message)),
      reasoning_effort: "high",
    }),
  },
};

// Commands after the file is written, and what they show of it. No two are the same: it is not to look like a loop.
const looks = [
  ["cat hello.txt", (line) => line],
  ["wc -c hello.txt", (line) => `${line.length + 1} hello.txt`],
  ["wc -l hello.txt", () => "1 hello.txt"],
];

// The simulator's script of a task of so many tool calls. JSON is YAML too.
export function scriptOf(agent, folder, line, calls) {
  const commands = looks.slice(0, calls - 1).map(([command]) => command);
  const steps = [agent.write(folder, `${line}\n`), ...commands.map((command) => agent.shell(command))];
  const task = (n) => ({ ask_contains: "hello.txt", tools: true, after_tool_results: n });
  // Thoughts of one length, so that the sizes of what is sent hardly differ from run to run.
  const rules = steps.map((step, n) => ({ when: task(n), tool_calls: [step], reasoning_tokens: 100 }));
  rules.push({ when: task(steps.length), content: "hello.txt is there and has one line." });
  rules.push({ when: { tools: false }, content: "A file with one line" });
  return JSON.stringify({ rules }, null, 2);
}

// What the last of so many calls shows.
export const shownBy = (calls, line) => looks[calls - 2][1](line);
