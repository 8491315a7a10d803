// The bar below a card: the answer that is recorded, and the buttons that record one.

import { h } from "../dom.js";
import { needsAnswer } from "../looking.js";
import { button } from "./parts.js";

export function answering(app, { audit }, entry) {
  return h(
    "footer",
    { class: "answering" },
    h("div", { class: "state-line" }, recorded(app, entry), entry.answer ? withdraw(app, entry) : null),
    needsAnswer(entry) ? buttons(app, audit, entry) : null,
  );
}

function recorded(app, { answer, severity }) {
  if (!answer) {
    if (needsAnswer({ severity })) return h("p", { class: "open" }, app.t("answer_none"));
    return h("p", { class: "quiet" }, app.t(severity === "question" ? "answer_question" : "answer_note"));
  }
  const { kind_word: word, reason, role, date, waiver_kind: kind } = answer;
  const more = [kind, reason, role, date].filter(Boolean);
  return h("p", { class: "recorded" }, h("strong", {}, word), more.map((text) => h("span", {}, text)));
}

function withdraw(app, entry) {
  return button(app.t("none"), {
    id: "answer-none",
    class: "plain",
    help: app.t("none_help"),
    action: () => app.answering.answer(entry.id, { kind: "none" }),
  });
}

function buttons(app, audit, entry) {
  const chosen = entry.answer?.kind;
  const words = new Map(audit.answers.map((word) => [word.key, word]));
  const record = (kind, changes = {}) =>
    button(words.get(kind)?.word ?? app.t(kind), {
      id: `answer-${kind}`,
      class: "toggle",
      "aria-pressed": String(chosen === kind),
      help: words.get(kind)?.text ?? app.t(`${kind}_help`),
      action: () => app.answering.answer(entry.id, { kind }),
      ...changes,
    });
  return h(
    "div",
    { class: "buttons", role: "group", "aria-label": app.t("answer") },
    record("corrected"),
    record("as_printed", { action: () => app.ask.reason(entry, "as_printed") }),
    record("accepted", {
      off: !entry.waivable,
      ...(entry.waivable ? {} : { help: app.t("not_waivable") }),
      action: () => app.ask.reason(entry, "accepted"),
    }),
    record("ask"),
  );
}
