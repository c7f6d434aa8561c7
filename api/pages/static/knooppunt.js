// What helps beside plain HTML: focus where the eye should go, and a warning before typed answers get lost.
(() => {
  "use strict";

  const focus = (element) => {
    if (element) element.focus();
  };

  focus(document.getElementById("fouten"));

  const goTo = (root) => {
    const block = root.querySelector("[data-ga-naar]");
    if (block) focus(document.getElementById(block.dataset.gaNaar) || block);
  };
  goTo(document);
  document.addEventListener("htmx:after:swap", () => goTo(document));

  // A choice may open or close other questions. Text does so only when the form is sent: nothing moves while typing.
  document.addEventListener("change", (event) => {
    const block = event.target.closest("#velden[hx-post]");
    if (block && event.target.matches("select, [type=radio], [type=checkbox], [type=date], [inputmode]")) {
      block.dispatchEvent(new Event("keuze"));
    }
  });

  const form = document.querySelector("form[data-bewaken]");
  if (form) {
    let typed = false;
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("submit", () => { typed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (typed) event.preventDefault();
    });
  }
})();
