// The desk as the page uses it: two workers, reader and judge, and what the page knows of itself.

import { checks } from "./checks.js";
import { ending } from "./errors.js";
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

// What damage makes unreadable does not keep the page from saying so.
function orElse(read, other) {
  try {
    return read();
  } catch {
    return other;
  }
}

/**
 * Starts everything at once and returns at once: calls wait in line until their worker is up.
 * See worker_line.js for `call` and `restart`.
 */
export function openDesk() {
  const facts = orElse(() => JSON.parse(document.getElementById("about").textContent), {});
  const packed = orElse(packedBytes, new Uint8Array());
  const hash = sha256(packed);
  // Nothing of damaged contents is unpacked or started.
  const archive = hash.then((digest) => {
    if (digest !== facts.contents) throw ending("damaged");
    return unpacked(packed);
  });
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
  const ready = Promise.all([reader.ready, judge.ready]).then(([about]) => about);
  const parts = archive.then((contents) => JSON.parse(contents.text("parts.json")));
  // Whoever needs them hears of a failure; where nobody does yet, `checks` tell it.
  for (const promise of [archive, address, ready, parts]) promise.catch(() => {});
  return {
    reader,
    judge,
    ready,
    checks: checks(facts, hash, archive),
    about: facts,
    /** The invented documents to try the page with: [{name, data}]. */
    sample: async () => {
      const files = [...(await archive).below("sample/")];
      return files.map(([name, data]) => ({ name, data }));
    },
    parts,
  };
}
