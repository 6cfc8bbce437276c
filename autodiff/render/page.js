"use strict";
// Shows one log. The numbers and sentences all come from the log: nothing is computed or formatted here.
const log = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const steps = log.steps, last = steps.length - 1;
const state = { at: 0, timer: 0, right: 0, asked: 0, pending: false };

function element(kind, attributes, text, space) {
  const made = space ? document.createElementNS("http://www.w3.org/2000/svg", kind) : document.createElement(kind);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
}
const drawn = (kind, attributes, text) => element(kind, attributes, text, true);
const cut = (text, box) => {
  const room = Math.floor((box[2] - 18) / 7.3 + 0.1);
  return text.length <= room ? text : text.slice(0, room - 1) + "…";
};

// The drawing, made once
const [width, height] = log.size;
const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": "Computation graph" });
const arrow = drawn("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto-start-reverse" });
arrow.append(drawn("path", { d: "M0 0 L8 4 L0 8 z", fill: "context-stroke" }));
const definitions = drawn("defs", {});
definitions.append(arrow);
svg.append(definitions);

function route(edge) {
  const from = log.nodes[edge.from].box, to = log.nodes[edge.to].box;
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
const nodes = log.nodes.map((node, number) => {
  const [x, y, w, h] = node.box;
  const group = drawn("g", { class: `node ${node.kind}${node.outside ? " outside" : ""}`, tabindex: 0, role: "button" });
  group.append(drawn("rect", { x, y, width: w, height: h }));
  const parts = { group, title: drawn("title", {}) };
  group.append(parts.title);
  for (const part of ["label", "made", "data", "gradient", "sum"]) {
    const line = node.lines.indexOf(part);
    parts[part] = drawn("text", { class: part, x: x + 9, y: y + 17 + 16 * line });
    if (line >= 0) group.append(parts[part]);
  }
  parts.label.textContent = cut(node.label, node.box);
  parts.made.textContent = cut(node.made, node.box);
  group.addEventListener("click", () => visit(number));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); visit(number); }
  });
  svg.append(group);
  return parts;
});
const pill = drawn("g", { class: "pill", visibility: "hidden" });
pill.append(drawn("rect", { height: 20, rx: 10 }), drawn("text", { "text-anchor": "middle" }));
svg.append(pill);
$("board").append(svg);
document.querySelector("main").className = width > 1.5 * height ? "wide" : "tall";

// As large as it fits, but never so small that it cannot be read: then it scrolls
function fit() {
  const scale = Math.max(0.72, Math.min(1.15, ($("board").clientWidth - 14) / width));
  svg.setAttribute("width", width * scale);
  svg.setAttribute("height", height * scale);
}
window.addEventListener("resize", fit);
fit();

// What is known after a step: the numbers of the nodes, and which edges have carried something
function known(at) {
  const found = { data: {}, gradient: {}, blocked: {}, edges: {} };
  for (let i = 0; i <= at; i++) {
    const step = steps[i];
    if (step.data) found.data[step.node] = step.data;
    if (step.kind === "seed" || step.kind === "contribution") found.gradient[step.target] = step;
    if (step.kind === "blocked" || step.kind === "detached") found.blocked[step.target] = true;
    if (step.edge >= 0) found.edges[step.edge] = step.kind === "contribution" ? "sent" : "blocked";
  }
  return found;
}

