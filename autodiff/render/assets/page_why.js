// Why a gradient is what it is, as the library's own `explain` tells it, also of changed numbers: the paths that carry it,
// counted without being listed; the largest of them; and what is odd about it.
const PATHS = 5, SHOWN = 8, MADE = 40, EXACT = 400, TINY = 1e-6, HUGE = 1e6;

// Sums and products without rounding: [a whole number, a power of two]
function fraction(x) {
  const [whole, exponent] = exact.parts_of(x);
  return [whole, exponent - 1074];
}
const times = ([n, e], [m, f]) => [n * m, e + f];
function plus([n, e], [m, f]) {
  const low = Math.min(e, f);
  return [(n << BigInt(e - low)) + (m << BigInt(f - low)), low];
}
const minusOf = ([n, e]) => [-n, e];
const rounded = ([n, e]) => exact.nearest(n, e);
function product(factors) {
  const odd = factors.filter((x) => !Number.isFinite(x)), whole = factors.filter(Number.isFinite).map(fraction).reduce(times, [1n, 0]);
  if (odd.length) return odd.reduce((a, b) => a * b, whole[0] > 0n ? 1 : whole[0] < 0n ? -1 : 0);
  return whole[0] ? rounded(whole) : factors.reduce((a, b) => a * Math.sign(b), 0);  // a zero has the sign of its factors
}

// The paths from x to the end
function counts(x) {
  const carrying = live.ops.map(() => 0n), every = live.ops.map(() => 0n);
  carrying[x] = every[x] = 1n;
  for (let i = x + 1; i < live.ops.length; i++) live.parents[i].forEach((p, k) => {
    every[i] += every[p];
    if (pass.slopes[i][k] !== null) carrying[i] += carrying[p];
  });
  return [carrying, every];
}
function exactSum(x, flowing) {
  if (flowing.length > EXACT || !flowing.every((edge) => Number.isFinite(edge.slope))) return null;
  const sums = live.ops.map(() => [0n, 0]);
  sums[x] = [1n, 0];
  for (const { i, parent, slope } of flowing) sums[i] = plus(sums[i], times(sums[parent], fraction(slope)));
  return sums[sums.length - 1];
}
function sizeOf(slope) {
  return slope === 0 ? -Infinity : Number.isFinite(slope) ? Math.log2(Math.abs(slope)) : Infinity;
}
function largestPaths(x, carrying, isExact) {
  const ways = live.ops.map(() => []), orInfinite = (size) => Number.isNaN(size) ? Infinity : size;
  ways[x] = [{ size: 0, edges: null }];
  for (let i = x + 1; i < live.ops.length; i++) {
    const found = live.parents[i].flatMap((p, k) => pass.slopes[i][k] === null || !carrying[p] ? []
      : ways[p].map((way) => ({ size: orInfinite(way.size + sizeOf(pass.slopes[i][k])), edges: [way.edges, i, k] })));
    const rank = ({ size }) => Math.round(size * 1e9);  // beyond nine digits two are as large, as in paths.py
    ways[i] = found.sort((a, b) => rank(a) < rank(b) ? 1 : rank(a) > rank(b) ? -1 : 0).slice(0, PATHS);
  }
  return ways[ways.length - 1].map(({ edges: last }) => {
    const edges = [];
    for (let way = last; way; way = way[0]) edges.unshift([way[1], way[2]]);
    const slopes = edges.map(([i, k]) => pass.slopes[i][k]);
    return { nodes: [x, ...edges.map(([i]) => i)], edges, slopes, product: isExact ? rounded(slopes.map(fraction).reduce(times, [1n, 0])) : product(slopes) };
  });
}

