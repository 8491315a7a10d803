"""What explains the findings of sheets: slips of blocks, what follows from a wrong figure, what
readers know of cells, words.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, product

import pytest

import auditor
from auditor.auditing.judged_rows import JudgedFinding
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Evaluation, Kpi, Remark, RemarkCell, Sheet
from auditor.suspects.explanation import Explanation
from auditor.suspects.locating import locate
from auditor.testing import book
from benchmarks.blocks import (
    KINDS,
    Fault,
    cells_of,
    explanations,
    fault,
    names_its_cells,
    with_values,
)

SEEDS = range(12)
ONE = Decimal(1)


def judged(whole: Book) -> list[JudgedFinding]:
    return explanations(whole)[0]


@lru_cache(maxsize=512)
def faults(kind: str) -> list[tuple[Fault, list[JudgedFinding], list[Explanation]]]:
    """Books with a slip of a kind that the rules see."""
    cases: list[tuple[Fault, list[JudgedFinding], list[Explanation]]] = []
    for seed in SEEDS:
        slip = fault(kind, seed)
        if slip is not None:
            findings, several = explanations(slip.book)
            if any(item.finding.severity == "error" for item in findings):
                cases.append((slip, findings, several))
    return cases


def main_of(several: list[Explanation]) -> Explanation:
    return max(several, key=lambda explanation: len(explanation.contradictions))


@pytest.mark.parametrize("kind", KINDS)
def test_shares_and_none_of_these_are_one_and_nothing_is_certain(kind: str) -> None:
    for _, findings, several in faults(kind):
        numbers = [number for one in several for number in one.contradictions]
        assert len(numbers) == len(set(numbers))
        assert set(numbers) <= set(range(len(findings)))
        for explanation in several:
            shares = [suspect.share for suspect in explanation.suspects]
            assert sum(shares) + explanation.none_of_these == ONE
            assert max(shares) < ONE
            assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("kind", KINDS)
def test_an_explanation_corrected_settles_its_findings_and_breaks_nothing(kind: str) -> None:
    for slip, findings, several in faults(kind):
        before = {item.finding.id for item in findings}
        for explanation in several:
            for suspect in explanation.suspects[:2]:
                cells = [
                    cell for cell in suspect.cells if cell.corrected is not None or cell.emptied
                ]
                if not cells or len(cells) < len(suspect.cells):
                    continue  # of some cells it is not known what they should say
                changes = {(cell.field, cell.year): cell.corrected for cell in cells}
                assert set(changes) <= set(cells_of(slip.sheet))
                corrected = with_values(slip.sheet, changes)
                sheets = tuple(
                    corrected if sheet == slip.sheet else sheet for sheet in slip.book.sheets
                )
                after = judged(slip.book.model_copy(update={"sheets": sheets}))
                settled = {findings[number].finding.id for number in explanation.contradictions}
                places = {(item.finding.rule, item.finding.year) for item in after}
                for number in explanation.contradictions:
                    finding = findings[number].finding
                    assert (finding.rule, finding.year) not in places, (kind, settled)
                new = [item for item in after if item.finding.id not in before]
                assert all(item.finding.severity != "error" for item in new), (kind, new)


LEAST = {
    "columns exchanged": 0.9,
    "sources of two columns exchanged": 0.8,
    "column in another unit": 0.6,
    "column copied": 0.5,
    "copied from another sheet": 0.5,
    "last year's value": 0.75,
    "figures exchanged": 0.6,
    "population with what follows": 0.95,
}


@pytest.mark.parametrize("kind", LEAST)
def test_a_slip_of_a_block_is_the_first_suspect(kind: str) -> None:
    cases = faults(kind)
    assert len(cases) >= 5
    hits = 0
    for slip, _, several in cases:
        first = main_of(several).suspects[0]
        hits += names_its_cells(first, slip)
    assert hits >= LEAST[kind] * len(cases)


def test_what_is_said_to_be_likely_is_right() -> None:
    said = right = 0
    for kind in KINDS:
        for slip, _, several in faults(kind):
            for explanation in several:
                first = explanation.suspects[0]
                if first.share >= Decimal("0.9"):
                    said += 1
                    right += {(cell.field, cell.year) for cell in first.cells} <= set(slip.truth)
    assert said >= 40
    assert right >= 0.9 * said


def test_a_value_that_was_never_entered_is_a_candidate_with_what_is_missing() -> None:
    named = 0
    cases = faults("never entered")
    for slip, _, several in cases:
        ((key, value),) = slip.truth.items()
        named += any(
            (cell.field, cell.year, cell.corrected) == (*key, value)
            for explanation in several
            for suspect in explanation.suspects
            for cell in suspect.cells
        )
    assert named >= 0.7 * len(cases)


# --- exchanges in any formula


def test_an_exchange_is_found_without_a_third_cell() -> None:
    positive = ["x > 0", "y > 0", "z > 0"]
    found = locate({"x": 1, "y": 2, "z": 1}, ["x + y == z", *positive])
    swapped = [suspect for suspect in found if suspect.slip.code == "cells-swapped"]
    assert [(cell.field, cell.corrected) for cell in swapped[0].cells] == [("y", 1), ("z", 2)]


@pytest.mark.parametrize(("total", "grant", "rate"), [(3_749_029, 10_426_264, "0.36")])
def test_a_total_and_a_grant_exchanged_under_a_rate_come_first(
    total: int, grant: int, rate: str
) -> None:
    found = locate(
        {"total": total, "grant": grant, "rate": rate},
        ["rate == grant / total", "grant <= total"],
        rounding={"rate": "half_up"},
    )
    assert found[0].slip.code == "cells-swapped"
    assert set(found[0].fields) == {"total", "grant"}
    assert found[0].share > Decimal("0.5")


def test_an_inequality_names_both_sides_and_claims_nothing() -> None:
    for values in ({"spent": 64, "budget": 51}, {"spent": 120, "budget": 12}):
        found = locate(values, ["spent <= budget"])
        assert {suspect.fields for suspect in found} == {("spent",), ("budget",)}
        assert all(suspect.share < Decimal("0.5") for suspect in found)
        assert all(cell.corrected is None for suspect in found for cell in suspect.cells)
    # It is no surer where one side is tied to other figures.
    tied = locate(
        {"spent": 64, "budget": 51, "a": 50, "b": 1}, ["spent <= budget", "budget == a + b"]
    )
    assert {suspect.fields for suspect in tied} == {("spent",), ("budget",)}
    assert all(suspect.share < Decimal("0.5") for suspect in tied)


def test_bonds_typed_one_row_down_are_named_with_the_row_they_stand_in() -> None:
    """Only the burden per capita tells: the sum of the sources is as it was."""
    cases = 0
    for seed in range(40):
        clean = book(sheets=6, seed=seed, kpis=0)
        for sheet in clean.sheets:
            column = str(sheet.fiscal_year)
            bonds, beside = ("funding.local_bonds", column), ("funding.fees", column)
            cells = cells_of(sheet)
            burden = cells.get(("bond_burden_per_capita", None))
            if bonds not in cells or beside not in cells or burden is None:
                continue
            value = cells[bonds].value
            if not value or cells[beside].value or (burden.value or 0) < 10:
                continue
            cases += 1
            wrong = with_values(sheet, {bonds: None, beside: value})
            sheets = tuple(wrong if other is sheet else other for other in clean.sheets)
            _, several = explanations(clean.model_copy(update={"sheets": sheets}))
            first = main_of(several).suspects[0]
            assert first.slip.code == "one-row-off"
            assert {(cell.field, cell.year): cell.corrected for cell in first.cells} == {
                bonds: value,
                beside: None,
            }
    assert cases >= 5


AMOUNTS = ("total_cost", "staff_cost", "funding.")


def test_a_column_in_yen_that_only_its_staff_cost_shows_is_one_slip() -> None:
    clean = book(sheets=8, seed=6, kpis=0)
    cases = 0
    for sheet in clean.sheets:
        column = str(sheet.fiscal_year - 1)
        amounts = {
            key: figure.value * 1000
            for key, figure in cells_of(sheet).items()
            if key[1] == column and key[0].startswith(AMOUNTS) and figure.value
        }
        if len(amounts) < 4 or ("staff_cost", column) not in amounts:
            continue
        _, several = explanations(with_sheet(clean, sheet, amounts))
        first = main_of(several).suspects[0]
        assert first.slip.code == "column-unit"
        assert {(cell.field, cell.year): cell.corrected for cell in first.cells} == {
            key: value / 1000 for key, value in amounts.items()
        }
        only = {key: value for key, value in amounts.items() if key[0] == "staff_cost"}
        _, several = explanations(with_sheet(clean, sheet, only))
        assert main_of(several).suspects[0].slip.code != "column-unit"
        cases += 1
    assert cases >= 3


def test_a_row_copied_from_the_one_above_is_one_slip() -> None:
    clean = book(sheets=120, seed=8, kpis=0)
    sources = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
    cases = 0
    for sheet, (upper, lower) in product(clean.sheets, pairwise(sources)):
        cells = cells_of(sheet)
        pairs = {
            (f"funding.{lower}", column): (
                cells[f"funding.{upper}", column].value,
                cells[f"funding.{lower}", column].value,
            )
            for column in sheet.years
        }
        if any(not both[0] or not both[1] or both[0] == both[1] for both in pairs.values()):
            continue
        changed = with_sheet(clean, sheet, {key: both[0] for key, both in pairs.items()})
        _, several = explanations(changed)
        assert len(several) == 1
        assert several[0].suspects[0].slip.code == "row-copied"
        # Which of the two rows is the copy, only a rate can tell.
        assert {key: both[1] for key, both in pairs.items()} in [
            {(cell.field, cell.year): cell.corrected for cell in suspect.cells}
            for suspect in several[0].suspects[:2]
        ]
        cases += 1
    assert cases >= 3


def with_sheet(
    clean: Book, sheet: Sheet, changes: Mapping[tuple[str, str | None], Decimal | None]
) -> Book:
    wrong = with_values(sheet, dict(changes))
    sheets = tuple(wrong if one is sheet else one for one in clean.sheets)
    return clean.model_copy(update={"sheets": sheets})


def test_locate_and_the_audit_answer_the_same() -> None:
    """On a total that lacks a part, without anything else that tells."""
    whole, sheet, column, _, _ = sum_without_a_part()
    _, several = explanations(whole)
    year = sheet.years[column]
    names = {name.removeprefix("funding."): name for name, _ in year.figure_items()}
    values = {
        name: figure.value
        for name in names
        if (figure := year.figure(names[name])) and figure.value is not None
    }
    parts = [name for name in values if names[name].startswith("funding.")]
    found = locate(values, [f"total_cost == {' + '.join(parts)}"])
    first = main_of(several).suspects[0]
    assert [cell.field.removeprefix("funding.") for cell in first.cells] == list(found[0].fields)
    assert first.slip == found[0].slip
    assert [cell.corrected for cell in first.cells] == [cell.corrected for cell in found[0].cells]


# --- what readers know of cells


def sum_without_a_part() -> tuple[Book, Sheet, str, Decimal, Decimal]:
    """A book of which one sheet's total lacks a source, with the total that it should be."""
    clean = book(sheets=6, seed=4, kpis=0)
    for sheet in clean.sheets:
        for column, year in sheet.years.items():
            parts = [figure.value for figure in year.funding.values() if figure.value]
            if len(parts) >= 2 and year.total_cost and year.total_cost.value:
                total = year.total_cost.value
                wrong = with_values(sheet, {("total_cost", column): total - parts[0]})
                sheets = tuple(wrong if one is sheet else one for one in clean.sheets)
                return clean.model_copy(update={"sheets": sheets}), wrong, column, total, parts[0]
    raise AssertionError("the generated book has no such sheet")


