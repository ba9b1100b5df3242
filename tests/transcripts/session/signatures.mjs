export const about = 'HS384 and HS512 are accepted like HS256 (decision 4).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada, HS384>' });
  await ada.call('authenticate', { token: '<token:grace, HS512>' });
};
