// How things look on the map. Nothing is told by colour alone: every meaning has a line, a shape or words of its own.

const ol = globalThis.ol;
const { Style, Stroke, Fill, Text } = ol.style;
// A sign is never hidden by another; only words give way.
const disc = (options) => new ol.style.Circle({ ...options, declutterMode: "obstacle" });
const shape = (options) => new ol.style.RegularShape({ ...options, declutterMode: "obstacle" });
const arrow = (options) => new ol.style.RegularShape({ ...options, declutterMode: "none" });
const letter = (text, color) => new Text({ text, font: `700 12px ${FONT}`, fill: new Fill({ color }), offsetY: 1, declutterMode: "none" });

const INK = "#17202a", PAPER = "#fbfbf9", QUIET = "#59636d";
const FONT = '"Noto Sans", "DejaVu Sans", system-ui, sans-serif';
const DIRECTIONS = ["#0b5fa5", "#b8470c", "#0f766e", "#7a3e9d"];
const WORDS = "#4a2f7d", HAZARD = "#7c2d12", CLOSED = "#3b0d0d";
// One line style for each source, in the order in which sources first spoke; all in one colour.
const DASHES = [[], [10, 5], [2, 5], [14, 4, 2, 4], [6, 3, 1, 3, 1, 3], [18, 6]];

const cache = new Map();

function once(key, make) {
  if (!cache.has(key)) { cache.set(key, make()); }
  return cache.get(key);
}

function pattern(key, size, paint) {
  return once(`pattern ${key}`, () => {
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const pen = tile.getContext("2d");
    paint(pen, size);
    return pen.createPattern(tile, "repeat");
  });
}

function hatch(spacing, colour) {
  return pattern(`hatch ${spacing} ${colour}`, spacing, (pen, size) => {
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const shift of [-size, 0, size]) { pen.moveTo(shift, size); pen.lineTo(shift + size, 0); }
    pen.stroke();
  });
}

/** The ground says that nothing was reported: a pattern of its own, and no colour of comfort. */
export function groundStyle() {
  const dots = pattern("nothing reported", 14, (pen, size) => {
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, size, size);
    pen.fillStyle = "#d3d7d9";
    pen.fillRect(3, 3, 1.4, 1.4);
    pen.fillRect(10, 10, 1.4, 1.4);
  });
  return new Style({ fill: new Fill({ color: dots }) });
}

/** Coasts from afar: what is no land is tinted by the page behind the canvas. */
export function worldStyle() {
  return new Style({ fill: new Fill({ color: "rgba(214, 209, 198, .35)" }), stroke: new Stroke({ color: "#9aa3ab", width: 1 }) });
}

const ROADS = {
  motorway: ["#8d8478", 3.4], trunk: ["#8d8478", 3], primary: ["#9c958a", 2.5], secondary: ["#aca597", 2],
  tertiary: ["#bdb7ab", 1.6], unclassified: ["#cbc6bc", 1.2], residential: ["#d3cfc7", 1.1], service: ["#dbd8d1", 0.8],
  track: ["#d3cfc7", 0.8], ferry: ["#6a8ca5", 1.4], rail: ["#7b848c", 1.2], footway: ["#d3cfc7", 0.8],
};
const DASHED = { track: [5, 3], ferry: [7, 5], rail: [8, 3], footway: [2, 3] };
const LABELLED_BELOW = { motorway: 80, trunk: 80, primary: 40, secondary: 20, tertiary: 10, unclassified: 5, residential: 3 };

/** Roads by class; names come when there is room for them. */
export function roadStyle(feature, resolution) {
  const kind = feature.get("class"), bridge = feature.get("bridge");
  const scale = resolution > 80 ? 0.55 : resolution > 20 ? 0.8 : resolution > 5 ? 1.15 : resolution > 1.5 ? 1.8 : 3;
  const lines = once(`road ${kind} ${bridge} ${scale}`, () => {
    const [color, width] = ROADS[kind] ?? ROADS.track;
    const line = new Style({ zIndex: 1, stroke: new Stroke({ color, width: width * scale, lineDash: DASHED[kind], lineCap: bridge ? "butt" : "round" }) });
    return bridge && scale > 1
      ? [new Style({ stroke: new Stroke({ color: INK, width: width * scale + 3, lineCap: "butt" }) }), new Style({ zIndex: 1, stroke: new Stroke({ color: "#f4f1ea", width: width * scale + 1, lineCap: "butt" }) }), line]
      : [line];
  });
  const label = resolution < (LABELLED_BELOW[kind] ?? 0) ? feature.get("label") : "";
  return label ? [...lines, roadLabel(label)] : lines;
}

