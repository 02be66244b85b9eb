// One clock for all layers and lists: an interval of the plan, moved by a slider, by keys, or typed.

import { hear, read, tell, write } from "./state.js";

const STEP_S = 1800;
const DAY_S = 86400;

class Clock {
  constructor(box) {
    this.box = box;
    this.horizon = Number(box.dataset.horizon);
    this.zero = Number(box.dataset.zero);
    // From this second on clocks are put forward by so much; back, where it is negative.
    this.change = Number(box.dataset.change ?? Infinity);
    this.forward = Number(box.dataset.forward ?? 0);
    this.slider = box.querySelector("input[type=range]");
    this.fields = { from: box.querySelector("[name=from]"), until: box.querySelector("[name=until]") };
    this.whole = box.querySelector("[data-clock=whole]");
    this.slider.addEventListener("input", () => this.shift(Number(this.slider.value)));
    for (const field of Object.values(this.fields)) { field.addEventListener("change", () => this.typed()); }
    this.whole.addEventListener("click", () => this.show(null, null));
    for (const name of ["earlier", "later"]) {
      box.querySelector(`[data-clock=${name}]`).addEventListener("click", () => this.step(name));
    }
    hear("do", (name) => name in { earlier: 1, later: 1 } ? this.step(name) : name === "whole-time" && this.show(null, null));
    const seen = read();
    this.show(seen.from === undefined ? null : Number(seen.from), seen.until === undefined ? null : Number(seen.until));
  }

  step(name) {
    const from = this.from ?? 0;
    this.shift(from + (name === "later" ? STEP_S : -STEP_S));
  }

  /** Move the interval, its length kept, within the plan. */
  shift(from) {
    const length = this.from === null ? 0 : this.until - this.from;
    const start = Math.max(0, Math.min(this.horizon - length, from));
    this.show(start, start + length);
  }

  typed() {
    const from = this.seconds(this.fields.from.value, 0), until = this.seconds(this.fields.until.value, from);
    for (const [name, value] of [["from", from], ["until", until]]) {
      this.fields[name].setAttribute("aria-invalid", String(this.fields[name].value !== "" && value === null));
    }
    if (from !== null) { this.show(from, Math.max(from, until ?? from)); }
  }

  /** "14:30" or "2 14:30" (the second day) as seconds of the plan; a time before `after` is the next day's. */
  seconds(text, after) {
    const found = text.trim().match(/^(?:(\d)[ .,d]\s*)?(\d{1,2})[:.](\d{2})$/);
    if (!found) { return null; }
    let at = Number(found[2]) * 3600 + Number(found[3]) * 60 - this.zero + (found[1] ? Number(found[1]) - 1 : 0) * DAY_S;
    if (!found[1]) { while (this.moment(at, after) < after) { at += DAY_S; } }
    at = this.moment(at, after);
    return at <= this.horizon ? at : null;
  }

  /** The second of the plan that a time before the change means; of one that comes twice, the first from `after` on. */
  moment(at, after) {
    const later = at - this.forward;
    return at < this.change && (at >= after || later < this.change) ? at : Math.max(later, this.change);
  }

  text(at) {
    const seconds = at + this.zero + (at >= this.change ? this.forward : 0), day = Math.floor(seconds / DAY_S);
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60].map((part) => String(part).padStart(2, "0")).join(":");
    return day ? `${day + 1} ${clock}` : clock;
  }

  show(from, until) {
    this.from = from;
    this.until = until;
    this.slider.value = String(from ?? 0);
    this.slider.setAttribute("aria-valuetext", from === null ? this.whole.textContent.trim() : this.text(from));
    this.fields.from.value = from === null ? "" : this.text(from);
    this.fields.until.value = until === null ? "" : this.text(until);
    this.whole.setAttribute("aria-pressed", String(from === null));
    write({ from, until });
    for (const row of document.querySelectorAll("[data-from]")) {
      const outside = from !== null && (Number(row.dataset.from) > until || Number(row.dataset.until || Infinity) <= from);
      row.toggleAttribute("data-outside", outside);
    }
    tell("times", { from, until });
  }
}

/** Start the clock of the page, where there is one; after the map, which listens to it. */
export function startClock() {
  const box = document.querySelector(".clock");
  if (box) { new Clock(box); }
}
