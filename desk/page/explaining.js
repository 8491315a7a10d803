// Explanations beside what has the focus or is under the pointer. Elements carry theirs in
// data-help; the bubble is also what describes them to a screen reader.

import { h } from "./dom.js";

const DELAY = 350;
const GAP = 8;

export function explainByFocus(body) {
  const bubble = h("div", { id: "explanation", class: "bubble", role: "tooltip", hidden: true });
  body.append(bubble);
  let owner = null;
  let timer = 0;

  function hide() {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    owner = null;
    bubble.hidden = true;
  }

  function show(element) {
    hide();
    if (!element.isConnected) return;
    owner = element;
    bubble.textContent = element.dataset.help;
    bubble.hidden = false;
    element.setAttribute("aria-describedby", bubble.id);
    // A modal dialog lies above all else but what is in it.
    (element.closest("dialog") ?? body).append(bubble);
    place(bubble, element.getBoundingClientRect());
  }

  // What the focus scrolls into sight keeps its explanation beside it.
  function follow() {
    if (owner?.matches(":focus-visible")) place(bubble, owner.getBoundingClientRect());
    else hide();
  }

  body.addEventListener("focusin", (event) => {
    const element = event.target.closest("[data-help]");
    if (element && event.target.matches(":focus-visible")) show(element);
    else hide();
  });
  body.addEventListener("focusout", hide);
  body.addEventListener("pointerover", (event) => {
    const element = event.target.closest("[data-help]");
    if (element === owner) return;
    hide();
    if (element) timer = setTimeout(show, DELAY, element);
  });
  body.addEventListener("pointerdown", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", follow, { capture: true, passive: true });
}

// Below the element, or above where there is no room.
function place(bubble, box) {
  const { offsetWidth: width, offsetHeight: height } = bubble;
  const left = Math.min(Math.max(box.left, GAP), window.innerWidth - width - GAP);
  const below = box.bottom + GAP;
  const top = below + height < window.innerHeight ? below : box.top - height - GAP;
  bubble.style.left = `${Math.max(left, GAP)}px`;
  bubble.style.top = `${Math.max(top, GAP)}px`;
}
