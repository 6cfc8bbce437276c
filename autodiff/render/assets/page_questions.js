// The question that a step answers, as the library asks it, with the answer of each known slip.
function asked(step) {
  if (step.kind === "input") return null;
  const kinds = { seed: ofSeed, operation: ofOperation, contribution: ofContribution, blocked: ofBlocked, detached: ofBlocked, update: ofUpdate };
  const [text, answer, wrong] = kinds[step.kind](step, live.labels[step.i], live.labels[step.to], step.run.data);
  return { text, answer, shown: short(answer), wrong: wrong.filter(([, x]) => !close(x, answer)) };
}
function ofSeed(step, name) {
  return [`The backward pass begins. What is the gradient of ${name} with respect to itself?`, step.after, [["zero", 0]]];
}
function ofOperation(step, name, to, data) {
  const y = data[step.i], [a, b, ...more] = live.parents[step.i].map((p) => data[p]), two = b !== undefined && !more.length, wrong = [["sign", -y]];
  if (two && live.ops[step.i] === "mul") wrong.push(["added", a + b]);
  if (two && live.ops[step.i] === "add") wrong.push(["multiplied", a * b]);
  return [`${name} = ${step.texts.join(" = ")}. What is it?`, y, wrong];
}
function ofContribution(step, name, to, data) {
  const { upstream, local, contribution, after } = step, before = step.before ?? 0;
  const soFar = step.before === null ? `nothing has reached ${to} yet` : `so far the gradient of ${to} is ${short(before)} (${step.arrived - 1} of ${step.expected} arrived)`;
  const text = `${name} sends a contribution to ${to}. ${name}'s gradient is ${short(upstream)}; the local derivative d ${name} / d ${to} is ${step.texts[0]}; ${soFar}. What is the gradient of ${to} after this step?`;
  const wrong = step.before === null ? [] : [["last", contribution], ["unfinished", before]];
  wrong.push(["no upstream", before + local], ["no slope", before + upstream], ["sum", before + upstream + local], ["sign", before - contribution]);
  if (live.parents[step.i].length > 1) wrong.push(["own value", before + upstream * data[step.to]]);
  return [text, after, wrong];
}
function ofBlocked(step, name, to, data) {
  const given = `${name} = ${live.ops[step.i]}(…) has the gradient ${short(step.upstream)}, and ${to} is ${short(data[step.to])}.`;
  return [`${given} What does ${name} send to ${to}? (Nothing counts as 0.)`, 0, [[step.kind === "blocked" ? "through" : "constant", step.upstream]]];
}
function ofUpdate(step, name, to, data) {
  const x = data[step.i], gradient = step.after, given = `${name} is ${short(x)}, its gradient ${short(gradient)}, the learning rate ${short(live.rate)}`;
  return [`${given}. What is ${name} after the update?`, step.moved, [["uphill", x + live.rate * gradient], ["no rate", x - gradient]]];
}
