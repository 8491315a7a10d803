// The frame of a dialog: it opens over the page, closes with Escape, and gives the focus back.

import { h } from "../dom.js";

// Opens a dialog and waits until it is closed; gives the value with which it was.
export function openDialog(title, ...content) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, heading, content);
  const focused = document.activeElement?.id;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      // The pane may have been drawn anew meanwhile.
      if (focused) document.getElementById(focused)?.focus();
      resolve(dialog.returnValue);
    });
  });
}

export function closeDialog(value = "") {
  document.querySelector("dialog[open]")?.close(value);
}
