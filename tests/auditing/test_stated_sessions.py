"""What comes of plugins, in full: forms, rules, readers, formats, where each is from, and every
problem in both languages.

A pack of one rule, one form, one reader and one format stands for the shipped ones.
``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import pytest

from auditor.auditing import session
from auditor.auditing.plugins import hookimpl
from auditor.auditing.session import Session, load, load_with
from auditor.records.model import NotChecked
from auditor.rules.loading import load_rule_file
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule, RuleError
from tests.suspects.recorded import Stored

STORED: Final = Stored("sessions", Path(__file__).parent / "answers")
Files = dict[str, str]
MOST_ITEMS: Final = session._MOST_ITEMS


def rule(code: str, name: str = "", formula: str = "fiscal_year > 0", more: str = "") -> str:
    texts = "\n".join(f'{key} = {{ en = "t", ja = "題" }}' for key in ("title", "why", "action"))
    return (
        f'code = "{code}"\nname = "{name or "rule-" + code.lower()}"\nseverity = "note"\n'
        f'each = "sheet"\nformula = \'{formula}\'\nsince = "1"\n{more}\n{texts}\n'
    )


def form(name: str, more: str = "") -> str:
    return f"""name = "{name}"
title = {{ ja = "様式", en = "form" }}
unit = "円"
units = {{ "円" = 1 }}
{more}
[[columns]]
offset = 0
kind = "settled"
[fields.total_cost]
label = "事業費"
"""


HEAD: Final = "from pathlib import Path\nimport auditor\nHERE = Path(__file__).parent\n"


def hook(name: str, body: str, arguments: str = "") -> str:
    return f"@auditor.hookimpl\ndef auditor_{name}({arguments}):\n    {body}\n"


def gives(name: str, body: str, before: str = "") -> Files:
    """A plugin whose hook gives something."""
    return {"p.py": f"{HEAD}{before}\n{hook(name, 'return ' + body)}"}


def classes(**bodies: str) -> str:
    parts = (f"class {name}:\n    {body}\n" for name, body in bodies.items())
    return "\n".join(parts)


OWN_RULE: Final = (
    "name = 'own'\n"
    "    def accepts(self, source, form): return False\n"
    "    def read(self, source, form): raise NotImplementedError"
)
OF_RECORDS: Final = (
    "name = 'own-records'\n"
    "    def accepts_records(self, source): return False\n"
    "    def read_records(self, source, forms, form=None): raise NotImplementedError"
)
A_FORMAT: Final = "name = 'own-format'\n    def render(self, report, context): return ''"
WHOLE: Final = "\n".join(
    (
        HEAD,
        classes(Own=OWN_RULE, Records=OF_RECORDS, Format=A_FORMAT),
        "def claims(text): return []",
        hook("rules", "return [HERE / 'rules', str(HERE / 'ABD001.toml')]"),
        hook("forms", "return (path for path in [HERE / 'forms'])"),
        hook("catalogue", "return [HERE / 'catalogue']"),
        hook("readers", "return [Own(), Records()]"),
        hook("claims", "return [claims, lambda text: []]"),
        hook("reports", "return [Format()]"),
    )
)
MESSAGE: Final = "raise ValueError('the words of the fault')"

LOADING: Final[dict[str, tuple[Files, tuple[str, ...]]]] = {
    # — what is brought —
    "nothing beside the pack": ({}, ()),
    "a plugin with all hooks": (
        {
            "p.py": WHOLE,
            "rules/ABC002.toml": rule("ABC002"),
            "rules/deep/ABC001.toml": rule("ABC001", more='forms = ["small"]'),
            "ABD001.toml": rule("ABD001", more='forms = ["second", "small", "second"]'),
            "forms/second.toml": form("second"),
            "forms/third.toml": form("third"),
            "catalogue/b.toml": form("b"),
            "catalogue/a.toml": "no form at all",
        },
        ("p.py",),
    ),
    "a rule by its path": ({"ABC001.toml": rule("ABC001")}, ("ABC001.toml",)),
    "a rule and a form by a path each": (
        {"ABC001.toml": rule("ABC001"), "own.toml": form("own"), "other.toml": form("other")},
        ("ABC001.toml", "own.toml", "other.toml"),
    ),
    "a rule that says what it is for beside a form": (
        {"ABC001.toml": rule("ABC001", more='forms = ["small"]'), "own.toml": form("own")},
        ("ABC001.toml", "own.toml"),
    ),
    "a folder of rules and forms": (
        {
            "own/x.toml": rule("ABC002"),
            "own/in/y.toml": rule("ABC001"),
            "own/z.toml": form("own"),
        },
        ("own",),
    ),
    "one plugin by two names": (
        {"ABC001.toml": rule("ABC001")},
        ("ABC001.toml", "ABC001.toml", "./ABC001.toml"),
    ),
    "rules that stand in the file of a form": (
        {
            "own.toml": form("own")
            + """