// In words
const ordinal = (n) => `${n}${Math.floor(n / 10) % 10 === 1 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[n % 10] || "th"}`;
function counted(n) {
  if (n < 10n ** 18n) return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const digits = n.toString(2), power = digits.length - 1 + Math.log2(Number(`0b${digits.slice(0, 53)}`) / 2 ** 52);
  return `${digits.indexOf("1", 1) > 0 ? "about " : ""}2^${Math.round(power)}`;
}
const shortened = (parts, gap) => parts.length <= SHOWN ? parts : [...parts.slice(0, SHOWN - 3), gap, ...parts.slice(-2)];
const madeOf = (i) => `${live.labels[i]} = ${worded(i, pass.data, false)}`;
const at = (i) => live.sources[i] ? ` (${live.sources[i]})` : "";
function routeOf(path) {
  const labels = path.nodes.map((i) => live.labels[i]);
  path.edges.forEach(([i, k], place) => {
    if (live.parents[i].filter((p) => p === path.nodes[place]).length > 1) labels[place] += ` (${ordinal(k + 1)})`;
  });
  return shortened(labels.reverse(), `… ${labels.length - SHOWN + 1} more …`).join(" ← ");
}
const lettersIn = (text) => [...text].length;  // as Python counts them
const padded = (text, wide) => text + " ".repeat(Math.max(0, wide - lettersIn(text)));
function pathTable(found) {
  const list = found.paths.map((path) => [routeOf(path), shortened(path.slopes.map(held).reverse(), "…").join(" × ") || "1", path.product]);
  const more = found.count - BigInt(found.paths.length);
  if (more > 0n) list.push([`the other ${counted(more)}`, "", restOf(found)]);
  if (!list.length) return [];
  const width = (texts, least) => Math.max(least, ...texts.map(lettersIn)), first = width(list.map((row) => row[0]), 0), second = width(list.map((row) => row[1]), 9);
  const line = (route, factors, x) => `  ${padded(route, first)}  ${padded(factors, second)}  = ${short(x)}`;
  const total = found.exact ? rounded(found.exact) : found.gradient, lines = [...list.map((row) => line(...row)), line("sum", "", total)];
  if (found.exact && found.gradient !== null && total !== found.gradient) lines.push(`  (exactly; backward() rounds at each step and arrives at ${full(found.gradient)}, not ${full(total)})`);
  return lines;
}
function restOf({ exact: whole, gradient, paths }) {
  if (!whole) return (gradient || 0) - paths.reduce((sum, path) => sum + path.product, 0);
  return rounded(paths.map((path) => path.slopes.map(fraction).reduce(times, [1n, 0])).map(minusOf).reduce(plus, whole));
}
function explained(x) {
  const root = live.ops.length - 1, [carrying, every] = counts(x), edges = [];
  for (let i = x; i <= root; i++) if (pass.reached[i]) live.parents[i].forEach((parent, k) => { if (every[parent]) edges.push({ i, k, parent, slope: pass.slopes[i][k] }); });
  const flowing = edges.filter((edge) => edge.slope !== null && carrying[edge.parent]), count = carrying[root], cut = every[root] - count;
  const sum = exactSum(x, flowing), found = { count, gradient: pass.arrived[x] ? pass.gradient[x] : null, paths: largestPaths(x, carrying, sum !== null), exact: sum };
  const carried = count ? `the sum over ${counted(count)} ${count === 1n ? "path" : "paths"} of the products of their local derivatives` : "no path carries anything";
  const lines = [`d ${live.labels[root]} / d ${live.labels[x]} = ${short(found.gradient ?? 0)}: ${carried}.`];
  if (cut) lines.push(`  ${counted(cut)}${count ? " more" : ""} ${cut === 1n ? "path is" : "paths are"} cut: an operation on the way lets no gradient through.`);
  lines.push(...pathTable(found));
  const numbers = [...new Set(found.paths.flatMap((path) => path.nodes.slice(1)))].sort((a, b) => a - b);
  if (numbers.length && numbers.length <= SHOWN) lines.push(`  where ${numbers.map((i) => `${live.labels[i]} = ${wordedWithin(i, pass.data, MADE)}`).join(", ")}`);
  lines.push(...reasons(found, edges, flowing).map((reason) => `  ${reason}`));
  const [path] = found.paths;
  return { text: lines.join("\n"), nodes: path ? path.nodes.map((i) => places[i]).filter((place) => place >= 0) : [],
    edges: path ? path.edges.map(([i, k]) => edgePlaces[i][k]).filter((place) => place !== undefined) : [] };
}

