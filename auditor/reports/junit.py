"""The report as JUnit XML, as GitLab and Jenkins read it: a test case for each cause.

What was not checked is a test case with an error; each document that was read is one that passed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple
from xml.etree import ElementTree

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.rounds import Change, EarlierCause
from auditor.records.severities import SEVERITIES, Severity
from auditor.reports import findings as content
from auditor.reports.changes import change_of, changes_result, owner_name
from auditor.reports.entries import Entry, entries, lines_of, severity_mark, titled
from auditor.reports.layout import cut
from auditor.reports.locations import in_utc, location_of, path_of
from auditor.reports.sarif_rules import TOOL
from auditor.reports.waived import UNUSED, entry_of, justification, unused_lines
from auditor.reports.wording import Wording
from auditor.version import __version__

__all__ = ["JunitReport"]

Result = Literal["passed", "failure", "error", "skipped"]

_NO_CHARACTER: Final = re.compile("[\ufffe\uffff]")
"""What XML has no place for, beside the control characters that ``plain`` shows as escapes."""
_LONGEST: Final = 1_000


class _Case(NamedTuple):
    """A test case and how it came out. ``suite`` is its document; empty for the whole audit."""

    suite: str
    group: str
    name: str
    result: Result
    kind: str = ""
    message: str = ""
    text: str = ""
    line: int | None = None


class JunitReport:
    """``--format junit``: errors and warnings fail; notes pass, since they need no
    answer. Waived findings are skipped, with the reason.
    """

    name = "junit"

    def render(self, report: Report, context: ReportContext) -> str:
        """A suite for the audit and one for each document that something is said of."""
        words = content.wording_of(report, context)
        cases = _named_apart(_cases(report, context, words))
        suites: dict[str, list[_Case]] = {"": []}
        for case in cases:
            suites.setdefault(case.suite, []).append(case)

        moment = context.made_at
        made_at = {"timestamp": in_utc(moment)} if moment else {}
        root = ElementTree.Element("testsuites", {"name": TOOL, **_counts(cases)})
        for name, group in suites.items():
            attributes = {"name": name or TOOL, **_counts(group), **made_at}
            suite = ElementTree.SubElement(root, "testsuite", attributes)
            if not name:
                _properties(suite, report, context, words)
            for case in group:
                _write(suite, case)
        ElementTree.indent(root)
        text = ElementTree.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _cases(report: Report, context: ReportContext, words: Wording) -> Iterator[_Case]:
    """What was not checked first, then the documents, then the entries."""
    say = words.say
    for reason in report.not_checked:
        text = content.missed(reason, words)
        name = say(f"could not be checked: {text}", f"点検できなかったもの：{text}")
        suite = path_of(reason.document or "")
        yield _case(suite, "", name, "error", "not-checked", text, text)
    if more := content.unlisted(report, words):
        name = say("findings that are not listed", "掲載していない指摘")
        yield _case("", "", name, "skipped", "", more)

    for document in report.documents:
        path = path_of(document.path)
        name = say(f"was read: {path}", f"読み取った文書：{path}")
        text = words.labelled(words.rows_name([document.form]), f"{document.sheets:,}")
        yield _case(path, "", name, "passed", text=text)

    failing = _failing(report)
    documents = {document.path for document in report.documents}
    for entry in entries(report):
        is_open = not (entry.in_baseline or entry.is_question)
        fails = is_open and entry.severity in failing
        case = _of_entry(entry, fails, documents, words)
        if change := change_of(entry, context, words):
            since = words.labelled(words.say("since last round", "前回から"), change)
            case = case._replace(text=f"{since}\n{case.text}")
        yield case
    since_then = context.since
    for cause, change in since_then.earlier if since_then is not None else ():
        yield _gone(cause, change, words)
    for item in report.waived:
        case = _of_entry(entry_of(item), False, documents, words)
        why = _shown(justification(item.waiver, words))
        yield case._replace(result="skipped", kind="", message=why)
    for text in unused_lines(report, words):
        yield _case("", "", words.labelled(UNUSED.of(words.lang), text), "skipped", "", text)


def _gone(cause: EarlierCause, change: Change, words: Wording) -> _Case:
    """The case of an earlier cause that today has no more: it passes where it is resolved."""
    message = cause.message.of(words.lang) if cause.message is not None else ""
    owner = owner_name(cause.sheet, cause.kpi, cause.document, words)
    name = words.listed([part for part in (" ".join([*cause.rules[:1], message]), owner) if part])
    word = words.word(change)
    name = words.labelled(word, name)
    result: Result = "passed" if change == "resolved" else "skipped"
    return _case(path_of(cause.document), cause.department, name, result, "", word, word)


def _failing(report: Report) -> frozenset[Severity]:
    """The severities whose test cases fail: those that need an answer, and all that make the exit
    code 1.
    """
    until = SEVERITIES.index("warning")
    if report.fail_on != "never":
        until = max(until, SEVERITIES.index(report.fail_on))
    return frozenset(SEVERITIES[: until + 1])


def _of_entry(entry: Entry, fails: bool, documents: set[str], words: Wording) -> _Case:
    main = entry.main
    path, line = location_of(main, documents)
    message = f"{severity_mark(entry, words)} {titled(main, words)}"
    sheet = words.sheet_of(main.sheet, main.document) if main.sheet else ""
    kpi = words.kpi(main.kpi.number, main.kpi.name) if main.kpi else ""
    year = words.year(main.year) if main.year else ""
    name = words.listed([part for part in (message, sheet, kpi, year) if part])
    return _case(
        path_of(path),
        main.department,
        name,
        "failure" if fails else "passed",
        entry.severity,
        message,
        "\n".join(cut(text, _LONGEST) for text in lines_of(entry, words)),
        line,
    )


def _case(
    suite: str,
    group: str,
    name: str,
    result: Result,
    kind: str = "",
    message: str = "",
    text: str = "",
    line: int | None = None,
) -> _Case:
    """A case whose texts XML can hold, each on one line but for the last."""
    # Programs take what stands before a dot for a package.
    owner = _shown(group or TOOL).replace(".", "．")
    lines = "\n".join(_shown(part) for part in text.split("\n"))
    return _Case(_shown(suite), owner, _shown(name), result, kind, _shown(message), lines, line)


def _shown(text: str) -> str:
    line = cut(text, _LONGEST)
    return _NO_CHARACTER.sub(lambda match: f"\\u{ord(match[0]):04x}", line).strip()


def _named_apart(cases: Iterable[_Case]) -> list[_Case]:
    """The cases with a number behind a name that was there before: of two with one name GitLab
    would show the last.
    """
    seen: Counter[tuple[str, str]] = Counter()
    apart: list[_Case] = []
    for case in cases:
        name = case.name
        while (case.group, name) in seen:
            seen[case.group, case.name] += 1
            name = f"{case.name} ({seen[case.group, case.name]})"
        seen[case.group, name] += 1
        apart.append(case._replace(name=name))
    return apart


def _counts(cases: Iterable[_Case]) -> dict[str, str]:
    results = Counter(case.result for case in cases)
    return {
        "tests": str(results.total()),
        "failures": str(results["failure"]),
        "errors": str(results["error"]),
        "skipped": str(results["skipped"]),
        "time": "0",
    }


def _properties(
    suite: ElementTree.Element, report: Report, context: ReportContext, words: Wording
) -> None:
    """What holds for the audit as a whole."""
    conclusion = content.conclusion(report, words, narrowed=bool(context.departments))
    texts = {
        "version": __version__,
        "exit_code": str(report.exit_code),
        "conclusion": conclusion,
        "narrowed": content.narrowed(context, words),
        "rules_left_out": content.left_out(report, context, words),
        "since": changes_result(context.since, words) if context.since is not None else "",
    }
    properties = ElementTree.SubElement(suite, "properties")
    for name, text in texts.items():
        if text:
            ElementTree.SubElement(properties, "property", {"name": name, "value": _shown(text)})


def _write(suite: ElementTree.Element, case: _Case) -> None:
    attributes = {"classname": case.group, "name": case.name, "time": "0"}
    if case.suite:
        attributes["file"] = case.suite
    if case.line is not None:
        attributes["line"] = str(case.line)
    element = ElementTree.SubElement(suite, "testcase", attributes)
    match case.result:
        case "passed":
            if case.text:
                ElementTree.SubElement(element, "system-out").text = case.text
        case "skipped":
            ElementTree.SubElement(element, "skipped", {"message": case.message})
        case "failure" | "error":
            outcome = {"type": case.kind, "message": case.message}
            ElementTree.SubElement(element, case.result, outcome).text = case.text
