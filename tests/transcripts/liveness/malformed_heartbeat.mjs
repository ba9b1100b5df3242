export const about =
  'A malformed heartbeat is answered like an absent one, and told as error (decision 10).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('heartbeat', { timestamp: 'yesterday evening' });
  await ada.call('heartbeat', 'yesterday evening');
};
