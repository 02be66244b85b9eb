// <sp-map>: the map of a page. Buttons and words stand in the page itself; the map is a view of the list beside it.

import { createMap, draw, listen, look, select, setFeatures, setHazard, setRoads, setShared, setTimes, showLayer } from "./adapter.js";
import { hear, read, tell, write } from "../state.js";

const LAYERS = ["lines", "areas", "states", "corridors", "crossings", "places"];
const FIELDS_DIGITS = 4;
const MOST_NAMED = 30, PAUSE_MS = 300;

class SafePassageMap extends HTMLElement {
  connectedCallback() {
    this.canvas = this.querySelector(".map-canvas");
    this.said = this.querySelector(".map-said");
    this.numbers = this.querySelector(".map-areas");
    this.numbers.open = matchMedia("(min-width: 1500px)").matches;
    this.handle = createMap(this.canvas, { world: this.dataset.world });
    setRoads(this.handle, this.dataset.tiles, Number(this.dataset.deepest));
    this.restore();
    this.shared();
    listen(this.handle, {
      pick: (id, at, facts) => this.picked(id, at, facts),
      moved: () => this.moved(),
      painted: () => { this.dataset.painted = "yes"; },
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    for (const button of this.querySelectorAll("[data-do]")) { button.addEventListener("click", () => this.act(button.dataset.do)); }
    for (const box of this.querySelectorAll("input[data-layer]")) { box.addEventListener("change", () => this.layer(box)); }
    for (const choice of this.querySelectorAll("input[name=hazard]")) { choice.addEventListener("change", () => this.hazard(choice.value)); }
    hear("do", (name) => this.act(name));
    hear("times", ({ from, until }) => setTimes(this.handle, from, until));
    hear("choose", (id) => this.chosen(id));
    hear("renewed", () => this.load());
    this.load();
  }

  /** Take the camera, the layers and the level of hazard from the address. */
  restore() {
    const seen = read();
    if (seen.zoom && seen.lon && seen.lat) { look(this.handle, { zoom: +seen.zoom, lon: +seen.lon, lat: +seen.lat }); }
    else { this.whole(); }
    const hidden = new Set((seen.hidden ?? "").split(","));
    for (const box of this.querySelectorAll("input[data-layer]")) {
      box.checked = !hidden.has(box.dataset.layer);
      showLayer(this.handle, box.dataset.layer, box.checked);
    }
    const choice = this.querySelector(`input[name=hazard][value="${CSS.escape(seen.hazard ?? "central")}"]`);
    if (choice) { choice.checked = true; setHazard(this.handle, choice.value); }
  }

  /** Fetch what is on the map anew; the camera stays. */
  async load() {
    const answer = await fetch(this.dataset.features, { headers: { Accept: "application/geo+json", "x-safepassage-live": "1" } });
    if (!answer.ok) { this.say(this.dataset.failed); return; }
    const all = await answer.json();
    this.features = new Map(all.features.flatMap((feature) => [feature.id, ...(feature.properties.also ?? [])].map((id) => [id, feature])));
    for (const name of LAYERS) {
      const own = all.features.filter((feature) => feature.properties.layer === name && feature.geometry);
      setFeatures(this.handle, name, { type: "FeatureCollection", features: own });
    }
    this.list(all.features.filter((feature) => feature.properties.layer === "areas"));
    this.dataset.loaded = String(all.features.length);
    tell("loaded", all.features.length);
  }

  /** Say beside the map what the numbers of the areas in view stand for, and whose word each is. */
  list(areas) {
    this.numbers.querySelector("ol").replaceChildren(...areas.map(({ id, properties, geometry }) => {
      const row = document.createElement("li"), button = document.createElement("button");
      row.bounds = geometry ? boundsOf(geometry) : [-180, -90, 180, 90];
      row.value = properties.number;
      button.type = "button";
      button.textContent = properties.whose;
      button.addEventListener("click", () => tell("choose", id));
      row.append(button);
      return row;
    }));
    this.moved();
  }

  /** Offer the layers of the shared map, where there is one; those that the address names are drawn. */
  async shared() {
    const offered = this.querySelector(".map-shared");
    if (!offered) { return; }
    const answer = await fetch(this.dataset.shared);
    if (!answer.ok) { return; }
    const { layers } = await answer.json(), chosen = new Set((read().shared ?? "").split(","));
    for (const name of layers) {
      const label = document.createElement("label"), box = document.createElement("input");
      box.type = "checkbox";
      box.dataset.shared = name;
      box.checked = chosen.has(name);
      box.addEventListener("change", () => this.draws(box));
      label.append(box, ` ${name}`);
      offered.append(label);
      if (box.checked) { this.draws(box); }
    }
    offered.hidden = layers.length === 0;
  }

  /** Draw a layer of the shared map, or no longer. */
  draws(box) {
    const name = encodeURIComponent(box.dataset.shared);
    setShared(this.handle, box.dataset.shared, box.checked ? `${this.dataset.shared}/${name}/tiles/{z}/{x}/{y}` : null);
    write({ shared: this.sharedNames().join(",") || null });
    this.here();
  }

  sharedNames() {
    return [...this.querySelectorAll("input[data-shared]")].filter((box) => box.checked).map((box) => box.dataset.shared);
  }

  /** Say in words what of the shared map lies in view, a moment after the last move. */
  here() {
    const list = this.querySelector(".map-here"), names = this.sharedNames();
    if (!list) { return; }
    list.hidden = names.length === 0;
    clearTimeout(this.pause);
    if (names.length) { this.pause = setTimeout(() => this.names(list.querySelector("ul"), names), PAUSE_MS); }
  }

  async names(list, layers) {
    const { near, box } = look(this.handle), rows = [];
    for (const name of near ? layers : []) {
      const answer = await fetch(`${this.dataset.shared}/${encodeURIComponent(name)}/features?box=${box.map((one) => one.toFixed(FIELDS_DIGITS))}`);
      if (answer.ok) { rows.push(...(await answer.json()).features); }
    }
    const texts = rows.slice(0, MOST_NAMED).map(({ id, properties }) => inWords({ id, ...properties }));
    if (rows.length > MOST_NAMED) { texts.push("…"); }
    list.replaceChildren(...(near ? texts.length ? texts : [this.dataset.nothing] : [this.dataset.nearer]).map((text) => {
      const row = document.createElement("li");
      row.textContent = text;
      return row;
    }));
  }

  whole() {
    const bounds = this.dataset.bounds.split(",").map(Number);
    look(this.handle, { bounds, quietly: this.dataset.painted !== "yes" });
  }

  moved() {
    const { zoom, lon, lat, far, box } = look(this.handle), rows = [...this.numbers.querySelectorAll("li")];
    for (const row of rows) { row.hidden = !meet(row.bounds, box); }
    this.numbers.hidden = !far || !rows.some((row) => !row.hidden) || !this.querySelector("input[data-layer=areas]").checked;
    this.here();
    write({ zoom: zoom.toFixed(2), lon: lon.toFixed(FIELDS_DIGITS), lat: lat.toFixed(FIELDS_DIGITS) });
  }

  say(text) {
    this.said.textContent = text;
  }

  /** Something on the map was chosen: mark it, say what it is, and tell the list. */
  picked(id, at, facts = null) {
    if (this.asking) { this.ask(at); return; }
    select(this.handle, id);
    const feature = id === null ? null : this.features.get(id);
    this.say(feature ? (feature.properties.said ?? feature.properties.label) : facts ? inWords(facts) : "");
    tell("picked", id);
  }

  /** Something in the list was chosen: go there. */
  chosen(id) {
    if (!select(this.handle, id)) { return; }
    const feature = this.features.get(id);
    look(this.handle, { bounds: boundsOf(feature.geometry) });
    this.say(feature.properties.said ?? feature.properties.label);
  }

  act(name) {
    const acts = {
      "zoom-in": () => look(this.handle, { step: 1 }), "zoom-out": () => look(this.handle, { step: -1 }),
      whole: () => this.whole(), "focus-map": () => this.canvas.focus(),
      "close-road": () => this.start("close-road"), "draw-area": () => this.drawn("Polygon", "area"),
      "draw-way": () => this.drawn("LineString", "way"), hazard: () => this.next(),
    };
    acts[name]?.();
  }

  next() {
    const all = [...this.querySelectorAll("input[name=hazard]")];
    const after = all[(all.findIndex((one) => one.checked) + 1) % all.length];
    if (after) { after.checked = true; this.hazard(after.value); this.say(after.closest("label").textContent.trim()); }
  }

  hazard(level) {
    setHazard(this.handle, level);
    write({ hazard: level === "central" ? null : level });
  }

  layer(box) {
    showLayer(this.handle, box.dataset.layer, box.checked);
    this.moved();
    write({ hidden: [...this.querySelectorAll("input[data-layer]")].filter((one) => !one.checked).map((one) => one.dataset.layer).join(",") });
  }

  /** Wait for a place: a click, or Space for the middle of the map. */
  start(what) {
    this.asking = what;
    this.classList.add("aims");
    this.canvas.focus();
    this.say(this.dataset.askRoad);
  }

  stop(text = "") {
    this.asking = null;
    this.classList.remove("aims");
    this.say(text);
  }

  key(event) {
    if (event.key === "Escape" && this.asking) { this.stop(); }
    else if ((event.key === " " || event.key === "Enter") && this.asking) { const { lon, lat } = look(this.handle); this.ask([lon, lat]); }
    else if (event.key === "Enter" && !this.handle.drawing) { this.pickMiddle(); }
    else { return; }
    event.preventDefault();
  }

  /** Without a pointer: what is nearest to the middle of the map. */
  pickMiddle() {
    const { lon, lat } = look(this.handle);
    let best = null, least = Infinity;
    for (const [id, feature] of this.features) {
      if (!feature.geometry) { continue; }
      const [west, south, east, north] = boundsOf(feature.geometry);
      const far = Math.hypot((west + east) / 2 - lon, (south + north) / 2 - lat);
      if (far < least) { best = id; least = far; }
    }
    this.picked(best, [lon, lat]);
  }

  /** Ask which road is there, and hand it to the form that takes roads. */
  async ask([lon, lat]) {
    const answer = await fetch(this.dataset.road, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ lon, lat }),
    });
    if (!answer.ok) { this.say(this.dataset.noRoad); return; }
    const road = await answer.json();
    this.stop(road.label);
    give("road", road.selector, road.label);
  }

  /** Let the person draw, and hand the shape to the form that takes it. */
  async drawn(kind, name) {
    this.canvas.focus();
    this.classList.add("aims");
    this.say(this.dataset.askDraw);
    const geometry = await draw(this.handle, kind);
    this.stop();
    if (geometry) { give(name, name === "way" ? points(geometry) : JSON.stringify(geometry), ""); }
  }
}

