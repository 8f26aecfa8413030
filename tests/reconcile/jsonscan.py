"""Places in JSON text. Nothing is decoded or written anew, so the bytes around a place stay as they are."""

SPACE = " \t\n\r"


def skip_space(text, at):
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def end_of_string(text, at):
    """The place behind the string that begins at `at`."""
    at += 1
    while text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at + 1


def end_of_value(text, at):
    """The place behind the value that begins at `at`."""
    if text[at] == '"':
        return end_of_string(text, at)
    if text[at] not in "{[":
        while at < len(text) and text[at] not in ",]}" + SPACE:
            at += 1
        return at
    depth = 0
    while True:
        if text[at] == '"':
            at = end_of_string(text, at)
            continue
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at


def members(text):
    """Members of the object in `text`: name -> (begin, end) of its value. Names are compared as written."""
    places = {}
    at = skip_space(text, skip_space(text, 0) + 1)
    while text[at] != "}":
        name_end = end_of_string(text, at)
        name = text[at + 1 : name_end - 1]
        begin = skip_space(text, skip_space(text, name_end) + 1)
        end = end_of_value(text, begin)
        places[name] = (begin, end)
        at = skip_space(text, end)
        if text[at] == ",":
            at = skip_space(text, at + 1)
    return places
