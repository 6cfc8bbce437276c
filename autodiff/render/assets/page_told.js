// The steps of the passes, told as the library's own log tells them, from the numbers of the nodes and their slopes. A
// step makes its texts when they are asked for.
const numbersOf = (x) => [short(x), full(x)];

class Step {
  constructor(run, kind, phase, i, facts = {}) {
    Object.assign(this, { kind, phase, i, k: null, arrived: 0, expected: 0, early: false, before: null, after: null, terms: [], ...facts });
    this.index = run.steps.push(this) - 1;
    Object.defineProperty(this, "run", { value: run });
  }
  get to() { return this.k === null ? this.i : live.parents[this.i][this.k]; }
  get node() { return places[this.i]; }
  get target() { return places[this.to]; }
  get edge() { return this.k === null ? -1 : edgePlaces[this.i][this.k] ?? -1; }
  get of() { return this.kind === "operation" || this.k !== null ? [this.i, this.k] : null; }
  get source() { return live.sources[this.i]; }
  get constant() {  // whether the operation takes the operand as a constant
    const row = table[live.ops[this.i]];
    return row.slopes ? row.slopes[this.k] === null : !row.list;
  }
  get local() { return this.run.slopes[this.i][this.k]; }
  get contribution() { return this.local * this.upstream; }
  get moved() { return this.run.data[this.i] - live.rate * this.after; }
  get data() { return this.kind === "update" ? numbersOf(this.moved) : this.kind === "input" || this.kind === "operation" ? numbersOf(this.run.data[this.i]) : null; }
  get gradient() { return this.after === null ? null : numbersOf(this.after); }
  get slope() { return this.kind === "contribution" ? short(this.local) : null; }
  get sent() { return this.kind === "contribution" ? short(this.contribution) : ""; }
  get sum() {
    if (this.k === null) return this.kind === "seed" ? summed(this.terms, 0) : "";
    return summed(this.terms, this.expected - this.arrived);
  }
  get progress() {
    const terms = this.sum;
    if (this.arrived === 1 && this.expected === 1 && !terms.includes("+")) return "complete";
    return `${this.arrived} of ${this.expected} arrived${terms ? `: ${terms}` : ""}`;
  }
  get texts() {  // the rule, in symbols and in numbers
    const { data } = this.run, label = live.labels[this.i];
    if (this.kind === "seed") return [`d ${label} / d ${label}`, this.before === null ? "1" : `${short(this.before)} + 1`];
    if (this.kind === "update") return [`${label} - rate * gradient`, `${held(data[this.i])} - ${short(live.rate)} * ${held(this.after)}`];
    if (this.kind === "detached") return ["a constant of the operation", "blocked"];
    const operand = this.k === null ? undefined : this.k;
    return [worded(this.i, data, false, operand), worded(this.i, data, true, operand)];
  }
  get equations() {
    if (this.kind === "input") return [];
    const name = live.labels[this.i], to = live.labels[this.to], texts = this.texts, slope = `d ${name} / d ${to}`;
    if (this.kind === "operation") return [[name, ...texts, this.data[0]]];
    if (this.kind === "seed") return [[`gradient of ${name}`, ...texts, short(this.after)]];
    if (this.kind === "update") return [[`${name}, updated`, ...texts, this.data[0]]];
    if (this.kind !== "contribution") return [[slope, ...texts, "nothing flows"]];
    return [[slope, ...texts, this.slope],
            [`${name} to ${to}`, "upstream × local derivative", `${held(this.upstream)} × ${held(this.local)}`, this.sent],
            [`gradient of ${to}`, "before + contribution", `${short(this.before)} + ${held(this.contribution)}`, short(this.after)]];
  }
  get say() {
    const name = live.labels[this.i], to = live.labels[this.to];
    if (this.kind === "input") return `${name} is ${this.data[0]}.`;
    if (this.kind === "seed") return `${name}'s gradient is ${short(this.after)}: d ${name} / d ${name} = 1.`;
    if (this.kind === "detached") return `${name} sends nothing to ${to}: ${live.ops[this.i]} takes it as a constant.`;
    if (this.kind === "contribution") {
      const early = this.early ? ` Too early: the gradient of ${name} was read before its sum was complete.` : "";
      return `${name} sends ${held(this.upstream)} × ${held(this.local)} = ${this.sent} to ${to}; the gradient of ${to} is now ${short(this.after)}, ${this.progress}.${early}`;
    }
    const [rule, numbers] = this.texts;
    if (this.kind === "blocked") return `${name} sends nothing to ${to}: ${live.ops[this.i]} did not select it, the local derivative ${rule} is blocked here.`;
    return `${name}${this.kind === "update" ? " moves:" : " ="} ${rule} = ${numbers} = ${this.data[0]}.`;
  }
  get ask() { return asked(this); }
}
function summed(numbers, waiting) {
  const terms = numbers.slice(-TERMS).map(held);
  if (numbers.length > TERMS) terms[0] = "…";
  if (terms.length) terms[0] = terms[0].replace(/^\(|\)$/g, "");
  return [...terms, ...Array(Math.max(0, Math.min(waiting, TERMS))).fill("?"), ...(waiting > TERMS ? ["…"] : [])].join(" + ");
}