/** Fill the field of the page that takes such a thing, and go there. */
function give(name, value, label) {
  const field = document.querySelector(`[data-takes~="${name}"]`);
  tell(`given-${name}`, { value, label });
  if (!field) { return; }
  field.closest("details")?.setAttribute("open", "");
  if (field.type === "file") { field.files = asFile(value); } else { field.value = value; }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const shown = document.querySelector(`[data-says="${name}"]`);
  if (shown) { shown.textContent = label; }
  (field.type === "hidden" ? shown ?? field : field).focus();
}

/** A feature of the shared map in words: its layer, its name there, what is said of it. */
function inWords({ layer, id, at_ms: at, geometry, ...facts }) {
  const when = at ? [new Date(at).toISOString().slice(0, 16).replace("T", " ")] : [];
  return [`${layer} ${id}`, ...when, ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`)].join("; ");
}

/** A drawn way as the points that the form of a way takes: "lat,lon;lat,lon". */
function points(line) {
  return line.coordinates.map(([lon, lat]) => `${lat},${lon}`).join(";");
}

/** A drawn shape as a file, for a form that takes map files. */
function asFile(geometry) {
  const files = new DataTransfer();
  files.items.add(new File([`{"type":"Feature","properties":{},"geometry":${geometry}}`], "drawn.geojson", { type: "application/geo+json" }));
  return files.files;
}

function meet([west, south, east, north], [left, bottom, right, top]) {
  return west <= right && east >= left && south <= top && north >= bottom;
}

function boundsOf(geometry) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (part) => {
    if (typeof part[0] === "number") {
      box[0] = Math.min(box[0], part[0]); box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]); box[3] = Math.max(box[3], part[1]);
    } else { part.forEach(visit); }
  };
  visit(geometry.coordinates);
  return box;
}

customElements.define("sp-map", SafePassageMap);
