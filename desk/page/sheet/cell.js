// One cell as it looks: its fill, its lines and its text, each an element of a layer of its own.

import { family, make, measured, put } from "./elements.js";

const UPRIGHT = 255;
const LEAST_OF_NUMBERS = 0.6; // of their size
const LEVELS = { top: "flex-start", middle: "center", bottom: "flex-end", justify: "flex-start" };
const PLACES = { left: "flex-start", center: "center", right: "flex-end" };
const SIDES = ["Left", "Right", "Top", "Bottom"];

// The ground of a cell, or null where it has none. A merged cell without a colour hides the lines
// of the grid within it.
export function fillOf(style, box, zoom, isMerged) {
  if (!style.fill && !isMerged) return null;
  const fill = make("div", "sheet-fill");
  const { x, y, width, height } = scaled(box, zoom);
  if (style.fill) {
    fill.style.backgroundColor = style.fill;
    return put(fill, x - 1, y - 1, width + 1, height + 1);
  }
  return put(fill, x, y, width - 1, height - 1);
}

// The lines around and across a cell, or null where it has none.
export function linesOf(style, box, zoom) {
  const sides = SIDES.filter((side) => style[side.toLowerCase()]);
  if (!sides.length && !style.down && !style.up) return null;
  const lines = make("div", "sheet-lines");
  for (const side of sides) {
    const edge = style[side.toLowerCase()];
    lines.style[`border${side}`] = `${edge.width}px ${edge.line} ${edge.colour}`;
  }
  const diagonals = [diagonal(style.down, "to top right"), diagonal(style.up, "to bottom right")];
  const images = diagonals.filter(Boolean);
  if (images.length) lines.style.backgroundImage = images.join(", ");
  const { x, y, width, height } = scaled(box, zoom);
  return put(lines, x - 1, y - 1, width + 1, height + 1);
}

function diagonal(edge, direction) {
  if (!edge) return "";
  const half = edge.width / 2 + 0.25;
  const [from, to] = [`calc(50% - ${half}px)`, `calc(50% + ${half}px)`];
  const stops = `transparent ${from}, ${edge.colour} ${from}, ${edge.colour} ${to}, transparent ${to}`;
  return `linear-gradient(${direction}, ${stops})`;
}

// The text of a cell; `reach` says how far it goes over empty cells beside it.
export function textOf(cell, style, box, zoom, reach) {
  const element = make("div", "sheet-text");
  const inner = make("span", "", cell.text);
  element.append(inner);
  const wide = { ...box, x: box.x - reach.left, width: box.width + reach.left + reach.right };
  const { x, y, width, height } = scaled(wide, zoom);
  put(element, x, y, width, height);
  const { style: css } = element;
  css.fontFamily = family(style.font);
  css.fontSize = `${sizeOf(cell, style, box) * zoom}px`;
  if (style.bold) css.fontWeight = "bold";
  if (style.italic) css.fontStyle = "italic";
  if (style.ink) css.color = style.ink;
  const decoration = [style.underlined && "underline", style.struck && "line-through"];
  css.textDecorationLine = decoration.filter(Boolean).join(" ") || "none";
  css.alignItems = LEVELS[style.level];
  css.padding = `0 ${2 * zoom}px`;
  align(css, inner.style, style, zoom);
  if (style.turned) turn(css, inner.style, style.turned);
  return element;
}

function align(css, inner, style, zoom) {
  css.justifyContent = PLACES[style.align] ?? "flex-start";
  if (style.wrap) css.whiteSpace = "pre-wrap";
  if (style.wrap) inner.width = "100%";
  inner.textAlign = style.align in PLACES ? style.align : "justify";
  if (style.align === "distributed") inner.textAlignLast = "justify";
  if (style.indent && style.align !== "center") {
    const side = style.align === "right" ? "paddingRight" : "paddingLeft";
    css[side] = `${(2 + 9 * style.indent) * zoom}px`;
  }
}

function turn(css, inner, angle) {
  inner.width = "auto";
  if (angle === UPRIGHT) {
    inner.writingMode = "vertical-rl";
    inner.textOrientation = "upright";
  } else if (Math.abs(angle) === 90) {
    inner.writingMode = "vertical-rl";
    inner.textOrientation = "sideways";
    if (angle > 0) inner.transform = "rotate(180deg)";
  } else {
    inner.transform = `rotate(${-angle}deg)`;
  }
  css.justifyContent = css.justifyContent === "flex-start" ? "center" : css.justifyContent;
}

// The size of a cell's font; one that shrinks is as small as its text needs. A number shrinks a
// little: fonts that stand for others are wider, and its first digits would be cut off.
function sizeOf(cell, style, box) {
  if (!(style.shrink || cell.fixed) || style.wrap || style.turned) return style.size;
  const needed = measured(cell.text, style);
  const room = Math.max(box.width - 5, 1);
  if (needed <= room) return style.size;
  const least = style.shrink ? 1 : style.size * LEAST_OF_NUMBERS;
  return Math.max((style.size * room) / needed, least);
}

export function scaled({ x, y, width, height }, zoom) {
  const left = Math.round(x * zoom);
  const top = Math.round(y * zoom);
  return {
    x: left,
    y: top,
    width: Math.round((x + width) * zoom) - left,
    height: Math.round((y + height) * zoom) - top,
  };
}
