// The page starts here: it is drawn at once, and the program behind it is unpacked meanwhile.

import { ADVICE } from "./boot/checks.js";
import { openDesk } from "./boot/desk.js";
import { App } from "./app.js";
import { listenToDrops } from "./panes/drop_area.js";
import { drawHead } from "./panes/head.js";
import { drawDialogs } from "./panes/dialogs.js";
import { drawNotices } from "./panes/notices.js";
import { drawFirstStep } from "./panes/first_step.js";
import { drawSecondStep } from "./panes/second_step.js";
import { drawThirdStep } from "./panes/third_step.js";
import { listenToKeys } from "./keys.js";
import { explainByFocus } from "./explaining.js";
import { createStore, initialState } from "./store.js";

const store = createStore(initialState("ja"));
const desk = openDesk();
const app = new App(store, desk);

drawHead(app);
drawNotices(app);
drawFirstStep(app);
drawSecondStep(app);
drawThirdStep(app);
drawDialogs(app);
listenToDrops(app);
listenToKeys(app);
explainByFocus(document.body);

store.watch(
  ({ lang, step }) => [lang, step],
  ({ lang, step }) => {
    document.documentElement.lang = lang;
    document.title = `${app.t("product")} ${step} ${app.t(`step${step}`)}`;
    for (const number of [1, 2, 3]) document.getElementById(`step${number}`).hidden = step !== number;
  },
);

window.addEventListener("beforeunload", (event) => {
  const { audit, work } = store.state;
  if (audit?.changes.unsaved || work) event.preventDefault();
});

start();

// Waits for the checks of the browser and for the workers. What is missing is said instead.
async function start() {
  try {
    const checks = await desk.checks;
    const unfit = checks.filter(({ fits }) => !fits);
    const missing = unfit.filter(({ name }) => !ADVICE.includes(name));
    if (missing.length) {
      const isDamaged = missing.some(({ name }) => name === "contents");
      store.update({ program: isDamaged ? "damaged" : "failed", fault: missing.map(({ text }) => text) });
      return;
    }
    if (unfit.length) {
      const text = unfit.map((advice) => app.of(advice.text)).join("\n");
      store.update({ notice: { kind: "fault", text } });
    }
    await desk.ready;
    store.update({ program: "ready" });
    await app.reading.run();
  } catch (fault) {
    store.update({ program: "failed", fault: fault?.ja ? [fault] : [] });
  }
}
