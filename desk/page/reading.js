// Step 1: documents are read one by one, what was read goes to the judge, and the judge audits. A
// document that hangs or ends its reader is named, and the next one is read.

import { fromInput, kindOf, kindOfSupplement } from "./dropping.js";

// How long the reading of one document may take, and how large it may be.
const LIMIT = 180_000;
const MEGABYTE = 1_048_576;
const LARGEST = 200;

// Why a document was not read, as the judge knows it; anything else is its reader's end.
const REASONS = ["hung", "died", "memory", "cancelled"];

// This year's and last year's documents may have the same names.
function keyOf(name, role) {
  return role === "last_year" ? `last_year ${name}` : name;
}

export class Reading {
  #app;
  #isRunning = false;
  #isCancelled = false;
  #isStale = false;
  #skip = null;
  #contents = new Map();
  #lastShown = null;

  constructor(app) {
    this.#app = app;
    app.desk.reader.onStart = (first) => this.#configureReader(first);
  }

  // Takes what was dropped or chosen: a list of {name, file}. `role` is "this_year" or "last_year".
  // The documents of the sample are no work that has to be saved.
  async take(dropped, role = "this_year", isSample = false) {
    const app = this.#app;
    if (["failed", "damaged"].includes(app.store.state.program)) return; // which the page says
    const of = (kind) => dropped.filter(({ name }) => kindOf(name) === kind);
    const isInFolder = ({ name }) => name.includes("/"); // where a program is one file among others
    const programs = of("program");
    const program = programs.find((item) => !isInFolder(item));
    if (program) app.tell("fault", "no_program", { name: program.name });
    await this.#takeSupplements(of("supplement"));
    for (const { name, file } of of("work")) await app.working.open(name, file);
    const wanted = [...of("document"), ...programs.filter(isInFolder)];
    const documents = wanted.filter(({ name, file }) => this.#fits(name, file, role));
    if (documents.length) await this.#takeDocuments(documents, role, isSample);
    else if (!dropped.length) app.tell("fault", "nothing_dropped");
    await this.run();
  }

  async takeInput(input, role) {
    await this.take(fromInput(input), role);
  }

  #fits(name, file, role) {
    if (file.size <= LARGEST * MEGABYTE) return true;
    this.#app.tell("fault", "too_large", { name, size: LARGEST });
    this.#list([{ name, role, state: "waiting", form: null, tooLarge: true }]);
    return false;
  }

