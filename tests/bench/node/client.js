// socket.io-client in the comparison of clients: `node client.js events|acks ADDRESS COUNT`.
//
// It does what tests/bench/src/clients/own.rs does, and prints how many it did a second.

import { io } from 'socket.io-client';

const IN_FLIGHT = 64;

const [task, address, count] = process.argv.slice(2);
const options = { transports: ['websocket'], reconnection: false };
const root = io(`http://${address}`, options);
const media = io(`http://${address}/media`, options);
await Promise.all(
  [root, media].map((socket) => new Promise((done) => socket.once('connect', done))),
);

let rate = 0;
for (const times of [Math.floor(count / 10), Number(count)]) {
  const began = performance.now();
  await (task === 'events' ? receive(times) : call(times));
  rate = (times / (performance.now() - began)) * 1000;
}
console.log(JSON.stringify({ per_second: rate }));
process.exit(0);

function receive(times) {
  return new Promise((done, failed) => {
    let [received, sum] = [0, 0];
    media.on('mediaProgress', ({ progress }) => {
      received += 1;
      sum += progress;
      if (received < times) return;
      media.off('mediaProgress');
      if (sum === 50 * times) done();
      else failed(new Error('wrong events'));
    });
    root.emit('start', times);
  });
}

async function call(times) {
  const caller = async () => {
    for (let i = 0; i < Math.floor(times / IN_FLIGHT); i += 1) await root.emitWithAck('ping');
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}
