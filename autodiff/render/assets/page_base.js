"use strict";
// @table@
// What every page begins with: its data, and elements made of text.
const log = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
function element(kind, attributes, text, space) {
  const made = space ? document.createElementNS("http://www.w3.org/2000/svg", kind) : document.createElement(kind);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}
const drawn = (kind, attributes, text) => element(kind, attributes, text, true);
