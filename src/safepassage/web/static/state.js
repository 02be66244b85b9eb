// What is looked at, kept in the part of the address that is never sent to the server: camera, times, layers.
// No names, no persons, no reports: only numbers and the names of layers.

const KNOWN = ["zoom", "lon", "lat", "from", "until", "hazard", "hidden", "shared"];

/** Return what the address says. */
export function read() {
  const found = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KNOWN.filter((name) => found.has(name)).map((name) => [name, found.get(name)]));
}

/** Change some of it; null takes away. Pages of the same server keep it, for their links get it, too. */
export function write(changes) {
  const now = { ...read(), ...changes };
  const kept = KNOWN.filter((name) => now[name] !== null && now[name] !== undefined && now[name] !== "");
  const hash = kept.map((name) => `${name}=${encodeURIComponent(now[name])}`).join("&");
  history.replaceState(history.state, "", hash ? `#${hash}` : location.pathname + location.search);
  carry();
}

/** Give links to other screens, and forms that lead back, the same view. */
export function carry() {
  for (const link of document.querySelectorAll("a[data-keeps-view]")) { link.hash = location.hash; }
  for (const form of document.querySelectorAll("form[data-keeps-view]")) {
    form.action = form.getAttribute("action").split("#")[0] + location.hash;
  }
}

/** Tell the parts of the page, and be told, by name. */
export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`sp-${name}`, { detail }));
}

export function hear(name, act) {
  document.addEventListener(`sp-${name}`, (event) => act(event.detail));
}
