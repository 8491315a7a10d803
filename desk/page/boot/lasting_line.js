// The line to a judge that lasts: what its worker holds is kept in the page as well, and given to the
// worker that comes after one that ended.

import { WorkerLine } from "./worker_line.js";

/** The calls that change nothing in the judge. */
const LOOKS = new Set([
  "audit", "state", "card", "forms", "copies", "put_copy", "output",
  "snapshot", "snapshot_part", "restore", "restore_part",
]);

const NOTHING = { documents: [], last_year: [], answers: 0 };

/**
 * Keeps a snapshot after each call that changes something, when nothing else waits: its head, and
 * the records of each document, which are taken over once.
 */
export class LastingLine extends WorkerLine {
  /**
   * Told when a worker took the place of another one: {name, lost, restored, isWhole}, the name of
   * the call that ended it, those of the calls that no snapshot has, what the judge has again, and
   * whether that is all of the snapshot.
   */
  onBack = null;
  /** Told when a worker ended and another one is being started. */
  onGone = null;
  #head = null;
  #parts = new Map();
  // The names of the calls that no snapshot has yet.
  #since = [];
  #keeping = null;
  #back = null;

  constructor(make) {
    super(make);
    this.onStart = (first) => this.#restore(first);
  }

  async call(name, given, data = null, options = {}) {
    const answer = await super.call(name, given, data, options);
    if (LOOKS.has(name)) return answer;
    this.#since.push(name);
    // The records that the judge was given are a part as they are.
    if (answer.result.part !== undefined) this.#parts.set(answer.result.part, new Blob([data]));
    this.keep();
    return answer;
  }

  /** Settles when the snapshot has all that was done; a worker that ends in between is no fault. */
  keep() {
    this.#keeping ??= this.#keep()
      .catch(() => {})
      .finally(() => {
        this.#keeping = null;
      });
    return this.#keeping;
  }

  async #keep() {
    while (this.#since.length) {
      // Whatever was answered before this is in it, for the worker does one thing after the other.
      const { result, data } = await super.call("snapshot", {}, null, { when: "later" });
      const [life, count] = [this.lives, this.#since.length];
      for (const part of result.parts.filter((number) => !this.#parts.has(number))) {
        const answer = await super.call("snapshot_part", { part }, null, { when: "later" });
        this.#parts.set(part, new Blob([answer.data]));
      }
      if (life !== this.lives) return;
      this.#head = data;
      this.#since.splice(0, count);
      for (const number of [...this.#parts.keys()]) {
        const isLater = number > result.last;
        if (!isLater && !result.parts.includes(number)) this.#parts.delete(number);
      }
    }
  }

  // Gives the snapshot to a worker that takes the place of another one. After a fall in the middle of
  // that, the worker begins with nothing, for it would fall again.
  async #restore(first) {
    if (!this.ended) return;
    if (!this.falls) {
      const { name } = this.ended;
      const lost = this.#since.splice(0);
      if (name !== null && !LOOKS.has(name)) lost.push(name);
      this.#back = { name, lost, restored: NOTHING, isWhole: true };
      if (this.#head === null) return;
      this.#back.isWhole = false;
      const restored = await this.#given(first);
      if (restored) Object.assign(this.#back, { restored, isWhole: true });
    }
    if (!this.#back.isWhole) {
      this.#head = null;
      this.#parts.clear();
    }
  }

  // What the worker says of the snapshot that it got; null where it refuses it.
  async #given(first) {
    const life = this.lives;
    try {
      for (const [part, blob] of this.#parts) {
        const data = new Uint8Array(await blob.arrayBuffer());
        await super.call("restore_part", { part }, data, first);
      }
      return (await super.call("restore", {}, this.#head, first)).result;
    } catch (error) {
      if (life !== this.lives) throw error;
      return null;
    }
  }

  end(code) {
    super.end(code);
    // Behind what those say whose calls are rejected by this.
    setTimeout(() => this.onGone?.());
  }

  async begin() {
    const about = await super.begin();
    if (about && this.ended) this.onBack?.(this.#back);
    return about;
  }
}
