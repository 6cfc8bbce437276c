// The questions of steps with other numbers, as the library asks them of its own, with the answer of each known slip.
function asked(step) {
  const root = live.labels[live.labels.length - 1], [text, answer, wrong] = step.kind === "seed"
    ? [`The backward pass begins. What is the gradient of ${root} with respect to itself?`, 1, [["zero", 0]]]
    : { operation: ofOperation, contribution: ofContribution, blocked: ofBlocked, detached: ofBlocked, update: ofUpdate }[step.kind](step, step.facts);
  return { text, answer, shown: short(answer), wrong: wrong.filter(([, x]) => !close(x, answer)) };
}
function ofOperation(step, { i }) {
  const [label, rule, numbers] = step.equations[0], y = current[i], [a, b, ...more] = live.parents[i].map((p) => current[p]), wrong = [["sign", -y]];
  if (b !== undefined && !more.length && live.ops[i] === "mul") wrong.push(["added", a + b]);
  if (b !== undefined && !more.length && live.ops[i] === "add") wrong.push(["multiplied", a * b]);
  return [`${label} = ${rule} = ${numbers}. What is it?`, y, wrong];
}
function ofContribution(step, { i, parent, upstream, slope, earlier, after }) {
  const name = live.labels[i], to = live.labels[parent], before = earlier === null ? 0 : earlier, sent = slope * upstream;
  const soFar = earlier === null ? `nothing has reached ${to} yet` : `so far the gradient of ${to} is ${short(before)} (${step.arrived - 1} of ${step.expected} arrived)`;
  const text = `${name} sends a contribution to ${to}. ${name}'s gradient is ${short(upstream)}; the local derivative d ${name} / d ${to} is ${step.equations[0][1]}; ${soFar}. What is the gradient of ${to} after this step?`;
  const wrong = earlier === null ? [] : [["last", sent], ["unfinished", before]];
  wrong.push(["no upstream", before + slope], ["no slope", before + upstream], ["sum", before + upstream + slope], ["sign", before - sent]);
  if (live.parents[i].length > 1) wrong.push(["own value", before + upstream * current[parent]]);
  return [text, after, wrong];
}
function ofBlocked(step, { i, parent, upstream }) {
  const name = live.labels[i], to = live.labels[parent];
  return [`${name} = ${live.ops[i]}(…) has the gradient ${short(upstream)}, and ${to} is ${short(current[parent])}. What does ${name} send to ${to}? (Nothing counts as 0.)`, 0, [["through", upstream]]];
}
function ofUpdate(step, { i, gradient }) {
  const label = live.labels[i], x = current[i];
  return [`${label} is ${short(x)}, its gradient ${short(gradient)}, the learning rate ${short(live.rate)}. What is ${label} after the update?`,
    x - live.rate * gradient, [["uphill", x + live.rate * gradient], ["no rate", x - gradient]]];
}
