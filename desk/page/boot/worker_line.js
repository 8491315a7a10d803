// The calls to one worker, one after the other; what ends the worker, and its next life.

import { DeskError, ending } from "./errors.js";

/**
 * A worker that comes back: `make()` starts one and answers `{worker, start}`, `start` being its
 * first message. Calls wait until it is up; one is worked on at a time.
 */
export class WorkerLine {
  constructor(make) {
    this.make = make;
    this.queue = [];
    this.running = null;
    this.failed = null;
    this.up = false;
    this.lives = 0;
    this.number = 0;
    /** Awaited whenever a worker is up, before the queue goes on; calls made in it go first. */
    this.onStart = null;
    this.ready = this.begin();
    this.ready.catch(() => {});
  }

  /** The answer `{result, data}` of a call; rejects with a DeskError. `limit` is in milliseconds. */
  call(name, given = {}, data = null, { onProgress = null, signal = null, limit = null } = {}) {
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
      if (this.starting) {
        this.first.push(call);
      } else {
        this.queue.push(call);
      }
      this.next();
    });
  }

  /** Ends the worker, whatever it does, and starts another. */
  restart(code = "ended") {
    this.end(code);
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
      await this.onStart?.();
    } catch (error) {
      if (life !== this.lives) {
        return null;
      }
      this.fail(error instanceof DeskError ? error : ending("not-started"));
      throw ending("not-started");
    }
    this.starting = false;
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
    const line = this.starting ? this.first : this.queue;
    if (!this.up || this.running !== null || line.length === 0) {
      return;
    }
    const call = line.shift();
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
    const waiting = [this.queue, this.first].find((line) => line.includes(call));
    if (waiting) {
      waiting.splice(waiting.indexOf(call), 1);
      call.reject(ending("cancelled"));
    } else if (call === this.running && this.mayEnd) {
      this.restart("cancelled");
    }
  }

  end(code) {
    const call = this.running;
    this.done();
    this.worker?.terminate();
    this.worker = null;
    this.refuseStart?.(ending(code));
    call?.reject(ending(code));
    for (const waiting of this.first.splice(0)) {
      waiting.reject(ending(code));
    }
  }

  /** Nothing can be called any more: every call that waits says so. */
  fail(error) {
    this.failed = error;
    for (const call of [...this.first.splice(0), ...this.queue.splice(0)]) {
      call.reject(error);
    }
  }
}
