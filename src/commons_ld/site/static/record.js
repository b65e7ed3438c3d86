// Without this script the links of chapters open the recording at their time, and those of pages lead to their notes.

const player = document.querySelector(".media audio, .media video");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-at]");
  if (!link || !player || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  player.currentTime = Number(link.dataset.at);
  player.play().catch(() => location.assign(link.href));
  player.scrollIntoView({ block: "nearest" });
});

// The IRI of a note leads to the first page; the note may stand on another one.
const firsts = document.querySelector("[data-firsts]")?.dataset.firsts.split(" ").map(Number);

function lookUp() {
  const number = Number(/^#note-([0-9]{1,9})$/.exec(location.hash)?.[1]);
  if (!firsts || !number || document.getElementById(`note-${number}`)) return;
  const page = firsts.filter((first) => first <= number).length + 1;
  if (page === 1) return;
  const here = location.pathname.match(/^(.*?)((?:[.]en)?[.]html)?$/);
  location.replace(`${here[1]}.${page}${here[2] ?? ".html"}${location.hash}`);
}

addEventListener("hashchange", lookUp);
lookUp();
