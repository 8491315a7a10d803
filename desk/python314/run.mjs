// Runs a script in Pyodide's Python, in node. Arguments: the folder of the npm package, the script,
// and what it works on (a file of JSON). This machine's files lie below /host there.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, script, work] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: folder,
  env: { CI: "true", HOME: "/tmp", HYPOTHESIS_PROFILE: process.env.HYPOTHESIS_PROFILE ?? "glance", PYTHONHASHSEED: "0" },
});
python.FS.mkdirTree("/host");
python.FS.mount(python.FS.filesystems.NODEFS, { root: "/" }, "/host");
python.globals.set("work", readFileSync(work, "utf-8"));
python.runPython(readFileSync(script, "utf-8"));
process.exit(python.globals.get("code"));
