// Shows a step, and goes from one to the next; the drawing is page_graph.js, the questions are page_quiz.js.

// What is known after a step: the numbers of the nodes, and which edges have carried something
const COMPUTED = new Set(["input", "operation", "update"]);
function known(at) {
  const found = { data: {}, gradient: {}, blocked: {}, edges: {}, carried: {} };
  for (let i = 0; i <= at; i++) {
    const step = steps[i];
    if (COMPUTED.has(step.kind)) found.data[step.node] = step;
    if (step.kind === "seed" || step.kind === "contribution") found.gradient[step.target] = step;
    if (step.kind === "blocked" || step.kind === "detached") found.blocked[step.target] = true;
    if (step.edge >= 0) found.carried[step.edge] = step;
    if (step.edge >= 0) found.edges[step.edge] = step.kind === "contribution" ? "sent" : "blocked";
  }
  return found;
}

function show(at, still = false) {  // still: the board stays where it is, such as under a drag
  const step = steps[at], found = known(at), lit = alight();
  state.at = at;
  state.seen = Math.max(state.seen, at);
  nodes.forEach((parts, i) => {
    const node = log.nodes[i], data = found.data[i] ? found.data[i].data : (node.outside ? [node.data, node.full] : null), gradient = found.gradient[i];
    const sum = gradient && !node.outside ? gradient.sum : "";
    write(parts.data, data ? data[0] : "");
    const blocked = found.blocked[i] && !gradient;
    write(parts.gradient, node.outside ? "" : gradient ? `gradient ${gradient.gradient[0]}` : blocked ? "blocked" : "");
    parts.gradient.classList.toggle("complete", Boolean(gradient) && gradient.arrived === gradient.expected);
    write(parts.sum, newest(sum, node.box));
    parts.group.classList.toggle("unknown", !data);
    parts.group.classList.toggle("path", lit.nodes.has(i));
    parts.group.classList.toggle("active", i === step.target);
    parts.group.classList.toggle("sender", i === step.node && i !== step.target);
    const facts = [node.label + (node.made ? ` = ${node.made}` : ""), data ? `is ${data[1]}` : "not computed yet"];
    if (gradient && !node.outside) facts.push(`gradient ${gradient.gradient[1]}, ${gradient.arrived} of ${gradient.expected} arrived: ${sum}`);
    else facts.push(blocked ? "blocked, no gradient so far" : "no gradient yet");
    assign(parts.button, "aria-label", facts.join("; "));
    write(parts.title, [...facts, node.source].filter(Boolean).join("\n"));
  });
  edges.forEach((path, i) => {
    assign(path, "class", `edge ${found.edges[i] || ""} ${lit.edges.has(i) ? "path" : ""} ${i === step.edge ? "active" : ""}`);
    assign(path, i === step.edge ? "marker-start" : "marker-end", "url(#arrow)");
    path.removeAttribute(i === step.edge ? "marker-end" : "marker-start");
  });
  label(step);
  keepNumbers(found, step.edge);
  $("stage").textContent = log.stages[step.phase];
  $("say").textContent = step.say;
  $("source").textContent = step.source;
  $("equations").tBodies[0].replaceChildren(...lines(step).map((row) => {
    const line = element("tr", {});
    line.append(...row.map(cell));
    return line;
  }));
  $("equations").hidden = !step.equations.length;
  $("slider").value = at;
  $("slider").setAttribute("aria-valuetext", `step ${step.index}: ${step.say}`);
  $("place").textContent = `step ${step.index} of ${steps[last].index}`;
  $("first").disabled = $("back").disabled = at === 0;
  $("next").disabled = $("last").disabled = at === last && !state.pending;
  for (const button of $("stages").children) button.setAttribute("aria-current", button.dataset.phase === step.phase);
  if ($("list").open && state.listed !== steps) list();
  for (const [i, item] of [...$("steps").children].entries()) item.firstChild.setAttribute("aria-current", i === at);
  $("verdict").hidden = !log.wrong || !(step.early || at === last);
  $("gradients").hidden = $("verdict").hidden || log.wrong.right;
  const sent = steps.slice(0, at + 1).filter((one) => one.kind === "contribution").length - 1;
  for (const [i, row] of beside.entries()) row.firstChild.classList.toggle("now", step.kind === "contribution" && i === sent);
  if (sheet.level) return showSheet(found, step, still);
  const focus = [...new Set([step.target, step.node])].filter((i) => i >= 0).map((i) => nodes[i].group);
  if (focus.length && !still) near(focus);
}

// A cell of a table; a long name may break before its parts, and nothing else breaks within a word
function cell(text) {
  const made = element("td", {});
  if (typeof text !== "string") { made.append(text); return made; }
  text.split(/(?=\.[A-Za-z_])/).forEach((part, i) => made.append(...(i ? [element("wbr", {}), part] : [part])));
  return made;
}