// Which nodes the root's gradient reaches, and how many contributions each gradient is the sum of
function flows(found) {
  const reached = found.map(() => 0), expected = found.map(() => 0), root = found.length - 1;
  reached[root] = expected[root] = 1;
  for (let i = root; i >= 0; i--) {
    if (reached[i]) found[i].forEach((slope, k) => { if (slope !== null) { reached[live.parents[i][k]] = 1; expected[live.parents[i][k]] += 1; } });
  }
  return [reached, expected];
}
function edgesBack(reached) {  // in the order of `Value.backward`, or in the wrong one that the page is about
  if (live.backward) return live.backward;
  const found = [];
  for (let i = reached.length - 1; i >= 0; i--) if (reached[i]) live.parents[i].forEach((_, k) => found.push([i, k]));
  return found;
}
function narrated(data, found) {
  const run = { data: [...data], slopes: found, steps: [] }, [reached, expected] = flows(found), root = data.length - 1;
  const gradient = live.held ? live.held.map(numeral) : data.map(() => 0), begun = gradient.map((x) => x !== 0);
  const arrived = data.map(() => 0), terms = gradient.map((x, i) => begun[i] ? [x] : []);
  for (const [i, phase] of live.order) new Step(run, isLeaf(i) ? "input" : "operation", phase, i);
  const first = begun[root] ? gradient[root] : null;
  gradient[root] += 1;
  arrived[root] = 1;
  terms[root] = [...terms[root], 1];
  new Step(run, "seed", "backward", root, { before: first, after: gradient[root], arrived: 1, expected: 1, terms: terms[root] });
  for (const [i, k] of edgesBack(reached)) {
    const parent = live.parents[i][k], slope = found[i][k], upstream = gradient[i], known = arrived[parent] || begun[parent];
    const before = known ? gradient[parent] : null, facts = { k, upstream, before, expected: expected[parent] };
    if (slope === null) {
      if (isConstant(parent)) continue;
      const step = new Step(run, "blocked", "backward", i, { ...facts, after: before, arrived: arrived[parent], terms: terms[parent] });
      if (step.constant) step.kind = "detached";
      continue;
    }
    gradient[parent] += slope * upstream;
    arrived[parent] += 1;
    terms[parent] = [...terms[parent].slice(-TERMS), slope * upstream];
    new Step(run, "contribution", "backward", i, { ...facts, after: gradient[parent], arrived: arrived[parent], terms: terms[parent], early: arrived[i] < expected[i] });
  }
  for (const i of live.parameters) new Step(run, "update", "update", i, { before: gradient[i], after: gradient[i], arrived: arrived[i], expected: expected[i] });
  return Object.assign(run, { gradient, arrived, reached });
}

// What is not sent, because it follows: the texts of the nodes, where they and the edges stand, and the steps
log.nodes = rows(log.nodes).map((node) => {
  const i = node.number, text = { label: live.labels[i], made: isLeaf(i) ? "" : worded(i, recorded, false) };
  const brief = { label: node.label_line ?? text.label, ...(isLeaf(i) ? {} : { made: node.made_line ?? text.made }) };
  return { ...node, ...text, brief, data: short(recorded[i]), full: full(recorded[i]), source: live.sources[i] };
});
log.edges = rows(log.edges);
const places = live.labels.map(() => -1), edgePlaces = live.labels.map(() => []);
log.nodes.forEach((node, place) => { places[node.number] = place; });
log.edges.forEach((edge, place) => { edgePlaces[log.nodes[edge.to].number][edge.operand] = place; });
let pass = narrated(recorded, live.slopes.map((list) => list.map(numeral)));
log.steps = pass.steps;
