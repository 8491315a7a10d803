// Takes files and folders from where she drops or chooses them. Folders are walked through
// handles: the older entries of a drop cannot be read where the page is a file.

// What was dropped, as a list of {name, file}. Names are paths below the dropped folder, with its
// own name first. To be called in the event itself: its items are gone afterwards.
export async function fromDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const waiting = items.map((item) =>
    item.getAsFileSystemHandle ? item.getAsFileSystemHandle() : null,
  );
  const files = items.map((item) => item.getAsFile());
  const documents = [];
  for (const [index, handle] of (await Promise.all(waiting)).entries()) {
    if (handle) await walk(handle, handle.name, documents);
    else if (files[index]) documents.push({ name: files[index].name, file: files[index] });
  }
  return inOrder(documents);
}

async function walk(handle, name, documents) {
  if (handle.kind === "file") {
    documents.push({ name, file: await handle.getFile() });
    return;
  }
  for await (const inner of handle.values()) await walk(inner, `${name}/${inner.name}`, documents);
}

// What an <input> of files or of a folder holds.
export function fromInput(input) {
  const documents = [...input.files].map((file) => ({
    name: file.webkitRelativePath || file.name,
    file,
  }));
  input.value = "";
  return inOrder(documents);
}

function inOrder(documents) {
  return documents.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

// What a file is by its name: a supplement (form, rules, waivers or settings), a work file, a
// program, which no page runs, or a document.
export function kindOf(name) {
  const lower = name.toLowerCase();
  if (lower.endsWith(".toml")) return "supplement";
  if (lower.endsWith(".zip")) return "work";
  if (lower.endsWith(".py")) return "program";
  return "document";
}

// What a supplement holds. Settings have sections that neither forms nor rules have.
export function kindOfSupplement(name, text) {
  const file = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
  const isSettings = /^\s*\[\s*(?:office|departments|letter|accounts)\s*[\].]/mu.test(text);
  if (["auditor.toml", "pyproject.toml"].includes(file) || isSettings) return "settings";
  return /^\s*\[\[\s*waiver\s*\]\]/mu.test(text) ? "waivers" : "forms";
}

// Hands bytes to the browser as a file to be saved.
export function saveFile(name, bytes, type) {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
