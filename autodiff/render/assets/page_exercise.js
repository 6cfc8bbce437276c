// A whole graph to fill in: the values, the gradients and, in training, the numbers after the update.
const COLUMNS = [["value", "data"], ["gradient", "gradient"], ["after the update", "moved"]];
let blanks = [], attempts = 0;
function answers() {
  const found = known(last), first = known(firstBackward() - 1), moved = {};
  for (const step of steps) if (step.kind === "update") moved[step.target] = step.data;
  const gradient = (i) => found.gradient[i] ? found.gradient[i].gradient : ["0", "0.0"];
  return log.nodes.map((node, i) => ({ data: node.kind === "input" ? null : first.data[i].data, gradient: gradient(i), moved: moved[i] }));
}
const firstBackward = () => steps.findIndex((step) => step.kind === "seed");
function lay() {
  pause();
  forget();
  show(firstInput());
  attempts = 0;
  blanks = [];
  $("filled").textContent = "";
  const right = answers(), used = COLUMNS.filter(([, key]) => right.some((one) => one[key]));
  $("blanks").tHead.rows[0].replaceChildren(...["node", ...used.map(([title]) => title)].map((title) => element("th", { scope: "col" }, title)));
  $("blanks").tBodies[0].replaceChildren(...log.nodes.map((node, i) => {
    const line = element("tr", {});
    line.append(element("th", { scope: "row" }, node.label + (node.made ? ` = ${node.made}` : "")));
    for (const [title, key] of used) line.append(blank(node, title, key, i, right[i][key]));
    return line;
  }));
}
const firstInput = () => Math.max(0, steps.findIndex((step) => step.kind !== "input") - 1);
function blank(node, title, key, place, answer) {
  const made = element("td", {});
  if (!answer) { made.textContent = key === "data" ? node.data : ""; return made; }
  const field = element("input", { type: "text", autocomplete: "off", "aria-label": `${title} of ${node.label}` });
  blanks.push({ field, key, place });
  made.append(field);
  return made;
}
function mark() {
  const found = answers();  // of the numbers that the inputs have now
  let right = 0, given = 0;
  for (const { field, key, place } of blanks) {
    const x = number(field.value), good = x !== undefined && close(x, numeral(found[place][key][1]));
    field.className = field.value.trim() ? (good ? "right" : "wrong") : "";
    field.setAttribute("aria-invalid", Boolean(field.value.trim()) && !good);
    right += good ? 1 : 0;
    given += field.value.trim() ? 1 : 0;
  }
  attempts += given ? 1 : 0;
  const all = right === blanks.length ? "All right" : `${right} of ${blanks.length} right`;
  $("filled").textContent = given ? `${all}, ${attempts} ${attempts === 1 ? "try" : "tries"}.` : "Nothing is filled in yet.";
}
function solve() {
  const found = answers();
  for (const { field, key, place } of blanks) if (field.className !== "right") {
    field.value = found[place][key][0];
    field.className = "shown";
    field.removeAttribute("aria-invalid");
  }
  show(last);
}
$("exercise").addEventListener("toggle", () => { if ($("exercise").open && !blanks.length) lay(); });
$("mark").addEventListener("click", mark);
$("solve").addEventListener("click", solve);
$("again").addEventListener("click", lay);
$("exercise").hidden = false;
