// Elements made one by one: nothing of the data is ever read as markup.
const SVG = "http://www.w3.org/2000/svg";

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== "") node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export const element = (name, attributes = {}, ...children) => made(document.createElement(name), attributes, children);
export const drawn = (name, attributes = {}, ...children) => made(document.createElementNS(SVG, name), attributes, children);

export function fill(node, ...children) {
  node.replaceChildren(...children);
  return node;
}