def remarked(whole: Book, remark: Remark) -> Book:
    (document,) = whole.documents
    document = document.model_copy(update={"remarks": (remark,)})
    return whole.model_copy(update={"documents": (document,)})


@pytest.mark.parametrize("evidence", ["text", "left_out", "stale", "typed_over"])
def test_a_result_that_a_reader_knows_to_be_wrong_is_the_answer(evidence: str) -> None:
    whole, sheet, column, total, _ = sum_without_a_part()
    field = "funding.fees" if evidence == "text" else "total_cost"
    result = RemarkCell(sheet=sheet.number, field="total_cost", year=column, recomputed=total)
    remark = Remark(
        rule="XLS001",
        sheet=sheet.number,
        field=field,
        year=column,
        evidence=evidence,  # type: ignore[arg-type]
        recomputed=None if evidence == "text" else total,
        cells=(result,) if evidence == "text" else (),
    )
    _, several = explanations(remarked(whole, remark))
    first = main_of(several).suspects[0]
    assert (first.cells[0].field, first.cells[0].corrected) == ("total_cost", total)
    assert first.share >= Decimal("0.9")
    codes = {
        "text": "text-not-added",
        "left_out": "left-out-of-sum",
        "stale": "not-recalculated",
        "typed_over": "typed-over",
    }
    assert first.slip.code == codes[evidence]


