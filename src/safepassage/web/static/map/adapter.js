// The eleven things the pages ask of a map engine. Only this file and styles.js know OpenLayers, so that another
// engine can take its place. Coordinates are degrees, longitude first; times are seconds of the plan.

import { NUMBERED_FROM, areaWords, featureStyle, groundStyle, pickedStyle, roadStyle, sharedStyle, underlayStyle, worldStyle } from "./styles.js";

const ol = globalThis.ol;
const DEEPEST_VIEW = 19;
const WORLD_UNTIL_ZOOM = 7;
const SHARED_FROM_ZOOM = 8, SHARED_DEEPEST = 16;
const ROOM_FOR_NAMES_FROM = 600;
const OVERLAYS = ["lines", "areas", "states", "corridors", "crossings", "places"];
const DEGREES = "EPSG:4326", METRES = "EPSG:3857";
const READ = { dataProjection: DEGREES, featureProjection: METRES };

/** Make a map inside an element; return the handle that every other function takes. */
export function createMap(element, { world }) {
  const handle = { element, hazard: "central", from: null, until: null, picked: null, hidden: new Set(), shared: new Map() };
  const point = (name) => new ol.source.Vector({ name });
  handle.sources = Object.fromEntries(OVERLAYS.map((name) => [name, point(name)]));
  const ground = new ol.source.Vector({
    features: [new ol.Feature(new ol.geom.Polygon.fromExtent([-2.1e7, -2.1e7, 2.1e7, 2.1e7]))],
  });
  const vector = (source, style, options = {}) => new ol.layer.Vector({ source, style, ...options });
  handle.roads = new ol.layer.VectorTile({
    style: roadStyle, renderMode: "hybrid", declutter: "roads", renderBuffer: 48, updateWhileInteracting: false,
  });
  const land = new ol.source.Vector({ url: world, format: new ol.format.TopoJSON({ dataProjection: DEGREES }) });
  handle.layers = {
    ground: vector(ground, groundStyle()),
    world: vector(land, worldStyle(), { maxZoom: WORLD_UNTIL_ZOOM }),
    underlay: vector(handle.sources.areas, (feature) => shown(handle, feature) && underlayStyle(feature, handle.hazard)),
    roads: handle.roads,
  };
  for (const name of OVERLAYS) {
    handle.layers[name] = vector(
      handle.sources[name],
      (feature, resolution) => shown(handle, feature) && featureStyle(feature, resolution, handle),
      { declutter: "labels", updateWhileInteracting: false },
    );
  }
  handle.layers.words = vector(
    handle.sources.areas, (feature, resolution) => shown(handle, feature) && areaWords(feature, resolution, handle.hazard),
    { declutter: "labels", updateWhileInteracting: false },
  );
  handle.layers.picked = vector(new ol.source.Vector(), pickedStyle);
  handle.map = new ol.Map({
    layers: Object.values(handle.layers),
    view: new ol.View({ center: [0, 0], zoom: 2, maxZoom: DEEPEST_VIEW, constrainRotation: 1, enableRotation: false }),
    controls: [new ol.control.ScaleLine({ units: "metric" })],
    maxTilesLoading: 8,
    pixelRatio: Math.min(globalThis.devicePixelRatio || 1, 2),
  });
  handle.map.setTarget(element);
  return handle;
}

/** Draw the roads from tiles at an address with {z}, {x} and {y}. */
export function setRoads(handle, url, deepestZoom) {
  const grid = ol.tilegrid.createXYZ({ tileSize: 512, maxZoom: deepestZoom });
  handle.roads.setSource(new ol.source.VectorTile({ format: new ol.format.MVT(), url, tileGrid: grid, cacheSize: 256 }));
}

/** Draw a layer of the shared map from tiles at an address with {z}, {x} and {y}; null takes it away. */
export function setShared(handle, name, url) {
  if (handle.shared.has(name)) { handle.map.removeLayer(handle.shared.get(name)); handle.shared.delete(name); }
  if (url === null) { return; }
  const grid = ol.tilegrid.createXYZ({ tileSize: 512, maxZoom: SHARED_DEEPEST });
  const source = new ol.source.VectorTile({ format: new ol.format.MVT({ idProperty: "id" }), url, tileGrid: grid });
  const layer = new ol.layer.VectorTile({ source, style: sharedStyle, minZoom: SHARED_FROM_ZOOM, declutter: "labels", updateWhileInteracting: false });
  const all = handle.map.getLayers();
  all.insertAt(all.getArray().indexOf(handle.roads) + 1, layer);
  handle.shared.set(name, layer);
}

/** Replace the features of one layer by those of a GeoJSON collection. */
export function setFeatures(handle, name, collection) {
  const source = handle.sources[name];
  source.clear(true);
  source.addFeatures(new ol.format.GeoJSON(READ).readFeatures(collection));
  if (handle.picked !== null) { select(handle, handle.picked); }
}

/** Show or hide one layer. */
export function showLayer(handle, name, visible) {
  for (const part of name === "areas" ? ["areas", "underlay", "words"] : [name]) { handle.layers[part].setVisible(visible); }
}

