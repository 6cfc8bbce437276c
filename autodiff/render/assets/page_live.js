// Other numbers for the inputs: the page computes the graph again, and its steps are those of the new numbers. The
// operations are those of `table`, which is written from the library's own table.
const recorded = live.data.map(numeral), undone = [];

// The passes: forward, then backward from the root, as `Value.backward` goes
function forward(data) {
  for (let i = 0; i < data.length; i++) {
    if (isLeaf(i)) continue;
    const row = table[live.ops[i]], xs = live.parents[i].map((p) => data[p]);
    data[i] = row.slopes ? row.value(...xs) : row.value(xs);
  }
  return data;
}
function slopes(data) {
  return data.map((y, i) => {
    if (isLeaf(i)) return [];
    const row = table[live.ops[i]], xs = live.parents[i].map((p) => data[p]);
    const found = row.slopes ? row.slopes.map((one) => one && one.of(...xs, y)) : row.list ? row.list(xs, y) : xs.map(() => null);
    return found.map((slope, k) => live.ops[live.parents[i][k]] === "constant" ? null : slope);
  });
}
function flows(found) {
  const reached = found.map(() => 0), expected = found.map(() => 0), root = found.length - 1;
  reached[root] = expected[root] = 1;
  for (let i = root; i >= 0; i--) {
    if (reached[i]) found[i].forEach((slope, k) => { if (slope !== null) { reached[live.parents[i][k]] = 1; expected[live.parents[i][k]] += 1; } });
  }
  return [reached, expected];
}

