// What is going on, and what went wrong: progress with its way out, and sentences.

import { fill, h } from "../dom.js";
import { button } from "./parts.js";

// After so many seconds with one document she may skip it.
const LONG = 15;

export function drawNotices(app) {
  const box = document.getElementById("notices");
  const progress = h("div", { class: "progress" });
  // Two regions that stay: a screen reader tells what changes in them.
  const sentence = h("div", { role: "status" });
  const problem = h("div", { role: "alert" });
  box.append(progress, sentence, problem);
  const drawProgress = (state) => fill(progress, working(app, state));
  app.store.watch(({ lang, work, program }) => [lang, work, program], drawProgress);
  app.store.watch(
    ({ lang, notice }) => [lang, notice],
    ({ notice }) => {
      fill(sentence, notice?.kind === "done" ? line(app, notice) : null);
      fill(problem, notice?.kind === "fault" ? line(app, notice) : null);
    },
  );
  // The seconds of a long reading go on without anything else that changes.
  setInterval(() => {
    const { work } = app.store.state;
    if (work?.phase === "reading" && secondsOf(work) >= LONG) drawProgress(app.store.state);
  }, 1_000);
}

function line(app, { kind, text }) {
  return h(
    "p",
    { class: `notice ${kind}` },
    h("span", {}, text),
    button(app.t("close"), {
      id: "close-notice",
      class: "plain",
      action: () => app.store.update({ notice: null }),
    }),
  );
}

function secondsOf(work) {
  return Math.floor((Date.now() - work.since) / 1_000);
}

function working(app, { work }) {
  if (!work) return null;
  const isReading = work.phase === "reading";
  const seconds = secondsOf(work);
  const isLong = isReading && seconds >= LONG;
  const [part, of] = work.part ?? [];
  const amount = isReading || work.phase === "copying" ? [work.done - 1, work.total] : [part, of];
  return h(
    "div",
    { class: "working" },
    h("progress", {
      "aria-label": app.t(work.phase, work),
      max: amount[1] ?? null,
      value: amount[0] ?? null,
    }),
    h("span", { class: "phase", "aria-live": "polite" }, app.t(work.phase, work)),
    isLong && h("span", { class: "long" }, app.t("takes_long", { seconds })),
    isLong &&
      button(app.t("skip_document"), {
        id: "skip-document",
        help: app.t("skip_document_help"),
        action: () => app.reading.skip(),
      }),
    isReading &&
      button(app.t("cancel"), {
        id: "cancel",
        help: app.t("cancel_help"),
        action: () => app.reading.cancel(),
      }),
    work.phase === "copying" &&
      button(app.t("cancel"), { id: "cancel", action: () => app.handing.cancel() }),
  );
}
