// Coding agents do a task of two tool calls through weir, before the simulator, which refuses what DeepSeek's
// documented rules refuse. run.sh starts this file where there is no network but loopback.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { agents, scriptOf } from "./agents.mjs";
import { applyBlocks, readBlocks } from "./lib/docs.mjs";
import { runScript, startWeir, writeConfig } from "./lib/programs.mjs";
import { cellsOf, sameCell, shapeOf } from "./lib/shape.mjs";
import { startTap } from "./lib/tap.mjs";
import { isWhole, lastResultOf, turnOfAnswer, turnsOfRequest } from "./lib/thinking.mjs";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, "../../..");
const { WEIR_PROGRAM: program, WEIR_WORK: work } = process.env;
assert.ok(program && work, "start these tests with tests/clients/agents/run.sh");

const agentSeconds = 110;
const key = "sk-client-agent-0123456789abcdef";
const blocks = readBlocks(root);
const pinned = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8")).dependencies;
// WEIR_AGENTS="codex pi" runs those alone.
const wanted = (process.env.WEIR_AGENTS || Object.keys(agents).join(" ")).split(" ");

const jsonLines = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

// The ledger's row of a request, once it is settled; asked for 100 times in 10 seconds at most.
async function rowOf(base, id) {
  let row;
  for (let i = 0; i < 100; ++i) {
    const answer = await fetch(`${base}/v1/requests/${id}`, { headers: { Authorization: `Bearer ${key}` } });
    row = answer.ok ? await answer.json() : undefined;
    if (row) return row;
    await pause(100);
  }
  assert.fail(`no row for ${id}`);
}

// Lets an agent do the task, and gives all that was seen of it.
async function perform(name, model) {
  const agent = agents[name];
  const place = path.join(work, `${name}-${model}`);
  const [folder, home] = [path.join(place, "folder"), path.join(place, "home")];
  for (const needed of [folder, home]) mkdirSync(needed, { recursive: true });
  const line = `weir took ${name} to ${model}`;
  writeFileSync(path.join(place, "script.json"), scriptOf(agent, folder, line));

  const stops = [];
  const statuses = [];
  let seen;
  try {
    const tap = await startPath(place, stops);
    const values = { url: `http://127.0.0.1:${tap.port}`, key, model, replace: agent.replace };
    const command = applyBlocks(blocks[agent.block ?? name] ?? [], home, values);
    assert.notEqual(command, "", `docs/ has no block with agent=${name}`);
    const bin = programsOf(agent, place);
    const log = path.join(place, "agent.log");
    const done = await runScript(command, { folder, home, bin, log, env: agent.env, seconds: agentSeconds });
    const exchanges = tap.exchanges();
    const calls = exchanges.filter((exchange) => exchange.method === "POST");
    const rows = await Promise.all(calls.map((call) => rowOf(tap.weir, call.answerFields["x-weir-request-id"])));
    const journal = jsonLines(path.join(place, "journal.jsonl"));
    seen = { ...done, agent, model, line, folder, exchanges, calls, rows, journal };
  } finally {
    for (const stop of stops.reverse()) statuses.push(await stop());
  }
  assert.deepEqual(statuses, [0, 0, 0], "weir and the simulator end with 0");
  return seen;
}

// The folder with the agent's program, for PATH.
function programsOf(agent, place) {
  const installed = path.join(here, "node_modules");
  if (!agent.program) return path.join(installed, ".bin");
  const own = path.join(place, "bin");
  mkdirSync(own);
  symlinkSync(path.join(installed, agent.program), path.join(own, agent.command));
  return own;
}

// Simulator, weir, tap, in this order; how to stop each is added to `stops`.
async function startPath(place, stops) {
  const file = (name) => path.join(place, name);
  const simulator = await startWeir(program, ["simulate", "--listen", "127.0.0.1:0", "--script", file("script.json"),
    "--journal", file("journal.jsonl")], place, "simulator");
  stops.push(simulator.stop);
  const weir = await startWeir(program, ["serve", "--config", writeConfig(root, place, key), "--listen", "127.0.0.1:0",
    "--admin-listen", "127.0.0.1:0", "--upstream", `http://${simulator.ready.listen}`, "--ledger", file("weir.db")],
    place, "weir");
  stops.push(weir.stop);
  const tap = await startTap(Number(weir.ready.listen.split(":")[1]));
  stops.push(tap.close);
  return { ...tap, weir: `http://${weir.ready.listen}` };
}

