"""LiteLLM as a library, with each provider of it that can be pointed at weir."""

import json

import litellm
from documented import documentation
from support import MODELS, TOOLS, URL, USER_KEY, WEATHER_CALL, Case, ask, named

litellm.suppress_debug_info = True
FORCED = {"type": "function", "function": {"name": "get_weather"}}


def nothing(_model):
    return []


class Scenarios:
    """What every provider does. The lists say which mends a request needs, by model."""

    mends = staticmethod(nothing)
    second = staticmethod(nothing)
    forced = staticmethod(lambda _model: ["forced_tool_choice"])

    def complete(self, model, **body):
        return litellm.completion(
            model=f"{self.provider}/{model}", api_base=self.base, api_key=USER_KEY, max_retries=0, timeout=30, **body
        )

    def test_completion(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model)) as seen:
                data = self.complete(model, messages=ask("Why is the sky blue?"))
                self.assertTrue(data.choices[0].message.content)
            self.assertEqual(data.usage.completion_tokens, seen.exchanges[0].row["tokens"]["output"])

    def test_a_streams_usage_is_the_ledgers(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model)) as seen:
                options = {"stream": True, "stream_options": {"include_usage": True}}
                chunks = list(self.complete(model, messages=ask("Tell me about rivers."), **options))
                pieces = [c for c in chunks if c.choices and c.choices[0].delta.content]
                self.assertGreater(len(pieces), 1)
                usage = [c.usage for c in chunks if getattr(c, "usage", None)][-1]
            tokens = seen.exchanges[0].row["tokens"]
            self.assertEqual(usage.completion_tokens, tokens["output"])
            self.assertEqual(usage.prompt_tokens, tokens["hit"] + tokens["miss"])

    def test_a_tool_loop(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model), self.second(model)):
                messages = ask(WEATHER_CALL)
                said = self.complete(model, messages=messages, tools=TOOLS).choices[0].message
                call = said.tool_calls[0]
                self.assertEqual(call.function.name, "get_weather")
                self.assertIn("city", json.loads(call.function.arguments))
                messages += [said, {"role": "tool", "tool_call_id": call.id, "content": "18 degrees, rain"}]
                last = self.complete(model, messages=messages, tools=TOOLS)
                self.assertTrue(last.choices[0].message.content)

    def test_a_forced_tool(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.forced(model)):
                data = self.complete(model, messages=ask("Paris!"), tools=TOOLS, tool_choice=FORCED)
                self.assertEqual(data.choices[0].message.tool_calls[0].function.name, "get_weather")


class OpenAI(Scenarios, Case):
    provider, base = "openai", f"{URL}/v1"


class DeepSeek(Scenarios, Case):
    provider, base = "deepseek", f"{URL}/v1"


class Anthropic(Scenarios, Case):
    provider, base = "anthropic", URL
    mends = staticmethod(named)
    second = staticmethod(named)
    forced = staticmethod(lambda model: ["forced_tool_choice", *named(model)])


class Errors(Case):
    def test_an_unknown_model_is_a_not_found_error(self):
        for provider, base in (("openai", f"{URL}/v1"), ("deepseek", f"{URL}/v1"), ("anthropic", URL)):
            with self.subTest(provider), self.refused(litellm.NotFoundError, 404):
                name = f"{provider}/no-such-model"
                litellm.completion(model=name, api_base=base, api_key=USER_KEY, max_retries=0, messages=ask("hi"))


Documentation = documentation("litellm-python", 3)
