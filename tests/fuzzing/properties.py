"""What must be so after every run, whatever the input was."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from auditor.reports.layout import plain
from tests.fuzzing.model import Case, Drawn, Failure, Outcome
from tests.fuzzing.numbers import telling

__all__ = ["failures", "report_in"]

_INTERNAL: Final = re.compile(
    r"Traceback \(most recent|internal error|プログラムの異常|SyntaxWarning|^\s+File \"",
    re.MULTILINE,
)
_PYTHON: Final = re.compile(r"\b[A-Z][A-Za-z]+(?:Error|Exception|Interrupt)\b|\bobject at 0x")
_CODE: Final = re.compile(r"\b[A-Z]{2,4}[0-9]{3}\b")
_EXCEPT: Final = frozenset({"--fail-on", "--baseline", "--settings"})
"""With these, not every error makes the exit code 1."""
_CRASHES: Final = ("crashed", "format-failed", "suspects-failed", "broke-reader", "no-process")
_GAVE_UP: Final = ("too-slow", "too-much-memory")


def failures(drawn: Drawn, outcome: Outcome) -> list[Failure]:
    """The properties that do not hold."""
    case = drawn.case
    if outcome.end != "ended":
        return [Failure(outcome.end, f"after {' '.join(case.words)}")]
    found = [*_quiet(case, outcome), *_code(outcome)]
    report = report_in(outcome)
    if report is not None:
        found += _report(case, outcome, report)
    if drawn.kind.check is not None:
        found += drawn.kind.check(case, outcome)
    return found


def report_in(outcome: Outcome) -> Mapping[str, Any] | None:
    """What the format of all formats wrote; None where that is not what was written."""
    if not outcome.out.startswith(b'{"records"'):
        return None
    report: Mapping[str, Any] = json.loads(outcome.out)
    return report


def _quiet(case: Case, outcome: Outcome) -> Iterator[Failure]:
    """Nothing of Python is shown, and no file of the input was changed."""
    shown = outcome.err.decode("utf-8", "replace")
    if report_in(outcome) is None:
        shown += outcome.out.decode("utf-8", "replace")
    if (match := _INTERNAL.search(shown)) is not None:
        yield Failure("internal", _around(shown, match))
    match = _PYTHON.search(shown)
    if match is not None and not case.foreign and not _holds(case, match[0]):
        yield Failure("python-name", _around(shown, match))
    for name in case.files:
        if name in outcome.written:
            yield Failure("input-changed", name)


def _holds(case: Case, word: str) -> bool:
    """Whether a file of the case says the word itself."""
    return any(word.encode() in content for content in case.files.values())


def _code(outcome: Outcome) -> Iterator[Failure]:
    """The exit code is one of three, and something was said."""
    if outcome.code not in (0, 1, 2):
        yield Failure("exit-code", repr(outcome.code))
    said = outcome.out.strip() or outcome.err.strip()
    if not said and (not outcome.written or outcome.code == 2):
        yield Failure("silent", f"exit code {outcome.code} and no word")


def _report(case: Case, outcome: Outcome, report: Mapping[str, Any]) -> Iterator[Failure]:
    texts: Mapping[str, str] = report["texts"]
    content = json.loads(texts["json/en"])
    yield from _true_code(case, outcome, content)
    yield from _nothing_crashed(case, content)
    yield from _documents(case, content)
    yield from _accounted(case, report, content)
    yield from _sheets(case, content)
    yield from _same_everywhere(texts, content)


def _true_code(case: Case, outcome: Outcome, content: Mapping[str, Any]) -> Iterator[Failure]:
    """2 where anything was not checked, 1 for errors, else 0; and the report has the same."""
    errors = content["summary"]["by_severity"]["error"]
    code = 2 if content["not_checked"] else int(errors > 0)
    if content["exit_code"] != code and not _EXCEPT.intersection(case.words):
        yield Failure("exit-code", f"the report says {content['exit_code']}, for {code}")
    if outcome.code != content["exit_code"]:
        yield Failure("exit-code", f"{outcome.code}, and the report says {content['exit_code']}")
    if outcome.code == 0 and not content["documents"]:
        yield Failure("exit-code", "0 without any document")


def _nothing_crashed(case: Case, content: Mapping[str, Any]) -> Iterator[Failure]:
    for reason in content["not_checked"]:
        code = reason["why"]["code"]
        if code in _CRASHES and not case.foreign:
            yield Failure("crashed", reason["why"]["en"])
        elif code in _GAVE_UP and not case.may_give_up:
            yield Failure("gave-up", reason["why"]["en"])


def _documents(case: Case, content: Mapping[str, Any]) -> Iterator[Failure]:
    """Each document was read, passed over or named as not checked."""
    named = {document["path"] for document in content["documents"]}
    named |= {item["document"] for item in content["passed_over"]}
    named |= {reason["document"] for reason in content["not_checked"] if reason.get("document")}
    named |= {item["document"] for item in content["returned"] if "document" in item}
    for name in case.documents:
        if name not in named:
            yield Failure("document-lost", name)


def _accounted(
    case: Case, report: Mapping[str, Any], content: Mapping[str, Any]
) -> Iterator[Failure]:
    """Each number that is visible stands in a record, a remark or a finding, or is counted as
    unread, or its document is said not to be checked in full.
    """
    if case.visible is None or content["not_checked"] or content["passed_over"]:
        return
    if any(finding["rule"] in case.excuses for finding in content["findings"]):
        return
    seen = telling(strings(json.loads(report["records"]), _SUPPLIED))
    seen |= telling(strings(content["findings"], _SUPPLIED))
    seen |= telling(strings(content["documents"], _SUPPLIED))
    lost = set(case.visible) - seen
    if lost:
        yield Failure("number-lost", ", ".join(sorted(lost)))


def _sheets(case: Case, content: Mapping[str, Any]) -> Iterator[Failure]:
    """A sheet that was lost to damage is lost with a word."""
    read = sum(document["sheets"] for document in content["documents"])
    said = content["not_checked"] or content["passed_over"]
    said = said or any(document["parts"] or document["unread"] for document in content["documents"])
    said = said or any(finding["rule"].startswith(_READING) for finding in content["findings"])
    if read < case.sheets and not said:
        yield Failure(
            "sheet-lost", f"{read} of {case.sheets}, and exit code {content['exit_code']}"
        )


_READING: Final = ("RD", "XLS")
"""Rules of what readers say."""
_SUPPLIED: Final = ("document", "path", "sha256", "id", "form")
"""What does not come from the document's text."""


