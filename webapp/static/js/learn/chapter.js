// A chapter's page: starts its live parts, and checks the answers to its questions.

import { gettext } from "../translations.js";

for (const root of document.querySelectorAll("[data-live-part]")) {
  import(`./${root.dataset.livePart}.js`)
    .then(({ start }) => start(root))
    .then(() => {
      root.dataset.ready = "";
    })
    .catch(() => {
      root.textContent = gettext("This part could not be loaded. Reload the page to try again.");
    });
}

for (const question of document.querySelectorAll("[data-right]")) {
  const verdict = question.querySelector("[data-verdict]");
  question.addEventListener("change", (event) => {
    const isRight = event.target.value === question.dataset.right;
    verdict.textContent = isRight ? gettext("Right!") : gettext("Not that one. Think again, or open the answer.");
    verdict.classList.toggle("is-right", isRight);
    if (isRight) question.querySelector("details").open = true;
  });
}
