// The files of Python's world in a worker, and the only answers that its fetch gives.

/** Writes every file of the archive where Python looks for it. */
export function writeFiles(FS, archive) {
  const folders = new Set();
  for (const [name, bytes] of archive.below("files")) {
    const folder = name.slice(0, name.lastIndexOf("/"));
    if (!folders.has(folder)) {
      FS.mkdirTree(folder);
      folders.add(folder);
    }
    FS.writeFile(name, bytes, { canOwn: true });
  }
}

const KINDS = { wasm: "application/wasm", zip: "application/zip" };

/** A `fetch` that answers from the archive and refuses all else: nothing leaves the page. */
export function fetchFrom(archive) {
  return async (request) => {
    const address = String(request.url ?? request);
    const name = address.slice(address.lastIndexOf("/") + 1);
    if (!address.startsWith("https://desk.invalid/") || !archive.places.has(`boot/${name}`)) {
      throw new TypeError("the desk has no network");
    }
    const kind = KINDS[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return new Response(archive.file(`boot/${name}`), { headers: { "Content-Type": kind } });
  };
}