function roadLabel(label) {
  return once(`label ${label}`, () => new Style({
    zIndex: 2,
    text: new Text({ text: label, placement: "line", font: `500 11px ${FONT}`, fill: new Fill({ color: "#4d473d" }), stroke: new Stroke({ color: PAPER, width: 3 }), maxAngle: 0.6, overflow: false }),
  }));
}

/** What others put on the shared map: open squares, dotted lines, names from near by; it is nobody's word here yet. */
export function sharedStyle(feature, resolution) {
  const signs = once("shared", () => [new Style({
    image: shape({ points: 4, radius: 8, angle: Math.PI / 4, fill: new Fill({ color: "#fff" }), stroke: new Stroke({ color: INK, width: 1.8 }) }),
    stroke: new Stroke({ color: INK, width: 2.2, lineDash: [0.5, 5], lineCap: "round" }),
  })]);
  const name = resolution < 40 ? feature.get("name") ?? feature.get("label") ?? feature.get("word") : "";
  return name && feature.getType() === "Point" ? [...signs, new Style({ text: words(String(name), { size: 11, y: 16 }) })] : signs;
}

/** Inside a reported area the ground is plain, and hatched where a hazard is reported: denser for a higher figure. */
export function underlayStyle(feature, level) {
  const kind = feature.get("kind"), ppm = feature.get(`${level}_ppm`) ?? 0;
  const spacing = ppm >= 200000 ? 5 : ppm >= 50000 ? 7 : ppm >= 10000 ? 10 : 14;
  return once(`underlay ${kind} ${spacing} ${ppm > 0}`, () => {
    const plain = new Style({ fill: new Fill({ color: PAPER }) });
    const hazard = kind === "reported_hazard" && ppm > 0;
    if (!hazard && kind !== "no_go") { return [plain]; }
    return [plain, new Style({ fill: new Fill({ color: hatch(kind === "no_go" ? 5 : spacing, "rgba(124, 45, 18, .42)") }) })];
  });
}

/** The look of one thing on the map. */
export function featureStyle(feature, resolution, handle) {
  return (MAKERS[feature.get("layer")] ?? MAKERS.places)(feature, resolution, handle);
}

const MAKERS = { lines: line, areas: area, states: state, corridors: corridor, crossings: crossing, places: place };

function words(text, options = {}) {
  return new Text({
    text, font: `${options.weight ?? 500} ${options.size ?? 12}px ${FONT}`, fill: new Fill({ color: options.color ?? INK }),
    stroke: new Stroke({ color: "rgba(251, 251, 249, .95)", width: 3.5 }), offsetX: options.x ?? 0, offsetY: options.y ?? 0,
    textAlign: options.align ?? "center", textBaseline: options.baseline ?? "middle", overflow: true, placement: "point",
  });
}

function line(feature, resolution) {
  const border = feature.get("kind") === "border";
  return once(`line ${border} ${resolution > 300}`, () => new Style({ stroke: new Stroke({ color: border ? "#4b5563" : "#9aa3ab", width: border ? 1.8 : 1, lineDash: border ? [10, 3, 2, 3, 2, 3] : [3, 4] }) }));
}

function area(feature) {
  const kind = feature.get("kind"), hazard = kind === "reported_hazard" || kind === "no_go";
  const color = hazard ? HAZARD : WORDS, dash = DASHES[(feature.get("source_number") ?? 0) % DASHES.length];
  const lines = [new Style({ stroke: new Stroke({ color, width: hazard ? 1.6 : 2.2, lineDash: dash }) })];
  if (kind === "protected_zone") { lines.push(new Style({ stroke: new Stroke({ color, width: 1, lineDash: dash, lineDashOffset: 4 }) })); }
  return lines;
}

/** Metres a pixel from which on areas carry numbers, which a list beside them explains: words would hide the roads. */
export const NUMBERED_FROM = 80;

