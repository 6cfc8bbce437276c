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
$("key").hidden = sheet.answers.length === 0;
