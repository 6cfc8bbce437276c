// The page in another language: each text is said anew wherever it appears or changes; names and formulas stay.
{
  const said = translator(@catalogue@), KEPT = "script, style, math, code, .label, .made, .data, .sum, th[scope=row]";
  const NAMED = "#title, #fields, #of, td:first-child";    // where a word is a name, though it may be one of the page's
  const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "alt"];
  const done = new Set();    // what has been said is not English, whatever it looks like
  const put = (was, set) => {
    const text = done.has(was) ? was : said(was);
    done.add(text);
    if (text !== was) set(text);
  };
  const sayText = (node) => {
    const holder = node.parentElement, isName = /^\s*[\w.[\]]+\s*$/.test(node.data);
    if (!holder || holder.closest(KEPT) || (isName && holder.closest(NAMED))) return;
    if (holder.matches("svg title")) {    // its first line is the name of a node
      const [name, ...facts] = node.data.split("\n");
      return facts.length && put(facts.join("\n"), (other) => { node.data = `${name}\n${other}`; });
    }
    const text = holder.closest("pre") ? node.data : node.data.replace(/\n\s*/g, " ");    // elsewhere a new line is a space
    put(text, (other) => { node.data = other; });
  };
  const sayAttribute = (element, name) => {
    if (element.hasAttribute(name)) put(element.getAttribute(name), (text) => element.setAttribute(name, text));
  };
  const sayBroken = (holder) => {    // a text that may break at its marks is one text all the same
    const pieces = (text) => text.split(/(?=\.[A-Za-z_])/);
    put(holder.textContent, (other) => holder.replaceChildren(...pieces(other).flatMap((piece, i) => i ? [document.createElement("wbr"), piece] : [piece])));
    pieces(holder.textContent).forEach((piece) => done.add(piece));
  };
  const sayAll = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return sayText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const element of [root, ...root.querySelectorAll("*")]) for (const name of ATTRIBUTES) sayAttribute(element, name);
    new Set([...root.querySelectorAll("wbr")].map((mark) => mark.parentElement)).forEach(sayBroken);
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) sayText(texts.currentNode);
  };
  const watched = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES };
  new MutationObserver((changes) => {
    for (const { type, target, attributeName, addedNodes } of changes) {
      if (type === "attributes") sayAttribute(target, attributeName);
      else if (type === "characterData") sayText(target);
      else addedNodes.forEach(sayAll);
    }
  }).observe(document.documentElement, watched);
  sayAll(document.documentElement);
}
