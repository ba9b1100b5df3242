// The rate limit: so many attempts of a user in a window.

import { claudeRefusal } from '../refusal.js';

export class RateLimit {
  #windows = new Map();

  constructor({ claudeRateLimitMax, claudeRateLimitWindowMs }) {
    this.max = claudeRateLimitMax;
    this.windowMs = claudeRateLimitWindowMs;
  }

  /** Counts one attempt; throws a refusal when the window has no more. */
  take(userId) {
    const now = Date.now();
    const current = this.#windows.get(userId);
    const window = current?.ends > now ? current : { ends: now + this.windowMs, count: 0 };
    this.#windows.set(userId, window);
    window.count += 1;
    if (window.count <= this.max) return;
    const seconds = Math.max(1, Math.ceil((window.ends - now) / 1000));
    const sentence = `Rate limit exceeded: try again in ${seconds} s`;
    throw claudeRefusal('RATE_LIMIT_EXCEEDED', sentence);
  }
}
