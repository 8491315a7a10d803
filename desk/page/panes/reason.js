// Asks for the reason of 「記載のとおり」 and of 了承, without which neither is recorded.

import { h } from "../dom.js";
import { closeDialog, openDialog } from "./dialog.js";
import { button } from "./parts.js";

export async function reasonDialog(app, entry, kind) {
  const before = entry.answer ?? {};
  const reason = h("textarea", {
    id: "reason",
    rows: 3,
    required: true,
    placeholder: app.t("reason_hint"),
    "aria-describedby": "reason-fault",
    value: before.reason ?? "",
  });
  const fault = h("p", { id: "reason-fault", class: "fault-text", role: "alert" });
  const { audit } = app.store.state;
  const word = audit.answers.find(({ key }) => key === kind);
  const choice = kind === "accepted" ? kindChoice(audit, before.waiver_kind) : null;
  const role = kind === "accepted" ? roleField(app, before.role) : null;

  function submit(event) {
    event.preventDefault();
    if (!reason.value.trim()) return refuse("reason_needed", reason);
    if (role && !role.value.trim()) return refuse("role_needed", role);
    closeDialog("record");
  }

  function refuse(key, field) {
    fault.textContent = app.t(key);
    field.focus();
  }

  const form = h(
    "form",
    { on: { submit }, novalidate: true },
    h("p", { class: "quiet" }, word.text),
    labelled(app.t("reason"), reason),
    choice && labelled(app.t("waiver_kind"), choice),
    role && [labelled(app.t("role"), role), h("p", { class: "quiet" }, app.t("role_help"))],
    fault,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "submit", class: "main", id: "dialog-record" }, app.t("record")),
      button(app.t("back"), { id: "dialog-back", action: () => closeDialog() }),
    ),
  );
  if ((await openDialog(`${word.word}：${entry.title}`, form)) !== "record") return;
  await app.answering.answer(entry.id, {
    kind,
    reason: reason.value.trim(),
    role: role?.value.trim() || undefined,
    waiver_kind: choice?.value,
  });
}

function labelled(text, field) {
  return h("label", { class: "field" }, h("span", {}, text), field);
}

function kindChoice({ waiver_kinds: kinds }, before) {
  return h(
    "select",
    { id: "waiver-kind" },
    Object.entries(kinds).map(([kind, title]) =>
      h("option", { value: kind, selected: kind === before }, title),
    ),
  );
}

function roleField(app, before) {
  return h("input", {
    id: "role",
    type: "text",
    autocomplete: "off",
    placeholder: app.t("role_hint"),
    value: before ?? app.store.state.role,
  });
}
