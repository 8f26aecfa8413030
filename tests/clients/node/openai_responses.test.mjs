// The official library for Node over Responses.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

import { documentation } from "./documented.mjs";
import { ask, citySchema, models, refused, routed, served, url, userKey, weather } from "./support.mjs";
import { watch, weatherCall, weatherReport } from "./support.mjs";

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: userKey, maxRetries: 0, timeout: 30_000 });
const tools = [
  {
    type: "function",
    name: "get_weather",
    description: "The weather.",
    parameters: citySchema,
    strict: false,
  },
];

for (const model of models) {
  describe(`responses, ${model}`, () => {
    test("a whole answer", async () => {
      const data = await served([[]], () =>
        client.responses.create({ model, input: "Why is the sky blue?" }),
      );
      assert.equal(data.status, "completed");
      assert.ok(data.output_text.length > 0);
      assert.ok(data.usage.output_tokens > 0);
    });

    test("instructions, a developer item, an effort and a cap are taken as they are", async () => {
      const data = await served([[]], () =>
        client.responses.create({
          model,
          instructions: "Be brief.",
          input: [{ role: "developer", content: "In English." }, ...ask("Why is the sky blue?")],
          reasoning: { effort: "high", summary: "auto" },
          max_output_tokens: 4000,
          store: false,
          include: ["reasoning.encrypted_content"],
        }),
      );
      assert.equal(data.status, "completed");
    });

    test("a stream has its events in order and ends with usage", async () => {
      await served([[]], async () => {
        const stream = await client.responses.create({ model, input: "Tell me about rivers.", stream: true });
        const seen = [];
        let text = "";
        let last;
        for await (const event of stream) {
          seen.push(event.sequence_number);
          if (event.type === "response.output_text.delta") text += event.delta;
          last = event;
        }
        assert.deepEqual(
          seen,
          [...seen].sort((a, b) => a - b),
        );
        assert.equal(last.type, "response.completed");
        assert.ok(text.length > 0);
        assert.equal(last.response.output.at(-1).content[0].text, text);
        assert.ok(last.response.usage.output_tokens > 0);
      });
    });

    test("the library's own stream helper gathers the answer", async () => {
      const final = await served([[]], () =>
        client.responses.stream({ model, input: "Tell me about rivers." }).finalResponse(),
      );
      assert.equal(final.status, "completed");
      assert.ok(final.output_text.length > 0);
    });

    for (const stream of [false, true]) {
      test(`a tool loop ends with text, ${stream ? "streamed" : "whole"}`, async () => {
        const run = (body) =>
          stream
            ? client.responses.stream(body).finalResponse()
            : client.responses.create({ ...body, stream: false });
        await served([[], []], async () => {
          const input = ask(weatherCall);
          const first = await run({ model, input, tools, store: false });
          const call = first.output.find((item) => item.type === "function_call");
          assert.equal(call.name, "get_weather");
          assert.equal(typeof JSON.parse(call.arguments).city, "string");
          // The library's helper adds what it parsed; the API knows no such member.
          const said = first.output.map(({ parsed_arguments, ...item }) => item);
          input.push(...said, {
            type: "function_call_output",
            call_id: call.call_id,
            output: "18 degrees, rain",
          });
          const second = await run({ model, input, tools, store: false });
          assert.equal(second.status, "completed");
          assert.ok(second.output_text.length > 0);
        });
      });
    }

    test(".parse() with a schema gets an object that fits it", async () => {
      const shape = z.object({ city: z.string(), celsius: z.number() });
      const data = await served([[]], () =>
        client.responses.parse({
          model,
          input: weatherReport,
          text: { format: zodTextFormat(shape, "report") },
        }),
      );
      assert.deepEqual(data.output_parsed, weather);
    });

    test("an answer that is cut short is incomplete, and settled", async () => {
      const data = await served([[]], () =>
        client.responses.create({ model, input: "Tell me about rivers.", max_output_tokens: 5 }),
      );
      assert.equal(data.status, "incomplete");
      assert.equal(data.incomplete_details.reason, "max_output_tokens");
      assert.equal(data.usage.output_tokens, 5);
    });
  });
}

describe("responses, mends and errors", () => {
  test("an effort of another house is said as DeepSeek says it", async () => {
    for (const [effort, sent] of [
      ["medium", "high"],
      ["minimal", "low"],
      ["xhigh", "high"],
    ]) {
      const { exchanges } = await watch(() =>
        client.responses.create({ model: "deepseek-v4-flash", input: "hi", reasoning: { effort } }),
      );
      assert.deepEqual(exchanges[0].mended, ["effort_alias"]);
      assert.equal(JSON.parse(exchanges[0].journal[0].body).reasoning.effort, sent);
    }
  });

  test("an unknown model is a NotFoundError", async () => {
    await refused(
      () => client.responses.create({ model: "no-such-model", input: "hi" }),
      404,
      (error) => {
        assert.ok(error instanceof OpenAI.NotFoundError, String(error));
        assert.equal(error.code, "model_not_found");
      },
    );
  });

  test("input of the wrong type is a BadRequestError that names it", async () => {
    await refused(
      () => client.responses.create({ model: routed, input: 7 }),
      400,
      (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.match(`${error.param} ${error.message}`, /input/);
      },
    );
  });

  test("a chat body on this path is a BadRequestError", async () => {
    await refused(
      () => client.responses.create({ model: routed, messages: ask("hi") }),
      400,
      (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.match(`${error.param} ${error.message}`, /messages|input/);
      },
    );
  });

  test("a tool's result without its call is a BadRequestError", async () => {
    const input = [...ask("hi"), { type: "function_call_output", call_id: "call_1", output: "18 degrees" }];
    await refused(
      () => client.responses.create({ model: routed, input }),
      400,
      (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
      },
    );
  });

  test("what upstream refuses reaches the client as upstream said it", async () => {
    await assert.rejects(client.responses.create({ model: routed, input: "answer with 500" }), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, String(error));
      assert.match(error.message, /upstream is broken/);
      return true;
    });
    await assert.rejects(
      client.responses.create({ model: routed, input: "answer with 429" }),
      OpenAI.RateLimitError,
    );
  });

  test("a stream that breaks upstream raises an error, and its row says failed", async () => {
    const { exchanges } = await watch(async () => {
      const stream = await client.responses.create({
        model: routed,
        input: "Please break in the middle.",
        stream: true,
      });
      let completed = false;
      await assert.rejects(async () => {
        for await (const event of stream) {
          completed ||= event.type === "response.completed";
          if (event.type === "response.failed" || event.type === "error") throw new Error(event.type);
        }
      });
      assert.equal(completed, false);
    });
    assert.equal(exchanges[0].row.outcome, "failed");
  });
});

documentation("openai-responses-node", 1);
