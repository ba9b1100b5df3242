export const about = 'A socket is in at most 100 rooms; leaving one makes room (decision 8).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  const rooms = Array.from({ length: 100 }, (_, index) => `room-${index + 1}`);
  await ada.sendAll('joinRoom', rooms);
  await ada.call('joinRoom', 'one too many');
  await ada.call('joinRoom', 'room-7');
  await ada.call('leaveRoom', 'room-7');
  await ada.call('joinRoom', 'one too many');
};
