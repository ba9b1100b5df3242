export const about = 'A room name has 1 to 128 characters, counted as code points (decision 8).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  for (const room of [
    '<repeat:r:128>',
    '<repeat:🦀:128>',
    '',
    '<repeat:r:129>',
    '<repeat:🦀:129>',
  ]) {
    await ada.call('joinRoom', room);
  }
  await ada.call('leaveRoom', '');
};
