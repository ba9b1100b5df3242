export const about =
  'A bad room is called back, and told as error with the place (decisions 12, 13).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  for (const room of [5, null, { name: 'a secret of the sender' }])
    await ada.call('joinRoom', room);
  await ada.call('joinRoom');
  await ada.send('leaveRoom', ['a secret of the sender']);
};
