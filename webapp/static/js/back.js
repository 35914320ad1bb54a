// A button that goes back to the form: the browser keeps what was entered there.

const button = document.querySelector("[data-back]");

if (button && history.length > 1) {
  button.hidden = false;
  button.addEventListener("click", () => history.back());
}
