// The unpacked contents of the page: many files in one run of bytes, looked up by name.

/**
 * The bytes begin with the length of an index (4 bytes, little-endian) and the index, JSON:
 * [[name, size], …] in the order of the files behind it.
 */
export class Archive {
  constructor(bytes) {
    this.bytes = bytes;
    this.places = new Map();
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const index = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    let start = 4 + length;
    for (const [name, size] of index) {
      this.places.set(name, [start, start + size]);
      start += size;
    }
    if (start !== bytes.length) {
      throw new Error("the archive is cut off");
    }
  }

  /** The bytes of a file: a view, no copy. */
  file(name) {
    const place = this.places.get(name);
    if (place === undefined) {
      throw new Error(`${name} is not in the archive`);
    }
    return this.bytes.subarray(...place);
  }

  text(name) {
    return new TextDecoder().decode(this.file(name));
  }

  /** [name behind the prefix, bytes] of each file whose name begins with `prefix`. */
  *below(prefix) {
    for (const name of this.places.keys()) {
      if (name.startsWith(prefix)) {
        yield [name.slice(prefix.length), this.file(name)];
      }
    }
  }
}