// Why a gradient is what it is: while this is open, the path that carries most of it is lit
function why() {
  const place = $("of").selectedIndex;
  return log.why ? log.why[place] : explained(live.inputs[place]);
}
function alight() {
  const chosen = $("why").open && why();
  return { nodes: new Set(chosen ? chosen.nodes : []), edges: new Set(chosen ? chosen.edges : []) };
}
function explain() {
  $("because").textContent = why().text;
  show(state.at);
}

// Going from step to step
function go(at) {
  forget();
  const wanted = Math.max(0, Math.min(last, at)), allowed = reachable(wanted);
  show(allowed);
  if (allowed < wanted) ask(steps[allowed + 1].ask);
}
function reachable(wanted) {  // in a quiz a leap ends before the first question that it would answer
  if (!$("quiz").checked || wanted <= state.seen) return wanted;
  let at = state.seen;
  while (at < wanted && !steps[at + 1].ask) at += 1;
  return at;
}
function onward() {
  const coming = steps[state.at + 1];
  if (!coming) return;
  if (state.pending) return reveal();
  const question = $("quiz").checked && coming.ask;
  if (question) return ask(question);
  go(state.at + 1);
}
function visit(places) {
  pause();
  const mine = steps.map((step, i) => (places.includes(step.target) ? i : -1)).filter((i) => i >= 0);
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

// A wrong order, beside the right one
const fillRows = (id, texts) => texts.map((row) => {
  const line = $(id).tBodies[0].insertRow();
  line.append(...row.map(cell));
  return line;
});
const wrong = log.wrong || { verdict: "", right: true, gradients: [], beside: [] };
$("verdict").textContent = wrong.verdict;
document.querySelector("main").classList.toggle("compared", !wrong.right);
$("verdict").classList.toggle("right", wrong.right);
for (const heading of document.querySelectorAll(".order")) heading.textContent = `in ${log.order} order`;
fillRows("gradients", wrong.gradients.map((row) => row.slice(0, 3))).forEach((line, i) => line.classList.toggle("off", wrong.gradients[i][3]));
const beside = fillRows("beside", log.part ? [] : wrong.beside);
for (const line of beside) line.firstChild.classList.toggle("off", line.textContent.startsWith("!"));
$("orders").hidden = !beside.length;

// The controls
$("title").textContent = log.title + (log.part ? " (a part)" : "") + (log.order === "topological" ? "" : `, in ${log.order} order`);
document.title = $("title").parentElement.textContent;
$("formula").textContent = log.formula;
$("playground").hidden = !log.playground || window !== window.top;  // a frame of a notebook or a site may open nothing
$("playground").setAttribute("href", log.playground);
for (const phase in log.stages) {
  if (!steps.some((step) => step.phase === phase)) continue;
  const button = element("button", { type: "button" }, log.stages[phase]);
  button.dataset.phase = phase;
  button.addEventListener("click", () => { pause(); go(steps.findIndex((step) => step.phase === phase)); });
  $("stages").append(button);
}
function list() {
  $("steps").replaceChildren(...steps.map((step, i) => {
    const item = element("li", {}), button = element("button", { type: "button" }, `${step.index}  ${step.say}`);
    button.addEventListener("click", () => { pause(); go(i); });
    item.append(button);
    return item;
  }));
  state.listed = steps;
}
$("list").addEventListener("toggle", () => show(state.at));
log.why = log.why && rows(log.why);
const subjects = log.why ? log.why.map((one) => one.label) : live.inputs.map((i) => live.labels[i]);
$("why").hidden = !subjects.length;
if (subjects.length) {
  $("of").append(...subjects.map((label) => element("option", {}, label)));
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
$("hint").addEventListener("click", help);
$("quiz").checked = log.quiz;
$("quiz").addEventListener("change", () => { state.seen = state.at; forget(); });
const views = { larger: () => zoom(1.2), smaller: () => zoom(1 / 1.2), whole, present };
for (const id in views) $(id).addEventListener("click", views[id]);
for (const id of ["numbers", "exact"]) $(id).addEventListener("change", () => show(state.at));
$("exact").parentElement.hidden = !live;
const viewKeys = { "+": "larger", "=": "larger", "-": "smaller", "0": "whole", f: "whole", p: "present" };
const keys = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
document.addEventListener("keydown", (event) => {
  const held = event.target, typing = held.closest("#fields, #blanks, select") || held === $("answer") || held === $("slider") || held === $("of");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.key in viewKeys) return views[viewKeys[event.key]]();
  if (event.key === "Escape" && document.body.classList.contains("present")) return present();
  if (!(event.key in keys)) return;
  if (event.key === " " && held.closest("button, summary, input")) return;
  event.preventDefault();
  moves[keys[event.key]]();
});
window.addEventListener("beforeprint", () => { $("list").open = true; list(); });
show(0);
