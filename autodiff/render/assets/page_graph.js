// Draws the graph of one log. The numbers and sentences come from the log, or from page_told.js.
let steps = log.steps, last = steps.length - 1;
const state = { at: 0, seen: 0, timer: 0, pending: false };
const cut = (text, box) => {
  const room = Math.floor((box[2] - 18) / 7.3 + 0.1);
  return text.length <= room ? text : text.slice(0, room - 1) + "…";
};
const newest = (sum, box) => {
  const terms = sum.split(" + ");
  let text = sum;
  while (text !== cut(text, box) && terms.length > 2) {
    terms.splice(0, terms[0] === "…" ? 2 : 1, "…");
    text = terms.join(" + ");
  }
  return cut(text, box);
};

// The drawing, made once
const [width, height] = log.size;
const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "Computation graph" });
const arrow = drawn("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto-start-reverse" });
arrow.append(drawn("path", { d: "M0 0 L8 4 L0 8 z", fill: "context-stroke" }));
const definitions = drawn("defs", {});
definitions.append(arrow);
svg.append(definitions);

function route(edge, boxes = log.nodes) {
  const from = boxes[edge.from].box, to = boxes[edge.to].box;
  const points = [[from[0] + from[2], from[1] + from[3] / 2], ...edge.via,
                  [to[0], to[1] + (to[3] * (edge.operand + 1)) / (edge.operands + 1)]];
  let path = `M${points[0]}`;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1], [x1, y1] = points[i], middle = (x0 + x1) / 2;
    path += ` C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
  }
  return path;
}
const edges = log.edges.map((edge) => {
  const path = drawn("path", { class: "edge", d: route(edge), "marker-end": "url(#arrow)" });
  svg.append(path);
  return path;
});
const carried = log.edges.map(() => [drawn("text", { class: "carried", "text-anchor": "middle" }), drawn("text", { class: "carried sent", "text-anchor": "middle" })]);
function boxAt([x, y, width, height], kind, enter) {  // a button without text of its own: readers hear its label
  const group = drawn("g", { class: `node ${kind}` }), button = drawn("rect", { class: "box", x, y, width, height, tabindex: 0, role: "button" });
  group.append(button);
  group.addEventListener("click", enter);
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); enter(); }
  });
  const line = (part, i) => drawn("text", { class: part, "aria-hidden": true, x: x + 9, y: y + 17 + 16 * i });
  return { group, button, line };
}
const nodes = log.nodes.map((node, number) => {
  const { group, button, line } = boxAt(node.box, `${node.kind}${node.outside ? " outside" : ""}`, () => {
    if (state.dragged) state.dragged = false;
    else visit([number]);
  });
  const parts = { group, button, title: drawn("title", {}) };
  group.append(parts.title);
  for (const part of ["label", "made", "data", "gradient", "sum"]) {
    const place = node.lines.indexOf(part);
    parts[part] = line(part, place);
    if (place >= 0) group.append(parts[part]);
  }
  for (const part in node.brief) parts[part].textContent = cut(node.brief[part], node.box);
  svg.append(group);
  return parts;
});
svg.append(...carried.flat());
const pill = drawn("g", { class: "pill", visibility: "hidden" });
pill.append(drawn("rect", { height: 20, rx: 10 }), drawn("text", { "text-anchor": "middle" }));
svg.append(pill);
$("board").append(svg);
document.querySelector("main").className = width > 1.5 * height ? "wide" : "tall";

// As large as it fits, but never so small that it cannot be read: then it scrolls. Whoever wants all of it asks for that
const view = { zoom: 1, whole: false };
let sheet = { svg, width, height };
function fit() {
  const { svg, width, height } = sheet, across = ($("board").clientWidth - 14) / width, down = (parseFloat(getComputedStyle($("board")).maxHeight) - 16) / height || across;
  const large = document.body.classList.contains("present") ? 2.2 : 1.15;
  const scale = view.zoom * (view.whole ? Math.min(across, down, large) : Math.max(1, Math.min(large, across)));
  adorn(svg, { width: width * scale, height: height * scale });
}
window.addEventListener("resize", fit);
fit();
function zoom(factor) {
  const board = $("board"), middle = [board.scrollLeft + board.clientWidth / 2, board.scrollTop + board.clientHeight / 2];
  const before = view.zoom;
  view.zoom = Math.min(6, Math.max(0.15, view.zoom * factor));
  fit();
  board.scrollLeft = middle[0] * view.zoom / before - board.clientWidth / 2;
  board.scrollTop = middle[1] * view.zoom / before - board.clientHeight / 2;
}
function whole() {
  view.whole = !view.whole;
  view.zoom = 1;
  $("whole").setAttribute("aria-pressed", view.whole);
  fit();
}
function present() {
  const on = document.body.classList.toggle("present");
  $("present").setAttribute("aria-pressed", on);
  fit();
  show(state.at);
}
$("board").addEventListener("wheel", (event) => {
  if (event.ctrlKey) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1); }
}, { passive: false });
$("board").addEventListener("pointerdown", (event) => {  // the empty board is moved by its background
  if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest(".node")) return;
  const board = $("board"), from = [event.clientX + board.scrollLeft, event.clientY + board.scrollTop];
  const move = (now) => { board.scrollLeft = from[0] - now.clientX; board.scrollTop = from[1] - now.clientY; };
  addEventListener("pointermove", move);
  addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
});

// What moves in it
function near(groups) {  // the first of them always, the others as far as there is room for all
  const board = $("board").getBoundingClientRect(), boxes = groups.map((group) => group.getBoundingClientRect());
  for (const [start, end, scroll] of [["left", "right", "scrollLeft"], ["top", "bottom", "scrollTop"]]) {
    const room = board[end] - board[start];
    let low = Math.min(...boxes.map((box) => box[start])), high = Math.max(...boxes.map((box) => box[end]));
    if (high - low > room - 8) [low, high] = [boxes[0][start], boxes[0][end]];
    if (low < board[start] + 4 || high > board[end] - 4) $("board")[scroll] += (low + high) / 2 - board[start] - room / 2;
  }
}

// On demand an edge keeps what it carried: its local derivative above, and below it the contribution
function keepNumbers(found, active) {
  carried.forEach(([above, below], i) => {
    const step = $("numbers").checked && i !== active && found.carried[i];
    write(above, step ? (step.slope === null ? "none" : `× ${step.slope}`) : "");
    write(below, step ? step.sent : "");
    if (!step) return;
    const middle = edges[i].getPointAtLength(edges[i].getTotalLength() / 2);
    for (const [text, down] of [[above, -5], [below, 14]]) adorn(text, { x: middle.x, y: middle.y + down });
  });
}
function label(step) {
  const shown = step.edge >= 0;
  pill.setAttribute("visibility", shown ? "visible" : "hidden");
  if (!shown) return;
  const path = edges[step.edge], middle = path.getPointAtLength(path.getTotalLength() / 2), text = step.sent || "blocked";
  const wide = text.length * 7.3 + 8;  // as wide as the space between two layers, for six digits
  adorn(pill.firstChild, { x: middle.x - wide / 2, y: middle.y - 10, width: wide });
  adorn(pill.lastChild, { x: middle.x, y: middle.y + 4 });
  pill.lastChild.textContent = text;
}
