// One worker: it starts Python with one service, reader or judge, and answers the page's calls one
// after the other. The build puts Pyodide's loader before this text.

import { Archive } from "../archive.js";
import { fetchFrom, writeFiles } from "./files.js";

let service = null;
/** Starts Python; answers what runs, and how long each step took (ms). */
async function start({ role, bytes, memory }) {
  const began = performance.now();
  const archive = new Archive(bytes);
  globalThis.deskMemory = memory;
  globalThis.fetch = fetchFrom(archive);
  const python = await loadPyodide({
    createPyodideModule,
    indexURL: "https://desk.invalid/",
    lockFileContents: JSON.parse(archive.text("boot/lock.json")),
    // Python's own modules lie unpacked in their folder; Pyodide looks for an archive of them alone.
    env: {
      PYTHONPATH: "/lib/python3.14",
      PYTHONHASHSEED: "0",
      PYDANTIC_DISABLE_PLUGINS: "__all__",
      // To the browser's console, for whoever looks for a fault; the page never shows it.
      AUDITOR_TRACEBACK: "1",
    },
    fsInit: async (FS) => writeFiles(FS, archive),
    stdout: () => {},
    stderr: (line) => console.warn(line),
  });
  const loaded = performance.now();
  service = python.pyimport("desk_worker").Service(role);
  const about = JSON.parse(service.about());
  return { ...about, steps: { python: loaded - began, service: performance.now() - loaded } };
}

function answer({ id, name, arguments: given, data }) {
  const progress = (done, total) => postMessage({ id, progress: [done, total] });
  const reply = service.call(name, JSON.stringify(given), data ?? undefined, progress);
  const [result, bytes, error] = reply.toJs();
  reply.destroy();
  if (error !== undefined && error !== null) {
    postMessage({ id, error: JSON.parse(error) });
    return;
  }
  const output = bytes ?? null;
  const message = { id, result: JSON.parse(result), data: output };
  postMessage(message, output === null ? [] : [output.buffer]);
}

onmessage = async ({ data: message }) => {
  try {
    if (message.start) {
      postMessage({ started: await start(message.start) });
    } else {
      answer(message);
    }
  } catch (error) {
    // What arrives here is no refusal of a document: Python itself came down. The page ends us.
    const memory = error instanceof RangeError || /memory|bad_alloc/iu.test(String(error?.message));
    const why = `${error?.name} ${error?.errno ?? ""} ${error?.stack ?? error}`;
    postMessage({ broken: memory ? "memory" : "died", why: why.slice(0, 4000) });
  }
};
