// The desk as the page uses it: two workers, reader and judge, and what the page knows of itself.

import { checks } from "./checks.js";
import { LastingLine } from "./lasting_line.js";
import { packedBytes, sha256, unpacked } from "./payload.js";
import { WorkerLine } from "./worker_line.js";

const MIB = 1024 * 1024;
/** What Python may use in each worker; two workers and the page stay below 1 GB. */
const MEMORY = { reader: 448 * MIB, judge: 352 * MIB };

function workerAddress(archive) {
  const bytes = archive.file("boot/worker.js");
  if (typeof bytes.toBase64 === "function") {
    return `data:text/javascript;base64,${bytes.toBase64()}`;
  }
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(archive.text("boot/worker.js"))}`;
}

/**
 * Starts everything at once and returns at once: calls wait in line until their worker is up.
 * See worker_line.js for `call` and `restart`.
 */
export function openDesk() {
  const facts = JSON.parse(document.getElementById("about").textContent);
  const packed = packedBytes();
  const hash = sha256(packed);
  const archive = unpacked(packed);
  const address = archive.then(workerAddress);

  async function make(role) {
    const { bytes } = await archive;
    // A worker from a data: address is the only one that may be a module in a page from a file.
    const worker = new Worker(await address, { type: "module", name: role });
    return { worker, start: { role, bytes, memory: MEMORY[role] } };
  }

  const reader = new WorkerLine(() => make("reader"));
  const judge = new LastingLine(() => make("judge"));
  reader.mayEnd = true;
  return {
    reader,
    judge,
    ready: Promise.all([reader.ready, judge.ready]).then(([about]) => about),
    checks: checks(facts, hash, archive),
    about: facts,
    /** The invented documents to try the page with: [{name, data}]. */
    sample: async () => {
      const files = [...(await archive).below("sample/")];
      return files.map(([name, data]) => ({ name, data }));
    },
    parts: archive.then((contents) => JSON.parse(contents.text("parts.json"))),
  };
}