/** The words of an area: no shape is shown without whose word it is. Zones stand below, hazards above their shape. */
export function areaWords(feature, resolution, level) {
  const kind = feature.get("kind"), hazard = kind === "reported_hazard" || kind === "no_go";
  if (resolution > NUMBERED_FROM) { return areaNumber(feature, hazard); }
  const text = [feature.get("label"), hazard ? feature.get(`${level}_label`) : ""].filter(Boolean).join("\n");
  const style = words(text, { color: hazard ? HAZARD : WORDS, size: 11.5, y: hazard ? -6 : 6, baseline: hazard ? "bottom" : "top" });
  return new Style({ geometry: (one) => edgeOf(one, hazard), text: style });
}

function areaNumber(feature, hazard) {
  const color = hazard ? HAZARD : WORDS, number = String(feature.get("number"));
  const sign = once(`number ${color}`, () => disc({ radius: 9, fill: new Fill({ color: "#fff" }), stroke: new Stroke({ color, width: 1.8 }) }));
  return new Style({ zIndex: 7, geometry: (one) => edgeOf(one, hazard), image: sign, text: letter(number, color) });
}

function edgeOf(feature, north) {
  const geometry = feature.getGeometry();
  const ring = (geometry.getType() === "MultiPolygon" ? geometry.getPolygon(0) : geometry).getLinearRing(0).getCoordinates();
  const edge = (north ? Math.max : Math.min)(...ring.map((point) => point[1]));
  const found = ring.filter((point) => point[1] === edge).map((point) => point[0]);
  return new ol.geom.Point([(Math.min(...found) + Math.max(...found)) / 2, edge]);
}

function state(feature, resolution) {
  const kind = feature.get("state"), used = feature.get("used");
  const dash = { closed: [2.5, 3], restricted: [9, 4], unknown: [1, 5] }[kind] ?? [4, 4];
  const color = kind === "unknown" ? "#454f59" : CLOSED;
  const lines = [
    new Style({ stroke: new Stroke({ color: PAPER, width: 6 }) }),
    new Style({ stroke: new Stroke({ color, width: 2.8, lineDash: dash, lineCap: kind === "unknown" ? "round" : "butt" }) }),
  ];
  const middle = middleOf(feature);
  if (kind === "closed" && used !== false) {
    lines.push(new Style({ geometry: middle, image: shape({ points: 4, radius: 7, radius2: 0, angle: Math.PI / 4, stroke: new Stroke({ color: CLOSED, width: 2.6 }) }) }));
  }
  if (resolution < NUMBERED_FROM) { lines.push(new Style({ zIndex: 4, geometry: middle, text: words(feature.get("label"), { color, weight: 600, size: 11, y: 15 }) })); }
  return lines;
}

function middleOf(feature) {
  const geometry = feature.getGeometry();
  const lines = geometry.getType() === "MultiLineString" ? geometry.getLineStrings() : [geometry];
  return new ol.geom.Point(lines[Math.floor(lines.length / 2)].getCoordinateAt(0.5));
}

/** Corridors are thin lines, alternatives broken ones; what travels on them has the width of its persons. */
function corridor(feature, resolution) {
  const direction = (feature.get("direction") ?? 0) % 4, color = DIRECTIONS[direction], role = feature.get("role");
  if (role === "more" || role === "fewer") { return change(feature, color, role, resolution); }
  if (role !== "flow") {
    const other = role === "alternative";
    return once(`way ${direction} ${role}`, () => [
      new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, .9)", width: 4 }) }),
      new Style({ stroke: new Stroke({ color, width: other ? 2 : 1.4, lineDash: other ? [7, 6] : undefined }) }),
    ]);
  }
  const width = 2.5 + Math.min(6, Math.sqrt(feature.get("persons")) / 11);
  // To the right of the middle, as vehicles drive: both directions are seen on one road.
  const offset = resolution < 700 ? width / 2 + 1 : 0;
  return [
    new Style({ zIndex: 1, stroke: new Stroke({ color: "rgba(255, 255, 255, .9)", width: width + 2.5, offset }) }),
    new Style({ zIndex: 2, stroke: new Stroke({ color, width, offset }) }),
    ...arrows(feature.getGeometry(), color, resolution, direction % 2, offset),
  ];
}

/** What moves differently: a double line where more travel, a broken one where fewer do, with the number. */
function change(feature, color, role, resolution) {
  const more = role === "more", lineDash = more ? undefined : [8, 7];
  return [
    new Style({ zIndex: 1, stroke: new Stroke({ color: "rgba(255, 255, 255, .9)", width: 9 }) }),
    new Style({ zIndex: 2, stroke: new Stroke({ color, width: more ? 6 : 3, lineDash }) }),
    ...(more ? [new Style({ zIndex: 3, stroke: new Stroke({ color: "#fff", width: 2 }) })] : []),
    ...(resolution < 330 ? [new Style({ zIndex: 4, geometry: middleOf(feature), text: words(feature.get("label"), { color, weight: 700, size: 11.5, y: -10 }) })] : []),
  ];
}

