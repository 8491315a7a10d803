// The left pane: the summary, the departments with their findings, the documents.

import { h, icon } from "../dom.js";
import { chosenDocument, chosenEntry, entriesShown, isOpen } from "../looking.js";
import { countBadges } from "./parts.js";

export function list(app, state) {
  if (!state.audit) return null;
  return [
    choice(app.t("summary"), {
      id: "list-summary",
      isCurrent: state.selected.kind === "summary",
      action: () => app.looking.summary(),
    }),
    h("h2", {}, app.t("departments")),
    departments(app, state),
    questions(app, state),
    h("h2", {}, app.t("documents")),
    documents(app, state),
  ];
}

function choice(content, { id, isCurrent, action, ...more }) {
  return h(
    "button",
    { type: "button", id, class: "choice", "aria-current": isCurrent ? "true" : null, ...more, on: { click: action } },
    content,
  );
}

function departments(app, state) {
  const shown = entriesShown(state);
  const items = state.audit.departments;
  if (!items.length) return h("p", { class: "quiet" }, app.t("no_entries"));
  const chosen = chosenEntry(state);
  return h(
    "ul",
    { class: "departments" },
    items.map((department, index) => {
      const isOpened =
        state.department === department.name ||
        (state.department === null && chosen?.department === department.name && !isQuestion(chosen));
      const its = shown.filter((entry) => entry.department === department.name);
      const entries = its.filter((entry) => !isQuestion(entry));
      return h(
        "li",
        {},
        choice(
          [
            h("span", { class: "name" }, department.title || app.t("no_department")),
            h("span", { class: "counts" }, countBadges(department.counts, state.audit.words), progressOf(app, department)),
          ],
          {
            id: `department-${index}`,
            "aria-expanded": String(isOpened),
            isCurrent: false,
            action: () => app.looking.department(department.name),
          },
        ),
        isOpened && (entries.length || !its.length) ? entryList(app, state, entries) : null,
      );
    }),
  );
}

// What somebody may ask about: no errors, so it stands behind the departments.
function questions(app, state) {
  if (!state.audit.entries.some(isQuestion)) return null;
  const entries = entriesShown(state).filter(isQuestion);
  return [
    h("h2", { id: "list-questions" }, app.t("questions")),
    h("div", { role: "group", "aria-labelledby": "list-questions" }, entryList(app, state, entries)),
  ];
}

function isQuestion({ severity }) {
  return severity === "question";
}

function progressOf(app, { open, counts }) {
  if (open) return h("span", { class: "open" }, app.t("open_count", { n: open }));
  return counts.error || counts.warning
    ? h("span", { class: "closed" }, icon("check"), app.t("nothing_open"))
    : null;
}

function entryList(app, state, entries) {
  if (!entries.length) return h("p", { class: "quiet" }, app.t("none_shown"));
  const chosen = chosenEntry(state)?.id;
  return h(
    "ul",
    { class: "entries" },
    entries.map((entry) =>
      h(
        "li",
        {},
        choice(
          [
            h("span", { class: `dot ${entry.severity}`, title: state.audit.words[entry.severity] }),
            h("span", { class: "what" }, h("span", { class: "owner" }, entry.owner), h("span", {}, entry.title)),
            h("span", { class: isOpen(entry) ? "open" : "closed" }, stateOf(app, entry)),
          ],
          {
            id: `entry-${entry.id}`,
            isCurrent: entry.id === chosen,
            action: () => app.looking.entry(entry.id),
          },
        ),
      ),
    ),
  );
}

function stateOf(app, entry) {
  if (entry.answer) return entry.answer.kind_word;
  return isOpen(entry) ? app.t("open_short") : "";
}

function documents(app, state) {
  const chosen = state.selected.kind === "document" ? chosenDocument(state) : null;
  return h(
    "ul",
    { class: "documents" },
    state.audit.documents.map((document, index) =>
      h(
        "li",
        {},
        choice(
          [
            h("span", { class: "name" }, document.name),
            h(
              "span",
              { class: "counts" },
              document.last_year && h("span", { class: "tag" }, app.t("of_last_year")),
              document.state === "audited"
                ? countBadges(document.counts, state.audit.words)
                : h("span", { class: `state ${document.state}` }, app.t(document.state)),
            ),
          ],
          {
            id: `document-${index}`,
            isCurrent: document.name === chosen,
            action: () => app.looking.document(document.name),
          },
        ),
      ),
    ),
  );
}
