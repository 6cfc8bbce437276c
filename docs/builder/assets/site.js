// The search, the questions of the lessons, and the menu of a phone.
const up = document.querySelector("script[data-up]").dataset.up;
const found = document.querySelector("#found"), query = document.querySelector("#query");

// The index comes with the first search, as a script: so it also works where the pages are opened as files.
function load() {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), {src: `${up}search.js`, onload: () => resolve(window.searchIndex), onerror: reject});
    document.head.append(script);
  });
}
let index = null;

async function search() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  found.hidden = !words.length;
  if (!words.length) return;
  index ??= load();
  const ranked = (await index).map((part) => ({part, score: score(part, words)})).filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score).slice(0, 12);
  const rows = ranked.map(({part}) => {
    const link = Object.assign(document.createElement("a"), {href: up + part.address, textContent: part.title});
    const row = document.createElement("li");
    row.append(link, ` in ${part.page}: ${around(part.text, words[0])}`);
    return row;
  });
  const list = document.createElement("ol");
  list.append(...rows);
  const head = Object.assign(document.createElement("p"), {textContent: rows.length ? `Found for “${query.value}”:` : `Nothing found for “${query.value}”.`});
  found.replaceChildren(head, list);
}

// Every word has to be there; one in the title counts for more.
function score(part, words) {
  const title = part.title.toLowerCase(), text = part.text.toLowerCase();
  if (!words.every((word) => title.includes(word) || text.includes(word))) return 0;
  return words.reduce((sum, word) => sum + (title === word ? 50 : title.includes(word) ? 10 : 0) + Math.min(5, text.split(word).length - 1), 0);
}

function around(text, word) {
  const place = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  return (place ? "…" : "") + text.slice(place, place + 120) + "…";
}

document.querySelector("#search").addEventListener("submit", (event) => { event.preventDefault(); search(); });
query.addEventListener("input", search);

// A number as people write it: -3, 1e-3, 1/3, −2, 0,5; NaN for anything else.
function number(text) {
  const [top, bottom] = text.trim().replaceAll("−", "-").replaceAll(",", ".").split("/");
  const read = (part) => part.trim() === "" ? NaN : Number(part);
  return bottom === undefined ? read(top) : read(top) / read(bottom);
}

for (const form of document.querySelectorAll(".question")) {
  const {right, wrong, unread} = form.closest(".questions").dataset, answer = Number(form.dataset.answer);
  const said = form.querySelector(".said"), why = form.querySelector(".why"), show = form.querySelector(".show");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = number(form.querySelector("input").value);
    const isRight = Math.abs(given - answer) <= 0.005 * Math.max(Math.abs(answer), 0.01);
    said.textContent = Number.isNaN(given) ? unread : isRight ? right : wrong;
    said.className = isRight ? "said right" : "said wrong";
    if (isRight) why.hidden = false;
    show.hidden = isRight || Number.isNaN(given);
  });
  show.addEventListener("click", () => { why.hidden = false; });
}

if (matchMedia("(max-width: 56rem)").matches) document.querySelector("#menu details").open = false;
