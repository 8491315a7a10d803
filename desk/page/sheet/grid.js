// One worksheet with the letters of its columns and the numbers of its rows, in a box that scrolls.

import { scaled } from "./cell.js";
import { columnLetters, make, put, size } from "./elements.js";
import { Geometry } from "./geometry.js";
import { cellOfSpot, framed, gathered, markButton } from "./marks.js";
import { Tiles } from "./tiles.js";
import { say } from "./words.js";

const MARGIN = 48; // pixels beyond the last column and row, for texts and values that reach out
const HEAD = 22;
const SIDE = 46;
const BESIDE = 60; // pixels behind a place that is brought into sight
const PAPER = 700; // pixels of an A4 page's width

export class Grid {
  constructor(worksheet, { lang, zoom, pick }) {
    this.worksheet = worksheet;
    this.lang = lang;
    this.pick = pick;
    this.geometry = new Geometry(worksheet);
    this.rows = worksheet.lines
      ? new Map(worksheet.lines.map((line, index) => [line, index + 1]))
      : null;
    this.groups = [];
    this.selected = null;
    this.element = make("div", "sheet-scroll");
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", this.#name());
    this.element.addEventListener("scroll", () => this.#later());
    this.#build(zoom);
  }

  #name() {
    const { name } = this.worksheet;
    return name ? say(this.lang, "worksheet", name) : say(this.lang, "view");
  }

  #build(zoom) {
    this.zoom = zoom;
    this.tiles = new Tiles(this.geometry, zoom);
    this.letters = make("div", "sheet-letters");
    this.numbers = make("div", "sheet-numbers");
    this.marks = make("div", "sheet-layer sheet-layer-marks");
    const drawings = make("div", "sheet-layer sheet-layer-drawings");
    for (const drawing of this.worksheet.drawings ?? []) drawings.append(this.#drawing(drawing));
    const canvas = make("div", "sheet-canvas");
    canvas.append(this.tiles.element, drawings, this.marks);
    const width = Math.round(this.geometry.width * zoom) + MARGIN;
    const height = Math.round(this.geometry.height * zoom) + MARGIN;
    size(canvas, width, height);
    size(this.letters, width, HEAD);
    size(this.numbers, SIDE, height);
    const corner = make("div", "sheet-corner");
    this.element.replaceChildren(corner, this.letters, this.numbers, canvas);
    for (const part of [corner, this.letters, this.numbers]) {
      part.setAttribute("aria-hidden", "true");
    }
    this.#drawMarks();
    this.draw();
  }

  // Draws what is in sight.
  draw() {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.element;
    const [width, height] = [clientWidth || 1200, clientHeight || 800];
    this.tiles.show(scrollLeft, scrollTop, width, height);
    const { across, down } = this.geometry;
    const letter = (index) => columnLetters(index);
    const number = (index) => (this.worksheet.lines?.[index - 1] ?? index).toString();
    this.#heads(this.letters, across, scrollLeft, width, letter, true);
    this.#heads(this.numbers, down, scrollTop, height, number, false);
  }

