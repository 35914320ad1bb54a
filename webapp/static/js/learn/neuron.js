// One neuron with two inputs: products, sum, bias and activation, with numbers to change.

export async function start(root) {
  const fields = [...root.querySelectorAll("input[type=range]")];
  const show = () => {
    const values = Object.fromEntries(fields.map((field) => [field.name, field.valueAsNumber]));
    const { x1, x2, w1, w2, bias } = values;
    const sum = w1 * x1 + w2 * x2 + bias;
    for (const field of fields) field.parentElement.querySelector("output").textContent = written(field.valueAsNumber);
    const write = (name, text) => {
      root.querySelector(`[data-${name}]`).textContent = text;
    };
    const products = `${written(w1)} · ${written(x1)} + ${inBrackets(w2)} · ${written(x2)}`;
    write("products", `${products} + ${inBrackets(bias)} = ${written(sum)}`);
    write("relu", written(Math.max(0, sum)));
    write("sigmoid", written(1 / (1 + Math.exp(-sum))));
    const line = root.querySelector("[data-boundary]");
    line.setAttribute("d", boundary(w1, w2, bias));
    const point = root.querySelector("[data-point]");
    point.setAttribute("cx", 100 * x1);
    point.setAttribute("cy", 100 - 100 * x2);
    point.classList.toggle("is-active", sum > 0);
  };
  for (const field of fields) field.addEventListener("input", show);
  show();
}

function written(number) {
  return (Math.round(number * 100) / 100).toLocaleString(document.documentElement.lang).replace("-", "−");
}

function inBrackets(number) {
  return number < 0 ? `(${written(number)})` : written(number);
}

// The inputs at which the sum is zero: a straight line.
function boundary(w1, w2, bias) {
  if (Math.abs(w2) > Math.abs(w1)) {
    const y = (x) => 100 - 100 * ((-bias - w1 * x) / w2);
    return `M-50 ${y(-0.5)}L150 ${y(1.5)}`;
  }
  if (w1 === 0) return "";
  const x = (y) => 100 * ((-bias - w2 * y) / w1);
  return `M${x(-0.5)} 150L${x(1.5)} -50`;
}
