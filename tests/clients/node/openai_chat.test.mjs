// The official library for Node over Chat Completions.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import OpenAI from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import { documentation } from "./documented.mjs";
import { ask, citySchema, clientKey, keyedUrl, models, refused, routed, rowOf } from "./support.mjs";
import { served, url, userKey, watch, weather, weatherCall, weatherReport } from "./support.mjs";

const clientOf = (base, apiKey) =>
  new OpenAI({ baseURL: `${base}/v1`, apiKey, maxRetries: 0, timeout: 30_000 });
const client = clientOf(url, userKey);
const create = (body, from = client) => from.chat.completions.create(body);

const tools = [
  {
    type: "function",
    function: { name: "get_weather", description: "The weather in a city.", parameters: citySchema },
  },
];
const forced = { type: "function", function: { name: "get_weather" } };

describe("chat", () => {
  for (const model of models) {
    test(`${model}: a whole answer`, async () => {
      const data = await served([[]], () => create({ model, messages: ask("Why is the sky blue?") }));
      assert.equal(data.object, "chat.completion");
      assert.ok(data.choices[0].message.content.length > 0);
      assert.equal(data.choices[0].finish_reason, "stop");
      assert.ok(data.usage.completion_tokens > 0);
      if (model !== routed) assert.equal(data.model, model);
    });

    test(`${model}: a stream comes in pieces, and usage with the last`, async () => {
      await served([[]], async () => {
        const messages = ask("Tell me about rivers.");
        const stream = await create({
          model,
          messages,
          stream: true,
          stream_options: { include_usage: true },
        });
        let text = "";
        let pieces = 0;
        let finish = null;
        let usage = null;
        for await (const chunk of stream) {
          const choice = chunk.choices[0];
          if (choice?.delta?.content) {
            text += choice.delta.content;
            ++pieces;
          }
          finish = choice?.finish_reason ?? finish;
          usage = chunk.usage ?? usage;
        }
        assert.ok(pieces > 1 && text.length > 0, `${pieces} pieces: ${text}`);
        assert.equal(finish, "stop");
        assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0);
      });
    });

    test(`${model}: a tool loop that gives the reasoning back needs no mend`, async () => {
      await served([[], []], async () => {
        const messages = ask(weatherCall);
        const first = await create({ model, messages, tools });
        const said = first.choices[0].message;
        assert.equal(first.choices[0].finish_reason, "tool_calls");
        assert.equal(said.tool_calls[0].function.name, "get_weather");
        assert.equal(typeof JSON.parse(said.tool_calls[0].function.arguments).city, "string");
        assert.ok(said.reasoning_content.length > 0);
        messages.push(said, {
          role: "tool",
          tool_call_id: said.tool_calls[0].id,
          content: "18 degrees, rain",
        });
        const second = await create({ model, messages, tools });
        assert.equal(second.choices[0].finish_reason, "stop");
        assert.ok(second.choices[0].message.content.length > 0);
        assert.ok(second.choices[0].message.reasoning_content.length > 0);
      });
    });

    test(`${model}: reasoning that the client dropped comes back out of custody`, async () => {
      const { value, exchanges } = await watch(async () => {
        const messages = ask(weatherCall);
        const said = (await create({ model, messages, tools })).choices[0].message;
        const { reasoning_content: thought, ...bare } = said;
        messages.push(bare, {
          role: "tool",
          tool_call_id: said.tool_calls[0].id,
          content: "18 degrees, rain",
        });
        const second = await create({ model, messages, tools });
        assert.ok(second.choices[0].message.reasoning_content.length > 0, "it still thinks");
        return thought;
      });
      assert.deepEqual(exchanges[1].mended, ["reasoning"]);
      const upstream = JSON.parse(exchanges[1].journal[0].body);
      assert.equal(upstream.messages[1].reasoning_content, value);
      assert.equal(exchanges[1].row.outcome, "served");
    });

    test(`${model}: .parse() with a schema gets an object that fits it`, async () => {
      const shape = z.object({ city: z.string(), celsius: z.number() });
      const data = await served([["json_schema"]], () =>
        client.chat.completions.parse({
          model,
          messages: ask(weatherReport),
          response_format: zodResponseFormat(shape, "report"),
        }),
      );
      assert.deepEqual(data.choices[0].message.parsed, weather);
    });

    test(`${model}: the answer is checked against the schema`, async () => {
      const shape = zodResponseFormat(z.object({ city: z.string(), celsius: z.number() }), "report");
      for (const [text, verdict] of [
        [weatherReport, "schema_fits"],
        ["Anything, as JSON.", "schema_does_not_fit"],
      ]) {
        const { exchanges } = await watch(() =>
          create({ model, messages: ask(text), response_format: shape }),
        );
        assert.equal(exchanges[0].row.checked, verdict);
      }
    });

    test(`${model}: a forced tool is called, without thinking`, async () => {
      const data = await served([["forced_tool_choice"]], () =>
        create({ model, messages: ask("Paris!"), tools, tool_choice: forced }),
      );
      assert.equal(data.choices[0].message.tool_calls[0].function.name, "get_weather");
      assert.equal(data.choices[0].message.reasoning_content ?? null, null);
    });
  }

  test("an answer says where it went and why", async () => {
    const { data, response } = await create({
      model: routed,
      messages: ask("Why is the sky blue?"),
    }).withResponse();
    const headers = response.headers;
    assert.equal(headers.get("x-weir-tier"), "flash");
    assert.equal(headers.get("x-weir-model"), data.model);
    assert.equal(headers.get("x-weir-effort"), "low");
    assert.equal(headers.get("x-weir-reason"), "default");
    // No weight fired; the learned score ranks within the first step.
    assert.ok(Number(headers.get("x-weir-score")) < 0.05, headers.get("x-weir-score"));
  });

  test("an unbounded task goes to the dearer model, and the score says so", async () => {
    const { data, response } = await create({
      model: routed,
      messages: ask("Prove that there are infinitely many primes."),
    }).withResponse();
    assert.equal(response.headers.get("x-weir-tier"), "pro");
    assert.equal(response.headers.get("x-weir-reason"), "proof");
    assert.equal(Number(response.headers.get("x-weir-score")), 1);
    assert.match(data.model, /pro/);
    assert.ok(data.choices[0].message.reasoning_content.length > 0, "the thought is relayed");
  });

  test("the list of models has the routed name and both models", async () => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    for (const id of models) assert.ok(ids.includes(id), `${ids}`);
  });
});

