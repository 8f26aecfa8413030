"""The official library for Python: Chat Completions and Responses."""

import json

import openai
import pydantic
from support import CITY_SCHEMA, CLIENT_KEY, KEYED_URL, MODELS, ROUTED, TOOLS, URL, USER_KEY
from support import WEATHER, WEATHER_CALL, WEATHER_REPORT, Case, ask, row_of, watch
from documented import documentation

FORCED = {"type": "function", "function": {"name": "get_weather"}}
FLAT_TOOLS = [{"type": "function", "name": "get_weather", "parameters": CITY_SCHEMA, "strict": False}]


class Report(pydantic.BaseModel):
    city: str
    celsius: float


def client_of(base, key):
    return openai.OpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0, timeout=30)


class OpenAI(Case):
    @classmethod
    def setUpClass(cls):
        cls.client = client_of(URL, USER_KEY)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def create(self, **body):
        return self.client.chat.completions.create(**body)


class Chat(OpenAI):
    def test_a_whole_answer(self):
        for model in MODELS:
            with self.subTest(model), self.served([]):
                data = self.create(model=model, messages=ask("Why is the sky blue?"))
                self.assertTrue(data.choices[0].message.content)
                self.assertEqual(data.choices[0].finish_reason, "stop")
                if model != ROUTED:
                    self.assertEqual(data.model, model)

    def test_a_stream_comes_in_pieces_and_usage_with_the_last(self):
        for model in MODELS:
            with self.subTest(model), self.served([]):
                options = {"stream": True, "stream_options": {"include_usage": True}}
                chunks = list(self.create(model=model, messages=ask("Tell me about rivers."), **options))
                pieces = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
                self.assertGreater(len(pieces), 1)
                self.assertGreater([c.usage for c in chunks if c.usage][-1].completion_tokens, 0)

    def test_a_tool_loop_that_gives_the_reasoning_back_needs_no_mend(self):
        for model in MODELS:
            with self.subTest(model), self.served([], []):
                messages = ask(WEATHER_CALL)
                first = self.create(model=model, messages=messages, tools=TOOLS)
                said = first.choices[0].message
                self.assertEqual(first.choices[0].finish_reason, "tool_calls")
                self.assertEqual(said.tool_calls[0].function.name, "get_weather")
                self.assertIn("city", json.loads(said.tool_calls[0].function.arguments))
                messages.append(said.model_dump(exclude_none=True))
                messages.append({"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 degrees, rain"})
                second = self.create(model=model, messages=messages, tools=TOOLS)
                self.assertEqual(second.choices[0].finish_reason, "stop")
                self.assertTrue(second.choices[0].message.content)

    def test_reasoning_that_the_client_dropped_comes_back_out_of_custody(self):
        for model in MODELS:
            with self.subTest(model):
                with self.served([], ["reasoning"]) as seen:
                    messages = ask(WEATHER_CALL)
                    said = self.create(model=model, messages=messages, tools=TOOLS).choices[0].message
                    messages.append(said.model_dump(exclude_none=True, exclude={"reasoning_content"}))
                    messages.append({"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 degrees"})
                    second = self.create(model=model, messages=messages, tools=TOOLS)
                    self.assertTrue(second.choices[0].message.reasoning_content)
                given = seen.exchanges[1].upstream["messages"][1]["reasoning_content"]
                self.assertEqual(given, said.reasoning_content)

    def test_parse_with_a_schema_gets_an_object_that_fits_it(self):
        for model in MODELS:
            with self.subTest(model), self.served(["json_schema"]):
                data = self.client.chat.completions.parse(
                    model=model, messages=ask(WEATHER_REPORT), response_format=Report
                )
                self.assertEqual(data.choices[0].message.parsed, Report(**WEATHER))

    def test_a_forced_tool_is_called_without_thinking(self):
        for model in MODELS:
            with self.subTest(model), self.served(["forced_tool_choice"]):
                data = self.create(model=model, messages=ask("Paris!"), tools=TOOLS, tool_choice=FORCED)
                self.assertEqual(data.choices[0].message.tool_calls[0].function.name, "get_weather")

    def test_what_deepseek_does_not_take_is_mended(self):
        developer = {"role": "developer", "content": "Be brief."}
        cases = {
            "developer_role": {"messages": [developer, *ask("hi")]},
            "max_completion_tokens": {"max_completion_tokens": 400},
            "effort_alias": {"reasoning_effort": "medium"},
            "effort_while_disabled": {
                "reasoning_effort": "high",
                "extra_body": {"thinking": {"type": "disabled"}},
            },
            "stream_options_alone": {"stream_options": {"include_usage": True}},
            "user_id": {"extra_body": {"user_id": '{"account":"a b"}'}},
            "max_tokens": {"max_tokens": 2_000_000},
        }
        for mend, body in cases.items():
            for model in MODELS:
                with self.subTest(mend, model=model), self.served([mend]):
                    self.create(**{"model": model, "messages": ask("hi"), **body})

    def test_an_unbounded_task_goes_to_the_dearer_model(self):
        with self.served([]) as seen:
            data = self.create(model=ROUTED, messages=ask("证明素数有无穷多个。"))
        self.assertEqual(seen.exchanges[0].headers["x-weir-tier"], "pro")
        self.assertEqual(seen.exchanges[0].headers["x-weir-reason"], "proof")
        self.assertTrue(data.choices[0].message.reasoning_content)

    def test_the_words_of_the_client_about_thinking_stand(self):
        with self.served([]) as seen:
            extra = {"thinking": {"type": "disabled"}}
            data = self.create(model=ROUTED, messages=ask("Why is the sky blue?"), extra_body=extra)
        self.assertEqual(seen.exchanges[0].headers["x-weir-effort"], "none")
        self.assertIsNone(getattr(data.choices[0].message, "reasoning_content", None))

    def test_the_list_of_models_has_the_routed_name_and_both_models(self):
        self.assertLessEqual(set(MODELS), {model.id for model in self.client.models.list()})

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


