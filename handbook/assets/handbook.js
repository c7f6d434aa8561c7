// On a narrow screen a drawing is wider than the page: start where the reader is.
for (const drawing of document.querySelectorAll("[data-show]")) {
  const step = drawing.querySelector(`[data-element="${CSS.escape(drawing.dataset.show)}"]`);
  if (!step) continue;
  const box = step.getBoundingClientRect();
  const frame = drawing.getBoundingClientRect();
  drawing.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
}
