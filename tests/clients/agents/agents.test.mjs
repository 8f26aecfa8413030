// Coding agents do a task through weir, before the simulator, which refuses what DeepSeek's documented rules refuse.
// run.sh starts this file where there is no network but loopback.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { agents, scriptOf, shownBy } from "./agents.mjs";
import { startDirect } from "./lib/direct.mjs";
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

// Lets an agent do the task of so many tool calls, and gives all that was seen of it.
async function perform(name, model, calls = 2) {
  const [place, stops] = [newPlace(`${name}-${model}-${calls}`), []];
  const line = `weir took ${name} to ${model}`;
  let run;
  const statuses = [];
  try {
    const simulator = await startSimulator(agents[name], place, line, calls, stops);
    const tap = await startPath(simulator, place, stops);
    const done = await runAgent(name, model, tap.port, place);
    const exchanges = tap.exchanges();
    const posts = exchanges.filter((exchange) => exchange.method === "POST");
    const rows = await Promise.all(posts.map((call) => rowOf(tap.weir, call.answerFields["x-weir-request-id"])));
    const shown = shownBy(calls, line);
    run = { ...done, model, line, shown, tools: calls, exchanges, calls: posts, rows, journal: journalOf(place) };
  } finally {
    for (const stop of stops.reverse()) statuses.push(await stop());
  }
  assert.deepEqual(statuses, [0, 0, 0], "weir and the simulator end with 0");
  return run;
}

