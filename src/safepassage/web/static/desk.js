// Starts the parts of a page. Each works alone; without any of them the page still works, after a reload.

import { startClock } from "./clock.js";
import { startKeys } from "./keys.js";
import { startLinks } from "./links.js";
import { carry } from "./state.js";

startLinks();
startKeys();
if (document.querySelector("sp-map") && globalThis.ol) {
  await import("./map/element.js");
}
startClock();
carry();
