export const about =
  'Rooms of the server cannot be joined or left, not even the own one (decision 8).';
export const clients = { ada: { auth: { token: '<token:ada>' } }, grace: {} };

export default async ({ ada, grace }) => {
  const rooms = ['user:<user:ada>', 'claude:x', 'media:m1', '<socketId:ada>', '<socketId:grace>'];
  for (const room of rooms) {
    await ada.call('joinRoom', room);
    await ada.call('leaveRoom', room);
  }
  await ada.call('getConnectionInfo');
};
