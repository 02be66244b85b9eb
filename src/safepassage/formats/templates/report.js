(function () {
  "use strict";
  var map = document.querySelector("svg.map");
  var bar = document.getElementById("map-tools");
  if (!map || !bar) { return; }
  var home = map.getAttribute("viewBox").split(" ").map(Number);
  var view = home.slice();
  function show() { map.setAttribute("viewBox", view.join(" ")); }
  function zoom(factor, x, y) {
    var width = Math.min(home[2], Math.max(home[2] / 12, view[2] * factor));
    var real = width / view[2];
    view = [x - (x - view[0]) * real, y - (y - view[1]) * real, width, view[3] * real];
    keep();
  }
  function keep() {
    view[0] = Math.min(Math.max(view[0], home[0]), home[0] + home[2] - view[2]);
    view[1] = Math.min(Math.max(view[1], home[1]), home[1] + home[3] - view[3]);
    show();
  }
  function button(text, label, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    bar.appendChild(made);
  }
  function middle(factor) { return function () { zoom(factor, view[0] + view[2] / 2, view[1] + view[3] / 2); }; }
  button("+", "zoom in", middle(0.6));
  button("−", "zoom out", middle(1 / 0.6));
  button("whole map", "show the whole map", function () { view = home.slice(); show(); });
  var held = null;
  map.addEventListener("pointerdown", function (event) {
    held = { x: event.clientX, y: event.clientY, view: view.slice() };
    map.setPointerCapture(event.pointerId);
  });
  map.addEventListener("pointermove", function (event) {
    if (!held) { return; }
    var scale = view[2] / map.clientWidth;
    view[0] = held.view[0] - (event.clientX - held.x) * scale;
    view[1] = held.view[1] - (event.clientY - held.y) * scale;
    keep();
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    map.addEventListener(name, function () { held = null; });
  });
  map.addEventListener("wheel", function (event) {
    if (!event.ctrlKey) { return; }
    event.preventDefault();
    var box = map.getBoundingClientRect();
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2,
      view[0] + (event.clientX - box.left) / box.width * view[2],
      view[1] + (event.clientY - box.top) / box.height * view[3]);
  }, { passive: false });
  window.addEventListener("beforeprint", function () { map.setAttribute("viewBox", home.join(" ")); });
  window.addEventListener("afterprint", show);
})();
