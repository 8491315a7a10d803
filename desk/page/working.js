// The work file: all answers and documents in one file, saved, opened again, or merged.

import { saveFile } from "./dropping.js";
import { now } from "./handing.js";

export class Working {
  #app;

  constructor(app) {
    this.#app = app;
  }

  async save() {
    const { desk, store, reading } = this.#app;
    if (!store.state.audit) return;
    await this.#app.doing({ phase: "saving" }, async () => {
      const wanted = { lang: store.state.lang, made_at: now() };
      for (const name of reading.names()) {
        await desk.reader.call("pack", { name }, await reading.bytes(name));
      }
      const { result, data } = await desk.judge.call("save", wanted, null);
      const packed = await desk.reader.call("pack", {}, data);
      saveFile(result.name, packed.data, "application/zip");
      this.#app.tell("done", "saved", { name: result.name });
      await this.#app.refresh();
    });
  }

  // Opens a work file. Where there is work already, she chooses whether both become one.
  async open(name, file) {
    const { store, ask } = this.#app;
    const choice = store.state.audit ? await ask.open() : "open";
    if (!choice) return;
    await this.#app.doing({ phase: "opening" }, () => this.#open(name, file, choice === "merge"));
  }

  async #open(name, file, merge) {
    const { desk, store, reading } = this.#app;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const unpacked = await desk.reader.call("unpack", {}, bytes);
    const documents = [];
    for (const document of unpacked.result.documents) {
      const { data } = await desk.reader.call("unpack_document", { name: document }, null);
      documents.push({ name: document, file: new Blob([data]) });
    }
    const wanted = { merge, lang: store.state.lang };
    const { result } = await desk.judge.call("open", wanted, unpacked.data);
    reading.hold(documents.filter((document) => !reading.has(document.name)), result);
    this.#app.judged(result);
    store.update({ step: 2, selected: { kind: "summary" }, card: null, shown: null });
    const held = await desk.judge.call("forms", {}, null);
    await reading.adopt(held.result);
    const names = (result.changed_since ?? []).join("、");
    if (names) this.#app.tell("fault", "changed_since", { names });
    else this.#app.tell("done", merge ? "merged" : "opened", { name });
    if (store.state.audit.conflicts?.length) this.#app.ask.conflicts();
  }
}