// What is odd about it
function reasons({ gradient, count, paths, exact: sum }, edges, flowing) {
  if (gradient !== null && !Number.isFinite(gradient)) return firstNotFinite(gradient, flowing);
  if (!count) return edges.filter((edge) => edge.slope === null).slice(0, 3).map(({ i, parent }) => `Cut: ${madeOf(i)} lets nothing through to ${live.labels[parent]}, which is ${short(pass.data[parent])}${at(i)}.`);
  if (gradient === 0) return whyZero(flowing, paths, sum);
  const sizes = [gradient, paths[0].product].map(Math.abs);
  return Math.max(...sizes) < TINY || Math.min(...sizes) > HUGE ? worst(paths[0]) : [];
}
function whyZero(flowing, paths, sum) {
  if (!isCarried(flowing)) {
    const { i, parent } = flowing.findLast((edge) => edge.slope === 0), near = live.parents[i].length < 4 ? live.parents[i] : [parent];
    const where = new Set(near.filter((p) => !isConstant(p)).map((p) => `${live.labels[p]} is ${short(pass.data[p])}`));
    return [`Zero: the local derivative of ${madeOf(i)} along ${live.labels[parent]} is 0, where ${[...where].join(" and ")}${at(i)}.`];
  }
  if (!(sum && sum[0] === 0n) && Math.abs(paths[0].product) < TINY) return worst(paths[0]);
  if (sum && sum[0]) return ["Zero: rounding loses what the paths carry; without rounding it does not add up to 0."];
  return ["Zero: the contributions cancel; what the paths carry is not 0, and adds up to 0."];
}
function isCarried(flowing) {
  const reached = new Set([flowing[0].parent]);
  for (const { i, parent, slope } of flowing) if (slope !== 0 && reached.has(parent)) reached.add(i);
  return reached.has(flowing[flowing.length - 1].i);
}
function worst(path) {
  const vanishes = Math.abs(path.product) < TINY, steps = path.slopes.map((slope, place) => [Math.abs(slope), slope, path.nodes[place + 1]]);
  steps.sort((a, b) => vanishes ? a[0] - b[0] : b[0] - a[0]);
  const odd = steps.filter(([size]) => size < 1 === vanishes && size !== 1).slice(0, 3);
  const listed = odd.map(([, slope, i]) => `${madeOf(i)} has local derivative ${short(slope)}`).join("; "), [verb, extreme] = vanishes ? ["vanishes", "smallest"] : ["explodes", "largest"];
  return [`It ${verb}: the product of the ${counted(BigInt(steps.length))} local derivatives along the path that carries most is ${short(path.product)}; the ${extreme}: ${listed}.`];
}
function firstNotFinite(gradient, flowing) {
  const [kind, isOdd] = Number.isNaN(gradient) ? ["nan", Number.isNaN] : ["inf", (x) => !Number.isFinite(x)], { data } = pass;
  const makes = (step) => isOdd(step.contribution) ? !isOdd(step.upstream) : isOdd(step.after);
  const step = pass.steps.find((one) => one.kind === "contribution" && flowing.some(({ i, k }) => i === one.i && k === one.k) && makes(one));
  if (!step) return [];
  const first = isOdd(step.local) ? madeForward(step.i, isOdd) : undefined;
  if (first !== undefined) {
    const made = isLeaf(first) ? `the input ${live.labels[first]} is ${short(data[first])}` : `${madeOf(first)} = ${worded(first, data, true)} = ${short(data[first])}`;
    return [`The ${kind} comes from the forward pass: ${made}${at(first)}.`];
  }
  return [`The ${kind} comes from the backward pass, at step ${step.index}: ${step.say}`,
          `  Here the local derivative is ${[...step.texts, step.slope].join(" = ")}${at(step.i)}.`];
}
function madeForward(i, isOdd) {
  const found = new Set([i, ...live.parents[i]].filter((each) => isOdd(pass.data[each])));
  for (const each of found) live.parents[each].filter((p) => isOdd(pass.data[p])).forEach((p) => found.add(p));  // grows on the way
  return found.size ? [...found].reduce((a, b) => Math.min(a, b)) : undefined;
}
