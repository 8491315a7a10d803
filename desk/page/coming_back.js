// After the judge's worker ended: what the new one has again, and what has to be done once more, in
// one sentence.

// What she did with a call, as the sentence names it.
const STEPS = ["answer", "undo", "redo", "remove", "deliver", "save", "open"];

export class ComingBack {
  #app;
  // Whether the audit is being shown anew; whether the judge ended and came back over that; whether
  // it ended over that and has not come back yet.
  #isBusy = false;
  #wasBack = false;
  #hasFallen = false;

  constructor(app) {
    this.#app = app;
    app.desk.judge.onGone = () => app.tell("fault", "back_soon");
    app.desk.judge.onBack = (event) => this.#back(event);
  }

  // Shows the audit anew. What ends the judge while this is done, is not tried once more.
  async #back({ name, lost, restored, isWhole }) {
    if (this.#isBusy || this.#hasFallen) {
      this.#wasBack = this.#isBusy;
      this.#hasFallen = false;
      this.#app.tell("fault", "back_failed");
      return;
    }
    if (!isWhole) {
      this.#app.tell("fault", "back_empty");
      return;
    }
    const isOverKeeping = name?.startsWith("snapshot");
    if (isOverKeeping || (await this.#shownAnew(restored, lost))) this.#say(lost, restored);
  }

  async #shownAnew(restored, lost) {
    const { reading, store, looking } = this.#app;
    this.#isBusy = true;
    this.#wasBack = false;
    try {
      await reading.repair(restored, lost.includes("configure"));
      if (store.state.audit && !this.#wasBack) {
        await this.#app.refresh();
        await looking.again();
      }
      return !this.#wasBack;
    } catch (fault) {
      const isEnd = ["died", "memory"].includes(fault?.code);
      this.#hasFallen = isEnd && !this.#wasBack;
      if (!isEnd) this.#app.complain(fault);
      return false;
    } finally {
      this.#isBusy = false;
    }
  }

  #say(lost, { documents, answers }) {
    const { t } = this.#app;
    const steps = STEPS.filter((step) => lost.includes(step)).map((step) => t(`back_${step}`));
    const values = { documents: documents.length, answers, steps: steps.join("、") };
    if (steps.length) this.#app.tell("fault", "back_lost", values);
    else this.#app.tell("done", "back_whole", values);
  }
}
