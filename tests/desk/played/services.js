// The desk with the true services behind it, which the test runs in its own Python: a call goes out
// as JSON and base64, and comes back so.

function coded(bytes) {
  if (!bytes) return null;
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

function decoded(text) {
  return text === null ? null : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function line(role) {
  return {
    onStart: null,
    restart() {},
    keep() {},
    async call(name, wanted, data) {
      const answer = await globalThis.deskCall(role, name, JSON.stringify(wanted), coded(data));
      if (answer.error) throw Object.assign(new Error(answer.error.en), answer.error);
      return { result: JSON.parse(answer.result), data: decoded(answer.data) };
    },
  };
}

export function openDesk() {
  const [reader, judge] = [line("reader"), line("judge")];
  return {
    reader,
    judge,
    checks: Promise.resolve([]),
    ready: Promise.resolve({}),
    about: { version: "", commit: "", contents: "" },
    parts: Promise.resolve([]),
    sample: async () => {
      const files = await globalThis.deskSample();
      return files.map(([name, data]) => ({ name, data: decoded(data) }));
    },
  };
}
