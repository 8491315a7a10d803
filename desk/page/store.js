// The one store of the page: what is shown follows from it, and only actions change it.

// Makes a store. `update` takes the new values of some keys and tells all who watch, once for all
// changes that are made in one go.
export function createStore(initial) {
  let state = Object.freeze({ ...initial });
  let isPending = false;
  const watchers = new Set();

  function tell() {
    isPending = false;
    for (const watcher of watchers) watcher(state);
  }

  return {
    get state() {
      return state;
    },
    update(changes) {
      state = Object.freeze({ ...state, ...changes });
      if (isPending) return;
      isPending = true;
      queueMicrotask(tell);
    },
    // Calls `draw(state)` now, and whenever one of what `parts` lists has become another value.
    watch(parts, draw) {
      let before = null;
      const watcher = (current) => {
        const now = parts(current);
        if (before && now.every((part, index) => Object.is(part, before[index]))) return;
        before = now;
        draw(current);
      };
      watchers.add(watcher);
      watcher(state);
    },
  };
}

// What the store holds at first.
export function initialState(lang) {
  return {
    lang,
    step: 1,
    // Whether the program is there: "starting", "ready", "failed" or "damaged".
    program: "starting",
    unpacked: [0, 0],
    fault: null,
    // The documents in the order in which they came: {name, role, size, form, state, fault}.
    files: [],
    // Dropped forms, rules, waivers and settings: {name, text, kind}; what is wrong with them.
    supplements: [],
    problems: [],
    // What else there is to know of them: which settings are in use, and which are not.
    hints: [],
    // What is being done now: {phase, name, done, total, part, since}; null where nothing is.
    work: null,
    // The judge's State; null before the first audit.
    audit: null,
    // What is looked at: {kind: "summary"}, {kind: "entry", id} or {kind: "document", name}.
    selected: { kind: "summary" },
    department: null,
    card: null,
    shown: null,
    filter: { severity: "all", open: false, change: "all" },
    // A sentence for her, with what kind it is: {kind: "done" or "fault", text}.
    notice: null,
    role: "",
    delivery: null,
  };
}
