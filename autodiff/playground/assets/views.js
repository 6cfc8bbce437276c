// What answers look like. Every text of a program's is shown through textContent, so none can become markup.
import {said, t} from "./strings.js";

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== "list") made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function drawing(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const SMALLEST = 0.75;    // of its size, to which a picture shrinks to be seen whole: what is larger scrolls
const text = (words) => element("pre", {tabIndex: 0}, words);

export const views = {
  page: ({page}) => [element("iframe", {className: "page", title: t("step"), sandbox: "allow-scripts", srcdoc: page})],
  picture({picture, text: words}) {
    const source = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture);
    const image = element("img", {src: source, alt: words});
    image.onload = () => { image.style.minWidth = `${SMALLEST * image.naturalWidth}px`; };
    return [element("div", {className: "picture", tabIndex: 0}, image),
            element("details", {}, element("summary", {}, t("as text")), text(words))];
  },
  text: ({text: words}) => [text(said(words))],
  formula: ({parts}) => Object.entries(parts).flatMap(([form, words]) => [element("h3", {}, t(`form ${form}`)), text(words)]),
  report({headline, text: words, properties, right}) {
    const sentence = element("p", {className: right ? "verdict right" : "verdict"}, said(headline));
    const rows = properties.map(({name, says, state}) =>
      element("li", {className: state}, element("b", {}, said(name)), ` ${t(`state ${state}`)}`, element("span", {}, said(says))));
    return [sentence, text(said(words.replace(headline, "").trim())), element("h3", {}, t("each property")), element("ul", {className: "properties"}, ...rows)];
  },
  training({losses, parameters, map}) {
    const heads = [t("parameter"), t("data"), t("gradient")].map((head) => element("th", {scope: "col"}, head));
    const rows = parameters.map((each) => element("tr", {}, element("th", {scope: "row"}, each.name),
                                                  element("td", {}, each.data), element("td", {}, each.grad)));
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
    const figures = [element("figure", {}, curve(losses), element("figcaption", {}, t("losses", {count: losses.length})))];
    if (map) figures.push(element("figure", {}, square(map), element("figcaption", {}, t("map"))));
    return [element("div", {className: "figures"}, ...figures), ...(rows.length ? [table] : [])];
  },
};

const WIDTH = 460, HEIGHT = 240, LEFT = 56, BOTTOM = 28, TOP = 12;

// The losses as a curve; where one is not finite, the curve has a gap.
export function curve(losses) {
  const known = losses.filter((loss) => loss !== null && Number.isFinite(loss));
  const low = Math.min(0, ...known), high = Math.max(...known, low + 1e-12);
  const x = (i) => LEFT + (WIDTH - LEFT - 10) * (losses.length > 1 ? i / (losses.length - 1) : 0.5);
  const y = (loss) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (loss - low) / (high - low));
  const every = Math.max(1, Math.ceil(losses.length / 600));
  let path = "", gap = true;
  losses.forEach((loss, i) => {
    if (i % every && i !== losses.length - 1) return;
    if (loss === null) { gap = true; return; }
    path += `${gap ? "M" : "L"}${x(i).toFixed(1)} ${y(loss).toFixed(1)}`;
    gap = false;
  });
  const label = (number, at) => drawing("text", {x: LEFT - 6, y: at + 4, "text-anchor": "end"}, Number(number.toPrecision(3)).toString());
  const svg = drawing("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "curve"},
    drawing("title", {}, t("losses", {count: losses.length})),
    drawing("path", {d: `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - 10}`, class: "axis"}),
    label(high, y(high)), label(low, y(low)),
    drawing("text", {x: LEFT, y: HEIGHT - 8, "text-anchor": "middle"}, "1"),
    drawing("text", {x: WIDTH - 10, y: HEIGHT - 8, "text-anchor": "end"}, String(losses.length)),
    drawing("path", {d: path, class: "loss"}));
  if (known.length === 1) svg.append(drawing("circle", {cx: x(0), cy: y(known[0]), r: 3, class: "dot"}));
  return svg;
}

// A model's answers on the square from -1 to 2: low is blue, high is orange, and the line between them is at the middle.
function square(rows) {
  const flat = rows.flat(), low = Math.min(...flat), high = Math.max(...flat), size = rows.length;
  const svg = drawing("svg", {viewBox: `-3 -1 ${size + 4} ${size + 4}`, role: "img", class: "map", "shape-rendering": "crispEdges"},
                      drawing("title", {}, t("map")));
  rows.forEach((row, i) => row.forEach((answer, j) => {
    const share = high > low ? (answer - low) / (high - low) : 0.5;
    const kind = share < 0.5 ? "low" : "high";
    svg.append(drawing("rect", {x: j, y: i, width: 1.02, height: 1.02, class: kind, "fill-opacity": Math.abs(2 * share - 1).toFixed(3)}));
  }));
  const place = (v) => (v + 1) / 3 * (size - 1) + 0.5;
  for (const v of [0, 1]) {
    svg.append(drawing("text", {x: place(v), y: size + 1.6, "text-anchor": "middle", class: "tick"}, String(v)),
               drawing("text", {x: -0.6, y: size - place(v) + 0.4, "text-anchor": "end", class: "tick"}, String(v)));
  }
  return svg;
}

// The form of the quiz; `ask` gets what is to be asked: an answer, a level, or the next question.
export function quizForm({given, question, levels, said: judgement, right, read}, {level, score}, ask) {
  const choice = element("select", {id: "level"}, element("option", {value: ""}, t("all levels")),
                         ...levels.map((each) => element("option", {value: each, selected: each === level}, t("level", {level: each}))));
  choice.addEventListener("change", () => ask({level: Number(choice.value) || null}));
  const answer = element("input", {id: "answer", type: "text", maxLength: 40, autocomplete: "off"});
  const next = element("button", {type: "button", id: "another"}, t("another"));
  next.addEventListener("click", () => ask({next: true}));
  const form = element("form", {className: "quiz"},
    element("p", {}, element("label", {}, t("difficulty"), " ", choice), " ", element("output", {id: "score"}, t("score", score))),
    element("p", {}, said(given)), element("p", {className: "question"}, said(question)),
    element("p", {}, element("label", {htmlFor: "answer"}, t("your answer")), " ", answer, " ",
            element("button", {type: "submit", className: "main"}, t("check")), " ", next),
    element("p", {id: "judged", role: "status", className: right ? "right" : read ? "wrong" : ""}, said(judgement ?? "")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask({answer: answer.value});
  });
  return [form];
}