// The steps, as the library's own log would tell them
function narrated(data) {
  const found = slopes(data), [reached, expected] = flows(found), root = data.length - 1, told = [];
  const gradient = data.map(() => 0), arrived = data.map(() => 0), sums = data.map(() => []);
  const note = (kind, phase, i, target, more) => told.push({ index: told.length, kind, phase, node: live.place[i], target: live.place[target], edge: -1,
    data: null, sent: "", gradient: null, arrived: 0, expected: 0, sum: "", equations: [], source: live.sources[i], early: false, ask: null, ...more });
  const sum = (target) => {
    let terms = sums[target].slice(-TERMS);
    if (sums[target].length > TERMS) terms[0] = "…";
    if (terms.length) terms[0] = terms[0].replace(/^\(|\)$/g, "");
    const waiting = expected[target] - arrived[target];
    return [...terms, ...Array(Math.max(0, Math.min(waiting, TERMS))).fill("?"), ...(waiting > TERMS ? ["…"] : [])].join(" + ");
  };
  for (const [i, phase] of live.order) {
    const label = live.labels[i], shown = [short(data[i]), full(data[i])];
    if (isLeaf(i)) { note("input", phase, i, i, { data: shown, say: `${label} is ${shown[0]}.` }); continue; }
    const rule = worded(i, data, false), numbers = worded(i, data, true);
    note("operation", phase, i, i, { facts: { i }, of: [i, null], data: shown, say: `${label} = ${rule} = ${numbers} = ${shown[0]}.`, equations: [[label, rule, numbers, shown[0]]] });
  }
  const top = live.labels[root];
  gradient[root] = arrived[root] = 1;
  sums[root].push("1");
  note("seed", "backward", root, root, { facts: {}, gradient: ["1", "1.0"], arrived: 1, expected: 1, sum: "1", say: `${top}'s gradient is 1: d ${top} / d ${top} = 1.`,
    equations: [[`gradient of ${top}`, `d ${top} / d ${top}`, "1", "1"]] });
  for (let i = root; i >= 0; i--) {
    if (reached[i]) live.parents[i].forEach((parent, k) => {
      const slope = found[i][k], name = live.labels[i], to = live.labels[parent], edge = live.edges[i][k];
      if (slope === null) {
        if (live.ops[parent] === "constant") return;
        const row = table[live.ops[i]], constant = row.slopes ? row.slopes[k] === null : !row.list;
        const rule = constant ? "a constant of the operation" : worded(i, data, false, k), numbers = constant ? "blocked" : worded(i, data, true, k);
        const why = constant ? `${live.ops[i]} takes it as a constant` : `${live.ops[i]} did not select it, the local derivative ${rule} is blocked here`;
        note(constant ? "detached" : "blocked", "backward", i, parent, { facts: { i, parent, upstream: gradient[i] }, of: [i, k], edge, arrived: arrived[parent], expected: expected[parent], sum: sum(parent),
          gradient: arrived[parent] ? [short(gradient[parent]), full(gradient[parent])] : null, say: `${name} sends nothing to ${to}: ${why}.`,
          equations: [[`d ${name} / d ${to}`, rule, numbers, "nothing flows"]] });
        return;
      }
      const sent = slope * gradient[i], before = arrived[parent] ? gradient[parent] : null;
      gradient[parent] += sent;
      arrived[parent] += 1;
      sums[parent].push(held(sent));
      const now = short(gradient[parent]), terms = sum(parent), done = arrived[parent] === 1 && expected[parent] === 1 && !terms.includes("+");
      const progress = done ? "complete" : `${arrived[parent]} of ${expected[parent]} arrived${terms ? `: ${terms}` : ""}`;
      const facts = { i, parent, upstream: gradient[i], slope, earlier: before, after: gradient[parent] };
      note("contribution", "backward", i, parent, { facts, of: [i, k], edge, slope: short(slope), sent: short(sent), gradient: [now, full(gradient[parent])], arrived: arrived[parent],
        expected: expected[parent], sum: terms,
        say: `${name} sends ${held(gradient[i])} × ${held(slope)} = ${short(sent)} to ${to}; the gradient of ${to} is now ${now}, ${progress}.`,
        equations: [[`d ${name} / d ${to}`, worded(i, data, false, k), worded(i, data, true, k), short(slope)],
                    [`${name} to ${to}`, "upstream × slope", `${held(gradient[i])} × ${held(slope)}`, short(sent)],
                    [`gradient of ${to}`, "before + contribution", `${short(before)} + ${held(sent)}`, now]] });
    });
  }
  for (const i of live.parameters) {
    const moved = data[i] - live.rate * gradient[i], label = live.labels[i], rule = `${label} - rate * gradient`;
    const numbers = `${held(data[i])} - ${short(live.rate)} * ${held(gradient[i])}`;
    note("update", "update", i, i, { facts: { i, gradient: gradient[i] }, data: [short(moved), full(moved)], gradient: [short(gradient[i]), full(gradient[i])], arrived: arrived[i], expected: expected[i],
      say: `${label} moves: ${rule} = ${numbers} = ${short(moved)}.`, equations: [[`${label}, updated`, rule, numbers, short(moved)]] });
  }
  return { steps: told, gradient, data };
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
  const result = narrated(forward(current));
  steps = result.steps;
  last = steps.length - 1;
  $("slider").max = last;
  $("oddity").textContent = oddity(result);
  const same = current.every((x, i) => !isLeaf(i) || Object.is(x, recorded[i]));
  document.body.classList.toggle("changed", !same);
  $("undo").disabled = !undone.some(isOther);
  $("recorded").disabled = same;
  $("why").hidden = true;
  return result;
}
function change(i, x) {
  const first = steps === log.steps;
  current[i] = x;
  forget();
  recompute();
  show(first ? last : Math.min(state.at, last));
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
  const { group, button } = nodes[live.place[i]];
  group.classList.add("editable");
  group.addEventListener("pointerdown", (event) => { if (event.button === 0) { event.preventDefault(); button.focus(); drag(i, event); } });
}
fill();
$("inputs").hidden = false;
$("undo").addEventListener("click", undo);
$("recorded").addEventListener("click", () => { keep(); put(live.inputs.map((i) => recorded[i])); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && undone.length && !document.body.classList.contains("present")) undo(); });
