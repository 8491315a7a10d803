// A document as it looks, with its marks: the worksheets of a workbook, the pages of a PDF, or the
// lines of a text.

import { make } from "./elements.js";
import { Grid } from "./grid.js";
import { Lines } from "./lines.js";
import { mainSpot } from "./marks.js";
import { Pages } from "./pages.js";
import { Tabs } from "./tabs.js";
import { say } from "./words.js";

const [LEAST, MOST] = [0.25, 4];
const NOTHING = { marks: [], unread: [], selected: null };

export class SheetView {
  // `onPick(entry)` is called where a marked place is chosen. `loadWorksheet(name)` gives a view
  // with a worksheet that the first one left pending, `loadPage(number, width)` the picture of a
  // page: { result: { width, height, room, turns }, data }.
  constructor(element, { lang = "ja", onPick, loadWorksheet, loadPage } = {}) {
    Object.assign(this, { element, lang, onPick, loadWorksheet, loadPage });
    this.element.classList.add("sheet-view");
    this.status = make("p", "sheet-status");
    this.status.setAttribute("role", "status");
    this.stage = make("div", "sheet-stage");
    this.more = make("p", "sheet-more");
    this.element.replaceChildren(this.status, this.stage, this.more);
    this.zoomed = 1;
    this.state = NOTHING;
    this.#clear();
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    addEventListener("beforeprint", () => this.#beforePrint(), { signal });
    addEventListener("afterprint", () => this.#afterPrint(), { signal });
    this.resizing = new ResizeObserver(() => this.drawer?.draw?.());
    this.resizing.observe(this.stage);
  }

  // Shows a view with its marks; null shows nothing.
  show(view, { marks = [], unread = [], selected = null } = {}) {
    this.#clear();
    this.view = view;
    this.state = { marks, unread, selected };
    if (!view) return;
    if (view.kind === "grid") this.#openWorkbook();
    else this.#stage(view.kind === "pages" ? Pages : Lines, view);
    if (selected !== null) this.select(selected, { focus: false });
  }

  // New marks over the same view.
  mark({ marks = [], unread = [], selected = null } = {}) {
    this.state = { marks, unread, selected };
    this.drawer?.mark(this.state);
    this.tabs?.mark(marks);
  }

  // Chooses an entry: opens its worksheet, brings its place into sight and gives it the focus.
  async select(entry, { focus = true } = {}) {
    this.state = { ...this.state, selected: entry };
    this.#say("");
    const spot = mainSpot(this.state.marks, entry);
    const { view } = this;
    if (view?.kind === "grid" && spot?.sheet) {
      const index = view.worksheets.findIndex(({ name }) => name === spot.sheet);
      if (index >= 0) await this.#open(index);
    }
    if (view !== this.view || this.state.selected !== entry) return;
    this.drawer?.mark(this.state);
    if (!spot || !this.drawer) return;
    const hasPlace = spot.cell || spot.box || spot.line || spot.page;
    if (!this.drawer.reveal(spot, focus) && hasPlace) {
      this.#say(say(this.lang, "outside", this.#nameOf(spot)));
    }
  }

  #nameOf(spot) {
    if (spot.line) return say(this.lang, "line", spot.line);
    return spot.page ? say(this.lang, "page", spot.page) : say(this.lang, "cell", spot.cell);
  }

  // Zooms by a factor of the usual size, or so that the whole width is in sight ("width").
  zoom(factor) {
    const wanted = factor === "width" ? (this.drawer?.fitting ?? 1) : factor;
    this.zoomed = Math.min(Math.max(wanted, LEAST), MOST);
    this.drawer?.zoomTo(this.zoomed);
  }

  // Says everything in another language.
  setLang(lang) {
    if (lang === this.lang) return;
    this.lang = lang;
    const { view, state, index } = this;
    this.show(view, state);
    if (view?.kind === "grid") this.#open(index);
  }

  // Resolves once everything is there that is to be printed: pages of a document are pictures that
  // may still be on their way.
  async readyToPrint() {
    await this.drawer?.readyToPrint?.();
  }

  destroy() {
    this.#clear();
    this.listeners.abort();
    this.resizing.disconnect();
    this.element.replaceChildren();
    this.element.classList.remove("sheet-view");
  }

  #clear() {
    this.drawer?.destroy();
    this.tabs?.element.remove();
    this.drawer = this.tabs = this.view = null;
    this.index = -1;
    this.stage.replaceChildren();
    this.#say("");
    this.more.textContent = "";
  }

  #openWorkbook() {
    const { worksheets } = this.view;
    const open = (index) => this.#open(index);
    this.tabs = new Tabs(worksheets, { lang: this.lang, open });
    this.tabs.mark(this.state.marks);
    this.element.append(this.tabs.element);
    this.#open(worksheets.findIndex(({ pending }) => !pending));
  }

  // Opens a worksheet, which is fetched where the view does not have it.
  async #open(index) {
    const { view } = this;
    if (index === this.index || index < 0) return;
    this.index = index;
    this.tabs.choose(index);
    if (view.worksheets[index].pending && !(await this.#fetch(view, index))) return;
    if (view !== this.view || index !== this.index) return;
    const worksheet = view.worksheets[index];
    if (worksheet.lost) this.#say(say(this.lang, "lost"));
    this.#stage(Grid, worksheet);
  }

  async #fetch(view, index) {
    this.#say(say(this.lang, "loading"));
    try {
      const { name } = view.worksheets[index];
      const { worksheets } = await this.loadWorksheet(name);
      const worksheet = worksheets.find((other) => other.name === name && !other.pending);
      if (!worksheet) throw new Error("the worksheet is not in its own view");
      view.worksheets[index] = worksheet;
      if (view === this.view && index === this.index) this.#say("");
      return true;
    } catch (fault) {
      if (view === this.view && index === this.index) {
        this.drawer?.destroy();
        this.drawer = null;
        this.index = -1;
        this.#say(`${say(this.lang, "failed")} ${fault?.[this.lang] ?? ""}`.trim());
      }
      return false;
    }
  }

  #stage(Drawer, content) {
    this.drawer?.destroy();
    const { lang, zoomed: zoom, loadPage } = this;
    const pick = (entry) => this.onPick?.(entry);
    this.drawer = new Drawer(content, { lang, zoom, pick, loadPage });
    this.stage.replaceChildren(this.drawer.element);
    this.more.textContent = content.more ?? "";
    this.drawer.mark(this.state);
    this.drawer.draw?.();
  }

  #say(text) {
    this.status.textContent = text;
  }

  #beforePrint() {
    this.afterPaper = this.drawer?.toPaper();
  }

  #afterPrint() {
    this.afterPaper?.();
    this.afterPaper = null;
  }
}
