// A table that is wider than the screen can be scrolled by keyboard too.
window.addEventListener("load", () => {
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap")) {
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", "Tabel");
  }
});

// The theme names parts of its menu by labels that are sometimes hidden, and as headings of the page are named.
for (const menu of document.querySelectorAll(".md-nav[aria-labelledby]")) {
  const label = document.getElementById(menu.getAttribute("aria-labelledby"));
  if (!label) continue;
  menu.setAttribute("aria-label", `Menu: ${label.textContent.trim()}`);
  menu.removeAttribute("aria-labelledby");
}

// On a narrow screen a drawing is wider than the page: start where the reader is.
for (const drawing of document.querySelectorAll("[data-show]")) {
  const step = drawing.querySelector(`[data-element="${CSS.escape(drawing.dataset.show)}"]`);
  if (!step) continue;
  const box = step.getBoundingClientRect();
  const frame = drawing.getBoundingClientRect();
  drawing.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
}
