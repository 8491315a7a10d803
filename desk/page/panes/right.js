// The right pane: the card of the chosen finding, or what there is to know of a document.

import { h } from "../dom.js";
import { chosenDocument, chosenEntry, documentOf } from "../looking.js";
import { card } from "./card.js";
import { facts } from "./parts.js";

export function rightPane(app, state) {
  const entry = chosenEntry(state);
  if (entry) return card(app, state, entry);
  const document = documentOf(state, chosenDocument(state));
  return document ? about(app, state, document) : h("p", { class: "quiet" }, app.t("choose_finding"));
}

function about(app, state, document) {
  const unread = state.audit.unread?.[document.name] ?? [];
  const findings = state.audit.entries.filter((entry) => entry.document === document.name);
  const pairs = [
    [app.t("state"), app.t(document.state)],
    [app.t("form"), document.form_name],
    [app.t("departments"), (document.departments ?? []).join("、")],
    [app.t("sheets"), document.sheets],
  ].filter(([, text]) => text);
  return h(
    "div",
    { class: "about-document" },
    h("h2", {}, app.t("facts")),
    facts(pairs),
    document.sha256 &&
      h("p", { class: "digest", "data-help": app.t("fingerprint_help"), tabindex: 0 }, `${app.t("fingerprint")} ${document.sha256}`),
    findings.length ? [
      h("h3", {}, app.t("document_finding")),
      h("ul", { class: "links" }, findings.map((entry) =>
        h("li", {}, h("button", { type: "button", class: "plain", id: `of-document-${entry.id}`, on: { click: () => app.looking.entry(entry.id) } },
          h("span", { class: `dot ${entry.severity}` }), `${entry.owner}　${entry.title}`)),
      )),
    ] : null,
    unread.length ? [
      h("h3", {}, app.t("unread_heading")),
      h("ul", {}, unread.map(({ text }) => h("li", {}, text))),
    ] : null,
  );
}
