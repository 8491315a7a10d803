// Step 3: what she takes away. Copies are made by the reader, document by document, and put
// together by the judge.

import { saveFile } from "./dropping.js";

const TYPES = {
  html: "text/html",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  json: "application/json",
  waivers: "application/toml",
};

// How long the copy of one document may take.
const LIMIT = 180_000;

// The local time with its offset, as ISO 8601 has it.
export function now() {
  const time = new Date();
  const minutes = -time.getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const local = new Date(time.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

export class Handing {
  #app;
  #control = null;

  constructor(app) {
    this.#app = app;
  }

  // One of the outputs: "html", "xlsx", "json" or "waivers".
  async output(kind) {
    const { desk, store } = this.#app;
    await this.#app.doing({ phase: "packing" }, async () => {
      const wanted = { kind, lang: store.state.lang, made_at: now() };
      const { result, data } = await desk.judge.call("output", wanted, null);
      saveFile(result.name, data, TYPES[kind]);
      this.#app.tell("done", "saved", { name: result.name });
    });
  }

  // The zip with a folder for each department.
  async deliver() {
    const { desk, store } = this.#app;
    await this.#app.doing({ phase: "packing" }, async () => {
      const { lang } = store.state;
      const { result: requests } = await desk.judge.call("copies", { lang }, null);
      const { copies } = requests;
      for (const [index, request] of copies.entries()) {
        const work = { phase: "copying", name: request.document, done: index + 1 };
        this.#app.progress({ ...work, total: copies.length });
        await this.#copy(request);
      }
      this.#app.progress({ phase: "packing" });
      const wanted = { lang, made_at: now() };
      const { result, data } = await desk.judge.call("deliver", wanted, null);
      saveFile(result.name, data, "application/zip");
      store.update({ delivery: result });
      await this.#app.refresh();
    });
  }

  // Makes a copy and hands it on. Why one cannot be made is handed on, too; the next one is made.
  async #copy({ document, department, request }) {
    const { desk, reading } = this.#app;
    if (!reading.has(document)) return; // a work file may come without its documents
    this.#control = new AbortController();
    try {
      const bytes = await reading.bytes(document);
      const signal = this.#control.signal;
      const copy = await desk.reader.call("copy", { request }, bytes, { limit: LIMIT, signal });
      const wanted = { document, department, made: copy.result };
      await desk.judge.call("put_copy", wanted, copy.data);
    } catch (fault) {
      if (fault.code === "cancelled" || !fault.ja) throw fault;
      const made = { no_copy: { en: fault.en, ja: fault.ja } };
      await desk.judge.call("put_copy", { document, department, made }, null);
    }
  }

  cancel() {
    this.#control?.abort();
  }
}
