// Small parts that several panes are made of.

import { h, icon } from "../dom.js";

// A button. `help` explains it by pointer and by focus; one that is `off` can be focused, too, and
// says why it is off.
export function button(label, { action, help, picture, off = false, ...more } = {}) {
  return h(
    "button",
    {
      type: "button",
      "data-help": help,
      "aria-disabled": off ? "true" : null,
      ...more,
      on: { click: off ? null : action },
    },
    picture && picture !== "next" ? icon(picture) : null,
    label,
    picture === "next" ? icon(picture) : null,
  );
}

// The severity of an entry as a badge; `word` is the judge's.
export function severityBadge(severity, word, help) {
  return h(
    "span",
    { class: `severity ${severity}`, "data-help": help, tabindex: help ? 0 : null },
    word,
  );
}

// Counts by severity as small badges, without those that are 0.
export function countBadges(counts, words) {
  return ["error", "warning", "note", "question"]
    .filter((severity) => counts[severity])
    .map((severity) =>
      h("span", { class: `count ${severity}` }, `${words[severity]} ${counts[severity]}`),
    );
}

// A list of labels with their texts.
export function facts(pairs, properties = {}) {
  return h(
    "dl",
    properties,
    pairs.map(([label, text]) => h("div", {}, h("dt", {}, label), h("dd", {}, text))),
  );
}

// The words of the severities in the judge's language; before an audit there are none.
export function severityWords(audit) {
  return audit?.words ?? {};
}