def test_evidence_on_another_sheet_says_nothing() -> None:
    whole, sheet, column, total, _ = sum_without_a_part()
    remark = Remark(
        rule="XLS002",
        sheet=sheet.number + 1,
        field="total_cost",
        year=column,
        evidence="left_out",
        recomputed=total,
    )
    _, several = explanations(remarked(whole, remark))
    _, without = explanations(whole)
    assert several == without


def test_what_is_typed_over_or_uncertain_is_likelier_wrong() -> None:
    whole, sheet, column, _, _ = sum_without_a_part()

    def share_of_total(evidence: str | None) -> Decimal:
        changed = whole
        if evidence is not None:
            remark = Remark(
                rule="XLS003",
                sheet=sheet.number,
                field="total_cost",
                year=column,
                evidence=evidence,  # type: ignore[arg-type]
            )
            changed = remarked(whole, remark)
        _, several = explanations(changed)
        return sum(
            (
                suspect.share
                for suspect in main_of(several).suspects
                if suspect.cells[0].field == "total_cost"
            ),
            Decimal(0),
        )

    plain, uncertain, typed_over = map(share_of_total, (None, "uncertain", "typed_over"))
    assert plain < uncertain < typed_over


def test_a_book_of_many_sheets_is_never_the_first_suspect() -> None:
    for slip, _, several in faults("population with what follows"):
        assert len(slip.book.sheets) >= 10
        assert main_of(several).suspects[0].cells[0].field == "population"


