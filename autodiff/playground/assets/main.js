// The playground: a program, what it prints, and what each tab shows of it.
import {engine} from "./engine.js";
import {makeEditor} from "./editor.js";
import {packed, unpacked} from "./share.js";
import {choose, said, t} from "./strings.js";
import {curve, element, quizForm, views} from "./views.js";

const TABS = ["step", "draw", "explain", "formula", "train", "grade", "quiz"];
const SECONDS = {grade: 90, train: 60}, USUAL = 10;    // how long a program may take
const MOST = 200_000;    // letters of a program
const $ = (id) => document.getElementById(id);
const state = {tab: "step", busy: false, losses: [], quiz: {seed: Math.floor(Math.random() * 1e6), number: 0, level: null, score: {right: 0, asked: 0}}};
let editor, examples, redrawing = false;

async function begin() {
  engine.hear = hear;
  const site = await (await fetch("site.json")).json();
  examples = site.examples;
  await speak(languageOf(site.languages), site.languages);
  editor = makeEditor($("editor"), t("program"), run, () => $("link").hidden = true);
  tell(t("starting"));
  listen();
  fillExamples();
  makeTabs();
  await readAddress();
  engine.ready.then(ready, (error) => show({kind: "error", sentence: t("no start", {reason: error.message})}));
}

async function ready() {
  await run();
  performance.mark("first answer");
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js").catch(() => undefined);
}

// Languages

function languageOf(languages) {
  const wanted = [remembered("language"), ...navigator.languages].map((each) => (each ?? "").split("-")[0]);
  return wanted.find((each) => each in languages) ?? "en";
}

async function speak(language, languages) {
  await choose(language);
  document.title = t("title");
  $("language").replaceChildren(...Object.entries(languages).map(([code, name]) => element("option", {value: code, selected: code === language}, name)));
  $("language").onchange = async () => {
    remember("language", $("language").value);
    await speak($("language").value, languages);
    fillExamples();
    makeTabs();
    if (!state.busy) tell(t("ready"));
    if (state.answer?.kind === "page") run();    // a page speaks the language that it was made in
    else if (state.answer) show(state.answer);
  };
}

// The program

function fillExamples() {
  const options = examples.map(({key}) => element("option", {value: key}, t(`example ${key}`)));
  $("examples").replaceChildren(element("option", {value: ""}, t("examples")), ...options);
}

function loadExample(key) {
  const example = examples.find((each) => each.key === key) ?? examples[0];
  editor.setText(example.source.replace(/^"""(.*)"""/, (_, words) => `"""${said(words)}"""`));
  if (example.tab) choosePanel(example.tab);
}

async function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  if (TABS.includes(parts.get("tab"))) choosePanel(parts.get("tab"));
  if (!parts.has("program")) {
    loadExample(parts.get("example"));
    if (TABS.includes(parts.get("tab"))) choosePanel(parts.get("tab"));
    return;
  }
  try {
    editor.setText(await unpacked(parts.get("program")));
  } catch {
    loadExample();
    warn(t("damaged"));
  }
}

const here = () => location.href.split("#")[0];

async function share() {
  const parts = new URLSearchParams({tab: state.tab, program: await packed(editor.text())});
  const address = here() + "#" + parts;
  history.replaceState(null, "", address);
  $("address").value = address;
  $("link").hidden = false;
  $("address").select();
  await navigator.clipboard?.writeText(address).then(() => tell(t("copied")), () => undefined);
}

