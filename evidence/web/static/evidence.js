// What the pages do beyond links and forms. Without it everything can still be done with them.
"use strict";

// A message of an earlier request must not stand beside the result of this one.
document.addEventListener("htmx:beforeRequest", () => {
  document.getElementById("messages").replaceChildren();
});
