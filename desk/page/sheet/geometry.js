// Where the cells of a worksheet stand: ends of columns and rows, merged areas, and how far texts
// reach over empty cells beside them.

import { measured } from "./elements.js";

const ROOM = 4; // pixels beside a text

// The sums of sizes: where each begins, and behind the last one where it ends.
function ends(sizes) {
  const sums = new Float64Array(sizes.length + 1);
  sizes.forEach((size, index) => {
    sums[index + 1] = sums[index] + size;
  });
  return sums;
}

export class Geometry {
  constructor(worksheet) {
    this.worksheet = worksheet;
    this.across = ends(worksheet.columns);
    this.down = ends(worksheet.rows);
    this.merges = new Map();
    this.rowsOfMerges = new Map();
    for (const merge of worksheet.merges) this.#take(merge);
    this.filled = new Map();
    this.cells = new Map();
    for (const cell of worksheet.cells) {
      this.cells.set(key(cell.r, cell.c), cell);
      if (cell.text) this.#fill(cell);
    }
    this.width = this.across.at(-1);
    this.height = this.down.at(-1);
  }

  #take(merge) {
    this.merges.set(key(merge[0], merge[1]), merge);
    for (let row = merge[0]; row <= merge[2]; row += 1) {
      if (!this.rowsOfMerges.has(row)) this.rowsOfMerges.set(row, []);
      this.rowsOfMerges.get(row).push(merge);
    }
  }

  #fill(cell) {
    if (!this.filled.has(cell.r)) this.filled.set(cell.r, []);
    this.filled.get(cell.r).push(cell.c);
  }

  // The cell that is seen at a place: under a merged area, its first one.
  cellAt(row, column) {
    const [top, left] = this.areaAt(row, column);
    return this.cells.get(key(top, left)) ?? null;
  }

  // The area (top, left, bottom, right) of a cell: its own, or the merged one that covers it.
  areaAt(row, column) {
    for (const merge of this.rowsOfMerges.get(row) ?? []) {
      if (merge[1] <= column && column <= merge[3]) return merge;
    }
    return [row, column, row, column];
  }

  // The pixels of an area, before zooming; null where it lies outside of what is shown.
  box([top, left, bottom, right]) {
    if (top > this.worksheet.rows.length || left > this.worksheet.columns.length) return null;
    const x = this.across[left - 1];
    const y = this.down[top - 1];
    return { x, y, width: this.across[right] - x, height: this.down[bottom] - y };
  }

  // The pixels of a cell.
  boxOf(cell) {
    const merge = this.merges.get(key(cell.r, cell.c));
    if (merge) return this.box(merge);
    const last = Math.min(cell.c + (cell.across ?? 1) - 1, this.worksheet.columns.length);
    return this.box([cell.r, cell.c, cell.r, last]);
  }

  // How far a text reaches to the left and to the right of its cell, over empty ones.
  reach(cell, style, box) {
    const stays = style.wrap || style.shrink || style.turned || cell.fixed;
    if (stays || this.merges.has(key(cell.r, cell.c))) return { left: 0, right: 0 };
    const longest = longestLine(cell.text);
    const needed = measured(longest, style) + ROOM - box.width;
    if (needed <= 0) return { left: 0, right: 0 };
    const [before, behind] = this.#free(cell, box);
    const half = style.align === "center" ? needed / 2 : needed;
    return {
      left: style.align === "left" ? 0 : Math.min(half, before),
      right: style.align === "right" ? 0 : Math.min(half, behind),
    };
  }

  // The room of empty cells before and behind a cell, in pixels; behind the last column there is
  // always some.
  #free(cell, box) {
    const columns = this.filled.get(cell.r) ?? [];
    let previous = 0;
    let next = 0;
    for (const column of columns) {
      if (column < cell.c) previous = Math.max(previous, column);
      if (column > cell.c && (next === 0 || column < next)) next = column;
    }
    const before = previous ? this.areaAt(cell.r, previous)[3] : 0;
    const end = next ? this.across[next - 1] : Infinity;
    return [box.x - this.across[before], end - box.x - box.width];
  }
}

export function key(row, column) {
  return row * 20000 + column;
}

function longestLine(text) {
  if (!text.includes("\n")) return text;
  return text.split("\n").reduce((long, line) => (line.length > long.length ? line : long), "");
}