[[rules]]
each = "year"
code = "OWN001"
title = "t"
formula = "total_cost > 0"
[[rules]]
each = "year"
code = "OWN002"
title = "t"
formula = "total_cots > 0"
[[rules]]
each = "year"
code = "OWN003"
title = "t"
formula = "total_cost >= 0"
"""
        },
        ("own.toml",),
    ),
    # — files that are wrong, beside others —
    "wrong rules beside good ones": (
        {
            "own/a.toml": rule("SML900"),
            "own/b.toml": rule("AB001"),
            "own/c.toml": rule("ABC001"),
            "own/d.toml": rule("ABC001", "again"),
            "own/e.toml": rule("ABC003", formula="fiscal_yaer > 0"),
            "own/f.toml": rule("ABC004", more='forms = ["smal"]'),
            "own/g.toml": rule("ABC005", more='forms = ["nowhere"]'),
            "own/h.toml": "code = ",
            "own/i.toml": rule("ABC006", more='retired = ["ABC001"]'),
            "own/j.toml": rule("ABC007"),
            "own/k.toml": rule("A001"),
            "own/l.py": f"{HEAD}raise ValueError('of a rule')\n",
        },
        ("own",),
    ),
    "forms that are wrong or there already": (
        {
            "own/a.toml": form("small"),
            "own/b.toml": form("own"),
            "own/c.toml": form("own"),
            "own/d.toml": form("bad").replace("offset = 0", 'offset = "x"'),
            "own/e.toml": form("last"),
        },
        ("own",),
    ),
    "a form that looks up what there is not": (
        {
            "own.toml": form("own")
            + '[lookups.master]\nform = "smal"\non = { fiscal_yaer = "fiscal_year" }\n'
        },
        ("own.toml",),
    ),
    "a form that states severities": (
        {
            "a.toml": form("own", 'severities = { SML001 = "error" }'),
            "b.toml": form("bad", 'severities = { SML002 = "error" }'),
        },
        ("a.toml", "b.toml"),
    ),
    "a catalogue with names that are taken": (
        {
            **gives("catalogue", "[HERE / 'one', HERE / 'two', HERE / 'three']"),
            "one/spare.toml": form("spare"),
            "one/other.toml": form("other"),
            "two/other.toml": form("other"),
            "two/third.toml": form("third"),
            "three/text.txt": "",
        },
        ("p.py",),
    ),
    "a folder without a form": (
        {
            **gives("forms", "[HERE / 'none', HERE / 'own.toml']"),
            "own.toml": form("own"),
            "none/a": "",
        },
        ("p.py",),
    ),
    "a folder without a rule": (
        {**gives("rules", "[HERE / 'none', HERE / 'r']"), "r/a.toml": rule("ABC001"), "none/a": ""},
        ("p.py",),
    ),
    "a path without anything": ({**gives("rules", "[HERE / 'nowhere.toml']")}, ("p.py",)),
    # — hooks —
    "a hook that is nearly one": (
        {
            "p.py": HEAD + hook("rule", "return []") + hook("rules", "return [HERE / 'a.toml']"),
            "a.toml": rule("ABC001"),
        },
        ("p.py",),
    ),
    "a hook that is like none": ({"p.py": HEAD + hook("xyzzy", "return []")}, ("p.py",)),
    "two hooks that are none": (
        {"p.py": HEAD + hook("redaers", "return []") + hook("qqq", "return []")},
        ("p.py",),
    ),
    "a hook by another name": (
        {
            "p.py": HEAD
            + "@auditor.hookimpl(specname='auditor_rules')\ndef mine():\n    return ['a.toml']\n"
            + "@auditor.hookimpl(specname='auditor_ruels')\ndef more():\n    return []\n",
            "a.toml": rule("ABC001"),
        },
        ("p.py",),
    ),
    "functions without the mark": (
        {
            "p.py": HEAD
            + "def auditor_rules():\n    return []\n\nauditor_forms = lambda: []\nauditor_x = 3\n"
        },
        ("p.py",),
    ),
    "a function without the mark beside one with it": (
        {
            "p.py": HEAD
            + "def auditor_forms():\n    return []\n\n"
            + hook("rules", "return ['a.toml']"),
            "a.toml": rule("ABC001"),
        },
        ("p.py",),
    ),
    "a hook of code without a file": (
        {"p.py": HEAD + "exec('@auditor.hookimpl\\ndef auditor_rule(): return []')"},
        ("p.py",),
    ),
    "hooks with arguments": (
        {"p.py": HEAD + hook("rules", "return []", "form") + hook("forms", "return []", "a, *b")},
        ("p.py",),
    ),
    "no hook": ({"p.py": HEAD + "x = 1\n"}, ("p.py",)),
    "one hook gives None": (
        {"p.py": HEAD + hook("rules", "pass") + hook("forms", "return []")},
        ("p.py",),
    ),
    **{
        f"a hook gives {body}": (gives("rules", body), ("p.py",))
        for body in (
            "'rules'",
            "HERE / 'rules'",
            "{'a': 1}",
            "3",
            "2.5",
            "object()",
            "Path",
            "len",
            "[]",
            "'a\\x07b'",
        )
    },
    "a hook gives as many items as it may": (
        {
            **gives("rules", "['a.toml'] * 19 + ['b.toml']"),
            "a.toml": rule("ABC001"),
            "b.toml": rule("ABC002"),
        },
        ("p.py",),
    ),
    "a hook gives one item too many": (gives("rules", "['a.toml'] * 21"), ("p.py",)),
    "items that are no paths": (
        {
            **gives(
                "rules",
                "[3, None, b'x', Path, object(), True, len, 'a.toml', Like(), '\\x07']",
                "class Like:\n    def __fspath__(self): return 'b.toml'\n",
            ),
            "a.toml": rule("ABC001"),
            "b.toml": rule("ABC002"),
        },
        ("p.py",),
    ),
    # — readers and formats —
    "readers whose names are taken": (
        gives(
            "readers",
            "[Own(), Own(), Small(), Records()]",
            classes(Own=OWN_RULE, Small=OWN_RULE.replace("own", "small"), Records=OF_RECORDS),
        ),
        ("p.py",),
    ),
    "readers that are none": (
        gives(
            "readers",
            "[Own, object(), None, 3, 'text', Half(), Near(), Records(), NoText(), Few(), Many(), "
            "Any(), OfRecords()]",
            classes(
                Own=OWN_RULE,
                Half="name = 'half'\n    def read(self, source, form): pass",
                Near="name = 'near'\n    def accept(self, source, form): pass\n"
                "    def reads(self, source, form): pass",
                Records="name = 'r'\n    def read_records(self, source, forms, form=None): pass",
                NoText=OWN_RULE.replace("'own'", "3"),
                Few=OWN_RULE.replace("(self, source, form): return", "(self, source): return"),
                Many=OWN_RULE.replace("(self, source, form): raise", "(self, a, b, c): raise"),
                Any="name = 'any'\n    def accepts(self, *all): pass\n"
                "    def read(self, source, form, more=0): pass",
                OfRecords=OF_RECORDS.replace("forms, form=None", "forms"),
            ),
        ),
        ("p.py",),
    ),
    "formats that are none": (
        gives(
            "reports",
            "[Format, object(), NoText(), Taken(), Near(), Few(), Format(), Format()]",
            classes(
                Format=A_FORMAT,
                NoText=A_FORMAT.replace("'own-format'", "None"),
                Taken=A_FORMAT.replace("own-format", "plain"),
                Near="name = 'near'\n    def renders(self, report, context): pass",
                Few=A_FORMAT.replace("report, context", "report"),
            ),
        ),
        ("p.py",),
    ),
    "a method that does not tell its arguments": (
        gives("reports", "[F()]", classes(F="name = 'f'\n    render = max")),
        ("p.py",),
    ),
    "readers of claims": (
        gives(
            "claims",
            "[one, two, none, Class, 3, None, max, Called(), lambda a, b=1: [], 'read']",
            "def one(text): pass\ndef two(text, more): pass\ndef none(): pass\n"
            "class Class:\n    def __init__(self, text): pass\n"
            "class Called:\n    def __call__(self, text): pass\n",
        ),
        ("p.py",),
    ),
    # — what fails —
    "a fault on import": ({"p.py": HEAD + MESSAGE + "\n"}, ("p.py",)),
    "a fault in a hook": (
        {"p.py": HEAD + hook("rules", MESSAGE) + hook("forms", "return [1 / 0]")},
        ("p.py",),
    ),
    "an iterator that fails": (
        {
            "p.py": HEAD
            + hook("rules", "yield 'a.toml'\n    raise ValueError('half way')")
            + hook("catalogue", "return []"),
            "a.toml": rule("ABC001"),
        },
        ("p.py",),
    ),
    "no Python": ({"p.py": "def\n"}, ("p.py",)),
    "the program is ended": ({"p.py": "raise SystemExit(3)\n"}, ("p.py",)),
    "an interrupt that nobody made": ({"p.py": "raise KeyboardInterrupt\n"}, ("p.py",)),
    "a fault of the program's own kind": (
        {
            "p.py": "from auditor.records.errors import AuditorError\n"
            "raise AuditorError('in English', '日本語')\n"
        },
        ("p.py",),
    ),
    "a fault without a place": ({"p.py": "import no_such_module_of_tests\n"}, ("p.py",)),
    "an import that a plugin refuses": (
        {"p.py": HEAD + "raise ImportError('it needs a newer one')\n"},
        ("p.py",),
    ),
    "names of nothing": ({}, ("no_such_module_of_tests", "", "..", "no/such.py", "a..b")),
    "a plugin that is not there, and one that is": (
        {"ABC001.toml": rule("ABC001")},
        ("no_such_module_of_tests", "ABC001.toml"),
    ),
}


# --- the pack


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the run, with a small pack in place of the shipped ones, and no plugin
    installed.
    """
    folder, here = tmp_path / "pack", tmp_path / "here"
    here.mkdir()
    written(
        folder,
        {
            "SML001.toml": rule("SML001", "of-the-pack"),
            "small.toml": form("small", 'domain = "of-small"'),
            "spare.toml": form("spare"),
        },
    )
    module = ModuleType("small_pack")
    module.__file__ = str(folder / "__init__.py")
    parts: dict[str, Callable[[], Iterable[Any]]] = {
        "auditor_rules": lambda: [folder / "SML001.toml"],
        "auditor_forms": lambda: [folder / "small.toml"],
        "auditor_catalogue": lambda: [folder / "spare.toml"],
        "auditor_readers": lambda: [Small()],
        "auditor_reports": lambda: [Plain()],
    }
    for name, function in parts.items():
        setattr(module, name, hookimpl(specname=name)(function))
    monkeypatch.setitem(sys.modules, "small_pack", module)
    monkeypatch.setattr(session, "SHIPPED", ("small_pack",))
    monkeypatch.setattr(session, "entry_points", lambda group: [])
    monkeypatch.setattr(session, "_MOST_ITEMS", 20)
    monkeypatch.setattr(session, "load", load.__wrapped__)
    monkeypatch.chdir(here)
    return here


