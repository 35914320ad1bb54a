// A pad to draw a digit on, with a finger, a pen or a mouse. `onChange` gets the 28×28 picture while
// the pen moves.

import { fromDrawing } from "./picture.js";

const STROKE_SHARE = 0.085; // of the pad's side, about as thick as MNIST's strokes

export class Pad {
  #canvas;
  #context;
  #strokes = [];
  #onChange;
  #scheduled = false;

  constructor(canvas, onChange) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true });
    this.#onChange = onChange;
    canvas.addEventListener("pointerdown", (event) => this.#start(event));
    canvas.addEventListener("pointermove", (event) => this.#continue(event));
    this.#draw();
  }

  clear() {
    this.#strokes = [];
    this.#draw();
  }

  #start(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#strokes.push([this.#position(event)]);
    this.#changed();
  }

  #continue(event) {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.#strokes.at(-1).push(...(events.length ? events : [event]).map((one) => this.#position(one)));
    this.#changed();
  }

  #position(event) {
    const box = this.#canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * this.#canvas.width) / box.width,
      ((event.clientY - box.top) * this.#canvas.height) / box.height,
    ];
  }

  // At most once per frame of the screen.
  #changed() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
      this.#onChange(fromDrawing(this.#canvas));
    });
  }

  #draw() {
    const { width, height } = this.#canvas;
    Object.assign(this.#context, { fillStyle: "#fff", strokeStyle: "#000", lineCap: "round", lineJoin: "round" });
    this.#context.lineWidth = width * STROKE_SHARE;
    this.#context.fillRect(0, 0, width, height);
    for (const [first, ...rest] of this.#strokes) {
      this.#context.beginPath();
      this.#context.moveTo(...first);
      for (const point of rest.length ? rest : [first]) this.#context.lineTo(...point);
      this.#context.stroke();
    }
  }
}
