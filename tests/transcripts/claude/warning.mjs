export const about = 'What the CLI prints to stderr does not decide (decision 22).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'warn and succeed' });
  await ada.sees('claude:complete');
};
