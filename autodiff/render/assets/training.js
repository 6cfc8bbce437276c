// Trains in steps: the boundary of decision, the loss, the weights and their gradients, side by side.
const MOST = 5000, GRID = 48;
let losses = [], state = pass(), timer = 0, start = [...weights];
losses.push(state.loss);
const rate = () => 10 ** Number($("rate").value);

function step(times) {
  for (let k = 0; k < times && Number.isFinite(state.loss); k++) {
    descend(rate());
    state = pass();
    losses.push(state.loss);
  }
  show();
}
function reset() {
  pause();
  start.forEach((x, k) => { weights[k] = x; });
  state = pass();
  losses = [state.loss];
  show();
}
function pause() {
  cancelAnimationFrame(timer);
  timer = 0;
  $("play").textContent = "Train";
}
function play() {
  if (timer) return pause();
  $("play").textContent = "Pause";
  const go = () => {
    step(1);
    timer = Number.isFinite(state.loss) && losses.length < MOST ? requestAnimationFrame(go) : 0;
    if (!timer) pause();
  };
  timer = requestAnimationFrame(go);
}

// What is shown
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const [west, east, south, north] = log.window;
function place([x, y]) {
  const { width, height } = $("field");
  return [(x - west) / (east - west) * width, (north - y) / (north - south) * height];
}
function shade(p) {  // from one class to the other; what is no number is grey
  const from = log.boundary === 0.5 ? p : 1 / (1 + Math.exp(-p));
  const mix = (a, b) => Math.round(a + (b - a) * from);
  return Number.isNaN(p) ? "#888" : `rgb(${mix(240, 60)}, ${mix(160, 130)}, ${mix(60, 220)})`;
}
function boundary(field) {  // straight pieces, from side to side of each square of four predictions
  const pieces = [];
  for (let i = 0; i < GRID - 1; i++) for (let j = 0; j < GRID - 1; j++) {
    const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
    const found = corners.map((from, k) => crossing(field, from, corners[(k + 1) % 4])).filter(Boolean);
    for (let k = 0; k + 1 < found.length; k += 2) pieces.push([found[k], found[k + 1]]);
  }
  return pieces;
}
function crossing(field, [a, b], [c, d]) {  // where the prediction passes the boundary between two neighbours
  const p = field[a][b] - log.boundary, q = field[c][d] - log.boundary;
  return p > 0 === q > 0 ? null : [a + p / (p - q) * (c - a), b + p / (p - q) * (d - b)];
}
function paint() {
  const canvas = $("field"), brush = canvas.getContext("2d"), wide = canvas.width / GRID, high = canvas.height / GRID;
  const at = (i, j) => predicted([west + (i + 0.5) / GRID * (east - west), north - (j + 0.5) / GRID * (north - south)]);
  const field = Array.from({ length: GRID }, (_, i) => Array.from({ length: GRID }, (_, j) => at(i, j)));
  field.forEach((column, i) => column.forEach((p, j) => {
    brush.fillStyle = shade(p);
    brush.fillRect(i * wide, j * high, wide, high);
  }));
  brush.beginPath();
  for (const [[a, b], [c, d]] of boundary(field)) {
    brush.moveTo((a + 0.5) * wide, (b + 0.5) * high);
    brush.lineTo((c + 0.5) * wide, (d + 0.5) * high);
  }
  brush.lineWidth = 2;
  brush.strokeStyle = "#111111";
  brush.stroke();
  log.rows.forEach((row, n) => {
    const [x, y] = place(row), one = log.labels[n] > log.boundary;
    brush.beginPath();
    if (one) brush.arc(x, y, 6, 0, 2 * Math.PI);
    else brush.rect(x - 5, y - 5, 10, 10);
    brush.fillStyle = one ? "#1a4fb0" : "#a85800";
    brush.fill();
    brush.lineWidth = 2;
    brush.strokeStyle = "#ffffff";
    brush.stroke();
  });
}
const brief = (x) => short(Number.isFinite(x) ? Number(x.toPrecision(4)) : x);
const plain = (x) => Number.isFinite(x) ? Math.min(Math.max(x, 1e-12), 1e12) : 1e12;
function curve() {
  const finite = losses.map(plain), low = Math.log10(Math.min(...finite)), high = Math.max(Math.log10(Math.max(...finite)), low + 0.1);
  const every = Math.max(1, Math.floor(finite.length / 400));
  const points = finite.map((y, i) => [i, y]).filter(([i]) => i % every === 0 || i === finite.length - 1);
  const across = (i) => 100 + i / Math.max(finite.length - 1, 10) * 332, down = (y) => 190 - (Math.log10(y) - low) / (high - low) * 165;
  $("line").setAttribute("points", points.map(([i, y]) => `${across(i).toFixed(1)},${down(y).toFixed(1)}`).join(" "));
  $("most").textContent = brief(Math.max(...finite));
  $("least").textContent = losses.length > 1 ? brief(Math.min(...finite)) : "";
  $("epochs").textContent = `${losses.length - 1} steps`;
}
const bars = log.names.map((name) => {
  const line = $("weights").tBodies[0].insertRow(), parts = [element("th", { scope: "row" }, name), element("td", {}), element("td", { class: "bar" }), element("td", {})];
  line.append(...parts);
  const bar = drawn("svg", { viewBox: "-50 0 100 12", "aria-hidden": "true" }), rect = drawn("rect", { y: 1, height: 10 });
  bar.append(drawn("path", { d: "M0 0V12" }), rect);
  parts[2].append(bar);
  return { weight: parts[1], slope: parts[3], rect };
});
function table_of_weights() {
  const most = Math.max(1e-12, ...weights.map(Math.abs).filter(Number.isFinite));
  bars.forEach(({ weight, slope, rect }, k) => {
    const wide = Math.min(Math.abs(weights[k]) / most, 1) * 50 || 0;
    weight.textContent = brief(weights[k]);
    slope.textContent = brief(slopesOf[k]);
    adorn(rect, { x: weights[k] < 0 ? -wide : 0, width: wide, class: weights[k] < 0 ? "less" : "more" });
  });
}
function verdict() {
  const lowest = Math.min(...losses.filter(Number.isFinite));
  if (!Number.isFinite(state.loss)) return `The loss is ${short(state.loss)}: the training has diverged. Make the learning rate smaller and reset.`;
  if (losses.length > 5 && state.loss > 2 * lowest && state.loss > losses[0]) return "The loss grows: steps of this length go past the valley. Make the learning rate smaller.";
  return state.right === log.rows.length ? "Every row is right." : "";
}
function show() {
  if (!timer || losses.length % 4 === 1) paint();  // the most work of all
  curve();
  table_of_weights();
  $("loss").textContent = short(state.loss);
  $("right").textContent = `${state.right} of ${log.rows.length}`;
  $("rated").textContent = short(Number(rate().toPrecision(3)));
  $("verdict").textContent = verdict();
  $("verdict").className = Number.isFinite(state.loss) && state.right === log.rows.length ? "right" : "";
}
document.title = log.title;
$("title").textContent = log.title;
$("rate").value = Math.log10(log.rate);
$("rate").addEventListener("input", () => { $("rated").textContent = short(Number(rate().toPrecision(3))); });
const moves = { one: () => step(1), ten: () => step(10), hundred: () => step(100), play, reset };
for (const id in moves) $(id).addEventListener("click", moves[id]);
requestAnimationFrame(() => setTimeout(show));  // the page is there before its first picture of the plane
