"""Pydantic AI with each of its models that can be pointed at weir."""

import pydantic
from documented import documentation
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from support import MODELS, URL, USER_KEY, WEATHER, WEATHER_CALL, WEATHER_REPORT, Case, named

# Words that the simulator's script answers with a call of the tool that ends the run.
FINISH = f"{WEATHER_CALL} Then finish with a report."


class Report(pydantic.BaseModel):
    city: str
    celsius: float


def nothing(_model):
    return []


class Scenarios:
    """What every model does. The lists say which mends a request needs, by model."""

    mends = staticmethod(nothing)
    second = staticmethod(nothing)  # of the second request of a tool's loop
    forced = staticmethod(lambda _model: ["forced_tool_choice"])

    def agent(self, model, **options):
        made = Agent(self.make(model), retries=0, **options)

        @made.tool_plain
        def get_weather(city: str) -> str:
            """The weather in a city."""
            return f"18 degrees and rain in {city}"

        return made

    def test_a_tool_loop(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model), self.second(model)):
                result = self.agent(model).run_sync(WEATHER_CALL)
                self.assertTrue(result.output)
                self.assertEqual(result.usage.tool_calls, 1)

    def test_a_stream(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.mends(model)):
                with Agent(self.make(model)).run_stream_sync("Tell me about rivers.") as result:
                    pieces = list(result.stream_text(delta=True, debounce_by=None))
                self.assertGreater(len(pieces), 1)

    def test_a_tool_loop_that_ends_in_structured_output(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.forced(model), self.forced(model)):
                result = self.agent(model, output_type=Report).run_sync(FINISH)
                self.assertEqual(result.output, Report(**WEATHER))


class SchemaScenario:
    """For the models that ask for a schema."""

    def test_native_output_by_a_schema(self):
        for model in MODELS:
            with self.subTest(model), self.served(self.native(model)):
                result = Agent(self.make(model), output_type=NativeOutput(Report)).run_sync(WEATHER_REPORT)
                self.assertEqual(result.output, Report(**WEATHER))


class OpenAIChat(Scenarios, SchemaScenario, Case):
    second = staticmethod(nothing)
    native = staticmethod(lambda _model: ["json_schema"])

    def make(self, model):
        return OpenAIChatModel(model, provider=OpenAIProvider(base_url=f"{URL}/v1", api_key=USER_KEY))


class OpenAIResponses(Scenarios, SchemaScenario, Case):
    native = staticmethod(nothing)

    def make(self, model):
        return OpenAIResponsesModel(model, provider=OpenAIProvider(base_url=f"{URL}/v1", api_key=USER_KEY))


class Anthropic(Scenarios, Case):
    mends = staticmethod(named)
    second = staticmethod(named)
    forced = staticmethod(lambda model: ["forced_tool_choice", *named(model)])

    def make(self, model):
        return AnthropicModel(model, provider=AnthropicProvider(base_url=URL, api_key=USER_KEY))


Documentation = documentation("pydantic-ai-python", 2)
