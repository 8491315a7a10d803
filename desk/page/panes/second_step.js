// Step 2: the list on the left, the document in the middle, the card on the right. The summary
// takes the place of both while nothing is chosen.

import { fill, h } from "../dom.js";
import { drawDocument } from "./document.js";
import { filterBar } from "./filter_bar.js";
import { list } from "./list.js";
import { rightPane } from "./right.js";
import { summary } from "./summary.js";

export function drawSecondStep(app) {
  const pane = document.getElementById("step2");
  const bar = h("div", { class: "filter-bar", role: "toolbar" });
  const left = h("nav", { class: "left" });
  const overview = h("div", { class: "overview-pane", tabindex: -1 });
  const middle = h("section", { class: "middle" });
  const right = h("section", { class: "right", id: "card-pane", tabindex: -1 });
  pane.append(bar, h("div", { class: "columns" }, left, overview, middle, right));

  const judged = ({ lang, audit, filter, department, selected }) => [
    lang, audit, filter, department, selected,
  ];
  app.store.watch(judged, (state) => {
    fill(bar, filterBar(app, state));
    fill(left, list(app, state));
    left.setAttribute("aria-label", app.t("summary"));
    bar.setAttribute("aria-label", app.t("filter"));
    left.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    const isSummary = state.selected.kind === "summary";
    overview.hidden = !isSummary;
    middle.hidden = right.hidden = isSummary;
    if (isSummary) fill(overview, summary(app, state));
  });
  app.store.watch(
    ({ lang, audit, card, selected, shown }) => [lang, audit, card, selected, shown],
    (state) => {
      if (state.selected.kind !== "summary") fill(right, rightPane(app, state));
    },
  );
  drawDocument(app, middle);
}
