// What the page carries beside itself: packed, written as text, and held against its hash.

import { Archive } from "./archive.js";

/** The packed bytes of the page's text. */
export function packedBytes() {
  const text = document.getElementById("payload").textContent.trim();
  if (typeof Uint8Array.fromBase64 === "function") {
    return Uint8Array.fromBase64(text);
  }
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index += 1) {
    bytes[index] = letters.charCodeAt(index);
  }
  return bytes;
}

/** SHA-256 in hexadecimal letters. */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The contents, unpacked by the browser itself. */
export async function unpacked(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Archive(new Uint8Array(await new Response(stream).arrayBuffer()));
}
