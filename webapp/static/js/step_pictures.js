// The pictures of the steps are drawn when they are first shown. One that changed nothing is left
// out, and one that could not be drawn in time is asked for again.

const PAUSE = 5000; // milliseconds

document.addEventListener("cifra:refreshed", watch);
watch();

function watch() {
  for (const picture of document.querySelectorAll(".steps img")) {
    picture.addEventListener("error", () => onError(picture));
    if (picture.complete && picture.src && !picture.naturalWidth) onError(picture);
  }
}

async function onError(picture) {
  const { status } = await fetch(picture.src).catch(() => ({ status: 0 }));
  if (status === 404) picture.closest("li").remove();
  else if (status === 503) setTimeout(() => (picture.src = picture.src), PAUSE);
}
