"""``auditor forms``: lists the forms, shows what one reads, and tries one on documents."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    context_of,
    deliver,
    print_missed,
)
from auditor.cli.documents import add_extent_options, arguments_for, missed_in, read_books
from auditor.cli.output import Refused
from auditor.cli.session import add_plugin_option, form_named, session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.forms.model import Form

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json")


def add_arguments(parser: Parser) -> None:
    parser.optional_operands(
        "words",
        en="nothing: list the forms; 'show FORM…': what they read; 'check FORM [BOOK…]': whether "
        "a form, or a file of one, can be used, and what it reads of documents",
        ja="指定なし：様式の一覧。「show 様式…」：様式の内容。「check 様式 [文書…]」："
        "様式（またはそのファイル）が使えるか、文書から何を読み取れるか",
        metavar=("show|check", "show|check"),
    )
    add_extent_options(parser)
    add_plugin_option(parser)
    add_output_options(parser, lambda: _FORMATS)


def run(arguments: Namespace) -> int:
    check_format(arguments.format, _FORMATS)
    words: list[str] = arguments.words
    match words:
        case []:
            return _list(arguments)
        case ["show", name, *more]:
            return _show(arguments, [name, *more])
        case ["check", form, *documents]:
            return _check(arguments, form, documents)
        case ["show"]:
            raise Refused(
                "name a form: auditor forms show FORM",
                "様式の名前を指定してください：auditor forms show 様式",
            )
        case ["check"]:
            raise Refused(
                "name a form, or a file of one: auditor forms check FORM BOOK",
                "様式の名前かファイルを指定してください：auditor forms check 様式 文書",
            )
        case _:
            raise Refused(
                f"forms has no part {words[0]!r}; it has show and check",
                f"forms に「{words[0]}」はありません。使えるのは show と check です",
            )


def _sources(session: Session) -> dict[str, str]:
    """The plugin that brought each form, in use or in the catalogue."""
    sources: dict[str, str] = {}
    for origin in reversed(session.origins):  # the first that brought a form stays in use
        sources |= dict.fromkeys((*origin.catalogue, *origin.forms), origin.plugin)
    return sources


def _list(arguments: Namespace) -> int:
    from auditor.reports.form_pages import form_list

    in_use = session_of(arguments)
    session = session_of(arguments, in_use.catalogue)
    catalogue = {name: form for name, form in session.forms.items() if name not in in_use.forms}
    sources = _sources(in_use)
    if arguments.format == "json":
        text = _data(session, {**in_use.forms, **catalogue}, sources)
    else:
        context = context_of(arguments, session, session.rules)
        text = form_list(in_use.forms, catalogue, sources, context)
    deliver(arguments, text)
    return print_missed(session.problems, arguments)


def _show(arguments: Namespace, names: Sequence[str]) -> int:
    from auditor.reports.form_pages import form_page

    session = session_of(arguments, names)
    forms = {name: form_named(name, session, arguments) for name in names}
    if arguments.format == "json":
        text = _data(session, forms, _sources(session))
    else:
        context, files = context_of(arguments, session, session.rules), session.form_files
        text = "\n".join(
            form_page(form, str(files.get(name, "")), context) for name, form in forms.items()
        )
    deliver(arguments, text)
    return print_missed(session.problems, arguments)


def _data(session: Session, forms: Mapping[str, Form], sources: Mapping[str, str]) -> str:
    """Forms as JSON."""
    from auditor.reports.form_pages import form_data
    from auditor.reports.json_report import dumped

    return dumped(
        [
            form_data(
                form,
                sources.get(name, ""),
                str(session.form_files.get(name, "")),
                in_use=name not in session.catalogue,
            )
            for name, form in forms.items()
        ]
    )


def _check(arguments: Namespace, name: str, documents: Sequence[str]) -> int:
    """The exit code is 2 where the form can't be used or something could not be read."""
    from auditor.reports.form_trials import trial_data, trial_text, trials_of

    session, form = _loaded(arguments, name)
    if form is None:
        return print_missed(session.problems, arguments)
    reading = arguments_for(
        documents, arguments, form=form.name, table=form.table is not None, jobs=1, take=[]
    )
    books, not_checked = read_books(session, reading) if documents else ((), ())
    not_checked = (*not_checked, *missed_in(books))
    trials = [*chain.from_iterable(trials_of(book, form) for book in books)]
    if arguments.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(trial_data(form, trials, not_checked))
    else:
        context = context_of(arguments, session, session.rules, books)
        faulty = bool(session.problems)
        text = trial_text(form, trials, not_checked, context, faulty=faulty)
    deliver(arguments, text, documents)
    problems = print_missed(session.problems, arguments)
    return 2 if not_checked else problems


def _loaded(arguments: Namespace, name: str) -> tuple[Session, Form | None]:
    """The session with a form, which is named or whose file is, and the form; None where that
    can't be used. Raises Refused where there is no such form or file.
    """
    path = Path(name)
    if path.suffix != ".toml":
        session = session_of(arguments, [name])
        return session, form_named(name, session, arguments)
    if not path.is_file():
        raise Refused(f"there is no file {name}", f"{name} というファイルはありません")
    session = session_of(arguments)
    if not _is_among(path, session):
        arguments.plugin = [*arguments.plugin, name]
        session = session_of(arguments)
    names = [name for name, of in session.form_files.items() if of.resolve() == path.resolve()]
    if not names and not session.problems:
        raise Refused(f"{name} holds no form", f"{name} に様式がありません")
    return session, session.forms[names[0]] if names else None


def _is_among(path: Path, session: Session) -> bool:
    return any(file.resolve() == path.resolve() for file in session.form_files.values())
