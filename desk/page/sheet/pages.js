// The pages of a document as pictures, which are fetched when they come into sight.

import { make } from "./elements.js";
import { pictureOf, turned } from "./letters.js";
import { framed, gathered, markButton } from "./marks.js";
import { say } from "./words.js";

const A_POINT = 96 / 72;
const MOST_HELD = 12; // pictures that are held at a time
const FRINGE = 3; // pixels around a marked box
const [PAPER_WIDTH, PAPER_HEIGHT] = [680, 900]; // pixels of an A4 page within its margins, below a title
const LEAST_SEEN = 24; // pixels of a page that is in sight

export class Pages {
  constructor(view, { lang, zoom, pick, loadPage }) {
    Object.assign(this, { view, lang, zoom, pick, loadPage });
    this.element = make("div", "sheet-scroll sheet-pages");
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", say(lang, "view"));
    this.marks = [];
    this.unread = [];
    this.selected = null;
    this.wanted = [];
    this.pages = view.pages.map((size, index) => this.#page(size, index + 1));
    this.element.append(...this.pages.map(({ element }) => element));
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), {
      root: this.element,
      rootMargin: "200px",
    });
    for (const page of this.pages) this.observer.observe(page.element);
    this.#size();
  }

  #page(size, number) {
    const element = make("section", "sheet-page");
    element.setAttribute("aria-label", say(this.lang, "page", number));
    const picture = make("img", "sheet-picture");
    picture.alt = say(this.lang, "page", number);
    picture.hidden = true;
    const message = make("p", "sheet-page-message", say(this.lang, "loading"));
    const layer = make("div", "sheet-layer");
    const label = make("div", "sheet-page-number", say(this.lang, "page", number));
    const note = make("p", "sheet-page-note");
    element.append(picture, message, layer, label, note);
    const room = [0, 0, size.width, size.height];
    return { number, size, element, picture, message, note, layer, room, turns: 0, width: 0, near: false };
  }

  #size() {
    for (const page of this.pages) {
      page.element.style.width = `${Math.round(page.size.width * A_POINT * this.zoom)}px`;
      page.element.style.height = `${Math.round(page.size.height * A_POINT * this.zoom)}px`;
      this.#drawMarks(page);
    }
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const page = this.pages.find(({ element }) => element === target);
      page.near = isIntersecting;
      if (isIntersecting) this.#want(page);
    }
  }

  // Asks for a page's picture at the size at which it is shown; one is fetched at a time.
  #want(page) {
    const width = Math.round(page.size.width * A_POINT * this.zoom * (devicePixelRatio || 1));
    if (page.width === width || this.wanted.includes(page)) return;
    this.wanted.push(page);
    if (this.wanted.length === 1) this.fetching = this.#fetch();
  }

  async #fetch() {
    while (this.wanted.length && !this.isGone) {
      const [page] = this.wanted;
      if (page.near || page.forced) await this.#load(page);
      this.wanted.shift();
    }
  }

  async #load(page) {
    const width = Math.round(page.size.width * A_POINT * this.zoom * (devicePixelRatio || 1));
    try {
      const { result, data } = await this.loadPage(page.number, width);
      const picture = await pictureOf(data, result, page.size);
      if (this.isGone) return;
      Object.assign(page, { width, room: result.room, turns: result.turns });
      const note = result.lacking ? "lacking" : result.substitutes ? "substitutes" : "";
      page.note.textContent = note ? say(this.lang, note) : "";
      this.#forget(page);
      page.url = URL.createObjectURL(picture);
      page.picture.src = page.url;
      page.picture.hidden = false;
      page.message.hidden = true;
      await page.picture.decode().catch(() => {});
      this.#drawMarks(page);
      this.#letGo();
    } catch {
      page.width = width;
      page.message.hidden = false;
      page.message.textContent = say(this.lang, "failed");
    }
  }

  #forget(page) {
    if (page.url) URL.revokeObjectURL(page.url);
    page.url = null;
  }

  // Lets the pictures go that are out of sight, so that a long document takes no more memory.
  #letGo() {
    const held = this.pages.filter((page) => page.url && !page.near && !page.forced);
    for (const page of held.slice(0, Math.max(held.length - MOST_HELD, 0))) {
      this.#forget(page);
      page.picture.removeAttribute("src");
      page.picture.hidden = true;
      page.width = 0;
      page.message.hidden = false;
      page.message.textContent = say(this.lang, "loading");
    }
  }

  mark({ marks, unread, selected }) {
    Object.assign(this, { marks, unread, selected });
    for (const page of this.pages) this.#drawMarks(page);
  }

  #drawMarks(page) {
    const place = (spot) => (spot.page === page.number && spot.box ? spot.box : null);
    const { lang, selected, pick } = this;
    const focused = page.layer.contains(document.activeElement)
      ? document.activeElement.dataset.place
      : null;
    page.layer.replaceChildren();
    for (const group of gathered(this.marks, this.unread, place)) {
      const where = say(lang, "page", page.number);
      const text = group.unread[0]?.text ?? group.spots[0]?.text ?? "";
      const button = markButton({ lang, group, selected, where, text: text || " ", pick });
      button.dataset.place = group.place.join(",");
      page.layer.append(framed(button, this.#box(page, group.place)));
      if (focused === button.dataset.place) button.focus({ preventScroll: true });
    }
  }

  // The pixels of a box in points from the lower left, on the page as it is turned and shown.
  #box(page, [left, bottom, right, top]) {
    const [x0, y0, x1, y1] = page.room;
    const [wide, high] = [Math.max(x1 - x0, 1), Math.max(y1 - y0, 1)];
    const corners = [
      [(left - x0) / wide, (y1 - top) / high],
      [(right - x0) / wide, (y1 - bottom) / high],
    ].map(([u, v]) => turned(u, v, page.turns));
    const [us, vs] = [corners.map(([u]) => u), corners.map(([, v]) => v)];
    const width = page.size.width * A_POINT * this.zoom;
    const height = page.size.height * A_POINT * this.zoom;
    return {
      x: Math.min(...us) * width - FRINGE,
      y: Math.min(...vs) * height - FRINGE,
      width: Math.abs(us[0] - us[1]) * width + 2 * FRINGE,
      height: Math.abs(vs[0] - vs[1]) * height + 2 * FRINGE,
    };
  }

  reveal(spot, focus) {
    const page = this.pages[(spot.page ?? 0) - 1];
    if (!page) return false;
    const name = spot.box ? spot.box.join(",") : "";
    const button = name ? page.layer.querySelector(`[data-place="${name}"]`) : null;
    (button ?? page.element).scrollIntoView({ block: button ? "center" : "start", inline: "nearest", behavior: "instant" });
    if (focus) button?.focus({ preventScroll: true });
    return true;
  }

  zoomTo(zoom) {
    const ratio = zoom / this.zoom;
    const { scrollLeft, scrollTop } = this.element;
    this.zoom = zoom;
    this.#size();
    this.element.scrollTo({ left: scrollLeft * ratio, top: scrollTop * ratio, behavior: "instant" });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const page of this.pages) if (page.near) this.#want(page);
    }, 200);
  }

  get fitting() {
    const widest = Math.max(...this.pages.map(({ size }) => size.width), 1);
    return (this.element.clientWidth - 36) / (widest * A_POINT);
  }

  // Resolves once the pictures of the pages in sight are there.
  async readyToPrint() {
    const pages = this.#inSight();
    for (const page of pages) {
      page.forced = true;
      if (!page.url) this.#want(page);
    }
    await this.fetching;
    for (const page of pages) page.forced = false;
  }

  // Puts the pages in sight on paper, and no others: a printed book may have hundreds. Answers what
  // brings the screen back.
  toPaper() {
    const shown = new Set(this.#inSight());
    const { zoom } = this;
    const { scrollLeft, scrollTop } = this.element;
    for (const page of this.pages) page.element.hidden = !shown.has(page);
    const isPart = shown.size < this.pages.length;
    const note = make("p", "sheet-paper-note", isPart ? say(this.lang, "part") : "");
    this.element.prepend(note);
    const largest = (side) => Math.max(...[...shown].map(({ size }) => size[side]), 1) * A_POINT;
    this.zoom = Math.min(PAPER_WIDTH / largest("width"), PAPER_HEIGHT / largest("height"));
    this.#size();
    return () => {
      note.remove();
      for (const page of this.pages) page.element.hidden = false;
      this.zoom = zoom;
      this.#size();
      this.element.scrollTo({ left: scrollLeft, top: scrollTop, behavior: "instant" });
    };
  }

  #inSight() {
    const { top, bottom } = this.element.getBoundingClientRect();
    return this.pages.filter(({ element }) => {
      const box = element.getBoundingClientRect();
      return Math.min(box.bottom, bottom) - Math.max(box.top, top) > LEAST_SEEN;
    });
  }

  destroy() {
    this.isGone = true;
    clearTimeout(this.timer);
    this.observer.disconnect();
    for (const page of this.pages) this.#forget(page);
    this.element.remove();
  }
}
