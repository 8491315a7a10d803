// A view that is on its way while the same document is asked for again, as after an audit, or
// another one is chosen.
import { createStore, initialState } from "../../../desk/page/store.js";
import { Looking } from "../../../desk/page/looking.js";

const document = (name) => ({ name, sha256: name, last_year: false });
const audit = { entries: [], documents: [document("a.xlsx"), document("b.xlsx")] };

async function played(name, meanwhile) {
  const store = createStore({ ...initialState("ja"), audit });
  const answers = new Map();
  const reading = {
    has: () => true,
    view: (wanted) => new Promise((resolve) => answers.set(wanted, resolve)),
  };
  const looking = new Looking({ store, reading, desk: {}, complain: () => {} });
  store.update({ selected: { kind: "document", name: "a.xlsx" } });
  looking.again();
  await Promise.resolve();
  meanwhile(store, looking);
  await Promise.resolve();
  for (const [wanted, resolve] of answers) resolve(`view of ${wanted}`);
  await new Promise((resolve) => setTimeout(resolve));
  const { shown } = store.state;
  console.log(JSON.stringify({ name, shown: shown.name, view: shown.view, asked: [...answers.keys()] }));
}

await played("the same", (_store, looking) => looking.again());
await played("another", (store, looking) => {
  store.update({ selected: { kind: "document", name: "b.xlsx" } });
  looking.again();
});
