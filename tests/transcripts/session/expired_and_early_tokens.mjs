export const about =
  'Tokens of the past and of the future are refused, each with its sentence (decision 4).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada, expired>' });
  await ada.call('authenticate', { token: '<token:ada, not yet valid>' });
};
