"""Records of two books are paired, and never guessed between two."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from auditor.comparison.contents import Spot, contents
from auditor.comparison.differences import differences
from auditor.comparison.pairs import Pairing, pair_kpis, pair_sheets
from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Kpi, Sheet
from auditor.testing.strategies import consistent_books

BOOKS = consistent_books(sheets=(0, 5), kpis=(0, 3))


def column(year: int, *values: int) -> FiscalYear:
    names = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
    figures = [
        Figure(value=Decimal(value), state="number", printed=f"{value:,}", unit="千円")
        for value in values
    ]
    return FiscalYear(
        year=year, kind="settled", funding=FrozenDict(zip(names, figures, strict=False))
    )


def sheet(
    name: str, *values: int, department: str = "総務課", stages: tuple[str, ...] = ()
) -> Sheet:
    years = {"2024": column(2024, *values)} if values else {}
    return Sheet(
        name=name,
        department=department,
        budget_stages=stages,
        fiscal_year=2024,
        years=FrozenDict(years),
    )


def named(pairing: Pairing[Sheet]) -> list[tuple[str, str, str]]:
    return [(pair.record.name, pair.earlier.name, pair.how) for pair in pairing.pairs]


def names_alone(book: Book) -> set[int]:
    """The sheets whose name, stages and department no other has."""
    keys = [(item.name, frozenset(item.budget_stages), item.department) for item in book.sheets]
    return {at for at, key in enumerate(keys) if keys.count(key) == 1}


@given(BOOKS, st.randoms())
def test_a_book_is_paired_with_itself_in_any_order(
    drawn: tuple[Form, Book], random: Random
) -> None:
    _, book = drawn
    shuffled = list(book.sheets)
    random.shuffle(shuffled)
    pairing = pair_sheets(book.sheets, shuffled)
    for pair in pairing.pairs:
        assert pair.record is pair.earlier or pair.how == "columns"
    paired = {id(pair.record) for pair in pairing.pairs}
    assert paired >= {id(book.sheets[at]) for at in names_alone(book)}


@given(BOOKS, BOOKS)
def test_each_record_is_in_one_list(drawn: tuple[Form, Book], other: tuple[Form, Book]) -> None:
    book, earlier = drawn[1], other[1]
    pairing = pair_sheets(book.sheets, earlier.sheets)
    records = [
        *(pair.record for pair in pairing.pairs),
        *pairing.unpaired,
        *(item.record for item in pairing.undecided),
    ]
    assert sorted(map(id, records)) == sorted(map(id, book.sheets))
    partners = [id(pair.earlier) for pair in pairing.pairs]
    assert len(set(partners)) == len(partners)
    others = {*partners, *map(id, pairing.unpaired_earlier)}
    for item in pairing.undecided:
        others.update(map(id, item.candidates))
    assert others == set(map(id, earlier.sheets))


def test_names_come_first_whatever_the_figures_say() -> None:
    pairing = pair_sheets(
        [sheet("道路維持事業", 1, 2, 3)],
        [sheet("道路維持事業", 7, 8, 9), sheet("橋りょう事業", 1, 2, 3)],
    )
    assert named(pairing) == [("道路維持事業", "道路維持事業", "name")]
    assert [item.name for item in pairing.unpaired_earlier] == ["橋りょう事業"]


def test_a_renamed_department_is_the_same() -> None:
    before = sheet("広報事業", department="秘書広報課")
    pairing = pair_sheets(
        [sheet("広報事業", department="広報 課")], [before], renamed={"秘書広報課": "広報課"}
    )
    assert named(pairing) == [("広報事業", "広報事業", "name")]


def test_a_project_spelt_otherwise_is_found_by_its_figures_too() -> None:
    pairing = pair_sheets(
        [sheet("こども医療費助成事業", 10, 20, 30)], [sheet("子ども医療費助成事業", 10, 20, 30)]
    )
    assert named(pairing) == [("こども医療費助成事業", "子ども医療費助成事業", "spelling")]


def test_figures_that_disagree_part_names_that_are_alike() -> None:
    pairing = pair_sheets(
        [sheet("こども医療費助成事業", 10, 20, 30)], [sheet("子ども医療費助成事業", 11, 21, 30)]
    )
    assert not pairing.pairs


def test_numbers_in_names_part_them() -> None:
    pairing = pair_sheets(
        [sheet("第２期市営住宅大規模改修整備事業", 10, 20, 31)],
        [sheet("第１期市営住宅大規模改修整備事業", 10, 20, 30)],
    )
    assert not pairing.pairs


def test_another_stage_is_another_sheet() -> None:
    pairing = pair_sheets(
        [sheet("除雪事業", stages=("12月補正",))], [sheet("除雪事業", stages=("当初",))]
    )
    assert not pairing.pairs


def test_figures_alone_make_a_pair() -> None:
    pairing = pair_sheets(
        [sheet("移住定住促進事業", 100, 250, 380)],
        [sheet("関係人口創出事業", 100, 250, 380), sheet("水産振興事業", 5, 6, 7)],
    )
    assert named(pairing) == [("移住定住促進事業", "関係人口創出事業", "columns")]


def test_of_two_none_is_guessed() -> None:
    twins = [sheet("敬老事業", 10, 20, 30), sheet("敬老事業", 10, 20, 30)]
    pairing = pair_sheets([sheet("敬老事業", 10, 20, 30)], twins)
    assert not pairing.pairs
    assert [item.candidates for item in pairing.undecided] == [tuple(twins)]
    assert not pairing.unpaired_earlier


def test_figures_decide_between_two_of_one_name() -> None:
    right = sheet("敬老事業", 10, 20, 30)
    pairing = pair_sheets([sheet("敬老事業", 10, 20, 30)], [sheet("敬老事業", 1, 2, 3), right])
    assert [pair.earlier for pair in pairing.pairs] == [right]


def test_what_the_user_says_comes_before_all() -> None:
    today, before = sheet("広報事業", 1, 2, 3), sheet("広聴相談事業", 4, 5, 6)
    pairing = pair_sheets([today], [sheet("広報事業", 1, 2, 3), before], given=[(today, before)])
    assert named(pairing) == [("広報事業", "広聴相談事業", "given")]


@given(BOOKS)
def test_indicators_are_paired_by_project_and_name(drawn: tuple[Form, Book]) -> None:
    kpis = drawn[1].kpis
    names = [(kpi.project, kpi.name) for kpi in kpis]
    pairing = pair_kpis(kpis, kpis)
    alone = [kpi for kpi in kpis if names.count((kpi.project, kpi.name)) == 1]
    paired = {id(pair.record): pair for pair in pairing.pairs}
    assert all(paired[id(kpi)].earlier is kpi for kpi in alone)


@given(BOOKS)
def test_a_record_does_not_differ_from_itself(drawn: tuple[Form, Book]) -> None:
    records: list[Sheet | Kpi] = [*drawn[1].sheets, *drawn[1].kpis]
    for record in records:
        unread = [item for item in contents(record).values() if item.state == "unread"]
        assert len(differences(record, record)) == len(unread)


@given(BOOKS, st.data())
def test_one_figure_is_one_difference(drawn: tuple[Form, Book], data: st.DataObject) -> None:
    book = drawn[1]
    spots = [
        (record, name, key, figure)
        for record in book.sheets
        for name, key, figure in record.every_figure()
    ]
    spots = [spot for spot in spots if spot[3].state == "number" and spot[2] is None]
    if not spots:
        return
    record, name, _, figure = data.draw(st.sampled_from(spots))
    assert figure.value is not None
    other = figure.model_copy(update={"value": figure.value + 1, "printed": "x"})
    field = (
        {name: other}
        if name in Sheet.model_fields
        else {"figures": FrozenDict({**record.figures, name: other})}
    )
    (difference,) = differences(record, record.model_copy(update=field))
    assert Spot(difference.field, difference.year) == Spot(name)
    assert difference.is_known and difference.before is not None and difference.after is not None
    assert difference.before.value == figure.value and difference.after.value == figure.value + 1


def test_width_and_line_breaks_are_no_difference() -> None:
    before = sheet("広報事業").model_copy(update={"achieved": "全１０回、\n延べ 120人"})
    after = before.model_copy(update={"achieved": "全10回、延べ１２０人"})
    assert differences(before, after) == ()
    (difference,) = differences(before, before.model_copy(update={"achieved": "全11回、延べ120人"}))
    assert difference.field == "achieved"


def test_a_column_that_the_other_lacks_has_no_other_side() -> None:
    difference, *_ = differences(sheet("広報事業"), sheet("広報事業", 1))
    assert difference.before is None and difference.after is not None
    assert (difference.field, difference.year) == ("funding.grants", "2024")


def test_what_was_not_read_is_not_known_to_differ() -> None:
    before = sheet("広報事業", 1)
    unread = before.years["2024"].model_copy(
        update={"funding": FrozenDict({"grants": Figure(state="unread", unit="千円")})}
    )
    after = before.model_copy(update={"years": FrozenDict({"2024": unread})})
    (difference,) = differences(before, after)
    assert not difference.is_known
