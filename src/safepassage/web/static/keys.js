// Keys, the list of them, and the palette. The page lists every action; nothing works that is not in that list.

import { tell } from "./state.js";

const OFF = "single-keys-off";

class Keys {
  constructor(help, palette) {
    this.help = help;
    this.palette = palette;
    this.entries = [...help.querySelectorAll("[data-key]")];
    this.byKey = new Map(this.entries.map((entry) => [entry.dataset.key, entry]));
    this.field = palette.querySelector("input");
    this.list = palette.querySelector("[role=listbox]");
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("input", () => this.filter());
    this.field.addEventListener("keydown", (event) => this.choose(event));
    this.list.addEventListener("click", (event) => {
      const option = event.composedPath().find((node) => node.dataset?.act);
      if (option) { this.run(option); }
    });
    const single = help.querySelector("[name=single-keys]");
    single.checked = localStorage.getItem(OFF) === null;
    single.addEventListener("change", () => single.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes"));
    this.single = single;
    for (const button of document.querySelectorAll("[data-opens]")) {
      button.addEventListener("click", () => this.perform({ act: button.dataset.opens }));
    }
  }

  pressed(event) {
    const name = spelled(event);
    const entry = this.byKey.get(name);
    if (!entry) { return; }
    const bare = !event.ctrlKey && !event.metaKey;
    if (bare && (!this.single.checked || writing(event) || document.querySelector("dialog[open]"))) { return; }
    if (name === "enter" && !event.composedPath()[0].dataset?.feature) { return; }
    event.preventDefault();
    this.perform(entry.dataset);
  }

  /** Do what an entry says: follow a link, or tell the parts of the page. */
  perform({ act, href, feature }) {
    if (href) { location.href = href + location.hash; return; }
    const own = {
      help: () => this.help.showModal(), palette: () => this.open(), print: () => globalThis.print(),
      search: () => document.querySelector("[data-search]")?.focus(),
      next: () => this.move(1), previous: () => this.move(-1), go: () => this.go(),
      "focus-time": () => document.querySelector(".clock [name=from]")?.select(),
      "new-report": () => jump("#report"), "close-form": () => jump("#close"), "explain": () => jump("#explained, #corridors"),
    };
    if (own[act]) { own[act](); } else { tell("do", act); }
  }

  rows() {
    return [...document.querySelectorAll("main [data-feature]")].filter((row) => row.offsetParent !== null);
  }

  move(step) {
    const rows = this.rows();
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))]?.focus();
  }

  go() {
    const id = document.activeElement?.dataset.feature;
    if (id) { tell("choose", id); }
  }

  open() {
    this.field.value = "";
    this.filter();
    this.palette.showModal();
    this.field.focus();
  }

  options() {
    return [...this.list.children].filter((option) => !option.hidden);
  }

  filter() {
    const asked = this.field.value.trim().toLowerCase();
    for (const option of this.list.children) { option.hidden = !option.textContent.toLowerCase().includes(asked); }
    this.mark(this.options()[0]);
  }

  mark(option) {
    for (const other of this.list.children) { other.setAttribute("aria-selected", String(other === option)); }
    this.field.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  choose(event) {
    const options = this.options(), at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.mark(options[(at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length]);
    } else if (event.key === "Enter") {
      if (options[at]) { this.run(options[at]); }
    } else { return; }
    event.preventDefault();
  }

  run(option) {
    this.palette.close();
    this.perform(option.dataset);
  }
}

/** The name of a pressed key, as the list of keys spells it. */
function spelled(event) {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  return `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${key}`;
}

/** Whether a person is typing into a field, where letters are letters. */
function writing(event) {
  const field = event.composedPath()[0];
  return field.isContentEditable || field.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button])");
}

function jump(place) {
  const part = document.querySelector(place);
  if (!part) { return; }
  part.closest("details")?.setAttribute("open", "");
  if (part.matches("details")) { part.open = true; }
  part.scrollIntoView({ block: "start" });
  (part.querySelector("input:not([type=hidden]), select, textarea, button, a, [tabindex]") ?? part).focus();
}

export function startKeys() {
  const help = document.getElementById("keys"), palette = document.getElementById("palette");
  if (help && palette) { new Keys(help, palette); }
}
