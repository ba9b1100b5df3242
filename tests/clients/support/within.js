// Waiting: every wait has a limit, and its message names what was awaited.

/** How long a test waits for one thing. Generous: the cores are shared. */
export const PATIENCE_MS = 10_000;

/**
 * The promise's value, or an error naming what did not come in time.
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {{ limitMs?: number, details?: () => string }} [options]
 * @returns {Promise<T>}
 */
export async function within(what, promise, { limitMs = PATIENCE_MS, details = () => '' } = {}) {
  let timer;
  const limit = new Promise((_, reject) => {
    const fail = () => reject(new Error(`waited ${limitMs} ms for ${what}. ${details()}`.trim()));
    timer = setTimeout(fail, limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again until the answer is yes. For conditions outside the protocol only, such as
 * a process that must be gone.
 * @param {string} what
 * @param {() => boolean | Promise<boolean>} condition
 */
export async function until(what, condition) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