  #later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  #heads(part, ends, from, length, name, isAcross) {
    part.replaceChildren();
    const { zoom } = this;
    let index = firstBehind(ends, (from - 100) / zoom);
    for (; index < ends.length && ends[index - 1] * zoom < from + length + 100; index += 1) {
      const begin = Math.round(ends[index - 1] * zoom);
      const size = Math.round(ends[index] * zoom) - begin;
      if (!size) continue;
      const head = make("div", "sheet-head", size >= 14 || !isAcross ? name(index) : "");
      part.append(isAcross ? put(head, begin, 0, size, HEAD) : put(head, 0, begin, SIDE, size));
    }
  }

  #drawing(drawing) {
    const { x, y, width, height } = scaled(drawing, this.zoom);
    const isLine = drawing.kind === "line";
    const element = make("div", `sheet-drawing sheet-drawing-${drawing.kind}`);
    const label = drawing.kind === "picture" ? say(this.lang, "picture") : "";
    if (!isLine) element.append(make("span", "", drawing.text || label));
    if (drawing.filled) element.classList.add("sheet-drawing-filled");
    if (isLine) element.style.backgroundImage = lineOf(drawing);
    element.style.fontSize = `${13 * this.zoom}px`;
    return put(element, x, y, Math.max(width, 1), Math.max(height, 1));
  }

  // Takes the marks of the document; those of other worksheets are left out.
  mark({ marks, unread, selected }) {
    const isHere = (spot) => !this.worksheet.name || spot.sheet === this.worksheet.name;
    this.groups = gathered(marks, unread, (spot) => {
      const at = isHere(spot) ? cellOfSpot(spot, this.rows) : null;
      return at && this.#boxAt(at) ? this.#areaAt(at) : null;
    });
    this.selected = selected;
    this.#drawMarks();
  }

  #areaAt({ row, column }) {
    if (column === 0) return [row, 1, row, this.worksheet.columns.length];
    return this.geometry.areaAt(row, column);
  }

  #boxAt(at) {
    return this.geometry.box(this.#areaAt(at));
  }

  #drawMarks() {
    const focused = this.marks.contains(document.activeElement)
      ? document.activeElement.dataset.place
      : null;
    this.marks.replaceChildren();
    const { lang, selected, pick } = this;
    for (const group of this.groups) {
      const [row, column] = group.place;
      const text = this.geometry.cellAt(row, column)?.text ?? "";
      const button = markButton({ lang, group, selected, where: this.#where(row, column), text, pick });
      button.dataset.place = `${row},${column}`;
      this.marks.append(framed(button, scaled(this.geometry.box(group.place), this.zoom)));
      if (focused === button.dataset.place) button.focus({ preventScroll: true });
    }
  }

  #where(row, column) {
    if (!this.worksheet.lines) return say(this.lang, "cell", `${columnLetters(column)}${row}`);
    return say(this.lang, "line", this.worksheet.lines[row - 1]);
  }

  // Whether a spot lies in what is shown; if so, it is brought into sight and has the focus.
  reveal(spot, focus) {
    const at = cellOfSpot(spot, this.rows);
    const box = at ? this.#boxAt(at) : null;
    if (!box) return false;
    const { x, y, width, height } = scaled(box, this.zoom);
    const { clientWidth, clientHeight } = this.element;
    this.element.scrollTo({
      left: nearest(x, width, clientWidth - SIDE, this.element.scrollLeft),
      top: centred(y, height, clientHeight - HEAD, this.element.scrollTop),
      behavior: "instant",
    });
    this.draw();
    const [row, column] = this.#areaAt(at);
    const button = this.marks.querySelector(`[data-place="${row},${column}"]`);
    if (focus) button?.focus({ preventScroll: true });
    return true;
  }

  // Zooms; the upper left corner of what is in sight stays there.
  zoomTo(zoom) {
    const ratio = zoom / this.zoom;
    const { scrollLeft, scrollTop } = this.element;
    this.#build(zoom);
    this.element.scrollTo({ left: scrollLeft * ratio, top: scrollTop * ratio, behavior: "instant" });
    this.draw();
  }

  // The zoom with which all columns are in sight.
  get fitting() {
    return (this.element.clientWidth - SIDE - 18) / Math.max(this.geometry.width, 1);
  }

  // Draws the whole worksheet as wide as paper; gives back what undoes it.
  toPaper() {
    const before = this.zoom;
    const { scrollLeft, scrollTop } = this.element;
    this.#build(Math.min(PAPER / Math.max(this.geometry.width, 1), 1));
    this.tiles.showAll();
    return () => {
      this.#build(before);
      this.element.scrollTo({ left: scrollLeft, top: scrollTop, behavior: "instant" });
      this.draw();
    };
  }

  destroy() {
    this.element.remove();
  }
}

// The number of the first end that lies behind a point, counted from 1.
function firstBehind(ends, point) {
  let [low, high] = [1, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Where to scroll so that a stretch is in the middle; where it is in sight already, nowhere.
function centred(start, size, room, now) {
  if (start >= now + 8 && start + size <= now + room - 8) return now;
  return Math.max(start + Math.min(size, room) / 2 - room / 2, 0);
}

// Where to scroll across so that a stretch is in sight, and as much before it as there is room for:
// there are the labels.
function nearest(start, size, room, now) {
  if (start >= now + 8 && start + size <= now + room - 8) return now;
  return Math.max(Math.min(start + size + BESIDE - room, start - 8), 0);
}

function lineOf({ width, height, rises }) {
  if (width < 2 || height < 2) return "linear-gradient(currentColor, currentColor)";
  const direction = rises ? "to bottom right" : "to top right";
  const [from, to] = ["calc(50% - .7px)", "calc(50% + .7px)"];
  return `linear-gradient(${direction}, transparent ${from}, currentColor ${from} ${to}, transparent ${to})`;
}
