// The page in another language: each text is said anew wherever it appears or changes; names and formulas stay.
{
  const said = translator(@catalogue@), KEPT = "script, style, math, code, .label, .made, .data, .sum, th[scope=row]";
  const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "alt"];
  const done = new Set();    // what has been said is not English, whatever it looks like
  const put = (was, set) => {
    const text = done.has(was) ? was : said(was);
    done.add(text);
    if (text !== was) set(text);
  };
  const sayText = (node) => {
    if (!node.parentElement || node.parentElement.closest(KEPT)) return;
    const lines = node.parentElement.closest("pre, svg");    // elsewhere a new line is a space
    put(lines ? node.data : node.data.replace(/\n\s*/g, " "), (other) => { node.data = other; });
  };
  const sayAttribute = (element, name) => {
    if (element.hasAttribute(name)) put(element.getAttribute(name), (text) => element.setAttribute(name, text));
  };
  const sayAll = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return sayText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const element of [root, ...root.querySelectorAll("*")]) for (const name of ATTRIBUTES) sayAttribute(element, name);
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
