// The bar above step 2: what is shown, and the way from one finding to the next.

import { h } from "../dom.js";
import { chosenEntry, entriesShown } from "../looking.js";
import { button } from "./parts.js";

const CHANGES = ["new", "changed", "open"];

export function filterBar(app, state) {
  if (!state.audit) return null;
  const shown = entriesShown(state);
  return [
    h("span", { class: "label" }, app.t("filter")),
    toggles(app, state),
    state.audit.round > 1 && changeChoice(app, state),
    hidden(app, state, shown),
    state.audit.conflicts?.length
      ? button(app.t("conflicts_button", { n: state.audit.conflicts.length }), {
          id: "conflicts",
          class: "wanted",
          action: () => app.ask.conflicts(),
        })
      : null,
    stepping(app, state, shown),
  ];
}

function toggles(app, { filter }) {
  const toggle = (key, isOn, changes) =>
    button(app.t(key), {
      id: `filter-${key}`,
      class: "toggle",
      "aria-pressed": String(isOn),
      help: app.t(`${key}_help`),
      action: () => app.looking.filter(changes),
    });
  const errorsOnly = filter.severity === "error";
  return [
    toggle("errors_only", errorsOnly, { severity: errorsOnly ? "all" : "error" }),
    toggle("open_only", filter.open, { open: !filter.open }),
  ];
}

function changeChoice(app, { filter }) {
  return h(
    "label",
    {},
    `${app.t("since")} `,
    h(
      "select",
      {
        id: "filter-since",
        "data-help": app.t("since_help"),
        on: { change: (event) => app.looking.filter({ change: event.target.value }) },
      },
      h("option", { value: "all" }, app.t("since_all")),
      CHANGES.map((change) =>
        h("option", { value: change, selected: filter.change === change }, app.t(`change_${change}`)),
      ),
    ),
  );
}

function hidden(app, { audit, filter, department }, shown) {
  const isNarrowed =
    filter.severity !== "all" || filter.open || filter.change !== "all" || department !== null;
  if (!isNarrowed) return null;
  return h(
    "span",
    { class: "narrowed", role: "status" },
    app.t("hidden", { all: audit.entries.length, shown: shown.length }),
    button(app.t("show_all"), { id: "show-all", class: "plain", action: () => app.looking.showAll() }),
  );
}

function stepping(app, state, shown) {
  const chosen = chosenEntry(state);
  const at = shown.findIndex(({ id }) => id === chosen?.id);
  const isFirst = at === 0 || !shown.length;
  const isLast = at === shown.length - 1;
  return h(
    "div",
    { class: "stepping" },
    h(
      "span",
      { class: "position", role: "status" },
      app.t("position", { at: at < 0 ? "–" : at + 1, all: shown.length }),
    ),
    button(app.t("previous"), {
      id: "previous",
      picture: "previous",
      help: app.t("previous_help"),
      off: isFirst,
      action: () => app.looking.step(-1),
    }),
    button(app.t("next"), {
      id: "next",
      picture: "next",
      class: "main",
      help: app.t("next_help"),
      off: isLast,
      action: () => app.looking.step(1),
    }),
  );
}