  async #takeSupplements(files) {
    if (!files.length) return;
    const { store } = this.#app;
    const supplements = new Map(store.state.supplements.map((item) => [item.name, item]));
    for (const { name, file } of files) {
      const text = await file.text();
      const kind = kindOfSupplement(name, text);
      // An office has one file of settings.
      const other = [...supplements.values()].find((item) => kind === "settings" && item.kind === kind);
      supplements.delete(other?.name);
      supplements.set(name, { name, text, kind });
    }
    await this.supplement([...supplements.values()]);
  }

  // Uses these forms, rules and waivers from now on. New forms may fit what no form did.
  async supplement(supplements) {
    const { store } = this.#app;
    store.update({ supplements });
    await this.#configureReader();
    await this.#configureJudge();
    this.#isStale = true;
    this.#readAgain((document) => document.state === "not_checked" && document.near);
    await this.run();
  }

  // Takes over the supplements of a work file, which the judge uses already.
  async adopt({ forms, waivers, settings }) {
    const items = (files, kind) => files.map(({ name, text }) => ({ name, text, kind }));
    this.#app.store.update({
      supplements: [
        ...items(forms, "forms"),
        ...items(waivers, "waivers"),
        ...items(settings ? [settings] : [], "settings"),
      ],
    });
    await this.#configureReader();
  }

  #readAgain(wants) {
    const { store } = this.#app;
    const { audit, files } = store.state;
    if (!audit) return;
    const names = new Set(audit.documents.filter(wants).map(({ name }) => name));
    const again = (item) => (names.has(item.name) ? { ...item, state: "waiting" } : item);
    store.update({ files: files.map(again) });
  }

  // The judge was restored with these documents: those that it lacks are read again. With
  // `isLost`, so are the forms and waivers that it was given last.
  async repair({ documents, last_year: lastYear }, isLost) {
    const { store } = this.#app;
    if (isLost) await this.#configureJudge();
    const there = new Set([
      ...documents.map((name) => keyOf(name, "this_year")),
      ...lastYear.map((name) => keyOf(name, "last_year")),
    ]);
    const isMissing = ({ key, state }) => state === "read" && this.has(key) && !there.has(key);
    const again = (item) => (isMissing(item) ? { ...item, state: "waiting" } : item);
    store.update({ files: store.state.files.map(again) });
    await this.run();
  }

  #supplementsOf(kind) {
    const items = this.#app.store.state.supplements.filter((item) => item.kind === kind);
    return items.map(({ name, text }) => ({ name, text }));
  }

  async #configureReader(options = {}) {
    const { desk, store } = this.#app;
    const [settings = null] = this.#supplementsOf("settings");
    const wanted = { forms: this.#supplementsOf("forms"), settings, lang: store.state.lang };
    this.#lastShown = null;
    await desk.reader.call("configure", wanted, null, options);
  }

  async #configureJudge() {
    const { desk, store } = this.#app;
    const [settings = null] = this.#supplementsOf("settings");
    const wanted = {
      forms: this.#supplementsOf("forms"),
      waivers: this.#supplementsOf("waivers"),
      settings,
      lang: store.state.lang,
    };
    const { result } = await desk.judge.call("configure", wanted, null);
    store.update({ problems: result.problems ?? [], hints: result.notices ?? [] });
  }

  async #takeDocuments(documents, role, isSample) {
    const { store } = this.#app;
    const renamed = role === "this_year" ? await this.#asCorrections(documents) : documents;
    for (const { name, file } of renamed) this.#contents.set(keyOf(name, role), file);
    this.#list(
      renamed.map(({ name, file }) => ({
        name,
        role,
        size: file.size,
        state: "waiting",
        form: null,
        isSample,
        replaces: store.state.files.some((item) => item.key === keyOf(name, role)),
      })),
    );
  }

  // A corrected file that comes alone has no folder before its name: she says whether it stands
  // for the document of the folder.
  async #asCorrections(documents) {
    const { store, ask } = this.#app;
    const last = (name) => name.slice(name.lastIndexOf("/") + 1);
    const present = store.state.files.filter((item) => item.role === "this_year");
    const full = new Map(present.map(({ name }) => [last(name), name]));
    const there = new Set(present.map(({ name }) => name));
    const meant = documents.filter(({ name }) => !there.has(name) && full.has(last(name)));
    if (!meant.length || !(await ask.replace(meant.map(({ name }) => full.get(last(name)))))) {
      return documents;
    }
    return documents.map((item) =>
      meant.includes(item) ? { ...item, name: full.get(last(item.name)) } : item,
    );
  }

  #list(items) {
    const { store } = this.#app;
    const files = new Map(store.state.files.map((item) => [item.key, item]));
    for (const item of items) {
      const key = keyOf(item.name, item.role);
      files.set(key, { ...files.get(key), ...item, key });
    }
    store.update({ files: [...files.values()] });
  }

  // Puts in documents of a work file. The judge knows them already, also those that are not in it.
  hold(documents, state) {
    for (const { name, file } of documents) this.#contents.set(name, file);
    const present = new Set(this.#app.store.state.files.map(({ key }) => key));
    const items = state.documents.map(({ name, last_year: isLast }) => ({
      name, role: isLast ? "last_year" : "this_year", state: "read", form: null,
    }));
    this.#list(items.filter(({ name, role }) => !present.has(keyOf(name, role))));
  }

  // The names of this year's documents that are here themselves.
  names() {
    const { files } = this.#app.store.state;
    const present = files.filter(({ role, name }) => role === "this_year" && this.has(name));
    return present.map(({ name }) => name);
  }

  async bytes(key) {
    return new Uint8Array(await this.#contents.get(key).arrayBuffer());
  }

  has(key) {
    return this.#contents.has(key);
  }

  // Reads all that waits, then audits.
  async run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isCancelled = false;
    const { store } = this.#app;
    let count = 0;
    // What was said of the documents before does not hold for those that come.
    const isOld = this.#nextWaiting() && store.state.notice?.kind === "done";
    if (isOld) store.update({ notice: null });
    try {
      await this.#app.desk.ready;
      for (let item; (item = this.#nextWaiting()); count += 1) await this.#read(item, count);
      if (count || (this.#isStale && store.state.audit)) await this.#audit();
      this.#isStale = false;
    } catch (fault) {
      this.#app.complain(fault);
    } finally {
      this.#isRunning = false;
      store.update({ work: null });
    }
  }

  #nextWaiting() {
    return this.#app.store.state.files.find(({ state }) => state === "waiting");
  }

  async #read(item, done) {
    const { desk, store } = this.#app;
    const waiting = store.state.files.filter(({ state }) => state === "waiting").length;
    const { key, name, role, form, replaces, isSample } = item;
    const about = { name, last_year: role === "last_year", sample: Boolean(isSample) };
    this.#list([{ name, role, state: "reading" }]);
    this.#progress({ phase: "reading", name, done: done + 1, total: done + waiting });
    try {
      if (this.#isCancelled) throw { code: "cancelled" };
      if (item.tooLarge) throw { code: "memory" };
      const bytes = await this.bytes(key).catch(() => { throw { code: "cannot-open" }; });
      const data = await this.#records(name, form, bytes);
      await desk.judge.call("add", { ...about, replaces: Boolean(replaces) }, data);
      this.#list([{ name, role, state: "read", fault: null }]);
    } catch (fault) {
      await this.#name(about, item, fault);
    }
  }

  // What the reader reads of a document, for the judge; the page does not look into it.
  async #records(name, form, bytes) {
    const { desk } = this.#app;
    const control = new AbortController();
    this.#skip = control;
    this.#lastShown = null;
    try {
      const wanted = { name, form, in_folder: name.includes("/") };
      const answer = await desk.reader.call("read", wanted, bytes, {
        signal: control.signal,
        limit: LIMIT,
        onProgress: (part, of) => this.#progress({ part: [part, of] }),
      });
      return answer.data;
    } finally {
      this.#skip = null;
    }
  }

  // Names a document that could not be read; the judge says so in its report, too.
  async #name(about, { name, role }, fault) {
    const code = REASONS.includes(fault.code) ? fault.code : "died";
    if (fault.code === "cannot-open") this.#app.tell("fault", "cannot_open", { name });
    else if (!fault.code) console.error(fault);
    this.#list([{ name, role, state: "failed", fault: fault.ja ? { ja: fault.ja, en: fault.en } : null }]);
    await this.#app.desk.judge.call("not_read", { ...about, code }, null);
  }

  async #audit() {
    const { desk, store } = this.#app;
    const isFirst = !store.state.audit;
    this.#progress({ phase: "auditing", name: "", part: null });
    await desk.judge.keep();
    const { result } = await desk.judge.call("audit", { lang: store.state.lang }, null, {
      onProgress: (part, of) => this.#progress({ part: [part, of] }),
    });
    this.#app.judged(result);
    if (isFirst) store.update({ step: 2, selected: { kind: "summary" } });
    else await this.#app.looking.again();
    if (!isFirst && result.round > 1) this.#tellChanges(result);
  }

  // What became of the findings since the round before.
  #tellChanges({ entries, settled }) {
    const count = (change) => entries.filter((entry) => entry.change === change).length;
    this.#app.tell("done", "audited_again", {
      settled: settled.length,
      changed: count("changed"),
      open: count("open"),
      added: count("new"),
    });
  }

  #progress(changes) {
    const { store } = this.#app;
    const before = store.state.work;
    const since = changes.name === undefined ? before?.since : Date.now();
    store.update({ work: { ...before, ...changes, since } });
  }

  cancel() {
    this.#isCancelled = true;
    this.#skip?.abort();
  }

  skip() {
    this.#skip?.abort();
  }

  async remove({ key, name, role }) {
    const { desk, store } = this.#app;
    await desk.judge.call("remove", { name, last_year: role === "last_year" }, null);
    this.#contents.delete(key);
    store.update({ files: store.state.files.filter((item) => item.key !== key) });
    if (!store.state.audit) return;
    if (store.state.files.length) await this.#auditNow();
    else store.update({ audit: null, step: 1, selected: { kind: "summary" } });
  }

  async #auditNow() {
    const { store } = this.#app;
    try {
      await this.#audit();
    } finally {
      store.update({ work: null });
    }
  }

  // Reads a document again, with a form of her choice or the one that fits.
  async readWith({ name, role }, form) {
    this.#list([{ name, role, form, state: "waiting", replaces: true }]);
    await this.run();
  }

  // How a document looks, or one of its worksheets; below, the picture of a page.
  async view(name, worksheet = null) {
    const wanted = { name, lang: this.#app.store.state.lang };
    if (worksheet !== null) wanted.worksheet = worksheet;
    return (await this.#look("view", name, wanted)).result;
  }

  async page(name, number, width) {
    return this.#look("page", name, { name, number, width });
  }

  // The reader holds the last document that was shown, unless it has been made anew.
  async #look(call, name, wanted) {
    const { desk } = this.#app;
    const bytes = this.#lastShown === name ? null : await this.bytes(name);
    try {
      const answer = await desk.reader.call(call, wanted, bytes, { limit: LIMIT });
      this.#lastShown = name;
      return answer;
    } catch (fault) {
      if (fault.code !== "not-held") throw fault;
      return desk.reader.call(call, wanted, await this.bytes(name), { limit: LIMIT });
    }
  }
}
