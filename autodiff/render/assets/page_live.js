// Other numbers for the inputs: the page computes the graph again, and its steps are those of the new numbers. The
// operations are those of `table`, which is written from the library's own table.
const undone = [];

function forward(data) {
  for (let i = 0; i < data.length; i++) if (!isLeaf(i)) data[i] = valueBy(live.ops[i], live.parents[i].map((p) => data[p]));
  return data;
}
function slopes(data) {
  return data.map((y, i) => {
    const found = isLeaf(i) ? [] : slopesBy(live.ops[i], live.parents[i].map((p) => data[p]), y);
    return found.map((slope, k) => isConstant(live.parents[i][k]) ? null : slope);
  });
}

// What is odd about the numbers, said with its cause
function oddity(result) {
  for (let i = 0; i < result.data.length; i++) {
    const xs = live.parents[i].map((p) => result.data[p]);
    if (Number.isFinite(result.data[i]) || (xs.length && !xs.every(Number.isFinite))) continue;
    const made = isLeaf(i) ? `${live.labels[i]} is ${odd(result.data[i])}` : `${live.labels[i]} = ${worded(i, result.data, true)} is ${odd(result.data[i])}`;
    return `${made}; what follows from it shows it too. Escape undoes the change.`;
  }
  const i = result.gradient.findLastIndex((x) => !Number.isFinite(x));
  return i < 0 ? "" : `The gradient of ${live.labels[i]} is ${odd(result.gradient[i])}: a local derivative on its way is. Escape undoes the change.`;
}

// Change, undo, bring back
function recompute() {
  const data = forward(current);
  pass = narrated(data, slopes(data));
  steps = pass.steps;
  last = steps.length - 1;
  $("slider").max = last;
  $("oddity").textContent = oddity(pass);
  const same = current.every((x, i) => !isLeaf(i) || Object.is(x, recorded[i]));
  document.body.classList.toggle("changed", !same);
  $("undo").disabled = !undone.some(isOther);
  $("recorded").disabled = same;
  if ($("why").open) $("because").textContent = why().text;
}
function change(i, x) {
  const first = steps === log.steps;
  current[i] = x;
  forget();
  recompute();
  show(first ? last : Math.min(state.at, last), true);
}
const isOther = (values) => live.inputs.some((i, k) => !Object.is(current[i], values[k]));
function keep() {
  if (!undone.length || isOther(undone[undone.length - 1])) undone.push(live.inputs.map((i) => current[i]));
}
function put(values) {
  live.inputs.forEach((i, k) => { current[i] = values[k]; });
  fill();
  change(live.inputs[0], values[0]);
}
function undo() {
  while (undone.length && !isOther(undone[undone.length - 1])) undone.pop();
  if (undone.length) put(undone[undone.length - 1]);  // it stays: in a field that keeps the focus, the next change starts from it
}
const fields = new Map();
function fill() {
  for (const [i, field] of fields) if (document.activeElement !== field || field.getAttribute("aria-invalid") !== "true") { field.value = full(current[i]).replace(/\.0$/, ""); field.removeAttribute("aria-invalid"); }
}
function typed(i, field) {
  const x = number(field.value);
  field.toggleAttribute("aria-invalid", false);
  if (x === undefined) {
    field.setAttribute("aria-invalid", "true");
    $("oddity").textContent = `“${field.value}” is no number: write one such as 0.25, -3 or 1/3. Escape brings back ${short(current[i])}.`;
    return;
  }
  change(i, x);
}
function nudge(i, by) {
  keep();
  const size = 10 ** Math.floor(Math.log10(Math.max(Math.abs(current[i]), 1))) / 10;
  change(i, Number((current[i] + by * size).toPrecision(12)));
  fill();
}
function drag(i, event) {
  const from = event.clientX, start = current[i], size = Math.max(Math.abs(start), 1) / 100;
  let moved = false, waiting = 0, x = start;
  const move = (now) => {
    if (!moved && Math.abs(now.clientX - from) < 4) return;
    if (!moved) keep();
    moved = true;
    x = Number((start + (now.clientX - from) * size).toPrecision(6));
    waiting = waiting || requestAnimationFrame(() => { waiting = 0; change(i, x); fill(); });
  };
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    state.dragged = moved;
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}
for (const i of live.inputs) {
  const box = element("label", {}, live.labels[i]), field = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });
  field.addEventListener("focus", keep);
  field.addEventListener("input", () => typed(i, field));
  field.addEventListener("change", () => { keep(); fill(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") { event.preventDefault(); nudge(i, event.key === "ArrowUp" ? 1 : -1); }
    if (event.key === "Escape" && field.getAttribute("aria-invalid") === "true") { event.stopPropagation(); field.removeAttribute("aria-invalid"); fill(); recompute(); }
  });
  box.append(field);
  $("fields").append(box);
  fields.set(i, field);
  const { group, button } = nodes[places[i]];
  group.classList.add("editable");
  group.addEventListener("pointerdown", (event) => { if (event.button === 0) { event.preventDefault(); button.focus(); drag(i, event); } });
}
fill();
$("inputs").hidden = false;
$("undo").addEventListener("click", undo);
$("recorded").addEventListener("click", () => { keep(); put(live.inputs.map((i) => recorded[i])); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && undone.length && !document.body.classList.contains("present")) undo(); });
