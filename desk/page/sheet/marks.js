// The marks of a document: which places are marked, by which entries, and how each is drawn and
// named. A mark is a button, with the frame that the reports give it and its words for those who
// listen.

import { make, placeOf, put } from "./elements.js";
import { say } from "./words.js";

const KINDS = ["likeliest", "candidate", "follows", "partner", "unread"];

// The marks of a document gathered by place: [{ place, spots, unread }]. `placeOfSpot` names the
// place of a spot, or is null where a spot has none here.
export function gathered(marks, unread, placeOfSpot) {
  const places = new Map();
  const add = (spot, more) => {
    const place = spot ? placeOfSpot(spot) : null;
    if (place === null) return;
    const name = JSON.stringify(place);
    if (!places.has(name)) places.set(name, { place, spots: [], unread: [] });
    more(places.get(name));
  };
  for (const mark of marks) add(mark, (group) => group.spots.push(mark));
  for (const item of unread) add(item.spot, (group) => group.unread.push(item));
  return [...places.values()];
}

// The spot by which a place is drawn: one of the chosen entry, or the one that says most.
export function leading(group, selected) {
  const rank = (spot) => (spot.entry === selected ? 0 : KINDS.length) + KINDS.indexOf(spot.mark);
  const [first] = [...group.spots].sort((a, b) => rank(a) - rank(b));
  return first ?? null;
}

// The value that a place should have: its own where the sums give one, as several places of an
// entry may be wrong, each in its way.
function fitting(spot) {
  return spot.computed || spot.value || "";
}

// What a mark says in words: where it is, what is written there, and what each entry says of it.
export function described(lang, where, text, group) {
  const parts = group.spots.map((spot) => {
    const value = fitting(spot) ? say(lang, "computed", fitting(spot)) : "";
    return [say(lang, spot.mark), spot.number, spot.label, value].filter(Boolean).join(" ");
  });
  if (group.unread.length) parts.push(say(lang, "unread"));
  const points = [...new Set(parts)];
  return [where, text || say(lang, "blank"), ...points].join(lang === "en" ? ", " : "、");
}

// The button of a mark. `pick` is called with an entry's id; with several entries at one place,
// each click goes to the next.
export function markButton({ lang, group, selected, where, text, pick }) {
  const spot = leading(group, selected);
  const kind = spot ? spot.mark : "unread";
  const isChosen = spot !== null && spot.entry === selected;
  const button = make("button", `sheet-mark sheet-mark-${kind}`);
  button.type = "button";
  if (isChosen) button.classList.add("sheet-mark-chosen");
  const name = described(lang, where, text, group);
  button.setAttribute("aria-label", name);
  button.title = name;
  if (isChosen) button.setAttribute("aria-current", "true");
  const number = spot?.number;
  if (isChosen && number) button.append(make("span", "sheet-mark-number", number));
  if (!spot) button.append(make("span", "sheet-mark-number", "？"));
  const value = isChosen && kind === "likeliest" ? fitting(spot) : "";
  if (value) button.append(make("span", "sheet-mark-value", `→ ${value}`));
  button.addEventListener("click", () => {
    const entries = [...new Set(group.spots.map(({ entry }) => entry))];
    if (!entries.length) return;
    const next = entries.indexOf(selected) + 1;
    pick(entries[next % entries.length]);
  });
  return button;
}

// Puts a mark around a box in pixels.
export function framed(button, box) {
  return put(button, box.x - 1, box.y - 1, box.width + 1, box.height + 1);
}

// The place of a spot in a grid: its cell, as row and column; a whole row (column 0) where a text
// tells only its line. `rows` are the rows of a text by their lines.
export function cellOfSpot(spot, rows) {
  if (rows && spot.line) {
    const row = rows.get(spot.line) ?? 0;
    const at = /^[A-Z]{1,3}$/.test(spot.cell ?? "") ? placeOf(`${spot.cell}1`) : null;
    return row ? { row, column: at ? at.column : 0 } : null;
  }
  return placeOf(spot.cell);
}

// The likeliest of the spots of an entry, or its first one.
export function mainSpot(marks, entry) {
  const spots = marks.filter((mark) => mark.entry === entry);
  return spots.find(({ mark }) => mark === "likeliest") ?? spots[0] ?? null;
}
