"""The library of Anthropic for Python over Messages."""

import anthropic
from documented import documentation
from support import CITY_SCHEMA, CLIENT_KEY, KEYED_URL, MODELS, ROUTED, URL, USER_KEY, WEATHER_CALL
from support import Case, ask, named, watch

TOOLS = [{"name": "get_weather", "description": "The weather in a city.", "input_schema": CITY_SCHEMA}]
THINKING = {"type": "enabled", "budget_tokens": 2000}
NAMES = [*MODELS, "claude-opus-4-6"]


def client_of(base, **auth):
    return anthropic.Anthropic(base_url=base, max_retries=0, timeout=30, **auth)


def block_of(message, kind):
    return next((block for block in message.content if block.type == kind), None)


class Connected(Case):
    @classmethod
    def setUpClass(cls):
        cls.client = client_of(URL, api_key=USER_KEY)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def create(self, **body):
        return self.client.messages.create(**{"max_tokens": 4000, **body})


class Messages(Connected):
    def test_a_whole_answer_names_the_model_that_was_asked_for(self):
        for model in NAMES:
            with self.subTest(model), self.served(named(model)):
                data = self.create(model=model, messages=ask("Why is the sky blue?"))
                self.assertEqual(data.model, model)
                self.assertEqual(data.stop_reason, "end_turn")
                self.assertTrue(block_of(data, "text").text)

    def test_a_stream_names_the_model_that_was_asked_for(self):
        for model in NAMES:
            with self.subTest(model), self.served(named(model)):
                body = {"model": model, "max_tokens": 4000, "messages": ask("Tell me about rivers.")}
                with self.client.messages.stream(**body) as stream:
                    pieces = list(stream.text_stream)
                    data = stream.get_final_message()
                self.assertGreater(len(pieces), 1)
                self.assertEqual(data.model, model)
                self.assertGreater(data.usage.output_tokens, 0)

    def test_a_tool_loop_with_thinking_ends_with_text(self):
        for model in NAMES:
            with self.subTest(model), self.served(named(model), named(model)):
                messages = ask(WEATHER_CALL)
                first = self.create(model=model, messages=messages, tools=TOOLS, thinking=THINKING)
                self.assertEqual(first.stop_reason, "tool_use")
                self.assertTrue(block_of(first, "thinking").thinking)
                call = block_of(first, "tool_use")
                self.assertIn("city", call.input)
                result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees, rain"}
                messages += [{"role": "assistant", "content": first.content}, *ask([result])]
                second = self.create(model=model, messages=messages, tools=TOOLS, thinking=THINKING)
                self.assertEqual(second.stop_reason, "end_turn")
                self.assertTrue(block_of(second, "text").text)

    def test_thinking_that_the_client_dropped_comes_back_out_of_custody(self):
        for model in NAMES:
            with self.subTest(model):
                with self.served(named(model), ["reasoning", *named(model)]) as seen:
                    messages = ask(WEATHER_CALL)
                    first = self.create(model=model, messages=messages, tools=TOOLS, thinking=THINKING)
                    call = block_of(first, "tool_use")
                    kept = [block for block in first.content if block.type != "thinking"]
                    result = {"type": "tool_result", "tool_use_id": call.id, "content": "18 degrees, rain"}
                    messages += [{"role": "assistant", "content": kept}, *ask([result])]
                    second = self.create(model=model, messages=messages, tools=TOOLS, thinking=THINKING)
                    self.assertTrue(block_of(second, "thinking").thinking)
                given = seen.exchanges[1].upstream["messages"][1]["content"][0]
                self.assertEqual(given, block_of(first, "thinking").model_dump(exclude_none=True))

    def test_a_forced_tool_is_called_without_thinking(self):
        for model in NAMES:
            with self.subTest(model), self.served(["forced_tool_choice", *named(model)]):
                choice = {"type": "tool", "name": "get_weather"}
                data = self.create(model=model, messages=ask("Paris!"), tools=TOOLS, tool_choice=choice)
                self.assertEqual(block_of(data, "tool_use").name, "get_weather")

    def test_tokens_are_counted_without_a_call_upstream(self):
        for model in NAMES:
            with self.subTest(model), watch():
                counted = self.client.messages.count_tokens(model=model, messages=ask("Why?"), tools=TOOLS)
                self.assertGreater(counted.input_tokens, 0)

    def test_metadata_with_json_in_it_is_mended(self):
        with self.served(["user_id"]) as seen:
            self.create(model="deepseek-v4-flash", messages=ask("hi"), metadata={"user_id": '{"device":"a b"}'})
        self.assertRegex(seen.exchanges[0].upstream["metadata"]["user_id"], r"^[A-Za-z0-9_-]{1,512}$")

    def test_x_api_key_and_the_auth_token_are_both_the_clients_key(self):
        for kind in ("api_key", "auth_token"):
            with self.subTest(kind), client_of(KEYED_URL, **{kind: CLIENT_KEY}) as known:
                with self.served(["answer_model"]) as seen:
                    known.messages.create(model=ROUTED, max_tokens=4000, messages=ask("hi"))
                self.assertEqual(seen.exchanges[0].row["key"], "tester")
            with self.subTest(kind), client_of(KEYED_URL, **{kind: "sk-somebody-else"}) as stranger:
                with self.assertRaises(anthropic.AuthenticationError) as raised:
                    stranger.messages.create(model=ROUTED, max_tokens=4000, messages=ask("hi"))
                self.assertEqual(raised.exception.body["error"]["type"], "authentication_error")


class Errors(Connected):
    def test_errors_have_the_shape_of_this_api(self):
        result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "18"}
        wrong = (anthropic.BadRequestError, 400, "invalid_request_error")
        cases = {
            "an unknown model": ((anthropic.NotFoundError, 404, "not_found_error"), {"model": "no-such-model"}),
            "messages of the wrong type": (wrong, {"messages": "hi"}),
            "a tool's result without its call": (wrong, {"messages": ask([result])}),
        }
        for what, ((kind, status, name), body) in cases.items():
            with self.subTest(what):
                with self.refused(kind, status) as raised:
                    self.create(**{"model": ROUTED, "messages": ask("hi"), **body})
                self.assertEqual(raised.exception.body["type"], "error")
                self.assertEqual(raised.exception.body["error"]["type"], name)

    def test_what_upstream_refuses_is_of_the_class_of_its_status(self):
        with self.assertRaises(anthropic.InternalServerError) as raised:
            self.create(model=ROUTED, messages=ask("answer with 500"))
        self.assertIn("upstream is broken", str(raised.exception))
        with self.assertRaises(anthropic.RateLimitError):
            self.create(model=ROUTED, messages=ask("answer with 429"))


Documentation = documentation("anthropic-python", 1)