# --- words


def test_a_word_that_contradicts_a_word_may_be_the_one_to_correct() -> None:
    clean = book(sheets=4, seed=2, kpis=0)
    sheet = next(sheet for sheet in clean.sheets if len(sheet.evaluations) >= 2)
    first, second, *_ = sorted(sheet.evaluations)
    words: Mapping[str, Evaluation] = {
        **sheet.evaluations,
        first: sheet.evaluations[first].model_copy(
            update={"result": "終了", "meaning": "end", "reason": None, "reason_code": None}
        ),
        second: sheet.evaluations[second].model_copy(
            update={"result": "拡充", "meaning": "expand", "reason": None, "reason_code": None}
        ),
    }
    changed = sheet.model_copy(update={"evaluations": FrozenDict(words)})
    sheets = tuple(changed if one is sheet else one for one in clean.sheets)
    findings, several = explanations(clean.model_copy(update={"sheets": sheets}))
    number = next(at for at, item in enumerate(findings) if item.finding.rule == "EVL001")
    (explanation,) = [one for one in several if number in one.contradictions]
    cells = {
        (cell.field, cell.year, cell.word, cell.fits)
        for suspect in explanation.suspects
        for cell in suspect.cells
    }
    assert ("evaluations.result", first, "終了", "継続維持") in cells
    assert all(cell.corrected is None for one in explanation.suspects for cell in one.cells)


