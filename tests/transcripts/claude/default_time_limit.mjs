export const about = 'Without a limit of its own a process has that of the server (decision 22).';
export const needs = ['claude', 'config:short-limit'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep silently' });
  await ada.sees('claude:error');
  await ada.call('claude:status', processId);
};
