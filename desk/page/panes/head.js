// The head: the three steps as the way through the page, undo, save, language, and whom to ask.

import { fill, h, icon } from "../dom.js";
import { button } from "./parts.js";

export function drawHead(app) {
  const head = document.getElementById("head");
  app.store.watch(
    ({ lang, step, audit, work, files }) => [lang, step, audit, Boolean(work), files.length],
    (state) => fill(head, skipLink(app), product(app), steps(app, state), tools(app, state)),
  );
}

function skipLink(app) {
  return h("a", { class: "skip", href: "#content" }, app.t("skip"));
}

function product(app) {
  return h("h1", { class: "product" }, app.t("product"));
}

function steps(app, state) {
  return h(
    "nav",
    { "aria-label": app.t("steps") },
    h("ol", { class: "steps" }, [1, 2, 3].map((number) => h("li", {}, step(app, state, number)))),
  );
}

function step(app, state, number) {
  const isLater = number > 1 && !state.audit;
  return button([h("span", { class: "number" }, number), app.t(`step${number}`)], {
    id: `head-step${number}`,
    class: "step",
    "aria-current": state.step === number ? "step" : null,
    help: app.t(isLater ? "step_later" : `step${number}_help`),
    off: isLater,
    action: () => app.store.update({ step: number }),
  });
}

function tools(app, { audit, work }) {
  const { undo, redo, unsaved = 0 } = audit?.changes ?? {};
  return h(
    "div",
    { class: "tools" },
    audit && [
      button(app.t("undo"), {
        id: "undo",
        help: undo ? app.t("undo_help", { text: undo }) : app.t("undo_none"),
        off: !undo,
        action: () => app.answering.undo(),
      }),
      button(app.t("redo"), {
        id: "redo",
        help: redo ? app.t("redo_help", { text: redo }) : app.t("redo_none"),
        off: !redo,
        action: () => app.answering.redo(),
      }),
      button([icon("save"), app.t("save")], {
        id: "save",
        class: unsaved ? "wanted" : null,
        help: app.t("save_help"),
        off: Boolean(work),
        action: () => app.working.save(),
      }),
      h(
        "span",
        { id: "unsaved", class: unsaved ? "unsaved" : "quiet", role: "status" },
        unsaved ? app.t("unsaved", { n: unsaved }) : app.t("all_saved"),
      ),
    ],
    button(app.t("other_language"), {
      id: "language",
      class: "plain",
      lang: app.store.state.lang === "ja" ? "en" : "ja",
      help: app.t("other_language_help"),
      action: () => app.speak(app.store.state.lang === "ja" ? "en" : "ja"),
    }),
    button(app.t("about"), { id: "contact", class: "plain", action: () => app.ask.about() }),
  );
}
