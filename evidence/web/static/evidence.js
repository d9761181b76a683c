// What the pages do beyond links and forms. Without it everything can still be done with them.
"use strict";

document.documentElement.classList.add("scripted");

// A message of an earlier request must not stand beside the result of this one; what loads by itself is no request.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.closest("[data-quiet]")) document.getElementById("messages").replaceChildren();
});

// The review: keys, forms that open, and the mark scrolled into view.
(() => {
  const KEPT = "evidence-keys-off";
  const root = () => document.querySelector("[data-keys]"); // another one when a browser goes back
  const help = () => document.getElementById("help");
  const keysOn = () => localStorage.getItem(KEPT) === null;
  let busy = false;

  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    if (event.target.checked) localStorage.removeItem(KEPT);
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
    for (const other of root().querySelectorAll(".decisions > details")) other.open = other === part && opened;
    for (const button of root().querySelectorAll("[data-opens]")) {
      button.setAttribute("aria-expanded", String(opened && button.dataset.opens === name));
    }
    if (opened) {
      (part.querySelector("[data-first]") ?? part.querySelector("input:not([type=hidden])")).focus();
      part.scrollIntoView({ block: "nearest" });
    } else root().querySelector(`[data-opens="${name}"]`).focus();
  };

  const act = (element) => {
    if (element.dataset.opens) open(element.dataset.opens, !document.getElementById(element.dataset.opens).open);
    else if (element.dataset.closes) open(element.dataset.closes, false);
    else if (element.dataset.dialog) {
      document.getElementById("keys-on").checked = keysOn();
      help().showModal();
    } else if (element.dataset.closesDialog !== undefined) help().close();
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
    if (!root()) return;
    if (event.key === "Escape" && !help().open) {
      const opened = root().querySelector(".decisions > details[open]");
      if (opened) open(opened.id, false);
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || help().open || event.repeat || busy || !keysOn()) return;
    const element = [...root().querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
    if (!element) return;
    event.preventDefault();
    element.click();
  });

  // While one decision is on its way no other is made.
  const exchanges = (event) => event.detail.target?.id === "review";
  document.addEventListener("htmx:beforeRequest", (event) => { if (exchanges(event)) busy = true; });
  document.addEventListener("htmx:afterRequest", (event) => { if (exchanges(event)) busy = false; });

  const prepared = () => {
    showMark();
    for (const image of document.querySelectorAll("#source image")) image.addEventListener("load", showMark);
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "checked") markFields(event.detail.target);
    if (event.detail.target?.id === "source") prepared();
    if (!exchanges(event)) return;
    busy = false;
    prepared();
    const title = document.getElementById("row");
    document.title = title.dataset.title;
    const conflict = document.getElementById("conflict");
    (conflict ?? title).focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
    const told = root().querySelector("[data-told]");
    if (told) {
      const spoken = document.createElement("p");
      spoken.className = "hidden";
      spoken.textContent = told.dataset.told;
      document.getElementById("messages").replaceChildren(spoken);
    }
  });

  // Faults of a correction stand beside the list also at their fields.
  const markFields = (checked) => {
    for (const field of document.querySelectorAll("#correct [name^=v_], #entry [name^=v_]")) {
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

  document.addEventListener("htmx:historyRestore", prepared);
  prepared();
})();

// Choosing the words of a row to be added, on the picture of a page or in the text.
(() => {
  const NS = "http://www.w3.org/2000/svg";

  const fill = async (documentId, start, end) => {
    const answer = await fetch(`/documents/${documentId}/quote?start=${start}&end=${end}`);
    if (!answer.ok) return;
    const form = document.getElementById("entry");
    form.elements.quote.value = (await answer.json()).quote;
    form.elements.char_start.value = start;
    form.elements.char_end.value = end;
    form.elements.quote.dispatchEvent(new Event("chosen", { bubbles: true }));
  };

  // Offsets count characters as Python does, a browser counts some of them twice.
  const offset = (node, at) => {
    const part = node.parentElement?.closest("[data-start]");
    if (!part) return null;
    const before = document.createRange();
    before.setStart(part, 0);
    before.setEnd(node, at);
    return Number(part.dataset.start) + [...before.toString()].length;
  };

  const choosing = () => document.querySelector("[data-choosing]");

  document.addEventListener("pointerup", () => {
    const source = choosing();
    const selection = getSelection();
    if (!source || !source.querySelector(".text") || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!source.querySelector(".text").contains(range.commonAncestorContainer)) return;
    const [start, end] = [offset(range.startContainer, range.startOffset), offset(range.endContainer, range.endOffset)];
    if (start !== null && end !== null && start < end) fill(source.dataset.choosing, start, end);
  });

  let words = null;
  let from = null;
  let frame = null;

  const point = (svg, event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());

  const wordsOf = async (picture) => {
    const key = `${picture.dataset.document}/pages/${picture.dataset.page}`;
    if (words?.key !== key) {
      const answer = await fetch(`/documents/${key}/words`);
      words = { key, found: answer.ok ? (await answer.json()).words : [] };
    }
    return words.found;
  };

  const rectangle = (svg, name, x, y, width, height) => {
    const rect = document.createElementNS(NS, "rect");
    rect.setAttribute("class", name);
    for (const [key, value] of Object.entries({ x, y, width, height })) rect.setAttribute(key, value);
    svg.append(rect);
    return rect;
  };

  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest("[data-choosing] .picture svg");
    if (!svg || event.button !== 0) return;
    event.preventDefault();
    wordsOf(svg.parentElement);
    from = point(svg, event);
    frame = rectangle(svg, "frame", from.x, from.y, 0, 0);
    svg.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", (event) => {
    if (!frame) return;
    const to = point(frame.ownerSVGElement, event);
    const sides = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
    for (const [key, value] of Object.entries(sides)) frame.setAttribute(key, value);
  });

  document.addEventListener("pointercancel", () => { frame?.remove(); frame = null; });

  document.addEventListener("pointerup", async () => {
    if (!frame) return;
    const svg = frame.ownerSVGElement;
    const [left, top, width, height] = ["x", "y", "width", "height"].map((key) => Number(frame.getAttribute(key)));
    frame.remove();
    frame = null;
    const chosen = (await wordsOf(svg.parentElement)).filter(([, , x, y, w, h]) => {
      const [across, down] = [x + w / 2, y + h / 2];
      return across >= left && across <= left + width && down >= top && down <= top + height;
    });
    if (!chosen.length) return;
    const start = Math.min(...chosen.map((word) => word[0]));
    const end = Math.max(...chosen.map((word) => word[1]));
    for (const old of svg.querySelectorAll(".quoted, .chosen")) old.remove();
    // The quote is one stretch of the text: what stands between the chosen words is part of it.
    for (const [a, b, x, y, w, h] of words.found) if (a < end && b > start) rectangle(svg, "chosen", x, y, w, h);
    fill(svg.parentElement.dataset.document, start, end);
  });
})();

