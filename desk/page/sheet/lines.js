// A text by its lines, with their numbers; long texts are drawn in blocks as they come into sight.

import { make } from "./elements.js";
import { gathered, leading, described } from "./marks.js";
import { say } from "./words.js";

const BLOCK = 200;
const LINE = 20; // pixels of a line, before it is drawn

export class Lines {
  constructor(view, { lang, zoom, pick }) {
    Object.assign(this, { view, lang, pick, zoom });
    this.element = make("div", "sheet-scroll sheet-lines-of-text");
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", say(lang, "view"));
    this.groups = new Map();
    this.selected = null;
    this.blocks = [];
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.element,
      rootMargin: "600px",
    });
    for (let first = 0; first < view.lines.length; first += BLOCK) this.#block(first);
    this.zoomTo(zoom);
  }

  #block(first) {
    const element = make("div", "sheet-block");
    const lines = Math.min(BLOCK, this.view.lines.length - first);
    element.style.minHeight = `${lines * LINE}px`;
    const block = { element, first, lines: [] };
    this.blocks.push(block);
    this.element.append(element);
    this.observer.observe(element);
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#fill(this.blocks.find(({ element }) => element === target));
    }
  }

  #fill(block) {
    if (block.lines.length) return;
    const texts = this.view.lines.slice(block.first, block.first + BLOCK);
    block.lines = texts.map((text, index) => {
      const line = make("div", "sheet-line");
      const number = make("span", "sheet-line-number", String(block.first + index + 1));
      line.append(number, make("span", "sheet-line-text", text));
      return line;
    });
    block.element.style.minHeight = "";
    block.element.append(...block.lines);
    this.#drawMarks(block);
  }

  mark({ marks, unread, selected }) {
    const groups = gathered(marks, unread, (spot) => spot.line ?? null);
    this.groups = new Map(groups.map((group) => [group.place, group]));
    this.selected = selected;
    for (const block of this.blocks) if (block.lines.length) this.#drawMarks(block);
  }

  #drawMarks(block) {
    block.lines.forEach((line, index) => {
      const number = block.first + index + 1;
      const group = this.groups.get(number);
      const before = line.firstChild;
      const hadFocus = before === document.activeElement;
      line.className = "sheet-line";
      if (!group && before.tagName === "SPAN") return;
      before.replaceWith(group ? this.#button(line, number, group) : plainNumber(number));
      if (hadFocus) line.firstChild.focus({ preventScroll: true });
    });
  }

  #button(line, number, group) {
    const spot = leading(group, this.selected);
    const isChosen = spot !== null && spot.entry === this.selected;
    line.classList.add(`sheet-line-${spot ? spot.mark : "unread"}`);
    if (isChosen) line.classList.add("sheet-line-chosen");
    const button = make("button", "sheet-line-number", String(number));
    button.type = "button";
    const text = this.view.lines[number - 1];
    const name = described(this.lang, say(this.lang, "line", number), text, group);
    button.setAttribute("aria-label", name);
    button.title = name;
    if (isChosen) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => {
      const entries = [...new Set(group.spots.map(({ entry }) => entry))];
      const next = entries.indexOf(this.selected) + 1;
      if (entries.length) this.pick(entries[next % entries.length]);
    });
    return button;
  }

  reveal(spot, focus) {
    const block = this.blocks[Math.floor(((spot.line ?? 0) - 1) / BLOCK)];
    const line = block ? (this.#fill(block), block.lines[spot.line - 1 - block.first]) : null;
    if (!line) return false;
    line.scrollIntoView({ block: "center", behavior: "instant" });
    if (focus) line.querySelector("button")?.focus({ preventScroll: true });
    return true;
  }

  zoomTo(zoom) {
    this.zoom = zoom;
    this.element.style.fontSize = `${14 * zoom}px`;
  }

  get fitting() {
    return 1;
  }

  toPaper() {
    for (const block of this.blocks) this.#fill(block);
    return () => {};
  }

  destroy() {
    this.observer.disconnect();
    this.element.remove();
  }
}

function plainNumber(number) {
  return make("span", "sheet-line-number", String(number));
}
