// The worksheets of a workbook as tabs, below it as in a spreadsheet program.

import { make } from "./elements.js";
import { say } from "./words.js";

export class Tabs {
  constructor(worksheets, { lang, open }) {
    this.lang = lang;
    this.open = open;
    this.worksheets = worksheets;
    this.element = make("div", "sheet-tabs");
    this.element.setAttribute("role", "tablist");
    this.element.setAttribute("aria-label", say(lang, "tabs"));
    this.element.hidden = worksheets.length < 2 && !worksheets[0]?.name;
    this.buttons = worksheets.map((worksheet, index) => this.#button(worksheet, index));
    this.element.append(...this.buttons);
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  #button(worksheet, index) {
    const hidden = worksheet.hidden ? say(this.lang, "hidden") : "";
    const button = make("button", "sheet-tab", `${worksheet.name}${hidden}`);
    button.type = "button";
    button.setAttribute("role", "tab");
    button.tabIndex = -1;
    button.addEventListener("click", () => this.open(index));
    return button;
  }

  #key(event) {
    const at = this.buttons.indexOf(document.activeElement);
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.buttons.length - 1 };
    const next = this.buttons[steps[event.key]];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
    next.click();
  }

  // Shows which tab is open.
  choose(index) {
    this.buttons.forEach((button, number) => {
      const isOpen = number === index;
      button.setAttribute("aria-selected", String(isOpen));
      button.tabIndex = isOpen ? 0 : -1;
    });
    this.buttons[index]?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  }

  // Shows on which tabs marks are.
  mark(marks) {
    const counts = new Map();
    for (const { sheet } of marks) counts.set(sheet, (counts.get(sheet) ?? 0) + 1);
    this.buttons.forEach((button, index) => {
      const { name, hidden } = this.worksheets[index];
      const count = counts.get(name) ?? 0;
      button.classList.toggle("sheet-tab-marked", count > 0);
      const words = `${name}${hidden ? say(this.lang, "hidden") : ""}`;
      button.setAttribute("aria-label", count ? words + say(this.lang, "marked", count) : words);
    });
  }
}
