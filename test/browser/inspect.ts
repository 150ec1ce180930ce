/** Run in the page: texts whose contrast with what is behind them is below 4.5 : 1, as WCAG 2.2 AA asks. */
export const faintTexts = `(() => {
  const parts = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = parts(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (parts(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (text === "" || element.closest("script, style, option")) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(text.slice(0, 40) + " " + contrast.toFixed(2));
  }
  return faint;
})()`;

/** Run in the page: controls without a label, tables without a caption, header cells without a scope, ids given twice. */
export const unnamedControls = `(() => {
  const unnamed = [];
  for (const control of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!control.closest("label")?.textContent.trim()) unnamed.push(control.outerHTML);
  }
  for (const control of document.querySelectorAll("a, button, summary")) {
    if (!control.textContent.trim()) unnamed.push(control.outerHTML);
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent.trim()) unnamed.push("table without caption");
    if (table.querySelector("th:not([scope])")) unnamed.push("header cell without scope");
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return [...unnamed, ...ids.filter((id, index) => ids.indexOf(id) !== index)];
})()`;
