// What she looks at in step 2: which entries the filter leaves, the chosen one with its card, and
// the document behind it.

// The entries that the filter and the chosen department leave, in the judge's order.
export function entriesShown(state) {
  const { audit, filter, department } = state;
  if (!audit) return [];
  return audit.entries.filter(
    (entry) =>
      (filter.severity === "all" || entry.severity === filter.severity) &&
      (!filter.open || isOpen(entry)) &&
      (filter.change === "all" || entry.change === filter.change) &&
      (department === null || entry.department === department),
  );
}

// Whether an entry needs an answer and has none.
export function isOpen(entry) {
  return needsAnswer(entry) && !entry.answer;
}

// Whether a department has to answer an entry: neither a note nor what somebody may ask about.
export function needsAnswer({ severity }) {
  return severity !== "note" && severity !== "question";
}

export function entryOf(state, id) {
  return state.audit?.entries.find((entry) => entry.id === id) ?? null;
}

export function documentOf(state, name) {
  const isIt = (document) => document.name === name && !document.last_year;
  return state.audit?.documents.find(isIt) ?? null;
}

// The entry that is chosen; null where a document or the summary is.
export function chosenEntry(state) {
  return state.selected.kind === "entry" ? entryOf(state, state.selected.id) : null;
}

// The name of the document that is looked at; null where none is.
export function chosenDocument(state) {
  if (state.selected.kind === "document") return state.selected.name;
  const entry = chosenEntry(state);
  return entry ? entry.spots[0]?.document ?? entry.document : null;
}

export class Looking {
  #app;
  #turn = 0;
  // Where the chosen entry stood among those shown; an answer may take it out of them.
  #at = 0;
  // Settles when card and view of the last choice are there.
  shown = Promise.resolve();

  constructor(app) {
    this.#app = app;
  }

  summary() {
    this.#app.store.update({
      step: 2, selected: { kind: "summary" }, department: null, card: null, shown: null,
    });
  }

  async department(name) {
    const { store } = this.#app;
    const before = store.state.department;
    store.update({ step: 2, department: before === name ? null : name });
    const [first] = entriesShown(store.state);
    if (before !== name && first) await this.entry(first.id);
  }

  async entry(id) {
    const { store } = this.#app;
    store.update({ step: 2, selected: { kind: "entry", id } });
    this.#at = Math.max(entriesShown(store.state).findIndex((entry) => entry.id === id), 0);
    await this.again();
  }

  async document(name) {
    const { store } = this.#app;
    store.update({ step: 2, selected: { kind: "document", name }, card: null });
    await this.again();
  }

  filter(changes) {
    const { store } = this.#app;
    store.update({ filter: { ...store.state.filter, ...changes } });
  }

  showAll() {
    this.#app.store.update({
      filter: { severity: "all", open: false, change: "all" }, department: null,
    });
  }

  // Goes to the next entry that is shown (1) or the one before (-1); stays at the ends.
  async step(by) {
    const { store } = this.#app;
    const shown = entriesShown(store.state);
    if (!shown.length) return;
    const at = shown.findIndex(({ id }) => id === chosenEntry(store.state)?.id);
    const isGone = at < 0 && store.state.selected.kind === "entry";
    const first = by > 0 ? 0 : shown.length - 1;
    const following = by > 0 ? this.#at : this.#at - 1;
    const next = at >= 0 ? at + by : isGone ? following : first;
    await this.entry(shown[Math.min(Math.max(next, 0), shown.length - 1)].id);
  }

  // The same by a key: the card has the focus then, so that its buttons are a Tab away.
  async stepByKey(by) {
    await this.step(by);
    document.getElementById("card-pane").focus({ preventScroll: true });
  }

  // Fetches card and view of what is chosen, as after an audit or in another language. What comes
  // late, after another choice, is not shown.
  async again() {
    const { store } = this.#app;
    const turn = (this.#turn += 1);
    const entry = chosenEntry(store.state);
    if (store.state.selected.kind === "entry" && !entry) {
      const shown = entriesShown(store.state);
      if (shown.length) await this.entry(shown[Math.min(this.#at, shown.length - 1)].id);
      else this.summary();
      return;
    }
    const isCurrent = () => turn === this.#turn;
    this.shown = Promise.all([this.#fetchCard(entry, isCurrent), this.#fetchView()]);
    await this.shown;
  }

  async #fetchCard(entry, isCurrent) {
    const { desk, store } = this.#app;
    if (!entry) {
      store.update({ card: null });
      return;
    }
    try {
      const wanted = { entry: entry.id, lang: store.state.lang };
      const { result } = await desk.judge.call("card", wanted, null);
      if (isCurrent()) store.update({ card: result });
    } catch (fault) {
      if (isCurrent()) this.#app.complain(fault);
    }
  }

  // The same document may be asked for again while its view is on the way: it is shown as long as
  // it is the one that is looked at.
  async #fetchView() {
    const { reading, store } = this.#app;
    const name = chosenDocument(store.state);
    const key = JSON.stringify([name, documentOf(store.state, name)?.sha256 ?? ""]);
    if (name === null || store.state.shown?.key === key) return;
    if (!reading.has(name)) {
      store.update({ shown: { key, name, view: null, fault: { code: "absent" } } });
      return;
    }
    store.update({ shown: { key, name, view: null, fault: null } });
    const isWanted = () => store.state.shown?.key === key;
    try {
      const entry = chosenEntry(store.state);
      const view = await reading.view(name, entry?.spots[0]?.sheet ?? null);
      if (isWanted()) store.update({ shown: { key, name, view, fault: null } });
    } catch (fault) {
      if (isWanted()) store.update({ shown: { key, name, view: null, fault } });
    }
  }
}

// The places of all entries of a document, each with its entry, for the view.
export function marksOf(state, name) {
  return (state.audit?.entries ?? []).flatMap((entry) =>
    entry.spots
      .filter((spot) => spot.document === name)
      .map((spot) => ({
        entry: entry.id,
        severity: entry.severity,
        value: spot.mark === "likeliest" ? entry.proposed[0]?.value : undefined,
        ...spot,
      })),
  );
}
