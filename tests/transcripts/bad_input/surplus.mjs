export const about = 'Unknown fields and surplus arguments are ignored (decision 14).';
export const clients = { ada: {} };

export default async ({ ada }) => {
  await ada.call('joinRoom', 'project-1', 'surplus', { more: true });
  await ada.call('ping', 'surplus');
  await ada.call('authenticate', { token: '<token:ada>', of: 'tomorrow' });
};
