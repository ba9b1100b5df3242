export const about =
  'A socket connects to / without a token and signs in (Authentication via event; decisions 1, 3).';
export const clients = { ada: { namespace: '/' } };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada>' });
};