describe("what the library sends and DeepSeek does not take", () => {
  const pin = "deepseek-v4-flash";
  const cases = [
    [
      "a developer message",
      "developer_role",
      { messages: [{ role: "developer", content: "Be brief." }, ...ask("hi")] },
    ],
    ["max_completion_tokens", "max_completion_tokens", { max_completion_tokens: 400 }],
    ["effort medium", "effort_alias", { reasoning_effort: "medium" }],
    ["effort minimal", "effort_alias", { reasoning_effort: "minimal" }],
    [
      "an effort beside disabled thinking",
      "effort_while_disabled",
      { reasoning_effort: "high", thinking: { type: "disabled" } },
    ],
    ["stream_options without a stream", "stream_options_alone", { stream_options: { include_usage: true } }],
    ["a user_id that is JSON", "user_id", { user_id: '{"account":"a b"}' }],
    ["max_tokens past what the model gives", "max_tokens", { max_tokens: 2_000_000 }],
    ["a required tool", "forced_tool_choice", { tools, tool_choice: "required" }],
  ];
  for (const [what, mend, body] of cases) {
    for (const model of [routed, pin]) {
      test(`${model}: ${what} is mended: ${mend}`, async () => {
        const data = await served([[mend]], () => create({ model, messages: ask("hi"), ...body }));
        assert.equal(data.object, "chat.completion");
      });
    }
  }

  test("the cap on the output holds", async () => {
    const data = await create({
      model: pin,
      messages: ask("Tell me about rivers."),
      max_completion_tokens: 5,
    });
    assert.equal(data.usage.completion_tokens, 5);
    assert.equal(data.choices[0].finish_reason, "length");
  });
});

describe("beta", () => {
  for (const base of [`${url}/beta`, `${url}/v1`]) {
    test(`the middle is filled in at ${base.slice(url.length)}/completions`, async () => {
      const beta = new OpenAI({ baseURL: base, apiKey: userKey, maxRetries: 0, timeout: 30_000 });
      const body = {
        model: routed,
        prompt: "def fib(a):",
        suffix: "    return fib(a-1) + fib(a-2)",
        max_tokens: 64,
      };
      const whole = await served([[]], () => beta.completions.create(body));
      assert.equal(whole.object, "text_completion");
      assert.ok(whole.choices[0].text.length > 0);
      await served([[]], async () => {
        let text = "";
        for await (const chunk of await beta.completions.create({ ...body, stream: true }))
          text += chunk.choices[0].text;
        assert.equal(text, whole.choices[0].text);
      });
    });
  }

  test("an answer goes on from the prefix that was given", async () => {
    const beta = new OpenAI({ baseURL: `${url}/beta`, apiKey: userKey, maxRetries: 0, timeout: 30_000 });
    const messages = [
      ...ask("Write quicksort."),
      { role: "assistant", content: "```python\n", prefix: true },
    ];
    const data = await served([[]], () => create({ model: "deepseek-v4-pro", messages }, beta));
    assert.ok(data.choices[0].message.content.length > 0);
  });
});