/** Show only what holds at some time in [from, until]; null shows everything. */
export function setTimes(handle, from, until) {
  if (handle.from === from && handle.until === until) { return; }
  handle.from = from;
  handle.until = until;
  redraw(handle);
}

/** Draw the low, the central or the high figures of reported hazard. */
export function setHazard(handle, level) {
  if (handle.hazard === level) { return; }
  handle.hazard = level;
  redraw(handle);
}

/** Move the camera to { bounds: [w, s, e, n] }, { zoom, lon, lat } or { step } (zoom by so much); return where it is, what it sees, and whether areas carry numbers and the shared map is drawn there. */
export function look(handle, to = {}) {
  const view = handle.map.getView();
  if (to.bounds) {
    const box = ol.proj.transformExtent(to.bounds, DEGREES, METRES);
    const right = handle.element.clientWidth > ROOM_FOR_NAMES_FROM ? 96 : 36;
    view.fit(box, { padding: [36, right, 36, 36], maxZoom: 15, duration: to.quietly ? 0 : still(200) });
  } else if (to.zoom !== undefined) {
    view.setZoom(to.zoom);
    view.setCenter(ol.proj.fromLonLat([to.lon, to.lat]));
  } else if (to.step) {
    view.animate({ zoom: view.getZoom() + to.step, duration: still(150) });
  }
  const [lon, lat] = ol.proj.toLonLat(view.getCenter());
  const box = ol.proj.transformExtent(view.calculateExtent(), METRES, DEGREES);
  return { zoom: view.getZoom(), lon, lat, box, far: view.getResolution() > NUMBERED_FROM, near: view.getZoom() > SHARED_FROM_ZOOM };
}

/** Mark the feature of that id, whatever layer it is in; return whether there is one. Null marks nothing. */
export function select(handle, id) {
  const source = handle.layers.picked.getSource();
  source.clear(true);
  handle.picked = id;
  const found = id === null ? [] : features(handle, id);
  source.addFeatures(found.map((feature) => feature.clone()));
  return found.length > 0;
}

/** Tell of what happens: pick(id or null, [lon, lat], facts of the shared map or null), moved(), painted() when everything has been drawn. */
export function listen(handle, { pick, moved, painted }) {
  handle.map.on("singleclick", (event) => {
    if (handle.drawing) { return; }
    const hit = handle.map.forEachFeatureAtPixel(event.pixel, (feature) => feature.getId?.() ?? null, {
      layerFilter: (layer) => OVERLAYS.some((name) => name !== "lines" && handle.layers[name] === layer), hitTolerance: 6,
    });
    const layers = new Set(handle.shared.values());
    const facts = hit ? null : handle.map.forEachFeatureAtPixel(event.pixel, (feature) => feature.getProperties(), {
      layerFilter: (layer) => layers.has(layer), hitTolerance: 6,
    });
    pick(hit ?? null, ol.proj.toLonLat(event.coordinate), facts ?? null);
  });
  handle.map.on("moveend", () => moved());
  handle.map.on("rendercomplete", () => painted());
}

/** Let the person draw a "LineString" or "Polygon" by pointer, or by keys with the middle of the map as the pen. */
export function draw(handle, kind) {
  const interaction = new ol.interaction.Draw({ source: new ol.source.Vector(), type: kind });
  const viewport = handle.element;
  return new Promise((resolve) => {
    let corners = 0;
    const finish = (geometry) => {
      viewport.removeEventListener("keydown", keys, true);
      handle.map.removeInteraction(interaction);
      handle.drawing = false;
      resolve(geometry);
    };
    const keys = (event) => {
      const centre = handle.map.getView().getCenter();
      if (event.key === " ") { interaction.appendCoordinates([centre]); corners += 1; }
      else if (event.key === "Backspace") { interaction.removeLastPoint(); corners = Math.max(0, corners - 1); }
      else if (event.key === "Escape") { interaction.abortDrawing(); finish(null); }
      else if (event.key === "Enter" && corners >= (kind === "Polygon" ? 3 : 2)) { interaction.finishDrawing(); }
      else { return; }
      event.preventDefault();
      event.stopPropagation();
    };
    interaction.on("drawend", (event) => {
      const geometry = new ol.format.GeoJSON(READ).writeGeometryObject(event.feature.getGeometry(), { decimals: 5, ...READ });
      setTimeout(() => finish(geometry), 0);
    });
    handle.drawing = true;
    handle.map.addInteraction(interaction);
    viewport.addEventListener("keydown", keys, true);
  });
}

function features(handle, id) {
  const named = OVERLAYS.flatMap((name) => handle.sources[name].getFeatureById(id) ?? []);
  return named.length ? named : OVERLAYS.flatMap((name) => handle.sources[name].getFeatures().filter((feature) => feature.get("also")?.includes(id)));
}

function shown(handle, feature) {
  if (handle.from === null) { return true; }
  const from = feature.get("from_s") ?? -Infinity, until = feature.get("until_s") ?? Infinity;
  return from <= handle.until && until > handle.from;
}

function redraw(handle) {
  for (const name of ["underlay", "words", ...OVERLAYS]) { handle.layers[name].changed(); }
}

function still(milliseconds) {
  const asked = document.documentElement.classList.contains("still");
  return asked || globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : milliseconds;
}
