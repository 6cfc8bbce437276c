// IEEE-754 arithmetic as kernels.py defines it, where JavaScript lacks it or has it otherwise.
function maximum(a, b) { return a >= b || a !== a ? a : b; }
function minimum(a, b) { return a <= b || a !== a ? a : b; }
function clip(a, low, high) { return minimum(maximum(a, low), high); }
function sign(x) { return x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x; }
function isinf(x) { return x === Infinity || x === -Infinity; }
function isnan(x) { return x !== x; }
function copysign(x, y) {
  const size = Math.abs(x);
  return y < 0 || Object.is(y, -0) ? -size : size;
}
function raised(a, b) { return a === 1 || b === 0 || (a === -1 && isinf(b)) ? 1 : Math.pow(a, b); }
function remainder(a, b) {
  if (b === 0) return NaN;
  const rest = a % b;
  if (rest === 0) return copysign(0, b);
  return b < 0 !== rest < 0 ? rest + b : rest;
}
function floor_divide(a, b) {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return copysign(0, a / b);
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}
function hypot(a, b) {
  if (isinf(a) || isinf(b)) return Infinity;
  const long = maximum(Math.abs(a), Math.abs(b)), short = minimum(Math.abs(a), Math.abs(b));
  if (long === 0 || long !== long || short !== short) return long + short;
  if (long < 1e-300) return hypot(a * 2 ** 600, b * 2 ** 600) / 2 ** 600;
  const ratio = short / long, root = Math.sqrt(1 + ratio * ratio);
  return long * root;
}
function polynomial(x, coefficients) {
  let y = 0 * x;
  for (let i = coefficients.length - 1; i >= 0; i--) y = y * x + coefficients[i];
  return y;
}
function erf(x) {
  if (x !== x || x === 0) return x;
  if (Math.abs(x) >= 1) return sign(x) * (1 - 2 * normal_cdf(-Math.abs(x) * Math.SQRT2));
  let term = x, sum = x;
  for (let n = 1; n < 40; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return sum / Math.sqrt(Math.PI) * 2;
}
function largest(xs) {
  let top = xs[0];
  for (const x of xs) if (x !== x) return NaN; else if (x > top) top = x;
  return top;
}
function total(xs) {  // the exact sum, rounded once
  if (xs.length === 1) return xs[0];
  if (xs.length && xs.every((x) => Object.is(x, -0))) return -0;
  const partials = [];
  for (let x of xs) {
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y, low = y - (high - x);
      if (low) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  return partials.length && partials.every(Number.isFinite) ? rounded_once(partials) : slow_total(xs);
}
function rounded_once(partials) {  // floats that do not overlap, the largest last
  let high = partials.pop(), low = 0;
  while (partials.length && !low) {
    const x = high, y = partials.pop();
    high = x + y;
    low = y - (high - x);
  }
  const half = 2 * low, up = high + half;  // a tie is decided by what lies below it
  return partials.length && low < 0 === partials[partials.length - 1] < 0 && half === up - high ? up : high;
}
function slow_total(xs) {  // by whole numbers of the smallest step that any of them has
  if (xs.some((x) => !Number.isFinite(x))) return xs.filter((x) => !Number.isFinite(x)).reduce((a, b) => a + b, 0);
  return rounded_sum(xs.map(parts_of));
}
function parts_of(x) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0), exponent = Number((bits >> 52n) & 2047n), fraction = bits & 4503599627370495n;
  const whole = exponent ? fraction | 4503599627370496n : fraction;
  return [bits >> 63n ? -whole : whole, Math.max(exponent, 1) - 1];
}
function rounded_sum(parts) {
  let sum = 0n;
  for (const [whole, exponent] of parts) sum += whole << BigInt(exponent);
  return nearest(sum, -1074);
}
function nearest(whole, exponent) {  // the number nearest to whole * 2 ** exponent
  const size = whole < 0n ? -whole : whole, shift = Math.max(size.toString(2).length - 53, -1074 - exponent, 0);
  let kept = size >> BigInt(shift);
  const rest = size - (kept << BigInt(shift)), half = shift ? 1n << BigInt(shift - 1) : 0n;
  if (shift && (rest > half || (rest === half && kept & 1n))) kept += 1n;
  const power = exponent + shift, up = Math.floor(power / 2);  // by two factors, neither of which over- or underflows
  return kept === 0n ? (whole < 0n ? -0 : 0) : (whole < 0n ? -1 : 1) * (Number(kept) * 2 ** up * 2 ** (power - up));
}
function dot(xs) {
  const half = xs.length / 2;
  return total(xs.slice(0, half).map((x, i) => x * xs[half + i]));
}
function ones(xs) { return xs.map(() => 1); }
function swapped(xs) {
  const half = xs.length / 2;
  return [...xs.slice(half), ...xs.slice(0, half)];
}
function logsumexp(xs) {
  const top = largest(xs);
  if (isinf(top) || top !== top) return top;
  const rest = [...xs];
  rest.splice(rest.indexOf(top), 1);
  return top + Math.log1p(total(rest.map((x) => exp_of_difference(x, top))));
}
function softmax(xs) {
  const top = largest(xs), terms = xs.map((x) => exp_of_difference(x, top)), whole = total(terms);
  return terms.map((term) => term / whole);
}
