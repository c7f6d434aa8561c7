// What helps beside plain HTML: focus where the eye should go, and a warning before typed answers get lost.
(() => {
  "use strict";

  const focus = (element) => {
    if (element) element.focus();
  };

  focus(document.getElementById("fouten"));

  const goTo = (root) => {
    const block = root.querySelector("[data-ga-naar]");
    if (!block) return;
    focus(document.getElementById(block.dataset.gaNaar) || block);
    block.removeAttribute("data-ga-naar"); // once: what is swapped later goes nowhere else
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

  // Who goes on answering while the questions are being renewed keeps what was typed in the meantime.
  const given = (block) => [...block.querySelectorAll("input, select, textarea")].filter((field) => field.id);
  let kept = [];
  let opened = [];
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, target, swap, response } = event.detail.ctx;
    // What holds no questions, as an error or the door to sign in again, takes the place of none.
    if (swap === "none" || response.raw.redirected) {
      event.preventDefault();
      return;
    }
    const others = ["_rij_weg", "_aan_het_woord", "_organisatie_erbij"]; // after these a name is another question
    opened = [...target.querySelectorAll("details[open]")]
      .filter((fold) => fold.matches(".kp-fold") || fold.contains(document.activeElement)).map(({ id }) => id);
    kept = others.includes(sourceElement.name) ? [] : given(target).map(({ id, value, checked }) => ({ id, value, checked }));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const { id, value, checked } of kept) {
      const field = document.getElementById(id);
      if (field) Object.assign(field, field.type === "radio" || field.type === "checkbox" ? { checked } : { value });
    }
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    kept = [];
    opened = [];
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
