// A path to Redis that can be lost as firewalls lose one: nothing passes any more, nobody is told.

import { connect, createServer } from 'node:net';

export class LossyPath {
  /**
   * @param {import('node:test').TestContext} t
   * @param {import('./redis-server.js').Redis} redis
   */
  static async to(t, redis) {
    const path = new LossyPath(redis);
    await new Promise((resolve) => path.server.listen(0, '127.0.0.1', resolve));
    path.url = `redis://127.0.0.1:${path.server.address().port}`;
    t.after(() => path.close());
    return path;
  }

  constructor(redis) {
    /** Both ends of every connection. */
    this.ends = [];
    this.server = createServer((near) => {
      const far = connect(redis.port, '127.0.0.1');
      this.ends.push(near, far);
      // An end that is gone is part of the test.
      for (const end of [near, far]) end.on('error', () => {});
      near.pipe(far).pipe(near);
    });
  }

  /** From now on the connections there are carry nothing; new ones work. */
  lose() {
    for (const end of this.ends) end.unpipe().pause();
  }

  close() {
    this.server.close();
    for (const end of this.ends) end.destroy();
  }
}
