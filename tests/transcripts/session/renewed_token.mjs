export const about = 'A token that is renewed in time ends nothing (decision 5).';
export const clients = { ada: { auth: { token: '<token:ada, ending soon>' } } };

export default async ({ ada }, { wait }) => {
  await ada.call('authenticate', { token: '<token:ada>' });
  await wait(10_000, 'The leeway of the token ends.');
  await ada.call('getConnectionInfo');
};
