// The dialogs: the reason of an answer, questions before something is replaced or lost, answers
// that differ, and whom to ask. Each opens over the page and closes with Escape.

import { h } from "../dom.js";
import { aboutDialog } from "./about.js";
import { closeDialog, openDialog } from "./dialog.js";
import { reasonDialog } from "./reason.js";
import { button, facts } from "./parts.js";

export function drawDialogs(app) {
  app.ask = {
    reason: (entry, kind) => reasonDialog(app, entry, kind),
    about: () => aboutDialog(app),
    conflicts: () => conflictsDialog(app),
    save: async (n) =>
      (await question(app, "ask_save_title", [app.t("ask_save", { n })], [["save", "save"], ["later", ""]])) === "save",
    replace: async (names) =>
      (await question(app, "replace_title", [app.t("replace"), names], [["replace_yes", "yes"], ["replace_no", ""]])) === "yes",
    open: () =>
      question(app, "open_title", [app.t("open_text")], [["merge", "merge"], ["open_instead", "open"], ["back", ""]]),
  };
}

// A question with its texts and answers, the main answer first; "" is what Escape answers.
function question(app, title, texts, answers) {
  return openDialog(
    app.t(title),
    texts.map((text) =>
      Array.isArray(text) ? h("ul", { class: "names" }, text.map((name) => h("li", {}, name))) : h("p", {}, text),
    ),
    h(
      "div",
      { class: "buttons" },
      answers.map(([key, value], index) =>
        button(app.t(key), {
          id: `dialog-${key}`,
          class: index ? null : "main",
          autofocus: !index,
          action: () => closeDialog(value),
        }),
      ),
    ),
  );
}

// Answers that differ, beside each other; the one that she chooses is recorded.
async function conflictsDialog(app) {
  const { conflicts = [] } = app.store.state.audit;
  const chosen = [];
  const isClosed = openDialog(
    app.t("conflicts_title"),
    h("p", {}, app.t("conflicts_text")),
    conflicts.map((conflict, at) =>
      h(
        "section",
        { class: "conflict" },
        h("h3", {}, conflict.about),
        h(
          "div",
          { class: "pair" },
          conflict.answers.map((answer, index) => {
            const title = app.t(index ? "there" : "here");
            const choose = button(app.t("use_this"), {
              id: `use-${at}-${index}`,
              class: "toggle",
              "aria-pressed": "false",
              "aria-label": `${title}：${app.t("use_this")}`,
              // An entry that this audit does not have can't be answered; both answers stay.
              off: !conflict.entry,
              help: conflict.entry ? null : app.t("not_in_audit"),
              action: (event) => {
                chosen[at] = [conflict.entry, answer];
                const both = event.target.closest(".pair").querySelectorAll("[aria-pressed]");
                for (const other of both) other.setAttribute("aria-pressed", String(other === choose));
              },
            });
            return h("div", {}, h("h4", {}, title), facts(answerFacts(app, answer)), choose);
          }),
        ),
      ),
    ),
    h("div", { class: "buttons" },
      button(app.t("record"), { id: "dialog-record", class: "main", action: () => closeDialog("record") }),
      button(app.t("later"), { id: "dialog-later", action: () => closeDialog() })),
  );
  if ((await isClosed) !== "record") return;
  for (const [entry, { kind, reason, role, waiver_kind }] of chosen.filter(Boolean)) {
    await app.answering.answer(entry, { kind, reason, role, waiver_kind });
  }
}

function answerFacts(app, answer) {
  return [
    [app.t("answer"), answer.kind_word],
    [app.t("reason"), answer.reason],
    [app.t("waiver_kind"), answer.waiver_kind],
    [app.t("confirmed_by"), answer.role],
    [app.t("date"), answer.date],
  ].filter(([, text]) => text);
}
