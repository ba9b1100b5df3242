export const about =
  'getConnectionInfo lists the own id, the room of the user, the joined rooms sorted (decision 9).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  for (const room of ['zebra', 'Alpha', 'a-1', '10', '9']) await ada.call('joinRoom', room);
  await ada.call('getConnectionInfo');
};
