export const about =
  'When the token of a live socket expires, it is signed out and stays connected (decision 5).';
export const clients = { ada: { auth: { token: '<token:ada, ending soon>' } } };

export default async ({ ada }) => {
  await ada.sees('authError');
  await ada.call('getConnectionInfo');
};