// Uploads: files dropped on the form, and what was chosen said before it is sent.
for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const chosen = form.querySelector("#upload-chosen");
  const around = form.closest(".upload");

  const refused = (files) => {
    const [most, largest] = [Number(form.dataset.mostFiles), Number(form.dataset.largest)];
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    if (files.length > most) return `${files.length} files are chosen and at most ${most} are taken at once; send fewer.`;
    if (bytes <= largest) return "";
    const shown = [bytes, largest].map((size) => Math.ceil(size / 2 ** 20));
    return `These files have ${shown[0]} MB and at most ${shown[1]} MB are taken at once; send fewer.`;
  };
  const show = () => {
    const files = [...input.files];
    const fault = refused(files);
    input.setCustomValidity(fault);
    const said = document.createElement("p");
    said.textContent = fault || files.map((file) => file.name).join(", ");
    said.className = fault ? "fault" : "";
    chosen.replaceChildren(...(files.length ? [said] : []));
  };

  input.addEventListener("change", show);
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    around.addEventListener(name, (event) => {
      event.preventDefault();
      around.classList.toggle("over", over);
    });
  }
  around.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
    input.focus();
  });
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.disabled = true;
    button.textContent = "Uploading …";
  });
  addEventListener("pageshow", (event) => {  // the page came back from the browser's memory, with its button disabled
    if (event.persisted) location.reload();
  });
}

// Progress of jobs, told by the server as it changes; where that breaks off, the row is asked for again.
(() => {
  const AT_ONCE = 2;  // a browser opens few connections to one server, and the page needs some
  const AGAIN = 5000;
  const followed = new Map();

  const renewed = (number) => htmx.ajax("GET", `/jobs/${number}`, { target: `#job-${number}`, swap: "outerHTML" });

  const follow = (row) => {
    const number = row.dataset.job;
    const events = new EventSource(`/api/v1/jobs/${number}/events`);
    followed.set(number, events);
    events.addEventListener("job", async (event) => {
      const job = JSON.parse(event.data);
      const now = document.getElementById(`job-${number}`);
      if (!["waiting", "running"].includes(job.status)) {
        events.close();
        await renewed(number);
        followed.delete(number);
        next();
        return;
      }
      const bar = now.querySelector("progress");
      [bar.max, bar.value] = [job.total || 1, job.done];
      const status = now.querySelector("[data-status]");
      status.textContent = job.status;
      status.className = `status ${job.status}`;
      now.querySelector("[data-told]").textContent = `${job.done} of ${job.total}${job.message ? ` · ${job.message}` : ""}`;
    });
    events.addEventListener("error", () => {
      if (events.readyState !== EventSource.CLOSED) return;  // the browser asks again by itself
      setTimeout(async () => {
        await renewed(number);
        followed.delete(number);
        next();
      }, AGAIN);
    });
  };

  // The oldest first: they are worked on in this order.
  const next = () => {
    const rows = [...document.querySelectorAll("[data-job]")].reverse();
    for (const row of rows) {
      if (followed.size >= AT_ONCE) return;
      if (!followed.has(row.dataset.job)) follow(row);
    }
  };

  document.addEventListener("DOMContentLoaded", next);
  if (document.readyState !== "loading") next();
  addEventListener("pagehide", () => followed.forEach((events) => events.close()));
})();
