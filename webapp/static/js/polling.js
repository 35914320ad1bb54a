// Asks an address again and again, ever more slowly, until it is told that enough is known.

const LONGEST_PAUSE = 5000;

export async function poll(address, onAnswer, { first = 300, growth = 1.3 } = {}) {
  let pause = first;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * growth, LONGEST_PAUSE);
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      if (response.status === 404 || response.status === 401 || response.status === 403) return;
      if (response.ok && (await onAnswer(await response.json()))) return;
    } catch {
      // The network or the server is away for a moment; the next round asks again.
    }
  }
}
