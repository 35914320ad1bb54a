// One box ticks all the others, and buttons for ticked ones wait until something is ticked.

const form = document.querySelector("[data-ticking]");
const all = form?.querySelector("[data-all]");
const boxes = [...(form?.querySelectorAll("[name=ticked]") ?? [])];

function follow() {
  const ticked = boxes.filter((box) => box.checked).length;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  for (const button of form.querySelectorAll("[data-ticked]")) button.disabled = ticked === 0;
}

if (form) {
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    follow();
  });
  form.addEventListener("change", follow);
  addEventListener("pageshow", follow);
  follow();
}