// The same without weir: what the simulator saw is all that is seen of it.
async function performDirectly(name, model, calls = 2) {
  const [place, stops] = [newPlace(`${name}-${model}-${calls}-direct`), []];
  const line = `nobody took ${name} to ${model}`;
  try {
    const simulator = await startSimulator(agents[name], place, line, calls, stops);
    const direct = await startDirect(simulator, agents[name]);
    stops.push(direct.close);
    const done = await runAgent(name, model, direct.port, place);
    return { ...done, line, journal: journalOf(place) };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

// Folders of one run: the one that the agent works in, and its home.
function newPlace(name) {
  const root = path.join(work, name);
  const place = { root, folder: path.join(root, "folder"), home: path.join(root, "home") };
  for (const needed of [place.folder, place.home]) mkdirSync(needed, { recursive: true });
  return place;
}

const journalOf = (place) => jsonLines(path.join(place.root, "journal.jsonl"));

// Lets an agent do what is asked of it in docs/, with weir at this port.
async function runAgent(name, model, port, { root: place, folder, home }) {
  const agent = agents[name];
  const values = { url: `http://127.0.0.1:${port}`, key, model, replace: agent.replace };
  const command = applyBlocks(blocks[agent.block ?? name] ?? [], home, values);
  assert.notEqual(command, "", `docs/ has no block with agent=${name}`);
  const bin = programsOf(agent, place);
  const log = path.join(place, "agent.log");
  const done = await runScript(command, { folder, home, bin, log, env: agent.env, seconds: agentSeconds });
  return { ...done, agent, folder };
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

// The simulator with the script of this task; gives its port. How to stop what is started is added to `stops`.
async function startSimulator(agent, { root: place, folder }, line, calls, stops) {
  const file = (name) => path.join(place, name);
  writeFileSync(file("script.json"), scriptOf(agent, folder, line, calls));
  const simulator = await startWeir(program, ["simulate", "--listen", "127.0.0.1:0", "--script", file("script.json"),
    "--journal", file("journal.jsonl")], place, "simulator");
  stops.push(simulator.stop);
  return Number(simulator.ready.listen.split(":")[1]);
}

// weir before the simulator, and a tap before weir.
async function startPath(simulator, { root: place }, stops) {
  const weir = await startWeir(program, ["serve", "--config", writeConfig(root, place, key), "--listen", "127.0.0.1:0",
    "--admin-listen", "127.0.0.1:0", "--upstream", `http://127.0.0.1:${simulator}`,
    "--ledger", path.join(place, "weir.db")], place, "weir");
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
  assert.ok(lastResultOf(dialect, last).includes(run.shown), `the last tool's result has "${run.shown}"`);
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
  const requests = run.agent.requests + run.tools - 2;
  assert.equal(run.calls.length, requests);
  assert.equal(run.journal.length, requests, "each request went upstream once");
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
  const named = shapeOf(run.agent, run.exchanges).session.length > 0;
  assert.equal(sessions[0] !== "", named, `the session of an agent that ${named ? "names" : "does not name"} it`);
}

function checkCache(run) {
  for (const { usage } of turnsIn(run.journal).slice(1)) {
    const prompt = usage.prompt_cache_hit_tokens + usage.prompt_cache_miss_tokens;
    const share = usage.prompt_cache_hit_tokens / prompt;
    assert.ok(share >= 0.8, `${usage.prompt_cache_hit_tokens} of ${prompt} prompt tokens were in the cache`);
  }
}

// The cells of a conversation in the order of its requests, as answers tell them; the ledger must say the same.
function cellsOfTurns(run) {
  const turns = run.calls.map((call, i) => ({ call, row: run.rows[i] }));
  return turns.filter(({ call }) => JSON.parse(call.body).tools?.length > 0).map(({ call, row }) => {
    const [tier, effort, reason] = ["tier", "effort", "reason"].map((field) => call.answerFields[`x-weir-${field}`]);
    assert.deepEqual([row.tier, row.effort, row.reason], [tier, effort, reason]);
    return { tier, effort, reason };
  });
}

function checkCell(run) {
  const cells = new Set(cellsOfTurns(run).map(({ tier, effort }) => `${tier}.${effort}`));
  assert.equal(cells.size, 1, `a conversation of two calls has one cell: ${[...cells]}`);
}

// Three requests before the third call is made, and all after it on the dearer model.
function checkRise(run) {
  const turns = cellsOfTurns(run);
  assert.equal(turns.length, run.tools + 1);
  assert.deepEqual(turns.map(({ tier }) => tier), turns.map((_, i) => (i < 3 ? "flash" : "pro")));
  assert.equal(turns[3].reason, "tool_calls");
  const models = turnsIn(run.journal).map((entry) => entry.model);
  assert.deepEqual(models.map((model, i) => i > 0 && model !== models[i - 1]), turns.map((_, i) => i === 3));
  for (const part of [turns.slice(0, 3), turns.slice(3)]) {
    assert.equal(new Set(part.map(({ effort }) => effort)).size, 1, "effort stays with the cell");
  }
}

// The share of the prompt that was billed as cached, over a whole conversation.
function cachedShare(journal) {
  const usages = turnsIn(journal).map((entry) => entry.usage);
  const sum = (count) => usages.reduce((all, usage) => all + usage[count], 0);
  const hit = sum("prompt_cache_hit_tokens");
  return hit / (hit + sum("prompt_cache_miss_tokens"));
}

function checkShare(run, direct) {
  assert.equal(direct.code, 0, direct.output.slice(-3000));
  assert.equal(readFileSync(path.join(direct.folder, "hello.txt"), "utf8"), `${direct.line}\n`);
  for (const entry of direct.journal) assert.equal(entry.status, 200, JSON.stringify(entry).slice(-1000));
  assert.equal(turnsIn(direct.journal).length, turnsIn(run.journal).length);
  const [through, without] = [run, direct].map(({ journal }) => cachedShare(journal));
  assert.ok(without > 0, "something is cached without weir");
  const told = `${through.toFixed(4)} of the prompt was cached, and ${without.toFixed(4)} without weir`;
  assert.ok(through >= 0.95 * without, told);
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

const performSeconds = agentSeconds + 100;
// Variants of an agent differ in what is above alone.
const isVariant = (name) => name.startsWith("claude-");

for (const name of wanted) {
  let routed;
  for (const model of agents[name].models) {
    describe(`${agents[name].title}, model ${model}`, () => {
      let run;
      const check = (sentence, body) => test(sentence, () => body(run));
      before(async () => {
        run = await perform(name, model);
        if (model === "auto") routed = run;
      }, { timeout: performSeconds * 1000 });
      check("it ends well, and the file is there", checkTask);
      check("every request goes to its endpoint, and none is refused", checkEndpoints);
      check("the model is the one that was decided, for the whole conversation", checkModels);
      check("what the model thought comes back to it", checkThinking);
      check("what weir mended is what it says, and nothing else", checkMends);
      check("bytes that weir has no reason to touch are untouched", checkBytes);
      check("the ledger has the tokens that the upstream counted", checkRows);
      check("the prompt's beginning stays in the cache", checkCache);
      check("the conversation has one cell", checkCell);
      if (model === "auto" && !isVariant(name)) check("README.md tells what it sends", checkReadme);
    });
  }
  if (isVariant(name)) continue;
  describe(`${agents[name].title} without weir`, () => {
    let direct;
    before(async () => (direct = await performDirectly(name, "deepseek-v4-flash")), { timeout: performSeconds * 1000 });
    test("hardly more of the prompt is billed as cached than through weir", () => {
      assert.ok(routed, "the run through weir is there to compare with");
      checkShare(routed, direct);
    });
  });
  describe(`${agents[name].title}, four tool calls`, () => {
    let run;
    before(async () => (run = await perform(name, "auto", 4)), { timeout: performSeconds * 1000 });
    test("it ends well, and the file is there", () => checkTask(run));
    test("every request goes to its endpoint, and none is refused", () => checkEndpoints(run));
    test("after the third call the dearer model answers, and goes on to", () => checkRise(run));
    test("the ledger has the tokens that the upstream counted", () => checkRows(run));
  });
}

test("every block of the documentation belongs to an agent that is run", () => {
  const used = Object.entries(agents).map(([name, agent]) => agent.block ?? name);
  assert.deepEqual(Object.keys(blocks).sort(), [...new Set(used)].sort());
});