def test_two_findings_of_a_sheet_never_give_rival_answers() -> None:
    """A lost sign breaks the sum; that the evaluation goes against the budget is another matter."""
    cases = hits = 0
    for seed in range(120):
        clean = book(sheets=8, seed=seed, kpis=0)
        for sheet in clean.sheets:
            column = str(sheet.fiscal_year + 1)
            before, after = (sheet.years.get(str(sheet.fiscal_year + at)) for at in (0, 1))
            block = sheet.evaluations.get(str(sheet.fiscal_year - 1))
            if before is None or after is None or block is None or not block.result:
                continue
            revenue = after.funding.get("general_revenue")
            totals = [year.total_cost and year.total_cost.value for year in (before, after)]
            if None in totals or 0 in totals or totals[0] == totals[1]:
                continue
            if revenue is None or not revenue.value or revenue.value > -100:
                continue
            if sum(bool(figure.value) for figure in after.funding.values()) < 3:
                continue  # of two sources, total and source may as well be exchanged
            against = ("縮小", "reduce") if totals[1] > totals[0] else ("拡充", "expand")  # type: ignore[operator]
            words = {"result": against[0], "meaning": against[1]}
            evaluations = {**sheet.evaluations, str(block.year): block.model_copy(update=words)}
            changed = with_values(sheet, {("funding.general_revenue", column): -revenue.value})
            changed = changed.model_copy(update={"evaluations": FrozenDict(evaluations)})
            sheets = tuple(changed if other is sheet else other for other in clean.sheets)
            findings, several = explanations(clean.model_copy(update={"sheets": sheets}))
            rules = [item.finding.rule for item in findings]
            if "EVL005" not in rules or "FND001" not in rules:
                continue
            cases += 1
            of_sum = next(each for each in several if rules.index("FND001") in each.contradictions)
            of_word = next(each for each in several if rules.index("EVL005") in each.contradictions)
            truth = [(("funding.general_revenue", column), revenue.value)]
            cells = of_sum.suspects[0].cells
            hits += [((cell.field, cell.year), cell.corrected) for cell in cells] == truth
            if of_word is of_sum:
                continue  # correcting the sum settles both
            assert all(cell.corrected is None for one in of_word.suspects for cell in one.cells)
            assert all(one.share < Decimal("0.5") for one in of_word.suspects)
    assert cases >= 3
    assert hits >= 0.75 * cases


def test_a_declared_achievement_that_contradicts_the_figures_is_a_suspect() -> None:
    clean = book(sheets=0, seed=5, kpis=6)
    kpi = next(kpi for kpi in clean.kpis if kpi.declared_achieved is not None)
    other = {"achieved": "missed", "missed": "achieved"}[kpi.declared_achieved or ""]
    wrong: Kpi = kpi.model_copy(update={"declared_achieved": other})
    kpis = tuple(wrong if one is kpi else one for one in clean.kpis)
    findings, several = explanations(clean.model_copy(update={"kpis": kpis}))
    number = next(at for at, item in enumerate(findings) if item.finding.rule == "KPI001")
    (explanation,) = [one for one in several if number in one.contradictions]
    words = [cell for suspect in explanation.suspects for cell in suspect.cells if cell.word]
    assert (words[0].field, words[0].word, words[0].fits) == (
        "declared_achieved",
        other,
        kpi.declared_achieved,
    )


def test_a_clean_book_has_nothing_to_explain() -> None:
    clean = book(sheets=6, seed=8, kpis=2)
    assert all(one.severity == "note" for one in auditor.audit(clean).findings)
    assert explanations(clean) == ([], [])


def test_findings_about_one_word_have_one_cause() -> None:
    """What was ended is evaluated again, and budgeted: the word explains both."""
    cases = 0
    for seed in range(30):
        clean = book(sheets=6, seed=seed, kpis=0)
        for sheet in clean.sheets:
            if len(sheet.evaluations) < 2:
                continue
            first, second, *_ = sorted(sheet.evaluations)
            blocks = {
                key: block.model_copy(
                    update={"result": word, "meaning": meaning, "reason": None, "reason_code": None}
                )
                for key, word, meaning in ((first, "終了", "end"), (second, "継続維持", "continue"))
                if (block := sheet.evaluations[key])
            }
            changed = sheet.model_copy(
                update={"evaluations": FrozenDict({**sheet.evaluations, **blocks})}
            )
            sheets = tuple(changed if one is sheet else one for one in clean.sheets)
            findings, several = explanations(clean.model_copy(update={"sheets": sheets}))
            rules = [item.finding.rule for item in findings]
            if not {"EVL001", "EVL003"} <= set(rules):
                continue
            cases += 1
            about = {number for number, rule in enumerate(rules) if rule in ("EVL001", "EVL003")}
            [explanation] = [one for one in several if about & set(one.contradictions)]
            assert about <= set(explanation.contradictions)
            [cell] = explanation.suspects[0].cells
            assert (cell.field, cell.year, cell.word) == ("evaluations.result", first, "終了")
            break
    assert cases >= 3


def test_a_copied_column_is_one_entry_with_what_looks_at_it() -> None:
    for _, findings, several in faults("column copied"):
        copied = [number for number, item in enumerate(findings) if item.finding.rule == "BOK005"]
        main = main_of(several)
        if main.suspects[0].slip.code == "column-copied":
            assert set(copied) <= set(main.contradictions)
