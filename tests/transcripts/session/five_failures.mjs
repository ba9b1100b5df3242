export const about =
  'Five failed attempts in a row disconnect, each of them answered (decision 2).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await ada.call('authenticate', { token: 'not a token' });
  }
};
