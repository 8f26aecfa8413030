"""LangChain for Python with each chat model that can be pointed at weir."""

import langchain_anthropic
import langchain_deepseek
import langchain_openai
import pydantic
from documented import documentation
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from support import MODELS, URL, USER_KEY, WEATHER, WEATHER_CALL, WEATHER_REPORT, Case, named

OPENAI = {"base_url": f"{URL}/v1", "api_key": USER_KEY, "max_retries": 0}
DEEPSEEK = {"api_base": f"{URL}/v1", "api_key": USER_KEY, "max_retries": 0}
ANTHROPIC = {"base_url": URL, "api_key": USER_KEY, "max_retries": 0, "max_tokens": 4000}


class Report(pydantic.BaseModel):
    """A weather report."""

    city: str
    celsius: float


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"18 degrees and rain in {city}"


def nothing(_model):
    return []


class Scenarios:
    """What every chat model does. The lists say which mends a request needs, by model."""

    mends = staticmethod(nothing)
    second = staticmethod(nothing)  # of the second request of a tool's loop
    forced = staticmethod(lambda _model: ["forced_tool_choice"])

    def test_invoke(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model)):
                said = self.make(model).invoke("Why is the sky blue?")
                self.assertTrue(said.text)
                self.assertGreater(said.usage_metadata["output_tokens"], 0)

    def test_stream(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model)):
                pieces = list(self.make(model).stream("Tell me about rivers."))
                self.assertGreater(sum(bool(piece.text) for piece in pieces), 1)

    def test_a_bound_tools_loop(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model), self.second(model)):
                bound = self.make(model).bind_tools([get_weather])
                messages = [HumanMessage(WEATHER_CALL)]
                first = bound.invoke(messages)
                self.assertEqual(first.tool_calls[0]["name"], "get_weather")
                messages += [first, get_weather.invoke(first.tool_calls[0])]
                last = bound.invoke(messages)
                self.assertTrue(last.text)
                self.assertEqual(last.tool_calls, [])

    def test_structured_output_by_a_forced_tool(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.forced(model)):
                shaped = self.make(model).with_structured_output(Report, method="function_calling")
                self.assertIsInstance(shaped.invoke("18 degrees in Paris"), Report)


class SchemaScenario:
    """For the classes that ask for a schema; the others make a forced tool of it."""

    def test_structured_output_by_a_schema(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.schema(model)):
                shaped = self.make(model).with_structured_output(Report, method="json_schema")
                self.assertEqual(shaped.invoke(WEATHER_REPORT), Report(**WEATHER))


class ChatOpenAI(Scenarios, SchemaScenario, Case):
    second = staticmethod(lambda _model: ["reasoning"])
    schema = staticmethod(lambda _model: ["json_schema"])

    def make(self, model):
        return langchain_openai.ChatOpenAI(model=model, **OPENAI)


class ChatOpenAIOverResponses(Scenarios, SchemaScenario, Case):
    schema = staticmethod(nothing)

    def make(self, model):
        return langchain_openai.ChatOpenAI(model=model, use_responses_api=True, **OPENAI)


class ChatDeepSeek(Scenarios, Case):
    second = staticmethod(lambda _model: ["reasoning"])

    def make(self, model):
        return langchain_deepseek.ChatDeepSeek(model=model, **DEEPSEEK)


class ChatAnthropic(Scenarios, Case):
    mends = staticmethod(named)
    second = staticmethod(named)
    forced = staticmethod(lambda model: ["forced_tool_choice", *named(model)])

    def make(self, model):
        return langchain_anthropic.ChatAnthropic(model=model, **ANTHROPIC)


Documentation = documentation("langchain-python", 3)
