// The library of Anthropic for Node over Messages.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import Anthropic from "@anthropic-ai/sdk";

import { documentation } from "./documented.mjs";
import { ask, citySchema, clientKey, keyedUrl, models, named, refused, routed, served } from "./support.mjs";
import { url, userKey, watch, weatherCall } from "./support.mjs";

const settings = { apiKey: null, authToken: null, maxRetries: 0, timeout: 30_000 };
const clientOf = (baseURL, auth) => new Anthropic({ ...settings, baseURL, ...auth });
const client = clientOf(url, { apiKey: userKey });
const create = (body, from = client) => from.messages.create({ max_tokens: 4000, ...body });

const tools = [{ name: "get_weather", description: "The weather in a city.", input_schema: citySchema }];
const thinking = { type: "enabled", budget_tokens: 2000 };
const textOf = (message) =>
  message.content
    .filter((block) => block.type === "text")
    .map((block) => block.text)
    .join("");
const blockOf = (message, type) => message.content.find((block) => block.type === type);

for (const model of [...models, "claude-opus-4-6"]) {
  describe(`messages, ${model}`, () => {
    test("a whole answer names the model that was asked for", async () => {
      const data = await served([named(model)], () =>
        create({ model, messages: ask("Why is the sky blue?") }),
      );
      assert.equal(data.model, model);
      assert.equal(data.stop_reason, "end_turn");
      assert.ok(textOf(data).length > 0);
      assert.ok(data.usage.output_tokens > 0);
    });

    test("a stream names the model that was asked for, and ends with usage", async () => {
      await served([named(model)], async () => {
        const stream = await create({ model, messages: ask("Tell me about rivers."), stream: true });
        const events = [];
        for await (const event of stream) events.push(event);
        const ofType = (type) => events.filter((event) => event.type === type);
        assert.equal(ofType("message_start")[0].message.model, model);
        assert.ok(
          ofType("content_block_delta").filter((event) => event.delta.type === "text_delta").length > 1,
        );
        assert.equal(ofType("message_delta").at(-1).delta.stop_reason, "end_turn");
        assert.ok(ofType("message_delta").at(-1).usage.output_tokens > 0);
        assert.equal(events.at(-1).type, "message_stop");
      });
    });

    for (const stream of [false, true]) {
      test(`a tool loop with thinking ends with text, ${stream ? "streamed" : "whole"}`, async () => {
        const run = (body) =>
          stream ? client.messages.stream({ max_tokens: 4000, ...body }).finalMessage() : create(body);
        await served([named(model), named(model)], async () => {
          const messages = ask(weatherCall);
          const first = await run({ model, messages, tools, thinking });
          assert.equal(first.stop_reason, "tool_use");
          assert.ok(blockOf(first, "thinking").thinking.length > 0);
          const call = blockOf(first, "tool_use");
          assert.equal(call.name, "get_weather");
          assert.equal(typeof call.input.city, "string");
          messages.push(
            { role: "assistant", content: first.content },
            {
              role: "user",
              content: [{ type: "tool_result", tool_use_id: call.id, content: "18 degrees, rain" }],
            },
          );
          const second = await run({ model, messages, tools, thinking });
          assert.equal(second.stop_reason, "end_turn");
          assert.ok(textOf(second).length > 0);
        });
      });
    }

    test("thinking that the client dropped comes back out of custody", async () => {
      const { value, exchanges } = await watch(async () => {
        const messages = ask(weatherCall);
        const first = await create({ model, messages, tools, thinking });
        const call = blockOf(first, "tool_use");
        messages.push(
          { role: "assistant", content: first.content.filter((block) => block.type !== "thinking") },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: call.id, content: "18 degrees, rain" }],
          },
        );
        const second = await create({ model, messages, tools, thinking });
        assert.ok(blockOf(second, "thinking").thinking.length > 0, "it still thinks");
        return blockOf(first, "thinking");
      });
      assert.deepEqual(exchanges[1].mended, ["reasoning", ...named(model)]);
      const upstream = JSON.parse(exchanges[1].journal[0].body);
      const given = upstream.messages[1].content[0];
      assert.deepEqual(given, value);
      assert.equal(exchanges[1].row.outcome, "served");
    });

    test("a forced tool is called, without thinking", async () => {
      const tool_choice = { type: "tool", name: "get_weather" };
      const data = await served([["forced_tool_choice", ...named(model)]], () =>
        create({ model, messages: ask("Paris!"), tools, tool_choice }),
      );
      assert.equal(blockOf(data, "tool_use").name, "get_weather");
      assert.equal(blockOf(data, "thinking"), undefined);
    });

    test("tokens are counted without a call upstream", async () => {
      const { value, exchanges } = await watch(() =>
        client.messages.countTokens({ model, messages: ask("Why?"), tools }),
      );
      assert.ok(value.input_tokens > 0);
      assert.equal(exchanges.flatMap((one) => one.journal).length, 0);
    });
  });
}

