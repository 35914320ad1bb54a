// A checkbox that selects all others, and buttons that are disabled while nothing is selected.

const form = document.querySelector("[data-select-all-form]");
const selectAll = form?.querySelector("[data-select-all]");
const boxes = [...(form?.querySelectorAll("[name=selected]") ?? [])];

function update() {
  const count = boxes.filter((box) => box.checked).length;
  selectAll.checked = count === boxes.length;
  selectAll.indeterminate = count > 0 && count < boxes.length;
  for (const button of form.querySelectorAll("[data-needs-selection]")) button.disabled = count === 0;
}

if (form) {
  selectAll.addEventListener("change", () => {
    for (const box of boxes) box.checked = selectAll.checked;
    update();
  });
  form.addEventListener("change", update);
  addEventListener("pageshow", update);
  update();
}
