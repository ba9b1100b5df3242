export const about =
  'A socket connects to /notifications without a token and signs in (Authentication via event; decisions 1, 3).';
export const clients = { ada: { namespace: '/notifications' } };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada>' });
};