function show(at) {
  const step = steps[at], found = known(at), lit = alight();
  state.at = at;
  nodes.forEach((parts, i) => {
    const node = log.nodes[i], data = found.data[i] || (node.outside ? [node.data, node.full] : null), gradient = found.gradient[i];
    const sum = gradient && !node.outside ? gradient.sum : "";
    parts.data.textContent = data ? data[0] : "";
    const blocked = found.blocked[i] && !gradient;
    parts.gradient.textContent = node.outside ? "" : gradient ? `gradient ${gradient.gradient[0]}` : blocked ? "blocked" : "";
    parts.gradient.classList.toggle("complete", Boolean(gradient) && gradient.arrived === gradient.expected);
    parts.sum.textContent = cut(sum, node.box);
    parts.group.classList.toggle("unknown", !data);
    parts.group.classList.toggle("path", lit.nodes.has(i));
    parts.group.classList.toggle("active", i === step.target);
    parts.group.classList.toggle("sender", i === step.node && i !== step.target);
    const facts = [node.label + (node.made ? ` = ${node.made}` : ""), data ? `is ${data[1]}` : "not computed yet"];
    if (gradient && !node.outside) facts.push(`gradient ${gradient.gradient[1]}, ${gradient.arrived} of ${gradient.expected} arrived: ${sum}`);
    else facts.push(blocked ? "blocked, no gradient so far" : "no gradient yet");
    parts.group.setAttribute("aria-label", facts.join("; "));
    parts.title.textContent = [...facts, node.source].filter(Boolean).join("\n");
  });
  edges.forEach((path, i) => {
    path.setAttribute("class", `edge ${found.edges[i] || ""} ${lit.edges.has(i) ? "path" : ""} ${i === step.edge ? "active" : ""}`);
    path.setAttribute(i === step.edge ? "marker-start" : "marker-end", "url(#arrow)");
    path.removeAttribute(i === step.edge ? "marker-end" : "marker-start");
  });
  label(step);
  $("stage").textContent = log.stages[step.phase];
  $("say").textContent = step.say;
  $("source").textContent = step.source;
  $("equations").tBodies[0].replaceChildren(...step.equations.map((row) => {
    const line = element("tr", {});
    line.append(...row.map((text) => element("td", {}, text)));
    return line;
  }));
  $("slider").value = at;
  $("slider").setAttribute("aria-valuetext", `step ${step.index}: ${step.say}`);
  $("place").textContent = `step ${step.index} of ${steps[last].index}`;
  $("first").disabled = $("back").disabled = at === 0;
  $("next").disabled = $("last").disabled = at === last && !state.pending;
  for (const button of $("stages").children) button.setAttribute("aria-current", button.dataset.phase === step.phase);
  for (const [i, item] of [...$("steps").children].entries()) item.firstChild.setAttribute("aria-current", i === at);
  $("verdict").textContent = step.early || at === last ? log.verdict : "";
  const focus = nodes[step.target >= 0 ? step.target : step.node];
  if (focus) near(focus.group);
}

// Why a gradient is what it is: while this is open, the path that carries most of it is lit
function alight() {
  const chosen = $("why").open && log.why[$("of").selectedIndex];
  return { nodes: new Set(chosen ? chosen.nodes : []), edges: new Set(chosen ? chosen.edges : []) };
}
function explain() {
  $("because").textContent = log.why[$("of").selectedIndex].text;
  show(state.at);
}

function near(group) {
  const board = $("board").getBoundingClientRect(), box = group.getBoundingClientRect();
  if (box.left < board.left || box.right > board.right) $("board").scrollLeft += box.left - board.left - (board.width - box.width) / 2;
  if (box.top < board.top || box.bottom > board.bottom) $("board").scrollTop += box.top - board.top - (board.height - box.height) / 2;
}

function label(step) {
  const shown = step.edge >= 0;
  pill.setAttribute("visibility", shown ? "visible" : "hidden");
  if (!shown) return;
  const path = edges[step.edge], middle = path.getPointAtLength(path.getTotalLength() / 2), text = step.sent || "blocked";
  const wide = text.length * 7.3 + 16;
  pill.firstChild.setAttribute("x", middle.x - wide / 2);
  pill.firstChild.setAttribute("y", middle.y - 10);
  pill.firstChild.setAttribute("width", wide);
  pill.lastChild.setAttribute("x", middle.x);
  pill.lastChild.setAttribute("y", middle.y + 4);
  pill.lastChild.textContent = text;
}

// Going from step to step
function go(at) {
  forget();
  show(Math.max(0, Math.min(last, at)));
}
function onward() {
  const coming = steps[state.at + 1];
  if (!coming) return;
  if (state.pending) return reveal();
  if ($("quiz").checked && coming.ask) return ask(coming.ask);
  go(state.at + 1);
}
function visit(number) {
  pause();
  const mine = steps.map((step, i) => (step.target === number ? i : -1)).filter((i) => i >= 0);
  const later = mine.find((i) => i > state.at);
  if (mine.length) go(later === undefined ? mine[0] : later);
}
function pause() {
  clearInterval(state.timer);
  state.timer = 0;
  $("play").textContent = "Play";
}
function play() {
  if (state.timer) return pause();
  if (state.at === last) go(0);
  state.timer = setInterval(() => {
    if (state.at === last || state.pending) pause();
    else onward();
  }, 1200);
  $("play").textContent = "Pause";
}

