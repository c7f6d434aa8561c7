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

  const form = document.querySelector("form[data-bewaken]");
  if (form) {
    let typed = false;
    form.addEventListener("input", () => { typed = true; });
    document.addEventListener("submit", () => { typed = false; });
    window.addEventListener("beforeunload", (event) => {
      if (typed) event.preventDefault();
    });
  }
})();
