"use strict";
// Filters the entries and steps through them. The page is whole without this.
(() => {
  const byId = (id) => document.getElementById(id);
  const bar = byId("bar");
  if (!bar) return;
  const cards = [...document.querySelectorAll(".card")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const boxes = [...bar.querySelectorAll("input")];
  const department = byId("department");
  const filtered = byId("filtered");
  let last = null;

  function filter() {
    const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const card of cards) {
      const { department: of, severity } = card.dataset;
      card.hidden = (department.value !== "" && of !== department.value) || !severities.has(severity);
      shown += !card.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector(".card:not([hidden])");
    filtered.textContent = shown === cards.length ? ""
      : filtered.dataset.text.replace("{all}", cards.length).replace("{shown}", shown);
    tell();
  }

  function showAll() {
    department.value = "";
    for (const box of boxes) box.checked = true;
    filter();
  }

  function visible() {
    return cards.filter((card) => !card.hidden);
  }

  function tell() {
    const list = visible();
    const at = list.indexOf(last);
    byId("position").textContent = `${at < 0 ? "–" : at + 1} / ${list.length}`;
  }

  function step(by) {
    const list = visible();
    if (!list.length) return;
    const here = document.activeElement?.closest(".card") ?? last;
    const at = list.indexOf(here);
    const next = at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by;
    last = list[Math.min(Math.max(next, 0), list.length - 1)];
    last.focus({ preventScroll: true });
    last.scrollIntoView({ block: "start" });
    tell();
  }

  // A link of the overview leads to its department also where that is filtered out.
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("a[href^='#']")?.hash.slice(1);
    if (target && byId(target)?.closest("[hidden]")) showAll();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F8" || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  });
  bar.addEventListener("change", filter);
  byId("all").addEventListener("click", showAll);
  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  bar.hidden = false;
  byId("steps").hidden = false;
  filter(); // a browser may keep what was chosen before a reload
})();