// Requests of the conversation itself: not those for a title.
const turnsIn = (requests) => requests.filter((request) => JSON.parse(request.body).tools?.length > 0);

function checkTask(run) {
  assert.equal(run.code, 0, run.output.slice(-3000));
  assert.equal(readFileSync(path.join(run.folder, "hello.txt"), "utf8"), `${run.line}\n`);
  const { dialect } = run.agent;
  const last = turnsIn(run.calls).at(-1).body;
  assert.ok(lastResultOf(dialect, last).includes(run.line), "the second tool's result is what cat printed");
}

function checkEndpoints(run) {
  for (const call of run.calls) {
    assert.equal(call.target, run.agent.target);
    assert.equal(call.status, 200, call.answer.slice(0, 1000));
    assert.ok(isWhole(run.agent.dialect, call.answer), `the answer ends so: ${call.answer.slice(-300)}`);
  }
  const probes = run.exchanges.filter((exchange) => exchange.method !== "POST");
  const seen = probes.map(({ method, target, status }) => `${method} ${target} ${status}`);
  // Claude Code looks whether somebody is there beside its first call, and at times it is done before it has looked.
  const known = run.agent.probes ?? [];
  assert.deepEqual(seen.filter((probe) => !known.includes(probe)), []);
  for (const entry of run.journal) {
    assert.equal(entry.path, run.agent.path);
    assert.equal(entry.status, 200, JSON.stringify(entry).slice(-1000));
  }
  assert.equal(run.calls.length, run.agent.requests);
  assert.equal(run.journal.length, run.agent.requests, "each request went upstream once");
}

function checkModels(run) {
  const asked = new Set(turnsIn(run.calls).map((call) => JSON.parse(call.body).model));
  assert.deepEqual([...asked], [run.model]);
  const sent = new Set(turnsIn(run.journal).map((entry) => entry.model));
  assert.equal(sent.size, 1, `a conversation stays on one model: ${[...sent]}`);
  // The task is one file and two calls: what the cheaper model is for.
  const expected = run.model === "auto" ? "deepseek-v4-flash" : run.model;
  assert.deepEqual([...sent], [expected]);
  for (const row of run.rows.filter((row) => row.model_asked === run.model)) {
    assert.equal(row.reason === "pin", run.model !== "auto", row.reason);
  }
}

function checkThinking(run) {
  const { dialect } = run.agent;
  const turns = turnsIn(run.calls).map((call) => turnOfAnswer(dialect, call.answer));
  const thoughts = new Map(turns.flatMap(({ tools, thought }) => tools.map((tool) => [tool, thought])));
  assert.equal(thoughts.size, 2, "two tools were called");
  for (const entry of turnsIn(run.journal)) {
    assert.ok(entry.usage.reasoning_tokens > 0, "the model thinks in every turn");
  }
  const upstream = turnsIn(run.journal).map((entry) => turnsOfRequest(dialect, entry.body));
  assert.deepEqual(upstream.map((history) => history.length), [0, 1, 2]);
  for (const { tools, thought } of upstream.flat()) {
    assert.ok(thought?.length > 0, "there is a thought to bring back");
    // Blanks at its ends may be lost: Qwen Code trims them.
    for (const tool of tools) assert.equal(thought.trim(), thoughts.get(tool).trim(), "the thought that was told");
  }
  for (const { thought } of turnsIn(run.calls).flatMap((call) => turnsOfRequest(dialect, call.body))) {
    assert.equal(thought === undefined, run.agent.dropsThinking ?? false, "whether the agent keeps thoughts itself");
  }
}

function checkMends(run) {
  const named = (text) => text.split(", ").filter(Boolean);
  const seen = new Set(run.calls.flatMap((call) => named(call.answerFields["x-weir-mended"] ?? "")));
  const expected = new Set(run.agent.mended);
  if (run.agent.dialect === "messages" && run.model === "auto") expected.add("answer_model");
  assert.deepEqual([...seen].sort(), [...expected].sort());
  for (const [i, call] of run.calls.entries()) {
    assert.equal([run.rows[i].mended].flat().join(", "), call.answerFields["x-weir-mended"] ?? "");
  }
}

