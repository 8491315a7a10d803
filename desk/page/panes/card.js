// The card of a finding: what does not agree, what would, how sure that is, what to do, and the
// answer.

import { h } from "../dom.js";
import { button, facts, severityBadge } from "./parts.js";
import { answering } from "./answer_bar.js";

export function card(app, state, entry) {
  const content = state.card?.id === entry.id ? state.card : null;
  return [
    h(
      "article",
      { class: `card ${entry.severity}`, "aria-label": app.t("card"), id: "card-body" },
      head(app, state, entry, content),
      proposals(app, entry),
      content && details(app, state, content),
    ),
    answering(app, state, entry),
  ];
}

function head(app, { audit }, entry, content) {
  const word = audit.words[entry.severity];
  return h(
    "header",
    {},
    h(
      "p",
      { class: "kind" },
      severityBadge(entry.severity, content?.severity_word ?? word, content?.severity_help),
      h("span", { class: "rule", "data-help": content?.rule_help, tabindex: content?.rule_help ? 0 : null }, entry.rule),
      entry.change && h("span", { class: "tag" }, app.t(`change_${entry.change}`)),
    ),
    h("h2", {}, entry.title),
    h("p", { class: "place" }, [entry.department, entry.owner].filter(Boolean).join("　")),
    h("p", { class: "place" }, content?.place || entry.place),
  );
}

// What would agree, with a button that copies the value; never as if it were proved.
function proposals(app, entry) {
  if (!entry.proposed.length && !entry.certainty) return null;
  return h(
    "section",
    { class: "proposed" },
    entry.proposed.length ? h("h3", {}, app.t("should_be")) : null,
    h(
      "ul",
      {},
      entry.proposed.map(({ label, value, copy }, index) =>
        h(
          "li",
          {},
          h("span", { class: "label" }, label),
          h("span", { class: "value" }, value),
          copy
            ? button(app.t("copy"), {
                id: `copy-${index}`,
                picture: "copy",
                help: app.t("copy_help", { value: copy }),
                action: () => copyValue(app, copy),
              })
            : null,
        ),
      ),
    ),
    entry.certainty && h("p", { class: "certainty" }, h("span", { class: "label" }, app.t("how_sure")), entry.certainty),
  );
}

// A page that is a file may not have the clipboard; the older way works there.
async function copyValue(app, value) {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    const box = h("textarea", { class: "heard", "aria-hidden": "true" }, value);
    const focused = document.activeElement;
    document.body.append(box);
    box.select();
    const isDone = document.execCommand("copy");
    box.remove();
    focused?.focus();
    if (!isDone) {
      app.tell("fault", "not_copied");
      return;
    }
  }
  app.tell("done", "copied", { value });
}

function details(app, { audit }, content) {
  const { action, tables, sentence = [], disagrees, reasons, following } = content;
  return [
    sentence.length ? quoted(sentence) : null,
    action && h("section", { class: "to-do" }, h("h3", {}, app.t("to_do")), h("p", {}, action)),
    tables.map((table) => cardTable(app, audit, table)),
    disagrees.length ? facts(disagrees, { class: "texts" }) : null,
    reasons.length ? facts(reasons, { class: "texts" }) : null,
    following &&
      h(
        "section",
        { class: "following" },
        h("h3", {}, following.heading),
        h("ul", {}, following.items.map((item) => h("li", {}, item))),
      ),
  ];
}

// The sentence of a text that a finding is about, its figures marked.
function quoted(parts) {
  const figure = ({ text, computed }) => [
    h("mark", { class: computed ? "likeliest" : null }, text),
    computed && h("span", { class: "fits" }, ` → ${computed}`),
  ];
  return h("blockquote", {}, parts.map((part) => (part.marked ? figure(part) : part.text)));
}

function cardTable(app, audit, { caption, heads, rows, more, numeric }) {
  const align = numeric ? "r" : "";
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      { class: "small" },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, heads.map((text, index) => h("th", { scope: "col", class: index ? align : "" }, text)))),
      h(
        "tbody",
        {},
        rows.map(({ label, cells }) =>
          h("tr", {}, h("th", { scope: "row" }, label), cells.map((cell) => tableCell(audit, cell, align))),
        ),
      ),
    ),
    more && h("p", { class: "quiet" }, more),
  );
}

// A cell with its mark; what the mark means can be asked of it.
function tableCell(audit, { text, mark, number, computed, fits, unread }, align) {
  const explained = mark && (audit.marks ?? []).find(({ key }) => key === mark);
  return h(
    "td",
    {
      class: [align, mark, unread && "unread"].filter(Boolean).join(" "),
      "data-help": explained ? `${explained.word}：${explained.text}` : null,
      tabindex: explained ? 0 : null,
    },
    number && h("span", { class: "tag" }, number),
    text,
    (computed || fits) && h("span", { class: "computed" }, "→ ", computed || fits),
  );
}
