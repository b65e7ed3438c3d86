// Chapters play in the page; without this script their links open the recording at their time.

const player = document.querySelector(".media audio, .media video");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-at]");
  if (!link || !player || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  player.currentTime = Number(link.dataset.at);
  player.play().catch(() => location.assign(link.href));
  player.scrollIntoView({ block: "nearest" });
});
