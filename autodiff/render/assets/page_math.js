// The arithmetic of a step in MathML, from the trees that the table has beside its texts; the exact rules on demand.
const LEAVES = new Set(["mi", "mn", "mo", "mtext"]);
const LONGEST = 40;  // letters of a formula: what is longer stays text, which can break into lines
function mathematical(kind, ...parts) {
  const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", kind);
  made.append(...parts);
  return made;
}
const minus = (text) => text.replaceAll("-", "−");
function symbol(word) {
  if (/^-?[\d.]|^-?inf$|^nan$/.test(word)) return numberOf(word);
  const [, letter, index] = /^([A-Za-z])_?(\d+)$/.exec(word) || [];
  if (letter) return mathematical("msub", mathematical("mi", letter), mathematical("mn", index));
  return /^[A-Za-z]+$/.test(word) ? mathematical("mi", word) : mathematical("mtext", word);
}
function numberOf(text) {
  const [digits, power] = text.replace("inf", "∞").split("e");
  if (power === undefined) return mathematical("mn", minus(digits));
  const ten = mathematical("msup", mathematical("mn", "10"), mathematical("mn", minus(String(Number(power)))));
  return mathematical("mrow", mathematical("mn", minus(digits)), mathematical("mo", "×"), ten);
}
const bracketedTree = (inner) => mathematical("mrow", mathematical("mo", "("), inner, mathematical("mo", ")"));
function built(tree, words) {  // a string is a hole: "a", or "(a)" where an operator stands beside it
  if (typeof tree === "string") {
    const beside = tree.startsWith("("), word = words[beside ? tree.slice(1, -1) : tree];
    return beside && /^-|\de/.test(word) ? bracketedTree(symbol(word)) : symbol(word);
  }
  const [kind, ...parts] = tree;
  return mathematical(kind, ...(LEAVES.has(kind) ? parts : parts.map((part) => built(part, words))));
}
function partial(above, below) {
  const side = (word) => mathematical("mrow", mathematical("mo", "∂"), symbol(word));
  return mathematical("mfrac", side(above), side(below));
}
function typeset(made, text) {
  const math = mathematical("math", made);
  math.setAttribute("displaystyle", "true");
  math.setAttribute("alttext", text);
  if (!math.querySelector("mfrac")) math.querySelectorAll("mo").forEach((sign) => sign.setAttribute("stretchy", "false"));
  return text.length > LONGEST ? text : math;
}

// The lines of a step's arithmetic, each as texts or as formulas
function lines(step) {
  if (!live || !step.of) return step.equations;
  const [[left, rule, numbers, result], ...more] = step.equations, [i, operand] = step.of, exact = $("exact").checked;
  if (exact && operand !== null) return [[left, worded(i, current, false, operand, true), worded(i, current, true, operand, true), result], ...more];
  if (exact || !table[live.ops[i]].slopes || step.kind === "detached") return step.equations;
  const k = operand === null ? undefined : operand, tree = (numeric) => built(form(i, current, numeric, k)[1], letters(i, current, numeric));
  const head = k === undefined ? symbol(live.labels[i]) : partial(live.labels[i], live.labels[live.parents[i][k]]);
  return [[typeset(head, left), typeset(tree(false), rule), typeset(tree(true), numbers), result], ...more];
}
