// Plays the two workers for tests of the page: it answers as they do, from a small book that is
// written here. Names of documents say what happens to them: 「固まる」 hangs, 「落ちる」 ends its
// reader, 「様式なし」 fits no form.

import { book, cardOf, words } from "./book.js";

class Fault extends Error {
  constructor(code, ja, en) {
    super(en);
    Object.assign(this, { code, ja, en });
  }
}

const bytes = (text) => new TextEncoder().encode(text);

export function openDesk() {
  const played = (globalThis.played = new Played());
  played.line = { call: (...asked) => played.judge(...asked), keep() {} };
  return {
    reader: { call: (...asked) => played.read(...asked), restart() {}, onStart: null },
    judge: played.line,
    checks: Promise.resolve(globalThis.playedChecks ?? []),
    ready: Promise.resolve({ version: "0.1.0", python: "3.14" }),
    about: { version: "0.1.0", commit: "0123abc", contents: "5f".repeat(32), built: "2025-08-04" },
    parts: Promise.resolve([
      { name: "pyodide", version: "314.0.7", licence: "MPL-2.0", source: "https://pyodide.org", text: "Mozilla Public License" },
      { name: "pydantic", version: "2.14.4", licence: "MIT", source: "https://pypi.org/project/pydantic", text: "MIT License" },
    ]),
    sample: async () => ["見本/01_市民課.xlsx", "見本/02_農林課.xlsx", "見本/03_観光課.pdf"].map((name) => ({ name, data: bytes(name) })),
  };
}

class Played {
  calls = [];
  documents = new Map();
  answers = new Map();
  undone = [];
  done = [];
  unsaved = 0;
  sinceAsk = 0;
  notices = [];
  round = 1;
  conflicts = [];

  async read(name, wanted, data, { signal } = {}) {
    this.calls.push(["reader", name, wanted]);
    if (name === "read") return this.#readDocument(wanted, signal);
    if (name === "view") return { result: grid(wanted), data: null };
    if (name === "copy") {
      if (wanted.request.includes("写せない")) throw new Fault("no-copy", "この文書の写しは作れません。", "This document cannot be copied.");
      return { result: { made: true }, data: bytes("copy") };
    }
    if (name === "unpack") return { result: { documents: ["見本/01_市民課.xlsx"] }, data: bytes("{}") };
    if (name === "pack") return { result: {}, data: wanted.name ? null : bytes("packed") };
    return { result: { problems: [] }, data: name === "unpack_document" ? bytes("01") : null };
  }

