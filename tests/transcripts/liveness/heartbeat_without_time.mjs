export const about = 'Without a positive time the latency is not known (decision 10).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('heartbeat');
  await ada.call('heartbeat', {});
  await ada.call('heartbeat', { timestamp: 0 });
  await ada.call('heartbeat', { timestamp: -5 });
};
