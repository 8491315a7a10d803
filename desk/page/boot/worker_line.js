// The calls to one worker, one after the other; what ends the worker, and its next life.

import { DeskError, ending } from "./errors.js";

/** After so many falls in a row it is not started again. */
const MOST_FALLS = 2;

/**
 * A worker that comes back: `make()` starts one and answers `{worker, start}`, `start` being its
 * first message. Calls wait until it is up; one is worked on at a time.
 */
export class WorkerLine {
  constructor(make) {
    this.make = make;
    this.queue = [];
    this.later = [];
    this.running = null;
    this.failed = null;
    this.up = false;
    this.lives = 0;
    this.number = 0;
    /** What ended the worker before: {code, name}, the name of the call that ran; null at first. */
    this.ended = null;
    /** How many workers in a row ended in `onStart`. */
    this.falls = 0;
    /**
     * Awaited whenever a worker is up, before the queue goes on. Its argument, as options of a call,
     * lets the call be done at once.
     */
    this.onStart = null;
    this.ready = this.begin();
    this.ready.catch(() => {});
  }

  /**
   * The answer `{result, data}` of a call; rejects with a DeskError. `limit` is in milliseconds;
   * `when` is "next", "first" (in `onStart`), or "later": when nothing else waits.
   */
  call(name, given = {}, data = null, options = {}) {
    const { onProgress = null, signal = null, limit = null, when = "next" } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(ending("cancelled"));
        return;
      }
      if (this.failed) {
        reject(this.failed);
        return;
      }
      const call = { name, given, data, onProgress, limit, resolve, reject, timer: null };
      this.number += 1;
      call.id = this.number;
      signal?.addEventListener("abort", () => this.abort(call), { once: true });
      const lines = { first: this.first, next: this.queue, later: this.later };
      lines[when].push(call);
      this.next();
    });
  }

  /** Ends the worker, whatever it does, and starts another. */
  restart(code = "ended") {
    this.falls = this.up && this.starting ? this.falls + 1 : 0;
    this.end(code);
    if (this.falls > MOST_FALLS) {
      this.lives += 1; // the start that waits is none any more
      this.fail(ending("not-started"));
      return Promise.resolve(null);
    }
    this.ready = this.begin();
    this.ready.catch(() => {});
    return this.ready;
  }

  async begin() {
    this.lives += 1;
    const life = this.lives;
    this.failed = null;
    this.up = false;
    this.first = [];
    this.starting = true;
    const began = performance.now();
    try {
      const { worker, start } = await this.make();
      if (life !== this.lives) {
        worker.terminate();
        return null;
      }
      this.worker = worker;
      const about = await this.started(worker, start);
      this.up = true;
      this.about = { ...about, took: performance.now() - began };
      this.next();
      await this.onStart?.({ when: "first" });
    } catch (error) {
      if (life !== this.lives) {
        return null;
      }
      const fault = error instanceof DeskError ? error : ending("not-started");
      this.fail(fault);
      throw fault;
    }
    if (life !== this.lives) {
      return null;
    }
    this.starting = false;
    this.falls = 0;
    this.next();
    return this.about;
  }

  started(worker, start) {
    return new Promise((resolve, reject) => {
      this.refuseStart = reject;
      worker.onmessage = ({ data: message }) => {
        if (message.started) {
          resolve(message.started);
        } else if (message.broken) {
          this.whyBroken = message.why;
          reject(ending("not-started"));
          this.broke(message.broken);
        } else {
          this.hear(message);
        }
      };
      worker.onerror = (event) => {
        event.preventDefault?.();
        this.whyBroken = event.message;
        reject(ending("not-started"));
        this.broke("died");
      };
      worker.onmessageerror = () => this.broke("died");
      worker.postMessage({ start });
    });
  }

  /** Hands the next call to the worker, if it is free. */
  next() {
    if (!this.up || this.running !== null) {
      return;
    }
    const lines = this.starting ? [this.first] : [this.queue, this.later];
    const call = lines.find((line) => line.length)?.shift();
    if (call === undefined) {
      return;
    }
    this.running = call;
    if (call.limit !== null) {
      call.timer = setTimeout(() => this.restart("hung"), call.limit);
    }
    this.worker.postMessage({ id: call.id, name: call.name, arguments: call.given, data: call.data });
  }

  hear(message) {
    const call = this.running;
    if (call === null || message.id !== call.id) {
      return;
    }
    if (message.progress) {
      call.onProgress?.(...message.progress);
      return;
    }
    this.done();
    if (message.error) {
      const { code, en, ja } = message.error;
      call.reject(new DeskError(code, en, ja));
    } else {
      call.resolve({ result: message.result, data: message.data });
    }
    this.next();
  }

  done() {
    clearTimeout(this.running?.timer);
    this.running = null;
  }

  /** The worker told that it came down, or the browser did. */
  broke(code) {
    if (this.up) {
      this.restart(code);
    }
  }

  abort(call) {
    const waiting = [this.queue, this.later, this.first].find((line) => line.includes(call));
    if (waiting) {
      waiting.splice(waiting.indexOf(call), 1);
      call.reject(ending("cancelled"));
    } else if (call === this.running && this.mayEnd) {
      this.restart("cancelled");
    }
  }

  end(code) {
    const call = this.running;
    this.ended = { code, name: call?.name ?? null };
    this.done();
    this.worker?.terminate();
    this.worker = null;
    this.refuseStart?.(ending(code));
    call?.reject(ending(code));
    for (const waiting of [...this.first.splice(0), ...this.later.splice(0)]) {
      waiting.reject(ending(code));
    }
  }

  /** Nothing can be called any more: every call that waits says so. */
  fail(error) {
    this.failed = error;
    const lines = [this.first, this.queue, this.later];
    for (const call of lines.flatMap((line) => line.splice(0))) {
      call.reject(error);
    }
  }
}
