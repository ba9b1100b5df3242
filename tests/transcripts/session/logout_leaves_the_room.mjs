export const about = 'Logging out leaves the room of the user, and no other (logout).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('joinRoom', 'project-1');
  await ada.call('logout');
  await ada.call('getConnectionInfo');
};
