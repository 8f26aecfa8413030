// The official SDK for Node against weir before the simulator. tests/clients/run.sh starts both and sets WEIR_*.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import OpenAI from "openai";

const url = process.env.WEIR_URL;
const keyedUrl = process.env.WEIR_KEYED_URL;
assert.ok(url && keyedUrl, "start these tests with tests/clients/run.sh");

const clientOf = (base, apiKey) => new OpenAI({ baseURL: `${base}/v1`, apiKey, maxRetries: 0, timeout: 30_000 });
const client = clientOf(url, "sk-of-the-user");
const ask = (content) => [{ role: "user", content }];

// The ledger's row of a request, once `done` likes it; asked for 100 times in 10 seconds at most.
async function rowOf(id, done = () => true, base = url, key = "sk-of-the-user") {
  let row;
  for (let i = 0; i < 100; ++i) {
    const answer = await fetch(`${base}/v1/requests/${id}`, { headers: { Authorization: `Bearer ${key}` } });
    row = answer.ok ? await answer.json() : undefined;
    if (row && done(row)) return row;
    await pause(100);
  }
  assert.fail(`no such row for ${id}: ${JSON.stringify(row)}`);
}

const tools = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "The weather in a city.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];

describe("chat", () => {
  test("an answer has text, usage and a row in the ledger with the same tokens", async () => {
    const { data, response } = await client.chat.completions
      .create({ model: "auto", messages: ask("Why is the sky blue?") })
      .withResponse();
    assert.equal(data.object, "chat.completion");
    assert.ok(data.choices[0].message.content.length > 0);
    assert.equal(data.choices[0].finish_reason, "stop");
    const headers = response.headers;
    assert.equal(headers.get("x-weir-tier"), "flash");
    assert.equal(headers.get("x-weir-model"), data.model);
    assert.equal(headers.get("x-weir-effort"), "low");
    assert.equal(headers.get("x-weir-reason"), "default");
    assert.equal(Number(headers.get("x-weir-score")), 0);
    const row = await rowOf(headers.get("x-weir-request-id"));
    assert.equal(row.outcome, "served");
    assert.equal(row.tokens.hit + row.tokens.miss, data.usage.prompt_tokens);
    assert.equal(row.tokens.output, data.usage.completion_tokens);
    assert.ok(Number(row.cost) > 0, `cost ${row.cost}`);
  });

  test("an unbounded task goes to the dearer model, and the score says so", async () => {
    const { data, response } = await client.chat.completions
      .create({ model: "auto", messages: ask("Prove that there are infinitely many primes.") })
      .withResponse();
    assert.equal(response.headers.get("x-weir-tier"), "pro");
    assert.equal(response.headers.get("x-weir-reason"), "proof");
    assert.equal(Number(response.headers.get("x-weir-score")), 1);
    assert.match(data.model, /pro/);
    assert.ok(data.choices[0].message.reasoning_content.length > 0, "the thought is relayed");
  });

  test("a pinned name is never changed", async () => {
    for (const [name, tier] of [["deepseek-v4-flash", "flash"], ["deepseek-v4-pro", "pro"]]) {
      const { data, response } = await client.chat.completions
        .create({ model: name, messages: ask("Prove that 2 is prime, or translate it.") })
        .withResponse();
      assert.equal(data.model, name);
      assert.equal(response.headers.get("x-weir-tier"), tier);
      assert.equal(response.headers.get("x-weir-reason"), "pin");
    }
  });

  test("JSON mode answers with an object", async () => {
    const data = await client.chat.completions.create({
      model: "auto",
      messages: ask("Name two colours, as JSON."),
      response_format: { type: "json_object" },
    });
    assert.equal(typeof JSON.parse(data.choices[0].message.content), "object");
  });
});

describe("stream", () => {
  test("content comes in pieces, and usage with the last", async () => {
    const { data: stream, response } = await client.chat.completions
      .create({
        model: "auto",
        messages: ask("Tell me about rivers."),
        stream: true,
        stream_options: { include_usage: true },
      })
      .withResponse();
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
    const row = await rowOf(response.headers.get("x-weir-request-id"));
    assert.equal(row.tokens.output, usage.completion_tokens);
    assert.equal(row.tokens.hit + row.tokens.miss, usage.prompt_tokens);
    assert.equal(row.outcome, "served");
  });

  test("the SDK's own stream helper gathers the same answer", async () => {
    const runner = client.chat.completions.stream({ model: "auto", messages: ask("Tell me about rivers.") });
    const whole = await runner.finalChatCompletion();
    assert.ok(whole.choices[0].message.content.length > 0);
  });

  test("a stream that the client leaves is closed in the ledger as aborted", async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ model: "deepseek-chat", messages: ask("Count slowly."), stream: true })
      .withResponse();
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
    const { data: stream, response } = await client.chat.completions
      .create({ model: "deepseek-chat", messages: ask("Please break in the middle."), stream: true })
      .withResponse();
    let finish = null;
    await assert.rejects(async () => {
      for await (const chunk of stream) finish = chunk.choices[0]?.finish_reason ?? finish;
    }, OpenAI.APIError);
    assert.equal(finish, null);
    const row = await rowOf(response.headers.get("x-weir-request-id"));
    assert.equal(row.outcome, "failed");
  });
});

