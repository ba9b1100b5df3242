export const about = 'The user is the claim userId, else id, else sub (decision 4).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '<token:ada, by id>' });
  await ada.call('authenticate', { token: '<token:grace, by sub>' });
};
