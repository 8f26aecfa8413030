// The blocks of the documentation that an agent's user copies. What runs here is what stands there.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const fence = /^```(\S+) agent=(\S+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm;

// Blocks under docs/ by agent: {agent: [{language, file, text}]}.
export function readBlocks(root) {
  const blocks = {};
  for (const name of readdirSync(path.join(root, "docs"))) {
    if (!name.endsWith(".md")) continue;
    const text = readFileSync(path.join(root, "docs", name), "utf8");
    for (const [, language, agent, file, block] of text.matchAll(fence)) {
      (blocks[agent] ??= []).push({ language, file, text: block });
    }
  }
  return blocks;
}

// A block with the test's own address, key and model name instead of those that the documentation shows.
export function fillBlock(text, { url, key, model, replace = {} }) {
  let filled = text.replaceAll("http://127.0.0.1:8787", url).replaceAll("sk-your-key", key);
  for (const [shown, own] of Object.entries(replace)) filled = filled.replaceAll(shown, own);
  // A word of its own: --auto is a flag.
  return filled.replace(/(?<![\w-])auto(?![\w-])/g, model);
}

// Writes the files that the blocks name below `home`, and gives the script that is left.
export function applyBlocks(blocks, home, values) {
  const script = [];
  for (const block of blocks) {
    const text = fillBlock(block.text, values);
    if (block.file) {
      const file = block.file.replace(/^~/, home);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    } else {
      script.push(text);
    }
  }
  return script.join("\n");
}
