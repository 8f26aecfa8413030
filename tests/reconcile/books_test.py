"""The reconciling test's own tools: places in JSON, and prices by the calendar."""

import datetime
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import jsonscan  # noqa: E402
import pricing  # noqa: E402

PRICES = HERE.parent.parent / "config/prices/deepseek.yaml"


class Places(unittest.TestCase):
    def test_values_are_found_with_their_bytes_around(self):
        text = ' { "a" : "x\\"}" , "b":[1,{"a":2}],"c": -1.5e3,\n"model":"auto" }'
        found = {name: text[begin:end] for name, (begin, end) in jsonscan.members(text).items()}
        self.assertEqual(found, {"a": '"x\\"}"', "b": '[1,{"a":2}]', "c": "-1.5e3", "model": '"auto"'})

    def test_an_empty_object_has_no_members(self):
        self.assertEqual(jsonscan.members("{ }"), {})


class Prices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.book = pricing.PriceBook(PRICES)

    def peak(self, text):
        return self.book.is_peak(pricing.instant(text))

    def test_decimals_become_whole_picos(self):
        self.assertEqual(pricing.pico_per_token("0.003625"), 3625)
        self.assertEqual(pricing.pico_per_token("27"), 27_000_000)
        with self.assertRaises(ValueError):
            pricing.pico_per_token("0.0000001")

    def test_windows_are_half_open_in_beijing(self):
        for text, peak in [
            ("2026-11-23T00:59:59Z", False),
            ("2026-11-23T01:00:00Z", True),
            ("2026-11-23T03:59:59Z", True),
            ("2026-11-23T04:00:00Z", False),
            ("2026-11-23T06:00:00Z", True),
            ("2026-11-23T10:00:00Z", False),
        ]:
            self.assertEqual(self.peak(text), peak, text)

    def test_weekends_and_holidays_are_off_peak_from_their_dates(self):
        self.assertTrue(self.peak("2026-08-22T02:00:00Z"), "a Saturday before the rule for weekdays")
        self.assertFalse(self.peak("2026-08-23T02:00:00Z"), "a Sunday after it")
        self.assertFalse(self.peak("2026-10-01T02:00:00Z"), "National Day")
        self.assertTrue(self.peak("2026-10-08T02:00:00Z"), "the Thursday after the holidays")

    def test_a_million_tokens_cost_the_list_price(self):
        million = {"hit": 1_000_000, "miss": 1_000_000, "output": 1_000_000}
        off_peak = pricing.instant("2026-11-22T02:00:00Z")
        peak = pricing.instant("2026-11-23T02:00:00Z")
        if self.book.currency != "usd":
            self.skipTest("the figures below are in USD")
        self.assertEqual(self.book.cost("deepseek-v4-flash", million, off_peak), 753_000_000_000)
        self.assertEqual(self.book.cost("deepseek-v4-pro", million, peak), 5_324_000_000_000)

    def test_a_period_ends_where_the_next_begins(self):
        boundary = pricing.instant("2026-09-10T04:00:00Z")
        before = boundary - datetime.timedelta(milliseconds=1)
        self.assertEqual(self.book.prices("deepseek-v4-flash", boundary)["miss"], 150_000)
        self.assertEqual(self.book.prices("deepseek-v4-flash", before)["miss"], 440_000, "still peak by the older card")

    def test_an_unknown_model_has_no_price(self):
        with self.assertRaises(KeyError):
            self.book.prices("no-such-model", pricing.instant("2026-11-22T02:00:00Z"))


if __name__ == "__main__":
    unittest.main()
