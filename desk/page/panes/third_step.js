// Step 3: what she takes away: everything for the departments at once, or one file at a time.

import { fill, h } from "../dom.js";
import { isOpen } from "../looking.js";
import { button, countBadges } from "./parts.js";

const OUTPUTS = ["html", "xlsx", "json", "waivers"];

export function drawThirdStep(app) {
  const pane = document.getElementById("step3");
  app.store.watch(
    ({ lang, audit, work, delivery }) => [lang, audit, Boolean(work), delivery],
    (state) => fill(pane, content(app, state)),
  );
}

function content(app, state) {
  const { audit } = state;
  if (!audit) return null;
  return h(
    "div",
    { class: "handing" },
    h("div", { class: "handing-main" }, everything(app, state), departments(app, audit)),
    h("div", { class: "handing-side" }, singles(app, state)),
  );
}

function everything(app, { audit, work, delivery }) {
  const open = audit.entries.filter(isOpen).length;
  const missed = audit.documents.filter(({ state }) => state === "not_checked").length;
  return h(
    "section",
    { class: "panel everything" },
    h("p", { class: "lead" }, app.t("hand_lead")),
    missed ? h("p", { class: "notice fault" }, app.t("not_checked_yet", { n: missed })) : null,
    open ? h("p", { class: "notice" }, app.t("still_open", { n: open })) : null,
    h(
      "div",
      { class: "buttons" },
      button(app.t("make_all"), {
        id: "deliver",
        class: "main",
        picture: "save",
        help: app.t("make_all_help"),
        off: Boolean(work),
        action: () => app.handing.deliver(),
      }),
    ),
    h("p", { class: "quiet" }, app.t("make_all_help")),
    delivery && delivered(app, delivery),
  );
}

function delivered(app, { name, departments: count, notices }) {
  return h(
    "div",
    { class: "notice done", role: "status" },
    h("p", {}, h("strong", {}, app.t("made", { name })), " ", app.t("saved_where")),
    h("p", {}, app.t("folders_made", { n: count })),
    notices.length
      ? [h("h3", {}, app.t("see_to")), h("ul", {}, notices.map((text) => h("li", {}, text)))]
      : null,
  );
}

function departments(app, { departments: items, words }) {
  return h(
    "section",
    { class: "panel" },
    h("h2", {}, app.t("every_department")),
    h(
      "table",
      { class: "overview" },
      h(
        "thead",
        {},
        h("tr", {}, ["departments", "state", "copy_documents"].map((key) => h("th", { scope: "col" }, app.t(key)))),
      ),
      h(
        "tbody",
        {},
        items.map((item) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, item.title || app.t("no_department")),
            h("td", {}, countBadges(item.counts, words), item.open ? h("span", { class: "open" }, app.t("open_count", { n: item.open })) : null),
            h("td", { class: "names" }, item.documents.map((name) => h("div", {}, name))),
          ),
        ),
      ),
    ),
  );
}

function singles(app, { work }) {
  const row = (key, title, help, action) =>
    h(
      "li",
      {},
      h("div", {}, h("strong", {}, app.t(title)), h("p", {}, app.t(help))),
      button(app.t("save_it"), {
        id: `output-${key}`,
        picture: "save",
        "aria-label": `${app.t(title)} ${app.t("save_it")}`,
        off: Boolean(work),
        action,
      }),
    );
  return h(
    "section",
    { class: "panel" },
    h("h2", {}, app.t("one_by_one")),
    h(
      "ul",
      { class: "outputs" },
      OUTPUTS.map((kind) => row(kind, kind === "waivers" ? "waivers_file" : kind, `${kind}_help`, () => app.handing.output(kind))),
      row("work", "work_file", "work_file_help", () => app.working.save()),
    ),
  );
}
