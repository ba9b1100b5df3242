export const about = 'Authenticating as another user leaves the room of the former (decision 6).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:grace>' });
  await ada.call('getConnectionInfo');
};
