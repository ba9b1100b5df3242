export const about =
  'ping is answered by pong, then by the callback if there is one (decision 10).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('ping');
  await ada.send('ping');
};
