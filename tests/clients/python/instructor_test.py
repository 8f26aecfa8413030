"""instructor over the official library, with tools and with JSON."""

import instructor
import openai
import pydantic
from documented import documentation
from support import MODELS, URL, USER_KEY, WEATHER, WEATHER_REPORT, Case, ask


class Report(pydantic.BaseModel):
    city: str
    celsius: float


class Structured(Case):
    def shaped(self, model, mode, content):
        with openai.OpenAI(base_url=f"{URL}/v1", api_key=USER_KEY, max_retries=0) as plain:
            client = instructor.from_openai(plain, mode=mode)
            return client.create(model=model, response_model=Report, messages=ask(content), max_retries=0)

    def test_tools_force_a_tool_so_the_call_does_not_think(self):
        for model in MODELS:
            with self.subTest(model), self.served(["forced_tool_choice"]) as seen:
                self.assertIsInstance(self.shaped(model, instructor.Mode.TOOLS, "18 degrees in Paris"), Report)
            self.assertEqual(seen.exchanges[0].row["tokens"]["reasoning"], 0)

    def test_json_asks_for_an_object_and_needs_no_mend(self):
        for model in MODELS:
            with self.subTest(model), self.served([]):
                report = self.shaped(model, instructor.Mode.JSON, WEATHER_REPORT)
                self.assertEqual(report.model_dump(), WEATHER)

    def test_a_json_schema_is_mended(self):
        for model in MODELS:
            with self.subTest(model), self.served(["json_schema"]):
                report = self.shaped(model, instructor.Mode.JSON_SCHEMA, WEATHER_REPORT)
                self.assertEqual(report.model_dump(), WEATHER)


Documentation = documentation("instructor-python", 1)
