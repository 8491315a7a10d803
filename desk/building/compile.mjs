// Compiles Python's sources with the very Python that will run them: Pyodide's, in node.
// Arguments: the folder of the npm package, the compiler (Python), and the list of work (JSON).
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

// Without the columns of each instruction the code is a quarter smaller when packed; nobody reads a
// traceback in the page.
const [folder, compiler, work] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: folder, env: { PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1" } });
python.FS.mkdirTree("/host");
python.FS.mount(python.FS.filesystems.NODEFS, { root: "/" }, "/host");
python.globals.set("work", readFileSync(work, "utf-8"));
python.runPython(readFileSync(compiler, "utf-8"));
