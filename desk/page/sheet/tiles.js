// The layers of a worksheet, drawn in tiles: only those in sight are there.

import { fillOf, linesOf, scaled, textOf } from "./cell.js";
import { make, put } from "./elements.js";
import { key } from "./geometry.js";

const WIDE = 1200;
const HIGH = 600; // pixels of a tile before zooming
const AROUND = 300; // pixels around what is in sight that are drawn, too
const LAYERS = ["grid", "fills", "lines", "texts"];

export class Tiles {
  constructor(geometry, zoom) {
    this.geometry = geometry;
    this.zoom = zoom;
    this.element = make("div", "sheet-layers");
    this.layers = new Map();
    for (const name of LAYERS) {
      const layer = make("div", `sheet-layer sheet-layer-${name}`);
      this.layers.set(name, layer);
      this.element.append(layer);
    }
    this.drawn = new Map();
    this.tiles = this.#tiles();
  }

  // The tiles by their numbers: where each reaches, and its cells.
  #tiles() {
    const tiles = new Map();
    const { geometry } = this;
    for (let y = 0; y * HIGH < Math.max(geometry.height, 1); y += 1) {
      for (let x = 0; x * WIDE < Math.max(geometry.width, 1); x += 1) this.#tile(tiles, x, y);
    }
    for (const cell of geometry.worksheet.cells) {
      const box = geometry.boxOf(cell);
      if (!box || !box.width || !box.height) continue;
      const tile = this.#tile(tiles, Math.floor(box.x / WIDE), Math.floor(box.y / HIGH));
      tile.cells.push(cell);
      // A text may reach to the right as far as it likes; its cell's tile is drawn early enough.
      tile.right = Math.max(tile.right, box.x + box.width);
      tile.bottom = Math.max(tile.bottom, box.y + box.height);
    }
    return tiles;
  }

  #tile(tiles, x, y) {
    const number = `${x},${y}`;
    if (!tiles.has(number)) {
      const [left, top] = [x * WIDE, y * HIGH];
      tiles.set(number, { left, top, right: left + WIDE, bottom: top + HIGH, cells: [] });
    }
    return tiles.get(number);
  }

  // Draws what lies in a window (pixels as they are shown), and takes away what lies far from it.
  show(left, top, width, height) {
    const { zoom } = this;
    const [x, y] = [left / zoom - AROUND, top / zoom - AROUND];
    const [right, bottom] = [(left + width) / zoom + AROUND, (top + height) / zoom + AROUND];
    for (const [number, tile] of this.tiles) {
      const isNear = tile.left < right && tile.right > x && tile.top < bottom && tile.bottom > y;
      if (isNear && !this.drawn.has(number)) this.#draw(number, tile);
      if (!isNear && this.drawn.has(number)) this.#remove(number);
    }
  }

  // Draws everything, for paper.
  showAll() {
    for (const [number, tile] of this.tiles) {
      if (!this.drawn.has(number)) this.#draw(number, tile);
    }
  }

  #remove(number) {
    for (const element of this.drawn.get(number)) element.remove();
    this.drawn.delete(number);
  }

  #draw(number, tile) {
    const parts = new Map(LAYERS.map((name) => [name, make("div", "sheet-tile")]));
    if (this.geometry.worksheet.grid) this.#drawGrid(parts.get("grid"), tile);
    for (const cell of tile.cells) this.#drawCell(parts, cell);
    for (const [name, part] of parts) this.layers.get(name).append(part);
    this.drawn.set(number, [...parts.values()]);
  }

  #drawCell(parts, cell) {
    const { geometry, zoom } = this;
    const style = geometry.worksheet.styles[cell.style];
    const box = geometry.boxOf(cell);
    const isMerged = geometry.merges.has(key(cell.r, cell.c)) || (cell.across ?? 1) > 1;
    const fill = fillOf(style, box, zoom, isMerged);
    if (fill) parts.get("fills").append(fill);
    const lines = linesOf(style, box, zoom);
    if (lines) parts.get("lines").append(lines);
    if (cell.text) {
      const reach = geometry.reach(cell, style, box);
      if (reach.left || reach.right) parts.get("grid").append(clearing(box, reach, zoom));
      parts.get("texts").append(textOf(cell, style, box, zoom, reach));
    }
  }

  #drawGrid(part, tile) {
    const { geometry, zoom } = this;
    const right = Math.min(tile.left + WIDE, geometry.width);
    const bottom = Math.min(tile.top + HIGH, geometry.height);
    const whole = { x: tile.left, y: tile.top, width: right - tile.left, height: bottom - tile.top };
    const { x, y, width, height } = scaled(whole, zoom);
    for (const end of within(geometry.across, tile.left, right)) {
      part.append(put(make("div", "sheet-gridline"), Math.round(end * zoom) - 1, y, 1, height));
    }
    for (const end of within(geometry.down, tile.top, bottom)) {
      part.append(put(make("div", "sheet-gridline"), x, Math.round(end * zoom) - 1, width, 1));
    }
  }
}

// What hides the lines of the grid under a text that reaches over its neighbours.
function clearing(box, { left, right }, zoom) {
  const wide = { ...box, x: box.x - left, width: box.width + left + right };
  const { x, y, width, height } = scaled(wide, zoom);
  return put(make("div", "sheet-clearing"), x, y, width - 1, height - 1);
}

// The ends behind one point and up to another, each once.
function within(ends, first, last) {
  const inside = new Set();
  for (const end of ends) if (end > first && end <= last) inside.add(end);
  return inside;
}
