// The keys of the page. Letters alone do nothing where she types.

export function listenToKeys(app) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const action = actionOf(event, app);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function actionOf(event, app) {
  const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
  const isTyping = Boolean(event.target.closest?.("input, textarea, select"));
  const lower = key.toLowerCase();
  if ((ctrlKey || metaKey) && !altKey) {
    if (lower === "s") return () => app.working.save();
    if (lower === "p" && !shiftKey) return () => app.print();
    if (isTyping) return null;
    if (lower === "z") return () => (shiftKey ? app.answering.redo() : app.answering.undo());
    if (lower === "y") return () => app.answering.redo();
    return null;
  }
  if (altKey || ctrlKey || metaKey || app.store.state.step !== 2) return null;
  if (key === "F8") return () => app.looking.stepByKey(shiftKey ? -1 : 1);
  if (isTyping || shiftKey) return null;
  if (lower === "n") return () => app.looking.stepByKey(1);
  if (lower === "p") return () => app.looking.stepByKey(-1);
  return null;
}
