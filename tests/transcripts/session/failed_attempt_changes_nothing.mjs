export const about = 'A failed authenticate leaves the session as it was (decision 6).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: 'not a token' });
  await ada.call('getConnectionInfo');
};
