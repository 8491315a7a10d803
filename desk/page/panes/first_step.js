// Step 1. Before anything is there: what the page does, what it does not, and where files go in.
// Afterwards: the documents with their forms and states.

import { fill, h, icon } from "../dom.js";
import { dropArea, lastYearArea, workFileChooser } from "./drop_area.js";
import { filesTable, supplementsTable } from "./files_table.js";
import { button } from "./parts.js";

export function drawFirstStep(app) {
  const pane = document.getElementById("step1");
  app.store.watch(
    ({ lang, files, supplements, problems, hints, audit, program, fault, work }) => [
      lang, files, supplements, problems, hints, audit, program, fault, Boolean(work),
    ],
    (state) => fill(pane, content(app, state)),
  );
}

function content(app, state) {
  if (["failed", "damaged"].includes(state.program)) return failure(app, state);
  if (!state.files.length && !state.supplements.length) return welcome(app, state);
  return h(
    "div",
    { class: "files" },
    state.program === "starting" ? readiness(app, state) : null,
    h("div", { class: "drops" }, dropArea(app, true), lastYearArea(app), goOn(app, state)),
    filesTable(app, state),
    supplementsTable(app, state),
  );
}

function failure(app, { fault, program }) {
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("h2", {}, app.t(program)),
    h("p", {}, app.t("failed_more")),
    h("ul", {}, (fault ?? []).map((text) => h("li", {}, app.of(text)))),
    h("p", { class: "quiet" }, navigator.userAgent),
  );
}

function goOn(app, { audit, work }) {
  if (!audit) return null;
  return button(app.t("to_findings"), {
    picture: "next",
    id: "to-findings",
    class: "main",
    off: Boolean(work),
    action: () => app.store.update({ step: 2 }),
  });
}

function welcome(app, state) {
  return h(
    "div",
    { class: "welcome" },
    h("p", { class: "lead" }, app.t("lead")),
    h(
      "div",
      { class: "entrance" },
      readiness(app, state),
      dropArea(app, false),
      h(
        "div",
        { class: "other-ways" },
        h("div", { class: "way" }, sample(app), h("p", {}, app.t("sample_help"))),
        h("div", { class: "way" }, workFileChooser(app), h("p", {}, app.t("open_work_help"))),
      ),
      lastYearArea(app),
      assurances(app),
    ),
    h("div", { class: "explained" }, how(app), scope(app)),
  );
}

function readiness(app, { program }) {
  const isReady = program === "ready";
  return h(
    "p",
    { class: isReady ? "readiness ready" : "readiness", role: "status" },
    isReady ? [icon("check"), app.t("ready")] : [app.t("starting"), h("span", { class: "quiet" }, app.t("starting_more"))],
  );
}

function sample(app) {
  return button(app.t("sample"), {
    id: "sample",
    help: app.t("sample_help"),
    action: () => app.sample(),
  });
}

function how(app) {
  return h(
    "section",
    { class: "how" },
    h("h2", {}, app.t("three_steps")),
    h(
      "ol",
      {},
      [1, 2, 3].map((number) =>
        h(
          "li",
          {},
          h("span", { class: "number", "aria-hidden": "true" }, number),
          h("div", {}, h("h3", {}, app.t(`step${number}`)), h("p", {}, app.t(`how${number}`))),
        ),
      ),
    ),
  );
}

function assurances(app) {
  return h(
    "section",
    { class: "assurances" },
    h("h2", {}, app.t("assurances")),
    h(
      "ul",
      {},
      ["unchanged", "not_sent", "no_proof"].map((key) =>
        h("li", {}, h("strong", {}, app.t(key)), h("p", {}, app.t(`${key}_more`))),
      ),
    ),
  );
}

function scope(app) {
  const list = (key) => [
    h("h3", {}, app.t(key)),
    h("ul", { class: key }, [1, 2, 3].map((number) =>
      h("li", {}, icon(key === "can" ? "check" : "cross"), app.t(`${key}${number}`)),
    )),
  ];
  return h(
    "section",
    { class: "scope" },
    h("div", {}, list("can")),
    h("div", {}, list("cannot")),
    h("div", { class: "other-city" }, h("h3", {}, app.t("other_city")), h("p", {}, app.t("other_city_more"))),
  );
}
