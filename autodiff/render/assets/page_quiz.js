// Predict, then reveal
function ask(asked) {
  pause();
  state.pending = true;
  $("question").textContent = asked.text;
  $("judged").textContent = "";
  $("judged").className = "";
  $("answer").value = "";
  $("ask").hidden = false;
  $("answer").focus();
}
function forget() {
  state.pending = false;
  $("ask").hidden = true;
  $("judged").textContent = "";
  $("judged").className = "";
}
function reveal(sentence, right) {
  const held = document.activeElement;
  go(state.at + 1);
  if (sentence) {
    $("judged").textContent = sentence;
    $("judged").className = right ? "right" : "wrong";
    state.asked += 1;
    state.right += right ? 1 : 0;
    $("score").textContent = `${state.right} of ${state.asked} right`;
  }
  if ($("ask").contains(held)) $("next").focus();
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
  const value = typeof y === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[y] : y;
  if (!Number.isFinite(x) || !Number.isFinite(value)) return Object.is(x, value);
  return Math.abs(x - value) <= log.close * Math.abs(value);
}
function judge(text) {
  const asked = steps[state.at + 1].ask, given = number(text);
  if (given === undefined) {
    $("judged").textContent = "Please write a number, such as 0.25, -3 or 1/3.";
    $("judged").className = "wrong";
    return;
  }
  if (close(given, asked.answer)) return reveal(`Right: ${asked.shown}.`, true);
  const causes = asked.wrong.filter(([, x]) => close(given, x)).map(([key]) => log.misconceptions[key]);
  const reason = causes.length ? causes.slice(0, 2).join("; or ") : "no common slip gives this number";
  reveal(`Not quite: ${reason}. It is ${asked.shown}.`, false);
}
