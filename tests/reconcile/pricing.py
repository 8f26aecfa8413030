"""What tokens cost, from the price file alone: integers of pico (1e-12) of the currency, and a calendar of its own."""

import datetime
import decimal

import yaml

UTC = datetime.timezone.utc
BUCKETS = ("hit", "miss", "output")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def minutes(text):
    hours, rest = text.split(":")
    return 60 * int(hours) + int(rest)


def pico_per_token(price):
    """A price for a million tokens, as decimal text, in pico for one token: 1e12 / 1e6 of it, exactly."""
    pico = decimal.Decimal(price) * 1_000_000
    if pico != int(pico):
        raise ValueError(f"{price} has more than six decimals")
    return int(pico)


class PriceBook:
    def __init__(self, path):
        # BaseLoader leaves every scalar as text: no float ever holds a price.
        with open(path, encoding="utf-8") as file:
            book = yaml.load(file, Loader=yaml.BaseLoader)
        self.currency = book["currency"]
        self.models = {name: entry for entry in book["models"].values() for name in entry["ids"]}
        peak = book["peak"]
        sign = -1 if peak["utc_offset"].startswith("-") else 1
        self.zone = datetime.timezone(sign * datetime.timedelta(minutes=minutes(peak["utc_offset"].strip("+-"))))
        self.windows = [(minutes(begin), minutes(end)) for begin, end in peak["windows"]]
        self.weekdays_only_from = instant(peak["weekdays_only_from"])
        self.holidays_off_from = instant(peak["holidays_off_from"])
        self.holidays = {datetime.date.fromisoformat(day) for day in peak["holidays"]}

    def is_peak(self, when):
        there = when.astimezone(self.zone)
        minute = 60 * there.hour + there.minute
        if not any(begin <= minute < end for begin, end in self.windows):
            return False
        if when >= self.weekdays_only_from and there.weekday() >= 5:
            return False
        return when < self.holidays_off_from or there.date() not in self.holidays

    def prices(self, model, when):
        """Pico for a token in each bucket."""
        for period in self.models[model]["periods"]:
            end = period.get("to", "")
            if instant(period["from"]) <= when and (end in ("", "null", "~") or when < instant(end)):
                card = period.get("flat") or period["peak" if self.is_peak(when) else "off_peak"]
                return {bucket: pico_per_token(card[self.currency][bucket]) for bucket in BUCKETS}
        raise KeyError(f"no price for {model} at {when}")

    def cost(self, model, tokens, when):
        prices = self.prices(model, when)
        return sum(prices[bucket] * tokens[bucket] for bucket in BUCKETS)