  #readDocument({ name }, signal) {
    if (name.includes("固まる")) {
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Fault("cancelled", "中止しました。", "Cancelled."))));
    }
    if (name.includes("落ちる")) throw new Fault("died", "読み取りの途中で止まりました。", "The reader stopped.");
    return { result: {}, data: bytes(name) };
  }

  async judge(name, wanted, data) {
    this.calls.push(["judge", name, wanted]);
    const lang = wanted.lang ?? "ja";
    switch (name) {
      case "configure":
        return { result: { problems: wanted.waivers.filter(({ text }) => text.includes("nonsense")).map(({ name: file }) => `${file}：1行目に誤りがあります。`), notices: wanted.settings ? [`${wanted.settings.name} を使っています`] : [] }, data: null };
      case "add":
        if (wanted.replaces) this.round += 1;
        this.documents.set(wanted.name, { last_year: wanted.last_year });
        break;
      case "not_read":
        this.documents.set(wanted.name, { code: wanted.code });
        break;
      case "remove":
        this.documents.delete(wanted.name);
        break;
      case "answer":
        this.#answer(wanted);
        return { result: this.#state(lang), data: null };
      case "undo":
      case "redo":
        this.#move(name === "undo" ? this.done : this.undone, name === "undo" ? this.undone : this.done);
        return { result: this.#state(lang), data: null };
      case "card":
        return { result: cardOf(wanted.entry, lang), data: null };
      case "copies":
        return { result: { copies: this.#copies() }, data: null };
      case "deliver":
        return { result: { name: "点検結果_第1回_2025-08-04.zip", notices: this.notices, departments: 3 }, data: bytes("zip") };
      case "put_copy":
        if (wanted.made.no_copy) this.notices.push(`${wanted.document}：${wanted.made.no_copy[lang]}`);
        break;
      case "forms":
        return { result: { forms: [], waivers: [] }, data: null };
      case "asked":
        this.sinceAsk = 0;
        break;
      case "output":
        return { result: { name: `点検結果_第1回_2025-08-04.${wanted.kind}` }, data: bytes(wanted.kind) };
      case "save":
        this.unsaved = this.sinceAsk = 0;
        return { result: { name: "点検作業_第1回_2025-08-04.zip" }, data: bytes("{}") };
      case "open":
        this.documents.set("見本/01_市民課.xlsx", {});
        if (wanted.merge) this.conflicts = [conflict(lang)];
        return { result: this.#state(lang), data: null };
      case "audit":
      case "state":
        return { result: this.#state(lang), data: null };
    }
    return { result: {}, data: null };
  }

  #count() {
    this.unsaved += 1;
    this.sinceAsk += 1;
  }

  #copies() {
    const names = [...this.documents.keys()];
    return names.map((document) => ({ document, department: "市民課", request: document }));
  }

  #answer({ entry, kind, reason = "", role = "", waiver_kind: waiverKind = null }) {
    if (kind === "as_printed" && !reason) throw new Fault("no-reason", "理由を記入してください。", "Please give the reason.");
    this.done.push([entry, this.answers.get(entry) ?? null]);
    this.undone = [];
    this.#count();
    this.conflicts = this.conflicts.filter((item) => item.entry !== entry);
    if (kind === "none") this.answers.delete(entry);
    else this.answers.set(entry, { kind, reason, role, date: "2025-08-04", waiver_kind: waiverKind });
  }

  #move(from, to) {
    const [entry, before] = from.pop();
    to.push([entry, this.answers.get(entry) ?? null]);
    this.#count();
    if (before) this.answers.set(entry, before);
    else this.answers.delete(entry);
  }

  #state(lang) {
    const changes = {
      unsaved: this.unsaved,
      since_ask: this.sinceAsk,
      undo: this.done.length ? (lang === "ja" ? "回答の記録" : "an answer") : null,
      redo: this.undone.length ? (lang === "ja" ? "回答の記録" : "an answer") : null,
    };
    return book(lang, this.documents, this.answers, changes, this.round, this.conflicts);
  }
}

function conflict(lang) {
  const { answers } = words(lang);
  const wordOf = (kind) => answers.find(({ key }) => key === kind).word;
  return {
    entry: "e1",
    about: lang === "ja" ? "市民課　窓口改善事業　財源内訳" : "Citizens, counter project, sources",
    answers: [
      { kind: "corrected", kind_word: wordOf("corrected"), reason: "", role: "", date: "2025-08-04", waiver_kind: null },
      { kind: "as_printed", kind_word: wordOf("as_printed"), reason: "端数処理のため", role: "市民課", date: "2025-08-05", waiver_kind: null },
    ],
  };
}

function style(more) {
  const edge = { width: 1, line: "solid", colour: "#555555" };
  return { font: "MS Gothic", size: 14, level: "middle", left: edge, right: edge, top: edge, bottom: edge, ...more };
}

function grid({ name }) {
  const heads = ["区分", "令和５年度", "令和６年度", "令和７年度"];
  const rows = [["事業費総額", "12,000", "261,418", "13,000"], ["国道支出金", "4,000", "130,709", "4,000"], ["一般財源", "8,000", "261,418", "9,000"]];
  const cells = [[name], heads, ...rows].flatMap((row, r) => row.map((text, c) => ({ r: r + 2, c: c + 1, text, style: r ? (c ? 1 : 0) : 2 })));
  return {
    kind: "grid",
    worksheets: [{ name: "シート", hidden: false, columns: [120, 110, 110, 110, 60, 60], rows: Array(30).fill(22), cells, merges: [], more: "",
      styles: [style({ align: "left" }), style({ align: "right" }), style({ bold: true, align: "left" })] }],
  };
}
