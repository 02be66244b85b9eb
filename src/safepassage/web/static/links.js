// The list and the map show the same things: what is chosen in one is marked in the other.

import { hear, tell } from "./state.js";

export function startLinks() {
  const rows = () => document.querySelectorAll("main [data-feature]");
  // One listener for all rows: the list is replaced when there is news.
  document.addEventListener("click", (event) => {
    const pressed = event.composedPath()[0], row = pressed.closest?.("main [data-feature]");
    const inner = pressed.closest?.("a, button, input, select, textarea, summary, label");
    if (row && (!inner || inner === row)) { tell("choose", row.dataset.feature); }
  });
  const mark = (id) => {
    for (const row of rows()) {
      if (row.dataset.feature === id) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
    }
  };
  hear("choose", mark);
  hear("picked", (id) => {
    mark(id);
    const row = id === null ? null : document.querySelector(`main [data-feature="${CSS.escape(id)}"]`);
    if (!row) { return; }
    row.closest("details")?.setAttribute("open", "");
    row.scrollIntoView({ block: "nearest" });
    row.focus({ preventScroll: true });
  });
  const search = document.querySelector("[data-search]");
  search?.addEventListener("input", () => {
    const asked = search.value.trim().toLowerCase();
    for (const row of rows()) { row.hidden = asked !== "" && !row.textContent.toLowerCase().includes(asked); }
  });
}
