// The AI SDK of Vercel with each provider that can be pointed at weir.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { createAnthropic } from "@ai-sdk/anthropic";
import { createDeepSeek } from "@ai-sdk/deepseek";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateObject, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

import { documentation } from "./documented.mjs";
import { models, named, served, url, userKey, weather, weatherCall, weatherReport } from "./support.mjs";

// The library prints what it would like to be told; the tests say it themselves.
globalThis.AI_SDK_LOG_WARNINGS = false;

const baseURL = `${url}/v1`;
const own = { baseURL, apiKey: userKey };
const compatible = createOpenAICompatible({ name: "weir", ...own });
const strict = createOpenAICompatible({ name: "weir", ...own, supportsStructuredOutputs: true });
const openai = createOpenAI(own);
const anthropic = createAnthropic(own);
const deepseek = createDeepSeek(own);

const none = () => [];
const providers = [
  { name: "openai-compatible", of: compatible, mends: none, object: none, second: none },
  {
    name: "openai-compatible with schemas",
    of: strict,
    mends: none,
    object: () => ["json_schema"],
    second: none,
  },
  // The API behind weir keeps nothing, so what was said must be sent again: store is off.
  {
    name: "openai over responses",
    of: openai.responses,
    mends: none,
    object: none,
    second: none,
    options: { openai: { store: false } },
  },
  {
    name: "openai over chat",
    of: openai.chat,
    mends: none,
    object: () => ["json_schema"],
    second: () => ["reasoning"],
  },
  {
    name: "anthropic",
    of: anthropic,
    mends: named,
    object: (model) => ["forced_tool_choice", ...named(model)],
    second: named,
  },
  { name: "deepseek", of: deepseek, mends: none, object: none, second: none },
];

for (const { name, of, mends, object, second, options } of providers) {
  describe(`ai, ${name}`, () => {
    for (const id of models) {
      const common = { model: of(id), maxRetries: 0, providerOptions: options };

      test(`${id}: generateText`, async () => {
        const { text, usage } = await served([mends(id)], () =>
          generateText({ ...common, prompt: "Why is the sky blue?" }),
        );
        assert.ok(text.length > 0);
        assert.ok(usage.outputTokens > 0);
      });

      test(`${id}: streamText`, async () => {
        await served([mends(id)], async () => {
          const stream = streamText({
            ...common,
            prompt: "Tell me about rivers.",
            onError: ({ error }) => assert.fail(error),
          });
          let pieces = 0;
          for await (const piece of stream.textStream) pieces += piece.length > 0;
          assert.ok(pieces > 1);
          assert.equal(await stream.finishReason, "stop");
          assert.ok((await stream.usage).outputTokens > 0);
        });
      });

      for (const streamed of [false, true]) {
        test(`${id}: a tool loop, ${streamed ? "streamed" : "whole"}`, async () => {
          const called = [];
          const get_weather = tool({
            description: "The weather in a city.",
            inputSchema: z.object({ city: z.string() }),
            execute: async ({ city }) => (called.push(city), "18 degrees, rain"),
          });
          const body = { ...common, prompt: weatherCall, tools: { get_weather }, stopWhen: stepCountIs(4) };
          await served([mends(id), second(id)], async () => {
            const result = streamed
              ? streamText({ ...body, onError: ({ error }) => assert.fail(error) })
              : await generateText(body);
            assert.ok((await result.text).length > 0);
            assert.equal((await result.steps).length, 2);
          });
          assert.equal(called.length, 1);
        });
      }

      test(`${id}: generateObject`, async () => {
        const schema = z.object({ city: z.string(), celsius: z.number() });
        const { object: got } = await served([object(id)], () =>
          generateObject({ ...common, schema, prompt: weatherReport }),
        );
        if (name === "anthropic") assert.equal(typeof got.celsius, "number");
        else assert.deepEqual(got, weather);
      });
    }
  });
}

documentation("ai-node", 3);
