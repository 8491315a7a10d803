// The middle pane: the document as it looks, with its marks. A document without a form has the
// nearest form in its place, and the way on.

import { SheetView } from "../sheet/sheet.js";
import { fill, h } from "../dom.js";
import { chosenDocument, chosenEntry, documentOf, marksOf } from "../looking.js";
import { formSelect } from "./files_table.js";
import { button } from "./parts.js";

export function drawDocument(app, pane) {
  const head = h("div", { class: "document-head" });
  const body = h("div", { class: "document-body" });
  const words = h("div", { class: "document-words" });
  pane.append(head, words, body);
  const sheet = new SheetView(body, {
    lang: app.store.state.lang,
    onPick: (entry) => app.looking.entry(entry),
    loadWorksheet: (name) => app.reading.view(chosenDocument(app.store.state), name),
    loadPage: (number, width) => app.reading.page(chosenDocument(app.store.state), number, width),
  });

  app.readyToPrint = () => sheet.readyToPrint();

  app.store.watch(
    ({ lang, audit, shown, selected }) => [lang, audit, shown, selected],
    (state) => {
      const name = chosenDocument(state);
      fill(head, title(app, name, sheet));
      fill(words, instead(app, state, name));
    },
  );
  app.store.watch(({ lang }) => [lang], ({ lang }) => sheet.setLang(lang));
  app.store.watch(({ shown }) => [shown?.view ?? null], (state) => {
    sheet.show(state.shown?.view ?? null, { document: state.shown?.name, ...marking(state) });
  });
  app.store.watch(({ audit, selected }) => [audit, selected], (state) => {
    if (!state.shown?.view) return;
    sheet.mark(marking(state));
    const entry = chosenEntry(state);
    if (entry) sheet.select(entry.id, { focus: false });
  });
}

function marking(state) {
  const name = chosenDocument(state);
  return {
    marks: marksOf(state, name),
    unread: state.audit?.unread?.[name] ?? [],
    selected: chosenEntry(state)?.id ?? null,
  };
}

function title(app, name, sheet) {
  if (name === null) return null;
  const zoom = (key, label, factor) =>
    button(label, { id: `zoom-${key}`, help: app.t(`zoom_${key}`), action: factor });
  return [
    h("h2", {}, name),
    h(
      "div",
      { class: "zoom", role: "group", "aria-label": app.t("zoom") },
      zoom("out", "－", () => sheet.zoom(sheet.zoomed / 1.25)),
      zoom("width", app.t("zoom_fit"), () => sheet.zoom("width")),
      zoom("in", "＋", () => sheet.zoom(sheet.zoomed * 1.25)),
    ),
  ];
}

// What is said where there is no view, or above it.
function instead(app, state, name) {
  const { shown } = state;
  const document = documentOf(state, name);
  const parts = [];
  if (document?.state === "not_checked") parts.push(unchecked(app, state, document));
  if (chosenEntry(state) && !chosenEntry(state).spots.length) {
    parts.push(h("p", { class: "quiet" }, app.t("no_place")));
  }
  if (shown?.fault) {
    parts.push(h("p", { class: "quiet" }, shown.fault.ja ? app.of(shown.fault) : app.t("no_view")));
  } else if (shown && !shown.view) parts.push(h("p", { class: "quiet", role: "status" }, app.t("loading_view")));
  return parts;
}

// Why a document was not checked; where no form fits, the nearest one and what it lacks.
function unchecked(app, state, document) {
  const { near, reasons, name } = document;
  const file = state.files.find((item) => item.name === name && item.role === "this_year");
  return h(
    "section",
    { class: "unchecked" },
    h("h3", {}, app.t(near ? "no_form_heading" : "not_checked")),
    // Where no form fits, the list below says what the reason does.
    near ? null : reasons.map((reason) => h("p", {}, reason)),
    near && [
      h(
        "dl",
        {},
        h("div", {}, h("dt", {}, app.t("nearest")), h("dd", {}, near.form_name)),
        near.missing.length
          ? h("div", {}, h("dt", {}, app.t("missing_labels")), h("dd", {}, h("ul", {}, near.missing.map((label) => h("li", {}, label)))))
          : null,
        h("div", {}, h("dt", {}, app.t("way_on")), h("dd", {}, near.way)),
      ),
    ],
    file && h(
      "div",
      { class: "buttons" },
      h("label", {}, `${app.t("choose_form")} `, formSelect(app, state, file, "choose-form")),
      button(app.t("read_again"), {
        id: "read-again",
        help: app.t("read_again_help", { name }),
        action: () => app.reading.readWith(file, null),
      }),
    ),
  );
}
