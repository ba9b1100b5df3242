export const about = 'A socket is in at most 100 rooms; leaving one makes room (decision 8).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  for (let number = 1; number <= 100; number += 1) await ada.send('joinRoom', `room-${number}`);
  await ada.call('joinRoom', 'one too many');
  await ada.call('joinRoom', 'room-7');
  await ada.call('leaveRoom', 'room-7');
  await ada.call('joinRoom', 'one too many');
};
