// Sends one picture to the API, and goes on trying while the network or the server is away.

import { gettext } from "./translations.js";

const AWAY = gettext("Cifra can't be reached. This is sent as soon as it can be.");
const LONGEST_PAUSE = 30_000; // milliseconds
const TRY_AGAIN = [0, 429, 502, 503, 504]; // 0: no answer came

// Resolves to the answer {id, url}. Rejects with an Error that holds the server's sentence.
// `on` has the functions progress(share) and waiting(sentence).
export async function upload(address, blob, filename, batch, on) {
  for (let pause = 1000; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const { status, answer, retryAfter } = await sent(address, blob, filename, batch, on.progress);
    if (status === 202) return answer;
    if (!TRY_AGAIN.includes(status)) throw new Error(answer?.error ?? "");
    on.waiting(status ? gettext("Cifra is busy. This is sent as soon as it can be.") : AWAY);
    await until(retryAfter ?? pause);
  }
}

function sent(address, blob, filename, batch, progress) {
  const body = new FormData();
  body.append("image", blob, filename);
  if (batch) body.append("batch", batch);
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(total ? loaded / total : 0));
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      const seconds = Number(request.getResponseHeader("Retry-After"));
      resolve({
        status: request.status,
        answer: request.response,
        retryAfter: seconds ? 1000 * seconds : undefined,
      });
    });
    request.send(body);
  });
}

// The pause ends early when the network is back.
function until(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, milliseconds);
    addEventListener("online", finish);
    function finish() {
      clearTimeout(timer);
      removeEventListener("online", finish);
      resolve();
    }
  });
}
