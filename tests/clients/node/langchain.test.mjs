// LangChain for Node with each chat model that can be pointed at weir.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ChatAnthropic } from "@langchain/anthropic";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatDeepSeek } from "@langchain/deepseek";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";

import { documentation } from "./documented.mjs";
import { models, named, served, url, userKey, weatherCall, weatherReport } from "./support.mjs";

const openai = { apiKey: userKey, maxRetries: 0, configuration: { baseURL: `${url}/v1` } };
const none = () => [];
const dropped = () => ["reasoning"];
const kinds = [
  {
    name: "ChatOpenAI",
    make: (model) => new ChatOpenAI({ ...openai, model }),
    mends: none,
    second: dropped,
    schema: () => ["json_schema"],
    forced: () => ["forced_tool_choice"],
  },
  {
    name: "ChatOpenAI over responses",
    make: (model) => new ChatOpenAI({ ...openai, model, useResponsesApi: true, zdrEnabled: true }),
    mends: none,
    second: none,
    schema: none,
    forced: () => ["forced_tool_choice"],
  },
  {
    name: "ChatDeepSeek",
    make: (model) => new ChatDeepSeek({ ...openai, model }),
    mends: none,
    second: dropped,
    forced: () => ["forced_tool_choice"],
  },
  {
    name: "ChatAnthropic",
    make: (model) =>
      new ChatAnthropic({ apiKey: userKey, model, maxRetries: 0, maxTokens: 4000, anthropicApiUrl: url }),
    mends: named,
    second: named,
    forced: (model) => ["forced_tool_choice", ...named(model)],
  },
];

const shape = z.object({ city: z.string(), celsius: z.number() });
const textOf = (message) => message.text;

for (const { name, make, mends, second, schema, forced } of kinds) {
  describe(`langchain, ${name}`, () => {
    for (const id of models) {
      test(`${id}: invoke`, async () => {
        const said = await served([mends(id)], () => make(id).invoke("Why is the sky blue?"));
        assert.ok(textOf(said).length > 0);
        assert.ok(said.usage_metadata.output_tokens > 0);
      });

      test(`${id}: stream`, async () => {
        await served([mends(id)], async () => {
          let pieces = 0;
          let usage;
          for await (const chunk of await make(id).stream("Tell me about rivers.")) {
            pieces += textOf(chunk).length > 0;
            usage = chunk.usage_metadata ?? usage;
          }
          assert.ok(pieces > 1);
          assert.ok(usage.output_tokens > 0);
        });
      });

      test(`${id}: a bound tool's loop`, async () => {
        const weather = tool(async () => "18 degrees, rain", {
          name: "get_weather",
          description: "The weather in a city.",
          schema: z.object({ city: z.string() }),
        });
        await served([mends(id), second(id)], async () => {
          const model = make(id).bindTools([weather]);
          const messages = [new HumanMessage(weatherCall)];
          const first = await model.invoke(messages);
          assert.equal(first.tool_calls[0].name, "get_weather");
          assert.equal(typeof first.tool_calls[0].args.city, "string");
          const result = await weather.invoke(first.tool_calls[0]);
          assert.ok(ToolMessage.isInstance(result));
          const last = await model.invoke([...messages, first, result]);
          assert.ok(textOf(last).length > 0);
          assert.equal(last.tool_calls.length, 0);
        });
      });

      test(`${id}: withStructuredOutput by a forced tool`, async () => {
        const got = await served([forced(id)], () =>
          make(id)
            .withStructuredOutput(shape, { name: "report", method: "functionCalling" })
            .invoke("18 degrees in Paris"),
        );
        assert.equal(typeof got.city, "string");
        assert.equal(typeof got.celsius, "number");
      });

      if (schema) {
        test(`${id}: withStructuredOutput by a schema`, async () => {
          const got = await served([schema(id)], () =>
            make(id)
              .withStructuredOutput(shape, { name: "report", method: "jsonSchema" })
              .invoke(weatherReport),
          );
          assert.deepEqual(got, { city: "Paris", celsius: 18 });
        });
      }
    }
  });
}

documentation("langchain-node", 3);
