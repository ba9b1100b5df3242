export const about =
  'heartbeat is answered by heartbeatAck, then by the callback; the latency is measured (decision 10).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('heartbeat', { timestamp: 1700000000000 });
  await ada.send('heartbeat', { timestamp: 1700000000000 });
};