def strings(content: object, but: Sequence[str] = ()) -> Iterator[str]:
    """All texts of a JSON value, and its keys, but for those under some keys."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield key
            if key not in but:
                yield from strings(value, but)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value, but)
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield str(content)


# --- formats held against each other --------------------------------------------------------------


def _same_everywhere(texts: Mapping[str, str], content: Mapping[str, Any]) -> Iterator[Failure]:
    """What the JSON says, every format says, in both languages."""
    for name, text in texts.items():
        kind, _, lang = name.partition("/")
        check = _CHECKS.get(kind)
        if check is None:
            yield Failure("format-unknown", f"no check for {kind}")
        else:
            yield from (
                Failure("formats-differ", f"{name}: {why}") for why in check(text, content, lang)
            )
    for kind in ("terminal", "markdown", "csv", "html"):
        if f"{kind}/ja" not in texts:
            continue
        counts = [Counter(_CODE.findall(texts[f"{kind}/{lang}"])) for lang in ("ja", "en")]
        if counts[0] != counts[1]:
            difference = (counts[0] - counts[1]) + (counts[1] - counts[0])
            yield Failure("languages-differ", f"{kind}: {dict(difference)}")


def _bare(text: str) -> str:
    """The text without what breaks, marks or escapes it in one format or another."""
    return re.sub(r"[\s\\|*_`<>~#\[\]'\"&;:\u200b-]+", "", text)


def _for_people(text: str, content: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Each entry's rule, each reason why something was not checked, and all counts."""
    bare = _bare(text)
    for rule in _main_rules(content):
        if rule not in bare:
            yield f"{rule} is missing"
    for reason in content["not_checked"]:
        why = _bare(plain(reason["why"][lang]))[:60]
        if why not in bare:
            yield f"a reason is missing: {reason['why'][lang][:100]}"
    if not content["documents"] and not content["not_checked"]:
        yield "there was no document, and nobody says so"
    clean = "No findings in" in text or "不一致は見つかりませんでした" in text
    if clean and any(content["summary"]["by_severity"].values()):
        yield "it says that nothing was found"
    nothing_left = (
        "Nothing was left unchecked" in text or "点検できなかったものはありません" in text
    )
    if nothing_left and content["not_checked"]:
        yield "it says that nothing was left unchecked"


