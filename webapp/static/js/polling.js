// Polls a JSON address at growing intervals until a callback says that it has enough.

const MAX_INTERVAL = 5000; // milliseconds

export async function poll(address, onAnswer, { first = 300, growth = 1.3 } = {}) {
  let interval = first;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, interval));
    interval = Math.min(interval * growth, MAX_INTERVAL);
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      if ([401, 403, 404].includes(response.status)) return;
      if (response.ok && (await onAnswer(await response.json()))) return;
    } catch {
      // The network or the server is temporarily unavailable; the next request tries again.
    }
  }
}
