// The strings of the page, and the sentences that Python answers with: one catalogue of each for each language; what one
// lacks is said in English.
import {translator} from "./translator.js";

let english = {}, chosen = {}, sentence = (text) => text;

export async function choose(language) {
  const read = async (name) => (await fetch(`strings/${name}.json`)).json();
  english = await read("en");
  chosen = language === "en" ? english : {...english, ...(await read(language))};
  sentence = translator(await read(`sentences_${language}`));
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
}

export function t(key, values = {}) {
  return (chosen[key] ?? english[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// What Python says, in the chosen language.
export const said = (text) => sentence(text);
