// Step 2: answers to findings, and taking them back. The judge keeps them; the page shows what it
// answers.

import { entryOf } from "./looking.js";

// After so many changes she is asked to save.
const ASK_AFTER = 10;

export class Answering {
  #app;

  constructor(app) {
    this.#app = app;
  }

  // Records an answer to an entry: {kind, reason, role, waiver_kind}.
  async answer(entry, answer) {
    const { store } = this.#app;
    const title = entryOf(store.state, entry)?.title;
    const isDone = await this.#change("answer", { entry, ...answer });
    if (isDone && answer.role) store.update({ role: answer.role });
    // What is accepted leaves the list: she is told where it went.
    const isGone = isDone && answer.kind === "accepted" && !entryOf(store.state, entry);
    if (isGone) this.#app.tell("done", "moved_to_accepted", { title });
    return isDone;
  }

  async undo() {
    if (this.#app.store.state.audit?.changes.undo) await this.#change("undo", {});
  }

  async redo() {
    if (this.#app.store.state.audit?.changes.redo) await this.#change("redo", {});
  }

  async #change(call, wanted) {
    const app = this.#app;
    const { lang } = app.store.state;
    try {
      const { result } = await app.desk.judge.call(call, { ...wanted, lang }, null);
      await app.changed(result);
      await this.#askToSave();
      return true;
    } catch (fault) {
      app.complain(fault);
      return false;
    }
  }

  async #askToSave() {
    const { ask, desk, store, working } = this.#app;
    const { since_ask: count, unsaved } = store.state.audit.changes;
    if (count < ASK_AFTER) return;
    await desk.judge.call("asked", {}, null);
    await this.#app.refresh();
    if (await ask.save(unsaved)) await working.save();
  }
}
