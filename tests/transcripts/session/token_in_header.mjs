export const about = 'A token may come in an Authorization header (decision 2).';
export const clients = { ada: { headers: { authorization: 'Bearer <token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('getConnectionInfo');
};