describe("tools", () => {
  test("a tool loop ends with text", async () => {
    const messages = ask("What is the weather in Paris? Call get_weather.");
    const first = await client.chat.completions.create({ model: "auto", messages, tools });
    const said = first.choices[0].message;
    assert.equal(first.choices[0].finish_reason, "tool_calls");
    assert.equal(said.tool_calls[0].function.name, "get_weather");
    assert.equal(typeof JSON.parse(said.tool_calls[0].function.arguments).city, "string");
    messages.push(said, { role: "tool", tool_call_id: said.tool_calls[0].id, content: "18 degrees, rain" });
    const second = await client.chat.completions.create({ model: "auto", messages, tools });
    assert.equal(second.choices[0].finish_reason, "stop");
    assert.ok(second.choices[0].message.content.length > 0);
  });

  test("a history without its reasoning is answered without thinking instead of refused", async () => {
    const messages = [
      ...ask("What is the weather in Paris? Call get_weather."),
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } }],
      },
      { role: "tool", tool_call_id: "call_1", content: "18 degrees, rain" },
    ];
    const { data, response } = await client.chat.completions
      .create({ model: "auto", messages, tools })
      .withResponse();
    assert.ok(data.choices[0].message.content.length > 0);
    assert.equal(response.headers.get("x-weir-effort"), "none");
  });

  test("a streamed tool call arrives whole", async () => {
    const stream = await client.chat.completions.create({
      model: "auto",
      messages: ask("What is the weather in Paris? Call get_weather."),
      tools,
      stream: true,
    });
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
  const create = (body, from = client) => from.chat.completions.create(body);

  test("an unknown model is a NotFoundError", async () => {
    await assert.rejects(create({ model: "no-such-model", messages: ask("hi") }), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError, String(error));
      assert.equal(error.code, "model_not_found");
      return true;
    });
  });

  test("messages of the wrong type are a BadRequestError that names them, and nothing goes upstream", async () => {
    const before = readFileSync(process.env.WEIR_JOURNAL, "utf8").length;
    await assert.rejects(create({ model: "auto", messages: "hi" }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError, String(error));
      assert.match(`${error.param} ${error.message}`, /messages/);
      return true;
    });
    assert.equal(readFileSync(process.env.WEIR_JOURNAL, "utf8").length, before);
  });

  test("what upstream refuses reaches the client as upstream said it", async () => {
    await assert.rejects(create({ model: "auto", messages: ask("hi"), max_tokens: -1 }), OpenAI.BadRequestError);
    await assert.rejects(create({ model: "auto", messages: ask("answer with 500") }), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, String(error));
      assert.match(error.message, /upstream is broken/);
      return true;
    });
    await assert.rejects(create({ model: "auto", messages: ask("answer with 429") }), OpenAI.RateLimitError);
  });

  test("a key that is not listed is an AuthenticationError where keys are listed", async () => {
    const stranger = clientOf(keyedUrl, "sk-somebody-else");
    await assert.rejects(create({ model: "auto", messages: ask("hi") }, stranger), OpenAI.AuthenticationError);
    const known = clientOf(keyedUrl, process.env.WEIR_CLIENT_KEY);
    const { response } = await known.chat.completions
      .create({ model: "auto", messages: ask("hi") })
      .withResponse();
    const id = response.headers.get("x-weir-request-id");
    const row = await rowOf(id, () => true, keyedUrl, process.env.WEIR_CLIENT_KEY);
    assert.equal(row.outcome, "served");
    const foreign = await fetch(`${keyedUrl}/v1/requests/${id}`, { headers: { Authorization: "Bearer sk-somebody-else" } });
    assert.equal(foreign.status, 401);
  });
});

test("the list of models has the routed name and both models", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  for (const id of ["auto", "deepseek-v4-flash", "deepseek-v4-pro"]) assert.ok(ids.includes(id), `${ids}`);
});
