export const about = 'Events live where the document puts them (decision 3).';
export const clients = { ada: { namespace: '/media', auth: { token: '<token:ada>' } }, grace: {} };

export default async ({ ada, grace }) => {
  await ada.call('joinRoom', 'project-1');
  await ada.call('claude:execute', { prompt: 'hello' });
  await grace.call('subscribeMedia', 'm1');
};