function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], {type}));
  element("a", {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

async function openFile() {
  const [file] = $("file").files;
  $("file").value = "";
  if (!file) return;
  if (file.size > MOST) return show({kind: "error", sentence: t("too long", {most: MOST, length: file.size})});
  editor.setText(await file.text());
  run();
}

// Asking

async function run(more = {}) {
  if (state.busy) return;
  const source = editor.text();
  if (source.length > MOST) return show({kind: "error", sentence: t("too long", {most: MOST, length: source.length})});
  if (state.tab === "quiz") return askQuiz({});
  busy(true);
  state.losses = [];
  if (source !== state.source) $("output").textContent = "";    // what a program printed stays, from tab to tab
  state.source = source;
  editor.mark(null);
  const choices = {address: here(), value: $("value").value, input: $("input").value, collapse: $("collapse").value};
  const began = performance.now(), seconds = SECONDS[state.tab] ?? USUAL, tab = state.tab;
  const answer = await ask({tab, source, ...choices, ...more}, seconds);
  if (tab !== state.tab) return run();    // another tab was chosen meanwhile
  show(answer);
  tell(t("took", {milliseconds: Math.round(performance.now() - began)}));
}

async function ask(request, seconds = USUAL) {
  busy(true);
  try {
    return await engine.ask({...request, language: document.documentElement.lang}, seconds, t("late", {seconds}));
  } catch (error) {
    return {kind: "error", sentence: t("no start", {reason: error.message})};
  } finally {
    busy(false);
  }
}

async function askQuiz({answer, level, next}) {
  const quiz = state.quiz;
  if (level !== undefined) Object.assign(quiz, {level, number: 0});
  if (next) quiz.number += 1;
  const shown = await ask({tab: "quiz", ...quiz, ...(answer === undefined ? {} : {answer})});
  if (shown.read && quiz.counted !== quiz.number) {    // the first answer to a question counts
    quiz.counted = quiz.number;
    quiz.score = {right: quiz.score.right + shown.right, asked: quiz.score.asked + 1};
  }
  if (next || level !== undefined) quiz.counted = null;
  if (state.tab !== "quiz") return run();
  show(shown);
  tell(t("ready"));
  if (answer !== undefined || next) $(shown.right ? "another" : "answer").focus();
}

function hear(message) {
  if (message.began) $("output").textContent = "";
  if (message.output !== undefined) $("output").append(message.output);
  if (message.examined) tell(t("examining", {name: said(message.examined), place: message.place + 1, of: message.of}));
  if (message.loss !== undefined) {
    state.losses.push(Number.isFinite(message.loss) ? message.loss : null);
    if (state.tab === "train" && !redrawing) requestAnimationFrame(redraw);
    redrawing = true;
  }
}

function redraw() {
  redrawing = false;
  if (state.busy && state.losses.length) $("view").replaceChildren(element("figure", {}, curve(state.losses)));
}

// Showing

function show(answer) {
  state.answer = answer;
  const failed = ["error", "stopped", "broken"].includes(answer.kind);
  $("error").hidden = !failed;
  $("error").textContent = answer.kind === "broken" ? t("broken", {reason: answer.sentence}) : failed ? said(answer.sentence) : "";
  $("note").hidden = !answer.note;
  $("note").textContent = said(answer.note ?? "");
  editor.mark(answer.line);
  offer($("value"), answer.values ?? [], answer.value);
  offer($("input"), answer.inputs ?? [], answer.input, t("every input"));
  $("value-label").hidden = !answer.values?.length || answer.kind === "training";
  $("input-label").hidden = !answer.inputs?.length;
  $("collapse-label").hidden = answer.kind !== "picture";
  $("download").hidden = !["page", "picture"].includes(answer.kind);
  if (failed) $("view").replaceChildren();
  else if (answer.kind === "quiz") $("view").replaceChildren(...quizForm(answer, state.quiz, askQuiz));
  else $("view").replaceChildren(...views[answer.kind](answer));
  $("view").dataset.kind = answer.kind;
}

function offer(select, names, chosen, first) {
  const options = [...(first ? [["", first]] : []), ...names.map((name) => [name, name])];
  if (chosen === "" && !first && names.length) options.unshift(["", t("last loss")]);
  select.replaceChildren(...options.map(([value, label]) => element("option", {value, selected: value === chosen}, label)));
}

function warn(sentence) {
  $("note").hidden = false;
  $("note").textContent = sentence;
  const once = new MutationObserver(() => {    // it stays when the first answer comes
    once.disconnect();
    $("note").hidden = false;
    $("note").textContent = sentence;
  });
  once.observe($("view"), {childList: true});
}

function busy(is) {
  state.busy = is;
  $("stop").disabled = !is;
  $("run").disabled = is;
  if (is) tell(t("running"));
}

function tell(sentence) { $("state").textContent = sentence; }

// Tabs, by mouse and by arrow keys

function makeTabs() {
  $("tabs").replaceChildren(...TABS.map((name) => element("button", {type: "button", id: `tab-${name}`, role: "tab", "aria-controls": "panel"}, t(`tab ${name}`))));
  for (const name of TABS) $(`tab-${name}`).addEventListener("click", () => turnTo(name));
  choosePanel(state.tab);
  const details = ["auto", "neuron", "layer"].map((level) => element("option", {value: level}, t(`detail ${level}`)));
  $("collapse").replaceChildren(...details);
}

function choosePanel(tab) {
  state.tab = tab;
  for (const name of TABS) {
    const is = name === tab, button = $(`tab-${name}`);
    button?.setAttribute("aria-selected", is);
    if (button) button.tabIndex = is ? 0 : -1;
  }
  $("panel").setAttribute("aria-labelledby", `tab-${tab}`);
}

function turnTo(name) {
  choosePanel(name);
  for (const id of ["value-label", "input-label", "collapse-label", "download"]) $(id).hidden = true;
  $("view").replaceChildren();
  $("error").hidden = $("note").hidden = true;
  run();
}

function moveTab(event) {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  if (!step) return;
  const name = TABS[(TABS.indexOf(state.tab) + step + TABS.length) % TABS.length];
  turnTo(name);
  $(`tab-${name}`).focus();
}

function listen() {
  $("run").addEventListener("click", () => run().then(() => {
    if ($("tabs").getBoundingClientRect().top > innerHeight) $("result").scrollIntoView();    // on a phone it is far below
  }));
  $("stop").addEventListener("click", () => engine.stop(t("stopped")));
  $("share").addEventListener("click", share);
  $("open").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", openFile);
  $("save").addEventListener("click", () => save("program.py", editor.text(), "text/x-python"));
  $("download").addEventListener("click", () => {
    const {page, picture} = state.answer;
    page ? save("steps.html", page, "text/html") : save("graph.svg", picture, "image/svg+xml");
  });
  $("examples").addEventListener("change", () => {
    if ($("examples").value) loadExample($("examples").value);
    $("examples").value = "";
    history.replaceState(null, "", location.pathname + location.search);
    run();
  });
  for (const id of ["value", "input", "collapse"]) $(id).addEventListener("change", () => run());
  $("tabs").addEventListener("keydown", moveTab);
  addEventListener("hashchange", async () => { await readAddress(); run(); });
}

function remembered(key) {
  try { return localStorage.getItem(`autodiff ${key}`); } catch { return null; }
}

function remember(key, value) {
  try { localStorage.setItem(`autodiff ${key}`, value); } catch { /* a browser that keeps nothing */ }
}

begin();
