// The line to the judge with workers that are played: each case prints what it saw as one line.

import { LastingLine } from "../../../desk/page/boot/lasting_line.js";

// Plays a worker: `held` are the names of documents, the call `die` ends it, and `lives` counts all
// workers. `deadly` names calls that end it, too.
class Judge {
  held = [];
  saved = new Map();
  constructor(world) {
    this.world = world;
    world.lives += 1;
  }
  postMessage(message) {
    queueMicrotask(() => this.#hear(message));
  }
  terminate() {
    this.isOver = true;
  }
  #hear(message) {
    if (this.isOver) return;
    if (message.start) {
      this.#say({ started: {} });
      return;
    }
    const { id, name, arguments: given, data } = message;
    this.world.calls.push(name);
    if (name === "die" || this.world.deadly.has(name)) this.#say({ broken: "memory" });
    else this.#say({ id, ...this.#answer(name, given, data) });
  }
  #say(data) {
    this.onmessage({ data });
  }
  #answer(name, given, data) {
    if (name === "add") {
      this.held.push(given.name);
      return { result: { part: this.held.length }, data: null };
    }
    if (name === "snapshot") {
      const parts = this.held.map((_, index) => index + 1);
      return { result: { parts, last: this.held.length }, data: new TextEncoder().encode(this.held.join()) };
    }
    if (name === "restore_part") this.saved.set(given.part, data);
    if (name === "restore") {
      const names = new TextDecoder().decode(data);
      this.held = names ? names.split(",") : [];
      return { result: { documents: this.held, parts: this.saved.size }, data: null };
    }
    return { result: { held: [...this.held] }, data: null };
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

async function world(deadly = []) {
  const seen = { lives: 0, calls: [], deadly: new Set(deadly), back: [], gone: 0 };
  const line = new LastingLine(() => ({ worker: new Judge(seen), start: {} }));
  line.onBack = (event) => seen.back.push(event);
  line.onGone = () => (seen.gone += 1);
  await line.ready;
  return { seen, line };
}

const add = (line, name) => line.call("add", { name }, new TextEncoder().encode(name));
const failed = (promise) => promise.then(() => "answered", (fault) => fault.code);

const CASES = {
  async restored() {
    const { seen, line } = await world();
    await add(line, "a");
    await add(line, "b");
    await line.keep();
    const code = await failed(line.call("die"));
    const { result } = await line.call("state");
    await pause();
    return { code, held: result.held, back: seen.back, lives: seen.lives, gone: seen.gone };
  },
  async what_was_running_is_lost() {
    const { seen, line } = await world();
    await add(line, "a");
    await line.keep();
    seen.deadly.add("answer");
    const code = await failed(line.call("answer"));
    await line.ready;
    return { code, back: seen.back };
  },
  async calls_wait_for_the_next_life() {
    const { seen, line } = await world();
    await add(line, "a");
    await line.keep();
    const both = [failed(line.call("die")), line.call("state")];
    const [code, { result }] = await Promise.all(both);
    return { code, held: result.held, lives: seen.lives };
  },
  async a_restore_that_ends_the_worker_is_not_tried_again() {
    const { seen, line } = await world();
    await add(line, "a");
    await line.keep();
    seen.deadly.add("restore");
    const code = await failed(line.call("die"));
    const { result } = await line.call("state");
    await pause();
    return { code, held: result.held, back: seen.back, lives: seen.lives };
  },
  async a_snapshot_that_ends_the_worker_is_not_tried_again() {
    const { seen, line } = await world(["snapshot"]);
    await add(line, "a");
    await line.keep();
    const { result } = await line.call("state");
    await pause();
    return { held: result.held, back: seen.back, lives: seen.lives };
  },
  async a_start_that_always_falls_ends() {
    const { seen, line } = await world();
    line.onStart = (first) => line.call("die", {}, null, first);
    const code = await failed(line.call("die"));
    const next = await failed(line.call("state"));
    return { code, next, lives: seen.lives };
  },
  async keeping_waits_until_nothing_else_does() {
    const { seen, line } = await world();
    await Promise.all([add(line, "a"), line.call("state"), line.call("card"), add(line, "b")]);
    await line.keep();
    return { calls: seen.calls };
  },
};

for (const [name, run] of Object.entries(CASES)) {
  console.log(JSON.stringify({ name, ...(await run()) }));
}
