// The rules of the table with names or numbers in their holes.
const live = log.live, TERMS = 6;
const recorded = live ? live.data.map(numeral) : [], current = [...recorded];
const isLeaf = (i) => live.parents[i].length === 0;
const isConstant = (i) => live.ops[i] === "constant";

const bracketed = (text) => text.startsWith("-") ? `(${text})` : text;
const held = (x) => bracketed(short(x === null ? 0 : x));

// Rules
function filled(template, words) {
  return template.replace(/⟨(\w+)⟩|⟦(\w+)⟧/g, (_, bare, beside) => beside ? bracketed(words[beside]) : words[bare]);
}
function listed(texts, terms) {
  const some = texts.length <= terms ? texts : [...texts.slice(0, Math.max(terms - 2, 1)), "…", ...(terms > 2 ? texts.slice(-1) : [])];
  return `[${some.join(", ")}]`;
}
function many(op, template, texts, y, operand, terms) {
  const half = texts.length / 2;
  if (template === "ones(⟨xs⟩)") return "1";
  if (template === "swapped(⟨xs⟩)") return texts[(operand + half) % texts.length];
  const parts = template === "dot(⟨xs⟩)" ? [texts.slice(0, half), texts.slice(half)] : [texts];
  const text = filled(template, { xs: parts.map((part) => listed(part, terms)).join(", "), y });
  return operand === undefined ? text : `${text}[${operand}]`;
}
function texts(i, data, numbers) {
  return live.parents[i].map((p) => numbers || live.ops[p] === "constant" ? short(data[p]) : live.labels[p]);
}
// The form of an operation, or of one of its local derivatives, as [text, tree]: the textbook's where its digits hold
function form(i, data, numbers, operand, exact) {
  const row = table[live.ops[i]], one = row.slopes && row.slopes[operand], xs = live.parents[i].map((p) => data[p]), y = data[i];
  if (!one) return operand === undefined ? row.formula : row.slope;
  const slope = one.of(...xs, y);
  const close = (x) => x === slope || Number.isFinite(slope) && Math.abs(x - slope) <= 1e-6 * Math.abs(slope);
  if (!exact && one.book && slope !== null && close(one.book(...xs, y))) return one.bookForm;
  return !numbers && one.symbols ? one.symbols : one.numbers(...xs, y);
}
function letters(i, data, numbers, words = texts(i, data, numbers)) {
  return { a: words[0], b: words[1], c: words[2], y: numbers ? short(data[i]) : live.labels[i] };
}
function worded(i, data, numbers, operand, exact, names = texts(i, data, numbers), terms = TERMS) {
  const [text] = form(i, data, numbers, operand, exact), words = letters(i, data, numbers, names);
  return table[live.ops[i]].slopes ? filled(text, words) : many(live.ops[i], text, names, words.y, operand, terms);
}
function lastPart(label) {  // the end of a long name, which tells it from its neighbours
  const [, own] = /^.+\.([^.]+)$/s.exec(label) || [];
  return own && /^\p{L}/u.test(own) ? `…${own}` : label;
}
function wordedWithin(i, data, most) {  // how a node was made, in at most so many letters
  let text = worded(i, data, false);
  const ends = texts(i, data, false).map((label, k) => isConstant(live.parents[i][k]) ? label : lastPart(label));
  for (let terms = TERMS; terms > 1 && [...text].length > most; terms--) text = worded(i, data, false, undefined, false, ends, terms);
  return [...text].length > most ? `${[...text].slice(0, most - 1).join("")}…` : text;
}
