export const about = 'Without a workspace no working directory is one (decision 26).';
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'hello', workingDirectory: '.' });
};
