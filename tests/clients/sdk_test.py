"""The official SDK for Python against weir before the simulator. tests/clients/run.sh starts both and sets WEIR_*."""

import json
import os
import time
import unittest
import urllib.error
import urllib.request

import openai

URL = os.environ["WEIR_URL"]
KEYED_URL = os.environ["WEIR_KEYED_URL"]
USER_KEY = "sk-of-the-user"

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def client_of(base, key):
    return openai.OpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0, timeout=30)


def ask(content):
    return [{"role": "user", "content": content}]


def row_of(request_id, base=URL, key=USER_KEY):
    """The ledger's row of a request; it is asked for 100 times in 10 seconds at most."""
    asked = urllib.request.Request(f"{base}/v1/requests/{request_id}", headers={"Authorization": f"Bearer {key}"})
    for _ in range(100):
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        time.sleep(0.1)
    raise AssertionError(f"no row for {request_id}")


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client_of(URL, USER_KEY)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def raw(self, **body):
        """The answer with its headers, and the parsed object."""
        answer = self.client.chat.completions.with_raw_response.create(**body)
        return answer.headers, answer.parse()


class Chat(Case):
    def test_an_answer_has_text_usage_and_a_row_with_the_same_tokens(self):
        headers, data = self.raw(model="auto", messages=ask("Why is the sky blue?"))
        self.assertTrue(data.choices[0].message.content)
        self.assertEqual(data.choices[0].finish_reason, "stop")
        self.assertEqual(headers["x-weir-tier"], "flash")
        self.assertEqual(headers["x-weir-model"], data.model)
        self.assertEqual(headers["x-weir-effort"], "low")
        self.assertEqual(headers["x-weir-reason"], "default")
        row = row_of(headers["x-weir-request-id"])
        self.assertEqual(row["outcome"], "served")
        self.assertEqual(row["tokens"]["hit"] + row["tokens"]["miss"], data.usage.prompt_tokens)
        self.assertEqual(row["tokens"]["output"], data.usage.completion_tokens)
        self.assertGreater(float(row["cost"]), 0)

    def test_an_unbounded_task_goes_to_the_dearer_model(self):
        headers, data = self.raw(model="auto", messages=ask("证明素数有无穷多个。"))
        self.assertEqual(headers["x-weir-tier"], "pro")
        self.assertEqual(headers["x-weir-reason"], "proof")
        self.assertEqual(float(headers["x-weir-score"]), 1)
        self.assertTrue(data.choices[0].message.reasoning_content)

    def test_a_pinned_name_is_never_changed(self):
        for name in ("deepseek-v4-flash", "deepseek-v4-pro"):
            headers, data = self.raw(model=name, messages=ask("Prove that 2 is prime."))
            self.assertEqual(data.model, name)
            self.assertEqual(headers["x-weir-reason"], "pin")

    def test_the_words_of_the_client_about_thinking_stand(self):
        headers, data = self.raw(
            model="auto", messages=ask("Why is the sky blue?"), extra_body={"thinking": {"type": "disabled"}}
        )
        self.assertEqual(headers["x-weir-effort"], "none")
        self.assertIsNone(getattr(data.choices[0].message, "reasoning_content", None))

    def test_the_list_of_models_has_the_routed_name_and_both_models(self):
        ids = {model.id for model in self.client.models.list()}
        self.assertLessEqual({"auto", "deepseek-v4-flash", "deepseek-v4-pro"}, ids)


class Stream(Case):
    def test_content_comes_in_pieces_and_usage_with_the_last(self):
        with self.client.chat.completions.with_streaming_response.create(
            model="auto",
            messages=ask("Tell me about rivers."),
            stream=True,
            stream_options={"include_usage": True},
        ) as answer:
            request_id = answer.headers["x-weir-request-id"]
            chunks = list(answer.parse())
        pieces = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
        self.assertGreater(len(pieces), 1)
        usage = [c.usage for c in chunks if c.usage][-1]
        row = row_of(request_id)
        self.assertEqual(row["tokens"]["output"], usage.completion_tokens)
        self.assertEqual(row["tokens"]["hit"] + row["tokens"]["miss"], usage.prompt_tokens)

    def test_a_stream_that_the_client_leaves_is_closed_in_the_ledger_as_aborted(self):
        with self.client.chat.completions.with_streaming_response.create(
            model="deepseek-chat", messages=ask("Count slowly."), stream=True
        ) as answer:
            request_id = answer.headers["x-weir-request-id"]
            seen = 0
            for chunk in answer.parse():
                if chunk.choices and chunk.choices[0].delta.content:
                    seen += 1
                if seen == 3:
                    break
        self.assertEqual(seen, 3)
        row = row_of(request_id)
        self.assertEqual(row["outcome"], "aborted")
        self.assertIs(row["estimated"], True)

    def test_a_stream_that_breaks_upstream_raises_an_error(self):
        stream = self.client.chat.completions.create(
            model="deepseek-chat", messages=ask("Please break in the middle."), stream=True
        )
        with self.assertRaises(openai.APIError):
            for chunk in stream:
                self.assertIsNone(chunk.choices[0].finish_reason if chunk.choices else None)


class Tools(Case):
    def test_a_tool_loop_ends_with_text(self):
        messages = ask("What is the weather in Paris? Call get_weather.")
        first = self.client.chat.completions.create(model="auto", messages=messages, tools=TOOLS)
        said = first.choices[0].message
        self.assertEqual(first.choices[0].finish_reason, "tool_calls")
        self.assertEqual(said.tool_calls[0].function.name, "get_weather")
        self.assertIn("city", json.loads(said.tool_calls[0].function.arguments))
        messages.append(said.model_dump(exclude_none=True))
        messages.append({"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 degrees, rain"})
        second = self.client.chat.completions.create(model="auto", messages=messages, tools=TOOLS)
        self.assertEqual(second.choices[0].finish_reason, "stop")
        self.assertTrue(second.choices[0].message.content)


class Errors(Case):
    def test_an_unknown_model_is_a_not_found_error(self):
        with self.assertRaises(openai.NotFoundError) as raised:
            self.client.chat.completions.create(model="no-such-model", messages=ask("hi"))
        self.assertEqual(raised.exception.code, "model_not_found")

    def test_messages_of_the_wrong_type_are_a_bad_request_error(self):
        with self.assertRaises(openai.BadRequestError) as raised:
            self.client.chat.completions.create(model="auto", messages="hi")
        self.assertIn("messages", f"{raised.exception.param} {raised.exception}")

    def test_what_upstream_refuses_reaches_the_client_as_upstream_said_it(self):
        with self.assertRaises(openai.InternalServerError) as raised:
            self.client.chat.completions.create(model="auto", messages=ask("answer with 500"))
        self.assertIn("upstream is broken", str(raised.exception))
        with self.assertRaises(openai.RateLimitError):
            self.client.chat.completions.create(model="auto", messages=ask("answer with 429"))

    def test_a_key_that_is_not_listed_is_an_authentication_error(self):
        with client_of(KEYED_URL, "sk-somebody-else") as stranger, self.assertRaises(openai.AuthenticationError):
            stranger.chat.completions.create(model="auto", messages=ask("hi"))
        with client_of(KEYED_URL, os.environ["WEIR_CLIENT_KEY"]) as known:
            self.assertTrue(known.chat.completions.create(model="auto", messages=ask("hi")).choices)


if __name__ == "__main__":
    unittest.main()
