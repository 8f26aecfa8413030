// Coding agents do a task of two tool calls, and one of four, through weir, before the simulator, which refuses what
// DeepSeek's documented rules refuse; and the first one without weir too. run.sh starts this file where there is no
// network but loopback.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { agents } from "./agents.mjs";
import * as checks from "./lib/checks.mjs";
import { agentSeconds, blocks, runOf } from "./lib/runs.mjs";

// WEIR_AGENTS="codex pi" runs those alone.
const wanted = (process.env.WEIR_AGENTS || Object.keys(agents).join(" ")).split(" ");

const [few, many] = [2, 4];

// One suite: what `see` gives is seen first, then each sentence is checked.
function suite(title, see, sentences) {
  describe(title, () => {
    let seen;
    before(async () => (seen = await see()), { timeout: (2 * agentSeconds + 100) * 1000 });
    for (const [sentence, check] of Object.entries(sentences)) test(sentence, (context) => check(seen, context));
  });
}

const ofEach = {
  "it ends well, and the file is there": checks.checkTask,
  "every request goes to its endpoint, and none is refused": checks.checkEndpoints,
};
const ofEachThroughWeir = {
  ...ofEach,
  "what the model thought comes back to it": checks.checkThinking,
  "what weir mended is what it says, and nothing else": checks.checkMends,
  "bytes that weir has no reason to touch are untouched": checks.checkBytes,
  "the ledger has the tokens that the upstream counted": checks.checkRows,
};
const ofTwoCalls = {
  ...ofEachThroughWeir,
  "the model is the one that was decided, for the whole conversation": checks.checkModels,
  "the prompt's beginning stays in the cache": checks.checkCache,
};
const ofTwoCallsRouted = { ...ofTwoCalls, "the whole conversation has one cell, a cheap one": checks.checkCell };
const ofFourCalls = {
  ...ofEachThroughWeir,
  "the conversation rises once, after the third call": checks.checkRise,
};
const ofBoth = {
  ...ofEach,
  "weir leaves 95 % at least of what the cache was worth without it": checks.checkHitShare,
};

function suitesOf(name) {
  const { title, models, briefly, directModel = "auto" } = agents[name];
  const inReadme = { "README.md tells what it sends": checks.checkReadme };
  for (const model of models) {
    const sentences = model === "auto" ? ofTwoCallsRouted : ofTwoCalls;
    const shown = model === "auto" && !name.startsWith("claude-") ? inReadme : {};
    suite(`${title}, model ${model}`, () => runOf({ name, model, calls: few }), { ...sentences, ...shown });
  }
  if (briefly) return;
  suite(`${title}, model auto, a longer task`, () => runOf({ name, model: "auto", calls: many }), ofFourCalls);
  const seeBoth = async () => {
    const routed = { name, model: "auto", calls: few };
    const direct = { ...routed, model: directModel, direct: true };
    const [alone, through] = await Promise.all([runOf(direct), runOf(routed)]);
    return { ...alone, through };
  };
  suite(`${title}, without weir`, seeBoth, ofBoth);
}

// Each run has servers, a home and a folder of its own, and mostly waits: two at a time.
describe("coding agents", { concurrency: 2 }, () => wanted.forEach(suitesOf));

test("every block of the documentation belongs to an agent that is run", () => {
  const used = Object.entries(agents).map(([name, agent]) => agent.block ?? name);
  assert.deepEqual(Object.keys(blocks).sort(), [...new Set(used)].sort());
});
