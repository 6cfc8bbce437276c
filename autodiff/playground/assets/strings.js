// The strings of the page: one catalogue for each language; what one lacks is said in English.
let english = {}, chosen = {};

export async function choose(language) {
  const read = async (name) => (await fetch(`strings/${name}.json`)).json();
  english = await read("en");
  chosen = language === "en" ? english : {...english, ...(await read(language))};
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
}

export function t(key, values = {}) {
  return (chosen[key] ?? english[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
