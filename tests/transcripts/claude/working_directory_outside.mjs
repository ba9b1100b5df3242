export const about = 'A working directory outside the workspace is INVALID_PAYLOAD (decision 26).';
export const needs = ['claude', 'config:workspace'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'hello', workingDirectory: '../elsewhere' });
  await ada.call('claude:execute', { prompt: 'hello', workingDirectory: 'nowhere at all' });
  await ada.call('claude:execute', { prompt: 'hello', workingDirectory: '.' });
  await ada.sees('claude:complete');
};
