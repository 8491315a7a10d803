"""One version of each sheet: of copies that came back and of files that were sent again.

A marked copy that says what its original does is passed over; one that was changed takes the place
of the sheets that it changed. Which of two other versions is meant, only the user can say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Final, NamedTuple

from auditor.comparison.contents import Content
from auditor.comparison.differences import Difference, differences
from auditor.files.own.copies import MarkedCopy
from auditor.readers.documents import unchanged_copy
from auditor.readers.source import ReadResult
from auditor.records.model import Kpi, NotChecked, PassedOver
from auditor.records.text import Why
from auditor.versions.files import File, Ident, Record, files_in, without
from auditor.versions.model import Resolved, ReturnedFile, ReturnedRecord
from auditor.versions.newer import newer_of, saved_at_path
from auditor.versions.pairing import Key, key_of, pairs_of_copy

__all__ = ["resolved"]

_MOST_NAMED: Final = 5
"""How many files or sheets a message names."""


def resolved(
    result: ReadResult,
    takes: Collection[str] = (),
    time_of: Callable[[str], datetime | None] = saved_at_path,
) -> Resolved:
    """One version of each sheet that was read.

    ``takes`` are the documents that are meant where there are several versions, by their names in
    the result; ``time_of`` gives when the document of such a name says that it was saved. Versions
    of which none is meant are left out, and reported as not checked.
    """
    versions = _Versions(result, takes, time_of)
    versions.pass_over_doubles()
    versions.take_returned()
    versions.part_rivals()
    return versions.resolved()


class _Claim(NamedTuple):
    """A changed record of a copy, which is to take the place of one of the original."""

    file: File
    record: Record
    differences: tuple[Difference, ...]


class _Versions:
    """The versions while they are told apart."""

    def __init__(
        self,
        result: ReadResult,
        takes: Collection[str],
        time_of: Callable[[str], datetime | None],
    ) -> None:
        self._result, self._takes, self._time_of = result, set(takes), time_of
        self._files = files_in(result.books, result.copies)
        self._not_checked = list(result.not_checked)
        self._passed_over = list(result.passed_over)
        self._gone: set[str] = set()
        self._returned: dict[str, ReturnedFile] = {}
        self._copies: list[File] = []
        """Copies that are audited though nobody knows their original."""
        self._same_as: dict[Ident, Ident] = {}
        """Records of copies in which nothing was changed, with those that they gave way to: such a
        copy may be the original of another one.
        """

    @property
    def _present(self) -> list[File]:
        """The documents that have records left."""
        files = (file for file in self._files.values() if file.path not in self._gone)
        return [file for file in files if file.active]

    def _pass_over(self, file: File, why: Why) -> None:
        self._gone.add(file.path)
        self._passed_over.append(PassedOver(document=file.path, why=why))

    def resolved(self) -> Resolved:
        """What came out."""
        for file in self._files.values():
            if not file.records or file.active or file.path in self._gone:
                continue
            reasons = {why.code: why for why in file.gone.values()}
            if "versions" in reasons:  # which is reported as not checked
                self._gone.add(file.path)
            else:
                # "Nothing was changed in it" is true of a copy only where it is of all its records.
                self._pass_over(file, min(reasons.values(), key=_is_of_unchanged))
        returned = (self._in_force(file) for file in self._returned.values())
        return Resolved(
            without(self._result.books, self._files, self._gone),
            tuple(self._not_checked),
            tuple(self._passed_over),
            tuple(file for file in returned if file is not None),
        )

    # — the same bytes —

    def pass_over_doubles(self) -> None:
        """Pass over files that are byte for byte the same as another one."""
        groups: defaultdict[str, list[File]] = defaultdict(list)
        for file in self._present:
            if file.sha256 is not None:
                groups[file.sha256].append(file)
        for group in groups.values():
            taken = next((file for file in group if file.path in self._takes), group[0])
            for file in group:
                if file is not taken:
                    why = Why(
                        code="same-file",
                        en=f"the same file as {taken.path}",
                        ja=f"「{taken.path}」と同じ内容のファイル",
                    )
                    self._pass_over(file, why)

    # — copies that came back —

    def take_returned(self) -> None:
        """Take changed copies as the new versions of their sheets; pass over the others."""
        claims: defaultdict[Ident, list[_Claim]] = defaultdict(list)
        by_digest = {file.sha256: file for file in self._present if file.sha256 is not None}
        copies = [file for file in self._present if file.copy_of is not None]
        for file in _originals_first(copies):
            assert file.copy_of is not None
            original = by_digest.get(file.copy_of.original)
            if original is None:
                self._take_orphan(file, file.copy_of)
            else:
                self._take_copy(file, file.copy_of, original, claims)
        for ident, rivals in claims.items():
            self._settle(ident, rivals)

    def _take_copy(
        self,
        file: File,
        copy_of: MarkedCopy,
        original: File,
        claims: Mapping[Ident, list[_Claim]],
    ) -> None:
        pairs = pairs_of_copy(file.active, original.records, copy_of)
        records: list[ReturnedRecord] = []
        for record, earlier in pairs.pairs:
            changes = _changes(earlier, record)
            ident = original.ident(earlier)
            ident = self._same_as.get(ident, ident)
            if changes or _is_otherwise(file, record, original, earlier, copy_of):
                claims[ident].append(_Claim(file, record, changes))
                records.append(_returned(record, earlier, changes))
            else:
                self._same_as[file.ident(record)] = ident
                file.leave([record], unchanged_copy(original.path))
        records += (_returned(record, None, ()) for record in pairs.added)
        if not records and not pairs.missing:
            self._pass_over(file, unchanged_copy(original.path))
            return
        self._returned[file.path] = ReturnedFile(
            document=file.path,
            original=original.path,
            records=tuple(records),
            missing=tuple(record.name for record in pairs.missing),
        )

    def _take_orphan(self, file: File, copy_of: MarkedCopy) -> None:
        """Take a copy whose original is not there. As far as nothing was changed, it gives way to
        any other version of its sheets.
        """
        is_changed = copy_of.state in ("changed", "unknown")
        if not is_changed:
            others: dict[Key, File] = {}
            for other in self._present:
                if other is not file:
                    others |= {key_of(record): other for record in other.active}
            for record in file.active:
                if (holder := others.get(key_of(record))) is not None:
                    file.leave([record], unchanged_copy(holder.path))
            if not file.active:
                return
        self._copies.append(file)
        self._returned[file.path] = ReturnedFile(
            document=file.path,
            is_changed=is_changed,
            records=tuple(_returned(record, None, ()) for record in file.active),
        )

    def _settle(self, ident: Ident, rivals: Sequence[_Claim]) -> None:
        """Let a record of an original give way to the copy that changed it. Copies that changed it
        to different ends exclude each other.
        """
        original = self._files[ident[0]]
        earlier = next(record for record in original.records if original.ident(record) == ident)
        chosen = [claim for claim in rivals if claim.file.path in self._takes]
        if original.path in self._takes and not chosen:
            for claim in rivals:
                claim.file.leave([claim.record], _given_way(original.path))
            return
        distinct = _distinct(chosen if len(chosen) == 1 else rivals)
        if len(distinct) == 1:
            taken = distinct[0]
            original.leave([earlier], _replaced(taken.file.path))
            for claim in rivals:
                if claim is not taken:
                    claim.file.leave([claim.record], _given_way(taken.file.path))
            return
        names = [claim.file.path for claim in distinct]
        why = self._rivals(names, 1)
        self._not_checked.append(NotChecked(document=names[0], why=why))
        for claim in rivals:
            claim.file.leave([claim.record], why)
        original.leave([earlier], why)

    def _in_force(self, returned: ReturnedFile) -> ReturnedFile | None:
        """A copy with those of its records that are audited; where other versions keep it out,
        with those that would be. None where another file took the place of all.
        """
        file = self._files[returned.document]
        active = {file.ident(record) for record in file.active}
        undecided = {ident for ident, why in file.gone.items() if why.code == "versions"}
        if not returned.records and returned.missing:
            return returned.model_copy(update={"is_changed": False})
        records = _with_ident(returned, active)
        if records:
            return returned.model_copy(update={"records": records})
        records = _with_ident(returned, undecided)
        if records and returned.original is not None:
            return returned.model_copy(update={"records": records, "is_audited": False})
        return None

    # — other versions —

    def part_rivals(self) -> None:
        """Take the versions that are meant, and leave out those of which none is."""
        groups: list[tuple[set[str], set[Key]]] = []
        for one, other in self._pairs_in_common():
            shared = _shared(one, other, self._copies)
            if not shared:
                continue
            names = {one.path, other.path}
            chosen = names & self._takes
            part, whole = (one, other) if len(one.active) < len(other.active) else (other, one)
            if not chosen and _says_the_same(part, whole):
                # Whichever is audited, nothing else is found.
                part.leave(part.active, _same_content(whole.path))
                continue
            if len(chosen) == 1:
                loser = other if one.path in chosen else one
                records = [record for record in loser.active if key_of(record) in shared]
                loser.leave(records, _given_way(next(iter(chosen))))
                continue
            together = [group for group in groups if group[0] & names]
            groups = [group for group in groups if not group[0] & names]
            for paths, keys in together:
                names |= paths
                shared |= keys
            groups.append((names, shared))
        for paths, keys in groups:
            self._leave_out([path for path in self._files if path in paths], keys)

    def _pairs_in_common(self) -> list[tuple[File, File]]:
        """The documents that have a record in common, in pairs, in their order."""
        holders: defaultdict[Key, list[int]] = defaultdict(list)
        present = self._present
        for number, file in enumerate(present):
            for key in dict.fromkeys(map(key_of, file.active)):
                holders[key].append(number)
        pairs = {pair for numbers in holders.values() for pair in combinations(numbers, 2)}
        return [(present[one], present[other]) for one, other in sorted(pairs)]

    def _leave_out(self, paths: Sequence[str], keys: Collection[Key]) -> None:
        files = [self._files[path] for path in paths]
        losers = {file: [r for r in file.active if key_of(r) in keys] for file in files}
        rivals = [file.path for file in files if losers[file]]
        if len(rivals) < 2:  # one of them was taken in place of the others
            return
        why = self._rivals(rivals, len(keys))
        self._not_checked.append(NotChecked(document=rivals[0], why=why))
        for file, records in losers.items():
            file.leave(records, why)

    def _rivals(self, names: Sequence[str], count: int) -> Why:
        """Why versions of some sheets are not checked."""
        newer = newer_of(names, self._time_of)
        shown = names[:_MOST_NAMED]
        more = len(names) - len(shown)
        shown_en = ", ".join(shown) + (f" and {more} more" if more else "")
        shown_ja = "".join(f"「{name}」" for name in shown) + (f"ほか{more}件" if more else "")
        sheets = "sheet" if count == 1 else "sheets"
        return Why(
            code="versions",
            en=f"these files are versions of the same {count} {sheets}, of which none was "
            f"checked: {shown_en}; {newer.en}; name the one that is meant with --take",
            ja=f"同じシート（{count}件）の別の版があるため、このシートは点検していません："
            f"{shown_ja}。{newer.ja}。点検する方を --take で指定してください",
        )


def _is_of_unchanged(why: Why) -> bool:
    return why.code == "unchanged-copy"


def _with_ident(returned: ReturnedFile, idents: Collection[Ident]) -> tuple[ReturnedRecord, ...]:
    """Those of the records of a copy that are among some."""
    return tuple(
        record
        for record in returned.records
        if (returned.document, record.is_kpi, record.number) in idents
    )


def _originals_first(copies: Sequence[File]) -> list[File]:
    """Copies of copies behind those that they were made of."""
    waiting, order = list(copies), list[File]()
    while waiting:
        digests = {file.sha256 for file in waiting}
        ready = [file for file in waiting if file.copy_of and file.copy_of.original not in digests]
        order += ready or waiting
        waiting = [file for file in waiting if file not in order]
    return order


def _returned(
    record: Record, earlier: Record | None, changes: tuple[Difference, ...]
) -> ReturnedRecord:
    return ReturnedRecord(
        is_kpi=isinstance(record, Kpi),
        number=record.number,
        earlier_number=None if earlier is None else earlier.number,
        name=record.name,
        department=record.department,
        place=record.place,
        differences=changes,
    )


def _is_otherwise(
    file: File, record: Record, original: File, earlier: Record, copy_of: MarkedCopy
) -> bool:
    """Whether something changed around a record that says the same: a cell that no field holds,
    or what the reader remarks, such as a formula.
    """
    place = earlier.place
    if place is not None and place.sheet in copy_of.changed:
        return True
    return file.remarks_on(record) != original.remarks_on(earlier)


def _changes(before: Record, after: Record) -> tuple[Difference, ...]:
    """What two versions say otherwise. What could be read of neither is no change."""
    return tuple(
        change
        for change in differences(before, after)
        if change.is_known or _state(change.before) != _state(change.after)
    )


def _state(content: Content | None) -> str:
    return "" if content is None else content.state


def _distinct(claims: Sequence[_Claim]) -> list[_Claim]:
    """The claims that do not say the same, each once."""
    distinct: list[_Claim] = []
    for claim in claims:
        if all(_changes(other.record, claim.record) for other in distinct):
            distinct.append(claim)
    return distinct


def _shared(one: File, other: File, orphans: Iterable[File]) -> set[Key]:
    """What two files are versions of: where each sheet of the one is in the other (of files
    without sheets, each indicator), all that they share; else nothing.
    """
    here, there = _keys(one), _keys(other)
    shared = set(here) & set(there)
    if not shared:
        return set()
    of_copy = one in orphans or other in orphans
    if of_copy or _is_within(here, there) or _is_within(there, here):
        return shared
    return set()


def _says_the_same(part: File, whole: File) -> bool:
    """Whether all records of a file are in another, and say the same there."""
    by_key = {key_of(record): record for record in whole.active}
    for record in part.active:
        partner = by_key.pop(key_of(record), None)
        if partner is None or _changes(partner, record):
            return False
        if part.remarks_on(record) != whole.remarks_on(partner):
            return False
    return True


def _keys(file: File) -> Counter[Key]:
    return Counter(map(key_of, file.active))


def _is_within(part: Counter[Key], whole: Counter[Key]) -> bool:
    sheets = {key: count for key, count in part.items() if _is_sheet(key)} or part
    return all(whole[key] >= count for key, count in sheets.items())


def _is_sheet(key: Key) -> bool:
    return key[0] == "sheet"


def _replaced(path: str) -> Why:
    return Why(
        code="replaced",
        en=f"replaced by the corrected copy {path}",
        ja=f"訂正済みの返却ファイル「{path}」に差し替え",
    )


def _same_content(path: str) -> Why:
    return Why(
        code="same-content",
        en=f"the same figures and texts as in {path}",
        ja=f"「{path}」と数値・文章が同じ",
    )


def _given_way(path: str) -> Why:
    return Why(code="other-version", en=f"audited as it is in {path}", ja=f"「{path}」の版で点検")
