// 問い合わせ・ライセンス: whom to ask, which version this is, and the parts that it is made of.

import { h } from "../dom.js";
import { closeDialog, openDialog } from "./dialog.js";
import { button, facts } from "./parts.js";

export async function aboutDialog(app) {
  const { desk } = app;
  const { about } = desk;
  const parts = h("div", { class: "parts" });
  Promise.resolve(desk.parts).then(
    (items) => parts.append(partsTable(app, items ?? [])),
    (fault) => app.complain(fault),
  );
  await openDialog(
    app.t("about_title"),
    h("p", {}, app.t("about_contact")),
    facts(
      [
        [app.t("about_version"), [about?.version, about?.commit, about?.built].filter(Boolean).join(" ")],
        [app.t("contents_hash"), about?.contents],
      ].filter(([, text]) => text),
      { class: "versions" },
    ),
    h("p", {}, app.t("no_communication")),
    h("p", {}, app.t("about_not_audit")),
    h("h3", {}, app.t("keys_title")),
    h("p", {}, app.t("keys")),
    h("h3", {}, app.t("about_parts")),
    parts,
    h("div", { class: "buttons" }, button(app.t("close"), { id: "dialog-close", class: "main", autofocus: true, action: () => closeDialog() })),
  );
}

function partsTable(app, items) {
  const heads = ["part", "about_version", "licence", "about_source"];
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, heads.map((key) => h("th", { scope: "col" }, app.t(key))))),
    h(
      "tbody",
      {},
      items.map(({ name, version, licence, source, text }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          h("td", {}, version),
          h("td", {}, text ? h("details", {}, h("summary", {}, licence), h("pre", {}, text)) : licence),
          h("td", { class: "source" }, source),
        ),
      ),
    ),
  );
}
