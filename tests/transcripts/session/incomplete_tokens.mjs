export const about = 'A token needs a user and an end; an empty one is none (decision 4).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('authenticate', { token: '' });
  await ada.call('authenticate', { token: '<token:ada, without user>' });
  await ada.call('authenticate', { token: '<token:ada, without exp>' });
};
