"use strict";
const sheet = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
function line(parent, kind, name, text) {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  parent.append(made);
  return made;
}
$("points").textContent = sheet.points;
$("seed").textContent = sheet.seed;
for (const question of sheet.questions) {
  const item = line($("questions"), "li", "", "");
  line(item, "p", "given", question.given);
  line(item, "p", "text", question.text);
  line(item, "p", "points", question.points === 1 ? "1 point" : `${question.points} points`);
  line(item, "div", "work", "");
}
for (const answer of sheet.answers) {
  const item = line($("answers"), "li", "", "");
  line(item, "strong", "answer", answer.answer);
  line(item, "p", "because", answer.because);
}
$("given").textContent = sheet.whole.given;
$("picture").src = sheet.whole.picture;
function table(place, numbers) {
  const head = line($(place), "tr", "", "");
  for (const title of ["node", "value", "gradient"]) line(head, "th", "", title);
  sheet.whole.nodes.forEach((node, i) => {
    const row = line($(place), "tr", "", "");
    line(row, "td", "given", node);
    for (const k of [0, 1]) line(row, "td", "blank", numbers.length ? numbers[i][k] : "");
  });
}
table("blanks", []);
if (sheet.whole.answers.length) table("numbers", sheet.whole.answers);
$("key").hidden = sheet.answers.length === 0;
