export const about = 'Refusals without a callback are told all the same (decision 12).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.send('joinRoom', 5);
  await ada.send('authenticate', { token: 'not a token' });
  await ada.send('claude:execute', { prompt: 'hello' });
};
