// The summary after an audit: one sentence, what to do next, and whom to ask about what.

import { h, icon } from "../dom.js";
import { button, facts } from "./parts.js";

// How many departments stand among what to do next before the others are folded away.
const SHOWN = 5;

export function summary(app, { audit }) {
  if (!audit) return null;
  return h(
    "div",
    { class: "summary" },
    h("h2", {}, app.t("summary"), audit.round > 1 && h("span", { class: "tag" }, app.t("round", { n: audit.round }))),
    h("p", { class: "sentence" }, audit.sentence),
    next(app, audit),
    (audit.problems ?? []).map((text) => h("p", { class: "notice fault" }, text)),
    (audit.notices ?? []).map((text) => h("p", { class: "notice" }, text)),
    departments(app, audit),
    settled(app, audit),
    waived(app, audit),
    legend(app, audit),
  );
}

function next(app, { next: steps }) {
  // Departments can be many; what comes behind them is not to be lost below them.
  const isDepartment = ({ kind }) => kind === "department";
  const rest = steps.filter(isDepartment).slice(SHOWN);
  const end = steps.findLastIndex(isDepartment) + 1;
  const first = steps.slice(0, end).filter((step) => !rest.includes(step));
  const last = steps.slice(end);
  return h(
    "section",
    { class: "next panel" },
    h("h3", {}, app.t("next_steps")),
    steps.length
      ? [stepList(app, first, 0), rest.length ? folded(app, rest) : null, stepList(app, last, steps.length)]
      : h("p", {}, app.t("nothing_next")),
  );
}

function folded(app, rest) {
  return h(
    "details",
    {},
    h("summary", {}, app.t("more_next", { n: rest.length })),
    stepList(app, rest, 1_000),
  );
}

function stepList(app, steps, from) {
  if (!steps.length) return null;
  const item = (step, index) => h("li", { class: step.kind }, nextStep(app, step, from + index));
  return h("ol", {}, steps.map(item));
}

function nextStep(app, step, index) {
  const ways = {
    not_checked: () => app.looking.document(step.document),
    department: () => app.looking.department(step.department),
    answer: () => app.looking.step(1),
    deliver: () => app.store.update({ step: 3 }),
    save: () => app.working.save(),
    conflict: () => app.ask.conflicts(),
  };
  return button([h("span", {}, step.text), icon("next")], {
    id: `next-${index}`,
    class: "way-on",
    action: ways[step.kind],
  });
}

function departments(app, { departments: items, words }) {
  if (!items.length) return h("p", { class: "nothing" }, app.t("no_entries"));
  const severities = Object.keys(words);
  return h(
    "section",
    { class: "panel" },
    h("h3", {}, app.t("departments")),
    h(
      "table",
      { class: "overview" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, app.t("departments")),
          severities.map((severity) => h("th", { scope: "col", class: "r" }, words[severity])),
          h("th", { scope: "col", class: "r" }, app.t("open_short")),
          h("th", { scope: "col", class: "r" }, app.t("sheets")),
        ),
      ),
      h(
        "tbody",
        {},
        items.map((item, index) =>
          h(
            "tr",
            {},
            h(
              "th",
              { scope: "row" },
              button(item.title || app.t("no_department"), {
                id: `overview-${index}`,
                class: "plain",
                action: () => app.looking.department(item.name),
              }),
            ),
            severities.map((severity) =>
              h("td", { class: item.counts[severity] ? `r ${severity}` : "r zero" }, item.counts[severity] ?? 0),
            ),
            h("td", { class: item.open ? "r open" : "r zero" }, item.open),
            h("td", { class: "r" }, item.sheets),
          ),
        ),
      ),
    ),
  );
}

function settled(app, { settled: items = [] }) {
  if (!items.length) return null;
  return h(
    "section",
    { class: "panel" },
    h("h3", {}, app.t("settled_heading")),
    h("ul", {}, items.map(({ title, owner, department }) =>
      h("li", {}, icon("check"), [department, owner, title].filter(Boolean).join("　")),
    )),
  );
}

function waived(app, { waived: items = [] }) {
  if (!items.length) return null;
  return h(
    "section",
    { class: "panel waived" },
    h("h3", {}, app.t("waived_heading")),
    items.map(({ title, facts: pairs, entry }, index) =>
      h(
        "details",
        {},
        h("summary", {}, title),
        facts(pairs),
        entry &&
          button(app.t("none"), {
            id: `withdraw-${index}`,
            help: app.t("none_help"),
            action: () => app.answering.answer(entry, { kind: "none" }),
          }),
      ),
    ),
  );
}

// What the severities and the marks mean.
export function legend(app, audit) {
  const explained = (items, name) =>
    (items ?? []).map((item) =>
      h("div", {}, h("dt", {}, h("span", { class: `${name} ${item.key}` }, item.word)), h("dd", {}, item.text)),
    );
  return h(
    "section",
    { class: "panel legend" },
    h("h3", {}, app.t("legend")),
    h("dl", {}, explained(audit.severities, "severity"), explained(audit.marks, "mark")),
  );
}