class Responses(OpenAI):
    def test_a_whole_answer(self):
        for model in MODELS:
            with self.subTest(model), self.served([]):
                data = self.client.responses.create(model=model, input="Why is the sky blue?")
                self.assertEqual(data.status, "completed")
                self.assertTrue(data.output_text)

    def test_a_stream_ends_with_usage(self):
        for model in MODELS:
            with self.subTest(model), self.served([]):
                events = list(self.client.responses.create(model=model, input="Tell me about rivers.", stream=True))
                text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
                self.assertEqual(events[-1].type, "response.completed")
                self.assertEqual(events[-1].response.output_text, text)
                self.assertTrue(text)
                self.assertGreater(events[-1].response.usage.output_tokens, 0)

    def test_a_tool_loop_ends_with_text(self):
        for model in MODELS:
            with self.subTest(model), self.served([], []):
                items = ask(WEATHER_CALL)
                first = self.client.responses.create(model=model, input=items, tools=FLAT_TOOLS, store=False)
                call = next(item for item in first.output if item.type == "function_call")
                self.assertEqual(call.name, "get_weather")
                self.assertIn("city", json.loads(call.arguments))
                items += [item.model_dump(exclude_none=True) for item in first.output]
                items.append({"type": "function_call_output", "call_id": call.call_id, "output": "18 degrees, rain"})
                second = self.client.responses.create(model=model, input=items, tools=FLAT_TOOLS, store=False)
                self.assertTrue(second.output_text)

    def test_parse_with_a_schema_gets_an_object_that_fits_it(self):
        for model in MODELS:
            with self.subTest(model), self.served([]):
                data = self.client.responses.parse(model=model, input=WEATHER_REPORT, text_format=Report)
                self.assertEqual(data.output_parsed, Report(**WEATHER))


class Errors(OpenAI):
    def test_an_unknown_model_is_a_not_found_error(self):
        with self.refused(openai.NotFoundError, 404) as raised:
            self.create(model="no-such-model", messages=ask("hi"))
        self.assertEqual(raised.exception.code, "model_not_found")
        with self.refused(openai.NotFoundError, 404):
            self.client.responses.create(model="no-such-model", input="hi")

    def test_a_wrong_type_is_a_bad_request_error_that_names_the_field(self):
        with self.refused(openai.BadRequestError, 400) as raised:
            self.create(model=ROUTED, messages="hi")
        self.assertIn("messages", f"{raised.exception.param} {raised.exception}")
        with self.refused(openai.BadRequestError, 400) as raised:
            self.client.responses.create(model=ROUTED, input=7)
        self.assertIn("input", f"{raised.exception.param} {raised.exception}")

    def test_what_upstream_refuses_reaches_the_client_as_upstream_said_it(self):
        for call in (
            lambda text: self.create(model=ROUTED, messages=ask(text)),
            lambda text: self.client.responses.create(model=ROUTED, input=text),
        ):
            with self.assertRaises(openai.InternalServerError) as raised:
                call("answer with 500")
            self.assertIn("upstream is broken", str(raised.exception))
            with self.assertRaises(openai.RateLimitError):
                call("answer with 429")

    def test_a_stream_that_breaks_upstream_raises_an_error(self):
        with watch() as seen, self.assertRaises(openai.APIError):
            for chunk in self.create(model="deepseek-chat", messages=ask("Please break in the middle."), stream=True):
                self.assertIsNone(chunk.choices[0].finish_reason if chunk.choices else None)
        self.assertEqual(seen.exchanges[0].row["outcome"], "failed")

    def test_a_key_that_is_not_listed_is_an_authentication_error(self):
        with client_of(KEYED_URL, "sk-somebody-else") as stranger, self.assertRaises(openai.AuthenticationError):
            stranger.chat.completions.create(model=ROUTED, messages=ask("hi"))
        with client_of(KEYED_URL, CLIENT_KEY) as known, self.served([]):
            known.chat.completions.create(model=ROUTED, messages=ask("hi"))


Documentation = documentation("openai-python", 2)