// Predict, then reveal
function ask(asked) {
  pause();
  state.pending = true;
  $("question").textContent = asked.text;
  $("judged").textContent = "";
  $("judged").className = "";
  $("answer").value = "";
  $("ask").hidden = false;
  $("answer").focus();
}
function forget() {
  state.pending = false;
  $("ask").hidden = true;
  $("judged").textContent = "";
  $("judged").className = "";
}
function reveal(sentence, right) {
  const held = document.activeElement;
  go(state.at + 1);
  if (sentence) {
    $("judged").textContent = sentence;
    $("judged").className = right ? "right" : "wrong";
    state.asked += 1;
    state.right += right ? 1 : 0;
    $("score").textContent = `${state.right} of ${state.asked} right`;
  }
  if ($("ask").contains(held)) $("next").focus();
}
function number(text) {
  const [top, bottom, ...more] = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/").map((part) => part.trim().toLowerCase());
  const read = (part) => {
    const sign = /^[+-]?(inf|infinity)$/.exec(part || "");
    if (sign) return part[0] === "-" ? -Infinity : Infinity;
    if (/^[+-]?nan$/.test(part)) return NaN;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(part) ? Number(part) : undefined;
  };
  if (more.length) return undefined;
  const above = read(top), below = bottom === undefined ? 1 : read(bottom);
  return above === undefined || below === undefined || below === 0 ? undefined : above / below;
}
function close(x, y) {
  const value = typeof y === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[y] : y;
  if (!Number.isFinite(x) || !Number.isFinite(value)) return Object.is(x, value);
  return Math.abs(x - value) <= log.close * Math.abs(value);
}
function judge(text) {
  const asked = steps[state.at + 1].ask, given = number(text);
  if (given === undefined) {
    $("judged").textContent = "Please write a number, such as 0.25, -3 or 1/3.";
    $("judged").className = "wrong";
    return;
  }
  if (close(given, asked.answer)) return reveal(`Right: ${asked.shown}.`, true);
  const causes = asked.wrong.filter(([, x]) => close(given, x)).map(([key]) => log.misconceptions[key]);
  const reason = causes.length ? causes.slice(0, 2).join("; or ") : "no common slip gives this number";
  reveal(`Not quite: ${reason}. It is ${asked.shown}.`, false);
}

// The controls
$("title").textContent = log.title + (log.part ? " (a part)" : "") + (log.order === "topological" ? "" : `, in ${log.order} order`);
document.title = $("title").parentElement.textContent;
for (const phase in log.stages) {
  const start = steps.findIndex((step) => step.phase === phase);
  if (start < 0) continue;
  const button = element("button", { type: "button" }, log.stages[phase]);
  button.dataset.phase = phase;
  button.addEventListener("click", () => { pause(); go(start); });
  $("stages").append(button);
}
steps.forEach((step, i) => {
  const item = element("li", {}), button = element("button", { type: "button" }, `${step.index}  ${step.say}`);
  button.addEventListener("click", () => { pause(); go(i); });
  item.append(button);
  $("steps").append(item);
});
$("why").hidden = !log.why.length;
if (log.why.length) {
  $("of").append(...log.why.map((one) => element("option", {}, one.label)));
  $("of").addEventListener("change", explain);
  $("why").addEventListener("toggle", explain);
}
$("slider").max = last;
$("slider").addEventListener("input", () => { pause(); go(Number($("slider").value)); });
const moves = {
  first: () => { pause(); go(0); },
  back: () => { pause(); go(state.at - 1); },
  play,
  next: () => { pause(); onward(); },
  last: () => { pause(); go(last); },
};
for (const id in moves) $(id).addEventListener("click", moves[id]);
$("ask").addEventListener("submit", (event) => { event.preventDefault(); judge($("answer").value); });
$("reveal").addEventListener("click", () => reveal());
$("quiz").checked = log.quiz;
$("quiz").addEventListener("change", forget);
const keys = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
document.addEventListener("keydown", (event) => {
  const held = event.target, typing = held === $("answer") || held === $("slider") || held === $("of");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !(event.key in keys)) return;
  if (event.key === " " && held.closest("button, summary, input")) return;
  event.preventDefault();
  moves[keys[event.key]]();
});
window.addEventListener("beforeprint", () => { $("list").open = true; });
show(0);
