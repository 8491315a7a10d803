// Letters that the picture of a page lacks, written into it with the fonts of this machine: those of
// fonts that the document does not hold.

const SANS = '"Yu Gothic", Meiryo, "MS PGothic", "Noto Sans CJK JP", sans-serif';
const SERIF = '"Yu Mincho", "MS PMincho", "Noto Serif CJK JP", serif';
const NARROWEST = 0.4; // of its width, to which a letter is pressed into the room that it has

// The picture of a page (a PNG file) with its letters: a blob. `shown` is what came with it, `size`
// the page's in points, as it is shown.
export async function pictureOf(data, shown, size) {
  const picture = new Blob([data], { type: "image/png" });
  if (!shown.letters.length) return picture;
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const pen = canvas.getContext("2d", { alpha: false });
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  for (const text of shown.letters) write(pen, text, placing(shown, size, canvas));
  return canvas.convertToBlob({ type: "image/png" });
}

// How points of the page become pixels: where one lies, and how many pixels a point has.
function placing(shown, size, canvas) {
  const [x0, y0, x1, y1] = shown.room;
  const [wide, high] = [Math.max(x1 - x0, 1), Math.max(y1 - y0, 1)];
  const at = (x, y) => {
    const [u, v] = turned((x - x0) / wide, (y1 - y) / high, shown.turns);
    return [u * canvas.width, v * canvas.height];
  };
  return { at, scale: canvas.width / Math.max(size.width, 1), turns: shown.turns };
}

function write(pen, text, { at, scale, turns }) {
  const families = text.serif ? SERIF : SANS;
  const name = text.family ? `"${text.family}", ` : "";
  pen.font = `${text.bold ? "bold " : ""}${text.size * scale}px ${name}${families}`;
  pen.fillStyle = text.colour;
  const angle = (turns * Math.PI) / 2 - text.angle;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  [...text.text].forEach((letter, index) => {
    const [x, y, room] = text.spots.slice(3 * index, 3 * index + 3);
    const width = pen.measureText(letter).width;
    const press = room > 0 && width > 0 ? Math.min(Math.max((room * scale) / width, NARROWEST), 1) : 1;
    pen.setTransform(cosine * press, sine * press, -sine, cosine, ...at(x, y));
    pen.fillText(letter, 0, 0);
  });
}

// A point of the page (parts of its width and height, from the upper left) after quarter turns
// clockwise.
export function turned(u, v, turns) {
  switch (turns) {
    case 1:
      return [1 - v, u];
    case 2:
      return [1 - u, 1 - v];
    case 3:
      return [v, 1 - u];
    default:
      return [u, v];
  }
}
