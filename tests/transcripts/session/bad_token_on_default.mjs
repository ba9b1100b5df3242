export const about =
  'A bad token in the handshake of / is told after the welcome, and forgiven (decision 2).';
export const clients = {
  ada: { namespace: '/', auth: { token: '<token:ada, by another secret>' } },
};

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada>' });
};
