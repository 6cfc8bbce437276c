// Predict, then reveal: a wrong answer may be tried again, then there is a hint, then the working
const tally = { right: 0, asked: 0, tries: 0, now: 0 };
function ask(asked) {
  pause();
  state.pending = true;
  tally.now = 0;
  $("question").textContent = asked.text;
  judgement("", "");
  $("answer").value = "";
  $("working").replaceChildren();
  $("hint").disabled = false;
  $("ask").hidden = false;
  $("answer").focus();
}
function forget() {
  state.pending = false;
  $("ask").hidden = true;
  judgement("", "");
}
function judgement(sentence, kind) {
  $("judged").textContent = sentence;
  $("judged").className = kind;
}
function reveal(sentence) {
  const held = document.activeElement;
  tally.asked += tally.now ? 1 : 0;
  tally.right += sentence ? 1 : 0;
  forget();
  show(Math.min(state.at + 1, last));
  if (sentence) judgement(sentence, "right");
  if (tally.asked) $("score").textContent = `${tally.right} of ${tally.asked} right, ${tally.tries} ${tally.tries === 1 ? "try" : "tries"}`;
  if ($("ask").contains(held)) $("next").focus();
}

// First a hint, then the working: the arithmetic of the step without its result
function help() {
  const step = steps[state.at + 1], first = !$("working").children.length;
  const working = step.equations.map(([left, symbols, numbers]) => element("p", { class: "given" }, `${left} = ${symbols} = ${numbers} = ?`));
  $("working").append(...(first ? [element("p", {}, log.hints[step.kind])] : working));
  $("hint").disabled = !first;
  $("judged").scrollIntoView({ block: "nearest" });  // it stands below the working
  $("answer").focus({ preventScroll: true });
}
function number(text) {
  const [top, bottom, ...more] = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/").map((part) => part.trim().toLowerCase());
  const read = (part) => {
    const sign = /^[+-]?(inf|infinity)$/.exec(part || "");
    if (sign) return part[0] === "-" ? -Infinity : Infinity;
    if (/^[+-]?nan$/.test(part)) return NaN;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(part) ? Number(part) : undefined;
  };
  if (more.length) return undefined;
  const above = read(top), below = bottom === undefined ? 1 : read(bottom);
  return above === undefined || below === undefined || below === 0 ? undefined : above / below;
}
function close(x, y) {
  const value = numeral(y);
  if (!Number.isFinite(x) || !Number.isFinite(value)) return Object.is(x, value);
  return Math.abs(x - value) <= log.close * Math.abs(value);
}
function judge(text) {
  const { ask: asked } = steps[state.at + 1], given = number(text);
  if (given === undefined) return judgement("Please write a number, such as 0.25, -3 or 1/3.", "wrong");
  tally.now += 1;
  tally.tries += 1;
  if (close(given, asked.answer)) return reveal(`Right: ${asked.shown}.`);
  const causes = asked.wrong.filter(([, x]) => close(given, x)).map(([key]) => log.misconceptions[key]);
  const reason = causes.length ? causes.slice(0, 2).join("; or ") : `no common slip gives ${short(given)}`;
  judgement(`Not quite: ${reason}. Try again, or ask for a hint.`, "wrong");
  $("judged").scrollIntoView({ block: "nearest" });
  $("answer").select();
}
