// Where files go in: a whole window that takes drops, and buttons for those who cannot drag.

import { h, icon } from "../dom.js";
import { fromDrop } from "../dropping.js";
import { button } from "./parts.js";

// A drop anywhere on the page counts; a drop on what is marked for last year is of last year.
export function listenToDrops(app) {
  const hint = h("div", { class: "drop-hint", "aria-hidden": "true" });
  document.body.append(hint);
  app.store.watch(({ lang }) => [lang], () => (hint.textContent = app.t("drop_now")));
  let depth = 0;
  const mark = (on) => document.body.classList.toggle("dragging", on);
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    depth += 1;
    mark(true);
  });
  window.addEventListener("dragleave", () => {
    depth = Math.max(depth - 1, 0);
    if (!depth) mark(false);
  });
  window.addEventListener("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  window.addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark(false);
    const role = event.target.closest?.("[data-role]")?.dataset.role;
    await app.reading.take(await fromDrop(event.dataTransfer), role ?? "this_year");
  });
}

// The large area before anything is there, or the small one above the list of documents.
export function dropArea(app, isSmall) {
  return h(
    "div",
    { class: isSmall ? "drop small" : "drop", "data-role": "this_year" },
    icon("folder"),
    h("p", { class: "call" }, app.t(isSmall ? "add_more" : "drop")),
    isSmall ? null : h("p", { class: "kinds" }, app.t("drop_kinds")),
    h("div", { class: "buttons" }, chooser(app, "folder"), chooser(app, "files")),
    h("p", { class: "now", "aria-hidden": "true" }, app.t("drop_now")),
  );
}

// The place for last year's documents.
export function lastYearArea(app) {
  return h(
    "div",
    { class: "drop last-year", "data-role": "last_year" },
    h("div", {}, h("p", { class: "call" }, app.t("last_year")), h("p", { class: "kinds" }, app.t("last_year_help"))),
    h("div", { class: "buttons" }, chooser(app, "folder", "last_year"), chooser(app, "files", "last_year")),
  );
}

// A button with a hidden <input> of files, or of a folder.
function chooser(app, kind, role = "this_year") {
  const input = h("input", {
    type: "file",
    hidden: true,
    multiple: true,
    webkitdirectory: kind === "folder",
    "data-chooser": `${role}-${kind}`,
    on: { change: () => app.reading.takeInput(input, role) },
  });
  const open = button(app.t(`choose_${kind}`), {
    id: `choose-${role}-${kind}`,
    picture: kind === "folder" ? "folder" : "file",
    class: kind === "folder" && role === "this_year" ? "main" : null,
    help: app.t(`choose_${kind}_help`),
    action: () => input.click(),
  });
  return [open, input];
}

// A button that asks for a work file.
export function workFileChooser(app) {
  const input = h("input", {
    type: "file",
    hidden: true,
    accept: ".zip",
    "data-chooser": "work",
    on: { change: () => app.reading.takeInput(input) },
  });
  const open = button(app.t("open_work"), {
    id: "open-work",
    help: app.t("open_work_help"),
    action: () => input.click(),
  });
  return [open, input];
}
