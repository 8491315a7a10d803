// Elements of the page. Texts become text nodes and nothing else, whatever a document holds.

const SVG = "http://www.w3.org/2000/svg";

// Makes an element. `properties` are attributes; `on` holds listeners by their event; true and
// false set and leave out an attribute; null and undefined leave it out. Children are texts,
// elements, or lists of them.
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "on") listen(element, value);
    else if (key === "value") element.value = value;
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, String(value));
    }
  }
  append(element, children);
  return element;
}

// Puts children behind those that are there; lists are taken apart, null and false left out.
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

function listen(element, listeners) {
  for (const [event, listener] of Object.entries(listeners)) {
    if (listener) element.addEventListener(event, listener);
  }
}

// Puts new content into a pane. What had the focus has it again, by its id; a pane that scrolls
// stays where it was.
export function fill(pane, ...children) {
  const focused = pane.contains(document.activeElement) ? document.activeElement.id : "";
  const places = scrolled(pane);
  pane.replaceChildren();
  append(pane, children);
  for (const [id, top] of places) {
    const box = id === "" ? pane : document.getElementById(id);
    if (box) box.scrollTop = top;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function scrolled(pane) {
  const places = pane.scrollTop ? [["", pane.scrollTop]] : [];
  for (const box of pane.querySelectorAll("[id]")) {
    if (box.scrollTop) places.push([box.id, box.scrollTop]);
  }
  return places;
}

const ICONS = {
  check: "M2.5 8.5l3.5 3.5 7.5-8",
  cross: "M4 4l8 8M12 4l-8 8",
  next: "M6 3l5 5-5 5",
  previous: "M10 3l-5 5 5 5",
  folder: "M1.5 4h4.5l1.5 2h7v7h-13z",
  file: "M4 1.5h5.5l3 3v10H4zM9.5 1.5v3h3",
  copy: "M5 5h8v9H5zM3 11V2h8",
  save: "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
};

// A small picture beside a text; it says nothing that the text does not.
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}
