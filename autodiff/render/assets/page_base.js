"use strict";
// @table@
// What every page begins with: its data, rows from the columns in which they are sent, and elements made of text.
const log = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
function rows(columns) {  // a column is a list of values, or a list of different ones and where each row has which
  const entries = Object.entries(columns).map(([key, [values, at]]) => [key, at ? at.map((i) => values[i]) : values]);
  return (entries.length ? entries[0][1] : []).map((_, i) => Object.fromEntries(entries.map(([key, column]) => [key, column[i]])));
}
function element(kind, attributes, text, space) {
  const made = space ? document.createElementNS("http://www.w3.org/2000/svg", kind) : document.createElement(kind);
  adorn(made, attributes);
  if (text !== undefined) made.textContent = text;
  return made;
}
function adorn(made, attributes) {
  for (const key in attributes) made.setAttribute(key, attributes[key]);
}
function write(made, text) {  // what stands there already is not written again: the browser would lay it out again
  if (made.textContent !== text) made.textContent = text;
}
function assign(made, attribute, value) {
  if (made.getAttribute(attribute) !== value) made.setAttribute(attribute, value);
}
const drawn = (kind, attributes, text) => element(kind, attributes, text, true);
