// The graph drawn coarser: each neuron, or each layer, as one box that shows what it gives.
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
    const one = box.members.length === 1, kind = one ? log.nodes[box.members[0]].kind : "group";
    const { group, button, line } = boxAt(box.box, kind, () => visit(box.members)), parts = { group, button };
    for (const [i, part] of ["label", "made", "data", "gradient"].entries()) group.append(parts[part] = line(part, i));
    parts.label.textContent = cut(box.label, box.box);
    parts.made.textContent = cut(one ? log.nodes[box.members[0]].made : `${box.members.length} nodes`, box.box);
    svg.append(group);
    return parts;
  });
  return { svg, width, height, level, lines, boxes };
}
function showSheet(found, step) {
  const { level, lines, boxes } = sheet, holds = (box, place) => box.members.includes(place);
  level.boxes.forEach((box, i) => {
    const parts = boxes[i], [exit] = box.exits, many = box.exits.length > 1, gradient = found.gradient[exit];
    parts.data.textContent = many ? `${box.exits.length} outputs` : found.data[exit] ? found.data[exit].data[0] : "";
    parts.gradient.textContent = many || !gradient ? "" : `gradient ${gradient.gradient[0]}`;
    parts.gradient.classList.toggle("complete", Boolean(gradient) && gradient.arrived === gradient.expected);
    parts.group.classList.toggle("unknown", !box.members.some((place) => found.data[place]));
    parts.group.classList.toggle("active", holds(box, step.target));
    parts.group.classList.toggle("sender", holds(box, step.node) && !holds(box, step.target));
    parts.button.setAttribute("aria-label", [box.label, parts.made.textContent, parts.data.textContent, parts.gradient.textContent].filter(Boolean).join("; "));
  });
  level.edges.forEach((edge, i) => {
    const active = edge.members.includes(step.edge), sent = edge.members.some((k) => found.edges[k] === "sent"), passed = edge.members.some((k) => found.edges[k]);
    lines[i].setAttribute("class", `edge ${sent ? "sent" : passed ? "blocked" : ""} ${active ? "active" : ""}`);
    lines[i].setAttribute(active ? "marker-start" : "marker-end", "url(#arrow)");
    lines[i].removeAttribute(active ? "marker-end" : "marker-start");
  });
  const focus = [step.target, step.node].map((place) => level.boxes.findIndex((box) => holds(box, place))).filter((i) => i >= 0);
  if (focus.length) near([...new Set(focus)].map((i) => boxes[i].group));
}
for (const level of log.levels) for (const part of ["boxes", "edges"]) level[part] = rows(level[part]);
const sheets = [sheet, ...log.levels.map(sheetOf)];
for (const [i, level] of [{ title: "operations" }, ...log.levels].entries()) $("level").append(element("option", { value: i }, level.title));
$("level").parentElement.hidden = false;
$("level").addEventListener("change", () => {
  sheet = sheets[$("level").selectedIndex];
  $("board").replaceChildren(sheet.svg);
  if (!sheet.svg.contains(definitions)) sheet.svg.prepend(definitions);
  fit();
  show(state.at);
});
