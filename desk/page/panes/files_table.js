// The documents that are there: of which year, by which form, how far they are, and why one was not
// checked.

import { h } from "../dom.js";
import { button, countBadges, severityWords } from "./parts.js";

export function filesTable(app, state) {
  const { files } = state;
  if (!files.length) return null;
  const heads = ["document", "form", "contents", "state", ""];
  return h(
    "section",
    { class: "panel" },
    h("h2", {}, app.t("files_of", { n: files.length })),
    h(
      "table",
      { class: "documents" },
      h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, key && app.t(key))))),
      h("tbody", {}, files.map((file, index) => row(app, state, file, index))),
    ),
  );
}

function row(app, state, file, index) {
  const isLastYear = file.role === "last_year";
  const isIt = ({ name, last_year: isLast }) => name === file.name && isLast === isLastYear;
  const document = state.audit?.documents.find(isIt);
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h("span", { class: "name" }, file.name),
      isLastYear && h("span", { class: "tag" }, app.t("of_last_year")),
    ),
    h("td", {}, formChoice(app, state, file, document, index)),
    h("td", {}, contents(app, state, document)),
    h("td", {}, stateOf(app, file, document)),
    h(
      "td",
      { class: "do" },
      button(app.t("remove"), {
        id: `remove-${index}`,
        class: "plain",
        help: app.t("remove_help", { name: file.name }),
        off: Boolean(state.work),
        action: () => app.reading.remove(file),
      }),
    ),
  );
}

// The form of a document, to be chosen anew once it was read.
function formChoice(app, state, file, document, index) {
  if (!document || document.state === "passed_over") return null;
  return formSelect(app, state, file, `form-${index}`, document.form_name);
}

// A list of forms for a document; choosing one reads the document again.
export function formSelect(app, state, file, id, recognised = "") {
  const chosen = file.form ?? "";
  const first = recognised && !chosen ? recognised : app.t("form_auto");
  return h(
    "select",
    {
      id,
      "aria-label": `${app.t("form")}：${file.name}`,
      "data-help": app.t("form_help"),
      disabled: Boolean(state.work),
      on: { change: (event) => app.reading.readWith(file, event.target.value || null) },
    },
    h("option", { value: "", selected: !chosen }, first),
    state.audit.form_names.map(({ name, title }) =>
      h("option", { value: name, selected: name === chosen }, title),
    ),
  );
}

function contents(app, state, document) {
  if (!document) return null;
  const parts = [
    document.sheets ? app.t("sheets_count", { n: document.sheets }) : "",
    document.figures ? app.t("figures_count", { n: document.figures }) : "",
  ].filter(Boolean);
  return [
    h("span", {}, parts.join(app.store.state.lang === "ja" ? "、" : ", ")),
    document.unread ? h("span", { class: "tag warning" }, app.t("unread_count", { n: document.unread })) : null,
    countBadges(document.counts ?? {}, severityWords(state.audit)),
  ];
}

function stateOf(app, file, document) {
  if (file.state === "waiting") return app.t("waiting");
  if (file.state === "reading") return h("strong", {}, app.t("being_read"));
  if (!document) return file.fault ? app.of(file.fault) : app.t("was_read");
  const reasons = document.reasons ?? [];
  return [
    h("span", { class: `state ${document.state}` }, app.t(document.state)),
    document.changed && h("span", { class: "tag" }, app.t("changed")),
    reasons.map((reason) => h("p", { class: "reason" }, reason)),
    document.state === "not_checked" &&
      button(app.t("way_on"), {
        id: `see-${document.name}`,
        class: "plain",
        action: () => app.looking.document(document.name),
      }),
  ];
}

// Forms, rules, waivers and settings that were dropped, what there is to know of them, and what is
// wrong with them.
export function supplementsTable(app, { supplements, problems, hints }) {
  if (!supplements.length) return null;
  return h(
    "section",
    { class: "panel" },
    h("h2", {}, app.t("supplements")),
    h(
      "ul",
      { class: "supplements" },
      supplements.map(({ name, kind }, index) =>
        h(
          "li",
          {},
          h("span", { class: "name" }, name),
          h("span", { class: "tag" }, app.t(kind)),
          button(app.t("remove"), {
            id: `remove-supplement-${index}`,
            class: "plain",
            help: app.t("remove_help", { name }),
            action: () => app.reading.supplement(supplements.filter((item) => item.name !== name)),
          }),
        ),
      ),
    ),
    hints.map((text) => h("p", { class: "notice" }, text)),
    problems.length
      ? h(
          "div",
          { class: "notice fault", role: "alert" },
          h("strong", {}, app.t("problems")),
          h("ul", {}, problems.map((text) => h("li", {}, typeof text === "string" ? text : app.of(text)))),
        )
      : null,
  );
}