/** Arrow heads along a corridor, of another shape in the other direction. */
function arrows(line, color, resolution, hollow, aside) {
  const found = [], every = 150 * resolution, length = line.getLength();
  if (length < 34 * resolution) { return found; }
  for (let at = Math.min(every, length) / 2; at < length && found.length < 12; at += every) {
    const [x0, y0] = line.getCoordinateAt(Math.max(0, (at - 4 * resolution) / length));
    const spot = line.getCoordinateAt(at / length);
    const rotation = Math.atan2(spot[0] - x0, spot[1] - y0);
    const beside = [spot[0] + aside * resolution * Math.cos(rotation), spot[1] - aside * resolution * Math.sin(rotation)];
    found.push(new Style({ zIndex: 3, geometry: new ol.geom.Point(beside), image: arrow({
      points: 3, radius: 7, rotation, rotateWithView: true, fill: new Fill({ color: hollow ? "#fff" : color }), stroke: new Stroke({ color: hollow ? color : "#fff", width: hollow ? 2 : 1.2 }),
    }) }));
  }
  return found;
}

const SIGNS = { open: "✓", closed: "–", window: "◷", restricted: "!", unknown: "?" };

function crossing(feature, resolution) {
  const kind = feature.get("state"), closed = kind === "closed";
  return [
    new Style({ zIndex: 5, image: shape({ points: 4, radius: 11, fill: new Fill({ color: closed ? CLOSED : "#fff" }), stroke: new Stroke({ color: INK, width: 1.6 }) }),
      text: letter(SIGNS[kind] ?? "?", closed ? "#fff" : INK) }),
    ...(resolution < 700 ? [new Style({ zIndex: 5, text: words(feature.get("label"), { weight: 600, size: 11.5, x: 20, align: "left" }) })] : []),
  ];
}

function place(feature, resolution) {
  const kind = feature.get("kind"), label = feature.get("label");
  if (kind === "reception") {
    const color = DIRECTIONS[(feature.get("direction") ?? 0) % 4];
    const sign = (feature.get("direction") ?? 0) % 2
      ? shape({ points: 4, radius: 12, angle: Math.PI / 4, fill: new Fill({ color }), stroke: new Stroke({ color: "#fff", width: 1.6 }) })
      : disc({ radius: 9.5, fill: new Fill({ color }), stroke: new Stroke({ color: "#fff", width: 1.6 }) });
    return [
      new Style({ zIndex: 6, image: sign, text: letter(feature.get("mark") ?? "", "#fff") }),
      new Style({ zIndex: 6, text: words(label, { weight: 700, color, x: 18, align: "left" }) }),
    ];
  }
  if (kind === "vehicle_base") {
    return [new Style({ zIndex: 5, image: shape({ points: 4, radius: 8, angle: Math.PI / 4, scale: [1.25, 0.8], fill: new Fill({ color: "#3d4854" }) }), text: resolution < 200 ? words(label, { size: 11, y: 14, color: QUIET }) : undefined })];
  }
  const persons = feature.get("persons") ?? 0;
  const radius = persons ? Math.min(11, 3.2 + Math.sqrt(persons) / 14) : 2.8;
  return [
    new Style({ zIndex: 4, image: disc({ radius, fill: new Fill({ color: persons ? "#515d69" : "#fff" }), stroke: new Stroke({ color: INK, width: 1.3 }) }) }),
    ...(persons || resolution < 200 ? [new Style({ zIndex: 4 + persons / 1e6, text: words(label, { y: -radius - 8, size: persons ? 12 : 11 }) })] : []),
  ];
}

/** What is chosen in the list, or on the map, stands in a broad ring. */
export function pickedStyle(feature) {
  const halo = (color, width) => new Stroke({ color, width });
  if (feature.getGeometry().getType() === "Point") {
    return [new Style({ image: disc({ radius: 17, stroke: halo("#fff", 7) }) }), new Style({ image: disc({ radius: 17, stroke: halo("#b3005e", 3.5) }) })];
  }
  return [new Style({ stroke: halo("rgba(255, 255, 255, .9)", 9) }), new Style({ stroke: halo("#b3005e", 4) })];
}
