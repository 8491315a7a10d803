// What the parts of the page share: the store, the workers, the language, and sentences for her.

import { say } from "./texts.js";
import { Answering } from "./answering.js";
import { ComingBack } from "./coming_back.js";
import { Handing } from "./handing.js";
import { Looking } from "./looking.js";
import { Reading } from "./reading.js";
import { Working } from "./working.js";

export class App {
  constructor(store, desk) {
    this.store = store;
    this.desk = desk;
    this.ask = null; // the dialogs, put here once they are drawn
    this.readyToPrint = async () => {}; // the document's, once it is drawn
    this.reading = new Reading(this);
    this.looking = new Looking(this);
    this.answering = new Answering(this);
    this.handing = new Handing(this);
    this.working = new Working(this);
    this.comingBack = new ComingBack(this);
  }

  // The text of a key in the page's language.
  t = (key, values) => say(this.store.state.lang, key, values);

  // A text of another part, {ja, en}, in the page's language.
  of = (text) => text[this.store.state.lang] ?? text.ja;

  tell(kind, key, values) {
    this.store.update({ notice: { kind, text: this.t(key, values) } });
  }

  // Says what went wrong: a fault of the workers has its words, any other is ours.
  complain(fault) {
    if (fault?.ja) {
      this.store.update({ notice: { kind: "fault", text: this.of(fault) } });
      return;
    }
    console.error(fault);
    this.tell("fault", "fault_unknown");
  }

  progress(changes) {
    const before = this.store.state.work;
    this.store.update({ work: { since: Date.now(), ...before, part: null, ...changes } });
  }

  // Does something that takes a while; what goes wrong is said.
  async doing(work, action) {
    this.progress(work);
    try {
      await action();
    } catch (fault) {
      if (fault?.code !== "cancelled") this.complain(fault);
    } finally {
      this.store.update({ work: null });
    }
  }

  // Takes over what the judge answered: the whole State, or the parts of it that changed.
  judged(result) {
    this.store.update({ audit: { ...this.store.state.audit, ...result } });
  }

  async refresh() {
    const { result } = await this.desk.judge.call("state", { lang: this.store.state.lang }, null);
    this.judged(result);
  }

  // After an answer the entry may be gone from the list, as one that is accepted is.
  async changed(result) {
    this.judged(result);
    await this.looking.again();
  }

  // Prints what is seen. What is still on its way is waited for, which a browser's own menu can't.
  async print() {
    await this.looking.shown;
    await new Promise(requestAnimationFrame); // by then they are drawn
    await this.readyToPrint();
    window.print();
  }

  async speak(lang) {
    this.store.update({ lang, notice: null });
    if (!this.store.state.audit) return;
    try {
      await this.refresh();
      await this.looking.again();
    } catch (fault) {
      this.complain(fault);
    }
  }

  async sample() {
    const documents = await this.desk.sample();
    await this.reading.take(
      documents.map(({ name, data }) => ({ name, file: new Blob([data]) })),
      "this_year",
      true,
    );
  }
}
