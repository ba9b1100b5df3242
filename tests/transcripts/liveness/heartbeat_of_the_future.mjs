export const about = 'The latency is never below 0 (decision 10).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('heartbeat', { timestamp: 4102444800000 });
};