// What was neither routed nor mended goes upstream byte for byte; of the rest, all but what the decision says.
function checkBytes(run) {
  const upstream = run.journal.map((entry) => entry.body);
  for (const call of run.calls) {
    const mended = (call.answerFields["x-weir-mended"] ?? "").replace("answer_model", "");
    if (JSON.parse(call.body).model !== "auto" && mended === "") {
      assert.ok(upstream.includes(call.body), `${call.body.length} bytes did not arrive as they were sent`);
    }
  }
  if (run.agent.mended.length > 0) return;
  const said = ({ model, reasoning_effort, thinking, reasoning, output_config, ...rest }) => JSON.stringify(rest);
  const kept = new Set(upstream.map((body) => said(JSON.parse(body))));
  for (const call of run.calls) assert.ok(kept.has(said(JSON.parse(call.body))), "only model and effort differ");
}

function checkRows(run) {
  const counts = ["prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "completion_tokens"];
  // In Messages no answer tells how much of its output was thinking.
  if (run.agent.dialect !== "messages") counts.push("reasoning_tokens");
  const tokensOf = ({ tokens: { hit, miss, output, reasoning } }) =>
    [hit, miss, output, reasoning].slice(0, counts.length).join(" ");
  const usageOf = ({ usage }) => counts.map((count) => usage[count]).join(" ");
  assert.deepEqual(run.rows.map(tokensOf).sort(), run.journal.map(usageOf).sort());
  for (const row of run.rows) {
    assert.equal(row.outcome, "served");
    assert.equal(row.key, "agent");
    assert.equal(row.estimated, false);
    assert.ok(row.cost_pico > 0);
  }
  const sessions = [...new Set(run.rows.map((row) => row.session))];
  assert.equal(sessions.length, 1, "one conversation is one session");
  assert.notEqual(sessions[0], "", "what names no conversation is known by how it begins");
}

function checkCache(run) {
  for (const { usage } of turnsIn(run.journal).slice(1)) {
    const prompt = usage.prompt_cache_hit_tokens + usage.prompt_cache_miss_tokens;
    const share = usage.prompt_cache_hit_tokens / prompt;
    assert.ok(share >= 0.8, `${usage.prompt_cache_hit_tokens} of ${prompt} prompt tokens were in the cache`);
  }
}

// A row of README.md's table that begins with this agent.
function readmeRow(first) {
  const lines = readFileSync(path.join(here, "README.md"), "utf8").split("\n");
  const line = lines.find((candidate) => candidate.startsWith(`| ${first} |`));
  return line?.slice(2, -2).split(" | ");
}

function checkReadme(run) {
  const cells = cellsOf(shapeOf(run.agent, run.exchanges), pinned[run.agent.package]);
  const shown = readmeRow(cells[0]) ?? [];
  const same = cells.length === shown.length && cells.every((cell, i) => sameCell(cell, shown[i]));
  assert.ok(same, `README.md says otherwise; this was sent:\n| ${cells.join(" | ")} |`);
}

for (const name of wanted) {
  for (const model of agents[name].models) {
    describe(`${agents[name].title}, model ${model}`, () => {
      let run;
      const check = (sentence, body) => test(sentence, () => body(run));
      before(async () => (run = await perform(name, model)), { timeout: (agentSeconds + 100) * 1000 });
      check("it ends well, and the file is there", checkTask);
      check("every request goes to its endpoint, and none is refused", checkEndpoints);
      check("the model is the one that was decided, for the whole conversation", checkModels);
      check("what the model thought comes back to it", checkThinking);
      check("what weir mended is what it says, and nothing else", checkMends);
      check("bytes that weir has no reason to touch are untouched", checkBytes);
      check("the ledger has the tokens that the upstream counted", checkRows);
      check("the prompt's beginning stays in the cache", checkCache);
      if (model === "auto" && !name.startsWith("claude-")) check("README.md tells what it sends", checkReadme);
    });
  }
}

test("every block of the documentation belongs to an agent that is run", () => {
  const used = Object.entries(agents).map(([name, agent]) => agent.block ?? name);
  assert.deepEqual(Object.keys(blocks).sort(), [...new Set(used)].sort());
});
