// Numbers as Python writes them: from JSON, in six significant digits, and all digits
function exponent(text) {
  const [digits, power] = text.split("e");
  return `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}
function odd(x) {
  return Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : "";
}
function sixDigits(x) {  // of two that are as near, the even one, as Python chooses
  const seven = x.toExponential(6);
  if (!/5e/.test(seven) || Number(seven) !== x) return x;
  const [, even, power] = /^(-?\d\.\d{4}[02468])50+e(.*)$/.exec(x.toExponential(60)) || [];
  return even ? Number(`${even}e${power}`) : x;
}
function short(x) {
  if (x === null) return "nothing yet";
  if (!Number.isFinite(x)) return odd(x);
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  const near = sixDigits(x), [digits, power] = near.toExponential(5).split("e"), bare = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return power < -4 || power >= 6 ? exponent(`${bare(digits)}e${power}`) : bare(near.toPrecision(6));
}
function full(x) {
  if (!Number.isFinite(x)) return odd(x);
  const size = Math.abs(x);
  if (size >= 1e16 || (size < 1e-4 && size > 0)) return exponent(x.toExponential());
  const text = Object.is(x, -0) ? "-0" : String(x);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
const numeral = (x) => typeof x === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[x] ?? Number(x) : x;
// An operation by its rules of the table: its value, and the local derivative along each operand, null where nothing flows.
function valueBy(op, xs) {
  return table[op].slopes ? table[op].value(...xs) : table[op].value(xs);
}
function slopesBy(op, xs, y) {
  const { slopes, list } = table[op];
  return slopes ? slopes.map((one) => one && one.of(...xs, y)) : list ? list(xs, y) : xs.map(() => null);
}