class Small:
    name = "small"

    def accepts(self, *_: object) -> bool:
        return False

    def read(self, *_: object) -> Any:
        raise NotImplementedError


class Plain:
    name = "plain"

    def render(self, *_: object) -> str:
        return ""


def written(folder: Path, files: Files) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def loaded(*plugins: str) -> Session:
    return load.__wrapped__(plugins)


# --- what came of them, in words


def plainly(text: object, folder: Path) -> str:
    """A text with the paths of the run from its folder, as they are written everywhere."""
    plain = str(text).replace(str(folder.parent), "…").replace("\\", "/")
    return plain.replace("WindowsPath", "PosixPath")


def in_words(there: Session, folder: Path) -> dict[str, Any]:
    """A session as it is stored: paths from the folder of the run."""

    def plain(text: object) -> str:
        return plainly(text, folder)

    return {
        "forms": {name: plain(there.form_files[name]) for name in there.forms},
        "rules": [
            {
                "code": rule.code,
                "source": plain(rule.source),
                "plugin": plain(rule.plugin),
                "forms": list(rule.forms),
                "path": plain(rule.path),
            }
            for rule in there.rules
        ],
        "readers": [reader.name for reader in there.readers],
        "claims": [plain(reader.plugin) for reader in there.claim_readers],
        "reports": list(there.reports),
        "origins": [
            {key: value for key, value in _of_origin(origin, plain).items() if value}
            for origin in there.origins
        ],
        "problems": [
            [problem.why.code, *map(plain, (problem.why.en, problem.why.ja, *problem.excerpt))]
            for problem in there.problems
        ],
        "forms of paths": list(there.forms_of_paths),
        "catalogue": {name: plain(path) for name, path in there.catalogue.items()},
    }


