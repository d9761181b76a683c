// What the pages do beyond links and forms. Without it everything can still be done with them.
"use strict";

document.documentElement.classList.add("scripted");

// A message of an earlier request must not stand beside the result of this one; what loads by itself is no request.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.closest("[data-quiet]")) document.getElementById("messages").replaceChildren();
});

// The review: keys, forms that open, and the mark scrolled into view.
(() => {
  const root = document.querySelector("[data-keys]");
  if (!root) return;
  const help = document.getElementById("help");
  const keysOn = document.getElementById("keys-on");
  const KEPT = "evidence-keys-off";
  let busy = false;

  keysOn.checked = localStorage.getItem(KEPT) === null;
  keysOn.addEventListener("change", () => {
    if (keysOn.checked) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "yes");
  });

  const showMark = () => {
    const source = document.getElementById("source");
    const mark = source?.querySelector("[data-mark]") ?? source?.querySelector(".quoted, mark");
    if (!mark) return;
    const [around, at] = [source.getBoundingClientRect(), mark.getBoundingClientRect()];
    source.scrollTop += at.top + at.height / 2 - (around.top + around.height / 2);
    source.scrollLeft += at.left + at.width / 2 - (around.left + around.width / 2);
  };

  const open = (name, opened) => {
    const part = document.getElementById(name);
    if (!part) return;
    for (const other of root.querySelectorAll(".decisions > details")) other.open = other === part && opened;
    for (const button of root.querySelectorAll("[data-opens]")) {
      button.setAttribute("aria-expanded", String(opened && button.dataset.opens === name));
    }
    if (opened) {
      part.querySelector("input:not([type=hidden]), select, textarea").focus();
      part.scrollIntoView({ block: "nearest" });
    } else root.querySelector(`[data-opens="${name}"]`).focus();
  };

  const act = (element) => {
    if (element.dataset.opens) open(element.dataset.opens, !document.getElementById(element.dataset.opens).open);
    else if (element.dataset.closes) open(element.dataset.closes, false);
    else if (element.dataset.dialog) help.showModal();
    else if (element.dataset.closesDialog !== undefined) help.close();
    else if (element.dataset.key === "s") toSource();
    else return false;
    return true;
  };

  const toSource = () => {
    const source = document.getElementById("source");
    if (document.activeElement === source) {
      document.getElementById("row").focus();
      return;
    }
    source.focus({ preventScroll: true });
    if (source.getBoundingClientRect().top < 0 || source.getBoundingClientRect().top > innerHeight / 2) {
      source.scrollIntoView({ block: "start" });
    }
    showMark();
  };

  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-opens], [data-closes], [data-dialog], [data-closes-dialog], [data-key='s']");
    if (element && act(element)) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && !help.open) {
      const opened = root.querySelector(".decisions > details[open]");
      if (opened) open(opened.id, false);
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || help.open || event.repeat || busy || !keysOn.checked) return;
    const element = [...root.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
    if (!element) return;
    event.preventDefault();
    element.click();
  });

  // While one decision is on its way no other is made.
  const exchanges = (event) => event.detail.target === root;
  document.addEventListener("htmx:beforeRequest", (event) => { if (exchanges(event)) busy = true; });
  document.addEventListener("htmx:afterRequest", (event) => { if (exchanges(event)) busy = false; });

  const prepared = () => {
    showMark();
    for (const image of document.querySelectorAll("#source image")) image.addEventListener("load", showMark);
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "checked") markFields(event.detail.target);
    if (event.detail.target.id === "source") prepared();
    if (event.detail.target !== root) return;
    busy = false;
    prepared();
    const title = document.getElementById("row");
    document.title = title.dataset.title;
    const conflict = document.getElementById("conflict");
    (conflict ?? title).focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
    const told = root.querySelector("[data-told]");
    if (told) {
      const spoken = document.createElement("p");
      spoken.className = "hidden";
      spoken.textContent = told.dataset.told;
      document.getElementById("messages").replaceChildren(spoken);
    }
  });

  // Faults of a correction stand beside the list also at their fields.
  const markFields = (checked) => {
    for (const field of root.querySelectorAll("#correct [name^=v_]")) {
      const fault = checked.querySelector(`[data-fault="${field.name.slice(2)}"]`);
      if (fault) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", fault.id);
      } else {
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      }
    }
  };

  // The name of an arm follows the choice of the arm.
  document.addEventListener("change", (event) => {
    const named = event.target.dataset?.names;
    if (!named || !event.target.value) return;
    const name = event.target.form.elements[`v_${named}`];
    if (name) name.value = event.target.selectedOptions[0].textContent;
  });

  prepared();
})();
