// The list and the map show the same things: what is chosen in one is marked in the other.

import { hear, tell } from "./state.js";

export function startLinks() {
  const rows = () => document.querySelectorAll("main [data-feature]");
  for (const row of rows()) {
    if (row.tabIndex < 0) { row.tabIndex = 0; }
    row.addEventListener("click", (event) => {
      const inner = event.composedPath()[0].closest?.("a, button, input, select, textarea, summary, label");
      if (!inner || inner === row) { tell("choose", row.dataset.feature); mark(row.dataset.feature); }
    });
  }
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
