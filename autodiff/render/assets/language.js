// Says English texts in another language, by a catalogue of texts with holes: {x} stands for any text, {x#} for a number,
// {x…} for a text that is said in the other language as well, and {x,} for several, with commas between them. What the
// catalogue lacks stays English.
function translator(catalogue) {
  const exact = new Map(), sentences = [], known = new Map();
  const HOLE = /\{(\w+)([#…,]?)\}/g, NUMBER = "[-+]?(?:\\d+(?:[,.]\\d+)*(?:e[-+]?\\d+)?|inf|nan)", STRICT = 10, BEGUN = 1000;
  const same = (text) => text, list = (text) => text.split(", ").map(spoken).join(", ");
  const KINDS = { "": same, "#": same, "…": (text) => spoken(text), ",": list };
  const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  for (const [english, other] of Object.entries(catalogue)) {
    const holes = [...english.matchAll(HOLE)], pieces = english.split(/\{\w+[#…,]?\}/);
    if (!holes.length) { exact.set(english, other); continue; }
    const seen = new Set(), pattern = holes.map(([, name, kind], i) => {
      const hole = seen.has(name) ? `\\k<${name}>` : `(?<${name}>${kind === "#" ? NUMBER : ".+?"})`;
      seen.add(name);
      return hole + literal(pieces[i + 1]);
    });
    const longest = pieces.reduce((a, b) => b.length > a.length ? b : a);
    const begun = pieces[0] || holes[0][2] === "#" ? BEGUN : 0;    // a sentence is known by its beginning
    const weight = begun + pieces.join("").length + STRICT * holes.filter(([, , kind]) => kind === "#").length;
    const said = new Map(holes.map(([, name, kind]) => [name, KINDS[kind]]));
    sentences.push({ pattern: new RegExp(`^${literal(pieces[0])}${pattern.join("")}$`, "u"), longest, weight, said, other });
  }
  sentences.sort((a, b) => b.weight - a.weight);    // what fixes most of a text first
  function line(text) {
    if (exact.has(text)) return exact.get(text);
    for (const { pattern, longest, said, other } of sentences) {
      const found = text.includes(longest) && pattern.exec(text);
      if (found) return other.replace(HOLE, (_, name) => said.get(name)(found.groups[name]));
    }
    return text;
  }
  function spoken(text) {
    if (!/[A-Za-z]/.test(text)) return text;
    if (known.size > 20_000) known.clear();
    if (!known.has(text)) known.set(text, exact.get(text) ?? text.split("\n").map(trimmed).join("\n"));
    return known.get(text);
  }
  function trimmed(text) {
    const bare = text.trim();
    return bare === "" ? text : text.replace(bare, () => line(bare));
  }
  return spoken;
}
