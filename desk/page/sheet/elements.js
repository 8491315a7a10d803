// Elements of a view. Texts become text nodes, and styles are set one by one: what a document says
// is never markup.

const PLAIN_NAME = /^[\p{L}\p{N} ._\-@]+$/u;
const GOTHIC = '"Yu Gothic", "YuGothic", Meiryo, "MS PGothic", "Noto Sans CJK JP", sans-serif';
const MINCHO = '"Yu Mincho", "YuMincho", "MS PMincho", "Noto Serif CJK JP", serif';

// An element of a class, with a text where there is one.
export function make(name, className, text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// Puts an element at a place in its layer, in pixels.
export function put(element, left, top, width, height) {
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
  element.style.width = `${Math.max(width, 0)}px`;
  element.style.height = `${Math.max(height, 0)}px`;
  return element;
}

// Gives an element a size in pixels.
export function size(element, width, height) {
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
  return element;
}

// The family of fonts that stands for a document's font.
export function family(font) {
  const name = font.normalize("NFKC");
  const rest = /明朝|mincho|serif|times|cambria|century/i.test(name) ? MINCHO : GOTHIC;
  return name && PLAIN_NAME.test(font) ? `"${font}", ${rest}` : rest;
}

const pen = document.createElement("canvas").getContext("2d");

// The pixels that a text takes in a style, at its own size.
export function measured(text, style) {
  const slant = style.italic ? "italic " : "";
  pen.font = `${slant}${style.bold ? "bold " : ""}${style.size}px ${family(style.font)}`;
  return pen.measureText(text).width;
}

// The number of a column by its letters: D is 4; 0 where they are none.
export function columnNumber(letters) {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

// The letters of a column: 4 is D.
export function columnLetters(number) {
  let letters = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

// Row and column of an address (D12); null where it is none.
export function placeOf(address) {
  const match = /^([A-Z]{1,3})([0-9]{1,7})$/.exec(address ?? "");
  return match ? { row: Number(match[2]), column: columnNumber(match[1]) } : null;
}
