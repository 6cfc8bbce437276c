// The graph drawn coarser: each neuron, or each layer, as one box that shows what it gives, and that opens by itself.
const opened = new Set(), LETTER = 7.3, NUMBER = 22;  // pixels of a letter; letters of the longest line of numbers
const named = (scope) => scope.join(".");
function scopeOf(place, least) {  // the outermost box that a node stands in and that is closed
  const { scope } = log.nodes[place], lengths = log.levels.map((level) => level.length).filter((length) => length >= least).sort();
  const length = lengths.find((length) => scope.length >= length && !opened.has(named(scope.slice(0, length))));
  return length ? scope.slice(0, length) : null;
}
function inOrder(count, feeds) {  // so that every edge leads to a higher number
  const order = [], seen = new Set();
  const visit = (i) => { if (!seen.has(i)) { seen.add(i); feeds[i].forEach(visit); order.push(i); } };
  for (let i = 0; i < count; i++) visit(i);
  return order;
}
function grouped({ title, length }) {
  const byName = new Map(), boxOf = log.nodes.map((node, place) => {
    const scope = scopeOf(place, length), key = scope ? `scope ${named(scope)}` : `node ${place}`;
    if (!byName.has(key)) byName.set(key, { scope: scope && named(scope), members: [], number: byName.size });
    byName.get(key).members.push(place);
    return byName.get(key);
  });
  const found = [...byName.values()], feeds = found.map(() => new Set());
  for (const edge of log.edges) if (boxOf[edge.from] !== boxOf[edge.to]) feeds[boxOf[edge.to].number].add(boxOf[edge.from].number);
  const boxes = inOrder(found.length, feeds).map((i) => found[i]), between = new Map();
  boxes.forEach((box, i) => {
    const one = log.nodes[box.members[0]];
    Object.assign(box, { number: i, label: box.scope || one.brief.label, made: box.scope ? `${box.members.length} nodes` : one.brief.made || "" });
  });
  log.edges.forEach((edge, i) => {
    const ends = [boxOf[edge.from].number, boxOf[edge.to].number];
    if (ends[0] !== ends[1]) between.set(`${ends}`, [...(between.get(`${ends}`) || [ends]), i]);
  });
  const joined = [...between.values()], wide = ({ label, made }) => 2 * 9 + LETTER * Math.max(label.length, made.length, NUMBER);
  const placed = layout(boxes.map((box) => [wide(box), 9 + 16 * 4]), joined.map(([ends]) => ends));
  const users = log.nodes.map(() => []);
  for (const edge of log.edges) users[edge.from].push(boxOf[edge.to]);
  boxes.forEach((box, i) => {
    box.box = [...placed.places[i], wide(box), 9 + 16 * 4];
    box.exits = box.members.filter((place) => !users[place].length || users[place].some((user) => user !== box));  // what others use
  });
  return { title, size: placed.size, boxes, edges: joined.map(([[from, to], ...members], i) => ({ from, to, members, via: placed.routes[i] })) };
}
function sheetOf(level) {
  const [width, height] = level.size;
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `The graph by ${level.title}` });
  const counts = level.boxes.map(() => 0);
  for (const edge of level.edges) counts[edge.to] += 1;
  const turns = level.boxes.map(() => 0);
  const lines = level.edges.map((edge) => {
    const way = { ...edge, operand: turns[edge.to]++, operands: counts[edge.to] };
    const path = drawn("path", { class: "edge", d: route(way, level.boxes), "marker-end": "url(#arrow)" });
    svg.append(path);
    return path;
  });
  const boxes = level.boxes.map((box) => {
    const kind = box.scope ? "group" : log.nodes[box.members[0]].kind;
    const { group, button, line } = boxAt(box.box, kind, () => box.scope ? open(box) : visit(box.members)), parts = { group, button };
    for (const part of ["label", "made", "data", "gradient"]) if (part !== "made" || box.made) group.append(parts[part] = line(part, group.childNodes.length - 1));
    parts.label.textContent = cut(box.label, box.box);
    if (box.made) parts.made.textContent = cut(box.made, box.box);
    svg.append(group);
    return parts;
  });
  return { svg, width, height, level, lines, boxes };
}
function showSheet(found, step, still) {
  const { level, lines, boxes } = sheet, holds = (box, place) => box.members.includes(place);
  level.boxes.forEach((box, i) => {
    const parts = boxes[i], [exit] = box.exits, many = box.exits.length > 1, gradient = found.gradient[exit];
    write(parts.data, many ? `${box.exits.length} outputs` : found.data[exit] ? found.data[exit].data[0] : "");
    write(parts.gradient, many || !gradient ? "" : `gradient ${gradient.gradient[0]}`);
    parts.gradient.classList.toggle("complete", Boolean(gradient) && gradient.arrived === gradient.expected);
    parts.group.classList.toggle("unknown", !box.members.some((place) => found.data[place]));
    parts.group.classList.toggle("active", holds(box, step.target));
    parts.group.classList.toggle("sender", holds(box, step.node) && !holds(box, step.target));
    assign(parts.button, "aria-label", [box.label, box.made, parts.data.textContent, parts.gradient.textContent, box.scope ? "closed: Enter opens it" : ""].filter(Boolean).join("; "));
  });
  level.edges.forEach((edge, i) => {
    const active = edge.members.includes(step.edge), sent = edge.members.some((k) => found.edges[k] === "sent"), passed = edge.members.some((k) => found.edges[k]);
    assign(lines[i], "class", `edge ${sent ? "sent" : passed ? "blocked" : ""} ${active ? "active" : ""}`);
    assign(lines[i], active ? "marker-start" : "marker-end", "url(#arrow)");
    lines[i].removeAttribute(active ? "marker-end" : "marker-start");
  });
  const focus = [step.target, step.node].map((place) => level.boxes.findIndex((box) => holds(box, place))).filter((i) => i >= 0);
  if (focus.length && !still) near([...new Set(focus)].map((i) => boxes[i].group));
}
const whole_graph = sheet, levels = [{ title: "operations" }, ...log.levels];
function choose() {
  const level = levels[$("level").selectedIndex];
  sheet = level.length ? sheetOf(grouped(level)) : whole_graph;
  $("board").replaceChildren(sheet.svg);
  if (!sheet.svg.contains(definitions)) sheet.svg.prepend(definitions);
  $("close").hidden = !opened.size;
  fit();
  show(state.at);
}
function open(box) {
  opened.add(box.scope);
  choose();
  const inside = sheet.level.boxes.findIndex((one) => one.members.includes(box.members[0]));
  sheet.boxes[inside].button.focus();
}
for (const [i, level] of levels.entries()) $("level").append(element("option", { value: i }, level.title));
$("level").parentElement.hidden = false;
$("level").addEventListener("change", () => { opened.clear(); choose(); });
$("close").addEventListener("click", () => { opened.clear(); choose(); $("level").focus(); });
