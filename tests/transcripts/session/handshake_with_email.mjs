export const about = 'The email of the token is told (authenticated).';
export const clients = { ada: { auth: { token: '<token:ada, with email>' } } };

export default async ({ ada }) => {
  await ada.call('getConnectionInfo');
};