describe("messages, mends and keys", () => {
  const pin = "deepseek-v4-flash";

  test("metadata with JSON in it is mended to a stable id", async () => {
    const sent = [];
    for (let i = 0; i < 2; ++i) {
      const { exchanges } = await watch(() =>
        create({ model: pin, messages: ask("hi"), metadata: { user_id: '{"device":"a b"}' } }),
      );
      assert.deepEqual(exchanges[0].mended, ["user_id"]);
      sent.push(JSON.parse(exchanges[0].journal[0].body).metadata.user_id);
    }
    assert.match(sent[0], /^[A-Za-z0-9_-]{1,512}$/);
    assert.equal(sent[0], sent[1]);
  });

  test("an effort of another house is said as DeepSeek says it", async () => {
    await served([["effort_alias"]], () =>
      create({ model: pin, messages: ask("hi"), output_config: { effort: "medium" } }),
    );
  });

  test("more max_tokens than the model gives are cut to what it gives", async () => {
    await served([["max_tokens"]], async () => {
      const stream = client.messages.stream({ model: pin, max_tokens: 2_000_000, messages: ask("hi") });
      return stream.finalMessage();
    });
  });

  test("DeepSeek's own base, /anthropic, works as well", async () => {
    await served([[]], () =>
      create({ model: pin, messages: ask("hi") }, clientOf(`${url}/anthropic`, { apiKey: userKey })),
    );
  });

  test("the list of betas in the query changes nothing", async () => {
    const { exchanges } = await watch(() =>
      client.beta.messages.create({
        model: pin,
        max_tokens: 1000,
        messages: ask("hi"),
        betas: ["files-api-2025-04-14"],
      }),
    );
    assert.equal(exchanges[0].row.outcome, "served");
  });

  test("x-api-key and the auth token are both the client's key", async () => {
    for (const auth of [{ apiKey: clientKey }, { authToken: clientKey }]) {
      const { exchanges } = await watch(() =>
        create({ model: pin, messages: ask("hi") }, clientOf(keyedUrl, auth)),
      );
      assert.equal(exchanges[0].row.key, "tester");
      assert.equal(exchanges[0].row.outcome, "served");
    }
    for (const auth of [{ apiKey: "sk-somebody-else" }, { authToken: "sk-somebody-else" }]) {
      await assert.rejects(create({ model: pin, messages: ask("hi") }, clientOf(keyedUrl, auth)), (error) => {
        assert.ok(error instanceof Anthropic.AuthenticationError, String(error));
        assert.equal(error.error.type, "error");
        assert.equal(error.error.error.type, "authentication_error");
        return true;
      });
    }
  });
});

describe("messages, errors in their own shape", () => {
  const cases = [
    [
      "an unknown model",
      { model: "no-such-model", messages: ask("hi") },
      Anthropic.NotFoundError,
      "not_found_error",
    ],
    [
      "messages of the wrong type",
      { model: routed, messages: "hi" },
      Anthropic.BadRequestError,
      "invalid_request_error",
    ],
    [
      "a tool's result without its call",
      { model: routed, messages: ask([{ type: "tool_result", tool_use_id: "toolu_1", content: "18" }]) },
      Anthropic.BadRequestError,
      "invalid_request_error",
    ],
    [
      "an image for Pro",
      {
        model: "deepseek-v4-pro",
        messages: ask([
          { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
        ]),
      },
      Anthropic.BadRequestError,
      "invalid_request_error",
    ],
  ];
  for (const [what, body, kind, type] of cases) {
    test(`${what} is a ${kind.name}`, async () => {
      await refused(
        () => create(body),
        kind === Anthropic.NotFoundError ? 404 : 400,
        (error) => {
          assert.ok(error instanceof kind, String(error));
          assert.equal(error.error.type, "error");
          assert.equal(error.error.error.type, type);
          assert.ok(error.error.error.message.length > 0);
        },
      );
    });
  }

  test("what upstream refuses is of the class of its status", async () => {
    const unlimited = { model: routed, messages: ask("To be refused."), max_tokens: undefined };
    await assert.rejects(create(unlimited), Anthropic.BadRequestError);
    await assert.rejects(create({ model: routed, messages: ask("answer with 500") }), (error) => {
      assert.ok(error instanceof Anthropic.InternalServerError, String(error));
      assert.match(error.message, /upstream is broken/);
      return true;
    });
    await assert.rejects(
      create({ model: routed, messages: ask("answer with 429") }),
      Anthropic.RateLimitError,
    );
  });

  test("a stream that breaks upstream raises an error, and its row says failed", async () => {
    const { exchanges } = await watch(() =>
      assert.rejects(
        client.messages
          .stream({ model: routed, max_tokens: 4000, messages: ask("Please break in the middle.") })
          .finalMessage(),
        Anthropic.APIError,
      ),
    );
    assert.equal(exchanges[0].row.outcome, "failed");
  });
});

documentation("anthropic-node", 1);