describe("stream", () => {
  test("the library's own stream helper gathers the same answer", async () => {
    const whole = await served([[]], () =>
      client.chat.completions
        .stream({ model: routed, messages: ask("Tell me about rivers.") })
        .finalChatCompletion(),
    );
    assert.ok(whole.choices[0].message.content.length > 0);
  });

  test("the library's own tool runner ends with text", async () => {
    const city = z.object({ city: z.string() });
    const called = [];
    const { value, exchanges } = await watch(async () => {
      const runner = client.chat.completions.runTools({
        model: routed,
        messages: ask(weatherCall),
        tools: [
          zodFunction({
            name: "get_weather",
            parameters: city,
            function: ({ city }) => (called.push(city), "18, rain"),
          }),
        ],
      });
      return runner.finalContent();
    });
    assert.equal(called.length, 1);
    assert.ok(value.length > 0);
    assert.equal(exchanges.length, 2);
    for (const one of exchanges) assert.equal(one.row.outcome, "served");
  });

  test("a stream that the client leaves is closed in the ledger as aborted", async () => {
    const { data: stream, response } = await create({
      model: "deepseek-chat",
      messages: ask("Count slowly."),
      stream: true,
    }).withResponse();
    let seen = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content && ++seen === 3) break;
    }
    stream.controller.abort();
    assert.equal(seen, 3);
    const row = await rowOf(response.headers.get("x-weir-request-id"));
    assert.equal(row.outcome, "aborted");
    assert.equal(row.estimated, true);
    assert.ok(row.tokens.output > 0, JSON.stringify(row));
  });

  test("a stream that breaks upstream raises an error, and does not look finished", async () => {
    const { data: stream, response } = await create({
      model: "deepseek-chat",
      messages: ask("Please break in the middle."),
      stream: true,
    }).withResponse();
    let finish = null;
    await assert.rejects(async () => {
      for await (const chunk of stream) finish = chunk.choices[0]?.finish_reason ?? finish;
    }, OpenAI.APIError);
    assert.equal(finish, null);
    const row = await rowOf(response.headers.get("x-weir-request-id"));
    assert.equal(row.outcome, "failed");
  });

  test("a streamed tool call arrives whole", async () => {
    const stream = await create({ model: routed, messages: ask(weatherCall), tools, stream: true });
    let name = "";
    let text = "";
    for await (const chunk of stream) {
      for (const call of chunk.choices[0]?.delta?.tool_calls ?? []) {
        name += call.function?.name ?? "";
        text += call.function?.arguments ?? "";
      }
    }
    assert.equal(name, "get_weather");
    assert.equal(typeof JSON.parse(text).city, "string");
  });
});

describe("errors", () => {
  test("an unknown model is a NotFoundError", async () => {
    await refused(
      () => create({ model: "no-such-model", messages: ask("hi") }),
      404,
      (error) => {
        assert.ok(error instanceof OpenAI.NotFoundError, String(error));
        assert.equal(error.code, "model_not_found");
      },
    );
  });

  test("messages of the wrong type are a BadRequestError that names them", async () => {
    await refused(
      () => create({ model: routed, messages: "hi" }),
      400,
      (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.match(`${error.param} ${error.message}`, /messages/);
      },
    );
  });

  test("a tool's result without its call is a BadRequestError", async () => {
    const messages = [...ask("hi"), { role: "tool", tool_call_id: "call_1", content: "18 degrees" }];
    await refused(
      () => create({ model: routed, messages }),
      400,
      (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.match(`${error.param} ${error.message}`, /messages|tool/);
      },
    );
  });

  test("an image for Pro is a BadRequestError", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
    await refused(
      () => create({ model: "deepseek-v4-pro", messages: ask([image]) }),
      400,
      (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.equal(error.code, "unsupported_image");
      },
    );
  });

  test("what upstream refuses reaches the client as upstream said it", async () => {
    await assert.rejects(
      create({ model: routed, messages: ask("To be refused."), max_tokens: -1 }),
      OpenAI.BadRequestError,
    );
    await assert.rejects(create({ model: routed, messages: ask("answer with 500") }), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, String(error));
      assert.match(error.message, /upstream is broken/);
      return true;
    });
    await assert.rejects(create({ model: routed, messages: ask("answer with 429") }), OpenAI.RateLimitError);
  });

  test("a key that is not listed is an AuthenticationError where keys are listed", async () => {
    const stranger = clientOf(keyedUrl, "sk-somebody-else");
    await assert.rejects(
      create({ model: routed, messages: ask("hi") }, stranger),
      OpenAI.AuthenticationError,
    );
    const known = clientOf(keyedUrl, clientKey);
    const { exchanges } = await watch(() => create({ model: routed, messages: ask("hi") }, known));
    assert.equal(exchanges[0].row.outcome, "served");
    assert.equal(exchanges[0].row.key, "tester");
    const foreign = await fetch(`${keyedUrl}/v1/requests/${exchanges[0].id}`, {
      headers: { Authorization: "Bearer sk-somebody-else" },
    });
    assert.equal(foreign.status, 401);
  });
});

documentation("openai-node", 1);
