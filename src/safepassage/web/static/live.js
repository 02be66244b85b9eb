// What makes the pages live; without it they work the same, after a reload.
// One stream of what is new. Parts of the page are fetched again and put in place, never what somebody is typing.

const body = document.body;
let seq = Number(body.dataset.seq ?? 0);
let waiting = null;
let stream = null;

/** What the page asks by itself says so: a session ends when nobody uses it, though its page stays open. */
const BY_ITSELF = { "x-safepassage-live": "1" };
const USED_EVERY_MS = 60_000;
let used = Date.now();

function light(on) {
  document.getElementById("live")?.classList.toggle("off", !on);
}

/** Whether somebody is at work in a form: then nothing is taken from under their hands. */
function atWork() {
  const field = document.activeElement;
  const inForm = field?.closest?.("main form") && field.matches("input, textarea, select");
  const typed = [...document.querySelectorAll("main form input:not([type=hidden]), main form textarea")]
    .some((one) => one.value !== one.defaultValue);
  return Boolean(inForm || typed);
}

async function renew() {
  waiting = null;
  // The answer to a form has no address of its own to be asked for again.
  if (atWork() || "posted" in body.dataset) { offer(); return; }
  const answer = await fetch(location.pathname + location.search, { headers: { accept: "text/html", ...BY_ITSELF } });
  if (!answer.ok || answer.redirected) { return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.getElementById("main"), next = fresh.getElementById("main");
  if (!main || !next || atWork()) { return; }
  const open = [...main.querySelectorAll("details[open][id]")].map((one) => one.id);
  const top = main.scrollTop, focus = document.activeElement?.id;
  main.replaceChildren(...next.childNodes);
  for (const id of open) { document.getElementById(id)?.setAttribute("open", ""); }
  main.scrollTop = top;
  if (focus) { document.getElementById(focus)?.focus({ preventScroll: true }); }
  const now = document.getElementById("now"), then = fresh.getElementById("now");
  if (now && then) { now.textContent = then.textContent; }
  document.dispatchEvent(new CustomEvent("sp-renewed"));
}

/** Say that there is news, where somebody is typing. */
function offer() {
  if (document.getElementById("news")) { return; }
  const text = body.dataset.news;
  if (!text) { return; }
  const button = document.createElement("button");
  button.id = "news";
  button.textContent = text;
  button.addEventListener("click", () => location.reload());
  document.querySelector("main")?.prepend(button);
}

function soon(milliseconds) {
  waiting ??= setTimeout(renew, milliseconds);
}

async function progress() {
  const part = document.querySelector("[data-part]");
  if (!part) { return; }
  const answer = await fetch(part.dataset.part, { headers: BY_ITSELF });
  if (!answer.ok) { return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
  if (fresh) { document.querySelector("[data-part]")?.replaceWith(fresh); }
}

function listen() {
  // Named on from the page's own place in the log: what was recorded while it was loading is not lost.
  stream = new EventSource(`${body.dataset.live}?after=${seq}`);
  stream.addEventListener("open", () => light(true));
  stream.addEventListener("error", () => light(false));
  stream.addEventListener("entries", (event) => {
    const news = JSON.parse(event.data);
    if (news.seq > seq) { seq = news.seq; soon(120); }
  });
  stream.addEventListener("plan", () => soon(50));
  for (const name of ["planner", "sketch"]) { stream.addEventListener(name, progress); }
  // What somebody has typed stays in sight.
  stream.addEventListener("over", () => { stream.close(); light(false); if (!atWork()) { location.assign("/sign-in"); } });
}

/** Tell that somebody types or points: whoever fills in a long form is not idle. */
function use() {
  if (Date.now() - used < USED_EVERY_MS) { return; }
  used = Date.now();
  fetch("/api/session");
}

if (body.dataset.live) {
  listen();
  for (const name of ["keydown", "pointerdown"]) { document.addEventListener(name, use, { capture: true, passive: true }); }
}

// Files can be dropped anywhere on the form that takes them.
for (const form of document.querySelectorAll("form[data-drop]")) {
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); form.closest("details")?.setAttribute("open", ""); });
  }
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) {
      const field = document.querySelector("form[data-drop] input[type=file]");
      if (field) { field.files = event.dataTransfer.files; field.focus(); }
    }
  });
}