def _main_rules(content: Mapping[str, Any]) -> set[str]:
    rules = {finding["id"]: finding["rule"] for finding in content["findings"]}
    return {rules[cause["findings"][0]] for cause in content["causes"]}


def _csv(text: str, content: Mapping[str, Any], _: str) -> Iterator[str]:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if len({len(row) for row in rows}) != 1:
        yield "rows of several lengths"
    expected = len(content["causes"]) + len(content["waived"]) + len(content["not_checked"])
    expected += len(content["waivers_unused"])
    if len(rows) - 1 < expected:
        yield f"{len(rows) - 1} rows for {expected} entries"
    yield from _for_people(text, content, _)


def _html(text: str, content: Mapping[str, Any], lang: str) -> Iterator[str]:
    import html

    bare = html.unescape(re.sub(r"<[^>]*>", "", text))
    yield from _for_people(bare, content, lang)


def _json(text: str, content: Mapping[str, Any], _: str) -> Iterator[str]:
    if json.loads(text) != content:
        yield "another content in the other language"


def _jsonl(text: str, content: Mapping[str, Any], _: str) -> Iterator[str]:
    kinds = Counter(key for line in text.splitlines() for key in [json.loads(line).get("kind", "")])
    if sum(kinds.values()) < len(content["findings"]) + len(content["not_checked"]):
        yield f"{dict(kinds)} for {len(content['findings'])} findings"


def _sarif(text: str, content: Mapping[str, Any], _: str) -> Iterator[str]:
    (run,) = json.loads(text)["runs"]
    if len(run["results"]) < len(content["causes"]):
        yield f"{len(run['results'])} results for {len(content['causes'])} entries"
    (invocation,) = run["invocations"]
    if invocation["executionSuccessful"] == bool(content["not_checked"]):
        yield "executionSuccessful is wrong"


def _junit(text: str, content: Mapping[str, Any], _: str) -> Iterator[str]:
    errors = ElementTree.fromstring(text).findall(".//error")
    if len(errors) < len(content["not_checked"]):
        yield f"{len(errors)} errors for {len(content['not_checked'])} reasons"


def _github(text: str, content: Mapping[str, Any], _: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line.startswith("::")]
    expected = len(content["causes"]) + len(content["not_checked"])
    if len(lines) < min(expected, 10):
        yield f"{len(lines)} lines for {expected} entries"


_Check = Callable[[str, Mapping[str, Any], str], Iterable[str]]
_CHECKS: Final[Mapping[str, _Check]] = {
    "terminal": _for_people,
    "markdown": _for_people,
    "csv": _csv,
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
}


def _around(text: str, match: re.Match[str]) -> str:
    """A match with what stands around it, on one line."""
    return " ".join(text[max(match.start() - 120, 0) : match.end() + 200].split())
