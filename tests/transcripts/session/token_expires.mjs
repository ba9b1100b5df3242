export const about =
  'When the token of a live socket expires, it is signed out and stays connected (decision 5).';
export const clients = { ada: { auth: { token: '<token:ada, ending soon>' } } };

export default async ({ ada }, { wait }) => {
  await wait(10_000, 'The leeway of the token ends.');
  await ada.sees('authError');
  await ada.call('getConnectionInfo');
};