def _of_origin(origin: session.Origin, plain: Callable[[object], str]) -> dict[str, Any]:
    parts = origin._asdict()
    return parts | {"plugin": plain(origin.plugin), "source": plain(origin.source)}


@pytest.mark.parametrize("case", LOADING)
def test_what_comes_of_plugins(case: str, pack: Path) -> None:
    files, plugins = LOADING[case]
    written(pack, files)
    there = loaded(*plugins)
    assert all(
        problem == NotChecked(why=problem.why, excerpt=problem.excerpt)
        for problem in there.problems
    )
    STORED.compare(case, in_words(there, pack))


@pytest.mark.parametrize(("number", "is_taken"), [(10_000, True), (10_001, False)])
def test_a_hook_may_give_ten_thousand_items(
    number: int, is_taken: bool, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_MOST_ITEMS", MOST_ITEMS)
    written(pack, gives("claims", f"[one] * {number}", "def one(text): pass\n"))
    there = loaded("p.py")
    assert len(there.claim_readers) == (number if is_taken else 0)
    assert [problem.why.en for problem in there.problems] == (
        [] if is_taken else ["plugin p.py: auditor_claims gives more than 10,000 items"]
    )


# --- installed plugins


def entry(name: str, value: str, brings: object, dist: object = None) -> Any:
    return SimpleNamespace(name=name, value=value, load=lambda: brings, dist=dist)


def test_installed_plugins_come_by_their_names(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(pack, {"ABC001.toml": rule("ABC001"), "ABC002.toml": rule("ABC002")})

    def bringing(code: str) -> ModuleType:
        module = ModuleType(code)
        vars(module)["auditor_rules"] = hookimpl(specname="auditor_rules")(lambda: [f"{code}.toml"])
        return module

    second = bringing("ABC002")
    entries = [
        entry("later", "b.module", second, SimpleNamespace(name="dist", version="1.2")),
        EntryPoint("gone", "no_such_module_of_tests", "sheet_auditor"),
        entry("early", "b", bringing("ABC001")),
        entry("early", "a", second),
    ]
    groups: list[str] = []

    def entry_points(group: str) -> list[Any]:
        groups.append(group)
        return entries

    monkeypatch.setattr(session, "entry_points", entry_points)
    there = loaded()
    assert groups == ["sheet_auditor"]
    assert [(item.plugin, item.source, item.rules) for item in there.origins[1:]] == [
        ("early", "a", ("ABC002",)),
        ("early", "b", ("ABC001",)),
    ]
    STORED.compare("installed", in_words(there, pack))
    entries[3:] = []
    assert [(item.plugin, item.source) for item in loaded("ABC001.toml").origins[1:]] == [
        ("early", "b"),
        ("later", "dist 1.2"),
        ("ABC001.toml", "ABC001.toml"),
    ]


def test_only_a_user_interrupts(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(pack, {"p.py": "raise KeyboardInterrupt\n"})
    monkeypatch.setattr(session, "_is_interrupt", lambda fault: type(fault) is KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        loaded("p.py")


def test_a_module_is_imported_by_its_name(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(pack, {"lib/of_the_test_of_sessions.py": HEAD + hook("forms", "return []")})
    monkeypatch.syspath_prepend(str(pack / "lib"))
    there = loaded("of_the_test_of_sessions", "..", str(pack))
    sys.modules.pop("of_the_test_of_sessions")
    STORED.compare("by name", in_words(there, pack))
    module = ModuleType("of_no_file_of_tests")
    module.__spec__ = SimpleNamespace(origin="built-in")  # type: ignore[assignment]
    vars(module)["auditor_rules"] = hookimpl(specname="auditor_rules")(lambda: iter(()))
    monkeypatch.setitem(sys.modules, "of_no_file_of_tests", module)
    assert loaded("of_no_file_of_tests").origins[-1].source == "of_no_file_of_tests"


# --- forms of the catalogue


@pytest.mark.parametrize(
    ("names", "forms", "plugins"),
    [
        ((), ["small"], []),
        ((None, "small", "nowhere"), ["small"], []),
        (("spare",), ["small", "spare"], ["spare"]),
        (("spare", None, "spare"), ["small", "spare"], ["spare"]),
        (("more", "spare"), ["small", "more", "spare"], ["more", "spare"]),
    ],
)
@pytest.mark.parametrize("has_plugin", [False, True])
def test_a_form_of_the_catalogue_is_in_use_where_it_is_named(
    names: tuple[str | None, ...],
    forms: list[str],
    plugins: list[str],
    has_plugin: bool,
    pack: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written(pack, {**gives("catalogue", "[HERE / 'more.toml']"), "more.toml": form("more")})
    calls: list[tuple[Any, ...]] = []

    def noting(*arguments: Any) -> Session:
        calls.append(arguments)
        return load.__wrapped__(*arguments)

    monkeypatch.setattr(session, "load", noting)
    there = load_with(names, ("p.py",)) if has_plugin else load_with(names)
    if not has_plugin and "more" in plugins:
        forms, plugins = ["small", "spare"], ["spare"]
    assert list(there.forms) == forms
    before = [("p.py",)] if has_plugin else []
    assert [origin.plugin for origin in there.origins] == [
        "small_pack",
        *(name for (name,) in before),
        *(str(there.catalogue[name]) for name in plugins),
    ]
    assert calls[0] == ((("p.py",),) if has_plugin else ())
    assert len(calls) == (2 if plugins else 1)
    # One that is in use already by another way is no other plugin.
    again = load_with(["spare"], (str(there.catalogue["spare"]),))
    assert [origin.plugin for origin in again.origins][1:] == [str(there.catalogue["spare"])]


# --- a rule that comes by a path of its own


def one_rule(path: str) -> Rule:
    (item,) = load_rule_file(Path(path), vocabulary([]))
    return item


@pytest.mark.parametrize("has_form", [False, True])
def test_a_rule_by_its_own_path_is_for_what_a_plugin_of_the_run_would_be(
    has_form: bool, pack: Path
) -> None:
    written(
        pack,
        {
            "ABC001.toml": rule("ABC001"),
            "ABC002.toml": rule("ABC002", more='forms = ["small"]'),
            "SML001.toml": rule("SML001"),
            "own.toml": form("own"),
        },
    )
    there = loaded(*(["own.toml"] if has_form else []))
    usual = one_rule("ABC001.toml").forms
    assert usual
    assert there.placed(one_rule("ABC001.toml")).forms == (("own",) if has_form else usual)
    assert there.placed(one_rule("ABC002.toml")).forms == ("small",)
    assert there.placed(one_rule("SML001.toml")).forms == usual
    in_use = loaded("ABC001.toml", "own.toml")
    assert in_use.placed(one_rule("ABC001.toml")).forms == ("own",)
    assert in_use.placed(one_rule("SML001.toml")).forms == usual


NEW: Final[dict[str, tuple[str, str]]] = {
    "ABC001.toml": (rule("ABC001"), ""),
    "same.toml": (rule("ABC009"), "ABC009 is taken by (ABC009.toml)"),
    "family.toml": (rule("SML002"), "the prefix SML is the shipped rules' own"),
    "short.toml": (rule("AB001"), "a plugin's prefix has three or more letters"),
    "form.toml": (rule("ABC003", more='forms = ["nowhere"]'), "there is no form or domain nowhere"),
    "domain.toml": (rule("ABC003", more='forms = ["of-small"]'), ""),
    "code.toml": (rule("ABC009", "another"), "ABC009 is taken"),
    "name.toml": (rule("ABD009", "rule-abc009"), "rule-abc009 is taken by ABC009"),
    "shipped.toml": (rule("ABD009", "of-the-pack"), "of-the-pack is taken by SML001"),
    "ABC009.toml": (rule("ABC009"), ""),
    "./ABC009.toml": (rule("ABC009"), ""),
}


@pytest.mark.parametrize("name", NEW)
def test_a_rule_by_its_own_path_may_be_what_a_plugins_may_be(name: str, pack: Path) -> None:
    written(pack, {"ABC009.toml": rule("ABC009")})
    text, fault = NEW[name]
    written(pack, {name: text})
    there = loaded("ABC009.toml")
    before = dict(there.rules.by_code)
    item = one_rule(name)
    if fault:
        with pytest.raises(RuleError) as raised:
            there.check_new(item)
        message = raised.value.message
        assert fault in message.en
        words = {"en": plainly(message.en, pack), "ja": plainly(message.ja, pack)}
        STORED.compare(f"new: {name}", words)
    else:
        there.check_new(item)
    assert dict(there.rules.by_code) == before


def test_no_answer_is_stored_that_no_case_has() -> None:
    new = [f"new: {name}" for name, (_, fault) in NEW.items() if fault]
    STORED.cases_are([*LOADING, "installed", "by name", *new])
